"""Which regions show the same: appearance as a vector, and clusters in which no panel is twice.

Within a book clothes and hair keep their colours, which tell more than what an encoder that knows no
faces sees; both are used, about the mean of the book. Two regions of one panel are two people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.encoders.rows import unit_rows
from models.protocols import PictureEncoder
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage

MOST = 1_500
"""Regions that are compared at once; of more, whoever asks takes the largest."""
COLOUR_SHARE = 0.63
SAME = 0.33
"""Likeness from which clusters are joined, chosen on drawn casts so that four of five pairs are right."""
_EVENED = 0.7
_LEAST_FIGURE = 0.03
_PAPER = 235.0
_LIGHTS, _TINTS, _PARTS = 4, 8, 3
_TINT_REACH = 60

Mask = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """A region as it is compared: its pixels, and how surely each is of the figure, (h, w) in [0, 1]."""

    crop: RgbImage
    figure: Mask


def cut_regions(panel: RgbImage, boxes: Sequence[Box], figure: Mask) -> list[Seen]:
    """Cut regions out of a panel whose light was evened out; ``figure`` is the finder's mask of the panel."""
    height, width = panel.shape[:2]
    mean = panel.reshape(-1, 3).mean(axis=0)
    even = np.clip(panel * (_EVENED * 128 / np.maximum(mean, 20) + 1 - _EVENED), 0, 255).astype(np.uint8)
    mask = np.clip((cv2.resize(figure, (width, height)) - 0.4) * 3, 0, 1)
    found = []
    for box in boxes:
        x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
        part = np.asarray(mask[y0:y1, x0:x1], np.float32)
        if part.sum() < _LEAST_FIGURE * part.size:  # the finder saw nobody here: the whole region counts
            part = np.ones_like(part)
        found.append(Seen(np.ascontiguousarray(even[y0:y1, x0:x1]), part))
    return found


def appearances(seen: Sequence[Seen], encoder: PictureEncoder | None) -> FloatMatrix:
    """Return what regions of one book look like, unit rows about their mean; without encoder by colours."""
    if not seen:
        return np.zeros((0, 1), np.float32)
    rows = COLOUR_SHARE * _about_mean(np.array([figure_colours(one) for one in seen], np.float32))
    if encoder is not None:
        shown = [_on_paper(one) for one in seen]
        rows = np.hstack([rows, (1 - COLOUR_SHARE) * _about_mean(encoder.encode_images(shown))])
    return unit_rows(rows)


def _about_mean(rows: FloatMatrix) -> FloatMatrix:
    """Turn rows away from what all have in common: the style of the book."""
    return unit_rows(rows - rows.mean(axis=0)) if len(rows) > 2 else unit_rows(rows)


def _on_paper(one: Seen) -> RgbImage:
    share = one.figure[..., np.newaxis]
    return np.asarray(one.crop * share + _PAPER * (1 - share), np.uint8)


def figure_colours(one: Seen) -> NDArray[np.float32]:
    """Count lightness and tint of a figure in three parts from head to foot."""
    lab = cv2.cvtColor(one.crop.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    codes = np.minimum((lab[..., 0] / 100 * _LIGHTS).astype(np.int64), _LIGHTS - 1)
    for axis in (1, 2):
        tint = ((lab[..., axis] + _TINT_REACH) / (2 * _TINT_REACH) * _TINTS).astype(np.int64)
        codes = codes * _TINTS + np.clip(tint, 0, _TINTS - 1)
    down = np.cumsum(one.figure.sum(axis=1))
    part = np.minimum((down / max(float(down[-1]), 1e-6) * _PARTS - 1e-6).astype(np.int64), _PARTS - 1)
    rows = []
    for number in range(_PARTS):
        mine = part == number
        counts = np.bincount(
            codes[mine].ravel(), weights=one.figure[mine].ravel(), minlength=_LIGHTS * _TINTS * _TINTS
        )
        soft = np.sqrt(_softened(counts.reshape(_LIGHTS, _TINTS, _TINTS).astype(np.float32))).ravel()
        rows.append(soft / max(float(np.linalg.norm(soft)), 1e-9))
    return np.asarray(np.concatenate(rows), np.float32)


def _softened(cube: NDArray[np.float32]) -> NDArray[np.float32]:
    """Let each colour count a little for its neighbours: light differs from panel to panel."""
    for axis in range(3):
        padded = np.pad(cube, [(1, 1) if k == axis else (0, 0) for k in range(3)])
        low = np.take(padded, range(cube.shape[axis]), axis)
        high = np.take(padded, range(2, cube.shape[axis] + 2), axis)
        cube = 0.5 * cube + 0.25 * (low + high)
    return cube


def same_people(rows: FloatMatrix, panels: Sequence[str], *, same: float = SAME) -> NDArray[np.int64]:
    """Return the cluster of each region, numbered by size; regions of one panel are never together.

    Clusters whose members are on average the most alike are joined first (average linkage), as long as
    they are at least ``same`` alike.

    Raises:
        ValueError: there are more than :data:`MOST`.
    """
    count = len(rows)
    if count > MOST:
        raise ValueError(f"at most {MOST} regions are compared at once, got {count}")
    if not count:
        return np.zeros(0, np.int64)
    alike = (rows @ rows.T).astype(np.float64)
    np.fill_diagonal(alike, -np.inf)
    names = np.array(panels)
    alike[names[:, np.newaxis] == names[np.newaxis]] = -np.inf
    member, size = np.arange(count), np.ones(count)
    best = alike.argmax(axis=1)
    while True:
        tops = alike[np.arange(count), best]
        one = int(tops.argmax())
        if tops[one] < same:
            break
        _join(alike, size, member, one, int(best[one]))
        best = alike.argmax(axis=1)
    return _by_size(member)


def _join(
    alike: NDArray[np.float64], size: NDArray[np.float64], member: NDArray[np.int64], one: int, other: int
) -> None:
    """Put a cluster into another: their mean likeness to the rest, none where that is forbidden."""
    total = size[one] + size[other]
    mean = (size[one] * alike[one] + size[other] * alike[other]) / total
    mean[one] = mean[other] = -np.inf
    alike[one], alike[:, one] = mean, mean
    alike[other], alike[:, other] = -np.inf, -np.inf
    member[member == other] = one
    size[one] = total


def _by_size(member: NDArray[np.int64]) -> NDArray[np.int64]:
    clusters, first, counts = np.unique(member, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    number = np.empty(len(clusters), np.int64)
    number[order] = np.arange(len(clusters))
    return number[np.searchsorted(clusters, member)]
