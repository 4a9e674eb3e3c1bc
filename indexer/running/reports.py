"""What an index run tells: while it runs, and at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.library.entries import SourceEntry
from schemas.labels import BookStatus
from schemas.records import StageFailure


class Progress(Protocol):
    """Is told what happens, from the thread that runs the index."""

    def begin(self, *, sources: int, size_bytes: int) -> None:
        """Learn what lies ahead."""
        ...

    def page_done(self, size_bytes: float) -> None:
        """Learn of a page, and of how many bytes of its book it stands for."""
        ...

    def source_done(self, source: str, status: BookStatus, message: str | None) -> None:
        """Learn what became of a source."""
        ...


class SilentProgress:
    """Says nothing."""

    def begin(self, *, sources: int, size_bytes: int) -> None:
        """Ignore it."""

    def page_done(self, size_bytes: float) -> None:
        """Ignore it."""

    def source_done(self, source: str, status: BookStatus, message: str | None) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """Books, pages and panels that a run read and stored."""

    books: int = 0
    pages: int = 0
    panels: int = 0


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The end of an index run.

    ``indexed`` counts books read and stored now, ``unchanged`` those found as they were, moved ones
    included; ``pages`` and ``panels`` are of the books read now. ``partial``, ``failed``,
    ``missing`` and ``remarked`` (whole, with something odd) list what is so among the sources asked
    for, also from earlier runs.
    """

    indexed: int
    unchanged: int
    pages: int
    panels: int
    pruned: int
    seconds: float
    partial: tuple[SourceEntry, ...]
    failed: tuple[SourceEntry, ...]
    missing: tuple[SourceEntry, ...]
    remarked: tuple[SourceEntry, ...]

    @property
    def is_total_failure(self) -> bool:
        """Say whether not one of the sources asked for is in the library."""
        return self.indexed + self.unchanged == 0

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "indexed": self.indexed,
            "unchanged": self.unchanged,
            "partial": [partial_to_json(entry) for entry in self.partial],
            "failed": [failed_to_json(entry) for entry in self.failed],
            "missing": [entry.source for entry in self.missing],
            "remarked": [partial_to_json(entry) for entry in self.remarked],
            "pruned": self.pruned,
            "pages": self.pages,
            "panels": self.panels,
            "seconds": round(self.seconds, 2),
        }


def failed_to_json(entry: SourceEntry) -> dict[str, object]:
    """Return why a source is not in the library."""
    return {
        "source": entry.source,
        "reason": entry.reason,
        "message": entry.message,
        "attempts": entry.attempts,
    }


def with_remarks(entries: Sequence[SourceEntry]) -> tuple[SourceEntry, ...]:
    """Return the entries of books that are whole, but with something odd about them."""
    return tuple(entry for entry in entries if entry.status is BookStatus.READY and entry.failures)


def partial_to_json(entry: SourceEntry) -> dict[str, object]:
    """Return what is missing of a book, or odd about it."""
    return {"source": entry.source, "failures": failures_to_json(entry.failures)}


def failures_to_json(failures: Sequence[StageFailure]) -> list[dict[str, object]]:
    """Return failures as JSON-ready data."""
    return [
        {
            "stage": failure.stage,
            "reason": failure.reason,
            "message": failure.message,
            "page_no": failure.page_no,
        }
        for failure in failures
    ]
