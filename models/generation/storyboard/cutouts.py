"""Figures cut out of panels: the finder's mask, its edge drawn along the picture's own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import FigureFinder, FigureMap
from models.figures.finder import map_of
from models.generation.backend import Conditioning
from models.generation.storyboard.heads import all_crowned
from models.generation.storyboard.plates import filled, unwanted_in
from schemas.geometry import Box
from schemas.records import RgbImage

_GRABCUT_SIDE_PX = 300
_ROUNDS = 3
_KEPT = 0.9
"""What the finder is that sure of stays, whatever the colours say: ears and hands are thin."""
_HEAD = 0.45
_SURE, _LIKELY, _UNLIKELY = 0.88, 0.6, 0.12
_RIM_PX, _ON_RIM = 3, 0.4
"""What reaches the rim of a part is behind the figure, unless it is so likely to be of it."""
_AIRS = (0.0, 0.15, 0.3)
_CLOSE = (0.62, 1.5)
"""Range of the refined area over the finder's, outside which the refinement has run away."""
_LEAST_ALPHA = 40
_EDGE = 0.03
_FRAME, _PLAIN = 0.035, 14.0
"""How far in from its side a panel's frame may lie, and the spread of tones in a row that is one."""
SOUND = 0.86
"""How sound a cut-out must be to be taken before the other references of somebody are tried."""
_DOUBTED = (0.2, 0.8)
_FILLS, _ODD, _HALF = 0.93, 0.6, 0.7
"""The share of its box from which up a cut-out took the ground along; what it is worth less by for what is
odd, and for being half a figure where all of it is wanted."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """A figure: RGBA of its bounding box, its heads relative to that, and at which sides it is cut off."""

    pixels: NDArray[np.uint8]
    heads: tuple[Box, ...]
    cut_left: bool
    cut_right: bool
    cut_bottom: bool
    source: Conditioning
    part: Box
    """Of the reference's picture: what was cut out."""
    names: tuple[str, ...] = ()
    """Whom it shows: two who touch are one figure."""
    soundness: float = 1.0
    """How sure it is that this is the figure, and nothing else, from 0 to 1."""

    @property
    def head(self) -> Box:
        """The largest head; the upper fifth of the figure where none was found."""
        return self.heads[0] if self.heads else Box(0.2, 0.0, 0.8, 0.28)


def cut_out(conditioning: Conditioning, finder: FigureFinder) -> Cutout | None:
    """Return the main figure of a reference, None where nobody is found in it."""
    picture = conditioning.picture
    found = found_closely(finder, picture)
    if not found.figures:
        return None
    hole = unwanted_in(conditioning, heads=found.heads)
    clean = filled(picture, hole, spared=None) if hole.any() else picture
    likely = _main_part(found)
    alpha = refined(clean, likely, hole, heads=_heads_of_main(found))
    alpha[frame_lines(picture, conditioning.reference.box)] = 0
    ys, xs = np.nonzero(alpha > _LEAST_ALPHA)
    if len(xs) < 0.02 * alpha.size:
        return None
    x0, y0, x1, y1 = int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
    height, width = alpha.shape
    own = all_crowned(_own_heads(found, alpha), np.asarray(alpha / 255, np.float32))
    heads = tuple(_within((x0, y0, x1, y1), head, width, height) for head in own)
    return Cutout(
        np.dstack([clean[y0:y1, x0:x1], alpha[y0:y1, x0:x1]]),
        heads,
        cut_left=_long_side(alpha[:, :3].max(axis=1), height) and conditioning.reference.box.x0 <= _EDGE,
        cut_right=_long_side(alpha[:, -3:].max(axis=1), height)
        and conditioning.reference.box.x1 >= 1 - _EDGE,
        cut_bottom=_ends_flat(alpha[y0:y1, x0:x1]) or conditioning.reference.box.y1 >= 1 - _EDGE,
        source=conditioning,
        part=Box.from_pixels((x0, y0, x1, y1), width_px=width, height_px=height),
        names=(conditioning.element,) if conditioning.element else (),
        soundness=_soundness(alpha, likely, heads=len(heads))
        * (_ODD if _is_torn(alpha, conditioning.reference.box) else 1.0),
    )


def soundest(
    choices: Sequence[Conditioning], finder: FigureFinder, *, is_whole: bool = False
) -> Cutout | None:
    """Cut out the first of some references that can be cut out well, else the one that can best.

    Args:
        choices: References of somebody.
        finder: Who is drawn where.
        is_whole: Whether they are to be seen from head to foot: then one whom a frame cuts is worth less.
    """
    best: Cutout | None = None
    for one in choices:
        cutout = cut_out(one, finder)
        if cutout is not None and is_whole and cutout.cut_bottom:
            cutout = replace(cutout, soundness=cutout.soundness * _HALF)
        if cutout is None or (best is not None and cutout.soundness <= best.soundness):
            continue
        best = cutout
        if best.soundness >= SOUND or one.reference.is_pinned:
            break
    return best


