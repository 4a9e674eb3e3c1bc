"""Plates: art whose balloons and captions are gone, filled from what is drawn around them."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.backend import Conditioning
from schemas.geometry import Box
from schemas.records import RgbImage

Mask = NDArray[np.uint8]

_FLOOD_SIDE_PX = 480
_NEAR_FILL = 14.0
"""Distance in CIELAB within which a pixel belongs to the paper of a balloon."""
_LEAST_COVER = 0.25
_MOST_GROWTH, _MOST_AREA = 7.0, 0.42
"""A balloon is at most so many times its words, and at most that share of a panel: more is scenery."""
_MOST_OF_HEAD = 0.3
"""Share of a head that a balloon can cover and still be one."""
_FILL_SIDE_PX = 320
_RING_PX = 7
_MOST_RING_ERROR = 26.0
"""Mean difference at the rim of a hole up to which a copied patch looks right."""


def unwanted_in(reference: Conditioning, *, heads: Sequence[Box] = ()) -> Mask:
    """Return what of a reference is no art of its panel: words, balloons, gutters, insets; 255 inside.

    ``heads`` are no balloons, however white a face is and however open the line between them.
    """
    hole = lettering_mask(reference.picture, reference.lettering, heads=heads)
    if reference.foreign is not None:
        line = 2 * max(2, round(0.008 * max(hole.shape))) + 1  # with the line that frames it
        hole |= np.asarray(cv2.dilate(reference.foreign, np.ones((line, line), np.uint8)), np.uint8)
    return hole


def lettering_mask(picture: RgbImage, lettering: Sequence[Box], *, heads: Sequence[Box] = ()) -> Mask:
    """Return what words and their balloons cover, tails and outlines with them, 255 inside.

    A balloon whose paper runs on into one of the ``heads`` is taken away by its words alone.
    """
    height, width = picture.shape[:2]
    factor = min(1.0, _FLOOD_SIDE_PX / max(height, width))
    small = cv2.resize(
        picture, (max(round(width * factor), 1), max(round(height * factor), 1)), interpolation=cv2.INTER_AREA
    )
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (3, 3), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
    mask = np.zeros(small.shape[:2], np.uint8)
    for box in lettering:
        mask |= _balloon(lab, box, [head for head in heads if not head.contains(box.center)])
    outline = max(2, round(0.011 * max(mask.shape)))
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * outline + 1,) * 2))
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR) > 60, np.uint8) * 255


def _balloon(lab: NDArray[np.float32], box: Box, heads: Sequence[Box]) -> Mask:
    height, width = lab.shape[:2]
    x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
    words = np.zeros((height, width), np.uint8)
    air = max(2, round(0.2 * (y1 - y0) if y1 - y0 < 30 else 5))
    cv2.rectangle(words, (x0 - air, y0 - air), (x1 + air, y1 + air), 255, cv2.FILLED)
    paper = _paper(lab[y0:y1, x0:x1])
    near = (np.linalg.norm(lab - paper, axis=2) < _NEAR_FILL).astype(np.uint8)
    count, labels = cv2.connectedComponents(near, connectivity=4)
    inside = labels[y0:y1, x0:x1]
    sizes = np.bincount(inside.ravel(), minlength=count)
    own = [label for label in range(1, count) if sizes[label] > 0.06 * inside.size]
    flood = np.isin(labels, own).astype(np.uint8) * 255
    outlines, _ = cv2.findContours(flood, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(flood, outlines, -1, 255, cv2.FILLED)
    area, words_area = int((flood > 0).sum()), max((x1 - x0) * (y1 - y0), 1)
    covered = float((flood[y0:y1, x0:x1] > 0).mean())
    if (
        covered < _LEAST_COVER
        or area > max(_MOST_GROWTH * words_area, 0.05 * flood.size)
        or area > _MOST_AREA * flood.size
        or any(_covered(flood, head) > _MOST_OF_HEAD for head in heads)
    ):
        return words
    return np.asarray(flood | words)


def _covered(mask: Mask, box: Box) -> float:
    x0, y0, x1, y1 = box.to_pixels(width_px=mask.shape[1], height_px=mask.shape[0])
    return float((mask[y0:y1, x0:x1] > 0).mean())


def _paper(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the commonest colour of a box of words: what they are written on."""
    cells = (lab.reshape(-1, 3) / 16).astype(np.int32)
    keys = cells[:, 0] * 10_000 + cells[:, 1] * 100 + cells[:, 2]
    values, counts = np.unique(keys, return_counts=True)
    return np.asarray(np.median(lab.reshape(-1, 3)[keys == values[counts.argmax()]], axis=0), np.float32)


