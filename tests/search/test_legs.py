from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import search
from schemas.errors import NotFoundError
from schemas.messages import SearchRequest
from schemas.tables import EncoderSpec
from search.encoding import Encoders
from search.legs.lexical import LexicalProbe, lexical_legs
from search.legs.pool import CandidatePool
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import (
    FORMAT,
    ColourWords,
    FakePictureEncoder,
    FakeTextEncoder,
    SeeingEncoder,
    book_of,
    panel_key,
)
from tests.search.conftest import WITCH, fake_encoders


def test_words_search_pictures_where_the_encoder_has_a_text_tower(folder: Path) -> None:
    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: SeeingEncoder())
    with open_library(folder, encoders=encoders) as library:
        (hit,) = library.search(SearchRequest(text="green")).hits
    assert hit.panel_id == panel_key(WITCH, 2, 2)
    assert set(hit.legs) == {"look"}


def test_text_and_dialogue_together_keep_their_legs_apart(library: Library) -> None:
    request = SearchRequest(text="nothing ever works", dialogue="nothing ever works with me")
    hit = library.search(request).hits[0]
    assert {"words", "phrase", "dialogue", "line_words"} <= set(hit.legs)
    assert hit.score == pytest.approx(sum(leg.share for leg in hit.legs.values()))


def test_phrase_is_found_behind_many_panels_with_its_words(tmp_path: Path) -> None:
    # Short panels that repeat the words rank before a long one that has them in order.
    crowd = [f"be to or not not or to be {'be to ' * (n % 4)}" for n in range(40)]
    said = "in the end it is to be or not to be that is asked again and again by everyone who ever stood here"
    book = book_of("Hamlet", *crowd, said)
    path = builders.create(tmp_path / "lib", book)
    with open_library(path) as library:
        pool = CandidatePool(library.snapshot(), k=10)
        probe = LexicalProbe("to be or not to be that is", "words", "dialogue", 1.0, 1.0, is_line=True)
        legs = {leg.name: leg for leg in lexical_legs(pool, probe)}
    assert legs["dialogue"].scores[panel_key(book, 41)] == 1.0


def test_package_opens_libraries(folder: Path) -> None:
    with search.open(folder) as library:
        assert isinstance(library, search.Library)
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        search.close  # type: ignore[attr-defined]  # noqa: B018


def test_words_leg_counts_a_repeated_question_once(library: Library) -> None:
    once = library.search(SearchRequest(text="potion"))
    again = library.search(SearchRequest(text="potion"))
    assert once.hits == again.hits


@pytest.fixture
def seeing(folder: Path) -> Iterator[Library]:
    """The shared library, with an encoder that knows the names of colours."""
    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: SeeingEncoder())
    with open_library(folder, encoders=encoders) as library:
        yield library


LOOK_ONLY: Mapping[str, Any] = {"min_score": 0.0, "weights": {"words": 0.0, "meaning": 0.0}}


def test_words_move_a_picture(seeing: Library) -> None:
    yellow = np.full((8, 8, 3), (255, 240, 0), np.uint8)
    alone = seeing.search(SearchRequest(picture=yellow, **LOOK_ONLY)).hits[0]
    moved = seeing.search(SearchRequest(picture=yellow, text="green", **LOOK_ONLY)).hits[0]
    assert alone.panel_id == panel_key(WITCH, 2, 1)
    assert moved.panel_id == panel_key(WITCH, 2, 2)


def test_what_is_not_wanted_moves_words_and_pictures_away(seeing: Library) -> None:
    both = SearchRequest(text="red green", **LOOK_ONLY)
    assert {hit.panel_id for hit in seeing.search(both).hits[:2]} == {
        panel_key(WITCH, 2, 1),
        panel_key(WITCH, 2, 2),
    }
    less = seeing.search(SearchRequest(text="red green", without="red", **LOOK_ONLY)).hits
    assert less[0].panel_id == panel_key(WITCH, 2, 2)


def test_panels_that_say_what_is_not_wanted_are_left_out(library: Library) -> None:
    line = "nothing ever works with me"
    kept = library.search(SearchRequest(text=line, without="me nothing"))
    assert panel_key(WITCH, 1) not in {hit.panel_id for hit in kept.hits}
    assert panel_key(WITCH, 1) in {
        hit.panel_id for hit in library.search(SearchRequest(text=line, without="nothing dragon")).hits
    }


