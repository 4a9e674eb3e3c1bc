"""How the pages of a library spread over years, languages, types and series."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pyarrow as pa
import pyarrow.compute as pc

from schemas.facets import FacetValue
from schemas.tables import BOOKS, PAGES
from search.state.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class PageCounts:
    """Pages by what their books say, the most frequent first; ``years`` in order of time.

    Pages of books that do not say count nowhere.
    """

    years: tuple[FacetValue, ...]
    languages: tuple[FacetValue, ...]
    types: tuple[FacetValue, ...]
    series: tuple[FacetValue, ...]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def count_pages(snapshot: Snapshot) -> PageCounts:
    """Count the pages of books that can be searched."""
    columns = ["book_id", "year", "language", "series", "page_count"]
    rows = [row for row in snapshot.rows(BOOKS, columns).to_pylist() if row["book_id"] in snapshot.books]
    years, languages, series = (_summed(rows, name) for name in ("year", "language", "series"))
    return PageCounts(
        years=tuple(FacetValue(str(year), years[year]) for year in sorted(years)),
        languages=_ordered(languages),
        types=_ordered(_types(snapshot)),
        series=_ordered(series),
    )


def _summed(rows: list[dict[str, int | str | None]], column: str) -> Counter[int | str]:
    sums: Counter[int | str] = Counter()
    for row in rows:
        value = row[column]
        if value is not None:
            sums[value] += int(row["page_count"] or 0)
    return sums


def _types(snapshot: Snapshot) -> Counter[int | str]:
    rows = snapshot.rows(PAGES, ["book_id", "page_type"])
    known = rows.filter(pc.is_in(rows["book_id"], pa.array(list(snapshot.books), pa.string())))
    counted = pc.value_counts(known["page_type"].drop_null()).to_pylist()
    return Counter({pair["values"]: pair["counts"] for pair in counted})


def _ordered(counts: Mapping[int | str, int]) -> tuple[FacetValue, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return tuple(FacetValue(str(value), count) for value, count in ordered if count)
