"""What a classifier of many labels is worth, always beside one that says no to everything."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from models.elements.measures import average_precision

BETA = 2.0
"""Recall counts twice: the F-score of the character classifier that this one is compared with."""
BINS = 10


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label: the four cells of its confusion at its threshold, and its ranking."""

    name: str
    support: int
    ap: float
    precision: float
    recall: float
    f1: float
    f2: float
    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Averages:
    """Means over labels (macro) or over all answers together (micro); ``samples`` over items."""

    mean_ap: float
    precision: float
    recall: float
    f1: float
    f2: float


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. ``all_negative`` is what saying no to everything scores on the same items."""

    items: int
    labels: tuple[LabelScore, ...]
    macro: Averages
    micro: Averages
    f2_by_item: float
    accuracy: float
    calibration_error: float
    all_negative: dict[str, float]
    confused: tuple[tuple[str, str, int], ...]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def report_on(
    names: Sequence[str],
    likely: NDArray[np.float32],
    truth: NDArray[np.bool_],
    thresholds: NDArray[np.float32],
) -> Report:
    """Score probabilities (n, labels) of items that were not learnt from."""
    said = likely >= thresholds
    scores = tuple(
        _label(name, likely[:, row], truth[:, row], float(thresholds[row])) for row, name in enumerate(names)
    )
    judged = [one for one in scores if one.support]
    tp, fp, fn = ((said & truth).sum(), (said & ~truth).sum(), (~said & truth).sum())
    micro = Averages(average_precision(likely.ravel(), truth.ravel()), *_rates(int(tp), int(fp), int(fn)))
    macro = Averages(*(fmean(getattr(one, key) for one in judged) if judged else 0.0 for key in _KEYS))
    share = float(truth.mean()) if truth.size else 0.0
    return Report(
        items=len(truth),
        labels=scores,
        macro=macro,
        micro=micro,
        f2_by_item=_by_item(said, truth),
        accuracy=float((said == truth).mean()) if truth.size else 0.0,
        calibration_error=calibration_error(likely.ravel(), truth.ravel()),
        all_negative={
            "accuracy": 1 - share,
            "mean_ap": fmean([one.support / len(truth) for one in judged]) if judged else 0.0,
            "f1": 0.0,
            "f2": 0.0,
            "f2_by_item": float((~truth.any(axis=1)).mean()) if truth.size else 0.0,
        },
        confused=tuple(_confused(names, said, truth)),
    )


_KEYS = ("ap", "precision", "recall", "f1", "f2")


def _label(name: str, likely: NDArray[np.float32], truth: NDArray[np.bool_], threshold: float) -> LabelScore:
    said = likely >= threshold
    cells = [int((a & b).sum()) for a, b in ((said, truth), (said, ~truth), (~said, truth), (~said, ~truth))]
    precision, recall, f1, f2 = _rates(*cells[:3])
    return LabelScore(
        name=name,
        support=int(truth.sum()),
        ap=average_precision(likely, truth),
        precision=precision,
        recall=recall,
        f1=f1,
        f2=f2,
        threshold=threshold,
        true_positives=cells[0],
        false_positives=cells[1],
        false_negatives=cells[2],
        true_negatives=cells[3],
        calibration_error=calibration_error(likely, truth),
    )


def _rates(tp: int, fp: int, fn: int) -> tuple[float, float, float, float]:
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    return precision, recall, f_score(tp, fp, fn, 1.0), f_score(tp, fp, fn, BETA)


def f_score(tp: float, fp: float, fn: float, beta: float) -> float:
    """Return the F-score of counts; 0 where nothing was right."""
    square = beta * beta
    total = (1 + square) * tp + square * fn + fp
    return float((1 + square) * tp / total) if total else 0.0


def _by_item(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the mean F2 over items, 1 for one without labels of which nothing was said."""
    if not len(truth):
        return 0.0
    tp, fp, fn = (cells.sum(axis=1) for cells in (said & truth, said & ~truth, ~said & truth))
    total = 5 * tp + 4 * fn + fp
    return float(np.where(total > 0, 5 * tp / np.maximum(total, 1), 1.0).mean())


def calibration_error(likely: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Return how far probabilities lie from what came true, in ten bins (expected calibration error)."""
    if not len(likely):
        return 0.0
    bins = np.minimum((likely * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    said, true = (np.bincount(bins, weights=values, minlength=BINS) for values in (likely, truth))
    return float(np.abs(said - true).sum() / counts.sum())


def _confused(
    names: Sequence[str], said: NDArray[np.bool_], truth: NDArray[np.bool_], most: int = 10
) -> list[tuple[str, str, int]]:
    """Return who is taken for whom most often: one missed where another is wrongly said."""
    counts = (truth & ~said).T.astype(np.int64) @ (said & ~truth).astype(np.int64)
    order = np.argsort(-counts, axis=None)[:most]
    pairs = [divmod(int(spot), len(names)) for spot in order]
    return [(names[one], names[other], int(counts[one, other])) for one, other in pairs if counts[one, other]]
