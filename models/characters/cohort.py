"""Cohorts: which labels are worth learning, and a split in which no series is judged by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.errors import ConfigError

Truth = NDArray[np.bool_]
MOST_LABELS = 2_000
"""Labels that are learnt at once; of longer lists those with most support are taken."""
ALMOST_ALL = 0.95
"""Share of all items from which a label tells nothing."""
TOGETHER = 0.9
SPLIT_TRIES = 60
PARTS = ("train", "valid", "test")
_SHARES = (0.6, 0.2, 0.2)


@dataclass(frozen=True, slots=True)
class Item:
    """Something labelled: who is there, who is said not to be, and what it must not be parted from."""

    item_id: str
    names: frozenset[str]
    group: str
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cohort:
    """Labels to learn: ``truth`` (n, labels), the part of the split of each item, what was left out and why.

    ``together`` are labels that nearly always come with another one: nothing tells them apart.
    """

    names: tuple[str, ...]
    truth: Truth
    part: NDArray[np.int64]
    left_out: Mapping[str, int]
    together: tuple[tuple[str, str, float], ...]
    notes: tuple[str, ...]

    def rows(self, part: str) -> NDArray[np.int64]:
        """Return the rows of a part of the split."""
        return np.flatnonzero(self.part == PARTS.index(part))


def build_cohort(items: Sequence[Item], *, top: int = 50, min_support: int = 5, seed: int = 0) -> Cohort:
    """Choose labels and split items.

    Args:
        items: what is labelled.
        top: labels to learn at most, those with most support.
        min_support: items that a label must have.
        seed: of the split.

    Raises:
        ConfigError: labels contradict each other, or nothing is left to learn; the message says what to do.
    """
    check_labels(items)
    counts = Counter(name for item in items for name in item.names)
    if not counts:
        raise ConfigError(
            "no item has a label: give labels in a file, or books whose metadata name characters"
        )
    everywhere = {name for name, count in counts.items() if count > ALMOST_ALL * len(items)}
    rare = {name for name, count in counts.items() if count < min_support}
    able = sorted(counts.keys() - everywhere - rare, key=lambda name: (-counts[name], name))
    names = tuple(able[: min(top, MOST_LABELS)])
    if not names:
        raise ConfigError(_nothing_left(counts, everywhere, min_support, len(items)))
    truth = np.array([[name in item.names for name in names] for item in items], np.bool_)
    left_out = {
        "in nearly every item": len(everywhere),
        f"in fewer than {min_support}": len(rare),
        f"beyond the first {len(names)}": len(able) - len(names),
    }
    part, notes = split([item.group for item in items], truth, seed=seed)
    told = (f"{sorted(everywhere)[0]!r} is in nearly every item and cannot be learnt",) if everywhere else ()
    left_out = {why: count for why, count in left_out.items() if count}
    return Cohort(names, truth, part, left_out, tuple(_together(names, truth)), (*told, *notes))


def check_labels(items: Sequence[Item]) -> None:
    """Raise ConfigError where an item is said to show somebody and not to."""
    for item in items:
        both = item.names & item.absent
        if both:
            raise ConfigError(
                f"{item.item_id[:100]} is said to show {sorted(both)[0]!r} and not to: take one back"
            )


def _nothing_left(counts: Counter[str], everywhere: set[str], min_support: int, items: int) -> str:
    if everywhere:
        return (
            f"{sorted(everywhere)[0]!r} is in nearly all of the {items:,} items, so that nothing tells what "
            "lacks it: add items without it"
        )
    most, count = counts.most_common(1)[0]
    return (
        f"none of the {len(counts):,} labels is on {min_support} items or more (the most frequent, {most!r}, "
        f"is on {count}): label more, or lower --min-support"
    )


def _together(names: Sequence[str], truth: Truth) -> list[tuple[str, str, float]]:
    """Return pairs of which the first nearly always comes with the second."""
    counts = truth.sum(axis=0)
    both = truth.T.astype(np.int64) @ truth.astype(np.int64)
    found = []
    for one in range(len(names)):
        for other in range(len(names)):
            share = both[one, other] / max(1, counts[one])
            if one != other and share >= TOGETHER:
                found.append((names[one], names[other], round(float(share), 3)))
    return found


def split(groups: Sequence[str], truth: Truth, *, seed: int = 0) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Part items into train, valid and test (0, 1, 2) so that no group is in two of them.

    Of many random partitions that is taken in which labels are spread best. Where there are fewer than
    three groups, items are parted one by one, and a note says so.

    Raises:
        ConfigError: there are too few items for three parts.
    """
    if len(groups) < 6:
        raise ConfigError(f"{len(groups)} items are too few to learn from and to judge by: label more")
    names, codes = np.unique(np.array(groups), return_inverse=True)
    notes: tuple[str, ...] = ()
    if len(names) < len(PARTS):
        codes, notes = (
            np.arange(len(groups)),
            ("all items are of one or two series: judged on what was learnt from",),
        )
    sizes = np.bincount(codes)
    rng = np.random.default_rng(seed)
    tried = [_partition(rng, sizes)[codes] for _ in range(SPLIT_TRIES)]
    best = min(tried, key=lambda part: _unevenness(part, truth))
    lacking = int(sum((truth[best == part].sum(axis=0) == 0).sum() for part in range(len(PARTS))))
    if lacking:
        notes += (f"{lacking} times a label is missing in a part of the split: it has too few series",)
    return best, notes


def _partition(rng: np.random.Generator, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give groups to parts in random order, each to the part that lacks most."""
    wanted = np.array(_SHARES) * sizes.sum()
    have = np.zeros(len(PARTS))
    part = np.zeros(len(sizes), np.int64)
    for group in rng.permutation(len(sizes)):
        part[group] = int(np.argmax((wanted - have) / wanted))
        have[part[group]] += sizes[group]
    return part


def _unevenness(part: NDArray[np.int64], truth: Truth) -> float:
    total = np.maximum(truth.sum(axis=0), 1)
    uneven = 0.0
    for number, share in enumerate(_SHARES):
        mine = truth[part == number].sum(axis=0)
        uneven += float(np.abs(mine / total - share).mean()) + float((mine == 0).mean())
    return uneven
