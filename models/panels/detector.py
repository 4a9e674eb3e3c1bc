"""The classical panel detector."""

from models.panels.gutters import gutter_hypotheses
from models.panels.layouts import Candidate, candidates, with_figures
from models.panels.working import working_picture
from schemas.geometry import Box, Polygon
from schemas.labels import ReadingDirection
from schemas.records import PageLayout, PanelRegion, RgbImage

MAX_BLANK_SHARE = 0.5
"""A page without a frame is one picture unless it is emptier than this."""


class ClassicalPanelDetector:
    """Finds panels without a trained model; see :mod:`models.panels`."""

    @property
    def name(self) -> str:
        """Name and version; part of cache keys."""
        return "classical-1"

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        """Return the panels in no particular order; no panel for a blank page.

        ``direction`` is of no use to this detector. Never raises for a uint8 (height, width, 3) picture.
        """
        del direction
        picture = working_picture(page)
        found = [c for h in gutter_hypotheses(picture) for c in candidates(h)]
        best = with_figures(max(found, key=lambda c: c.score))
        return _layout(best, picture)


def _layout(best: Candidate, picture: RgbImage) -> PageLayout:
    height, width = picture.shape[:2]
    if not best.shapes and best.gutters.share(best.gutters.bounds) < MAX_BLANK_SHARE:
        return PageLayout((PanelRegion(Box.whole_page(), confidence=0.5),), confidence=0.5)
    panels = tuple(
        PanelRegion(
            shape.rect.to_box(width, height),
            confidence=shape.support,
            polygon=_relative(shape.corners, width, height),
        )
        for shape in best.shapes
    )
    return PageLayout(panels, confidence=min((s.support for s in best.shapes), default=0.5))


def _relative(corners: tuple[tuple[int, int], ...], width: int, height: int) -> Polygon | None:
    return tuple((min(1.0, x / width), min(1.0, y / height)) for x, y in corners) or None
