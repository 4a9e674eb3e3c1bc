"""A classifier on fixed vectors: one linear judge a label, trained together by Adam, in numpy.

The learning rate is found by a short run in which it grows until the loss no longer falls (Smith 2015,
arXiv:1506.01186). Training ends when the mean average precision on the validation part has not risen
for a while. Thresholds and calibration (Platt) come from that part, too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.characters.cohort import Cohort
from models.characters.losses import Loss, LossName, loss_of
from models.characters.report import BETA, Report, f_score, report_on
from models.elements.measures import average_precision
from schemas.records import FloatMatrix

Matrix = NDArray[np.float32]
RATES = np.geomspace(1e-4, 3.0, 40)
BLOWN_UP = 1.5
"""Rise over the best loss that ends the search for a rate."""
BACK_FROM_BEST = 5.0
"""Of the rate with the least loss, so much less is taken: the least lies next to the edge."""
_B1, _B2, _EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train. ``oversample`` draws items by their rarest label; ``rate`` None is looked for."""

    loss: LossName = "balanced"
    oversample: bool = True
    rate: float | None = None
    batch: int = 256
    epochs: int = 200
    patience: int = 15
    decay: float = 1e-4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Classifier:
    """Linear judges of unit vectors: ``weights`` (labels, dim), all else (labels,).

    ``scale`` and ``shift`` calibrate logits; ``thresholds`` are probabilities.
    """

    names: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    scale: Matrix
    shift: Matrix
    thresholds: Matrix

    def likely(self, vectors: FloatMatrix) -> Matrix:
        """Return (n, labels): how likely each is there."""
        logits = vectors @ self.weights.T + self.bias
        return sigmoid(logits * self.scale + self.shift)


@dataclass(frozen=True, slots=True)
class Trained:
    """A classifier, how it came about, and what it is worth on the test part."""

    classifier: Classifier
    report: Report
    rate: float
    epochs: int
    best_valid_ap: float
    history: tuple[float, ...] = field(default=())


def train(
    vectors: FloatMatrix,
    cohort: Cohort,
    plan: TrainingPlan | None = None,
    *,
    on_epoch: Callable[[int, float], None] = lambda _epoch, _ap: None,
) -> Trained:
    """Train on the train part, stop by the valid part, report on the test part.

    Args:
        vectors: unit rows (n, dim), one an item of the cohort.
        cohort: labels and split.
        plan: how to train.
        on_epoch: told the number of an epoch and the mean AP on the valid part.
    """
    plan = plan or TrainingPlan()
    learnt, held, judged = (cohort.rows(part) for part in ("train", "valid", "test"))
    rows, truth = vectors[learnt].astype(np.float32), cohort.truth[learnt].astype(np.float32)
    loss = loss_of(plan.loss, cohort.truth[learnt].sum(axis=0), len(learnt))
    rate = plan.rate or find_rate(rows, truth, loss, plan)
    weights, bias, history = _descend(
        (rows, truth), (vectors[held], cohort.truth[held]), loss, plan, rate=rate, on_epoch=on_epoch
    )
    raw = Classifier(
        cohort.names, weights, bias, *(np.full(len(bias), value, np.float32) for value in (1, 0, 0.5))
    )
    classifier = calibrated(raw, vectors[held], cohort.truth[held])
    report = report_on(
        cohort.names, classifier.likely(vectors[judged]), cohort.truth[judged], classifier.thresholds
    )
    return Trained(classifier, report, rate, len(history), max(history, default=0.0), tuple(history))


def find_rate(rows: Matrix, truth: Matrix, loss: Loss, plan: TrainingPlan) -> float:
    """Return a rate of learning: well below that with which the loss is least."""
    rng = np.random.default_rng(plan.seed)
    adam = _Adam(rows.shape[1], truth.shape[1], prior(truth))
    best, chosen, smooth = np.inf, float(RATES[0]), None
    for step, rate in enumerate(RATES.tolist()):
        batch = rng.integers(0, len(rows), min(plan.batch, len(rows)))
        value = adam.step(rows[batch], truth[batch], loss, rate, plan.decay)
        smooth = value if smooth is None else 0.7 * smooth + 0.3 * value
        if smooth < best:
            best, chosen = smooth, rate
        elif smooth > BLOWN_UP * best and step > 5:
            break
    return chosen / BACK_FROM_BEST


def calibrated(raw: Classifier, vectors: FloatMatrix, truth: NDArray[np.bool_]) -> Classifier:
    """Fit scale and shift of each label to held-out items (Platt 1999), then the threshold of the best F2."""
    logits = vectors @ raw.weights.T + raw.bias
    pairs = [_platt(logits[:, row], truth[:, row]) for row in range(len(raw.names))]
    scale, shift = (np.array(values, np.float32) for values in zip(*pairs, strict=True))
    likely = sigmoid(logits * scale + shift)
    thresholds = np.array(
        [_threshold(likely[:, row], truth[:, row]) for row in range(len(raw.names))], np.float32
    )
    return Classifier(raw.names, raw.weights, raw.bias, scale, shift, thresholds)