def test_an_unliked_panel_is_no_hit_and_turns_the_search_away(library: Library) -> None:
    red, blue = panel_key(WITCH, 2, 1), panel_key(WITCH, 2, 3)
    hits = library.search(SearchRequest(like=(red,), unlike=(blue,), min_score=0.0)).hits
    assert not {red, blue} & {hit.panel_id for hit in hits}
    with pytest.raises(NotFoundError, match="no panel 'nowhere'"):
        library.search(SearchRequest(like=(red,), unlike=("nowhere",)))


def test_weights_switch_sides_off_and_on(library: Library) -> None:
    line = "nothing ever works with me"
    legs = {
        name
        for hit in library.search(SearchRequest(text=line, weights={"words": 0.0})).hits
        for name in hit.legs
    }
    assert legs == {"meaning"}
    wordy = library.search(SearchRequest(text=line, weights={"meaning": 0.0})).hits
    assert {name for hit in wordy for name in hit.legs} == {"words", "phrase"}
    assert library.search(SearchRequest(text=line, weights={"words": 0, "meaning": 0})).hits == ()


def test_the_answer_to_the_picture_that_counts_less_has_no_share(library: Library) -> None:
    blue = np.zeros((8, 8, 3), np.uint8)
    blue[..., 2] = 255
    first = library.search(SearchRequest(picture=blue)).hits[0]
    assert first.legs["page_look"].share == 0.0
    assert first.score == pytest.approx(first.legs["look"].share)


class PickyWords(ColourWords):
    """Knows the names of three colours, and that it knows nothing else."""

    def familiarity(self, text: str) -> float:
        return float(any(name in text for name in ("red", "green", "blue")))


class PickyEncoder(FakePictureEncoder):
    text_tower = PickyWords()  # type: ignore[assignment]


def test_words_unknown_to_the_tower_look_like_nothing(folder: Path) -> None:
    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: PickyEncoder())
    with open_library(folder, encoders=encoders) as library:
        assert library.search(SearchRequest(text="blorp", **LOOK_ONLY)).hits == ()
        assert library.search(SearchRequest(text="green", **LOOK_ONLY)).hits


def test_a_library_fused_by_another_release_is_searched_without(tmp_path: Path) -> None:
    made = replace(FORMAT, fusion=EncoderSpec("closure", 384, "of another release"))
    path = builders.create(tmp_path / "lib", WITCH, library=made)
    with open_library(path, encoders=fake_encoders(made)) as library:
        hit = library.search(SearchRequest(text="potion of genius")).hits[0]
    assert hit.panel_id == panel_key(WITCH, 1, 2)
    assert "fused" not in hit.legs


def test_fused_vectors_and_layout_are_searched_when_they_are_weighed(lamps_library: Path) -> None:
    """On a library indexed for real: its panels have fused vectors."""
    with open_library(lamps_library) as library:
        example = library.search(SearchRequest(dialogue="where is my red umbrella")).hits[0].panel_id
        for side, leg in (("layout", "layout"), ("fused", "like_fused")):
            alone = {"words": 0.0, "meaning": 0.0, "look": 0.0, side: 1.0}
            hits = library.search(SearchRequest(like=(example,), weights=alone, min_score=0.0)).hits
            assert hits
            assert {name for hit in hits for name in hit.legs} == {leg}
        usual = library.search(SearchRequest(like=(example,), min_score=0.0)).hits
        assert {name for hit in usual for name in hit.legs} <= {"like", "like_words"}


def test_a_picture_alone_opens_no_text_encoder(lamps_library: Path) -> None:
    def refuse(_: str) -> FakeTextEncoder:
        raise AssertionError("a picture says no words")

    with open_library(lamps_library) as library:
        encoders = Encoders(library.format, load_text=refuse)
    with open_library(lamps_library, encoders=encoders) as library:
        picture = np.full((64, 64, 3), 90, np.uint8)
        library.search(SearchRequest(picture=picture))
        tower = encoders.picture().text_tower
        assert getattr(tower, "_minilm", "no such attribute") is None
