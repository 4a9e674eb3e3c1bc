"""A writer's turn: the only right to write to a library, and a ledger that knows its tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from indexer.care.pins import newest_versions, open_at
from indexer.care.reconciling import reconcile
from indexer.care.scan import book_facts, torn_books
from indexer.library.ledger import LEDGER_FILE, Ledger
from indexer.library.lock import writer_lock
from indexer.remote.lease import Lease, store_lease
from indexer.remote.published import TERM_NOTE, fetch, publish, term_of
from indexer.remote.state import has_table
from indexer.running.run import SETTLED_NOTE
from schemas.errors import LibraryError
from schemas.tables import BOOKS


@contextmanager
def writers_turn(library: Path) -> Iterator[None]:
    """Hold the only right to write to a library while the block runs, against other machines too.

    Raises:
        LibraryBusyError: another process, here or elsewhere, writes to it.
        LibraryError: it cannot be written; StoreUnreachableError for its object storage.
    """
    with writer_lock(library), store_lease(library) as lease:
        if lease is None:
            yield
            return
        _catch_up(library, lease)
        is_well = False
        try:
            yield
            is_well = True
        finally:
            try:
                _publish(library)
            except LibraryError:
                if is_well:
                    raise


def _publish(library: Path) -> None:
    if (library / LEDGER_FILE).is_file():
        with Ledger.open(library) as ledger:
            publish(library, ledger, LEDGER_FILE)


def _catch_up(library: Path, lease: Lease) -> None:
    """Make this machine's ledger tell of the tables as the last writer left them, wherever it ran."""
    own, last = library / LEDGER_FILE, lease.previous
    is_own = last is not None and own.is_file() and term_of(own) == last.term
    fetched = None if is_own else fetch(library, LEDGER_FILE)
    with Ledger.open(library) as ledger:
        if fetched is not None:
            with suppress(LibraryError), Ledger.open_file(fetched):
                pass  # an older one gets the tables that it lacks
            ledger.take_over(fetched)
        is_whole = last is not None and last.is_over and fetched is not None and term_of(fetched) == last.term
        if not is_own and not is_whole and has_table(library, BOOKS):
            _fit(ledger, library)
        ledger.set_note(TERM_NOTE, str(lease.beat.term))


def _fit(ledger: Ledger, library: Path) -> None:
    """Have the next run look after all that a writer, whose ledger is lost, may have left half done."""
    tables = open_at(library, newest_versions(library))
    books = book_facts(library, tables[BOOKS])
    list(reconcile(ledger, books))
    ledger.unsettle(torn_books(library, tables, books))
    ledger.drop_digests(ledger.digests())
    ledger.set_note(SETTLED_NOTE, "0")
