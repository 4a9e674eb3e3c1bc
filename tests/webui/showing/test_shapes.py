"""Tiles of the hit grid: near in shape to their panels, each with a class in the style sheet."""

from itertools import pairwise
from pathlib import Path

import pytest

import webui
from search.answers.details import PageSummary
from webui.showing.shapes import ASPECTS, tile_class, tiles

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


def page_of(width, height):
    return PageSummary("b/00001", 1, "p.png", "story", width, height, 0, is_spread=False, degraded=None)


def test_usual_page_is_one_picture():
    (tile,) = tiles(page_of(1000, 1500))
    assert (tile.box, tile.width_px, tile.height_px) == (None, 1000, 1500)


def test_tall_page_is_cut_into_tiles_that_meet_and_cover_it():
    cut = tiles(page_of(850, 3699))
    assert sum(tile.height_px for tile in cut) == 3699
    assert all(tile.height_px <= 1.5 * tile.width_px + 1 for tile in cut)
    corners = [tuple(tile.box.split(",")) for tile in cut]
    assert (corners[0][1], corners[-1][3]) == ("0.0000", "1.0000")
    assert all(above[3] == below[1] for above, below in pairwise(corners))


def test_page_without_a_size_is_still_a_picture():
    assert len(tiles(page_of(0, 0))) == 1
