"""How much a visitor may ask: buckets that fill up again, of a bounded number of visitors."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

VISITORS = 10_000
"""Buckets kept: about 2 MB. A visitor who is forgotten begins with a full one."""


class Allowance:
    """Each visitor may ask ``rate`` a second, and ``burst`` at once; 0 means as much as they like."""

    def __init__(
        self,
        rate: float,
        burst: float,
        *,
        visitors: int = VISITORS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with full buckets."""
        self._rate, self._burst, self._visitors, self._clock = rate, burst, visitors, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many visitors are remembered."""
        return len(self._buckets)

    def take(self, visitor: str, cost: float = 1.0) -> float:
        """Take from a visitor's bucket; returns 0, or the seconds to wait where there is too little in it.

        What costs more than a full bucket takes all of it.
        """
        if self._rate <= 0:
            return 0.0
        cost = min(cost, self._burst)
        with self._lock:
            now = self._clock()
            left, since = self._buckets.pop(visitor, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            wait = max(0.0, (cost - left) / self._rate)
            self._buckets[visitor] = (left if wait else left - cost, now)
            while len(self._buckets) > self._visitors:
                self._buckets.popitem(last=False)
        return wait
