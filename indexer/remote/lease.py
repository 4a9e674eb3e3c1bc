"""Of all machines one writes to a library on object storage.

A writer's *term* is a tag on an empty table beside the others: LanceDB makes a tag by a conditional put
(If-None-Match), so of two writers that begin at once one is refused. While it works, the writer says
so every few seconds in a small object, its *beat*. A term whose beat has stopped is over for the next
writer, which begins a new one; the old writer, should it still live, sees that before its next book.
Times are compared by the clock of the store, never by those of two machines.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from indexer.remote.paths import ObjectPath
from indexer.remote.state import connect, shown, state_id, store_of
from schemas.errors import LibraryBusyError, LibraryError
from schemas.places import StoreUri, store_error, store_trouble

TERMS = "writers"
"""Name of the table whose tags are terms, and of the folder with the beats."""
BEAT_S = 15.0
STALE_S = 60.0
"""Time without a beat after which a writer counts as gone."""
_TAG, _DIGITS = "term-", 12
_TERM_FILE = "store.term"

_held: dict[Path, Lease] = {}


@dataclass(frozen=True, slots=True)
class Beat:
    """What the writer of a term says of itself; ``state`` tells its state folder from others."""

    term: int
    state: str
    host: str
    pid: int
    is_over: bool = False


class Lease:
    """The right to write, held by this process; see :func:`store_lease`."""

    def __init__(self, library: Path, store: StoreUri, beat: Beat, previous: Beat | None) -> None:
        self.beat = beat
        self.previous = previous
        self._library = library
        self._store = store
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name="lease", daemon=True)

    @classmethod
    def take(cls, library: Path, store: StoreUri) -> Lease:
        """Begin a term. Hold the local writer's lock.

        Raises:
            LibraryBusyError: another machine writes to the library.
            StoreUnreachableError: the store does not answer, or refuses.
        """
        last = max(_terms(store), default=0)
        previous = _read_beat(store, last) if last else None
        own = state_id(library)
        is_own = previous is None and last == _remembered_term(library)
        if last and not is_own and not _is_free(store, last, previous, own):
            raise _busy(store, previous)
        beat = Beat(last + 1, own, socket.gethostname(), os.getpid())
        _begin_term(library, store, beat.term)
        _remember_term(library, beat.term)
        lease = cls(library, store, beat, previous)
        lease.check()
        lease._write(beat)
        _drop_terms(store, before=beat.term)
        return lease

    def check(self) -> None:
        """Raise LibraryBusyError where another machine has taken over; StoreUnreachableError."""
        newest = max(_terms(self._store), default=0)
        if newest > self.beat.term:
            who = _who(_read_beat(self._store, newest))
            raise LibraryBusyError(
                f"{who} has taken over the library {self._store} while this one did not answer: what was "
                "stored is kept, this run stops"
            )

    def start(self) -> None:
        """Keep saying that this process writes."""
        self._thread.start()

    def end(self) -> None:
        """Give the right back. Raises StoreUnreachableError."""
        self._ending.set()
        self._thread.join()
        self.check()
        self._write(replace(self.beat, is_over=True))

    def _keep_beating(self) -> None:
        while not self._ending.wait(BEAT_S):
            # A store that is away for a while takes no beats: whether it matters is seen by check().
            with suppress(LibraryError):
                self._write(self.beat)

    def _write(self, beat: Beat) -> None:
        _beat_of(self._store, beat.term).write([json.dumps(asdict(beat)).encode()])


@contextmanager
def store_lease(library: Path) -> Iterator[Lease | None]:
    """Hold the right to write to a library on object storage while the block runs; None for a local one.

    Raises:
        LibraryBusyError: another machine writes to it.
        StoreUnreachableError: the store does not answer, or refuses.
    """
    store = store_of(library)
    if store is None:
        yield None
        return
    lease = Lease.take(library, store)
    _held[library] = lease
    lease.start()
    is_well = False
    try:
        yield lease
        is_well = True
    finally:
        del _held[library]
        try:
            lease.end()
        except LibraryError:
            if is_well:
                raise


def check_lease(library: Path) -> None:
    """Raise LibraryBusyError if this process wrote to the library and another machine has taken over."""
    lease = _held.get(library)
    if lease is not None:
        lease.check()


def newest_term(library: Path) -> int:
    """Return the number of the last term; 0 for a library that never had a writer, or a local one."""
    store = store_of(library)
    return 0 if store is None else max(_terms(store), default=0)


def other_writer(library: Path) -> Beat | None:
    """Return which other machine writes to a library on object storage, None where none does."""
    store = store_of(library)
    last = 0 if store is None else max(_terms(store), default=0)
    if store is None or not last:
        return None
    beat = _read_beat(store, last)
    return None if beat is None or _is_free(store, last, beat, state_id(library)) else beat


def _busy(store: StoreUri, beat: Beat | None) -> LibraryBusyError:
    return LibraryBusyError(
        f"{_who(beat)} is writing to the library {store}: wait for it to end, or stop it; "
        f"if that machine is gone, try again in {STALE_S:.0f} seconds"
    )


def _who(beat: Beat | None) -> str:
    return "another machine" if beat is None else f"process {beat.pid} on {beat.host}"


def _is_free(store: StoreUri, term: int, beat: Beat | None, own: str) -> bool:
    """Say whether a term is over, was this state folder's own, or its writer is gone."""
    if beat is not None and (beat.is_over or beat.state == own):
        return True
    path = _beat_of(store, term) if beat is not None else _tag_of(store, term)
    with suppress(FileNotFoundError):
        return _now(store) - path.stat().st_mtime > STALE_S
    return True


