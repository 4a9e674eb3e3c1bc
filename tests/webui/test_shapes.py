"""Tiles of the hit grid: near in shape to their panels, each with a class in the style sheet."""

from itertools import pairwise
from pathlib import Path

import pytest

import webui
from webui.shapes import ASPECTS, tile_class

STYLE = Path(webui.__file__).with_name("static").joinpath("css", "search.css").read_text()


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_tile_has_its_class_in_the_style_sheet(aspect):
    assert f".{tile_class(aspect)} {{ --a: {aspect:g}; }}".replace("0.", ".") in STYLE


@pytest.mark.parametrize(
    ("aspect", "expected"), [(0.01, "a50"), (1.04, "a100"), (1.06, "a110"), (9.0, "a340")]
)
def test_tile_is_the_nearest_in_shape_and_bounded(aspect, expected):
    assert tile_class(aspect) == expected


def test_at_most_a_sixteenth_of_a_panel_is_cut_away():
    assert max(1 - (low / high) ** 0.5 for low, high in pairwise(ASPECTS)) <= 1 / 16
