"""The classical panel detector."""

from dataclasses import replace

from models.panels.confidence import layout_confidence, panel_confidence
from models.panels.layouts import Candidate, best_layout, completed, is_paper, missed_content
from models.panels.lettering import is_blank, is_text_block
from models.panels.refinement import refine
from models.panels.shapes import Shape
from models.panels.working import working_picture
from schemas.geometry import Polygon
from schemas.labels import ReadingDirection
from schemas.records import PageLayout, PanelRegion, RgbImage

MAX_BLANK_SHARE = 0.5
"""A page without a frame is one picture unless it is emptier than this."""
WHOLE_PAGE_CONFIDENCE = 0.5
"""A page without any gutter may be a splash, or have gutters that were not seen."""
EMPTY_PAGE_CONFIDENCE = 0.8
"""Bare and lettered pages are told with few errors."""


class ClassicalPanelDetector:
    """Finds panels without a trained model; see :mod:`models.panels`."""

    @property
    def name(self) -> str:
        """Name and version; part of cache keys."""
        return "classical-3"

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        """Return the panels in no particular order; no panel for a blank page.

        ``direction`` is of no use to this detector. Never raises for a uint8 (height, width, 3) picture.
        """
        del direction
        picture = working_picture(page)
        best = completed(best_layout(picture), picture)
        if not best.shapes and _is_picture(best, picture):
            return _as_one_picture(best, picture)
        return _layout(best, picture)


def _is_picture(best: Candidate, picture: RgbImage) -> bool:
    """Say whether a page without panels is one picture: neither blank nor a page of text."""
    gutters = best.hypothesis.connected
    page = gutters.bounds
    bare = is_paper(best.hypothesis.colour) and gutters.share(page) >= MAX_BLANK_SHARE
    return not bare and not is_blank(picture, page) and not is_text_block(picture, page)


def _as_one_picture(best: Candidate, picture: RgbImage) -> PageLayout:
    """Return the whole page and the insets in it."""
    page = Shape(best.hypothesis.connected.bounds, 1.0, 0.0)
    whole, *inner = _layout(replace(best, shapes=(page,)), picture).panels
    return PageLayout((replace(whole, confidence=WHOLE_PAGE_CONFIDENCE), *inner), WHOLE_PAGE_CONFIDENCE)


def _layout(best: Candidate, picture: RgbImage) -> PageLayout:
    panels = refine(best.shapes, best.hypothesis, picture)
    height, width = picture.shape[:2]
    regions = tuple(
        PanelRegion(
            panel.shape.rect.to_box(width, height),
            confidence=panel_confidence(panel.shape.support),
            polygon=_relative(panel.shape.corners, width, height),
            parent=panel.parent,
        )
        for panel in panels
    )
    return PageLayout(regions, _confidence(best))


def _confidence(best: Candidate) -> float:
    if not best.shapes:
        return EMPTY_PAGE_CONFIDENCE
    missed = missed_content(best.shapes, best.hypothesis.connected)
    return layout_confidence([shape.support for shape in best.shapes], missed)


def _relative(corners: tuple[tuple[int, int], ...], width: int, height: int) -> Polygon | None:
    return tuple((min(1.0, x / width), min(1.0, y / height)) for x, y in corners) or None
