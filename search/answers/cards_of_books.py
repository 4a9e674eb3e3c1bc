"""Books in a few words: who made them, of what series and year they are, and how they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.records import Credit
from schemas.tables import BOOKS
from search.state.snapshot import Snapshot, is_one_of


@dataclass(frozen=True, slots=True)
class BookCard:
    """A book as a catalogue shows it. ``mtime_ns`` is when its file was last changed."""

    book_id: str
    title: str
    container: str
    mtime_ns: int
    page_count: int
    direction: str
    series: str | None
    number: str | None
    publisher: str | None
    summary: str | None
    language: str | None
    year: int | None
    month: int | None
    day: int | None
    licence: str | None
    creators: tuple[Credit, ...]

    def credits(self) -> dict[str, object]:
        """Return who made the book and under which licence it is, ready for JSON."""
        named = ("book_id", "title", "series", "publisher", "year", "licence")
        makers = [{"role": credit.role, "name": credit.name} for credit in self.creators]
        return {**{name: getattr(self, name) for name in named}, "creators": makers}


_COLUMNS = tuple(BookCard.__slots__)


def cards_of(snapshot: Snapshot, book_ids: Sequence[str]) -> tuple[BookCard, ...]:
    """Return those books that are in the library, in the order asked for, each once."""
    wanted = [book_id for book_id in dict.fromkeys(book_ids) if book_id in snapshot.books]
    if not wanted:
        return ()
    rows = snapshot.rows(BOOKS, _COLUMNS, is_one_of("book_id", wanted)).to_pylist()
    cards = {row["book_id"]: _card(snapshot.matched.filled(row)) for row in rows}
    return tuple(cards[book_id] for book_id in wanted if book_id in cards)


def _card(row: Mapping[str, Any]) -> BookCard:
    makers = tuple(Credit(**credit) for credit in row["creators"] or ())
    return BookCard(**{**row, "creators": makers})
