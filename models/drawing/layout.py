"""Page layouts: where the frames of a page stand, in reading order; the named ones are in ``layouts``.

A layout is written for left-to-right books; right-to-left pages are its mirror image. Cells tile the
unit square of the live area without gaps; gutters come from shrinking them. A strip (vertical
webtoon) counts both x and y in page widths and sets the height of its own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.drawing.art.geometry import Rect
from models.drawing.frames import bounds, mirrored, rectangle, shared_area, shrunk
from schemas.geometry import Point, Polygon
from schemas.labels import ReadingDirection

# Shares of the page width, measured on common A5 comic books.
MARGIN = 0.045
BOTTOM_MARGIN = 0.055  # leaves room for the page number
GUTTER = 0.014
_ON_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Layout:
    """Frames of one page.

    ``insets`` number the cells that lie over others. ``gutter`` is a share of the page width, 0 means
    that neighbours share one line. ``spread`` doubles the page width. ``strip_height`` is the page
    height in page widths of a vertical strip, None for a page.
    """

    name: str
    cells: tuple[Polygon, ...]
    gutter: float = GUTTER
    dark: bool = False
    bleed: bool = False
    insets: frozenset[int] = frozenset()
    spread: bool = False
    strip_height: float | None = None

    def page_size(self, size_px: tuple[int, int]) -> tuple[int, int]:
        """Return the size in pixels of a page with this layout in a book of that page size."""
        width, height = size_px
        if self.strip_height is not None:
            return width, round(width * self.strip_height)
        return (2 * width, height) if self.spread else (width, height)


def place_frames(
    layout: Layout, size_px: tuple[int, int], direction: ReadingDirection, frames: Sequence[str]
) -> tuple[Polygon, ...]:
    """Return the polygon in pixels of each panel, in reading order.

    Args:
        layout: The layout.
        size_px: Width and height of the page, as ``Layout.page_size`` gives it.
        direction: Right-to-left mirrors the layout.
        frames: The frame style of each panel; ``bleed`` stretches it to the page edge.

    Raises:
        ValueError: The number of panels is not the number of cells.
    """
    if len(frames) != len(layout.cells):
        raise ValueError(f"layout {layout.name!r} has {len(layout.cells)} frames, not {len(frames)}")
    width, height = size_px
    polygons = [
        _on_page(layout, index, size_px, bleed=layout.bleed or frame == "bleed")
        for index, frame in enumerate(frames)
    ]
    if direction is ReadingDirection.RTL:
        polygons = [mirrored(polygon, width) for polygon in polygons]
    return tuple(tuple((_clamp(x, width), _clamp(y, height)) for x, y in polygon) for polygon in polygons)


def _on_page(layout: Layout, index: int, size_px: tuple[int, int], *, bleed: bool) -> Polygon:
    width, height = size_px
    cell = layout.cells[index]
    if layout.strip_height is not None:
        return tuple((x * width, y * width) for x, y in cell)
    unit = width / 2 if layout.spread else width
    margin, bottom = MARGIN * unit, BOTTOM_MARGIN * unit
    x_span, y_span = width - 2 * margin, height - margin - bottom

    def to_page(point: Point) -> Point:
        x, y = point
        if bleed and index not in layout.insets:
            edge_x = 0.0 if x < _ON_EDGE else width if x > 1 - _ON_EDGE else margin + x * x_span
            edge_y = 0.0 if y < _ON_EDGE else height if y > 1 - _ON_EDGE else margin + y * y_span
            return edge_x, edge_y
        return margin + x * x_span, margin + y * y_span

    def inset(a: Point, b: Point) -> float:
        return 0.0 if _at_rim(a, b, size_px, margin, bottom) else layout.gutter * unit / 2

    polygon = tuple(to_page(point) for point in cell)
    return polygon if index in layout.insets else shrunk(polygon, inset)


def _at_rim(a: Point, b: Point, size_px: tuple[int, int], margin: float, bottom: float) -> bool:
    """Say whether an edge lies on the rim of the live area or of the page: no gutter there."""
    width, height = size_px
    xs, ys = (0.0, margin, width - margin, width), (0.0, margin, height - bottom, height)
    near = 0.5
    return any(abs(a[0] - x) < near and abs(b[0] - x) < near for x in xs) or any(
        abs(a[1] - y) < near and abs(b[1] - y) < near for y in ys
    )


def _clamp(value: float, limit: int) -> float:
    return min(max(value, 0.0), float(limit))


def tiers(name: str, rows: str, *, heights: str = "", lean: str = "", tilt: str = "") -> Layout:
    """Make a layout of rows.

    Args:
        name: Name of the layout.
        rows: Relative widths as digits, rows parted by ``/``: ``"12/1"`` is a narrow and a wide
            frame over a full one.
        heights: Relative heights as digits, one a row; equal when empty.
        lean: For each row how far its upright gutters lean, in hundredths of the width.
        tilt: For each gutter between rows how far it falls to the right, in hundredths of the height.
    """
    shapes = [[int(c) for c in row] for row in rows.split("/")]
    parts = [int(c) for c in heights] if heights else [1] * len(shapes)
    leans = [int(v) / 100 for v in lean.split()] or [0.0] * len(shapes)
    tilts = [0.0, *([int(v) / 100 for v in tilt.split()] or [0.0] * (len(shapes) - 1)), 0.0]
    levels = [sum(parts[:k]) / sum(parts) for k in range(len(parts) + 1)]
    cells: list[Polygon] = []
    for k, shape in enumerate(shapes):
        cuts = [sum(shape[:i]) / sum(shape) for i in range(len(shape) + 1)]
        sways = [0.0 if cut in (0.0, 1.0) else leans[k] for cut in cuts]
        for i in range(len(shape)):
            (left, right), (sway_l, sway_r) = cuts[i : i + 2], sways[i : i + 2]
            top = ((left + sway_l, levels[k], tilts[k]), (right + sway_r, levels[k], tilts[k]))
            low = (
                (right - sway_r, levels[k + 1], tilts[k + 1]),
                (left - sway_l, levels[k + 1], tilts[k + 1]),
            )
            cells.append(tuple((x, y + fall * (x - 0.5)) for x, y, fall in (*top, *low)))
    return Layout(name, tuple(cells))


def grid(name: str, areas: str) -> Layout:
    """Make a layout from a drawing in letters, as CSS grid areas: ``"AAB/CDB/CEE"``; A is read first."""
    rows = areas.split("/")
    cells = []
    for letter in sorted(set(areas) - {"/"}):
        spots = [(i, j) for j, row in enumerate(rows) for i, mark in enumerate(row) if mark == letter]
        xs, ys = [i for i, _ in spots], [j for _, j in spots]
        across, down = len(rows[0]), len(rows)
        cells.append(
            rectangle(min(xs) / across, min(ys) / down, (max(xs) + 1) / across, (max(ys) + 1) / down)
        )
    return Layout(name, tuple(cells))


def with_insets(layout: Layout, name: str, *boxes: tuple[float, float, float, float]) -> Layout:
    """Return the layout with small frames laid over one of its cells and read after that one."""
    host = next(i for i, cell in enumerate(layout.cells) if shared_area(bounds(cell), Rect(*boxes[0])))
    first = host + 1
    laid = tuple(rectangle(*box) for box in boxes)
    cells = (*layout.cells[:first], *laid, *layout.cells[first:])
    return replace(layout, name=name, cells=cells, insets=frozenset(range(first, first + len(laid))))


def strip(name: str, height: float, *boxes: tuple[float, float, float, float]) -> Layout:
    """Make a slice of a vertical strip; boxes and height in page widths."""
    return Layout(name, tuple(rectangle(*box) for box in boxes), gutter=0.0, strip_height=height)
