"""What the daemon does now: gathered on a board, written to a file, shown by ``longbox status``."""

import json
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from indexer.daemon.tasks import Aim, TaskState

STATUS_FILE = "daemon.json"
WINDOW_S = 300.0
"""Time over which rates are taken."""
_COST = {Aim.PICTURES: 1.0, Aim.WORDS: 3.0}
"""What a byte of a book costs in each reading, roughly: for the time that is left."""


class DaemonState(StrEnum):
    """What the daemon is at; ``blocked``: the disk is full or the like, and it tries again."""

    STARTING = "starting"
    IDLE = "idle"
    WORKING = "working"
    PAUSED = "paused"
    BLOCKED = "blocked"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Reading:
    """A book that is being read."""

    source: str
    aim: Aim
    pages: int = 0
    page_count: int = 0


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """The daemon at one moment.

    ``books``, ``pages`` and ``failures`` count readings since its start, a book once for its
    pictures and once for its words. ``eta_s`` is None while it cannot be told. ``away`` and
    ``notes`` are lines for people: on folders that are not there, and on what else is odd.
    """

    pid: int
    state: DaemonState
    watched: tuple[str, ...]
    queue: Mapping[TaskState, int] = field(default_factory=dict)
    reading: tuple[Reading, ...] = ()
    workers: int = 0
    books: int = 0
    pages: int = 0
    failures: int = 0
    pages_per_s: float = 0.0
    eta_s: float | None = None
    uptime_s: float = 0.0
    sources: int = 0
    surveys: int = 0
    survey_s: float | None = None
    away: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Return the status that :meth:`to_json` gave. Raises ValueError, TypeError, KeyError."""
        lists = {name: tuple(told[name]) for name in ("watched", "away", "notes")}
        reading = tuple(Reading(**book | {"aim": Aim(book["aim"])}) for book in told["reading"])
        queue = {TaskState(state): int(count) for state, count in told["queue"].items()}
        state = DaemonState(told["state"])
        return cls(**{**told, **lists, "reading": reading, "queue": queue, "state": state})

    def in_words(self) -> list[str]:
        """Return lines for people."""
        pace = f", {self.pages_per_s:.1f} pages/s" if self.reading else ""
        left = f", about {_duration(self.eta_s)} left" if self.eta_s else ""
        tasks = ", ".join(f"{count} {state}" for state, count in self.queue.items() if count)
        lines = [
            f"daemon {self.pid}: {self.state}{pace}{left}; {self.sources} books in {', '.join(self.watched)}",
            f"  queue: {tasks or 'nothing to do'}; {self.pages} pages read, {self.failures} failures",
        ]
        for book in self.reading:
            pages = f", page {book.pages} of {book.page_count}" if book.page_count else ""
            lines.append(f"  reading {book.source} (for its {book.aim}{pages})")
        lines += [f"  away: {line}" for line in self.away]
        lines += [f"  note: {line}" for line in self.notes]
        return lines + ([f"  blocked: {self.trouble}"] if self.trouble else [])


class StatusBoard:
    """Collects what happens, and gives it as a status. Written by one thread, read by any."""

    def __init__(self, watched: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._pages: deque[float] = deque()
        self._work: deque[tuple[float, float]] = deque()
        self.status = DaemonStatus(os.getpid(), DaemonState.STARTING, watched)

    def page_read(self) -> None:
        """Count a page."""
        self._pages.append(self._clock())
        self.status = replace(self.status, pages=self.status.pages + 1)

    def book_read(self, aim: Aim, size_bytes: int) -> None:
        """Count a book that was stored."""
        self._work.append((self._clock(), size_bytes * _COST[aim]))
        self.status = replace(self.status, books=self.status.books + 1)

    def book_failed(self) -> None:
        """Count a reading that failed."""
        self.status = replace(self.status, failures=self.status.failures + 1)

    def surveyed(self, sources: int, seconds: float, away: tuple[str, ...]) -> None:
        """Tell of a survey."""
        self.status = replace(
            self.status,
            surveys=self.status.surveys + 1,
            sources=sources,
            survey_s=round(seconds, 3),
            away=away,
        )

    def show(self, **changes: Any) -> DaemonStatus:
        """Change parts of the status, and bring its rates up to date."""
        now = self._clock()
        _forget_before(now - WINDOW_S, self._pages, lambda at: at)
        _forget_before(now - WINDOW_S, self._work, lambda item: item[0])
        span = max(1.0, min(WINDOW_S, now - self._started))
        self.status = replace(
            self.status,
            pages_per_s=round(len(self._pages) / span, 3),
            uptime_s=round(now - self._started, 1),
            **changes,
        )
        return self.status

    def eta_s(self, bytes_left: Mapping[Aim, int]) -> float | None:
        """Return how long what is left will take, by the work done of late; None if that is not known."""
        pictures, words = bytes_left[Aim.PICTURES], bytes_left[Aim.WORDS]
        left = pictures * _COST[Aim.PICTURES] + (pictures + words) * _COST[Aim.WORDS]
        done = sum(work for _, work in self._work)
        span = min(WINDOW_S, self._clock() - self._started)
        return round(left * span / done, 1) if done and left else None


def publish(library: Path, status: DaemonStatus) -> None:
    """Write the status into the library; on a full disk the old one stays."""
    path = library / STATUS_FILE
    fresh = path.with_suffix(".json.new")
    with suppress(OSError):
        fresh.write_text(json.dumps(status.to_json()), "utf-8")
        fresh.replace(path)


def published(library: Path) -> DaemonStatus | None:
    """Return the status of a library's daemon, None where none runs."""
    try:
        told = json.loads((library / STATUS_FILE).read_text("utf-8"))
        status = DaemonStatus.from_json(told)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return status if status.state is not DaemonState.STOPPED and _is_alive(status.pid) else None


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _forget_before(limit: float, items: deque[Any], at: Callable[[Any], float]) -> None:
    while items and at(items[0]) < limit:
        items.popleft()
