"""The colours of somebody as a few swatches, and how far two such palettes lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.consistency.differences import Lab, ciede2000
from schemas.records import FloatMatrix, RgbImage

SWATCHES = 8
_SIDE_PX = 72
_CELL = 16.0
_APART = 14.0
"""Distance in Lab under which two seeds are one swatch: light and shadow of one cloth."""
_ROUNDS = 3
_REACH = 0.55
_LEAST_MASK = 0.02
_SEEN = 9.0
"""CIEDE2000 from which up anybody sees another colour."""
_LIGHT_FACTOR = 2.0
"""What lightness is divided by: night darkens a coat and leaves it the same coat."""
_LEAST_SHARE = 0.03
"""Share of a figure that must have changed."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Swatches: Lab colours (k, 3) and the share of the figure that each covers (k,), the largest first."""

    colours: Lab
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """A colour that became another one: both Lab, and the share of the figure that changed."""

    was: Lab
    now: Lab
    share: float


def palette_of_figure(crop: RgbImage, figure: FloatMatrix) -> Palette:
    """Return the palette of a figure; ``figure`` (h, w) in [0, 1] says how surely each pixel is of it."""
    lab, weights = _pixels(crop, figure)
    seeds = _seeds(lab, weights)
    for _ in range(_ROUNDS):
        nearest = ((lab[:, None] - seeds[None]) ** 2).sum(axis=2).argmin(axis=1)
        shares = np.bincount(nearest, weights=weights, minlength=len(seeds))
        sums = np.stack(
            [np.bincount(nearest, weights=weights * lab[:, k], minlength=len(seeds)) for k in range(3)],
            axis=1,
        )
        seeds = np.where(shares[:, None] > 0, sums / np.maximum(shares, 1e-9)[:, None], seeds)
    order = np.argsort(-shares, kind="stable")
    order = order[shares[order] > 0]
    return Palette(seeds[order], shares[order] / shares.sum())


def distances(palettes: Sequence[Palette]) -> NDArray[np.float64]:
    """Return (n, n): how far palettes lie apart, in CIEDE2000, as the earth mover goes between them."""
    count = len(palettes)
    found = np.zeros((count, count))
    if not count:
        return found
    colours = np.concatenate([one.colours for one in palettes])
    ends = np.cumsum([len(one.colours) for one in palettes])
    for one in range(count - 1):
        costs = _costs(palettes[one].colours, colours[ends[one] :])
        parts = np.split(costs, ends[one + 1 : -1] - ends[one], axis=1)
        for other, cost in enumerate(parts, start=one + 1):
            found[one, other] = found[other, one] = _moved(palettes[one], palettes[other], cost)[0]
    return found


def distance(one: Palette, other: Palette) -> float:
    """Return the mean CIEDE2000 that colour must change by to make one palette the other."""
    return _moved(one, other, _costs(one.colours, other.colours))[0]


def change_between(usual: Palette, odd: Palette) -> Change | None:
    """Return which colour went and which came in its place, None where nobody would see one."""
    cost = _costs(usual.colours, odd.colours)
    _, flow = _moved(usual, odd, cost)
    seen = np.where(cost > _SEEN, flow, 0.0)
    went, came = int((seen * cost).sum(axis=1).argmax()), int((seen * cost).sum(axis=0).argmax())
    share = float(seen[:, came].sum())
    if share < _LEAST_SHARE or cost[went, came] <= _SEEN:
        return None
    return Change(usual.colours[went], odd.colours[came], share)


def where_is(colour: Lab, crop: RgbImage, figure: FloatMatrix) -> float:
    """Return how far down a figure a colour lies on average, 0 at its top, 1 at its foot."""
    small, mask = _small(crop, figure)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).astype(np.float64)
    near = np.exp(-(((lab - colour) ** 2).sum(axis=2)) / (2 * 12.0**2)) * mask
    rows = np.linspace(0, 1, near.shape[0])
    return float((near.sum(axis=1) * rows).sum() / max(float(near.sum()), 1e-9))


def _costs(ones: Lab, others: Lab) -> Lab:
    """Return (n, m): how different colours look."""
    return ciede2000(ones[:, None], others[None], light_factor=_LIGHT_FACTOR)


def _moved(one: Palette, other: Palette, cost: Lab) -> tuple[float, NDArray[np.float64]]:
    """Return the mean cost of moving one palette to another, and what goes where."""
    rows = [np.column_stack([p.shares, np.arange(len(p.shares))]).astype(np.float32) for p in (one, other)]
    total, _, flow = cv2.EMD(rows[0], rows[1], cv2.DIST_USER, cost=np.ascontiguousarray(cost, np.float32))
    return float(total), np.asarray(flow, np.float64)


def _pixels(crop: RgbImage, figure: FloatMatrix) -> tuple[Lab, NDArray[np.float64]]:
    small, mask = _small(crop, figure)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float64)
    return lab, (mask * _inner(mask.shape)).ravel()


def _small(crop: RgbImage, figure: FloatMatrix) -> tuple[RgbImage, NDArray[np.float64]]:
    factor = min(1.0, _SIDE_PX / max(crop.shape[:2]))
    size = max(round(crop.shape[1] * factor), 1), max(round(crop.shape[0] * factor), 1)
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
    mask = cv2.resize(figure.astype(np.float32), size, interpolation=cv2.INTER_AREA).astype(np.float64)
    own = np.where(mask > 0.5, mask, 0.0)
    return small, own if own.mean() > _LEAST_MASK else np.ones_like(mask)


def _inner(shape: tuple[int, int]) -> NDArray[np.float64]:
    """Weigh the middle of a crop more than its sides: what is around somebody is none of their colours."""
    across = np.exp(-0.5 * (np.linspace(-1, 1, shape[1]) / _REACH) ** 2)
    return np.broadcast_to(across, shape)


def _seeds(lab: Lab, weights: NDArray[np.float64]) -> Lab:
    """Return the middles of the fullest cells of the colour space that lie apart."""
    cells, place = np.unique(np.floor(lab / _CELL).astype(np.int64), axis=0, return_inverse=True)
    full = np.bincount(place.ravel(), weights=weights, minlength=len(cells))
    seeds: list[Lab] = []
    for cell in np.argsort(-full, kind="stable"):
        middle = (cells[cell] + 0.5) * _CELL
        if all(np.linalg.norm(middle - seed) > _APART for seed in seeds):
            seeds.append(middle)
        if len(seeds) == SWATCHES:
            break
    return np.array(seeds)
