"""Legs that compare vectors: ``meaning``, ``look``, ``page_look``, ``like`` and ``like_words``."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from schemas.tables import PAGES, PANELS
from search.pool import CandidatePool
from search.ranking import Leg
from search.snapshot import is_one_of

MEANING, LINE_MEANING = "meaning", "line_meaning"
LOOK, PAGE_LOOK, LIKE, LIKE_WORDS = "look", "page_look", "like", "like_words"
COSINE_SPREAD = 60.0
"""A first place at a cosine of 0.5 counts like a 31st: the best of bad matches is no good match."""
PAGES_LOOKED_AT = 12
"""Pages like a picture whose panels become candidates."""


@dataclass(frozen=True, slots=True)
class VectorProbe:
    """A vector to look for in one column; cosines under ``floor`` do not count."""

    leg: str
    table: str
    column: str
    vector: NDArray[np.float32] = field(compare=False, repr=False)
    weight: float
    floor: float


def vector_leg(pool: CandidatePool, probe: VectorProbe) -> Leg:
    """Look for a vector among the pool's panels, or among pages whose panels then count."""
    if probe.table == PAGES:
        return _page_leg(pool, probe)
    column = pool.snapshot.vectors(PANELS, probe.column)
    rows, scores = column.nearest(probe.vector, k=pool.k, where=pool.where)
    keep = scores >= pool.floor(probe.floor)
    found = dict(zip(rows[keep].tolist(), scores[keep].tolist(), strict=True))
    return pool.leg(probe.leg, probe.weight, found, is_cut=len(found) >= pool.k, spread=COSINE_SPREAD)


def _page_leg(pool: CandidatePool, probe: VectorProbe) -> Leg:
    """Give every panel of a page that looks alike the page's score."""
    rows, scores = pool.snapshot.vectors(PAGES, probe.column).nearest(probe.vector, k=PAGES_LOOKED_AT)
    keep = scores >= pool.floor(probe.floor)
    by_row = dict(zip(rows[keep].tolist(), scores[keep].tolist(), strict=True))
    if not by_row:
        return Leg(probe.leg, probe.weight, {})
    pages = pool.snapshot.take(PAGES, list(by_row), ["page_id"]).to_pydict()
    by_page = {page: by_row[row] for page, row in zip(pages["page_id"], pages["_rowid"], strict=True)}
    where = is_one_of("page_id", sorted(by_page))
    query = pool.snapshot.table(PANELS).search().where(where if pool.where is None else where & pool.where)
    panels = query.select(["page_id"]).with_row_id(True).limit(pool.k).to_arrow().to_pydict()
    found = {row: by_page[page] for page, row in zip(panels["page_id"], panels["_rowid"], strict=True)}
    return pool.leg(probe.leg, probe.weight, found, is_cut=False, spread=COSINE_SPREAD)


def mean_vector(vectors: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the middle direction of unit vectors (n, dim); None for no vector, or where they cancel."""
    if not len(vectors):
        return None
    middle = vectors.mean(axis=0)
    norm = float(np.linalg.norm(middle))
    return (middle / norm).astype(np.float32) if norm > 0 else None
