"""What is printed on covers is found and taken out; what is drawn stays."""

import cv2
import numpy as np
import pytest

from models.trade_dress.bars import find_bars
from models.trade_dress.masking import MaskingEncoder, masked
from models.trade_dress.regions import find_dress
from models.why.occlusion import occlude
from schemas.errors import UnreadablePictureError
from schemas.geometry import Box
from schemas.records import TextLine
from tests.fakes import FakePictureEncoder
from tests.models.why.test_occlusion import RED, RedEncoder, picture


class Lines:
    """Knows where the lines are."""

    def __init__(self, *lines: tuple[Box, str]) -> None:
        self.lines = tuple(TextLine(box, text, 0.9) for box, text in lines)

    def read_lines(self, page):
        return self.lines


def art(height: int = 600, width: int = 420) -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 256, (height // 30, width // 30, 3), dtype=np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def with_bars(image: np.ndarray, x: int, y: int, *, lying: bool = False) -> Box:
    rng = np.random.default_rng(1)
    patch = np.full((60, 110, 3), 255, np.uint8)
    at = 6
    while at < 100:
        wide = int(rng.choice([1, 1, 2, 3]))
        patch[5:48, at : at + wide] = 0
        at += wide + int(rng.choice([1, 2, 2]))
    patch = np.ascontiguousarray(patch.transpose(1, 0, 2)) if lying else patch
    height, width = patch.shape[:2]
    image[y : y + height, x : x + width] = patch
    return Box.from_pixels((x, y, x + width, y + height), width_px=image.shape[1], height_px=image.shape[0])


@pytest.mark.parametrize("lying", [False, True])
def test_bar_codes_are_found_upright_and_lying(lying: bool) -> None:
    image = art()
    true = with_bars(image, 280, 450, lying=lying)
    found = find_bars(image)
    assert len(found) == 1
    assert found[0].iou(true) > 0.5


@pytest.mark.parametrize("what", ["art", "hatching", "stripes", "screentone"])
def test_drawing_is_no_bar_code(what: str) -> None:
    image = art()
    if what == "hatching":
        for x in range(-600, 420, 9):
            cv2.line(image, (x, 0), (x + 600, 600), (20, 20, 20), 2)
    elif what == "stripes":
        image[200:260, 100:220] = np.where(
            (np.arange(120) // 6 % 2)[None, :, None], (200, 40, 40), (40, 40, 200)
        )
    elif what == "screentone":
        image[::6, ::6] = 0
    assert find_bars(image) == []


def test_corner_box_with_something_printed_is_found_and_a_plain_window_is_not() -> None:
    image = art()
    cv2.rectangle(image, (8, 8), (80, 100), (255, 255, 255), -1)
    cv2.rectangle(image, (8, 8), (80, 100), (0, 0, 0), 3)
    cv2.putText(image, "12", (18, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (180, 0, 0), 4)
    corners = [one.box for one in find_dress(image) if one.kind == "corner"]
    assert len(corners) == 1
    assert corners[0].iou(Box.from_pixels((8, 8, 81, 101), width_px=420, height_px=600)) > 0.8
    plain = art()
    cv2.rectangle(plain, (8, 8), (80, 100), (90, 120, 200), -1)
    assert not [one for one in find_dress(plain) if one.kind == "corner"]


def test_lines_become_titles_prices_and_other_words_by_size_and_place() -> None:
    title, price, words = Box(0.2, 0.05, 0.9, 0.16), Box(0.02, 0.03, 0.1, 0.05), Box(0.3, 0.6, 0.6, 0.63)
    found = {
        one.kind: one.box
        for one in find_dress(art(), Lines((title, "NIGHT OWL"), (price, "$1.25"), (words, "the end?")))
    }
    assert set(found) == {"title", "price", "text"}
    assert found["title"].iou(title) > 0.5
    assert found["price"].iou(price) > 0.5


def test_title_takes_the_plain_band_that_it_stands_on() -> None:
    image = art()
    image[:110] = (20, 30, 90)
    (title,) = find_dress(image, Lines((Box(0.2, 0.05, 0.8, 0.14), "OWL")))
    assert title.box.width > 0.97
    assert 0.16 < title.box.height < 0.22


def test_masked_parts_hold_nothing_of_what_was_there_and_the_rest_stays() -> None:
    image = np.full((200, 150, 3), (120, 160, 90), np.uint8)
    clean = image.copy()
    box = Box(0.2, 0.1, 0.8, 0.3)
    x0, y0, x1, y1 = box.to_pixels(width_px=150, height_px=200)
    image[y0:y1, x0:x1] = (255, 0, 0)
    image[y0:y1:3, x0:x1] = 0
    gone = masked(image, [box])
    assert np.abs(gone.astype(int) - clean).max() <= 3
    assert np.array_equal(masked(image, []), image)
    assert masked(image, [Box(0, 0, 1, 1)]).shape == image.shape


def test_encoder_is_shown_pictures_without_the_boxes() -> None:
    encoder = FakePictureEncoder()
    image = art(120, 90)
    box = Box(0, 0, 1, 0.4)
    other = image.copy()
    other[:48] = 255
    hidden = MaskingEncoder(encoder, [box])
    assert np.allclose(hidden.encode_images([image]), hidden.encode_images([other]), atol=1e-5)
    assert hidden.spec == encoder.spec


def test_what_is_masked_speaks_for_nothing_any_more() -> None:
    logo = Box(0.2, 0.1, 0.7, 0.35)
    image = picture(logo)
    encoder = RedEncoder()
    before = occlude(image, encoder, RED)
    after = occlude(image, MaskingEncoder(encoder, [logo]), RED)
    assert before.share_inside((logo,)) > 3 * logo.area
    assert after.share_inside((logo,)) == 0.0


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 3)])
def test_pictures_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert isinstance(find_dress(image), tuple)
    with pytest.raises(UnreadablePictureError):
        find_dress(image[..., 0])
