"""Figures and heads in a panel, by a small network and plain connected parts."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from models.inference import open_session
from models.weights import verify_sha256
from schemas.geometry import Box
from schemas.records import RgbImage

SIDE_PX = 128
"""Side of the square that a panel is squashed to; masks are half as fine."""
WEIGHTS = Path(__file__).parent / "weights" / "figures.onnx"
SHA256 = "26d6394fcdf9bd369e8a2ea08cc802441c350185ec50ae8738e37b22104622a9"
_FIGURE, _HEAD = 0.5, 0.45
_LEAST_FIGURE, _LEAST_HEAD = 0.008, 0.0018
"""Shares of the panel under which a part is a stray spot."""
_PEAK_GAP = 5
"""Cells of the mask between the middles of two heads."""

Mask = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody drawn: ``box`` is panel-relative, ``heads`` those that belong to the part.

    Figures that touch are one part with several heads.
    """

    box: Box
    heads: tuple[Box, ...]
    share: float


@dataclass(frozen=True, slots=True)
class FigureMap:
    """What was found: how likely each place shows a figure, or a head, (h, w) float32 in [0, 1].

    ``figures`` are the largest first; ``heads`` are all heads.
    """

    figure: Mask
    head: Mask
    figures: tuple[Figure, ...]
    heads: tuple[Box, ...]

    @property
    def share(self) -> float:
        """Which share of the panel figures cover."""
        return float((self.figure > _FIGURE).mean())


class FigureFinder(Protocol):
    """Finds figures."""

    @property
    def name(self) -> str:
        """Name and version; part of records."""
        ...

    def find(self, picture: RgbImage) -> FigureMap:
        """Return who is drawn; nobody in a picture of scenery. Never raises for a valid picture."""
        ...


class NetworkFinder:
    """The network that ships with Longbox; safe to share between threads."""

    def __init__(self, weights: Path = WEIGHTS, sha256: str = SHA256) -> None:
        """Load it. Raises WeightsError where the file is damaged."""
        verify_sha256(weights, sha256)
        self._session = open_session(weights, needed_by="the figure finder")
        self.name = f"longbox-figures@{sha256[:12]}"

    def find(self, picture: RgbImage) -> FigureMap:
        """See :class:`FigureFinder`: the mean of the picture and its mirror image."""
        small = cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
        pair = np.stack([small, small[:, ::-1]]).astype(np.float32).transpose(0, 3, 1, 2)
        (logits,) = self._session.run(None, {"pictures": (pair / 255.0 - 0.5) * 4.0})
        masks = 1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))
        both = (masks[0] + masks[1, :, :, ::-1]) / 2
        return map_of(both[0].astype(np.float32), both[1].astype(np.float32))


def map_of(figure: Mask, head: Mask) -> FigureMap:
    """Make figures and heads of two masks."""
    heads = _heads(head)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (figure > _FIGURE).astype(np.uint8), connectivity=8
    )
    height, width = figure.shape
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[label])
        if area < _LEAST_FIGURE * figure.size:
            continue
        box = Box.from_pixels((x, y, x + w, y + h), width_px=width, height_px=height)
        own = tuple(head_box for head_box in heads if _lies_on(head_box, labels == label))
        found.append(Figure(box, own, area / figure.size))
    return FigureMap(figure, head, tuple(sorted(found, key=lambda one: -one.share)), heads)


def _heads(head: Mask) -> tuple[Box, ...]:
    """Split the mask of heads at its peaks: two heads that touch are two."""
    mask = (head > _HEAD).astype(np.uint8)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    peaks = (depth >= cv2.dilate(depth, np.ones((2 * _PEAK_GAP + 1,) * 2, np.uint8))) & (depth > 1.0)
    count, seeds = cv2.connectedComponents(peaks.astype(np.uint8))
    if count <= 1:
        return ()
    nearest = _nearest_seed(np.asarray(seeds, np.int32), count)
    nearest[mask == 0] = 0
    boxes = []
    for label in range(1, count):
        ys, xs = np.nonzero(nearest == label)
        if len(xs) >= _LEAST_HEAD * head.size:
            corners = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
            boxes.append(Box.from_pixels(corners, width_px=head.shape[1], height_px=head.shape[0]))
    return tuple(sorted(boxes, key=lambda box: -box.area))


def _nearest_seed(seeds: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """Return for each cell the seed that lies nearest."""
    far = [
        cv2.distanceTransform((seeds != label).astype(np.uint8), cv2.DIST_L2, 3) for label in range(1, count)
    ]
    return np.asarray(np.argmin(np.stack(far), axis=0) + 1, np.int32)


def _lies_on(box: Box, part: NDArray[np.bool_]) -> bool:
    height, width = part.shape
    x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
    return bool(part[y0:y1, x0:x1].mean() > 0.3)


@lru_cache(maxsize=1)
def load_finder() -> FigureFinder:
    """Return the finder that ships with Longbox, loaded once."""
    return NetworkFinder()
