"""Whether vectors have collapsed: all alike, or spread along a few directions only.

The mean cosine of two panels and the effective rank (Roy and Vetterli, EUSIPCO 2007), both on a sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from indexer.audit.material import Material
from schemas.audit import Finding
from schemas.records import FloatMatrix
from schemas.tables import PANELS

SIDES = {"look": "vector_picture", "meaning": "vector_text", "fused": "vector_fused"}
SAMPLE, LEAST_ROWS = 20_000, 50
ALIKE, FEWEST_DIRECTIONS = 0.9, 0.02
"""Mean cosine from which, and share of the dimensions under which the effective rank, means collapse."""
SHOWN = 24
SEED = 3


def collapse(material: Material) -> Iterator[tuple[Finding | None, dict[str, float]]]:
    """Measure each side, and report those that have collapsed by the panels in the midst of it."""
    ids: list[str] = material.panels["panel_id"].to_pylist()
    for side, column in SIDES.items():
        if not material.has(PANELS, column):
            continue
        chosen = _sample(ids)
        vectors = material.vectors(PANELS, "panel_id", column, chosen)
        rows = np.flatnonzero(np.abs(vectors).sum(axis=1) > 0)
        if len(rows) < LEAST_ROWS:
            continue
        cosine, rank = mean_cosine(vectors[rows]), effective_rank(vectors[rows])
        measures = {f"{side} mean cosine": round(cosine, 4), f"{side} effective rank": round(rank, 1)}
        reason = _reason(cosine, rank, vectors.shape[1])
        if not reason:
            yield None, measures
            continue
        nearest = rows[np.argsort(-(vectors[rows] @ vectors[rows].mean(axis=0)), kind="stable")[:SHOWN]]
        items = tuple(chosen[row] for row in nearest.tolist())
        yield Finding("collapsed", items, {"side": side, "reason": reason}), measures


def mean_cosine(rows: FloatMatrix) -> float:
    """Return the mean cosine of two different of unit rows (n, dim), n at least 2."""
    count = len(rows)
    whole = float(np.square(rows.sum(axis=0, dtype=np.float64)).sum())
    return (whole - count) / (count * (count - 1))


def effective_rank(rows: FloatMatrix) -> float:
    """Return how many directions rows (n, dim) spread along: e to the entropy of their shares."""
    spread = np.cov(rows.T.astype(np.float64)) if len(rows) > 1 else np.zeros((1, 1))
    values = np.clip(np.linalg.eigvalsh(np.atleast_2d(spread)), 0.0, None)
    if values.sum() <= 1e-12:
        return 1.0
    shares = values / values.sum()
    shares = shares[shares > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _reason(cosine: float, rank: float, dim: int) -> str:
    if cosine >= ALIKE:
        return f"two panels have a cosine of {cosine:.2f} on average: the encoder tells nothing apart"
    if rank < max(3.0, FEWEST_DIRECTIONS * dim):
        return f"the vectors spread along {rank:.1f} of {dim} directions"
    return ""


def _sample(ids: Sequence[str]) -> list[str]:
    if len(ids) <= SAMPLE:
        return list(ids)
    chosen = np.random.default_rng(SEED).choice(len(ids), SAMPLE, replace=False)
    return [ids[place] for place in np.sort(chosen).tolist()]
