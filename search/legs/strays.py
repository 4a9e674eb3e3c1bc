"""Lettering that lies in no panel: a caption in the gutter, a balloon the detector left outside.

Such a line is said on the page, so it is found there: in the panel whose box lies nearest.
"""

from collections.abc import Callable, Sequence

from schemas.geometry import Box, Point
from schemas.tables import PAGES, PANELS
from search.legs.fulltext import any_word
from search.legs.pool import CandidatePool
from search.state.snapshot import is_one_of
from search.state.vectors import RESIDENT_ROWS

NEAR_PANEL_CREDIT = 0.97
"""What a line beside a panel is worth, against the same line inside one."""

LineScorer = Callable[[Sequence[str]], Sequence[float]]
"""Returns for each text how well it holds the line, 0 for not at all."""


def stray_lines(pool: CandidatePool, line: str, score: LineScorer) -> dict[int, float]:
    """Return rows of panels next to lettering that holds the line, with their scores."""
    if pool.snapshot.is_large(PAGES):
        return {}  # pages have no full-text index: a scan of so many is no quick look any more
    search = pool.snapshot.table(PAGES).search(any_word(line), query_type="fts").limit(pool.k)
    found = search.select(["_score"]).with_row_id(True).to_arrow()["_rowid"].to_pylist()
    if not found:
        return {}
    pages = pool.snapshot.take(PAGES, found, ["page_id", "stray_texts"]).to_pylist()
    strays = [
        (page["page_id"], Box.clipped(*text["box"]).center, text["text"])
        for page in pages
        for text in page["stray_texts"] or []
    ]
    scores = score([text for *_, text in strays])
    held = [(page, spot, value) for (page, spot, _), value in zip(strays, scores, strict=True) if value > 0]
    return _nearest_panels(pool, held)


def _nearest_panels(pool: CandidatePool, held: Sequence[tuple[str, Point, float]]) -> dict[int, float]:
    if not held:
        return {}
    where = is_one_of("page_id", sorted({page for page, *_ in held}))
    query = pool.snapshot.table(PANELS).search().where(where if pool.where is None else where & pool.where)
    panels = query.select(["page_id", "box"]).with_row_id(True).limit(RESIDENT_ROWS).to_arrow().to_pylist()
    scores: dict[int, float] = {}
    for page, spot, value in held:
        mine = [
            (_distance(Box.clipped(*row["box"]), spot), row["_rowid"])
            for row in panels
            if row["page_id"] == page
        ]
        if mine:
            row_id = min(mine)[1]
            scores[row_id] = max(scores.get(row_id, 0.0), NEAR_PANEL_CREDIT * value)
    return scores


def _distance(box: Box, spot: Point) -> float:
    """Return the square of the way from a point to the nearest edge of a box."""
    x, y = spot
    across = max(box.x0 - x, 0.0, x - box.x1)
    down = max(box.y0 - y, 0.0, y - box.y1)
    return across * across + down * down
