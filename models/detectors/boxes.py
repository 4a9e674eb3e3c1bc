"""Raw boxes of a network to detections, and detections to a page layout."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from schemas.labels import DetectionCategory
from schemas.records import Detection, PageLayout, PanelRegion

MAX_CANDIDATES = 1000
"""Boxes looked at per page, best first: it bounds the suppression, and no page holds more."""
MAX_PANELS = 64
"""Panels kept per page, best first."""
_INSET_SHARE = 0.9  # an inset may poke out of its parent by the inaccuracy of a box
_NOTHING_FOUND_CONFIDENCE = 0.5  # a detector says nothing of a page on which it marks nothing

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RawBoxes:
    """What a network gives for one page.

    ``corners`` is (n, 4) float32, page-relative x0 y0 x1 y1, not yet clipped; ``scores`` (n,)
    float32; ``labels`` (n,) int64 class numbers.
    """

    corners: Floats
    scores: Floats
    labels: Integers


def best_boxes(raw: RawBoxes, *, min_score: float) -> RawBoxes:
    """Keep finite boxes that reach a score, best first, at most :data:`MAX_CANDIDATES`."""
    sound = np.isfinite(raw.corners).all(axis=1) & np.isfinite(raw.scores) & (raw.scores >= min_score)
    kept = np.flatnonzero(sound)
    order = kept[np.argsort(-raw.scores[kept], kind="stable")][:MAX_CANDIDATES]
    return RawBoxes(raw.corners[order], raw.scores[order], raw.labels[order])


def suppress_overlaps(raw: RawBoxes, *, max_iou: float) -> RawBoxes:
    """Drop a box that overlaps a better one of its own class; expects the best first."""
    kept: list[int] = []
    pending = np.arange(len(raw.scores))
    while len(pending):
        best, others = pending[0], pending[1:]
        kept.append(int(best))
        rivals = (raw.labels[others] == raw.labels[best]) & (
            _overlaps(raw.corners[best], raw.corners[others]) > max_iou
        )
        pending = others[~rivals]
    return RawBoxes(raw.corners[kept], raw.scores[kept], raw.labels[kept])


def panel_layout(detections: Sequence[Detection]) -> PageLayout:
    """Return the panels among the detections; a panel inside another one becomes its inset.

    The layout is as sure as its least sure panel.
    """
    panels = [d for d in detections if d.category is DetectionCategory.PANEL and d.box.area > 0]
    panels = sorted(panels, key=lambda panel: -panel.score)[:MAX_PANELS]
    regions = tuple(
        PanelRegion(panel.box, confidence=min(1.0, panel.score), parent=_parent(index, panels))
        for index, panel in enumerate(panels)
    )
    return PageLayout(
        regions, min((region.confidence for region in regions), default=_NOTHING_FOUND_CONFIDENCE)
    )


def clipped_box(corners: Floats) -> Box | None:
    """Return a page-relative box, None where nothing of it lies on the page."""
    box = Box.clipped(*(float(value) for value in corners))
    return box if box.area > 0 else None


def _parent(index: int, panels: Sequence[Detection]) -> int | None:
    """Return the smallest panel around a panel."""
    box = panels[index].box
    around = [
        other
        for other, panel in enumerate(panels)
        if panel.box.area > box.area and panel.box.intersection_area(box) >= _INSET_SHARE * box.area
    ]
    return min(around, key=lambda other: panels[other].box.area, default=None)


def _overlaps(box: Floats, others: Floats) -> Floats:
    """Return the IoU of one box with each of the others."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    union = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1) - shared
    return np.asarray(shared / np.maximum(union, np.finfo(np.float32).tiny), np.float32)
