"""Decoding to a bounded size, and measures."""

import numpy as np
import pytest

from indexer.stages.pictures import PAGE_SIDE_PX, STRIP_WIDTH_PX, decode_page, measure_page, measure_panel
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


def drawn(paper: tuple[int, int, int], ink: tuple[int, int, int] = (20, 20, 20)) -> np.ndarray:
    """Screentone from ink to paper, in dots and in greys."""
    share = np.linspace(0, 1, 120)[np.newaxis, :, np.newaxis] * np.ones((80, 1, 1))
    share[40:] = (np.indices((40, 120)).sum(axis=0) % 4 < 2)[..., np.newaxis]
    return (np.array(ink) + share * (np.array(paper) - np.array(ink))).astype(np.uint8)


@pytest.mark.parametrize("paper", [(255, 255, 255), (250, 240, 215), (225, 200, 150)])
def test_screentone_on_any_paper_has_no_colour(paper: tuple[int, int, int]) -> None:
    assert measure_panel(drawn(paper)).colourfulness < 0.03


def test_one_strong_hue_is_colour_where_it_is_none_of_paper() -> None:
    assert measure_panel(drawn((60, 90, 220), (0, 0, 30))).colourfulness > 0.2
    assert measure_panel(drawn((255, 120, 0))).colourfulness > 0.2


def test_a_patch_of_colour_on_old_paper_counts() -> None:
    picture = drawn((240, 222, 180))
    picture[20:60, 30:70] = (200, 30, 30)
    assert measure_panel(picture).colourfulness > 0.1


def test_lightness_runs_from_black_to_white() -> None:
    black, white = (measure_panel(np.full((5, 3, 3), value, np.uint8)) for value in (0, 255))
    assert (black.lightness, white.lightness) == (pytest.approx(0, abs=0.01), pytest.approx(1, abs=0.01))
    assert black.colourfulness == white.colourfulness == pytest.approx(0, abs=0.01)
