"""How well panels are ranked and told apart: average precision, precision and recall, thresholds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.elements.evidence import NO, UNSAID, YES, Material, Sample, Shares, fit_judge, folds_of
from models.elements.probe import Scores

FOLDS = 5
FEW = 3
"""Positives under which a held-out estimate says nothing."""


def average_precision(scores: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Return the mean precision at each positive; ties share their places. 0 without a positive."""
    if not truth.any():
        return 0.0
    order = np.argsort(-scores, kind="stable")
    ranked, sorted_scores = truth[order], scores[order]
    ends = np.append(np.flatnonzero(np.diff(sorted_scores)), len(ranked) - 1)
    hits = np.cumsum(ranked)[ends]
    precision = hits / (ends + 1)
    return float((precision * np.diff(np.append(0, hits))).sum() / truth.sum())


@dataclass(frozen=True, slots=True)
class Threshold:
    """A logit from which panels count, and what is expected of them; None where labels are too few."""

    logit: float
    precision: float | None
    recall: float | None


def held_out_logits(
    sample: Sample, usual: Material, *, shares: Shares | None = None, seed: int = 0
) -> Scores:
    """Return the logits of a sample, each by a judge that did not see it."""
    count = min(FOLDS, max(2, len(sample.rows(YES))))
    folds = folds_of(sample, count, seed=seed)
    found = np.zeros(len(folds), np.float32)
    for fold in range(int(folds[sample.said == YES].max()) + 1):
        kept, left = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        found[left] = fit_judge(sample.take(kept), usual, shares).logits(sample.material.take(left))
    return found


def choose_threshold(
    sample: Sample, usual: Material, precision: float, shares: Shares | None = None
) -> Threshold:
    """Return the lowest logit at which held-out labels are right as often as asked.

    Where nobody said no yet, unlabelled panels stand for it. Labels that a review queue asked for are
    harder than most panels, so that the estimate errs on the side of fewer, surer panels.
    """
    if len(sample.rows(YES)) < FEW:
        return Threshold(0.0, None, None)
    held_out = held_out_logits(sample, usual, shares=shares)
    yes, no, others = (held_out[sample.said == said] for said in (YES, NO, UNSAID))
    against = no if len(no) >= FEW else np.concatenate([no, others])
    logits = np.concatenate([yes, against])
    order = np.argsort(-logits, kind="stable")
    right = np.cumsum(order < len(yes))
    share = right / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((share >= precision) & (order < len(yes)))
    if not len(enough):  # no threshold is that good: what is surer than every no
        best = float(against.max()) if len(against) else 0.0
        return Threshold(max(best, float(yes.max())), None, 0.0)
    last = int(enough[-1])
    ranked = logits[order[last : last + 2]]  # half way to the next one: both are but a sample
    return Threshold(float(ranked.mean()), float(share[last]), float(right[last] / len(yes)))
