"""Palettes of figures: the same clothes lie near, others far; changes are named; who stands out is found."""

import cv2
import numpy as np
import pytest

from models.generation.colours import name_of_colour
from models.generation.consistency.oddness import odd_ones
from models.generation.consistency.palettes import change_between, distance, palette_of_figure, where_is

RED, GREEN, SKIN = (190, 40, 45), (60, 150, 70), (235, 190, 160)


def figure(cloak: tuple[int, int, int], *, light: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A head over a cloak, before a wall, and where it is."""
    picture = np.full((120, 80, 3), (120, 130, 150), np.uint8)
    mask = np.zeros((120, 80), np.float32)
    for area in (picture, mask):
        cv2.circle(area, (40, 25), 16, SKIN if area is picture else 1, cv2.FILLED)
        cv2.rectangle(area, (18, 42), (62, 118), cloak if area is picture else 1, cv2.FILLED)
    return (picture * light).astype(np.uint8), mask


def test_another_cloak_lies_further_than_another_light():
    usual, dimmed, other = (
        palette_of_figure(*figure(RED)),
        palette_of_figure(*figure(RED, light=0.75)),
        palette_of_figure(*figure(GREEN)),
    )
    assert distance(usual, usual) == pytest.approx(0, abs=1e-4)
    assert distance(usual, other) > 2.5 * distance(usual, dimmed)
    assert distance(usual, other) == pytest.approx(distance(other, usual), abs=1e-3)


def test_what_changed_is_named_and_placed():
    picture, mask = figure(GREEN)
    change = change_between(palette_of_figure(*figure(RED)), palette_of_figure(picture, mask))
    assert change is not None
    assert (name_of_colour(change.was), name_of_colour(change.now)) == ("red", "green")
    assert change.share > 0.5
    assert where_is(change.now, picture, mask) > 0.55
    assert change_between(palette_of_figure(*figure(RED)), palette_of_figure(*figure(RED))) is None


def test_a_figure_that_nobody_found_counts_as_a_whole():
    picture, _ = figure(RED)
    palette = palette_of_figure(picture, np.zeros((120, 80), np.float32))
    assert palette.shares.sum() == pytest.approx(1.0)


def apart(*places: float) -> np.ndarray:
    return np.abs(np.subtract.outer(np.array(places), np.array(places)))


@pytest.mark.parametrize(
    ("table", "odd"),
    [
        (apart(0, 1, 2, 20), [3]),
        (apart(0, 1, 2, 3), []),
        (apart(0, 1, 2, 30, 1, -40), [5, 3]),
        (apart(0, 1, 20, 21), []),  # two and two: nobody knows which are right
        (apart(0, 9), [1]),
        (apart(0, 3), []),
        (apart(0), []),
        (np.zeros((0, 0)), []),
    ],
)
def test_those_far_from_all_others_stand_out(table, odd):
    assert odd_ones(table, least=4.0, pair=6.0) == odd