def _descend(
    learnt: tuple[Matrix, Matrix],
    held: tuple[FloatMatrix, NDArray[np.bool_]],
    loss: Loss,
    plan: TrainingPlan,
    *,
    rate: float,
    on_epoch: Callable[[int, float], None],
) -> tuple[Matrix, Matrix, list[float]]:
    rows, truth = learnt
    rng = np.random.default_rng(plan.seed + 1)
    chances = _chances(truth) if plan.oversample else None
    adam = _Adam(rows.shape[1], truth.shape[1], prior(truth))
    best, kept, since, history = -1.0, (adam.weights.copy(), adam.bias.copy()), 0, []
    for epoch in range(plan.epochs):
        order = rng.choice(len(rows), len(rows), p=chances) if plan.oversample else rng.permutation(len(rows))
        for start in range(0, len(rows), plan.batch):
            batch = order[start : start + plan.batch]
            adam.step(rows[batch], truth[batch], loss, rate, plan.decay)
        reached = mean_ap(held[0] @ adam.weights.T + adam.bias, held[1])
        history.append(reached)
        on_epoch(epoch, reached)
        since = 0 if reached > best + 1e-4 else since + 1
        if since == 0:
            best, kept = reached, (adam.weights.copy(), adam.bias.copy())
        if since >= plan.patience:
            break
    return (*kept, history)


class _Adam:
    """Weights (labels, dim) and biases, and what Adam remembers of their slopes."""

    def __init__(self, dim: int, labels: int, prior: Matrix) -> None:
        self.weights, self.bias = np.zeros((labels, dim), np.float32), prior.copy()
        self._first = [np.zeros_like(self.weights), np.zeros_like(self.bias)]
        self._second = [np.zeros_like(self.weights), np.zeros_like(self.bias)]
        self._steps = 0

    def step(self, rows: Matrix, truth: Matrix, loss: Loss, rate: float, decay: float) -> float:
        value, slopes = loss(sigmoid(rows @ self.weights.T + self.bias), truth)
        self._steps += 1
        given = (slopes.T @ rows / len(rows), slopes.mean(axis=0))
        for number, (target, slope) in enumerate(zip((self.weights, self.bias), given, strict=True)):
            self._first[number] = _B1 * self._first[number] + (1 - _B1) * slope
            self._second[number] = _B2 * self._second[number] + (1 - _B2) * slope**2
            step = self._first[number] / (1 - _B1**self._steps)
            size = np.sqrt(self._second[number] / (1 - _B2**self._steps)) + _EPSILON
            np.subtract(target, rate * (step / size + (0 if number else decay * target)), out=target)
        return value


def prior(truth: Matrix) -> Matrix:
    """Return biases with which each label is as likely as it is frequent (Lin et al. 2017)."""
    share = np.clip(truth.mean(axis=0), 1e-3, 0.5)
    return np.asarray(np.log(share / (1 - share)), np.float32)


def _chances(truth: Matrix) -> NDArray[np.float64]:
    """Return how often items are drawn: by the rarest of their labels (repeat factors, Gupta et al. 2019)."""
    share = np.maximum(truth.mean(axis=0), 1e-6)
    repeat = np.maximum(1.0, np.sqrt(0.1 / share))
    each = np.where(truth > 0, repeat, 1.0).max(axis=1).astype(np.float64)
    return np.asarray(each / each.sum(), np.float64)


def mean_ap(scores: NDArray[np.floating], truth: NDArray[np.bool_]) -> float:
    """Return the mean average precision of the labels that anything has."""
    there = np.flatnonzero(truth.any(axis=0))
    return (
        float(np.mean([average_precision(scores[:, row], truth[:, row]) for row in there]))
        if len(there)
        else 0.0
    )


def _platt(logits: NDArray[np.floating], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit a scale and a shift by Newton's method; a label with too few items keeps its own."""
    yes = int(truth.sum())
    if yes < 2 or yes > len(truth) - 2:
        return 1.0, 0.0
    target = np.where(truth, (yes + 1) / (yes + 2), 1 / (len(truth) - yes + 2))
    rows = np.stack([logits, np.ones_like(logits)], axis=1).astype(np.float64)
    found = np.array([1.0, 0.0])
    for _ in range(25):
        likely = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (likely - target) + 1e-3 * (found - (1, 0))
        curve = (rows * (likely * (1 - likely))[:, np.newaxis]).T @ rows + 1e-3 * np.eye(2)
        found = found - np.linalg.solve(curve, slope)
    return (float(found[0]), float(found[1])) if found[0] > 0 else (1.0, 0.0)


def _threshold(likely: Matrix, truth: NDArray[np.bool_]) -> float:
    """Return the probability with the best F2 on held-out items; one half where there are too few."""
    total = int(truth.sum())
    if total < 2:
        return 0.5
    order = np.argsort(-likely, kind="stable")
    right = np.cumsum(truth[order])
    scores = [f_score(hit, n + 1 - hit, total - hit, BETA) for n, hit in enumerate(right.tolist())]
    last = int(np.argmax(scores))
    following = likely[order[last + 1]] if last + 1 < len(order) else 0.0
    return float((likely[order[last]] + following) / 2)


def sigmoid(logits: NDArray[np.floating]) -> Matrix:
    """Return probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)
