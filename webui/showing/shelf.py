"""What the library page tells beside the books: sources that failed, copies, and the daemon at work."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from indexer.daemon.control import failing_tasks
from indexer.daemon.status import DaemonStatus, published
from indexer.daemon.tasks import Task, TaskState
from indexer.library.entries import SourceEntry
from indexer.library.ledger import Ledger
from schemas.errors import LibraryNotFoundError
from schemas.labels import BookStatus


@dataclass(frozen=True, slots=True)
class Copies:
    """Files that hold the same book: ``kept`` is the one it is read from."""

    book_id: str
    kept: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read; ``is_tried_again`` while the daemon still hopes."""

    source: str
    message: str
    is_tried_again: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sources of a library by what became of them, and its daemon where one runs."""

    partial: tuple[SourceEntry, ...] = ()
    failed: tuple[Failure, ...] = ()
    missing: tuple[SourceEntry, ...] = ()
    copies: tuple[Copies, ...] = ()
    daemon: DaemonStatus | None = None


def shelf_of(library: Path) -> Shelf:
    """Look at a library's ledger and daemon; a library without a ledger has neither."""
    try:
        with Ledger.open_read_only(library) as ledger:
            entries, twins = ledger.troubled(), ledger.twins()
    except LibraryNotFoundError:
        return Shelf()
    groups: dict[BookStatus, list[SourceEntry]] = defaultdict(list)
    for entry in entries:
        groups[entry.status].append(entry)
    return Shelf(
        partial=tuple(groups[BookStatus.PARTIAL]),
        failed=_failures(groups[BookStatus.FAILED], failing_tasks(library)),
        missing=tuple(groups[BookStatus.MISSING]),
        copies=_copies(twins),
        daemon=published(library),
    )


def _failures(entries: Sequence[SourceEntry], tasks: Sequence[Task]) -> tuple[Failure, ...]:
    """Return what failed by path: what the queue says of a file is the news."""
    found = {entry.source: Failure(entry.source, entry.message or "") for entry in entries}
    for task in tasks:
        is_tried_again = task.state is TaskState.RETRYING
        found[task.source] = Failure(task.source, task.message or "", is_tried_again)
    return tuple(found[source] for source in sorted(found))


def file_name(source: str) -> str:
    """Return the last part of a path: what people call the file."""
    return PurePath(source).name


def _copies(twins: Sequence[tuple[str, str]]) -> tuple[Copies, ...]:
    sources: dict[str, list[str]] = defaultdict(list)
    for book_id, source in twins:
        sources[book_id].append(source)
    return tuple(Copies(book_id, kept, tuple(others)) for book_id, (kept, *others) in sources.items())
