"""Filters alone: the panels that pass them, in order of their books and pages."""

import numpy as np

from schemas.messages import SearchFilters
from schemas.tables import PANELS
from search.filtering.filters import panel_condition
from search.state.snapshot import Snapshot
from search.state.vectors import row_ids


def passing_panels(snapshot: Snapshot, filters: SearchFilters, k: int) -> tuple[list[int], bool]:
    """Return the row ids of the first ``k`` panels, by title and place, and whether there are more."""
    where = panel_condition(filters, snapshot)
    columns = snapshot.columns
    rows = columns.rows_of(row_ids(snapshot.table(PANELS), where).tolist())
    rows = rows[np.isin(rows, snapshot.current_rows)]
    order = np.lexsort((columns.places[rows], _shelf(snapshot)[columns.books.codes[rows]]))
    first = rows[order[:k]]
    return columns.row_ids[first].tolist(), len(rows) > k


def _shelf(snapshot: Snapshot) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return for each book of the columns where it stands among all, by title."""
    books, titles = snapshot.columns.books.values, snapshot.catalogue.titles
    ordered = sorted(
        range(len(books)), key=lambda code: (titles.get(books[code], "").casefold(), books[code])
    )
    shelf = np.empty(len(books), np.int64)
    shelf[ordered] = np.arange(len(books))
    return shelf
