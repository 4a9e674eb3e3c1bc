"""Which panel of a page is read first: a small head on fused vectors, run by numpy.

The head compares two panels at a time and answers for both ways round with the opposite sign. It is
never shown a panel's number: layouts lose what tells of the order before they are fused. Its arrays
lie in a file of their own, so that no vector of a library depends on them.

Training: :mod:`models.training.closure.order`. What it is worth beside plain geometry:
``docs/decisions/0005-fusion.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fusion.layout import GEOMETRY_DIM
from schemas.errors import WeightsError
from schemas.labels import ReadingDirection
from schemas.records import FloatMatrix

LOOK_WIDTH, PAIR_WIDTH = 32, 64
DIRECTIONS = (ReadingDirection.LTR, ReadingDirection.RTL, ReadingDirection.TTB)

Arrays = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class OrderSenses:
    """What a head goes by: ``content`` (picture and lettering), ``place`` (layout and direction)."""

    content: bool = True
    place: bool = True


def order_shapes(dim: int) -> dict[str, tuple[int, ...]]:
    """Return name and shape of every array of a head on fused vectors of ``dim`` numbers."""
    pair = 2 * LOOK_WIDTH + 2 * GEOMETRY_DIM + len(DIRECTIONS)
    return {
        "look": (dim, LOOK_WIDTH),
        "look_bias": (LOOK_WIDTH,),
        "pair_in": (pair, PAIR_WIDTH),
        "pair_in_bias": (PAIR_WIDTH,),
        "pair_out": (PAIR_WIDTH, 1),
    }


class OrderHead:
    """Says which of two panels comes first. Stateless: safe to share between threads."""

    def __init__(self, arrays: Arrays, senses: OrderSenses) -> None:
        """Take the arrays of :func:`order_shapes`. Raises WeightsError for numbers that are none."""
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise WeightsError(f"the reading-order head holds numbers that are not finite in {name!r}")
        self._arrays = arrays
        self.senses = senses

    def margins(self, fused: FloatMatrix, layouts: FloatMatrix, direction: ReadingDirection) -> FloatMatrix:
        """Return how surely each panel comes before each other one: log odds, (n, n), antisymmetric.

        Args:
            fused: (n, dim) fused vectors of one page's panels, made without their ranks.
            layouts: (n, LAYOUT_DIM), of which only the geometry is looked at.
            direction: of the page.
        """
        count = len(fused)
        places = layouts[:, :GEOMETRY_DIM] * self.senses.place
        looks = np.maximum(fused @ self._arrays["look"] + self._arrays["look_bias"], 0)
        seen = np.concatenate([looks, places], axis=1)
        told = np.array([direction is known for known in DIRECTIONS], np.float32) * self.senses.place
        first, second = np.repeat(np.arange(count), count), np.tile(np.arange(count), count)
        pairs = np.concatenate([seen[first], seen[second], np.tile(told, (count * count, 1))], axis=1)
        hidden = np.maximum(pairs @ self._arrays["pair_in"] + self._arrays["pair_in_bias"], 0)
        raw = (hidden @ self._arrays["pair_out"]).reshape(count, count)
        return np.asarray(raw - raw.T, np.float32)


def decode_order(margins: FloatMatrix) -> tuple[int, ...]:
    """Return the order that pairwise margins speak for.

    Panels are ranked by the chance to precede the others (Borda), then neighbours are exchanged while
    their own comparison says so.
    """
    chances = 1 / (1 + np.exp(-np.clip(margins, -30, 30)))
    order = sorted(range(len(margins)), key=lambda panel: (-float(chances[panel].sum()), panel))
    for _ in order:
        for k in range(len(order) - 1):
            if margins[order[k + 1], order[k]] > 0:
                order[k], order[k + 1] = order[k + 1], order[k]
    return tuple(order)


def kendall_tau(order: Sequence[int]) -> float:
    """Return how well an order of 0, 1, 2, … agrees with counting up: 1 wholly, 0 by chance, -1 reversed."""
    pairs = [(a, b) for k, a in enumerate(order) for b in order[k + 1 :]]
    return sum(1 if a < b else -1 for a, b in pairs) / len(pairs) if pairs else 1.0
