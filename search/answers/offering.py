"""Suggestions of a library that changes: made from one state, and made anew beside the answers."""

import time
from collections import Counter
from concurrent.futures import Executor
from threading import Lock

import numpy as np

from schemas.errors import LongboxError, QueryError
from schemas.messages import Suggestion, check_words
from schemas.tables import PANELS
from search.answers.suggestions import MAX_LINES, Kind, Suggester, lines_of, names_of
from search.filtering.facets import count_facets
from search.state.snapshot import Snapshot
from search.state.vectors import ALL_ROWS

MAX_SUGGESTIONS = 50
STALE_SECONDS = 60.0
"""Suggestions of a library that is being written to may be so old: making them takes a second."""


def suggester_of(snapshot: Snapshot) -> Suggester:
    """Read what a library can offer: names of its books, tags, and lines of its lettering."""
    columns, catalogue = snapshot.columns, snapshot.catalogue
    panels = columns.books.counts(snapshot.current_rows)
    names: dict[Kind, Counter[str]] = {"series": Counter(), "creator": Counter(), "character": Counter()}
    for book, count in panels.items():
        for kind, counted in names.items():
            for value in catalogue.values_of(book, kind):
                counted[value] += count
    titles = {catalogue.titles[book]: (book, count) for book, count in panels.items()}
    tags: dict[Kind, dict[str, int]] = {
        "tag": {facet.value: facet.count for facet in count_facets(snapshot).tags},
        "story": snapshot.stories.counts(snapshot.current_rows),
    }
    return Suggester(names_of({**names, **tags}, titles), lines_of(_texts(snapshot)))


def _texts(snapshot: Snapshot) -> list[str]:
    """Return the lettering of the panels that can be found."""
    query = snapshot.table(PANELS).search().select(["text"]).with_row_id(True).limit(ALL_ROWS)
    rows = query.where("has_text").to_arrow() if snapshot.is_large(PANELS) else query.to_arrow()
    current = snapshot.columns.row_ids[snapshot.current_rows]
    keep = np.isin(rows["_rowid"].to_numpy(), current)
    texts: list[str] = rows["text"].filter(keep)[:MAX_LINES].to_pylist()
    return texts


class Offering:
    """The suggestions of one library as they were lately; the first ones are waited for."""

    def __init__(self, threads: Executor) -> None:
        """Make later ones on ``threads``."""
        self._threads = threads
        self._lock, self._making = Lock(), Lock()
        self._state: tuple[int, ...] = ()
        self._made: Suggester | None = None
        self._made_at = 0.0
        self._is_due = False

    def suggest(self, snapshot: Snapshot, box: str, *, limit: int) -> tuple[Suggestion, ...]:
        """Return ways to go on from what stands in the search box. Raises QueryError for bad bounds."""
        check_words("the box", box)
        if not 1 <= limit <= MAX_SUGGESTIONS:
            raise QueryError(f"limit must be between 1 and {MAX_SUGGESTIONS}, got {limit}")
        return self.of(snapshot).suggest(box, limit=limit)

    def of(self, snapshot: Snapshot) -> Suggester:
        """Return suggestions, at most a minute older than the library."""
        with self._lock:
            made = self._made
            is_stale = snapshot.state != self._state and not self._is_due
            renew = made is not None and is_stale and time.monotonic() - self._made_at > STALE_SECONDS
            self._is_due |= renew
        if renew:
            self._threads.submit(self._renew, snapshot)
        return made or self._first(snapshot)

    def _first(self, snapshot: Snapshot) -> Suggester:
        with self._making:  # two at once would both wait as long
            return self._made or self._make(snapshot)

    def _renew(self, snapshot: Snapshot) -> None:
        try:
            self._make(snapshot)
        except LongboxError:  # whoever searches is told
            self._is_due = False

    def _make(self, snapshot: Snapshot) -> Suggester:
        made = suggester_of(snapshot)
        with self._lock:
            self._made, self._state = made, snapshot.state
            self._made_at, self._is_due = time.monotonic(), False
        return made
