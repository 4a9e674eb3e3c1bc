"""What a map of reasons is, and how it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.protocols import PictureEncoder
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage

HeatValues = NDArray[np.float32]


def never() -> bool:
    """Say that nobody wants the work to end."""
    return False


Stop = Callable[[], bool]
"""Asked between batches: True ends the work with :class:`schemas.errors.StoppedError`."""


class Judge(Protocol):
    """Scores unit vectors of pictures; a :class:`models.elements.probe.Probe` is one."""

    @property
    def weights(self) -> NDArray[np.float32]:
        """The direction that counts, (dim,)."""
        ...

    def logits(self, vectors: FloatMatrix) -> NDArray[np.float32]:
        """Return the score of each row."""
        ...


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Which places speak for a score: ``values`` (h, w) float32 over the whole picture, in [0, 1].

    The place that counts most has 1; all are 0 where nothing speaks for it. ``score`` is what the
    judge says of the picture, ``method`` how the map was made.
    """

    values: HeatValues
    method: str
    score: float

    def peak(self) -> tuple[float, float]:
        """Return the middle of the cells that count most, x and y in [0, 1]."""
        rows, columns = np.nonzero(self.values >= self.values.max())
        height, width = self.values.shape
        return float((columns.mean() + 0.5) / width), float((rows.mean() + 0.5) / height)

    def share_inside(self, boxes: tuple[Box, ...]) -> float:
        """Return which share of the map lies inside boxes; 0 for an empty map."""
        total = float(self.values.sum())
        if not total or not boxes:
            return 0.0
        return float(self.values[cells_inside(boxes, self.values.shape)].sum()) / total


def cells_inside(boxes: tuple[Box, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which cells of a map have their middle inside one of the boxes."""
    height, width = shape
    ys = ((np.arange(height) + 0.5) / height)[:, np.newaxis]
    xs = ((np.arange(width) + 0.5) / width)[np.newaxis]
    inside = np.zeros((height, width), np.bool_)
    for box in boxes:
        inside |= (xs >= box.x0) & (xs < box.x1) & (ys >= box.y0) & (ys < box.y1)
    return inside


def heat_of(raw: NDArray[np.floating], method: str, score: float) -> HeatMap:
    """Keep what speaks for the score, scaled to 1."""
    positive = np.maximum(np.nan_to_num(raw), 0).astype(np.float32)
    top = float(positive.max()) if positive.size else 0.0
    return HeatMap(positive / np.float32(top) if top > 0 else positive, method, score)


@runtime_checkable
class ExplainsItself(PictureEncoder, Protocol):
    """A picture encoder that looks into its own network."""

    def relevance(self, image: RgbImage, direction: NDArray[np.float32]) -> HeatMap:
        """Return what in a picture turns its vector towards a direction (dim,).

        Raises:
            UnreadablePictureError: it is no picture.
            ConfigError: the network is of a kind that this cannot look into.
        """
        ...
