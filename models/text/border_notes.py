"""Lettering of the page rather than of its story: addresses and credits up a gutter or a border.

Such a line runs sideways so that it fits where nobody speaks. Columns of Japanese and Chinese are
upright lettering and never meant; nor is a sideways sign inside a panel.
"""

from collections.abc import Sequence

from models.text.scripts import is_cjk
from schemas.geometry import Box
from schemas.records import PanelRegion, TextRegion

MIN_GLYPHS = 8
"""A shorter text may as well be a narrow sound effect."""
MAX_GLYPH_ASPECT = 0.05
"""Width a glyph would have over the line's height, were the line upright: about 0.5 where it is, 2 / n²
for n glyphs where it is not. Far enough from both for page-relative boxes on pages of usual shapes."""
MIN_INSIDE = 0.5
"""Share of a line well inside a panel from which it is a sign there."""


def is_border_note(region: TextRegion, panels: Sequence[PanelRegion]) -> bool:
    """Say whether a region is a sideways line of an alphabet outside every panel or on its edge.

    False where no panel is known: nothing tells a gutter then.
    """
    if not panels or region.box.area <= 0 or not _runs_sideways(region):
        return False
    return not any(_is_well_inside(region.box, panel.box) for panel in panels)


def _is_well_inside(line: Box, panel: Box) -> bool:
    # The line itself shifts the panel's detected side, and some are printed along its inner edge.
    left, right = panel.x0 + line.width, panel.x1 - line.width
    if right <= left:
        return False
    return line.intersection_area(Box(left, panel.y0, right, panel.y1)) >= MIN_INSIDE * line.area


def _runs_sideways(region: TextRegion) -> bool:
    text = region.raw_text
    if "\n" in text or len(text) < MIN_GLYPHS or is_cjk(text):
        return False
    return region.box.width <= MAX_GLYPH_ASPECT * region.box.height * len(text)
