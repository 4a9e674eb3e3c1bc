"""Colours by their names."""

import numpy as np
import pytest

from models.generation.colours import colours_in, is_grey, shown


def flat(red: int, green: int, blue: int):
    return np.full((32, 32, 3), (red, green, blue), np.uint8)


FULL = np.ones((16, 16), np.float32)


def test_colours_are_read_from_words_each_once_and_hair_is_no_clothes() -> None:
    assert colours_in("a red-haired knight in steel armour with a grey hat") == ("orange", "grey")
    assert colours_in("somebody") == ()


@pytest.mark.parametrize(
    ("name", "pixel"),
    [("red", (200, 20, 20)), ("orange", (240, 130, 30)), ("green", (40, 150, 60)), ("blue", (30, 60, 180)),
     ("purple", (110, 40, 150)), ("black", (20, 20, 20)), ("white", (250, 250, 250)),
     ("brown", (110, 70, 30)),
     ("yellow", (240, 220, 60)), ("pink", (250, 150, 200)), ("turquoise", (30, 190, 180))],
)  # fmt: skip
def test_a_colour_is_shown_by_its_own_pixels_alone(name: str, pixel: tuple[int, int, int]) -> None:
    assert shown((name,), flat(*pixel), FULL, is_grey=False) == 1.0
    other = (30, 60, 180) if name != "blue" else (200, 20, 20)
    assert shown((name,), flat(*other), FULL, is_grey=False) == 0.0


def test_in_a_picture_without_colours_none_is_missing() -> None:
    grey = flat(120, 120, 120)
    assert is_grey(grey)
    assert not is_grey(flat(200, 20, 20))
    assert 0.0 < shown(("red",), grey, FULL, is_grey=True) < 0.5
    assert shown((), grey, FULL, is_grey=True) == 0.0


def test_only_what_is_likely_the_figure_counts() -> None:
    picture, mask = flat(30, 60, 180), np.zeros((32, 32), np.float32)
    picture[:, :16], mask[:, :16] = (200, 20, 20), 1.0
    assert shown(("blue",), picture, mask, is_grey=False) < 0.3
    assert shown(("red",), picture, mask, is_grey=False) == 1.0
