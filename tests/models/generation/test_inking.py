"""A rough that comes with a request: strokes, gaps, hatching by example, layers."""

import base64
import io
import zipfile
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from models.generation.artificer.backend import ArtificerBackend
from models.generation.artificer.hatching import EXAMPLE_PX, example_of, quilted
from models.generation.artificer.rough import LARGEST_SIDE_PX, packed, size_within, unpacked
from models.generation.artificer.strokes import inked, thinned
from models.generation.layered import as_ora
from schemas.errors import PictureError, QueryError
from schemas.generation import MAX_DRAWING, ReferenceRole
from schemas.geometry import Box
from tests.models.generation.asking import asking, reference

SIZE = 200


def png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def rough() -> np.ndarray:
    """Draw a ring in three shaky goes, and a ground."""
    image = np.full((SIZE, SIZE), 250, np.uint8)
    for middle in ((100, 90), (101, 91), (99, 91)):
        cv2.circle(image, middle, 50, 90, 1, cv2.LINE_AA)
    cv2.line(image, (0, 170), (199, 172), 90, 2, cv2.LINE_AA)
    return image


def hatched(*, period_px: int = 6) -> np.ndarray:
    rows, columns = np.indices((220, 220))
    image = np.where((rows + columns) % period_px < period_px // 2, 40, 250).astype(np.uint8)
    image[:100] = 250
    return np.repeat(image[..., None], 3, axis=2)


def like(picture: np.ndarray, *lettering: Box):
    return replace(reference(ReferenceRole.STYLE, 1), picture=picture, lettering=lettering)


def made(*references, **asked):
    request = asking(width_px=SIZE, height_px=SIZE, drawing=packed(png(rough()), name="rough"), **asked)
    return ArtificerBackend().generate(request, references)


def test_strokes_on_strokes_become_one_line():
    ink = np.zeros((60, 60), np.float32)
    ink[28:33, 5:55] = 1.0
    line = inked(ink)
    across = line[:, 30]
    assert across.max() > 0.9
    assert 4.0 <= across.sum() <= 6.0
    assert line[:, 6].sum() < 0.7 * across.sum()  # a free end tapers


@pytest.mark.parametrize("gap_px", [3, 5, 7])
def test_a_gap_between_ends_that_face_each_other_is_closed(gap_px):
    ink = np.zeros((SIZE + 60, SIZE + 60), np.float32)
    ink[130:133, 20:240] = 1.0
    ink[:, 120 : 120 + gap_px] = 0.0
    assert inked(ink)[130:133, 118 : 122 + gap_px].max(axis=0).min() > 0.5


def test_lines_that_only_pass_each_other_stay_apart():
    ink = np.zeros((SIZE, SIZE), np.float32)
    ink[60:63, 20:180] = 1.0
    ink[72:75, 20:180] = 1.0
    assert inked(ink)[65:70].max() == 0.0


def test_an_area_of_black_stays_one():
    ink = np.zeros((SIZE, SIZE), np.float32)
    ink[50:100, 50:100] = 1.0
    assert inked(ink)[55:95, 55:95].min() == 1.0


def test_thinning_leaves_one_point_and_no_break():
    mask = np.zeros((40, 40), bool)
    mask[10:15, 5:35] = True
    lean = thinned(mask)
    assert lean.sum(axis=0)[8:32].tolist() == [1] * 24


def test_hatching_is_found_and_words_are_not_taken_for_it():
    example = example_of([like(hatched())])
    assert example is not None
    assert example.shape == (EXAMPLE_PX, EXAMPLE_PX)
    assert 0.3 < example.mean() < 0.7
    assert example_of([like(hatched(), Box(0, 0.4, 1, 1))]) is None
    assert example_of([like(hatched(period_px=60))]) is None
    assert example_of([like(hatched()[:40])]) is None


def test_a_grown_texture_has_the_tone_and_the_grain_of_its_example():
    example = example_of([like(hatched())])
    grown = quilted(example, 150, 170, 3)
    assert grown.shape == (150, 170)
    assert abs(float(grown.mean() - example.mean())) < 0.05
    turned = np.roll(grown, 3, axis=0)  # half a period further, black is white
    assert np.corrcoef(grown[9:, 9:].ravel(), turned[9:, 9:].ravel())[0, 1] < -0.8
    assert (quilted(example, 150, 170, 3) == grown).all()


def test_the_shade_is_hatched_as_in_the_reference_and_turns_with_the_seed():
    plain, turned = made(like(hatched()), variants=2)
    assert plain.notes["tone"] == "hatched as in the references"
    tone, other = (panel.layers[1].pixels[..., 3] for panel in (plain, turned))
    assert tone[90:140, 100:150].std() > 60
    assert tone[50:75, 60:85].max() == 0  # the side of the light
    assert not (tone == other).all()


def test_layers_laid_over_each_other_are_the_picture():
    panel = made(reference(ReferenceRole.PALETTE, 2))[0]
    assert [layer.name for layer in panel.layers] == ["flats", "tone", "line"]
    with zipfile.ZipFile(io.BytesIO(as_ora(panel.picture, panel.layers))) as ora:
        parts = [Image.open(io.BytesIO(ora.read(f"data/layer{n}.png"))).convert("RGBA") for n in range(3)]
    laid = parts[0]
    for part in parts[1:]:
        laid = Image.alpha_composite(laid, part)
    assert np.abs(np.asarray(laid)[..., :3].astype(int) - panel.picture.astype(int)).max() <= 2


def test_the_same_rough_gives_the_same_bytes():
    first, second = (made(like(hatched()), seed=5)[0].picture for _ in range(2))
    assert (first == second).all()


def test_a_rough_is_kept_small_and_stays_itself():
    drawn = np.repeat(np.repeat(rough(), 10, axis=0), 10, axis=1)
    text = packed(png(drawn), name="large")
    kept = unpacked(text)
    assert max(kept.shape) == LARGEST_SIDE_PX
    small = cv2.resize(drawn, (LARGEST_SIDE_PX, LARGEST_SIDE_PX), interpolation=cv2.INTER_AREA)
    assert np.abs(kept[..., 0].astype(int) - small.astype(int)).max() <= 8
    assert packed(base64.b64decode(text), name="again") == text
    assert size_within(packed(png(rough()[:100]), name="wide"), 400) == (400, 200)


def test_noise_of_any_size_fits_a_record():
    noise = np.random.default_rng(0).integers(0, 256, (1100, 1100), np.uint8)
    assert len(packed(png(noise), name="noise")) <= MAX_DRAWING


@pytest.mark.parametrize("text", ["no base64!", base64.b64encode(b"no picture").decode()])
def test_a_drawing_that_is_none_is_named(text):
    with pytest.raises(PictureError, match="the drawing"):
        ArtificerBackend().generate(asking(drawing=text), [])


def test_a_drawing_has_a_bound():
    with pytest.raises(QueryError, match="scale it down"):
        asking(drawing="A" * (MAX_DRAWING + 1))
