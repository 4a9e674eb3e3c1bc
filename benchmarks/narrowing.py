"""What filters, counts and suggestions add to a search: ``python -m benchmarks.narrowing [ROWS]``.

A made-up library; each figure is the median of the fastest third of many tries, in processor time, so
that other processes on the machine count little.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np

import search
from indexer.library.upkeep import Upkeep
from schemas.messages import SearchRequest
from schemas.tables import FORMAT_VERSION, PANELS, table_names
from search.bench.material import usual_format, write_library
from search.bench.vectors import Source, open_vectors, write_vectors
from search.box.grammar import expand
from search.filtering.facets import count_facets
from search.filtering.filters import panel_condition
from search.filtering.masks import passing_rows
from search.legs.fulltext import any_word
from search.library import Library
from search.state.vectors import row_ids

ROWS = 100_000
TRIES = 15
MEASURED = {
    "lightness": "cast((page_no * 37 + panel_no * 11) % 100 as float) / 100",
    "colourfulness": "cast((page_no * 13 + panel_no * 7) % 20 as float) / 100",
    "aspect": "cast(50 + (page_no * 29 + panel_no * 17) % 100 as float) / 100",
}
FILTERS = ('series:"series 5"', "is:dark", "is:bw is:landscape", "-series:series page:1..4", "year:>=2000")
HITS = 1_000


def build(folder: Path, rows: int) -> Path:
    """Write a library of panels that have measures, and index it."""
    import lancedb

    write_vectors(folder / "vectors.npy", Source(20), rows)
    write_library(folder / "library", open_vectors(folder / "vectors.npy"), usual_format())
    database = lancedb.connect(str(folder / "library"))
    panels = database.open_table(PANELS)
    panels.drop_columns(list(MEASURED))
    panels.add_columns(MEASURED)
    tables = {name: database.open_table(name) for name in table_names(FORMAT_VERSION)}
    Upkeep(tables, keep_versions=timedelta(days=1)).finish()
    return folder / "library"


def spent_ms(action: Callable[[], object], *, clock: Callable[[], float] = time.process_time) -> float:
    """Return how long an action takes: the median of the fastest third of the tries."""
    tries = []
    for _ in range(TRIES):
        started = clock()
        action()
        tries.append((clock() - started) * 1000)
    return float(np.median(sorted(tries)[: TRIES // 3]))


def report(library: Library) -> None:
    """Print the figures."""
    snapshot = library.snapshot()
    started = time.process_time()
    library.facets()
    print(f"columns read and facets counted, once a state: {(time.process_time() - started) * 1000:.0f} ms")
    table = snapshot.table(PANELS)
    words = " ".join(word for word, _ in snapshot.lexicon.frequency.most_common(303)[300:])

    def look(where: object) -> object:
        query = table.search(any_word(words), query_type="fts").limit(200)
        query = query if where is None else query.where(where, prefilter=True)
        return query.select(["_score"]).with_row_id(True).to_arrow()

    bare = spent_ms(lambda: look(None))
    for typed in FILTERS:
        filters = expand(SearchRequest(text=f"x {typed}")).filters
        where = panel_condition(filters, snapshot)
        mask = spent_ms(lambda filters=filters: passing_rows(filters, snapshot))  # type: ignore[misc]
        scan = spent_ms(lambda where=where: row_ids(table, where))  # type: ignore[misc]
        words_ms = spent_ms(lambda where=where: look(where)) - bare  # type: ignore[misc]
        print(f"{typed}: rows {mask:.1f} ms (a scan {scan:.1f}), beside words {words_ms:+.1f} ms")
    hits = snapshot.columns.row_ids[:: max(1, len(snapshot.columns.row_ids) // HITS)][:HITS].tolist()
    print(f"facets within {HITS:,} hits: {spent_ms(lambda: count_facets(snapshot, hits)):.1f} ms")
    rows = snapshot.columns.rows_of(hits[:20]).tolist()
    print(f"neighbours of 20 hits: {spent_ms(lambda: [snapshot.columns.around(r, 2) for r in rows]):.1f} ms")
    library.suggest("a")
    boxes = [word[:size] for word, _ in snapshot.lexicon.frequency.most_common(200) for size in (1, 2, 4)]
    taken = [spent_ms(lambda box=box: library.suggest(box)) for box in boxes[::6]]  # type: ignore[misc]
    shown = " / ".join(f"{ms:.1f}" for ms in np.percentile(taken, [50, 95, 100]))
    print(f"suggest, p50 / p95 / most: {shown} ms")


def main() -> None:
    """Build and measure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder, search.open(build(Path(folder), rows)) as library:
        report(library)


if __name__ == "__main__":
    main()
