"""Legs that compare vectors: ``meaning``, ``look``, ``page_look``, ``like`` and ``like_words``."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix
from schemas.tables import PAGES, PANELS
from search.filtering.filters import shown_condition
from search.legs.pool import CandidatePool
from search.ranking import Leg
from search.state.snapshot import is_one_of

if TYPE_CHECKING:
    from lancedb.expr import Expr

MEANING, LINE_MEANING = "meaning", "line_meaning"
LOOK, PAGE_LOOK, LIKE, LIKE_WORDS = "look", "page_look", "like", "like_words"
FUSED, LIKE_FUSED, LAYOUT = "fused", "like_fused", "layout"
COSINE_SPREAD = 60.0
"""A first place at half of a full cosine counts like a 31st: the best of bad matches is no good match."""
PAGES_LOOKED_AT = 12
"""Pages like a picture whose panels become candidates."""


@dataclass(frozen=True, slots=True)
class VectorProbe:
    """Vectors to look for in one column, (n, dim): being near any of them counts.

    Cosines under ``floor`` do not count, those from ``full`` on count fully: words and pictures
    never come as near to each other as two pictures. Probes of one ``question`` are alternatives.
    """

    leg: str
    table: str
    column: str
    vectors: FloatMatrix = field(compare=False, repr=False)
    weight: float
    floor: float
    question: str = ""
    full: float = 1.0


def vector_leg(pool: CandidatePool, probe: VectorProbe) -> Leg:
    """Look for a vector among the pool's panels, or among pages whose panels then count."""
    if probe.table == PAGES:
        return _page_leg(pool, probe)
    found = _nearest_rows(pool, probe, k=pool.k, where=pool.where)
    return _leg(pool, probe, found, is_cut=len(found) >= pool.k)


def _nearest_rows(
    pool: CandidatePool, probe: VectorProbe, *, k: int, where: "Expr | None"
) -> dict[int, float]:
    """Return row ids and their best cosine with any of the probe's vectors."""
    column, floor = pool.snapshot.vectors(probe.table, probe.column), pool.floor(probe.floor)
    found: dict[int, float] = {}
    for vector in probe.vectors:
        rows, scores = column.nearest(vector, k=k, where=where)
        keep = scores >= floor
        for row, score in zip(rows[keep].tolist(), scores[keep].tolist(), strict=True):
            found[row] = max(score, found.get(row, score))
    return found


def _page_leg(pool: CandidatePool, probe: VectorProbe) -> Leg:
    """Give every panel of a page that looks alike the page's score."""
    by_row = _nearest_rows(pool, probe, k=PAGES_LOOKED_AT, where=shown_condition(pool.snapshot))
    if not by_row:
        return Leg(probe.leg, probe.weight, {})
    pages = pool.snapshot.take(PAGES, list(by_row), ["page_id"]).to_pydict()
    by_page = {page: by_row[row] for page, row in zip(pages["page_id"], pages["_rowid"], strict=True)}
    where = is_one_of("page_id", sorted(by_page))
    query = pool.snapshot.table(PANELS).search().where(where if pool.where is None else where & pool.where)
    panels = query.select(["page_id"]).with_row_id(True).limit(pool.k).to_arrow().to_pydict()
    found = {row: by_page[page] for page, row in zip(panels["page_id"], panels["_rowid"], strict=True)}
    return _leg(pool, probe, found, is_cut=False)


def _leg(pool: CandidatePool, probe: VectorProbe, found: dict[int, float], *, is_cut: bool) -> Leg:
    return Leg(
        probe.leg,
        probe.weight,
        pool.shown(found),
        is_cut=is_cut,
        spread=COSINE_SPREAD,
        question=probe.question,
        full=probe.full,
    )


def mean_vector(vectors: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the middle direction of unit vectors (n, dim); None for no vector, or where they cancel."""
    if not len(vectors):
        return None
    middle = vectors.mean(axis=0)
    norm = float(np.linalg.norm(middle))
    return (middle / norm).astype(np.float32) if norm > 0 else None
