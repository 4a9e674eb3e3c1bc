"""From pairs to groups, and from pages that match to books that match."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def groups_of(pairs: NDArray[np.int64]) -> list[list[int]]:
    """Return the sorted members of each group that pairs (m, 2) hang together in."""
    parents: dict[int, int] = {}

    def root(member: int) -> int:
        parents.setdefault(member, member)
        while parents[member] != member:
            parents[member] = member = parents[parents[member]]
        return member

    for left, right in pairs.tolist():
        parents[root(right)] = root(left)
    found: dict[int, list[int]] = {}
    for member in sorted(parents):
        found.setdefault(root(member), []).append(member)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Run:
    """Pages of two books that match in order: ``places`` are (place in one, place in the other)."""

    places: tuple[tuple[int, int], ...]

    @property
    def length(self) -> int:
        """Return how many pages match."""
        return len(self.places)

    @property
    def ends(self) -> tuple[int, int]:
        """Return the first and the last place in the other book."""
        return self.places[0][1], self.places[-1][1]


def longest_run(matches: Iterable[tuple[int, int]]) -> Run:
    """Return the longest way through matching places that goes forward in both books.

    Patience sorting: O(n log n), so that a page which matches everywhere costs little.
    """
    ordered = sorted(matches, key=lambda match: (match[0], -match[1]))
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = [-1] * len(ordered)
    for index, (_, place) in enumerate(ordered):
        spot = bisect_left(ends, place)
        before[index] = at[spot - 1] if spot else -1
        if spot == len(ends):
            ends.append(place)
            at.append(index)
        else:
            ends[spot], at[spot] = place, index
    return Run(tuple(ordered[index] for index in _path(at[-1] if at else -1, before)))


def _path(last: int, before: Sequence[int]) -> list[int]:
    path = []
    while last >= 0:
        path.append(last)
        last = before[last]
    return path[::-1]
