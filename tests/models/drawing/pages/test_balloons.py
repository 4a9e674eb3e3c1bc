import numpy as np
import pytest

pytest.importorskip("skia")

import skia

from models.drawing.art.geometry import Rect
from models.drawing.balloons import Balloon, balloon_size, caption_size, draw_balloon, tail_tip
from models.drawing.soundeffects import draw_effect, shape_effect
from models.drawing.style import STYLES
from models.drawing.typography import oval_blocks

STYLE = STYLES["western"]
BLOCK = oval_blocks("Nobody told me that the door was open!", "dialogue", 22, aspect=1.5)[0]
GREY = 0xFF808080


def drawn(mood: str, *, mouth=None, head=None, boxy=False) -> tuple[np.ndarray, Rect]:
    surface = skia.Surface(500, 400)
    canvas = surface.getCanvas()
    canvas.clear(GREY)
    rect = Rect.around((250, 120), *balloon_size(BLOCK, mood, boxy=boxy))
    draw_balloon(canvas, Balloon(BLOCK, rect, mood, mouth, head, boxy), STYLE, seed=4)
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)
    return pixels[:, :, :3].astype(int), rect


def touched(pixels: np.ndarray) -> Rect:
    ys, xs = np.nonzero(np.abs(pixels - 128).max(axis=2) > 20)
    return Rect(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


@pytest.mark.parametrize("mood", ["plain", "shout", "whisper", "thought"])
@pytest.mark.parametrize("boxy", [False, True])
def test_a_balloon_stays_in_the_room_it_asked_for(mood, boxy):
    pixels, rect = drawn(mood, boxy=boxy)
    found = touched(pixels)
    line = 4
    assert found.x0 >= rect.x0 - line
    assert found.y0 >= rect.y0 - line
    assert found.x1 <= rect.x1 + line
    assert found.y1 <= rect.y1 + line


@pytest.mark.parametrize("mood", ["plain", "shout", "whisper", "thought"])
def test_letters_stand_on_the_fill_of_the_balloon(mood):
    pixels, rect = drawn(mood)
    cx, cy = (round(v) for v in rect.center)
    half_width, half_height = round(BLOCK.width / 2) - 2, round(BLOCK.height * 0.35)
    words = pixels[cy - half_height : cy + half_height, cx - half_width // 2 : cx + half_width // 2]
    assert (words == 128).all(axis=2).mean() == 0  # no background shows through
    assert 0.05 < (words.max(axis=2) < 90).mean() < 0.5


def test_a_tail_reaches_towards_the_mouth_but_not_onto_the_face():
    mouth, head = (300.0, 330.0), Rect(260, 270, 340, 360)
    with_tail, rect = drawn("plain", mouth=mouth, head=head)
    found = touched(with_tail)
    assert found.y1 > rect.y1 + 30
    assert found.y1 <= head.y0


def test_a_thought_sends_bubbles_instead_of_a_tail():
    pixels, rect = drawn("thought", mouth=(300.0, 380.0))
    rows = (np.abs(pixels - 128).max(axis=2) > 20).any(axis=1)
    below = rows[round(rect.y1) + 4 : 380]
    assert np.count_nonzero(np.diff(below.astype(int)) == 1) >= 2  # separate circles


def test_a_balloon_beside_a_head_still_shows_some_tail():
    rect, head = Rect(0, 0, 200, 100), Rect(60, 100, 140, 200)
    tip = tail_tip(rect, (100.0, 180.0), head, 20.0)
    assert tip == pytest.approx((100.0, 120.0), abs=3)


def test_captions_hold_their_words():
    width, height = caption_size(BLOCK)
    assert width > BLOCK.width
    assert height > BLOCK.height


@pytest.mark.parametrize("text", ["KRAKOOM", "ドーン", "쾅"])
def test_noises_fill_the_rectangle_they_report(text):
    surface = skia.Surface(600, 400)
    surface.getCanvas().clear(GREY)
    effect = shape_effect(text, "sfx", 90, grey=False, seed=2)
    draw_effect(surface.getCanvas(), effect, (300, 200))
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)[:, :, :3]
    found, said = touched(pixels.astype(int)), Rect.around((300, 200), *effect.size)
    assert (found.x0, found.y0, found.x1, found.y1) == pytest.approx(
        (said.x0, said.y0, said.x1, said.y1), abs=6
    )


def test_noises_in_grey_books_have_no_colour():
    surface = skia.Surface(600, 400)
    surface.getCanvas().clear(GREY)
    draw_effect(surface.getCanvas(), shape_effect("BOOM", "sfx", 90, grey=True, seed=2), (300, 200))
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)
    assert (pixels[..., 0] == pixels[..., 1]).all()
    assert (pixels[..., 1] == pixels[..., 2]).all()
