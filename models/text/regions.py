"""Lines into regions: the lines of one balloon, caption or sound effect belong together.

Two lines are linked where the geometry of lettering allows it (line height, gap, overlap) and,
with the page at hand, where the paper between them is the same and no outline runs there.
Connected lines are a region. Page-relative boxes are enough: each test compares lengths along one axis.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from models.text.cleaning import is_noise, join_lines
from models.text.kinds import kind_of
from models.text.paper import same_paper
from models.text.reading import in_reading_order, rows_of
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import PanelRegion, RgbImage, TextLine, TextRegion

MIN_HOME_SHARE = 0.9
"""Share of a line inside a panel from which it is no balloon poking into the next one."""
MAX_HEIGHT_RATIO = 1.9
"""Heights of two lines of one region; a line of small letters is lower than one with capitals."""
MAX_LEADING = 0.75
"""Gap between stacked lines over the lower one's height (detected boxes already hold some leading)."""
MIN_STACK_OVERLAP = 0.4
"""Shared extent of stacked lines over the shorter one."""
MIN_ROW_OVERLAP = 0.6
"""Shared height of two pieces of one row over the lower one."""
MAX_WORD_GAP = 2.2
"""Gap between pieces of a row in glyph widths: a wide space."""


def group_lines(
    lines: Sequence[TextLine],
    *,
    direction: ReadingDirection,
    page: RgbImage | None = None,
    panels: Sequence[PanelRegion] = (),
) -> tuple[TextRegion, ...]:
    """Group the lines of a page into regions in reading order.

    Args:
        lines: What a reader returned; noise is dropped here.
        direction: Side on which the page starts; columns of CJK always run right to left.
        page: The picture that was read. With it, balloon outlines keep neighbours apart and
            kinds are told; without it every kind is UNKNOWN.
        panels: Panels of the page: lines well inside two different ones are never grouped.
    """
    kept = [line for line in lines if not is_noise(line)]
    groups = _connected(kept, page, [_home(line.box, panels) for line in kept])
    regions = [_with_kind(_region(group), group, page, panels) for group in groups]
    return in_reading_order(regions, direction=direction)


def _connected(lines: list[TextLine], page: RgbImage | None, homes: list[int | None]) -> list[list[TextLine]]:
    parent = list(range(len(lines)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, j in combinations(range(len(lines)), 2):
        if (
            root(i) != root(j)
            and (homes[i] == homes[j] or None in (homes[i], homes[j]))
            and _fit_together(lines[i], lines[j])
            and (page is None or same_paper(page, lines[i].box, lines[j].box))
        ):
            parent[root(j)] = root(i)
    groups: dict[int, list[TextLine]] = {}
    for index, line in enumerate(lines):
        groups.setdefault(root(index), []).append(line)
    return list(groups.values())


def _home(box: Box, panels: Sequence[PanelRegion]) -> int | None:
    """Return the smallest panel that a line is well inside of, None where it pokes out of all."""
    if box.area <= 0:
        return None
    holders = [
        (panel.box.area, index)
        for index, panel in enumerate(panels)
        if box.intersection_area(panel.box) >= MIN_HOME_SHARE * box.area
    ]
    return min(holders)[1] if holders else None


def _fit_together(first: TextLine, second: TextLine) -> bool:
    if first.vertical != second.vertical:
        return False
    a, b = (_along_rows(first), _along_rows(second))
    low, high = sorted((a.height, b.height))
    if low <= 0 or high > MAX_HEIGHT_RATIO * low:
        return False
    shared_height = min(a.y1, b.y1) - max(a.y0, b.y0)
    shared_width = min(a.x1, b.x1) - max(a.x0, b.x0)
    if shared_height >= MIN_ROW_OVERLAP * low:
        glyph = min(a.width / max(len(first.text), 1), b.width / max(len(second.text), 1))
        return -shared_width <= MAX_WORD_GAP * glyph
    narrow = min(a.width, b.width)
    return -shared_height <= MAX_LEADING * low and shared_width >= MIN_STACK_OVERLAP * narrow


def _along_rows(line: TextLine) -> Box:
    """Return the line's box with its writing direction along x: columns are read as rows."""
    box = line.box
    return Box(box.y0, box.x0, box.y1, box.x1) if line.vertical else box


def _region(lines: list[TextLine]) -> TextRegion:
    rows = rows_of(lines)
    ordered = [line for row in rows for line in row]
    box = ordered[0].box
    for line in ordered[1:]:
        box = box.union(line.box)
    letters = sum(len(line.text) for line in ordered)
    return TextRegion(
        box=box,
        text=join_lines([" ".join(line.text.strip() for line in row) for row in rows]),
        raw_text="\n".join(line.text for line in ordered),
        confidence=sum(line.confidence * len(line.text) for line in ordered) / letters,
    )


def _with_kind(
    region: TextRegion, lines: list[TextLine], page: RgbImage | None, panels: Sequence[PanelRegion]
) -> TextRegion:
    if page is None:
        return region
    home = _home(region.box, panels)
    within = None if home is None else panels[home].box
    return replace(region, kind=kind_of(page, region, lines, within=within))
