"""Counting the values that panels can be filtered by."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import PANELS
from search.details import Facets, FacetValue
from search.snapshot import Snapshot

MAX_VALUES = 200
"""Values of one facet that are listed; a form with thousands of series helps nobody."""


def count_facets(snapshot: Snapshot) -> Facets:
    """Count the panels of every value of each facet, over books that can be searched."""
    seen = ["tags"] if snapshot.knows_seen else []
    rows = snapshot.rows(PANELS, ["book_id", "series", "language", "page_type", "year", *seen])
    rows = rows.filter(pc.is_in(rows["book_id"], pa.array(list(snapshot.books), pa.string())))
    years = sorted(_counted(rows["year"]), key=lambda facet: int(facet.value))
    return Facets(
        series=_counted(rows["series"])[:MAX_VALUES],
        languages=_counted(rows["language"])[:MAX_VALUES],
        page_types=_counted(rows["page_type"]),
        years=tuple(years),
        tags=_counted(_flat(rows["tags"]))[:MAX_VALUES] if seen else (),
    )


def _flat(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([chunk.flatten() for chunk in lists.chunks], pa.string())


def _counted(column: pa.ChunkedArray) -> tuple[FacetValue, ...]:
    counts: Counter[str] = Counter()
    for pair in pc.value_counts(column.drop_null()).to_pylist():
        counts[str(pair["values"])] += pair["counts"]
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetValue(value, count) for value, count in ordered)
