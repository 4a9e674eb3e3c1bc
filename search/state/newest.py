"""The newest state of a library, looked at again every second, and the former ones that cursors need."""

import math
import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from schemas.places import Place
from schemas.tables import PANELS
from search.state.curated import Beside
from search.state.opening import connect, identity_of
from search.state.remembering import BoundedMemory
from search.state.snapshot import Snapshot, Versions

if TYPE_CHECKING:
    from lancedb import DBConnection

SETTLE_SECONDS = 3.0
"""A change of the panels alone is a book half written, an index extended or a compaction: it may wait this
long, and no longer, since words of a first book are found by an index that comes after it."""
SNAPSHOTS = 2
"""Former states kept open for cursors. They start afresh, without the vectors that the newest one holds in
memory: lists mostly spare them the search."""


class Newest:
    """Looks for news of one library; safe to share between threads."""

    def __init__(
        self,
        path: Place,
        database: "DBConnection",
        *,
        refresh_seconds: float,
        resident_rows: int,
        on_another: Callable[[Snapshot], None],
    ) -> None:
        """Look at the library for the first time.

        Args:
            path: where it lies.
            database: opened there.
            refresh_seconds: how old a look may be.
            resident_rows: rows up to which a table is read into memory.
            on_another: called when another library lies there now, with its first snapshot: nothing
                worked out of the former one holds.
        """
        self._path, self._database = path, database
        self._refresh_seconds, self._resident_rows = refresh_seconds, resident_rows
        self._on_another = on_another
        self._lock = Lock()
        self._beside = Beside.of(path)
        self._snapshot = self._read()
        self._looked_at = self._opened_at = time.monotonic()
        self._former: BoundedMemory[tuple[int, ...], Snapshot] = BoundedMemory(SNAPSHOTS)
        self._identity = identity_of(path)

    @property
    def identity(self) -> int:
        """What tells this library from another one that lay or will lie here."""
        return self._identity

    @property
    def last(self) -> Snapshot:
        """The state last seen, without a look for news."""
        return self._snapshot

    def get(self) -> Snapshot:
        """Return the library as it stands, as old as ``refresh_seconds`` at most."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at >= self._refresh_seconds:
                identity = identity_of(self._path)
                if identity != self._identity:
                    self._start_over(identity, now)
                elif self._snapshot.curation_stamp != self._beside.stamp() or self._has_news(now):
                    self._snapshot, self._opened_at = self._read(former=self._snapshot), now
                self._looked_at = now
            return self._snapshot

    def at(self, versions: Versions, newest: Snapshot) -> Snapshot:
        """Return the state at those versions of the tables, with what curation says now."""
        if versions == newest.versions:
            return newest
        return self._former.get(
            (*version_key(versions), *newest.curation_stamp),
            lambda: Snapshot(self._database, versions, beside=self._beside),
        )

    def look_again(self) -> None:
        """Ask for news at the next request, however fresh the last look is."""
        with self._lock:
            self._looked_at = self._opened_at = -math.inf

    def doubt(self) -> None:
        """Take the library for another one at the next look: something in it was damaged."""
        with self._lock:
            self._identity = -1
            self._looked_at = -math.inf
            self._former = BoundedMemory(SNAPSHOTS)

    def _start_over(self, identity: int, now: float) -> None:
        self._former = BoundedMemory(SNAPSHOTS)
        # A session remembers files by their names; with no library left, this says so.
        self._database = connect(self._path)
        self._snapshot, self._opened_at = self._read(), now
        self._on_another(self._snapshot)
        self._identity = identity

    def _read(self, former: Snapshot | None = None) -> Snapshot:
        return Snapshot(self._database, former=former, resident_rows=self._resident_rows, beside=self._beside)

    def _has_news(self, now: float) -> bool:
        versions, latest = self._snapshot.versions, self._snapshot.latest_versions()
        only_panels = latest != versions and {**latest, PANELS: 0} == {**versions, PANELS: 0}
        return latest != versions and not (only_panels and now - self._opened_at < SETTLE_SECONDS)


def version_key(versions: Versions) -> tuple[int, ...]:
    """Return what names a state of the library."""
    return tuple(versions.values())
