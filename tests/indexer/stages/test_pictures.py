"""Decoding to a bounded size, and measures."""

import numpy as np

from indexer.stages.pictures import PAGE_SIDE_PX, STRIP_WIDTH_PX, decode_page, measure_page
from schemas.config import PictureLimits
from schemas.records import RgbImage
from tests.indexer.builders import page_picture, png

LIMITS = PictureLimits()


def decoded(width: int, height: int) -> RgbImage:
    page = decode_page(png(page_picture(1, width=width, height=height)), name="p", limits=LIMITS)
    assert (page.width_px, page.height_px) == (width, height)
    return page.image


def test_pages_are_bounded_by_their_long_side_and_strips_by_their_width() -> None:
    assert decoded(1500, 3000).shape[:2] == (PAGE_SIDE_PX, 1000)
    assert decoded(3000, 1500).shape[:2] == (1000, PAGE_SIDE_PX)
    assert decoded(2000, 9000).shape[:2] == (4500, STRIP_WIDTH_PX)
    assert decoded(800, 9000).shape[:2] == (9000, 800)
    assert decoded(600, 900).shape[:2] == (900, 600)


def test_measures_of_black_white_and_colour() -> None:
    black = measure_page(np.zeros((30, 20, 3), np.uint8))
    white = measure_page(np.full((30, 20, 3), 255, np.uint8))
    red = measure_page(np.broadcast_to(np.array([255, 0, 0], np.uint8), (30, 20, 3)).copy())
    assert (black.darkness, white.darkness) == (1.0, 0.0)
    assert (white.saturation, red.saturation) == (0.0, 1.0)
    assert black.is_blank
    assert white.is_blank
    assert not measure_page(page_picture(1)).is_blank
