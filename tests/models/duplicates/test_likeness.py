"""A closer look: the same drawing however it comes, another drawing in the same frames, nothing at all."""

import cv2
import numpy as np
import pytest

from models.duplicates.likeness import likeness, prepared
from tests.audits import blank, page

SAME = 0.5


def picture(seed: int, panels: int = 3) -> np.ndarray:
    return np.asarray(page(seed, panels))


def share(left: np.ndarray, right: np.ndarray) -> float:
    return likeness(prepared(left), prepared(right)).share


def recompressed(image: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 25])[1], cv2.IMREAD_COLOR)


def cut(image: np.ndarray, share: float = 0.05) -> np.ndarray:
    height, width = image.shape[:2]
    return np.ascontiguousarray(image[int(share * height) : -int(share * height), int(share * width) :])


def framed(image: np.ndarray, tone: int) -> np.ndarray:
    return cv2.copyMakeBorder(image, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(tone, tone, tone))


def lettered_anew(image: np.ndarray) -> np.ndarray:
    other = image.copy()
    for top in (50, 400, 740):
        cv2.rectangle(other, (60, top), (360, top + 64), (255, 255, 255), -1)
        cv2.putText(other, "Dove sta?", (70, top + 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3)
    return other


@pytest.mark.parametrize(
    "alter",
    [
        recompressed,
        cut,
        lettered_anew,
        lambda image: cv2.resize(image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA),
        lambda image: framed(image, 255),
        lambda image: framed(image, 0),
        lambda image: framed(recompressed(cut(image)), 255),
    ],
)
def test_the_same_drawing_is_known_again(alter):
    for seed in (1, 2, 3):
        image = picture(seed)
        assert share(image, alter(image)) > SAME
        assert share(alter(image), image) > SAME


def test_other_drawings_in_the_same_frames_are_told_apart():
    for seed in range(1, 8):
        assert share(picture(seed), picture(seed + 10)) < SAME


@pytest.mark.parametrize("tone", [255, 250, 0])
def test_blank_pages_are_like_nothing(tone):
    empty = np.asarray(blank(tone, noise=tone + 1))
    assert share(empty, empty) == 0.0
    assert share(empty, picture(1)) == 0.0


def test_pictures_of_any_shape_are_taken():
    for shape in ((1, 1, 3), (3, 2000, 3), (2000, 3, 3), (8, 8, 3)):
        odd = np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8)
        assert 0.0 <= share(odd, odd) <= 1.0
        assert 0.0 <= share(odd, picture(1)) <= 1.0
