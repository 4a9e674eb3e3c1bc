"""What the books say of themselves, in memory: who made them, who is in them, under what licence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from schemas.streams import is_no_comic
from schemas.tables import GENERATED_TAG
from search.legs.words import plain_words

BOOK_FACETS = ("series", "language", "creator", "character", "licence")
COLUMNS = (
    *("book_id", "title", "series", "language", "licence", "creators", "characters", "status"),
    "tags",
)


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

    @classmethod
    def of(cls, rows: pa.Table, searchable: frozenset[str]) -> "Catalogue":
        """Read the rows of ``books`` whose status is one of ``searchable``."""
        found: dict[str, dict[str, set[str]]] = {name: {} for name in BOOK_FACETS}
        titles, facts, generated, others = {}, {}, set(), set()
        for row in rows.to_pylist():
            if row["status"] not in searchable:
                continue
            book = row["book_id"]
            titles[book] = row["title"]
            if GENERATED_TAG in (row["tags"] or ()):
                generated.add(book)
            if is_no_comic(row.get("comic")):
                others.add(book)
            facts[book] = {name: tuple(dict.fromkeys(filter(None, values))) for name, values in _values(row)}
            for name, values in facts[book].items():
                for value in values:
                    found[name].setdefault(value, set()).add(book)
        by_value = {name: {v: frozenset(ids) for v, ids in by.items()} for name, by in found.items()}
        return cls(titles, facts, by_value, frozenset(generated), frozenset(others))

    def values_of(self, book_id: str, facet: str) -> tuple[str, ...]:
        """Return what a book says of itself, nothing for one that cannot be searched."""
        return self.facts.get(book_id, {}).get(facet, ())

    def named(self, facet: str, value: str) -> tuple[str, ...]:
        """Return the values that somebody means: that very one, else spelt alike, else with these words."""
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

    @cached_property
    def _spelt(self) -> dict[str, dict[str, str]]:
        return {facet: {name: plain_words(name) for name in known} for facet, known in self.books.items()}


def _values(row: Mapping[str, object]) -> Iterable[tuple[str, Iterable[str]]]:
    for name in ("series", "language", "licence"):
        yield name, [str(row[name] or "")]
    creators = row["creators"]
    yield "creator", [credit["name"] for credit in creators] if isinstance(creators, list) else []
    characters = row["characters"]
    yield "character", characters if isinstance(characters, list) else []
