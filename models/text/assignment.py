"""Which panel a piece of lettering belongs to."""

from collections.abc import Sequence

from models.text.border_notes import is_border_note
from models.text.reading import in_reading_order
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import PanelRegion, TextRegion

MIN_INSIDE = 0.5
"""Share of a region inside a panel from which it is that panel's beyond doubt."""
INSET_MARGIN = 0.8
"""An inset needs nearly as much of a region as the panel around it."""
MAX_GUTTER = 0.03
"""Distance, as a share of the page, over which a region without any overlap is still drawn to a panel."""

MAX_HEADROOM = 0.12
"""The same for a panel right above, below or beside: balloons on white often stand over the drawing."""
MIN_FACING = 0.5
"""Share of a region's width or height over which a panel lies right above, below or beside it."""

PanelTexts = tuple[tuple[TextRegion, ...], ...]


def assign_to_panels(
    regions: Sequence[TextRegion], panels: Sequence[PanelRegion], *, direction: ReadingDirection
) -> tuple[PanelTexts, tuple[TextRegion, ...]]:
    """Give each region to its panel.

    Returns the regions of each panel, in the order of ``panels`` and sorted for reading, and
    the stray ones: those in and near no panel, and addresses up a gutter.
    """
    owned: list[list[TextRegion]] = [[] for _ in panels]
    stray: list[TextRegion] = []
    for region in regions:
        owner = None if is_border_note(region, panels) else _owner(region.box, panels)
        (stray if owner is None else owned[owner]).append(region)
    texts = tuple(in_reading_order(items, direction=direction) for items in owned)
    return texts, in_reading_order(stray, direction=direction)


def _owner(box: Box, panels: Sequence[PanelRegion]) -> int | None:
    if not panels:
        return None
    shares = [_share_inside(box, panel.box) for panel in panels]
    most = max(shares)
    if most > 0:
        # Panels overlap where one is an inset: among those that hold (nearly) the most, the smallest.
        holders = [index for index, share in enumerate(shares) if share >= INSET_MARGIN * most]
        return min(holders, key=lambda index: (panels[index].box.area, index))
    return _nearest(box, panels)


def _nearest(box: Box, panels: Sequence[PanelRegion]) -> int | None:
    """Return the panel that a region outside all panels belongs to: one it faces before one at a corner."""

    def rank(index: int) -> tuple[bool, float]:
        return not _faces(box, panels[index].box), _gap(box, panels[index].box)

    nearest = min(range(len(panels)), key=rank)
    at_a_corner, gap = rank(nearest)
    return nearest if gap <= (MAX_GUTTER if at_a_corner else MAX_HEADROOM) else None


def _share_inside(box: Box, panel: Box) -> float:
    if box.area > 0:
        return box.intersection_area(panel) / box.area
    return float(panel.contains(box.center))


def _faces(box: Box, panel: Box) -> bool:
    across = min(box.x1, panel.x1) - max(box.x0, panel.x0)
    along = min(box.y1, panel.y1) - max(box.y0, panel.y0)
    return across >= MIN_FACING * box.width or along >= MIN_FACING * box.height


def _gap(first: Box, second: Box) -> float:
    """Return the larger of the gaps along x and y between two boxes, 0 where they meet."""
    gap_x = max(first.x0, second.x0) - min(first.x1, second.x1)
    gap_y = max(first.y0, second.y0) - min(first.y1, second.y1)
    return max(gap_x, gap_y, 0.0)
