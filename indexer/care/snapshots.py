"""``longbox snapshot``: names for moments of a library that one can go back to.

A snapshot is a tag of the same name on every table, and a copy of the ledger without its lettering
cache. It costs what later runs replace: those files stay until the snapshot is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.care.pins import coherent_versions, open_at
from indexer.care.reconciling import fit_ledger, open_ledger, reconcile
from indexer.care.scan import BookFacts, book_facts
from indexer.care.sealing import seal
from indexer.library.export import names_of_tables, open_table
from indexer.library.faults import reading, writing
from indexer.library.journal import log_file
from indexer.library.ledger import Ledger
from indexer.remote.paths import ObjectPath
from indexer.remote.published import at_hand, put_away
from indexer.remote.state import tables_at
from indexer.remote.turn import writers_turn
from indexer.running.run import SETTLED_NOTE
from schemas.errors import BackupError, LibraryError
from schemas.tables import BOOKS

if TYPE_CHECKING:
    from lancedb.table import Table

FOLDER = "snapshots"
_NAME = re.compile(r"(?!.*(\.\.|\.lock$|\.$))[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A named moment; one that is not complete was cut short, and can only be deleted."""

    name: str
    taken: datetime | None
    books: int | None
    is_complete: bool


def take_snapshot(library: Path, name: str) -> Snapshot:
    """Give the library as it stands a name, also while it is written.

    Raises:
        LibraryNotFoundError: there is no library.
        BackupError: the name is taken, or is none.
        LibraryError: the library cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise BackupError(
            f"{name!r} is no name for a snapshot: use up to 64 letters, digits, '-', '_' and dots inside"
        )
    with open_ledger(library) as ledger:
        if any(found.name == name for found in list_snapshots(library)):
            raise BackupError(f"there is a snapshot {name!r} already: delete it, or take another name")
        digests = ledger.digests()
        every = coherent_versions(library)
        versions = {
            table: every[table] for table in names_of_tables(library)
        }  # maps are made of the others, and stay
        pinned = open_at(library, versions)
        path = _ledger_of(library, name)
        with _undone_on_error(library, name), writing(library):
            for table in pinned.values():
                open_table(library, table.name).tags.create(name, versions[table.name])
            partial = _partial_of(library, name)
            partial.parent.mkdir(exist_ok=True)
            partial.unlink(missing_ok=True)
            ledger.copy_without_readings(partial)
            fit_ledger(partial, library, pinned, digests)
            put_away(partial, path)
    return next(found for found in list_snapshots(library) if found.name == name)


def list_snapshots(library: Path) -> list[Snapshot]:
    """Return the snapshots of a library, the latest first. Raises LibraryNotFoundError."""
    tags = {name: _tags(library, name) for name in names_of_tables(library)}
    copies = {path.stem for path in (tables_at(library) / FOLDER).glob("*.sqlite")}
    names = copies.union(*tags.values())
    found = [_describe(library, name, tags) for name in names]
    return sorted(found, key=lambda one: (one.taken is None, one.taken and -one.taken.timestamp(), one.name))


def delete_snapshot(library: Path, name: str) -> None:
    """Drop a snapshot; the next runs free its space. Raises BackupError, LibraryError."""
    _find(library, name)
    with writing(library):
        _ledger_of(library, name).unlink(missing_ok=True)
        for table in names_of_tables(library):
            if name in _tags(library, table):
                open_table(library, table).tags.delete(name)


def restore_snapshot(library: Path, name: str) -> int:
    """Bring a library back to a snapshot and return its books; what was read since is read again.

    Lettering read since stays in the ledger, so reading again is quick. A process killed in the
    middle leaves the books in which both states differ to the next run.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryBusyError: another process writes to it.
        BackupError: there is no such snapshot, or it is not complete.
        LibraryError: the library cannot be written.
    """
    open_table(library, BOOKS)
    with writers_turn(library), log_file(library), Ledger.open(library) as ledger:
        if not _find(library, name).is_complete:
            raise BackupError(
                f"the snapshot {name!r} was cut short: delete it, nothing can be restored from it"
            )
        now = book_facts(library, open_table(library, BOOKS))
        then = book_facts(library, _at_tag(library, BOOKS, name))
        differing = {
            book for book in now.keys() | then.keys() if _revision(now, book) != _revision(then, book)
        }
        ledger.set_note(SETTLED_NOTE, "0")
        ledger.unsettle(differing)
        with writing(library):
            for table in reversed(names_of_tables(library)):  # that of contents last, as in every write
                open_table(library, table).restore(name)
        ledger.take_over(at_hand(_ledger_of(library, name), library))
        list(reconcile(ledger, then))
        seal(library, ledger)
    return len(then)


def _at_tag(library: Path, table: str, name: str) -> Table:
    opened = open_table(library, table)
    with reading(library, table):
        opened.checkout(name)
    return opened


def _revision(books: dict[str, BookFacts], book_id: str) -> str | None:
    facts = books.get(book_id)
    return None if facts is None else facts.ingest_rev


def _find(library: Path, name: str) -> Snapshot:
    every = list_snapshots(library)
    for found in every:
        if found.name == name:
            return found
    names = ", ".join(one.name for one in every) or "none"
    raise BackupError(f"there is no snapshot {name!r}; there are: {names}")


def _describe(library: Path, name: str, tags: dict[str, dict[str, int]]) -> Snapshot:
    path = _ledger_of(library, name)
    if not path.is_file() or any(name not in tagged for tagged in tags.values()):
        return Snapshot(name, None, None, is_complete=False)
    taken = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    books = _at_tag(library, BOOKS, name).count_rows()
    return Snapshot(name, taken, books, is_complete=True)


def _tags(library: Path, table: str) -> dict[str, int]:
    with reading(library, table):
        return {name: int(tag["version"]) for name, tag in open_table(library, table).tags.list().items()}


def _ledger_of(library: Path, name: str) -> Path | ObjectPath:
    return tables_at(library) / FOLDER / f"{name}.sqlite"


def _partial_of(library: Path, name: str) -> Path:
    return library / FOLDER / f"{name}.part"


@contextmanager
def _undone_on_error(library: Path, name: str) -> Iterator[None]:
    """Take the tags back if a snapshot does not come to its end."""
    try:
        yield
    except LibraryError:
        with suppress(OSError):
            _partial_of(library, name).unlink()
        for table in names_of_tables(library):
            if name in _tags(library, table):
                open_table(library, table).tags.delete(name)
        raise
