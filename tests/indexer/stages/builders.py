"""Drafts of pages with only what a test is about."""

from collections.abc import Sequence

from indexer.stages.drafts import PageDraft
from indexer.stages.pictures import PageMeasures
from schemas.geometry import Box
from schemas.records import PageLayout, PanelLook, PanelRegion, TextLine, TextRegion


def draft(
    page_no: int = 1,
    *,
    size: tuple[int, int] = (700, 1000),
    panels: Sequence[Box] = (Box(0, 0, 1, 0.4), Box(0, 0.5, 1, 1)),
    lines: Sequence[TextLine] = (),
    text: str = "",
) -> PageDraft:
    regions = (TextRegion(Box(0.1, 0.1, 0.2, 0.2), text, text, 1.0),) if text else ()
    return PageDraft(
        page_no=page_no,
        page_file=f"{page_no}.png",
        sha256="",
        width_px=size[0],
        height_px=size[1],
        degraded=None,
        phash=0,
        measures=PageMeasures(0.5, 0.5, 0.2),
        layout=PageLayout(tuple(PanelRegion(box, 1.0) for box in panels), 1.0),
        panel_hashes=tuple(range(len(panels))),
        page_vector=None,
        panel_vectors=(None,) * len(panels),
        panel_tags=((),) * len(panels),
        panel_looks=(PanelLook(0.5, 0.5),) * len(panels),
        lines=tuple(lines),
        regions=regions,
    )
