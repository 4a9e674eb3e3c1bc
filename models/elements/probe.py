"""A probe on fixed vectors: the middle of a few examples, then a class-weighted logistic regression.

Unlabelled panels serve as weak negatives: most panels lack most things, and without them five
examples of one page would teach the page. Each class has the same say, however many rows it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoders.rows import unit_rows
from schemas.records import FloatMatrix

Scores = NDArray[np.float32]

STRENGTH = 1.0
"""Inverse of the regularisation: a compromise. Where vectors hardly know who is who (the open corpus) less
is better, since five examples share much by chance; where they do (drawn comics) more is."""
ROUNDS, CLOSE_ENOUGH = 30, 1e-5
BACKGROUND_ROWS = 400
BACKGROUND_SHARE = 0.3
"""What weak negatives weigh beside either class."""
TOTAL_WEIGHT = 20.0
LOGISTIC_FROM = 2
"""Positives from which there is something to learn beyond their middle."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A linear judge of unit vectors: ``weights`` (dim,) and ``bias`` give the logit."""

    weights: NDArray[np.float32]
    bias: float
    method: str

    def logits(self, vectors: FloatMatrix) -> Scores:
        """Return the logit of each row; rows are unit vectors (n, dim), zero where a panel has none."""
        return np.asarray(vectors @ self.weights + np.float32(self.bias), np.float32)


@dataclass(frozen=True, slots=True)
class Examples:
    """Unit vectors of what is known: positives (p, dim), negatives (n, dim), any others (b, dim)."""

    positives: FloatMatrix
    negatives: FloatMatrix
    background: FloatMatrix


def fit_probe(examples: Examples, *, strength: float = STRENGTH) -> Probe:
    """Fit a probe; there must be a positive.

    Raises:
        ValueError: there is no positive.
    """
    if not len(examples.positives):
        raise ValueError("a probe needs a positive")
    others = len(examples.negatives) + len(examples.background)
    if len(examples.positives) < LOGISTIC_FROM or not others:
        return prototype(examples)
    rows = np.concatenate([examples.positives, examples.negatives, examples.background]).astype(np.float64)
    sizes = (len(examples.positives), len(examples.negatives), len(examples.background))
    said = np.repeat([1.0, 0.0, 0.0], sizes)
    parts = (1.0, 1.0 if sizes[1] else 0.0, BACKGROUND_SHARE if sizes[1] else 1.0)
    weight = np.repeat(
        [TOTAL_WEIGHT * part / max(1, size) for part, size in zip(parts, sizes, strict=True)], sizes
    )
    weights, bias = _logistic(rows, said, weight, strength)
    return Probe(weights.astype(np.float32), float(bias), "logistic")


def prototype(examples: Examples) -> Probe:
    """Return the middle of the positives, turned away from that of all others; it crosses zero half way."""
    middle = examples.positives.mean(axis=0)
    others = np.concatenate([examples.negatives, examples.background])
    if len(others):
        middle = middle - others.mean(axis=0)
    direction = unit_rows(middle[np.newaxis].astype(np.float32))[0]
    inside = float((examples.positives @ direction).mean())
    outside = float((others @ direction).mean()) if len(others) else inside / 2
    scale = 4.0 / max(inside - outside, 1e-3)
    return Probe((direction * scale).astype(np.float32), -scale * (inside + outside) / 2, "prototype")


def background_rows(count: int, taken: Sequence[int], *, seed: int = 0) -> NDArray[np.int64]:
    """Choose weak negatives among ``count`` panels, none of those taken."""
    free = np.setdiff1d(np.arange(count), np.asarray(taken, np.int64))
    if len(free) <= BACKGROUND_ROWS:
        return free
    return np.sort(np.random.default_rng(seed).choice(free, BACKGROUND_ROWS, replace=False))


def _logistic(
    rows: NDArray[np.float64], said: NDArray[np.float64], weight: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float]:
    """Minimise the weighted log loss with ridge 1/strength by Newton's method.

    With fewer rows than columns it is solved in the space that the rows span: the answer lies there.
    """
    if len(rows) < rows.shape[1]:
        values, vectors = np.linalg.eigh(rows @ rows.T)
        keep = values > max(values[-1], 1e-12) * 1e-8
        basis = (rows.T @ vectors[:, keep]) / np.sqrt(values[keep])
        inner, bias = _newton(rows @ basis, said, weight, strength)
        return basis @ inner, bias
    return _newton(rows, said, weight, strength)


def _newton(
    rows: NDArray[np.float64], said: NDArray[np.float64], weight: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float]:
    padded = np.column_stack([rows, np.ones(len(rows))])
    ridge = np.full(padded.shape[1], 1.0 / strength)
    ridge[-1] = 1e-6  # the bias is free
    found = np.zeros(padded.shape[1])
    loss = _loss(padded, said, weight, ridge, found)
    for _ in range(ROUNDS):
        likely = 1.0 / (1.0 + np.exp(-np.clip(padded @ found, -30, 30)))
        slope = padded.T @ (weight * (likely - said)) + ridge * found
        curve = (padded * (weight * likely * (1 - likely))[:, np.newaxis]).T @ padded
        step = np.linalg.solve(curve + np.diag(ridge), slope)
        share = 1.0
        while (
            fresh := _loss(padded, said, weight, ridge, found - share * step)
        ) > loss and share > CLOSE_ENOUGH:
            share /= 2
        found = found - share * step
        if loss - fresh < CLOSE_ENOUGH * max(1.0, abs(loss)):
            break
        loss = fresh
    return found[:-1], float(found[-1])


def _loss(
    padded: NDArray[np.float64],
    said: NDArray[np.float64],
    weight: NDArray[np.float64],
    ridge: NDArray[np.float64],
    found: NDArray[np.float64],
) -> float:
    logits = padded @ found
    return float((weight * (np.logaddexp(0, logits) - said * logits)).sum() + (ridge * found**2).sum() / 2)
