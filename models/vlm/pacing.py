"""When to ask: a token bucket for a server's limits, and growing waits after failures."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from threading import Lock

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
"""Bounds of the wait after a failure; it doubles from one to the other."""
MAX_RETRY_AFTER_S = 300.0
"""A server that asks for more patience than this is not waited for."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """Clocks and chance, so that tests need not wait.

    ``clock`` is monotonic seconds, ``wall_clock`` seconds since the epoch, ``chance`` uniform in [0, 1).
    """

    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


class TokenBucket:
    """Lets ``per_minute`` requests through, one at a time; safe to share between threads.

    It holds one token, so that no minute ever sees more than its share and one.
    """

    def __init__(self, per_minute: float, pacing: Pacing) -> None:
        """Start with the token there."""
        self._interval_s = 60 / per_minute
        self._pacing = pacing
        self._next_s = pacing.clock()
        self._lock = Lock()

    def take(self) -> None:
        """Wait for a token and take it."""
        with self._lock:
            now_s = self._pacing.clock()
            wait_s = max(0.0, self._next_s - now_s)
            self._next_s = max(self._next_s, now_s) + self._interval_s
        if wait_s > 0:
            self._pacing.sleep(wait_s)


def wait_after_failure_s(attempt: int, pacing: Pacing, *, asked_s: float | None = None) -> float:
    """Return how long to wait after a failed attempt, the first being 0.

    Half of a doubling wait is left to chance, so that many readers do not come back together;
    never less than the server asked for.

    Source: M. Brooker 2015, "Exponential backoff and jitter" (equal jitter).
    """
    whole_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0**attempt)
    return max(asked_s or 0.0, whole_s * (1 + pacing.chance()) / 2)


def retry_after_s(header: str | None, pacing: Pacing) -> float | None:
    """Read a Retry-After header, seconds or a date; None where it says nothing of use."""
    text = (header or "").strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - pacing.wall_clock())
    except (ValueError, OverflowError, TypeError):
        return None