def _soundness(alpha: NDArray[np.uint8], likely: NDArray[np.float32], *, heads: int) -> float:
    """Return the IoU with the true figure that is to be expected (fitted to drawn scenes).

    What tells it is how much the finder doubts, over how much was cut out. No head, or a box that is filled,
    is a hand or a piece of the scenery more often than somebody; of two heads one was not asked for.
    """
    own = alpha > 128
    cells = cv2.resize(own.astype(np.uint8), likely.shape[::-1], interpolation=cv2.INTER_AREA)
    doubt = ((likely > _DOUBTED[0]) & (likely < _DOUBTED[1])).sum() / max(int(cells.sum()), 1)
    box = own[np.ix_(own.any(axis=1), own.any(axis=0))]
    is_odd = heads != 1 or not box.size or bool(box.mean() > _FILLS)
    return float(np.clip(0.93 - 0.105 * doubt, 0.05, 1.0)) * (_ODD if is_odd else 1.0)


def _is_torn(alpha: NDArray[np.uint8], box: Box) -> bool:
    """Say whether a figure ends at a straight side that is no side of its panel, or at both sides."""
    height = alpha.shape[0]
    left, right = (_long_side(rim.max(axis=1), height) for rim in (alpha[:, :3], alpha[:, -3:]))
    return (left and right) or (left and box.x0 > _EDGE) or (right and box.x1 < 1 - _EDGE)


