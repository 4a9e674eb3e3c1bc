"""Prints of one drawing: bad copies are the same, other words are not, and borders come off whole."""

import cv2
import numpy as np
import pytest

from models.duplicates.margins import without_rim
from models.duplicates.prints import is_same_print, print_of
from tests.audits import blank, page

WORDS = ((60, 50), (60, 400), (60, 740))


def lettered(words: str) -> np.ndarray:
    image = np.array(page(4))
    for left, top in WORDS:
        cv2.rectangle(image, (left, top), (left + 420, top + 64), (255, 255, 255), -1)
        cv2.putText(image, words, (left + 8, top + 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3)
    return image


def bad_copy(image: np.ndarray) -> np.ndarray:
    small = cv2.resize(image, None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_a_bad_copy_is_the_same_print() -> None:
    image = lettered("Where is the key?")
    assert is_same_print(print_of(image), print_of(bad_copy(image)))


def test_a_drawing_that_is_used_again_with_other_words_is_another_print() -> None:
    one, other = lettered("Where is the key?"), lettered("Nobody came home.")
    assert not is_same_print(print_of(one), print_of(other))


def test_of_empty_pictures_nothing_is_said() -> None:
    assert not is_same_print(print_of(np.array(blank())), print_of(np.array(blank())))


@pytest.mark.parametrize("tone", [0, 245, 255])
def test_a_border_comes_off_with_the_paper_below_it(tone: int) -> None:
    image = np.array(page(2)).mean(axis=2).astype(np.float32)
    framed = cv2.copyMakeBorder(image, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=float(tone))
    plain, bare = without_rim(image), without_rim(framed)
    assert plain.shape == bare.shape
    assert np.abs(plain - bare).max() == 0


def test_a_dark_drawing_keeps_what_shows_at_its_sides() -> None:
    sky = np.full((300, 200), 6, np.float32)
    sky[::9, ::7] = 220
    framed = cv2.copyMakeBorder(sky, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=0.0)
    assert without_rim(framed).shape == without_rim(sky).shape


def test_a_picture_of_one_tone_is_left_as_it_is_or_smaller_but_never_nothing() -> None:
    for tone in (0, 128, 255):
        assert min(without_rim(np.full((40, 30), tone, np.float32)).shape) > 0
