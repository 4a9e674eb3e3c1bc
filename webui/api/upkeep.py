"""What is wrong with books: those in quarantine, and those that are there more than once."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.daemon.control import failing_tasks
from indexer.daemon.tasks import Task
from indexer.library.entries import SourceEntry
from indexer.library.ledger import Ledger
from schemas.errors import LibraryNotFoundError
from schemas.labels import BookStatus
from webui.openapi.routes import Answer, Routes
from webui.state import site

routes = Routes("upkeep")
Row = TypeVar("Row")


class ListQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of a list."""

    offset: Annotated[int, Meta(ge=0, le=2**31 - 1, description="Entries to skip.")] = 0
    limit: Annotated[int, Meta(ge=1, le=500, description="Entries to list.")] = 100


@dataclass(frozen=True, slots=True)
class TroubledBook:
    """A book that could not be read, wholly or in part, or that is gone.

    ``status`` is ``failed``, ``partial`` or ``missing``; ``state`` is ``quarantined`` where it is left
    alone, ``retrying`` where it will be tried again, ``settled`` elsewhere.
    """

    source: str
    status: str
    state: str
    reason: str
    message: str
    attempts: int
    book_id: str | None = None


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Books that are not whole, by path."""

    books: tuple[TroubledBook, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DuplicateBook:
    """One content under several paths."""

    book_id: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Books that are there more than once."""

    books: tuple[DuplicateBook, ...]
    total: int


@routes.get("/quarantine", Answer(Quarantine), query=ListQuery, cost=2)
def quarantine(asked: ListQuery) -> ResponseReturnValue:
    """List books that could not be read, wholly or in part, with the reasons."""
    library = site().home
    tasks = {task.source: task for task in failing_tasks(library)}
    found = {task.source: _of_task(task) for task in tasks.values()}
    for entry in _from_ledger(library, Ledger.troubled):
        found[entry.source] = _of_entry(entry, tasks.get(entry.source))
    books = [found[source] for source in sorted(found)]
    shown = tuple(books[asked.offset : asked.offset + asked.limit])
    return flask.jsonify(Quarantine(shown, len(books)))


@routes.get("/duplicates", Answer(Duplicates), query=ListQuery, cost=2)
def duplicates(asked: ListQuery) -> ResponseReturnValue:
    """List books of the same content under several paths."""
    sources: dict[str, list[str]] = defaultdict(list)
    for book_id, source in _from_ledger(site().home, Ledger.twins):
        sources[book_id].append(source)
    doubled = [DuplicateBook(book, tuple(paths)) for book, paths in sources.items()]
    doubled.sort(key=lambda book: book.sources)
    shown = tuple(doubled[asked.offset : asked.offset + asked.limit])
    return flask.jsonify(Duplicates(shown, len(doubled)))


def _from_ledger(library: Path, read: Callable[[Ledger], tuple[Row, ...]]) -> tuple[Row, ...]:
    try:
        with Ledger.open_read_only(library) as ledger:
            return read(ledger)
    except LibraryNotFoundError:
        return ()


def _of_task(task: Task) -> TroubledBook:
    told = (task.reason or "", task.message or "", task.attempts)
    return TroubledBook(task.source, BookStatus.FAILED.value, task.state.value, *told)


def _of_entry(entry: SourceEntry, task: Task | None) -> TroubledBook:
    losses = [failure for failure in entry.failures if failure.is_loss]
    first = losses[0] if losses else None
    return TroubledBook(
        source=entry.source,
        status=entry.status.value,
        state="settled" if task is None else task.state.value,
        reason=entry.reason or (first.reason if first else ""),
        message=entry.message or (first.message if first else ""),
        attempts=entry.attempts if task is None else task.attempts,
        book_id=entry.book_id,
    )