def frame_lines(picture: RgbImage, box: Box) -> NDArray[np.bool_]:
    """Return where a picture shows its frame or the gutter: rows and columns of one tone.

    Args:
        picture: (h, w, 3), a part of a panel.
        box: which part; only at sides that are the panel's own is a frame looked for.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    mask = np.zeros(grey.shape, bool)
    sides = (
        (grey, mask, box.y0 <= _EDGE),
        (grey[::-1], mask[::-1], box.y1 >= 1 - _EDGE),
        (grey.T, mask.T, box.x0 <= _EDGE),
        (grey.T[::-1], mask.T[::-1], box.x1 >= 1 - _EDGE),
    )
    for rows, own, is_edge in sides:
        deep = max(3, round(_FRAME * max(grey.shape)))
        plain = [k for k, row in enumerate(rows[:deep]) if row.std() < _PLAIN and not 70 < row.mean() < 235]
        if is_edge and plain:
            own[: plain[-1] + 2] = True
    return mask


def found_closely(finder: FigureFinder, picture: RgbImage) -> FigureMap:
    """Find figures by several looks at a picture: as it is, and as a square with more and more air."""
    looks = [finder.find(picture), *(found_squarely(finder, picture, air=air) for air in _AIRS)]
    figure, head = (
        np.mean(masks, axis=0).astype(np.float32)
        for masks in ([one.figure for one in looks], [one.head for one in looks])
    )
    return map_of(figure, head)


def found_squarely(finder: FigureFinder, picture: RgbImage, *, air: float = 0.0) -> FigureMap:
    """Find figures in a picture of any shape: a narrow one, squashed to a square, has too broad heads.

    ``air`` is what is added at each side, as a share of the longer: what fills a picture is hard to tell.
    """
    height, width = picture.shape[:2]
    side = round(max(height, width) * (1 + 2 * air))
    top, left = (side - height) // 2, (side - width) // 2
    square = cv2.copyMakeBorder(
        picture, top, side - height - top, left, side - width - left, cv2.BORDER_REPLICATE
    )
    whole = finder.find(np.asarray(square, np.uint8))
    cells = whole.figure.shape[0]
    y0, y1, x0, x1 = (round(value * cells / side) for value in (top, top + height, left, left + width))
    own = [
        np.asarray(cv2.resize(mask[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)], (cells, cells)), np.float32)
        for mask in (whole.figure, whole.head)
    ]
    return map_of(*own)


def refined(
    picture: RgbImage,
    likely: NDArray[np.float32],
    never: NDArray[np.uint8],
    *,
    heads: NDArray[np.float32] | None = None,
) -> NDArray[np.uint8]:
    """Return the alpha of what is likely, its edge moved to the picture's (GrabCut, Rother et al. 2004).

    ``heads`` says how likely each place is a head of the figure: a pale or a dark one, of the colour of what
    is behind it, stays on.
    """
    height, width = picture.shape[:2]
    factor = min(1.0, _GRABCUT_SIDE_PX / max(height, width))
    size = max(round(width * factor), 8), max(round(height * factor), 8)
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    guess = np.asarray(cv2.resize(likely, size, interpolation=cv2.INTER_LINEAR), np.float32)
    labels = np.full(guess.shape, cv2.GC_BGD, np.uint8)
    labels[guess > _UNLIKELY] = cv2.GC_PR_BGD
    labels[guess > _LIKELY] = cv2.GC_PR_FGD
    rim = np.ones(guess.shape, bool)
    rim[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX] = False
    labels[rim & (guess < _ON_RIM)] = cv2.GC_BGD
    sure = cv2.erode((guess > _SURE).astype(np.uint8), np.ones((5, 5), np.uint8))
    labels[sure > 0] = cv2.GC_FGD
    mask = _grabcut(small, labels, guess) | (guess > _KEPT).astype(np.uint8)
    if heads is not None:
        mask |= (cv2.resize(heads, size, interpolation=cv2.INTER_LINEAR) > _HEAD).astype(np.uint8)
    mask = _largest(np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8))
    soft = cv2.GaussianBlur(mask.astype(np.float32) * 255, (0, 0), 1.1)
    alpha = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    steep = np.clip((alpha - 128) * (1.6 / max(factor, 0.2) ** 0.3) + 122, 0, 255).astype(np.uint8)
    steep[never > 0] = np.minimum(
        steep[never > 0], (cv2.resize(guess, (width, height)) > 0.75)[never > 0] * 255
    )
    return np.asarray(steep)


def _grabcut(small: RgbImage, labels: NDArray[np.uint8], guess: NDArray[np.float32]) -> NDArray[np.uint8]:
    own = (guess > _LIKELY).astype(np.uint8)
    if not (labels == cv2.GC_BGD).any() or not own.any():
        return own
    cv2.setRNGSeed(1)
    try:
        cv2.grabCut(
            small, labels, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK
        )
    except cv2.error:  # too few pixels of one kind to learn colours from
        return own
    mask = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    ratio = mask.sum() / max(own.sum(), 1)
    return mask if _CLOSE[0] < ratio < _CLOSE[1] else own


def _heads_of_main(found: FigureMap) -> NDArray[np.float32]:
    """Return how likely each place is a head, or the neck under it, of the largest figure."""
    height, width = found.head.shape
    own = np.zeros_like(found.head)
    for head in found.figures[0].heads:
        x0, y0, x1, y1 = head.to_pixels(width_px=width, height_px=height)
        own[y0:y1, x0:x1] = found.head[y0:y1, x0:x1]
        neck, middle = (x1 - x0) // 4, (x0 + x1) // 2
        own[(y0 + y1) // 2 : y1 + (y1 - y0) // 4, middle - neck : middle + neck] = 1.0
    return own


def _main_part(found: FigureMap) -> NDArray[np.float32]:
    """Return the likelihoods of the largest figure alone."""
    mask = (found.figure > 0.3).astype(np.uint8)
    height, width = mask.shape
    x0, y0, x1, y1 = found.figures[0].box.to_pixels(width_px=width, height_px=height)
    _, labels = cv2.connectedComponents(mask)
    inside = labels[y0:y1, x0:x1]
    best = int(np.bincount(inside[inside > 0].ravel()).argmax()) if (inside > 0).any() else 0
    return np.asarray(np.where((labels == best) | (found.figure < 0.3), found.figure, 0.0), np.float32)


def _largest(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the largest part, those of a fifth of it that lie over or under it, and fill their small holes.

    What lies beside is somebody else.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count <= 1:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    middles = stats[1:, cv2.CC_STAT_LEFT] + stats[1:, cv2.CC_STAT_WIDTH] / 2
    x0 = stats[1 + areas.argmax(), cv2.CC_STAT_LEFT]
    x1 = x0 + stats[1 + areas.argmax(), cv2.CC_STAT_WIDTH]
    own = (areas >= 0.2 * areas.max()) & (middles >= x0) & (middles <= x1)
    kept = np.isin(labels, 1 + np.flatnonzero(own)).astype(np.uint8)
    holes, hole_labels, hole_stats, _ = cv2.connectedComponentsWithStats(1 - kept, connectivity=4)
    for label in range(1, holes):
        if hole_stats[label, cv2.CC_STAT_AREA] < 0.012 * mask.size:
            kept[hole_labels == label] = 1
    return kept


def _own_heads(found: FigureMap, alpha: NDArray[np.uint8]) -> tuple[Box, ...]:
    height, width = alpha.shape
    own = []
    for head in found.heads:
        x0, y0, x1, y1 = head.to_pixels(width_px=width, height_px=height)
        if float((alpha[y0:y1, x0:x1] > _LEAST_ALPHA).mean()) > 0.35:
            own.append(head)
    return tuple(own)


def _within(corners: tuple[int, int, int, int], box: Box, width: int, height: int) -> Box:
    x0, y0, x1, y1 = corners
    return Box.clipped(
        (box.x0 * width - x0) / (x1 - x0), (box.y0 * height - y0) / (y1 - y0),
        (box.x1 * width - x0) / (x1 - x0), (box.y1 * height - y0) / (y1 - y0),
    )  # fmt: skip


def _ends_flat(alpha: NDArray[np.uint8]) -> bool:
    """Say whether a figure ends in a straight cut: feet are narrower than what a frame cuts through."""
    rows = max(2, round(0.03 * alpha.shape[0]))
    lowest = (alpha[-rows:].max(axis=0) > _LEAST_ALPHA).mean()
    return bool(lowest > 0.52)


def _long_side(column: NDArray[np.uint8], height: int) -> bool:
    return bool((column > _LEAST_ALPHA).sum() > 0.12 * height)
