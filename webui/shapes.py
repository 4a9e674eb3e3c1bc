"""Shapes that the templates draw: how wide a hit is, and a panel's outline on its page."""

from search.details import PageDetail, PanelSummary

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


def outline(panel: PanelSummary, page: PageDetail) -> str:
    """Return a panel's corners in page pixels, as the points of an SVG polygon."""
    x0, y0, x1, y1 = panel.box.as_tuple()
    corners = panel.polygon or ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return " ".join(f"{x * page.width_px:.1f},{y * page.height_px:.1f}" for x, y in corners)
