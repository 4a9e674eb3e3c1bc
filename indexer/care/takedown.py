"""Takedowns: what was made from a work goes with it: hidden from searches at once, deleted where wanted."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.audit.deciding import decide
from indexer.care.sealing import seal
from indexer.library.export import open_table
from indexer.library.faults import reading
from indexer.library.generated import FOLDER, JOBS, Derived, derived_from
from indexer.library.ledger import LEDGER_FILE, Ledger
from indexer.library.rights import change_rights
from indexer.library.store import LibraryWriter
from indexer.remote.published import publish
from indexer.remote.turn import writers_turn
from schemas.errors import LibraryError, NotFoundError
from schemas.rights import RightsRegister
from schemas.tables import BOOKS, LibraryFormat

_REASON = "made from "


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What a takedown reached: generated books and pictures, and whether they were deleted."""

    derived: tuple[Derived, ...]
    books: tuple[str, ...]
    is_deleted: bool


def take_down(library: Path, item_id: str, why: str, *, deletes: bool = False) -> TakenDown:
    """Refuse a book, page or panel, and hide all that was made from it; what was made from that, too.

    Args:
        library: Its folder.
        item_id: What is taken down.
        why: The reason, kept.
        deletes: Whether what was made from it is deleted too: from the library and from the disk.

    Raises:
        LibraryBusyError: something is to be deleted and another process is writing; all is hidden already.
        LibraryError: it cannot be written.
    """
    sources = _sources(library)
    derived, books, items = list[Derived](), dict[str, None](), [item_id]
    for item in items:
        for one in derived_from(library, item):
            if one.book in [known.book for known in derived]:
                continue
            derived.append(one)
            book_id = _book_at(sources, one.book)
            if book_id is not None and book_id not in books:
                books[book_id] = None
                items.append(book_id)

    def change(register: RightsRegister) -> RightsRegister:
        register = register.take_down(item_id, why)
        for book_id in books:
            register = register.take_down(book_id, f"{_REASON}{item_id}")
        return register

    change_rights(library, change)
    if books:
        decide(library, "exclude", tuple(books))
    if deletes:
        _delete(library, tuple(books), sources, derived)
    return TakenDown(tuple(derived), tuple(books), deletes)


def take_back(library: Path, item_id: str) -> tuple[str, ...]:
    """Allow again what was refused or taken down; returns the books that are shown again with it.

    Raises:
        NotFoundError: it is not refused.
    """
    freed: list[str] = []

    def change(register: RightsRegister) -> RightsRegister:
        if item_id not in register.refused:
            raise NotFoundError(f"{item_id[:80]!r} is not refused: 'longbox rights' lists what is")
        freed.extend(one for one, why in register.refused.items() if why == f"{_REASON}{item_id}")
        for one in (item_id, *freed):
            register = register.allow(one)
        return register

    change_rights(library, change)
    sources = _sources(library)
    shown = tuple(book for book in (*freed, item_id) if book in sources)
    if shown:
        decide(library, "restore", shown)
    return tuple(freed)


def _sources(library: Path) -> dict[str, str]:
    """Return the path of each book by its id."""
    with reading(library, BOOKS):
        rows = open_table(library, BOOKS).search().select(["book_id", "source"]).limit(None).to_list()
    return {str(row["book_id"]): str(row["source"]) for row in rows}


def _book_at(sources: dict[str, str], path: Path) -> str | None:
    """Return the book of a file of the library's own folder, which may have been moved since."""
    tail = (FOLDER, path.name)
    exact = [book for book, source in sources.items() if source == str(path.absolute())]
    moved = [book for book, source in sources.items() if Path(source).parts[-2:] == tail]
    return next(iter((*exact, *moved)), None)


def _delete(library: Path, books: Sequence[str], sources: dict[str, str], derived: Sequence[Derived]) -> None:
    if books:
        known = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata)
        with writers_turn(library), Ledger.open(library) as ledger:
            store = LibraryWriter.open(library, known)
            with ledger.unsettling(books):
                store.remove_books(books)
            for book_id in books:
                ledger.forget(sources[book_id])
            store.finish()
            seal(library, ledger)
            publish(library, ledger, LEDGER_FILE)
    for one in derived:
        try:
            if one.book.parent.parent.name == JOBS:
                shutil.rmtree(one.book.parent, ignore_errors=True)
                continue
            one.book.unlink(missing_ok=True)
            one.book.with_suffix(".json").unlink(missing_ok=True)  # last: it tells what the book is made from
        except OSError as error:
            raise LibraryError(
                f"{one.book} is out of the library and cannot be deleted: {error.strerror or error}"
            ) from error
