"""Which source files hold which books, in memory and in the ledger alike."""

from collections import defaultdict
from collections.abc import Mapping

from indexer.library.entries import SourceEntry
from indexer.library.ledger import Ledger


class Holdings:
    """What is known of every source; several may hold one book."""

    def __init__(self, ledger: Ledger) -> None:
        """Read what the ledger says."""
        self._ledger = ledger
        self._entries = {entry.source: entry for entry in ledger.entries()}
        self._holders: dict[str, set[str]] = defaultdict(set)
        for entry in self._entries.values():
            self._hold(entry)

    @property
    def entries(self) -> Mapping[str, SourceEntry]:
        """What is known of every source, by its path."""
        return self._entries

    def sources_of(self, book_id: str) -> set[str]:
        """Return the sources that hold a book."""
        return set(self._holders[book_id])

    def entries_of(self, book_id: str) -> list[SourceEntry]:
        """Return what is known of the sources that hold a book, in no particular order."""
        return [self._entries[source] for source in self._holders[book_id]]

    def content_of(self, source: str) -> str | None:
        """Return the book that a source held when it was last looked at."""
        entry = self._entries.get(source)
        return None if entry is None else entry.book_id

    def is_shared(self, book_id: str | None, source: str) -> bool:
        """Say whether another source than this one holds the same book."""
        return book_id is not None and bool(self._holders[book_id] - {source})

    def record(self, entry: SourceEntry) -> None:
        """Set what is known of a source."""
        self._drop(entry.source)
        self._ledger.record(entry)
        self._entries[entry.source] = entry
        self._hold(entry)

    def forget(self, source: str) -> None:
        """Drop a source."""
        self._ledger.forget(source)
        self._drop(source)

    def _hold(self, entry: SourceEntry) -> None:
        if entry.book_id is not None:
            self._holders[entry.book_id].add(entry.source)

    def _drop(self, source: str) -> None:
        before = self._entries.pop(source, None)
        if before is not None and before.book_id is not None:
            self._holders[before.book_id].discard(source)
