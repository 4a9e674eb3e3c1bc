"""When to survey, in a thread of its own: a share that hangs must not stop the reading."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from indexer.daemon.watching import Watching
from indexer.library.entries import SourceEntry
from indexer.running.survey import Survey, take_survey

REST_FACTOR = 3.0
"""A survey is followed by a rest of that many times its own length, whatever events say."""
LEAST_REST_S = 1.0
AWAY_S = 10.0
"""While a watched folder is not there, it is looked for that often."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The end of a survey; ``present`` are the folders that were there, ``survey`` None if it failed."""

    present: tuple[Path, ...]
    survey: Survey | None
    seconds: float
    problem: str | None = None


class Surveyor:
    """Takes one survey at a time. Belongs to one thread, and has one."""

    def __init__(
        self,
        roots: Sequence[Path],
        watching: Watching,
        *,
        every_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._roots = roots
        self._watching = watching
        self._every_s = every_s
        self._clock = clock
        self._began_at = 0.0
        self._ended_at: float | None = None
        self._rest_s = 0.0
        self._is_any_away = False
        self._running: threading.Thread | None = None
        self._finding: Finding | None = None

    @property
    def has_surveyed(self) -> bool:
        """Say whether what lies on the disk was looked at since the start."""
        return self._ended_at is not None

    def going_on_s(self) -> float:
        """Return for how long a survey has been going on; 0 where none is."""
        return 0.0 if self._running is None else self._clock() - self._began_at

    def is_due(self, *, hinted: bool) -> bool:
        """Say whether to survey now: because of a hint, or because it was long ago."""
        if self._running is not None:
            return False
        if self._ended_at is None:
            return True
        waited = self._clock() - self._ended_at
        every_s = min(self._every_s, AWAY_S) if self._is_any_away else self._every_s
        return waited >= (self._rest_s if hinted else max(every_s, self._rest_s))

    def begin(self, entries: Iterable[SourceEntry], unsettled: Set[str], revision: str) -> None:
        """Start a survey; the entries are those of this moment."""
        known, self._began_at = tuple(entries), self._clock()
        self._running = threading.Thread(
            target=self._survey, args=(known, unsettled, revision), name="survey", daemon=True
        )
        self._running.start()

    def take(self) -> Finding | None:
        """Return what the survey found, once it has ended."""
        if self._running is None or self._running.is_alive():
            return None
        finding, self._running, self._finding = self._finding, None, None
        self._ended_at = self._clock()
        if finding is not None:
            self._rest_s = max(LEAST_REST_S, REST_FACTOR * finding.seconds)
            self._is_any_away = len(finding.present) < len(self._roots)
        return finding

    def _survey(self, entries: Sequence[SourceEntry], unsettled: Set[str], revision: str) -> None:
        started = self._clock()
        self._watching.follow()  # before the look, so that nothing falls between
        # os.path.exists, since Path.exists raises what a share that went away answers.
        present = tuple(root for root in self._roots if os.path.exists(root))  # noqa: PTH110
        survey, problem = None, None
        try:
            survey = take_survey(present, entries, unsettled, revision=revision, retry=False)
        except OSError as error:  # a share that goes away meanwhile
            problem = f"the watched folders cannot be surveyed: {error.strerror or error}"
        self._finding = Finding(present, survey, self._clock() - started, problem)
