"""Nearest panels to vectors that come from outside: hundreds in one call, ids and cosines alone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import partial

from schemas.errors import QueryError
from schemas.messages import NearestRequest, Neighbour
from schemas.records import FloatMatrix
from schemas.tables import PANELS
from search.encoding import Dims
from search.filtering.filters import shown_condition
from search.state.snapshot import Snapshot
from search.state.vectors import RowScores

COLUMNS = {"meaning": "vector_text", "look": "vector_picture"}
_FACTS = ("panel_id", "book_id", "ingest_rev")
TOGETHER = 64
"""Vectors that one thread compares at a time: more read a row once for more of them."""
SPARE = 10
"""Further rows looked at, since those of a book that is being replaced are not shown."""


def nearest_panels(
    request: NearestRequest, snapshot: Snapshot, threads: Executor, dims: Dims
) -> list[tuple[Neighbour, ...]]:
    """Return the nearest panels to each vector, best first. Raises QueryError for vectors of another size."""
    wanted = dims.text if request.side == "meaning" else dims.picture
    if request.vectors.shape[1] != wanted:
        raise QueryError(
            f"vectors of {request.side} have {wanted} numbers here, not {request.vectors.shape[1]}: "
            "embed with the encoder that the library was made with"
        )
    parts = [request.vectors[i : i + TOGETHER] for i in range(0, len(request.vectors), TOGETHER)]
    look = partial(_nearest, snapshot, COLUMNS[request.side], request.k)
    return [found for part in threads.map(look, parts) for found in part]


def _nearest(snapshot: Snapshot, column: str, k: int, vectors: FloatMatrix) -> list[tuple[Neighbour, ...]]:
    held, where = snapshot.vectors(PANELS, column), shown_condition(snapshot)
    if where is None:
        found = held.nearest_to_each(vectors, k=k + SPARE)
    else:
        found = [held.nearest(vector, k=k + SPARE, where=where) for vector in vectors]
    rows = sorted({row for rows, _ in found for row in rows.tolist()})
    shown = _shown(snapshot, rows)
    return [tuple(_neighbours(answer, shown))[:k] for answer in found]


def _shown(snapshot: Snapshot, rows: Sequence[int]) -> dict[int, str]:
    """Return the ids of panels that may be shown, by row."""
    if not rows:
        return {}
    facts = snapshot.take(PANELS, rows, _FACTS)
    columns = (facts[name].to_pylist() for name in ("_rowid", *_FACTS))
    panels = zip(*columns, strict=True)
    return {
        row: panel
        for row, panel, book, rev in panels
        if snapshot.is_current(book, rev) and not snapshot.left_out.has(panel)
    }


def _neighbours(answer: RowScores, shown: dict[int, str]) -> Iterator[Neighbour]:
    for row, score in zip(answer[0].tolist(), answer[1].tolist(), strict=True):
        if row in shown:
            yield Neighbour(shown[row], score)
