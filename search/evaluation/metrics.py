"""Figures of ranked retrieval (Manning, Raghavan and Schütze 2008, chapter 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

DEPTH = 10
"""Places that are looked at; MRR goes on to the end of what was returned."""
BOOTSTRAPS = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one query went.

    ``ranks`` are the places, from 1, at which its ``wanted`` answers stood, ascending; an answer that
    was not returned has none. ``candidates`` counts the panels that could have been returned.
    """

    kind: str
    ranks: tuple[int, ...]
    wanted: int
    candidates: int
    took_ms: float

    def recall(self, k: int) -> float:
        """Return the share of the answers among the first ``k``."""
        return sum(rank <= k for rank in self.ranks) / self.wanted

    @property
    def reciprocal_rank(self) -> float:
        """One over the place of the first answer; 0 where there is none."""
        return 1.0 / self.ranks[0] if self.ranks else 0.0

    @property
    def ndcg(self) -> float:
        """Normalised discounted cumulative gain over the first ten places, answers worth 1 each."""
        gained = sum(1.0 / log2(rank + 1) for rank in self.ranks if rank <= DEPTH)
        return gained / sum(1.0 / log2(place + 1) for place in range(1, min(self.wanted, DEPTH) + 1))

    @property
    def by_chance(self) -> float:
        """The recall at ten that a random order would have."""
        return min(1.0, DEPTH / max(1, self.candidates))


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the queries of one kind; ``interval`` is the 95 % bootstrap interval of recall at ten."""

    recall_1: float
    recall_5: float
    recall_10: float
    mrr: float
    ndcg_10: float
    random: float
    interval: tuple[float, float]
    n: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "recall@1": round(self.recall_1, 4),
            "recall@5": round(self.recall_5, 4),
            "recall@10": round(self.recall_10, 4),
            "mrr": round(self.mrr, 4),
            "ndcg@10": round(self.ndcg_10, 4),
            "random": round(self.random, 4),
            "interval": [round(bound, 4) for bound in self.interval],
            "n": self.n,
        }


def summarise(outcomes: Sequence[Outcome], *, seed: int = 0) -> Figures:
    """Average the queries of one kind, of which there must be one at least."""
    at_ten = np.array([outcome.recall(DEPTH) for outcome in outcomes])
    return Figures(
        recall_1=_mean([outcome.recall(1) for outcome in outcomes]),
        recall_5=_mean([outcome.recall(5) for outcome in outcomes]),
        recall_10=float(at_ten.mean()),
        mrr=_mean([outcome.reciprocal_rank for outcome in outcomes]),
        ndcg_10=_mean([outcome.ndcg for outcome in outcomes]),
        random=_mean([outcome.by_chance for outcome in outcomes]),
        interval=bootstrap_interval(at_ten, seed=seed),
        n=len(outcomes),
    )


def bootstrap_interval(values: NDArray[np.float64], *, seed: int) -> tuple[float, float]:
    """Return the percentile interval of the mean (Efron 1979), resampling whole queries."""
    rng = np.random.default_rng(seed)
    means = [rng.choice(values, len(values)).mean() for _ in range(BOOTSTRAPS)]
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(means, (tail, 1.0 - tail))
    return float(low), float(high)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
