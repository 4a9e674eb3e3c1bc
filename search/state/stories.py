"""The stories of one snapshot: by their ids, titles and pages, and which panels are of which."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from schemas.labels import PageType
from schemas.tables import STORIES
from search.legs.words import plain_words

if TYPE_CHECKING:
    from lancedb.expr import Expr

    from search.state.snapshot import Snapshot

_PAGE_BITS = 22
"""Enough for any page of a book."""
_TOLD = 300
"""Letters of titles that a note names."""
_READ_WHOLE = 5_000
"""Stories up to which all are read at once for the first hit."""
_OPENS = {PageType.STORY.value: PageType.FIRST_PAGE.value}
"""The type of a page that opens a story of a type."""
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """A story from its first page to its last, both counted from 1.

    ``page_type`` is ``story`` or, in prose, ``textstory``; ``page_count`` are its own pages, without
    advertisements among them; ``title`` None where none was read.
    """

    story_id: str
    book_id: str
    number: int
    first_page: int
    last_page: int
    page_type: str
    title: str | None
    page_count: int
    panel_count: int
    confidence: float

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {**asdict(self), "confidence": round(self.confidence, 4)}

    def holds(self, page_no: int, page_type: str) -> bool:
        """Say whether a page of a type is one of its own."""
        return self.first_page <= page_no <= self.last_page and page_type in self.types

    @property
    def types(self) -> tuple[str, ...]:
        """The types of its own pages."""
        return tuple(filter(None, (self.page_type, _OPENS.get(self.page_type))))


COLUMNS = tuple(StoryEntry.__dataclass_fields__)


class StoryShelf:
    """The stories of the books that can be searched; none of a library of before they were kept."""

    def __init__(self, snapshot: "Snapshot") -> None:
        self._snapshot = snapshot

    @cached_property
    def all(self) -> tuple[StoryEntry, ...]:
        """All stories, by book and page."""
        if not self._snapshot.knows_stories:
            return ()
        return self._read(None)

    @cached_property
    def by_book(self) -> Mapping[str, tuple[StoryEntry, ...]]:
        """The stories of each book that has some, in order of pages."""
        return _by_book(self.all)

    def of_books(self, book_ids: Sequence[str]) -> Mapping[str, tuple[StoryEntry, ...]]:
        """Return the stories of some books, without reading those of all in a large library."""
        if "all" in self.__dict__ or not self._snapshot.knows_stories or not self._is_large:
            return self.by_book
        return _by_book(self._read(_is_one_of("book_id", sorted({*book_ids}))))

    def _read(self, where: "Expr | None") -> tuple[StoryEntry, ...]:
        rows = self._snapshot.rows(STORIES, (*COLUMNS, "ingest_rev"), where).to_pylist()
        current = [row for row in rows if self._snapshot.is_current(row["book_id"], row.pop("ingest_rev"))]
        return tuple(
            sorted((StoryEntry(**row) for row in current), key=lambda one: (one.book_id, one.first_page))
        )

    @property
    def _is_large(self) -> bool:
        return self._snapshot.table(STORIES).count_rows() > _READ_WHOLE

    def named(self, value: str) -> tuple[StoryEntry, ...]:
        """Return the stories that somebody means: by id or title, else spelt alike, else with these words."""
        known = [story for story in self.all if value in (story.story_id, story.title)]
        wanted = plain_words(value)
        if known or not wanted:
            return tuple(known)
        same = tuple(story for title, story in self._spelt if title == wanted)
        return same or tuple(story for title, story in self._spelt if f" {wanted}" in f" {title}")

    @cached_property
    def codes(self) -> Codes:
        """Which of :attr:`all` each panel is of, in the order of the snapshot's columns; -1 of none."""
        columns = self._snapshot.columns
        books = {book: code for code, book in enumerate(columns.books.values)}
        stories = [(place, story) for place, story in enumerate(self.all) if story.book_id in books]
        if not stories:
            return np.full(len(columns.row_ids), -1, np.int32)
        keys = np.array(
            [[_key(books[s.book_id], n) for n in (s.first_page, s.last_page)] for _, s in stories]
        )
        order = np.argsort(keys[:, 0], kind="stable")
        places = np.array([place for place, _ in stories], np.int32)[order]
        firsts, lasts = keys[order, 0], keys[order, 1]
        pages = (columns.books.codes.astype(np.int64) << _PAGE_BITS) | columns.page_nos
        found = np.searchsorted(firsts, pages, side="right") - 1
        inside = (found >= 0) & (pages <= lasts[np.maximum(found, 0)])
        codes = np.where(inside, places[np.maximum(found, 0)], -1).astype(np.int32)
        return np.where(self._are_of_its_type(codes), codes, -1).astype(np.int32)

    def row_ids(self, values: Sequence[str]) -> NDArray[np.int64]:
        """Return the sorted ids of the rows of panels that are of any of the stories named."""
        return self._snapshot.columns.row_ids[self.are_of(values)]

    def are_of(self, values: Iterable[str]) -> NDArray[np.bool_]:
        """Say which panels are of any of the stories named."""
        wanted = {story.story_id for value in values for story in self.named(value)}
        # One more, for panels of no story: code -1 is the last.
        known = np.array([story.story_id in wanted for story in self.all] + [False], np.bool_)
        return known[self.codes]

    def counts(self, rows: NDArray[np.int64]) -> dict[str, int]:
        """Return how many of the rows are of the stories of each title."""
        found = self.codes[rows]
        counted = np.bincount(found[found >= 0], minlength=len(self.all))
        titles: dict[str, int] = defaultdict(int)
        for place in np.flatnonzero(counted).tolist():
            if (title := self.all[place].title) is not None:
                titles[title] += int(counted[place])
        return dict(titles)

    def notes_on(self, values: Sequence[str]) -> Iterator[str]:
        """Say what stories there are, where one is asked for that is not."""
        for value in values:
            if not self.named(value):
                titles = ", ".join(dict.fromkeys(story.title for story in self.all if story.title))
                known = titles if len(titles) <= _TOLD else f"{titles[:_TOLD].rpartition(', ')[0]}, …"
                yield f"no story is called {value[:40]!r}; there are: {known or 'none with a title'}"

    @cached_property
    def _spelt(self) -> tuple[tuple[str, StoryEntry], ...]:
        return tuple((plain_words(story.title), story) for story in self.all if story.title)

    def _are_of_its_type(self, codes: Codes) -> NDArray[np.bool_]:
        """Say which panels are on pages of the type of their story: an advertisement within is not of it."""
        types = self._snapshot.columns.facets["page_type"]
        fitting = np.zeros((len(self.all) + 1, len(types.values) + 1), np.bool_)
        for place, story in enumerate(self.all):
            for code, value in enumerate(types.values):
                fitting[place, code] = value in story.types
        return fitting[codes, types.codes]


def story_of_page(stories: Iterable[StoryEntry], page_no: int, page_type: str) -> StoryEntry | None:
    """Return the story, of those of a book, that a page is of; None for one that is of none."""
    return next((story for story in stories if story.holds(page_no, page_type)), None)


def _is_one_of(column: str, values: Sequence[str]) -> "Expr":
    """Return the condition that a column holds one of the values."""
    from lancedb.expr import col, lit

    return col(column).isin([lit(value) for value in values])


def _by_book(stories: Iterable[StoryEntry]) -> dict[str, tuple[StoryEntry, ...]]:
    found: dict[str, list[StoryEntry]] = defaultdict(list)
    for story in stories:
        found[story.book_id].append(story)
    return {book: tuple(mine) for book, mine in found.items()}


def _key(book: int, page_no: int) -> int:
    return (book << _PAGE_BITS) | page_no