def _now(store: StoreUri) -> float:
    """Return the time by the clock of the store, where it takes an object to tell it by."""
    path = ObjectPath(store) / TERMS / f"clock-{os.getpid()}"
    try:
        path.write([b"now"])
        now = path.stat().st_mtime
        path.unlink(missing_ok=True)
    except LibraryError:  # one who may only read asks in vain
        return time.time()
    return now


def _terms(store: StoreUri) -> list[int]:
    tags = (ObjectPath(store) / f"{TERMS}.lance" / "_refs" / "tags").glob(f"{_TAG}*.json")
    return [int(path.stem.removeprefix(_TAG)) for path in tags]


def _begin_term(library: Path, store: StoreUri, term: int) -> None:
    """Make the tag of a term. Raises LibraryBusyError where another writer is quicker."""
    import pyarrow as pa

    try:
        database = connect(library)
        schema = pa.schema([pa.field("nothing", pa.string())])
        try:
            table = database.open_table(TERMS)
        except ValueError as error:
            if store_trouble(error) is not None:
                raise
            table = database.create_table(TERMS, schema=schema, exist_ok=True)
        table.tags.create(f"{_TAG}{term:0{_DIGITS}}", 1)
    except (OSError, RuntimeError, ValueError) as error:
        if store_trouble(error) is None and ("exists" in str(error) or "conflict" in str(error).lower()):
            raise LibraryBusyError(
                f"another machine has just begun to write to the library {shown(library)}: try again later"
            ) from None
        raise store_error(store, error, os.environ) from None


def _remember_term(library: Path, term: int) -> None:
    """Note whose a term is that comes to no beat: a store may fail right then. No matter where that fails."""
    with suppress(OSError):
        (library / _TERM_FILE).write_text(str(term), "ascii")


def _remembered_term(library: Path) -> int | None:
    try:
        return int((library / _TERM_FILE).read_text("ascii"))
    except (OSError, ValueError):
        return None


def _drop_terms(store: StoreUri, *, before: int) -> None:
    for term in _terms(store):
        if term < before:
            _beat_of(store, term).unlink(missing_ok=True)
            _tag_of(store, term).unlink(missing_ok=True)


def _read_beat(store: StoreUri, term: int) -> Beat | None:
    try:
        return Beat(**json.loads(_beat_of(store, term).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _beat_of(store: StoreUri, term: int) -> ObjectPath:
    return ObjectPath(store) / TERMS / f"{term:0{_DIGITS}}.json"


def _tag_of(store: StoreUri, term: int) -> ObjectPath:
    return ObjectPath(store) / f"{TERMS}.lance" / "_refs" / "tags" / f"{_TAG}{term:0{_DIGITS}}.json"
