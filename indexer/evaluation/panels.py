"""Scores panels and reading order of labelled pages."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from indexer.evaluation.labelled import LabelledPage, decode
from indexer.evaluation.scores import mean
from models.panels.measures import (
    IOU_LEVELS,
    PanelCounts,
    adjacent_accuracy,
    auroc,
    brier,
    count_panels,
    is_exact,
    kendall_tau,
    match_panels,
    order_is_exact,
)
from models.protocols import PanelDetector
from models.reading_order import sort_reading_order
from schemas.geometry import Box

LOOSE_FIT_WEIGHT = 0.3
"""A panel found but of loose fit (IoU under .75) is a lesser mistake than one missed."""


HIT_IOU = 0.75
"""A panel's confidence speaks of a box that fits this well."""


@dataclass(frozen=True, slots=True)
class PageScore:
    """How one page was read.

    ``counts`` follow :data:`IOU_LEVELS`; ``order`` holds the true positions of the matched panels
    in the order in which they were read; ``found`` is in that order too, and so are
    ``confidences``, if there are any, and ``hits``.
    """

    page: LabelledPage
    counts: tuple[PanelCounts, ...]
    is_exact: bool
    order: tuple[int, ...]
    found: tuple[Box, ...]
    cpu_s: float
    confidences: tuple[float, ...] = ()

    @property
    def hits(self) -> tuple[bool, ...]:
        """Whether each found panel is one."""
        right = {index for index, _ in match_panels(self.found, self.page.true_panels, HIT_IOU)}
        return tuple(index in right for index in range(len(self.found)))

    @property
    def is_complete(self) -> bool:
        """Whether there are panels and all of them were found."""
        return bool(self.page.label.panels) and len(self.order) == len(self.page.label.panels)

    @property
    def mistakes(self) -> float:
        """Panels missed and too many, with loose fits and wrong transitions as lesser mistakes."""
        at_half, at_three_quarters = (c.predicted + c.true - 2 * c.matched for c in self.counts[:2])
        return at_half + LOOSE_FIT_WEIGHT * at_three_quarters + (1.0 - adjacent_accuracy(self.order))


@dataclass(frozen=True, slots=True)
class PanelFigures:
    """Figures of a set of pages, shares in [0, 1].

    Panels are pooled over pages. Order is measured on the ``order_pages`` whose panels were all
    found, and is None where there is no such page. ``confidence_auroc`` and ``confidence_brier``
    compare each panel's confidence with whether it is one; None where there is nothing to compare.
    """

    f1_50: float
    f1_75: float
    f1_90: float
    exact: float
    order_exact: float | None
    kendall_tau: float | None
    pages: int
    panels: int
    cpu_s_per_page: float
    order_adjacent: float | None
    order_pages: int
    confidence_auroc: float | None
    confidence_brier: float | None

    def to_json(self) -> dict[str, float | int | None]:
        """Return JSON-ready data."""
        return asdict(self)


def read_and_score(page: LabelledPage, detector: PanelDetector) -> PageScore:
    """Read one page; detection and ordering are timed, decoding is not.

    Raises:
        PictureError: its picture cannot be decoded.
    """
    image = decode(page.picture)
    direction = page.label.direction
    start = time.process_time()
    panels = detector.detect(image, direction=direction).panels
    boxes = [panel.box for panel in panels]
    order = sort_reading_order(boxes, direction=direction, aspect=image.shape[1] / image.shape[0])
    cpu_s = time.process_time() - start
    confidences = tuple(panels[index].confidence for index in order)
    return score_page(page, tuple(boxes[index] for index in order), cpu_s=cpu_s, confidences=confidences)


def score_page(
    page: LabelledPage, found: tuple[Box, ...], *, cpu_s: float, confidences: tuple[float, ...] = ()
) -> PageScore:
    """Compare boxes in the order they are read with the label."""
    true = page.true_panels
    matched = sorted(match_panels(found, true, IOU_LEVELS[0]))
    return PageScore(
        page=page,
        counts=tuple(count_panels(found, true, level) for level in IOU_LEVELS),
        is_exact=is_exact(found, true),
        order=tuple(position for _, position in matched),
        found=found,
        cpu_s=cpu_s,
        confidences=confidences,
    )


def summarise(scores: Sequence[PageScore]) -> PanelFigures:
    """Pool the scores of pages."""
    totals = [sum((s.counts[i] for s in scores), PanelCounts()) for i in range(len(IOU_LEVELS))]
    judged = [score for score in scores if score.confidences]
    confidences = [value for score in judged for value in score.confidences]
    hits = [hit for score in judged for hit in score.hits]
    orders = [score.order for score in scores if score.is_complete]
    return PanelFigures(
        f1_50=totals[0].f1,
        f1_75=totals[1].f1,
        f1_90=totals[2].f1,
        exact=mean([score.is_exact for score in scores]) or 0.0,
        order_exact=mean([order_is_exact(order) for order in orders]),
        kendall_tau=mean([kendall_tau(order) for order in orders]),
        pages=len(scores),
        panels=totals[0].true,
        cpu_s_per_page=mean([score.cpu_s for score in scores]) or 0.0,
        order_adjacent=mean([adjacent_accuracy(order) for order in orders]),
        order_pages=len(orders),
        confidence_auroc=auroc(confidences, hits),
        confidence_brier=brier(confidences, hits),
    )
