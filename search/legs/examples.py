"""Probes made of example panels: the middle of those liked, turned away from those unliked."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from models.fusion import PanelParts, layout_row
from schemas.errors import NotFoundError
from schemas.geometry import Box
from schemas.messages import SearchRequest
from schemas.records import FloatMatrix
from schemas.tables import PAGES, PANELS
from search.encoding import Encoders
from search.legs.composition import Side, away_from
from search.legs.nearness import LAYOUT, LIKE, LIKE_FUSED, LIKE_WORDS, VectorProbe, mean_vector
from search.legs.sides import LIKE_FLOORS, LIKE_LEGS, weight_of
from search.state.snapshot import Snapshot, is_one_of
from search.state.vectors import FUSED_VECTOR, PICTURE_VECTOR, TEXT_VECTOR, matrix_of


def example_probes(request: SearchRequest, snapshot: Snapshot, encoders: Encoders) -> Iterator[VectorProbe]:
    """Give the middle of the examples on each side, turned away from the middle of those unliked."""
    if not request.like:
        return
    wanted, unwanted = (_example_rows(snapshot, ids) for ids in (request.like, request.unlike))
    sides = [(LIKE, PICTURE_VECTOR), (LIKE_WORDS, TEXT_VECTOR)]
    if snapshot.format.fusion is not None:
        sides.append((LIKE_FUSED, FUSED_VECTOR))
    weights = dict(LIKE_LEGS)
    if wanted[PICTURE_VECTOR].null_count == len(wanted):  # as in a library of fused vectors alone
        weights[LIKE_FUSED] = weights[LIKE]
    for leg, column in sides:
        if not weight_of(leg, weights[leg], request):
            continue
        middle = mean_vector(matrix_of(wanted[column]))
        if middle is not None:
            other = mean_vector(matrix_of(unwanted[column])) if request.unlike else None
            rows = away_from(middle[np.newaxis], None if other is None else other[np.newaxis])
            yield VectorProbe(leg, PANELS, column, rows, weights[leg], LIKE_FLOORS[leg])
    if not weight_of(LAYOUT, LIKE_LEGS[LAYOUT], request):
        return
    layouts = _example_layouts(snapshot, wanted, encoders)
    if layouts is not None:
        yield VectorProbe(LAYOUT, PANELS, FUSED_VECTOR, layouts, LIKE_LEGS[LAYOUT], LIKE_FLOORS[LAYOUT])


def unliked_rows(request: SearchRequest, snapshot: Snapshot) -> dict[Side, FloatMatrix]:
    """Return the middles (1, dim) of the pictures and of the lettering to keep away from.

    Beside examples that are liked they have their part already. Raises NotFoundError for an unknown panel.
    """
    if not request.unlike or request.like:
        return {}
    rows = _example_rows(snapshot, request.unlike)
    columns: tuple[tuple[Side, str], ...] = (("look", PICTURE_VECTOR), ("meaning", TEXT_VECTOR))
    middles = [(side, mean_vector(matrix_of(rows[column]))) for side, column in columns]
    return {side: middle[np.newaxis] for side, middle in middles if middle is not None}


def picture_rows(snapshot: Snapshot, panel_ids: Sequence[str]) -> FloatMatrix:
    """Return the vectors (n, dim) of the pictures of panels. Raises NotFoundError for an unknown one."""
    return matrix_of(_example_rows(snapshot, panel_ids)[PICTURE_VECTOR])


def example_notes(request: SearchRequest, probes: Sequence[VectorProbe]) -> tuple[str, ...]:
    """Say so if examples are compared by another side than usual."""
    legs = {probe.leg for probe in probes}
    if LIKE in legs or LIKE_FUSED not in legs or {"look", "fused"} & request.weights.keys():
        return ()
    return ("the examples have no vectors of their pictures: compared by their fused vectors",)


def _example_rows(snapshot: Snapshot, panel_ids: Sequence[str]) -> pa.Table:
    """Read the examples. Raises NotFoundError for a panel that the library has not."""
    columns = ["panel_id", "book_id", "ingest_rev", "page_id", "panel_no", "box", PICTURE_VECTOR, TEXT_VECTOR]
    if snapshot.format.fusion is not None:
        columns.append(FUSED_VECTOR)
    books = sorted({panel_id.partition("/")[0] for panel_id in panel_ids})
    # The book's id has an index, the panel's has none.
    where = is_one_of("book_id", books) & is_one_of("panel_id", sorted(set(panel_ids)))
    rows = snapshot.rows(PANELS, columns, where)
    facts = zip(*(rows[name].to_pylist() for name in columns[:3]), strict=True)
    known = {panel_id for panel_id, book_id, rev in facts if snapshot.is_current(book_id, rev)}
    if missing := [panel_id for panel_id in panel_ids if panel_id not in known]:
        raise NotFoundError(f"the library has no panel {missing[0][:100]!r}: take an id from a hit")
    return rows


def _example_layouts(snapshot: Snapshot, examples: pa.Table, encoders: Encoders) -> FloatMatrix | None:
    """Return the fused vectors of panels of which only the place is known, those of the examples."""
    fusion, sizes = encoders.fusion(), encoders.dims
    if fusion is None:
        return None
    columns = ["page_id", "width_px", "height_px", "panel_count"]
    ids = sorted(set(examples["page_id"].to_pylist()))
    pages = {
        row["page_id"]: row for row in snapshot.rows(PAGES, columns, is_one_of("page_id", ids)).to_pylist()
    }
    layouts = [
        layout_row(
            Box.clipped(*row["box"]),
            aspect=page["width_px"] / page["height_px"],
            panel_no=row["panel_no"],
            panel_count=page["panel_count"],
        )
        for row in examples.select(["page_id", "panel_no", "box"]).to_pylist()
        if (page := pages.get(row["page_id"])) is not None
    ]
    if not layouts:
        return None
    blank = [np.zeros((len(layouts), dim), np.float32) for dim in (sizes.picture, sizes.text)]
    return fusion.fuse(PanelParts(blank[0], blank[1], np.stack(layouts)))
