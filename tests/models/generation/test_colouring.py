"""Colours by example: the same grey at the same place takes the same colour; words stay on white."""

import cv2
import numpy as np
import pytest

from models.figures import load_finder
from models.generation.artificer.colouring import ColourExample, colour_by_example, flats_by_example
from models.generation.artificer.lettered import lettered_areas, texts_in
from models.generation.artificer.lines import ink_of
from models.generation.artificer.regions import regions_of
from models.generation.consistency.differences import ciede2000
from schemas.geometry import Box

SIDE = 200
SKY, GROUND, DISC = (120, 170, 230), (50, 34, 20), (210, 60, 60)


def scene(shift: int = 0) -> np.ndarray:
    """Sky over ground, and a disc that may stand elsewhere."""
    picture = np.full((SIDE, SIDE, 3), SKY, np.uint8)
    picture[120:] = GROUND
    cv2.circle(picture, (100 + shift, 80), 40, DISC, -1)
    return picture


def greyed(picture: np.ndarray) -> np.ndarray:
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def lettered(words: tuple[str, ...]) -> np.ndarray:
    """A balloon with words, over a line across the picture."""
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    cv2.line(picture, (0, 150), (SIDE, 150), (0, 0, 0), 2)
    cv2.ellipse(picture, (100, 60), (80, 45), 0, 0, 360, (0, 0, 0), 2)
    for row, word in enumerate(words):
        place = (50, 50 + 16 * row)
        cv2.putText(picture, word, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return picture


def test_a_grey_picture_comes_back_in_the_colours_of_another():
    found = colour_by_example(greyed(scene(30)), [ColourExample(scene())], load_finder(), 0)
    for place, colour in (((20, 20), SKY), ((80, 130), DISC), ((180, 100), GROUND)):
        assert np.abs(found[place].astype(int) - colour).max() < 40, place
    light = cv2.cvtColor(found, cv2.COLOR_RGB2GRAY).astype(int)
    assert np.abs(light - greyed(scene(30))[..., 0]).mean() < 2.0


def test_equal_seeds_give_equal_pictures_and_weight_decides_between_examples():
    asked, finder = greyed(scene()), load_finder()
    other = np.ascontiguousarray(scene()[..., ::-1])
    one = [ColourExample(scene(), 1.0), ColourExample(other, 0.05)]
    first = colour_by_example(asked, one, finder, 3)
    assert np.array_equal(first, colour_by_example(asked, one, finder, 3))
    assert first[20, 20, 2] > first[20, 20, 0] + 40


def test_lines_take_flat_colours_from_where_they_lie():
    drawn = np.full((SIDE, SIDE, 3), 255, np.uint8)
    cv2.line(drawn, (0, 120), (SIDE, 120), (0, 0, 0), 3)
    areas = regions_of(ink_of(drawn))
    example = scene()
    example[120:] = (150, 105, 60)
    flats = flats_by_example(drawn, areas, [ColourExample(example)], load_finder(), 0)
    assert flats[30, 20, 2] < -10  # blue above
    assert flats[180, 20, 2] > 5  # brown below
    assert np.ptp(flats[areas.labels == areas.labels[30, 20]], axis=0).max() == 0


def test_an_area_with_words_is_found_by_its_letters_or_by_what_is_known_of_them():
    drawn = lettered(("PLEASE WAIT", "FOR THE SUN"))
    ink = ink_of(drawn)
    areas = regions_of(ink)
    words = lettered_areas(areas, ink)
    assert words[areas.labels[90, 100]]
    assert not words[areas.labels[180, 100]]
    ((left, top, right, bottom),) = texts_in(ink)
    assert (left < 55, top < 45, right > 110, bottom > 60) == (True, True, True, True)
    silent = ink_of(lettered(()))
    assert not lettered_areas(areas, silent).any()
    known = lettered_areas(areas, silent, [Box(0.25, 0.2, 0.7, 0.35)])
    assert known[areas.labels[90, 100]]


@pytest.mark.parametrize("value", [0, 255])
def test_an_empty_drawing_holds_no_words(value):
    ink = ink_of(np.full((SIDE, SIDE, 3), value, np.uint8))
    assert not lettered_areas(regions_of(ink), ink).any()


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [  # Sharma, Wu and Dalal (2005), table 1
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((50, -1, 2), (50, 0, 0), 2.3669),
    ],
)
def test_differences_are_those_of_the_standard(one, other, apart):
    assert ciede2000(np.array(one, float), np.array(other, float)) == pytest.approx(apart, abs=1e-4)
