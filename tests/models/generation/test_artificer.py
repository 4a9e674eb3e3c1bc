from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.generation.artificer.backend import ArtificerBackend
from models.generation.artificer.lines import Drawing, ink_of
from models.generation.artificer.regions import regions_of
from schemas.errors import GenerationError
from schemas.generation import ReferenceRole
from tests.models.generation.asking import asking, reference

SIZE = 240
INSIDE, OUTSIDE = (120, 120), (20, 20)


def rough(*, gap_px: int = 0, seed: int = 0) -> np.ndarray:
    """Draw a pencilled circle on uneven, noisy paper, with a gap and some specks."""
    image = np.full((SIZE, SIZE), 250.0, np.float32)
    cv2.circle(image, INSIDE, 70, 90.0, 3, cv2.LINE_AA)
    if gap_px:
        cv2.rectangle(image, (180, 120 - gap_px // 2), (200, 120 + gap_px // 2), 250.0, -1)
    image -= np.linspace(0, 40, SIZE, dtype=np.float32)[None]
    rng = np.random.default_rng(seed)
    image += rng.normal(0, 4, image.shape)
    image[200, 30] = image[40, 210] = 100
    return np.repeat(np.clip(image, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def palette() -> np.ndarray:
    """A picture of sky and a red disc in its middle."""
    image = np.full((SIZE, SIZE, 3), (90, 150, 220), np.uint8)
    cv2.circle(image, INSIDE, 70, (210, 60, 40), -1)
    return image


def redrawn(drawing: np.ndarray, *more, **asked) -> np.ndarray:
    layout = replace(reference(ReferenceRole.LAYOUT, 1), picture=drawing)
    request = asking(width_px=SIZE, height_px=SIZE, **asked)
    return ArtificerBackend().generate(request, [layout, *more])[0].picture


COLOURS = replace(reference(ReferenceRole.PALETTE, 2), picture=palette())


def test_lines_are_dark_and_paper_is_clean():
    ink = ink_of(rough())
    assert ink[120, 49:52].max() > 0.8
    assert ink[100:140, 70:170].max() == 0.0
    assert ink[195:206, 25:36].max() == 0.0  # a speck


@pytest.mark.parametrize("gap_px", [0, 3, 5])
def test_a_line_with_a_small_gap_still_encloses_its_area(gap_px):
    regions = regions_of(ink_of(rough(gap_px=gap_px)))
    assert regions.labels[INSIDE] != regions.labels[OUTSIDE]
    assert regions.labels.min() == 0
    assert regions.labels.max() == regions.count - 1


def test_areas_of_a_rough_take_the_colours_that_lie_there_in_the_reference():
    picture = redrawn(rough(), COLOURS).astype(int)
    red, sky = picture[INSIDE], picture[OUTSIDE]
    assert red[0] > red[2] + 60
    assert sky[2] > sky[0] + 60
    assert picture[120, 49:52].mean(axis=1).min() < 90  # the line is there


def test_a_shaded_panel_keeps_its_tones_and_its_white():
    tones = cv2.cvtColor(palette(), cv2.COLOR_RGB2GRAY)
    tones[:60] = np.clip(tones[:60] * 0.6, 0, 255)
    tones[170:210, 90:150] = 255
    picture = redrawn(np.repeat(tones[..., None], 3, axis=2), COLOURS)
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[..., 0].astype(float)
    assert np.corrcoef(light.ravel(), tones.ravel())[0, 1] > 0.9
    assert picture[190, 120].min() > 245
    assert picture.std(axis=2).max() > 10


def test_without_other_references_it_stays_black_and_white():
    picture = redrawn(rough()).astype(int)
    assert np.abs(picture - picture.mean(axis=2, keepdims=True)).max() <= 2


def test_lines_on_paper_are_no_tones():
    assert not Drawing.of(rough()).is_shaded
    toned = palette() // 2
    toned[:20] = 255
    assert Drawing.of(toned).is_shaded


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_plain_drawing_is_no_fault(value):
    assert redrawn(np.full((SIZE, SIZE, 3), value, np.uint8), COLOURS).shape == (SIZE, SIZE, 3)


def test_without_a_drawing_it_says_so():
    with pytest.raises(GenerationError, match="pin one as the layout"):
        ArtificerBackend().generate(asking(), [])
