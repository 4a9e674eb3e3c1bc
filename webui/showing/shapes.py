"""Shapes that the templates draw: how wide a hit is, and a panel's outline on its page."""

from dataclasses import dataclass
from itertools import pairwise

from search.answers.details import PageDetail, PageSummary, PanelSummary

TALL, TILE_SIDE_PX = 2.0, 1400
"""Pages higher than so many times their width come in tiles, which stay sharp and load as they come
into view; others whole, in a size for windows."""

ASPECTS = (
    *(0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1.0, 1.1, 1.2),
    *(1.35, 1.5, 1.65, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0, 3.4),
)
"""Width over height of a hit's tile, each with a class in css/search.css: the content security policy
lets no style into the page, and at most a sixteenth of a panel inside this range is cut away."""


def tile_class(aspect: float) -> str:
    """Return the class of the tile that is nearest in shape to a panel."""
    nearest = min(ASPECTS, key=lambda known: max(known, aspect) / min(known, aspect))
    return f"a{round(nearest * 100)}"


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a page as one picture: ``box`` is None for the whole; sizes are of the page's pixels."""

    box: str | None
    width_px: int
    height_px: int
    side_px: int


def tiles(page: PageDetail | PageSummary) -> tuple[Tile, ...]:
    """Return the pictures that make up a page, from the top."""
    width, height = max(page.width_px, 1), max(page.height_px, 1)
    if height <= TALL * width:
        return (Tile(None, width, height, TILE_SIDE_PX),)
    count = -(-2 * height // (3 * width))  # each at most half as high again as wide
    edges = [round(height * number / count) for number in range(count + 1)]
    return tuple(
        Tile(f"0,{top / height:.4f},1,{bottom / height:.4f}", width, bottom - top, TILE_SIDE_PX)
        for top, bottom in pairwise(edges)
    )


def outline(panel: PanelSummary, page: PageDetail) -> str:
    """Return a panel's corners in page pixels, as the points of an SVG polygon."""
    x0, y0, x1, y1 = panel.box.as_tuple()
    corners = panel.polygon or ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return " ".join(f"{x * page.width_px:.1f},{y * page.height_px:.1f}" for x, y in corners)
