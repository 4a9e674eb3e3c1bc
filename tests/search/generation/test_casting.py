"""Who plays whom: elements, names, colours; panels that show all as it is."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.elements.adding import Wanted, add_to_library
from indexer.elements.following import apply_elements
from schemas.geometry import Box
from schemas.records import FloatMatrix
from schemas.rights import RightsRegister
from search.generation.casting import Candidate, Casting, alike
from search.generation.gate import Gate
from search.generation.making import Maker
from search.generation.pixels import PanelPixels, PanelReader
from search.generation.scenes import Cast, is_shot, scene_for
from search.generation.seeking import Seeker, plain_name
from search.library import Library, open_library
from webui.pictures import stored_page


class NoWords:
    """Compares nothing with words: what else speaks for a figure decides."""

    def vectors(self, pictures: object) -> FloatMatrix:
        raise AssertionError("nobody asks")

    def fit(self, words: str, vectors: FloatMatrix) -> FloatMatrix:
        return np.zeros(len(vectors), np.float32)


def usable(library: Library, *excluded: str) -> Seeker:
    return Seeker(library, Gate.of(library, RightsRegister()), frozenset(excluded))


@pytest.fixture(scope="module")
def taught(drawn_library: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A library in which somebody pointed at the hero, by the name that a prompt will use."""
    library = shutil.copytree(drawn_library, tmp_path_factory.mktemp("taught") / "library")
    with open_library(library) as opened:
        panels = [hit.panel_id for hit in usable(opened).hits("a girl in the street")]
    add_to_library(library, Wanted("Zora", positive=tuple(panels[:2]), negative=tuple(panels[2:4])))
    apply_elements(library)
    return library, panels


def candidates(library: Path) -> list[Candidate]:
    with open_library(library) as opened:
        from models.figures import load_finder

        reader = PanelReader(opened, stored_page, load_finder())
        panels = [reader.read(hit.panel_id) for hit in usable(opened).hits("a girl", 6)]
    mask = np.ones((8, 8), np.float32)
    return [Candidate(panel, Box.whole_page(), panel.picture, mask, 0.0) for panel in panels]


def test_an_element_of_the_name_leads_to_its_panels(taught: tuple[Path, list[str]]) -> None:
    library, panels = taught
    with open_library(library) as opened:
        seeker = usable(opened, panels[1])
        hits, known = seeker.seen_with("zora", "zora")
        assert panels[0] in known
        assert panels[1] not in {hit.panel_id for hit in hits}
        assert seeker.left_out[panels[1]] == "it is excluded"
        nobody, unknown = seeker.seen_with("Nobody", "a girl")
        assert nobody
        assert unknown == frozenset()


def test_what_is_known_of_a_panel_and_its_colours_speak_for_a_figure(drawn_library: Path) -> None:
    found = candidates(drawn_library)
    red, plain = (np.full((16, 16, 3), colour, np.uint8) for colour in ((200, 20, 20), (30, 60, 180)))
    one, other = replace(found[0], picture=red), replace(found[1], picture=plain)
    casting = Casting(None, NoWords())  # type: ignore[arg-type]
    vectors = np.eye(2, dtype=np.float32)
    by_colour = casting.scores([one, other], vectors, "girl", "girl in a red coat", frozenset())
    assert by_colour[0] > by_colour[1]
    by_element = casting.scores([one, other], vectors, "girl", "girl", frozenset({other.panel_id}))
    assert by_element[1] > by_element[0]


def test_references_of_somebody_look_like_the_first() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.98, 0.199]], np.float32)
    assert alike(np.array([0.5, 0.4, 0.35], np.float32), vectors, 2) == [0, 2]
    assert alike(np.zeros(0, np.float32), np.zeros((0, 2), np.float32), 2) == []


def test_a_scene_is_taken_where_it_fits_nearly_as_well_as_the_best(drawn_library: Path) -> None:
    found = candidates(drawn_library)
    panels: list[PanelPixels] = [found[0].panel, found[1].panel]
    bare = [replace(panel, lettering=()) for panel in panels]
    cast = Cast("girl", found[:2], np.array([0.5, 0.45], np.float32))
    assert scene_for([cast], bare, np.array([0.0, 0.1], np.float32), 0.1) is bare[1]
    assert scene_for([cast], bare, np.array([0.0, 0.0], np.float32), 0.9) is None
    lettered = [replace(panel, lettering=(Box(0.0, 0.0, 1.0, 0.5),)) for panel in panels]
    assert scene_for([cast], lettered, np.array([0.1, 0.1], np.float32), 0.1) is None


def test_a_number_tells_figures_apart_and_is_no_name() -> None:
    assert (plain_name("friend 2"), plain_name("R2")) == ("friend", "R2")


def test_the_elements_of_a_prompt_are_asked_for_in_the_panel(taught: tuple[Path, list[str]]) -> None:
    from models.registry import load_picture_encoder
    from search.evaluation.generated.judge import GenerationJudge
    from search.evaluation.generated.labelled import Labelled

    library, panels = taught
    with open_library(library) as opened:
        labelled = [Labelled(one, "Zora in the street", frozenset({"Zora"})) for one in panels]
        maker = Maker(opened, stored_page, RightsRegister())
        scores = GenerationJudge(maker, load_picture_encoder("standby"), labelled).score(1, side_px=192)
    presence = scores.to_json()["element_presence"]
    assert isinstance(presence, float)
    assert 0.0 <= presence <= 1.0


@pytest.mark.parametrize(
    ("head", "moods", "is_such"),
    [(0.1, ("wide",), True), (0.4, ("wide",), False), (0.4, ("close-up",), True), (0.1, ("close-up",), False),
     (0.3, (), True), (0.8, (), False)],
)  # fmt: skip
def test_a_panel_is_played_only_where_it_is_the_shot_that_is_asked_for(
    head: float, moods: tuple[str, ...], is_such: bool
) -> None:
    assert is_shot((Box(0.1, 0.1, 0.5, 0.1 + head),), moods) == is_such