def filled(picture: RgbImage, hole: Mask, *, spared: Mask | None = None) -> RgbImage:
    """Fill a hole: each part with the patch that continues its rim best, else by diffusion.

    Args:
        picture: (h, w, 3).
        hole: 255 where something is to be replaced.
        spared: 255 where nothing may be copied from (figures).
    """
    if not hole.any():
        return picture
    height, width = picture.shape[:2]
    factor = min(1.0, _FILL_SIDE_PX / max(height, width))
    size = max(round(width * factor), 8), max(round(height * factor), 8)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    small_hole = (cv2.resize(hole, size, interpolation=cv2.INTER_AREA) > 20).astype(np.uint8) * 255
    small_spared = (
        small_hole
        if spared is None
        else small_hole | np.asarray(cv2.resize(spared, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    )
    done = cv2.inpaint(small, cv2.dilate(small_hole, np.ones((3, 3), np.uint8)), 4, cv2.INPAINT_TELEA)
    offsets: list[tuple[int, int, tuple[int, int, int, int]]] = []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(small_hole, connectivity=8)
    for label in range(1, count):
        part: Mask = np.asarray(labels == label, np.uint8) * np.uint8(255)
        found = _best_offset(np.asarray(small, np.uint8), part, small_spared, stats[label])
        if found is not None:
            offsets.append(
                (
                    *found,
                    (int(stats[label][0]), int(stats[label][1]), int(stats[label][2]), int(stats[label][3])),
                )
            )
    whole = _feathered(
        picture, np.asarray(cv2.resize(done, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8), hole
    )
    for dx, dy, (x, y, w, h) in offsets:
        box = (round(x / factor), round(y / factor), round((x + w) / factor), round((y + h) / factor))
        whole = _cloned(whole, picture, hole, box, (round(dx / factor), round(dy / factor)))
    return whole


def _best_offset(
    small: RgbImage, part: Mask, spared: Mask, stats: NDArray[np.int32]
) -> tuple[int, int] | None:
    """Return how far away the patch lies that meets the rim of a hole best, None where none does."""
    height, width = part.shape
    x, y, w, h = (int(value) for value in stats[:4])
    if w * h > 0.45 * part.size or min(w, h) < 3:
        return None
    x0, y0 = max(x - _RING_PX, 0), max(y - _RING_PX, 0)
    x1, y1 = min(x + w + _RING_PX, width), min(y + h + _RING_PX, height)
    patch_hole = part[y0:y1, x0:x1]
    ring = (
        np.asarray(cv2.dilate(patch_hole, np.ones((2 * _RING_PX + 1,) * 2, np.uint8)), np.uint8)
        & ~patch_hole
        & ~spared[y0:y1, x0:x1]
    )
    weight = (ring > 0).astype(np.float32)
    if weight.sum() < 24 or y1 - y0 >= height or x1 - x0 >= width:
        return None
    template = small[y0:y1, x0:x1].astype(np.float32)
    errors = cv2.matchTemplate(
        small.astype(np.float32), template, cv2.TM_SQDIFF, mask=np.dstack([weight] * 3)
    )
    errors = np.sqrt(np.maximum(errors, 0) / (weight.sum() * 3))
    taken = cv2.matchTemplate(
        (spared > 0).astype(np.float32), (patch_hole > 0).astype(np.float32), cv2.TM_CCORR
    )
    errors[taken > 0.02 * (patch_hole > 0).sum()] = np.inf
    # nearby patches share light and perspective
    ys, xs = np.mgrid[0 : errors.shape[0], 0 : errors.shape[1]]
    errors = errors + 0.03 * np.abs(xs - x0) + 0.07 * np.abs(ys - y0)
    at = np.unravel_index(int(np.argmin(errors)), errors.shape)
    if not np.isfinite(errors[at]) or errors[at] > _MOST_RING_ERROR:
        return None
    return int(at[1]) - x0, int(at[0]) - y0


def _cloned(
    whole: RgbImage, source: RgbImage, hole: Mask, box: tuple[int, int, int, int], offset: tuple[int, int]
) -> RgbImage:
    """Copy a patch over a part of the hole and let its light run into what is around (Pérez et al. 2003)."""
    height, width = hole.shape
    air = 3
    x0, y0 = max(box[0] - air, 0), max(box[1] - air, 0)
    x1, y1 = min(box[2] + air, width), min(box[3] + air, height)
    dx, dy = offset
    dx, dy = min(max(dx, -x0), width - x1), min(max(dy, -y0), height - y1)
    patch = np.ascontiguousarray(source[y0 + dy : y1 + dy, x0 + dx : x1 + dx])
    mask = np.ascontiguousarray(hole[y0:y1, x0:x1])
    mask[[0, -1]] = 0
    mask[:, [0, -1]] = 0
    if mask.sum() < 255 * 16 or min(mask.shape) < 6:
        return whole
    ys, xs = np.nonzero(mask)
    centre = x0 + (int(xs.min()) + int(xs.max()) + 1) // 2, y0 + (int(ys.min()) + int(ys.max()) + 1) // 2
    try:
        cloned = cv2.seamlessClone(patch, whole, mask, centre, cv2.NORMAL_CLONE)
    except cv2.error:  # it refuses patches that reach over the edge: the diffused filling stays
        return whole
    return _feathered(whole, np.asarray(cloned, np.uint8), hole)


def _feathered(under: RgbImage, over: RgbImage, mask: Mask) -> RgbImage:
    alpha = cv2.GaussianBlur(mask, (5, 5), 0).astype(np.float32)[..., None] / 255.0
    return np.asarray(over * alpha + under * (1 - alpha) + 0.5, np.uint8)
