"""What is known of the books, in memory: who made them, who is in them, under what licence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.streams import is_no_comic
from schemas.tables import GENERATED_TAG
from search.legs.words import plain_words
from search.state.columns import NO_NUMBER, PanelColumns
from search.state.matched import MatchedBooks

BOOK_FACETS = ("series", "language", "creator", "character", "team", "genre", "licence")
COLUMNS = (
    *("book_id", "title", "series", "language", "licence", "creators", "characters", "status"),
    *("teams", "genres", "year", "tags"),
)
_LISTS = {"character": "characters", "team": "teams", "genre": "genres"}


@dataclass(frozen=True)
class Catalogue:
    """For each facet of books, its values and the books that have them."""

    titles: Mapping[str, str]
    facts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(repr=False)
    books: Mapping[str, Mapping[str, frozenset[str]]] = field(repr=False)
    generated: frozenset[str] = frozenset()
    """Books that were made here, not read."""
    no_comics: frozenset[str] = frozenset()
    """Books that are rather no comics, as the model of page streams has it."""
    years: Mapping[str, int | None] = field(default_factory=dict)
    """Years of books that are not those of their files: an issue tells them."""
    matched: MatchedBooks = field(default_factory=MatchedBooks, repr=False)
    taught: Callable[[str], Iterable[str]] = field(default=lambda _name: (), repr=False)
    """Further names of who is called so."""

    @classmethod
    def of(
        cls,
        rows: pa.Table,
        searchable: frozenset[str],
        matched: MatchedBooks | None = None,
        taught: Callable[[str], Iterable[str]] = lambda _name: (),
    ) -> "Catalogue":
        """Read the rows of ``books`` whose status is one of ``searchable``, with what issues add to them."""
        matched = matched or MatchedBooks()
        found: dict[str, dict[str, set[str]]] = {name: {} for name in BOOK_FACETS}
        titles, facts, generated, others, years = {}, {}, set(), set(), {}
        for own in rows.to_pylist():
            if own["status"] not in searchable:
                continue
            row = matched.filled(own)
            book = own["book_id"]
            if row["year"] != own["year"]:
                years[book] = _whole(row["year"])
            titles[book] = own["title"]
            if GENERATED_TAG in (own["tags"] or ()):
                generated.add(book)
            if is_no_comic(row.get("comic")):
                others.add(book)
            facts[book] = {name: tuple(dict.fromkeys(filter(None, values))) for name, values in _values(row)}
            for name, values in facts[book].items():
                for value in values:
                    found[name].setdefault(value, set()).add(book)
        by_value = {name: {v: frozenset(ids) for v, ids in by.items()} for name, by in found.items()}
        return cls(titles, facts, by_value, frozenset(generated), frozenset(others), years, matched, taught)

    def values_of(self, book_id: str, facet: str) -> tuple[str, ...]:
        """Return what a book says of itself, nothing for one that cannot be searched."""
        return self.facts.get(book_id, {}).get(facet, ())

    def named(self, facet: str, value: str) -> tuple[str, ...]:
        """Return the values that somebody means: that very one, else spelt alike, else with these words.

        Of characters those too that have another name of who is meant.
        """
        found = self._named(facet, value)
        if facet != "character":
            return found
        wanted = {plain_words(name) for name in (value, *found)}
        others = {name for one in wanted for name in self.matched.aliases.get(one, ())}
        others |= {plain_words(name) for one in (value, *found) for name in self.taught(one)}
        also = (name for name, words in self._spelt[facet].items() if words in others)
        return tuple(dict.fromkeys((*found, *also)))

    def _named(self, facet: str, value: str) -> tuple[str, ...]:
        known = self.books[facet]
        if value in known:
            return (value,)
        wanted, spelt = plain_words(value), self._spelt[facet]
        same = tuple(name for name, words in spelt.items() if words == wanted)
        if same or not wanted:
            return same
        return tuple(name for name, words in spelt.items() if f" {wanted}" in f" {words}")

    def books_with(self, facet: str, values: Iterable[str]) -> frozenset[str]:
        """Return the ids of the books that have any of the values, as :meth:`named` takes them."""
        known = self.books[facet]
        names = {name for value in values for name in self.named(facet, value)}
        return frozenset[str]().union(*(known[name] for name in names))

    def years_of(self, columns: PanelColumns) -> NDArray[np.int64]:
        """Return the year of each panel."""
        years = np.asarray(columns.years, np.int64)
        if not self.years:
            return years
        told = [self.years.get(book, NO_NUMBER) for book in columns.books.values]
        fresh = np.array([NO_NUMBER if year is None else year for year in told] + [NO_NUMBER], np.int64)
        is_told = np.array([book in self.years for book in columns.books.values] + [False], np.bool_)
        codes = columns.books.codes
        return np.where(is_told[codes], fresh[codes], years)

    @cached_property
    def _spelt(self) -> dict[str, dict[str, str]]:
        return {facet: {name: plain_words(name) for name in known} for facet, known in self.books.items()}


def _values(row: Mapping[str, object]) -> Iterable[tuple[str, Iterable[str]]]:
    for name in ("series", "language", "licence"):
        yield name, [str(row[name] or "")]
    creators = row["creators"]
    yield "creator", [credit["name"] for credit in creators] if isinstance(creators, list) else []
    for facet, column in _LISTS.items():
        values = row[column]
        yield facet, values if isinstance(values, list) else []


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
