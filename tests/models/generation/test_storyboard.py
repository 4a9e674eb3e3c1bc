"""The storyboard composer on drawn scenes."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from models.generation.backend import Conditioning
from models.generation.storyboard import RENDERS, StoryboardBackend
from models.generation.storyboard.plates import filled, lettering_mask
from schemas.errors import GenerationCancelledError, GenerationError, NoReferenceError, QueryError
from schemas.generation import GenerationRequest, Reference, ReferenceRole
from schemas.geometry import Box
from schemas.records import RgbImage

SIZE = 256


@lru_cache(maxsize=8)
def scene(place: str, people: int) -> RgbImage:
    import skia

    from models.drawing.art import Rect, paint_scene
    from models.drawing.scene import Actor, Design, Scene, Shot
    from models.drawing.style import STYLES

    pixels = np.full((360, 360, 4), 255, np.uint8)
    names = [f"p{k}" for k in range(people)]
    with skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType) as canvas:
        asked = Scene(
            place,
            shot=Shot.MEDIUM if people else Shot.NO_CHARACTER,
            actors=tuple(Actor(name, x=(k + 1) / (people + 1)) for k, name in enumerate(names)),
        )
        cast = {name: Design(name) for name in names}
        paint_scene(canvas, asked, Rect(0, 0, 360, 360), cast=cast, style=STYLES["western"], seed=1)
    return np.ascontiguousarray(pixels[..., :3])


def reference(role: ReferenceRole, picture: RgbImage, panel: str, element: str = "") -> Conditioning:
    made = Reference(panel, "b", "Book", role, 1.0, Box.whole_page(), "0" * 64, "CC0 1.0", "Somebody", 1)
    return Conditioning(made, picture, (), element)


def references() -> tuple[Conditioning, ...]:
    return (
        reference(ReferenceRole.BACKGROUND, scene("forest", 0), "b/00001#01"),
        reference(ReferenceRole.CHARACTER, scene("harbour", 1), "b/00001#02", "Ada"),
    )


def request(prompt: str = "Ada in the forest\nAda: Hello there!", **more: object) -> GenerationRequest:
    return GenerationRequest(prompt, width_px=SIZE, height_px=SIZE, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def backend() -> StoryboardBackend:
    return StoryboardBackend()


def test_a_panel_has_the_size_asked_for_and_names_what_it_used(backend: StoryboardBackend) -> None:
    (panel,) = backend.generate(request(), references())
    assert panel.picture.shape == (SIZE, SIZE, 3)
    assert panel.used is not None
    assert {one.panel_id for one in panel.used} == {"b/00001#01", "b/00001#02"}
    assert len(panel.boxes["balloon"]) == 1
    assert len(panel.boxes["figure"]) == 1


def test_balloons_lie_inside_and_cover_no_head(backend: StoryboardBackend) -> None:
    for panel in backend.generate(request(variants=3), references()):
        for balloon in panel.boxes["balloon"]:
            assert all(balloon.intersection_area(head) == 0 for head in panel.boxes["head"])


def test_the_same_request_gives_the_same_pixels_and_another_seed_others(backend: StoryboardBackend) -> None:
    first, again = (backend.generate(request(), references())[0].picture for _ in range(2))
    other = backend.generate(request(seed=9), references())[0].picture
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("way", RENDERS)
def test_every_way_of_drawing_gives_another_picture(backend: StoryboardBackend, way: str) -> None:
    drawn = backend.generate(request(render=way), references())[0]
    plain = backend.generate(request(), references())[0]
    assert drawn.notes["render"] == way
    assert (way == "sketch") == bool(np.array_equal(drawn.picture, plain.picture))


def test_what_is_asked_and_not_used_is_told(backend: StoryboardBackend) -> None:
    (panel,) = backend.generate(request(negative="rain", steps=30), references())
    assert set(panel.ignored) == {"negative", "steps", "guidance"}


def test_strength_says_how_far_the_drawing_goes_from_its_references(backend: StoryboardBackend) -> None:
    full = backend.generate(request(), references())[0].picture.astype(int)
    less = backend.generate(request(strength=0.1), references())[0].picture.astype(int)
    plain = backend.generate(request(render="colour"), references())[0].picture.astype(int)
    assert np.array_equal(full, backend.generate(request(strength=1.0), references())[0].picture)
    assert np.abs(less - plain).mean() < np.abs(full - plain).mean()


def test_layers_are_made_where_they_are_asked_for_and_lie_where_the_art_lies(
    backend: StoryboardBackend,
) -> None:
    assert backend.generate(request(), references())[0].layers == ()
    (panel,) = backend.generate(request(layers=True, variants=1), references())
    assert [layer.name for layer in panel.layers] == ["plate", "Ada", "drawing", "lettering"]
    figure = panel.layers[1].pixels[..., 3]
    (box,) = panel.boxes["figure"]
    ys, xs = np.nonzero(figure > 128)
    assert ys.min() / SIZE >= box.y0 - 0.02
    assert xs.max() / SIZE <= box.x1 + 0.02


def test_a_plate_that_shows_everybody_keeps_them_where_they_stand(backend: StoryboardBackend) -> None:
    both = scene("harbour", 2)
    plate = reference(ReferenceRole.BACKGROUND, both, "b/00001#01")
    cast = [reference(ReferenceRole.CHARACTER, both, "b/00001#01", name) for name in ("Ada", "Bo")]
    (panel,) = backend.generate(request("Ada and Bo in the harbour\nBo: Look!"), (plate, *cast))
    assert [one.reference.role for one in panel.placements] == [ReferenceRole.BACKGROUND]
    assert len(panel.boxes["figure"]) == 2


def test_two_who_touch_are_cut_out_once_and_stand_for_both(backend: StoryboardBackend) -> None:
    both = scene("harbour", 2)
    plate = reference(ReferenceRole.BACKGROUND, scene("forest", 0), "b/00001#01")
    cast = [reference(ReferenceRole.CHARACTER, both, "b/00001#02", name) for name in ("Ada", "Bo")]
    (panel,) = backend.generate(request("Ada and Bo in the forest\nBo: Look!"), (plate, *cast))
    assert len(panel.placements) == 2


def test_rain_and_night_change_the_picture_where_the_plate_shows_none(backend: StoryboardBackend) -> None:
    day = backend.generate(request("Ada in the forest", render="colour"), references())[0].picture
    night = backend.generate(request("Ada in the forest, night", render="colour"), references())[0].picture
    rain = backend.generate(request("Ada in the forest, rain", render="colour"), references())[0].picture
    assert night.mean() < 0.85 * day.mean()
    assert np.abs(rain.astype(int) - day).max() > 60


def test_words_that_cannot_fit_say_so(backend: StoryboardBackend) -> None:
    long = "Ada: " + "immeasurably complicated considerations " * 9
    with pytest.raises(QueryError, match="do not fit"):
        backend.generate(request(f"Ada in the forest\n{long}"), references())


def test_nothing_to_draw_from_and_an_unknown_way_are_refused(backend: StoryboardBackend) -> None:
    with pytest.raises(NoReferenceError):
        backend.generate(request(), ())
    with pytest.raises(QueryError, match="sketch"):
        backend.generate(request(render="oil"), references())


def test_progress_can_end_the_work(backend: StoryboardBackend) -> None:
    def stop(share: float, step: str) -> None:
        if share > 0.5:
            raise GenerationCancelledError(step)

    with pytest.raises(GenerationCancelledError):
        backend.generate(request(), references(), progress=stop)


def test_a_balloon_is_removed_with_its_outline() -> None:
    import cv2

    art = scene("forest", 0)
    lettered = art.copy()
    cv2.ellipse(lettered, (120, 80), (70, 40), 0, 0, 360, (20, 20, 20), -1)
    cv2.ellipse(lettered, (120, 80), (67, 37), 0, 0, 360, (255, 255, 255), -1)
    cv2.putText(lettered, "HELLO", (88, 86), 0, 0.8, (0, 0, 0), 2)
    box = Box.from_pixels((85, 62, 160, 92), width_px=360, height_px=360)
    hole = lettering_mask(lettered, (box,))
    assert hole[80, 55] == 255
    clean = filled(lettered, hole)
    rim = clean[45:115, 52:188].reshape(-1, 3)
    assert (rim.min(axis=1) > 250).mean() < 0.02
    assert np.array_equal(clean[200:], lettered[200:])


@pytest.mark.parametrize(
    "words", ["まって、きみを探していた！", "기다려, 널 찾고 있었어!", "Aspetta… perché?", "Привет, мир!"]
)
def test_words_of_other_scripts_are_lettered(backend: StoryboardBackend, words: str) -> None:
    if words[0] > "\u0400":
        pytest.importorskip("cvttf_NotoSansCJK_Bold")
    (panel,) = backend.generate(request(f"Ada in the forest\nAda: {words}", layers=True), references())
    assert len(panel.boxes["balloon"]) == 1
    ink = next(layer for layer in panel.layers if layer.name == "lettering").pixels
    assert (ink[..., 3] > 0).any()


def test_figures_stand_where_the_panel_that_the_staging_follows_has_people(
    backend: StoryboardBackend,
) -> None:
    model = reference(ReferenceRole.LAYOUT, scene("meadow", 1), "b/00001#09")
    shown = StoryboardBackend()._finder.find(model.picture)
    (theirs,) = (figure.box for figure in shown.figures)
    turned = replace(model, picture=np.ascontiguousarray(np.roll(model.picture, 80, axis=1)))
    for layout, middle in ((model, theirs.center[0]), (turned, theirs.center[0] + 80 / 360)):
        (made,) = backend.generate(request(), (*references(), layout))
        (ours,) = made.boxes["figure"]
        assert ours.center[0] == pytest.approx(middle, abs=0.12)
        assert layout.reference in (made.used or ())


def test_people_behind_each_other_are_moved_apart_and_a_crowd_is_cut_to_its_largest() -> None:
    from models.figures.finder import Figure, FigureMap
    from models.generation.storyboard.staging import slots_of

    def found(*middles: float) -> FigureMap:
        figures = tuple(
            Figure(
                Box.clipped(x - 0.1, 0.3, x + 0.1, 1.0), (Box.clipped(x - 0.05, 0.32, x + 0.05, 0.45),), 0.1
            )
            for x in middles
        )
        empty = np.zeros((64, 64), np.float32)
        return FigureMap(empty, empty, figures, tuple(head for one in figures for head in one.heads))

    left, right = slots_of(found(0.48, 0.52), 2, "")
    assert right.center[0] - left.center[0] > 0.25
    assert len(slots_of(found(0.2, 0.5, 0.8), 2, "")) == 2
    assert slots_of(found(0.5), 2, "") == ()
    assert slots_of(None, 1, "") == ()
    assert slots_of(found(0.5), 1, "close-up") != ()
    assert slots_of(found(), 0, "") == ()


@pytest.mark.parametrize(("words", "letters"), [("مرحبا", "م ر ح ب ا"), ("Hi 😀", "😀"), ("नमस्ते", "न")])
def test_words_that_no_font_can_letter_are_named_and_no_balloon_is_empty(
    backend: StoryboardBackend, words: str, letters: str
) -> None:
    pytest.importorskip("cvttf_NotoSansCJK_Bold")
    with pytest.raises(GenerationError, match=f"no font here can letter {letters}"):
        backend.generate(request(f"Ada in the forest\nAda: {words}"), references())
