"""Which issue of a catalogue a book of a library is, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from indexer.catalogue.coverfile import covers_of
from indexer.catalogue.covers import Covers
from indexer.catalogue.naming import Guess, guesses, plain_number
from indexer.catalogue.store import Catalogue, Issue, open_catalogue
from indexer.library.export import current_rows, open_table
from schemas.elements import fold_name
from schemas.tables import BOOKS

NUMBER, YEAR, PUBLISHER = 0.25, 0.15, 0.1
"""What it says for an issue that these are the same; a year that is one off says half."""
SAME_COVER, OTHER_COVER = 0.35, -0.25
"""What it says that a cover looks the same, or quite different."""
SURE = 0.8
LEAD = 0.1
"""What a sure issue must be ahead of the next one."""
CANDIDATES = 5
"""Issues that are kept for a review, the likeliest first."""
COLUMNS = ("book_id", "source", "title", "series", "number", "year", "publisher", "ingest_rev")
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An issue that a book may be, and what speaks for it."""

    issue: Issue
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A book and the issue it most likely is; ``is_sure`` where nothing else comes near."""

    book_id: str
    source: str
    title: str
    issue: Issue | None
    confidence: float
    is_sure: bool
    others: int
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        told = asdict(self)
        told["candidates"] = [
            {"issue_id": one.issue.issue_id, "confidence": one.confidence, "reasons": list(one.reasons)}
            for one in self.candidates
        ]
        return told


def match_books(library: Path) -> list[Match]:
    """Match every book of a library: by name, and by cover where covers were read into it.

    Raises NotFoundError without a catalogue.
    """
    books = books_of(library)
    with open_catalogue(library) as catalogue:
        return match_all(catalogue, books, covers_of(library))


def match_all(catalogue: Catalogue, books: Sequence[Row], covers: Covers) -> list[Match]:
    """Match some books, given as rows of ``books`` with :data:`COLUMNS`."""
    named = [_by_name(catalogue, book) for book in books]
    nameless = [str(book["book_id"]) for book, found in zip(books, named, strict=True) if not found]
    looks = covers.like(nameless) if covers else {}
    matches = []
    for book, found in zip(books, named, strict=True):
        seen = [catalogue.find(issue) for issue in looks.get(str(book["book_id"]), ())]
        told = found or [(issue, None) for issue in seen if issue is not None]
        judged = sorted((_judged(book, *one, covers) for one in told), key=lambda one: -one.confidence)
        match = Match(
            str(book["book_id"]), str(book["source"]), str(book["title"]), None, 0.0, is_sure=False, others=0
        )
        matches.append(ranked(match, tuple(judged)))
    return matches


def books_of(library: Path, book_ids: Collection[str] | None = None) -> list[Row]:
    """Return the rows of ``books`` with :data:`COLUMNS`, of all or of some, by title."""
    from lancedb.expr import col, lit

    where = None if book_ids is None else col("book_id").isin([lit(one) for one in sorted(book_ids)])
    rows: list[Row] = current_rows(open_table(library, BOOKS), None, COLUMNS, where).to_pylist()
    return sorted(rows, key=lambda book: str(book["title"]))


def _by_name(catalogue: Catalogue, book: Row) -> list[tuple[Issue, Guess | None]]:
    """Return the issues of the first series that the catalogue knows by a name the book may have."""
    for guess in guesses(book):
        if found := catalogue.issues_like(guess.series, guess.number):
            return [(issue, guess) for issue in found]
    return []


def ranked(match: Match, judged: tuple[Candidate, ...]) -> Match:
    """Return a match with its candidates, the likeliest first."""
    if not judged:
        return replace(match, issue=None, confidence=0.0, is_sure=False, others=0, reasons=(), candidates=())
    best = judged[0]
    next_best = judged[1].confidence if len(judged) > 1 else 0.0
    return replace(
        match,
        issue=best.issue,
        confidence=best.confidence,
        is_sure=best.confidence >= SURE and best.confidence - next_best >= LEAD,
        others=len(judged) - 1,
        reasons=best.reasons,
        candidates=judged[:CANDIDATES],
    )


def _judged(book: Row, issue: Issue, guess: Guess | None, covers: Covers) -> Candidate:
    parts = [] if guess is None else [(guess.weight, guess.why)]
    number = guess.number if guess else book["number"]
    if number is not None and plain_number(number) == plain_number(issue.number):
        parts.append((NUMBER, "the number is the same"))
    year = guess.year if guess else book["year"]
    if year is not None and issue.year is not None:
        apart = abs(int(str(year)) - issue.year)
        said = "the year is the same" if not apart else f"the year is {apart} off"
        parts.append((YEAR * max(0.0, 1 - apart / 2), said))
    names = (book["publisher"], issue.publisher)
    if all(names):
        same = fold_name(str(names[0])) == fold_name(str(names[1]))
        said = "the publisher is the same" if same else f"the publisher is {issue.publisher}"
        parts.append((PUBLISHER if same else 0.0, said))
    if (alike := covers.alike(str(book["book_id"]), issue.issue_id)) is not None:
        parts.append(
            (SAME_COVER, "the cover looks the same") if alike else (OTHER_COVER, "the cover differs")
        )
    score = min(1.0, max(0.0, sum(weight for weight, _ in parts)))
    return Candidate(issue, round(score, 3), tuple(reason for _, reason in parts))
