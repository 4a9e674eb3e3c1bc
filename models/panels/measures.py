"""How well predicted panels and their order agree with ground truth; pure functions."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from schemas.geometry import Box

IOU_LEVELS = (0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class PanelCounts:
    """Matched, predicted and true panels; counts add up over pages."""

    matched: int = 0
    predicted: int = 0
    true: int = 0

    def __add__(self, other: "PanelCounts") -> "PanelCounts":
        """Add the counts of another page."""
        return PanelCounts(
            self.matched + other.matched, self.predicted + other.predicted, self.true + other.true
        )

    @property
    def precision(self) -> float:
        """Share of the predicted panels that are real; 1 where nothing was predicted."""
        return self.matched / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of the real panels that were found; 1 where there is none."""
        return self.matched / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where nothing was there and nothing found."""
        total = self.predicted + self.true
        return 2 * self.matched / total if total else 1.0


def match_panels(predicted: Sequence[Box], truth: Sequence[Box], iou: float) -> tuple[tuple[int, int], ...]:
    """Match predicted and true panels one to one, as many as possible, at an IoU of at least ``iou``.

    Returns ``(predicted index, true index)`` in the order of the true panels. The matching has the
    greatest possible size (augmenting paths); candidates of higher overlap are tried first.
    """
    overlaps = [[box.iou(target) for box in predicted] for target in truth]
    candidates = [
        sorted((i for i, value in enumerate(row) if value >= iou), key=lambda i: -row[i]) for row in overlaps
    ]
    owner: dict[int, int] = {}
    for target in sorted(range(len(truth)), key=lambda t: -max(overlaps[t], default=0.0)):
        _augment(target, candidates, owner, set())
    return tuple(sorted(((p, t) for p, t in owner.items()), key=lambda pair: pair[1]))


def _augment(target: int, candidates: list[list[int]], owner: dict[int, int], seen: set[int]) -> bool:
    for index in candidates[target]:
        if index in seen:
            continue
        seen.add(index)
        if index not in owner or _augment(owner[index], candidates, owner, seen):
            owner[index] = target
            return True
    return False


def count_panels(predicted: Sequence[Box], truth: Sequence[Box], iou: float) -> PanelCounts:
    """Count the panels of one page at an IoU level."""
    return PanelCounts(len(match_panels(predicted, truth, iou)), len(predicted), len(truth))


def is_exact(predicted: Sequence[Box], truth: Sequence[Box], iou: float = 0.5) -> bool:
    """Say whether every panel of the page was found and nothing else."""
    counts = count_panels(predicted, truth, iou)
    return counts.matched == counts.predicted == counts.true


def order_is_exact(order: Sequence[int]) -> bool:
    """Say whether items, given as their true positions in predicted order, are in true order."""
    return all(a < b for a, b in pairwise(order))


def adjacent_accuracy(order: Sequence[int]) -> float:
    """Share of the true transitions ``n → n + 1`` that the predicted order keeps; 1 for fewer than two."""
    if len(order) < 2:
        return 1.0
    ranked = sorted(order)
    follower = dict(pairwise(ranked))
    kept = sum(follower.get(a) == b for a, b in pairwise(order))
    return kept / (len(order) - 1)


def kendall_tau(order: Sequence[int]) -> float:
    """Kendall's τ of a predicted order against the true one, in [-1, 1]; 1 for fewer than two items."""
    pairs = list(combinations(order, 2))
    if not pairs:
        return 1.0
    return sum(1 if a < b else -1 for a, b in pairs) / len(pairs)


def auroc(confidences: Sequence[float], hits: Sequence[bool]) -> float | None:
    """Return the chance that a hit has more confidence than a miss; None without hits or without misses."""
    right = [c for c, hit in zip(confidences, hits, strict=True) if hit]
    wrong = sorted(c for c, hit in zip(confidences, hits, strict=True) if not hit)
    if not right or not wrong:
        return None
    below = sum(bisect_left(wrong, c) + bisect_right(wrong, c) for c in right)
    return below / (2 * len(right) * len(wrong))


def brier(confidences: Sequence[float], hits: Sequence[bool]) -> float | None:
    """Return the mean squared distance of confidence from truth; None of nothing."""
    if not confidences:
        return None
    return sum((c - hit) ** 2 for c, hit in zip(confidences, hits, strict=True)) / len(confidences)
