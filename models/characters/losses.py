"""Losses for rare labels: their slopes by the logit, for many labels at once, in numpy.

Class-balanced: Cui et al. 2019, arXiv:1901.05555 (effective number of samples). Asymmetric: Ridnik et
al. 2021, arXiv:2009.14119 (easy negatives count little, and those below a margin nothing).
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
LossName = Literal["plain", "balanced", "asymmetric"]
LOSSES: tuple[LossName, ...] = ("plain", "balanced", "asymmetric")
BETA = 0.999
GAMMA_NEGATIVE, GAMMA_POSITIVE, MARGIN = 4.0, 0.0, 0.05
_SMALL = 1e-6

Loss = Callable[[Matrix, Matrix], tuple[float, Matrix]]
"""Takes probabilities and truth (n, labels); returns the mean loss and its slopes by the logits."""


def loss_of(name: LossName, positives: NDArray[np.int64], items: int) -> Loss:
    """Return a loss for labels that so many of the items have."""
    if name == "asymmetric":
        return _asymmetric
    if name == "plain":
        return lambda likely, truth: _weighted(likely, truth, np.ones((2, len(positives)), np.float32))
    counts = np.stack([items - positives, positives]).astype(np.float64)
    weight = (1 - BETA) / np.maximum(1 - BETA**counts, _SMALL)
    weight = 2 * weight / weight.sum(axis=0)
    return lambda likely, truth: _weighted(likely, truth, weight.astype(np.float32))


def _weighted(likely: Matrix, truth: Matrix, weight: Matrix) -> tuple[float, Matrix]:
    each = np.where(truth > 0, weight[1], weight[0])
    loss = -each * np.log(np.where(truth > 0, likely, 1 - likely) + _SMALL)
    return float(loss.mean()), np.asarray(each * (likely - truth), np.float32)


def _asymmetric(likely: Matrix, truth: Matrix) -> tuple[float, Matrix]:
    shifted = np.clip(likely - MARGIN, 0, 1)
    hit = (1 - likely) ** GAMMA_POSITIVE
    miss = shifted**GAMMA_NEGATIVE
    loss = -(truth * hit * np.log(likely + _SMALL) + (1 - truth) * miss * np.log(1 - shifted + _SMALL))
    slope_positive = -hit * (1 - likely)
    inner = GAMMA_NEGATIVE * shifted ** (GAMMA_NEGATIVE - 1) * -np.log(1 - shifted + _SMALL)
    slope_negative = (inner + miss / (1 - shifted + _SMALL)) * likely * (1 - likely) * (likely > MARGIN)
    return float(loss.mean()), np.asarray(np.where(truth > 0, slope_positive, slope_negative), np.float32)
