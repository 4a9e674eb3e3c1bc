"""Counting the values that panels can be filtered by, in the whole library or within a result."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from schemas.facets import Facets, FacetValue
from schemas.filters import KNOWN_TRAITS
from search.state.columns import NO_NUMBER, PanelColumns, has_trait
from search.state.snapshot import Snapshot

MAX_VALUES = 200
"""Values of one facet that are listed; a form with thousands of series helps nobody."""

Rows = NDArray[np.int64]


def count_facets(snapshot: Snapshot, row_ids: list[int] | None = None) -> Facets:
    """Count the panels of every value of each facet.

    Args:
        snapshot: the library.
        row_ids: the panels that count, all of books that can be searched where it is None.
    """
    columns = snapshot.columns
    rows = snapshot.current_rows if row_ids is None else columns.rows_of(row_ids)
    books = columns.books.counts(rows)
    years = snapshot.years[rows]
    counted = Counter(years[years != NO_NUMBER].tolist())
    return Facets(
        series=_ordered(columns.facets["series"].counts(rows)),
        languages=_ordered(columns.facets["language"].counts(rows)),
        page_types=_ordered(columns.facets["page_type"].counts(rows)),
        years=tuple(FacetValue(str(year), count) for year, count in sorted(counted.items())),
        tags=_ordered(columns.tags.counts(rows)) if columns.tags else (),
        creators=_of_books(snapshot, "creator", books),
        characters=_of_books(snapshot, "character", books),
        teams=_of_books(snapshot, "team", books),
        genres=_of_books(snapshot, "genre", books),
        licences=_of_books(snapshot, "licence", books),
        traits=_traits(columns, rows),
        lettering=_lettering(columns, rows),
        elements=_ordered(snapshot.elements.counts(rows)),
        stories=_ordered(snapshot.stories.counts(rows)),
        comics=_comics(snapshot, books),
    )


def _comics(snapshot: Snapshot, books: Mapping[str, int]) -> tuple[FacetValue, ...]:
    """Count panels by whether their book is a comic; nothing where all are."""
    others = sum(panels for book, panels in books.items() if book in snapshot.catalogue.no_comics)
    if not others:
        return ()
    return (FacetValue("comic", sum(books.values()) - others), FacetValue("no comic", others))


def _of_books(snapshot: Snapshot, facet: str, books: Mapping[str, int]) -> tuple[FacetValue, ...]:
    counts: Counter[str] = Counter()
    for book, panels in books.items():
        for value in snapshot.catalogue.values_of(book, facet):
            counts[value] += panels
    return _ordered(counts)


def _traits(columns: PanelColumns, rows: Rows) -> tuple[FacetValue, ...]:
    if not columns.measures:
        return ()
    counts = {}
    for trait in KNOWN_TRAITS:
        counts[trait] = int(has_trait(columns, trait, rows).sum())
    return tuple(FacetValue(trait, count) for trait, count in counts.items() if count)


def _lettering(columns: PanelColumns, rows: Rows) -> tuple[FacetValue, ...]:
    said = int(columns.has_text[rows].sum())
    counts = {"text": said, "no text": len(rows) - said}
    return tuple(FacetValue(value, count) for value, count in counts.items() if count)


def _ordered(counts: Mapping[str, int]) -> tuple[FacetValue, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetValue(value, count) for value, count in ordered[:MAX_VALUES])
