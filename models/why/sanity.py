"""Can a map be trusted? It must change with the network, and what it points at must matter.

A map that looks the same when the weights are thrown at random shows the picture and not the network
(Adebayo et al. 2018, arXiv:1810.03292). And where the places that count are covered first, the score
must fall sooner than where places are covered at random (deletion, Petsiuk et al. 2018, arXiv:1806.07421).
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from models.protocols import PictureEncoder
from models.why.occlusion import blank_of, shrunk
from models.why.records import HeatMap, Judge, Stop, never
from schemas.errors import StoppedError
from schemas.records import RgbImage

STEPS = 10


@runtime_checkable
class CanBeRandomised(PictureEncoder, Protocol):
    """A picture encoder whose weights can be thrown at random."""

    def randomised(self, seed: int) -> Self:
        """Return the same network with random weights."""
        ...


def with_random_weights(model: Any, seed: int) -> Any:
    """Return a copy of a network of torch whose weights are shuffled, each tensor in itself.

    Shuffled weights keep their size and spread, so that numbers neither vanish nor overflow.
    """
    import torch

    other, rng = deepcopy(model), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in other.parameters():
            order = torch.randperm(weights.numel(), generator=rng).to(weights.device)
            weights.copy_(weights.flatten()[order].reshape(weights.shape))
    return other


def likeness(one: HeatMap, other: HeatMap) -> float:
    """Return how alike the order of places is in two maps (Spearman's rho, -1 to 1); 0 for a flat map."""
    size = one.values.shape[::-1]
    ranks = [_ranks(one.values), _ranks(np.asarray(cv2.resize(other.values, size), np.float32))]
    spreads = [float(rank.std()) for rank in ranks]
    if min(spreads) == 0:
        return 0.0
    first, second = (rank - rank.mean() for rank in ranks)
    return float((first * second).mean() / (spreads[0] * spreads[1]))


def _ranks(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the place of each value in their order; equal ones share theirs."""
    _, place, count = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    return np.asarray((ends - (count - 1) / 2)[place], np.float64)


@dataclass(frozen=True, slots=True)
class Deletion:
    """Mean share of the score that is left while a picture is covered, what counts first, and at random."""

    by_map: float
    at_random: float


def deletion(
    image: RgbImage, encoder: PictureEncoder, judge: Judge, heat: HeatMap, *, stopped: Stop = never
) -> Deletion:
    """Cover a picture step by step; the lower ``by_map`` beside ``at_random``, the better the map.

    The score runs from that of the whole picture (1) to that of a blank one (0), and is held there.

    Raises:
        StoppedError: it was stopped.
    """
    rng = np.random.default_rng(0)
    cells = heat.values.size
    by_map = np.argsort(-(heat.values + 1e-6 * rng.random(heat.values.shape)).ravel(), kind="stable")
    blocks = _blocks(rng, heat.values.shape)
    small = shrunk(image)
    blank = blank_of(small)
    ends = judge.logits(encoder.encode_images([small, blank]))
    span = float(ends[0] - ends[1])
    left = []
    for order in (by_map, blocks):
        if stopped():
            raise StoppedError("the deletion score was not finished: it was stopped, or took too long")
        images = []
        for step in range(1, STEPS):
            mask = np.zeros(cells, np.float32)
            mask[order[: cells * step // STEPS]] = 1
            images.append(_covered(small, blank, mask.reshape(heat.values.shape)))
        scores = judge.logits(encoder.encode_images(images))
        left.append(float(np.clip((scores - ends[1]) / span, 0, 1).mean()) if span > 1e-6 else 0.0)
    return Deletion(*left)


def _blocks(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Order cells at random in blobs as large as those of maps: single dots would hide nothing."""
    noise = cv2.GaussianBlur(rng.random(shape).astype(np.float32), (0, 0), max(shape) / 10)
    return np.argsort(-noise.ravel(), kind="stable")


def _covered(image: RgbImage, blank: RgbImage, mask: NDArray[np.float32]) -> RgbImage:
    height, width = image.shape[:2]
    share = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)[..., np.newaxis]
    return np.asarray(image * (1 - share) + blank * share, np.uint8)
