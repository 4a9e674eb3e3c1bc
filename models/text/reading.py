"""Reading order of lines inside a region, and of regions inside a panel or a page."""

from collections.abc import Sequence

from schemas.labels import ReadingDirection
from schemas.records import TextLine, TextRegion

SAME_ROW_OVERLAP = 0.5
"""Shared height of two lines, over the lower one, from which they stand in one row."""
SAME_TIER_OVERLAP = 0.6
"""The same for regions: balloons side by side are read across, staggered ones downwards."""


def rows_of(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Return the rows of a region from top to bottom, each from left to right.

    Columns of CJK come as rows of one: from right to left, each from top to bottom.
    """
    if lines and 2 * sum(line.vertical for line in lines) > len(lines):
        return [[line] for line in sorted(lines, key=lambda line: (-line.box.center[0], line.box.y0))]
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.center[1]):
        if rows and _shared_height(rows[-1][-1], line) >= SAME_ROW_OVERLAP:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.x0) for row in rows]


def in_reading_order(regions: Sequence[TextRegion], *, direction: ReadingDirection) -> tuple[TextRegion, ...]:
    """Sort the regions of one panel (or of a page without panels).

    From the top downwards; regions whose heights mostly coincide form a tier, which is read
    from the side where the page starts.
    """
    tiers: list[list[TextRegion]] = []
    for region in sorted(regions, key=lambda region: (region.box.y0, region.box.x0)):
        for tier in tiers[-1:]:
            if all(_shared_height(other, region) >= SAME_TIER_OVERLAP for other in tier):
                tier.append(region)
                break
        else:
            tiers.append([region])
    sign = -1 if direction is ReadingDirection.RTL else 1
    return tuple(
        region for tier in tiers for region in sorted(tier, key=lambda region: sign * region.box.center[0])
    )


def _shared_height(first: TextLine | TextRegion, second: TextLine | TextRegion) -> float:
    a, b = first.box, second.box
    low = min(a.height, b.height)
    return (min(a.y1, b.y1) - max(a.y0, b.y0)) / low if low > 0 else 0.0
