"""Whether two pictures show the same drawing: laid over each other, and compared part by part.

The same page may come smaller, compressed, cut at its sides, with a border or with other lettering. A
page of the same template shows other drawings in the same frames: parts of it agree, and most do not.
So it counts how many parts that show something agree, wherever they came to lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.duplicates.margins import Grey, without_margin, without_rim
from schemas.records import RgbImage

SIDE_PX, COARSE_PX = 192, 72
SCALES = tuple(1.13 ** (step / 7) for step in range(-9, 10))
"""How much smaller or larger one copy may be once both are trimmed and of one size: cut pages are."""
HEART = 0.72
"""Share of one picture, at its middle, that is looked for in the other."""
LEAST_COARSE = 0.25
SURROUNDINGS_PX = 5.0
"""What is blurred away before pictures are laid over each other."""
NEAR_PX = 6
"""How far the finer look may correct the place that the coarse one found."""
BLOCK_PX, SLACK_PX = 16, 3
"""Side of a part, and how far it may have been moved."""
PLAIN = 5.0
"""Standard deviation of grey values under which a part shows nothing."""
AGREES = 0.62
LEAST_PARTS = 10
"""Parts that must show something: of an emptier picture nobody can say what it is."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two pictures are: ``agreeing`` of the ``parts`` that show something in both or either.

    ``share`` is in [0, 1], 0 where too little is shown.
    """

    parts: int
    agreeing: int

    @property
    def share(self) -> float:
        """Return the share of parts that agree."""
        return self.agreeing / self.parts if self.parts >= LEAST_PARTS else 0.0


def prepared(image: RgbImage) -> Grey:
    """Return a picture in grey without its even margin, its longer side ``SIDE_PX``."""
    return _of_side(without_margin(_small(image)))


def prepared_both(image: RgbImage) -> tuple[Grey, Grey | None]:
    """Return :func:`prepared`, and the picture without its rim alone; None where that is the same."""
    small = _small(image)
    even, bare = without_margin(small), without_rim(small)
    return _of_side(even), None if even.shape == bare.shape else _of_side(bare)


def _small(image: RgbImage) -> Grey:
    height, width = image.shape[:2]
    scale = 2 * SIDE_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _of_side(grey: Grey, side: int = SIDE_PX) -> Grey:
    return sized(grey, side / max(grey.shape))


def likeness(left: Grey, right: Grey) -> Likeness:
    """Compare two pictures made by :func:`prepared`."""
    place = place_of(left, right)
    return Likeness(0, 0) if place is None else _compared(*overlaid(left, right, place))


def sized(grey: Grey, scale: float) -> Grey:
    """Return a picture so many times larger."""
    height, width = grey.shape
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    shrinks = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=shrinks), np.float32)


@dataclass(frozen=True, slots=True)
class Place:
    """How one picture lies in another: so much larger, its corner so far down and aside."""

    scale: float
    corner: tuple[int, int]


def place_of(left: Grey, right: Grey) -> Place | None:
    """Return how a picture made by :func:`prepared` lies in another; None where it does not."""
    coarse = COARSE_PX / SIDE_PX
    lines, others = _lines(left), _lines(right)
    rough = sized(others, coarse)
    best, place, scale = max((*_found(sized(lines, coarse * scale), rough), scale) for scale in SCALES)
    if best < LEAST_COARSE:
        return None
    near = (round(place[0] / coarse), round(place[1] / coarse))
    return _sharpened(lines, others, [scale * 1.13 ** (step / 28) for step in (-2, -1, 0, 1, 2)], near)


def refined(left: Grey, right: Grey, rough: Place, larger: float) -> Place:
    """Return the place again in pictures so many times larger."""
    near = (round(rough.corner[0] * larger), round(rough.corner[1] * larger))
    scales = [rough.scale * step for step in (0.994, 0.997, 1.0, 1.003, 1.006)]
    return _sharpened(_lines(left), _lines(right), scales, near)


def overlaid(left: Grey, right: Grey, place: Place) -> tuple[Grey, Grey]:
    """Return the parts of two pictures that lie over each other, of the same shape."""
    return _cut_alike(sized(left, place.scale), right, *place.corner)


def _sharpened(lines: Grey, others: Grey, scales: Sequence[float], near: tuple[int, int]) -> Place:
    sharp = [(*_found(sized(lines, one), others, near), one) for one in scales]
    _, corner, scale = max(sharp, key=lambda one: one[0])
    return Place(scale, corner)


def _lines(grey: Grey) -> Grey:
    """Return what stands out from its surroundings: flat panels fit wherever their frames do."""
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), SURROUNDINGS_PX), np.float32)


def _cut_alike(left: Grey, right: Grey, top: int, side: int) -> tuple[Grey, Grey]:
    """Cut out what lies over each other where one picture lies so far down and aside in the other."""
    y, x = max(0, -top), max(0, -side)
    height = min(left.shape[0] - y, right.shape[0] - max(0, top))
    width = min(left.shape[1] - x, right.shape[1] - max(0, side))
    mine = left[y : y + height, x : x + width]
    return mine, right[max(0, top) : max(0, top) + height, max(0, side) : max(0, side) + width]


def _found(left: Grey, right: Grey, near: tuple[int, int] | None = None) -> tuple[float, tuple[int, int]]:
    """Return how well the heart of one picture is found in another, and where its corner lies then.

    Near a place alone where one is given: far away a frame and a balloon may look as good.
    """
    height, width = (max(4, round(side * HEART)) for side in left.shape)
    y, x = (left.shape[0] - height) // 2, (left.shape[1] - width) // 2
    heart = left[y : y + height, x : x + width]
    top, side = (0, 0) if near is None else (max(0, near[0] + y - NEAR_PX), max(0, near[1] + x - NEAR_PX))
    if near is not None:
        right = right[top : near[0] + y + height + NEAR_PX, side : near[1] + x + width + NEAR_PX]
    if heart.shape[0] > right.shape[0] or heart.shape[1] > right.shape[1] or float(heart.std()) < 1e-3:
        return -1.0, (0, 0)
    scores = cv2.matchTemplate(right, heart, cv2.TM_CCOEFF_NORMED)
    _, best, _, (found_x, found_y) = cv2.minMaxLoc(scores)
    score = float(best) if np.isfinite(best) else -1.0
    return score, (int(found_y) + top - y, int(found_x) + side - x)


def _compared(left: Grey, right: Grey) -> Likeness:
    """Count the parts that show something, and those that agree."""
    parts = agreeing = 0
    for y in range(SLACK_PX, left.shape[0] - BLOCK_PX - SLACK_PX + 1, BLOCK_PX):
        for x in range(SLACK_PX, left.shape[1] - BLOCK_PX - SLACK_PX + 1, BLOCK_PX):
            mine = left[y : y + BLOCK_PX, x : x + BLOCK_PX]
            around = right[y - SLACK_PX : y + BLOCK_PX + SLACK_PX, x - SLACK_PX : x + BLOCK_PX + SLACK_PX]
            shows = float(mine.std()) >= PLAIN
            if not shows and float(around.std()) < PLAIN:
                continue
            parts += 1
            if shows and float(cv2.matchTemplate(around, mine, cv2.TM_CCOEFF_NORMED).max()) >= AGREES:
                agreeing += 1
    return Likeness(parts, agreeing)
