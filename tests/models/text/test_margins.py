import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.text.margins import widened
from schemas.records import RgbImage
from tests.models.text.drawing import BLACK, WHITE

NONE = np.zeros((0, 4), np.float32)


def page_with(text: str) -> RgbImage:
    page = np.full((120, 400, 3), 255, np.uint8)
    cv2.putText(page, text, (140, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.0, BLACK, 2, cv2.LINE_AA)
    return page


def quad(x0: float, x1: float) -> NDArray[np.float32]:
    return np.array([[x0, 40], [x1, 40], [x1, 80], [x0, 80]], np.float32)


def test_lone_glyph_before_the_line_is_taken_in() -> None:
    page = page_with("  SEE")
    cv2.line(page, (150, 50), (150, 70), BLACK, 3)
    wide = widened(page, quad(172, 240), NONE)
    assert wide[0, 0] < 148
    assert wide[1, 0] == 240


def test_lone_glyph_after_the_line_is_taken_in() -> None:
    page = page_with("OK")
    cv2.line(page, (205, 50), (205, 70), BLACK, 3)
    wide = widened(page, quad(136, 186), NONE)
    assert wide[1, 0] > 207
    assert wide[0, 0] == 136


def test_glyph_of_another_line_stays_there() -> None:
    page = page_with("OK")
    cv2.line(page, (205, 50), (205, 70), BLACK, 3)
    other = np.array([[195, 40, 260, 80]], np.float32)
    assert np.array_equal(widened(page, quad(136, 186), other), quad(136, 186))


@pytest.mark.parametrize("outline", ["line", "art"])
def test_outline_and_art_are_no_glyphs(outline: str) -> None:
    page = page_with("OK")
    if outline == "line":
        cv2.line(page, (205, 0), (205, 119), BLACK, 3)
    else:
        page[:, 200:] = (90, 120, 60)
    assert np.array_equal(widened(page, quad(136, 186), NONE), quad(136, 186))


def test_blank_margin_at_the_page_border_changes_nothing() -> None:
    page = np.full((120, 400, 3), WHITE, np.uint8)
    assert np.array_equal(widened(page, quad(0, 399), NONE), quad(0, 399))


def test_line_too_low_to_see_paper_is_left_alone() -> None:
    low = np.array([[10, 10], [60, 10], [60, 15], [10, 15]], np.float32)
    assert np.array_equal(widened(page_with("X"), low, NONE), low)
