"""Which issue of a catalogue a book of a library is, and how sure that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.catalogue.store import Issue, issues_like
from indexer.library.export import open_table
from schemas.elements import fold_name
from schemas.tables import BOOKS

SERIES, NUMBER, YEAR, PUBLISHER = 0.5, 0.25, 0.15, 0.1
"""What it says for an issue that these are the same; a year that is one off says half."""
SURE = 0.8
LEAD = 0.1
"""What a sure issue must be ahead of the next one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A book and the issue it most likely is; ``is_sure`` where nothing else comes near."""

    book_id: str
    title: str
    issue: Issue | None
    confidence: float
    is_sure: bool
    others: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def match_books(library: Path) -> list[Match]:
    """Match every book of a library that names its series. Raises NotFoundError without a catalogue."""
    columns = ["book_id", "title", "series", "number", "year", "publisher"]
    books = open_table(library, BOOKS).search().select(columns).limit(None).to_arrow().to_pylist()
    return [_match(library, book) for book in sorted(books, key=lambda book: str(book["title"]))]


def _match(library: Path, book: dict[str, object]) -> Match:
    series, number = book["series"], book["number"]
    named = (str(book["book_id"]), str(book["title"]))
    found = issues_like(library, str(series), None if number is None else _plain(number)) if series else []
    scored = sorted(((_likely(book, issue), issue) for issue in found), key=lambda one: -one[0])
    if not scored:
        return Match(*named, None, 0.0, False, 0)
    best, issue = scored[0]
    next_best = scored[1][0] if len(scored) > 1 else 0.0
    return Match(*named, issue, round(best, 3), best >= SURE and best - next_best >= LEAD, len(scored) - 1)


def _plain(number: object) -> str:
    return str(number).strip().lstrip("0") or "0"


def _likely(book: dict[str, object], issue: Issue) -> float:
    score = SERIES
    if book["number"] is not None and _plain(book["number"]) == _plain(issue.number):
        score += NUMBER
    if book["year"] is not None and issue.year is not None:
        score += YEAR * max(0.0, 1 - abs(int(str(book["year"])) - issue.year) / 2)
    said = (book["publisher"], issue.publisher)
    if all(said) and fold_name(str(said[0])) == fold_name(str(said[1])):
        score += PUBLISHER
    return score
