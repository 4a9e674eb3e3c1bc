"""Which panels have which elements, as the write side worked it out."""

import logging
import time
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.elements import ELEMENTS, ElementFacts, fold_name
from schemas.errors import LibraryFormatError
from schemas.places import store_trouble
from search.state.maps import rows_of_panels
from search.state.vectors import ALL_ROWS

if TYPE_CHECKING:
    from lancedb import DBConnection
    from lancedb.table import Table

    from search.state.snapshot import Snapshot

REFRESH_SECONDS = 1.0
MOST_SHOWN = 12
"""Panels of an element that are kept at hand to be shown for it."""
logger = logging.getLogger(__name__)
Rows = NDArray[np.int64]


class FoundElements:
    """The elements of one snapshot; what is worked out meanwhile is noticed."""

    def __init__(self, snapshot: "Snapshot", database: "DBConnection") -> None:
        self._snapshot, self._database = snapshot, database
        self._lock = Lock()
        self._version, self._looked_at = -1, float("-inf")
        self._facts: dict[str, ElementFacts] = {}
        self._rows: dict[str, Rows] = {}
        self._best: dict[str, Rows] = {}

    @property
    def version(self) -> int:
        """A number that another state of the elements does not share."""
        self._refresh()
        return self._version

    def look_again(self) -> None:
        """Ask for news at once, however fresh the last look is."""
        with self._lock:
            self._looked_at = float("-inf")

    def facts(self) -> tuple[ElementFacts, ...]:
        """Return what is known of all elements, by name."""
        self._refresh()
        return tuple(self._facts.values())

    def named(self, name: str) -> str | None:
        """Return the element of a name or alias, None where there is none."""
        self._refresh()
        wanted = fold_name(name)
        for facts in self._facts.values():
            if wanted == fold_name(facts.name):
                return facts.name
        for facts in self._facts.values():
            if wanted in map(fold_name, facts.aliases):
                return facts.name
        return None

    def aliases_of(self, name: str) -> tuple[str, ...]:
        """Return all names of the element that is called so, nothing where there is none."""
        found = self.named(name)
        return () if found is None else (found, *self._facts[found].aliases)

    def row_ids(self, name: str) -> Rows:
        """Return the row ids of the panels that have an element; none for one that is not known."""
        found = self.named(name)
        rows = self._rows[found] if found is not None else np.zeros(0, np.int64)
        return self._snapshot.columns.row_ids[rows]

    def listed(self, name: str) -> list[int]:
        """Return the same as a list."""
        ids: list[int] = self.row_ids(name).tolist()
        return ids

    def first(self, name: str, count: int) -> tuple[str, ...]:
        """Return the ids of the panels that are surest to have an element."""
        found = self.named(name)
        rows = self._best[found][:count] if found is not None else ()
        return tuple(self._snapshot.columns.panel_id(int(row)) for row in rows)

    def counts(self, rows: Rows) -> dict[str, int]:
        """Return how many of the rows have each element."""
        self._refresh()
        if not self._rows:
            return {}
        wanted = np.zeros(len(self._snapshot.columns.row_ids), np.bool_)
        wanted[rows] = True
        counted = {name: int(wanted[mine].sum()) for name, mine in self._rows.items()}
        return {name: count for name, count in counted.items() if count}

    def notes_on(self, names: Sequence[str]) -> Iterator[str]:
        """Say what elements there are, where one is asked for that is not."""
        for name in names:
            if self.named(name) is None:
                known = ", ".join(self._facts) or "none: teach one with 'longbox element add'"
                yield f"no element is called {name[:40]!r}; there are: {known}"

    def _refresh(self) -> None:
        """Look, at most once a second, whether elements were worked out anew."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at < REFRESH_SECONDS:
                return
            self._looked_at = now
            table = self._open()
            if table is None:
                self._version, self._facts, self._rows, self._best = -1, {}, {}, {}
            elif table.version != self._version:
                self._read(table)

    def _open(self) -> "Table | None":
        try:
            return self._database.open_table(ELEMENTS)
        except ValueError as error:  # LanceDB's word for a table that is not there
            if store_trouble(error) is not None:
                raise
            return None

    def _read(self, table: "Table") -> None:
        version = table.version
        table.checkout(version)
        found = table.search().select(["element", "panel_id", "score", "facts"]).limit(ALL_ROWS).to_arrow()
        told = found.filter(pc.is_valid(found["facts"]))["facts"].to_pylist()
        facts = sorted(_whole(told), key=lambda one: one.name)
        panels = found.filter(pc.is_null(found["facts"]))
        rows = rows_of_panels(self._snapshot, panels["panel_id"])
        names = panels["element"].combine_chunks().dictionary_encode()
        codes = names.indices.to_numpy()
        of_name = {str(name): code for code, name in enumerate(names.dictionary.to_pylist())}
        there = rows >= 0
        self._rows = {one.name: _mine(rows, there & (codes == of_name.get(one.name, -1))) for one in facts}
        scores = panels["score"].to_numpy()
        self._best = {
            one.name: _best(rows, scores, there & (codes == of_name.get(one.name, -1))) for one in facts
        }
        self._facts = {one.name: one for one in facts}
        self._version = version


def _whole(told: Sequence[str]) -> Iterator[ElementFacts]:
    """Read facts; a damaged element is not known, and takes no search down with it."""
    for text in told:
        try:
            yield ElementFacts.from_json(text)
        except LibraryFormatError as error:
            logger.warning("%s", error)


def _best(rows: Rows, scores: NDArray[np.float32], mask: NDArray[np.bool_]) -> Rows:
    """Return the rows of the highest scores, a few."""
    mine = np.flatnonzero(mask)
    return rows[mine[np.argsort(-scores[mine], kind="stable")[:MOST_SHOWN]]]


def _mine(rows: Rows, mask: NDArray[np.bool_]) -> Rows:
    return np.unique(rows[mask])
