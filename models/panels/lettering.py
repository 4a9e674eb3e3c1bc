"""Telling a block of text from a picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.panels.gutters import COLOUR_TOLERANCE, modal_colour
from models.panels.rect import Rect
from models.panels.regions import page_side
from schemas.records import RgbImage

PLAIN_SHARE = 0.4
"""Text stands on plain ground: this share of its block has one colour."""
PATTERNED_SHARE, PATTERNED_DENSITY = 0.15, 0.12
"""A text page may have a patterned ground, if it is full of letters."""
SAMPLE_STEP = 3
"""Every third pixel tells the ground's colour as well as all of them."""
CONTRAST = 45
"""Ink differs this much in brightness from its surroundings."""
SURROUNDINGS = 0.035
MAX_LETTER = 0.03
"""Surroundings and the highest letter of running text, as shares of the page's longer side."""
MIN_LETTER_PX = 3
MIN_LETTERS = 50
MIN_GAPS, GAP_LEVEL = 0.3, 0.1
"""Between lines of text this share of the rows has hardly a letter; rain and tones know no lines."""
MIN_CAPTION_LETTERS = 4
CAPTION_RIM = 0.006
"""The frame and the shadow of a caption, as a share of the page's longer side."""
WORDY_PLAIN = 0.55
"""A caption shows its ground on this share; a small picture with a balloon in it on less."""
CAPTION_PLAIN = 0.9
"""A framed rectangle this plain holds no picture worth a panel."""
BLANK_PLAIN = 0.995
"""Nothing is drawn where all but dust has one colour."""
MIN_LETTER_INK = 0.72
"""Of all ink this share is in letters: pictures have long outlines."""
MIN_DENSITY = 0.06
"""Letters' boxes cover this share of a block of text."""


def is_text_block(picture: RgbImage, rect: Rect) -> bool:
    """Say whether a rectangle holds running text and hardly anything else."""
    return _is_text(picture, rect, min_letters=MIN_LETTERS)


def is_caption(picture: RgbImage, rect: Rect) -> bool:
    """Say whether a small framed rectangle is plain, or holds a few words on plain ground."""
    height, width = picture.shape[:2]
    rim = max(2, round(page_side(Rect(0, 0, width, height)) * CAPTION_RIM))
    inner = Rect(rect.x0 + rim, rect.y0 + rim, rect.x1 - rim, rect.y1 - rim)
    if min(inner.width, inner.height) < SAMPLE_STEP:
        return True
    plain = _plain_share(picture[inner.window])
    if plain >= CAPTION_PLAIN:
        return True
    return plain >= WORDY_PLAIN and _is_text(picture, inner, min_letters=MIN_CAPTION_LETTERS)


def is_blank(picture: RgbImage, rect: Rect) -> bool:
    """Say whether a rectangle, its rim apart, has one colour."""
    rim = max(1, min(rect.width, rect.height) // 10)
    crop = picture[rect.y0 + rim : rect.y1 - rim, rect.x0 + rim : rect.x1 - rim]
    return min(crop.shape[:2]) < SAMPLE_STEP or _plain_share(crop) >= BLANK_PLAIN


def _is_text(picture: RgbImage, rect: Rect, *, min_letters: int) -> bool:
    crop = picture[rect.window]
    if min(crop.shape[:2]) < SAMPLE_STEP:
        return False
    plain = _plain_share(crop)
    if plain < PATTERNED_SHARE:
        return False
    height, width = picture.shape[:2]
    found = _letters(crop, page_side(Rect(0, 0, width, height)))
    if found.density < (MIN_DENSITY if plain >= PLAIN_SHARE else PATTERNED_DENSITY):
        return False
    many = found.count >= min_letters and found.ink_share >= MIN_LETTER_INK
    return many and found.gap_share >= MIN_GAPS


@dataclass(frozen=True, slots=True)
class _Letters:
    """Marks of the size of letters: how many, their share of all ink and of the area, rows without any."""

    count: int
    ink_share: float
    density: float
    gap_share: float


def _letters(crop: RgbImage, side: int) -> _Letters:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(_ink(crop, side), connectivity=8)
    columns = (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA)
    widths, heights, areas = (stats[:, i].astype(np.int64) for i in columns)
    tallest = MAX_LETTER * side
    letters = (heights >= MIN_LETTER_PX) & (heights <= tallest) & (widths <= 3 * tallest)
    letters[0] = False
    marks = letters[labels].sum(axis=1)
    return _Letters(
        count=int(letters.sum()),
        ink_share=float(areas[letters].sum() / max(1, areas[1:].sum())),
        density=float((widths[letters] * heights[letters]).sum() / labels.size),
        gap_share=float((marks <= GAP_LEVEL * marks.max(initial=0)).mean()),
    )


def _plain_share(crop: RgbImage) -> float:
    sample = crop[::SAMPLE_STEP, ::SAMPLE_STEP].reshape(-1, 3)
    near = np.abs(sample.astype(np.int16) - modal_colour(sample)) <= COLOUR_TOLERANCE
    return float(np.all(near, axis=1).mean())


def _ink(crop: RgbImage, side: int) -> NDArray[np.uint8]:
    """Return 1 where a picture stands out from its surroundings: darker on light ground, or lighter."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    reach = max(3, round(side * SURROUNDINGS) | 1)
    around = cv2.blur(grey, (reach, reach))
    light = float(np.median(grey[::SAMPLE_STEP, ::SAMPLE_STEP])) >= 128
    contrast = cv2.subtract(around, grey) if light else cv2.subtract(grey, around)
    return (contrast > CONTRAST).astype(np.uint8)
