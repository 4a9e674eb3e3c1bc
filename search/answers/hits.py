"""From places in the ranked list to hits: what they show beside their score."""

from collections.abc import Sequence
from dataclasses import replace

from schemas.geometry import Box
from schemas.messages import SearchHit, SearchRequest
from schemas.tables import PANELS
from search.answers.highlights import Highlighter
from search.ranking import Ranked
from search.state.entries import PageEntry
from search.state.snapshot import Snapshot

_Around = tuple[tuple[str, ...], tuple[str, ...]]
_COLUMNS = ("panel_id", "page_no", "panel_no", "box", "page_type", "series", "description")


def hits_of(request: SearchRequest, snapshot: Snapshot, shown: Sequence[Ranked]) -> tuple[SearchHit, ...]:
    """Return the hits of a page of results."""
    if not shown:
        return ()
    rows = snapshot.take(PANELS, [hit.candidate.row_id for hit in shown], _COLUMNS).to_pylist()
    facts = {row["panel_id"]: row for row in rows}
    pages = snapshot.pages(hit.candidate.page_id for hit in shown)
    highlighter = Highlighter(request)
    around = _around(request.window, snapshot, shown)
    return tuple(
        replace(
            _hit(snapshot, hit, facts[hit.candidate.panel_id], pages[hit.candidate.page_id]),
            highlights=highlighter.spans(hit.candidate.text),
            before=before,
            after=after,
        )
        for hit, (before, after) in zip(shown, around, strict=True)
    )


def _around(window: int, snapshot: Snapshot, shown: Sequence[Ranked]) -> list[_Around]:
    """Return the ids of the panels before and after each hit."""
    if not window:
        return [((), ())] * len(shown)
    columns = snapshot.columns
    rows = columns.rows_of(hit.candidate.row_id for hit in shown).tolist()
    return [(tuple(before), tuple(after)) for before, after in (columns.around(row, window) for row in rows)]


def _hit(snapshot: Snapshot, hit: Ranked, row: dict[str, object], page: PageEntry) -> SearchHit:
    candidate, book = hit.candidate, snapshot.books[hit.candidate.book_id]
    corners = row["box"]
    if not isinstance(corners, list):
        raise TypeError("a panel's box is a list of numbers")
    box = Box.clipped(*corners)
    return SearchHit(
        panel_id=candidate.panel_id,
        page_id=candidate.page_id,
        book_id=candidate.book_id,
        title=book.title,
        source=book.source,
        page_no=int(str(row["page_no"])),
        page_file=page.page_file,
        panel_no=int(str(row["panel_no"])),
        box=box,
        score=hit.score,
        legs=hit.legs,
        text=candidate.text,
        page_type=str(row["page_type"]),
        series=book.series,
        tags=candidate.tags,
        description=str(row["description"] or ""),
        duplicates=hit.duplicates,
        group_size=hit.group_size,
        run=hit.run,
        aspect=box.width * page.width_px / max(box.height * page.height_px, 1.0),
    )
