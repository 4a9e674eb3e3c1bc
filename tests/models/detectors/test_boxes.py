import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.detectors.boxes import (
    MAX_CANDIDATES,
    MAX_PANELS,
    RawBoxes,
    best_boxes,
    panel_layout,
    suppress_overlaps,
)
from schemas.geometry import Box
from schemas.labels import DetectionCategory
from schemas.records import Detection


def raw(*rows: tuple[float, ...]) -> RawBoxes:
    table = np.array(rows, np.float32).reshape(-1, 6)
    return RawBoxes(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))


def panel(box: Box, score: float = 0.9) -> Detection:
    return Detection(box, DetectionCategory.PANEL, score)


def test_best_boxes_come_first_and_weak_or_broken_ones_go() -> None:
    boxes = raw(
        (0, 0, 1, 1, 0.6, 1), (0, 0, 0.5, 1, 0.9, 1), (0, 0, 1, 1, 0.4, 1), (np.nan, 0, 1, 1, 0.9, 1),
        (0, 0, 1, 1, np.inf, 1),
    )  # fmt: skip
    assert best_boxes(boxes, min_score=0.5).scores.tolist() == pytest.approx([0.9, 0.6])


def test_a_flood_of_boxes_is_cut_to_the_best() -> None:
    flood = RawBoxes(
        np.tile(np.array([0, 0, 1, 1], np.float32), (5000, 1)),
        np.linspace(0.5, 1, 5000, dtype=np.float32),
        np.ones(5000, np.int64),
    )
    kept = best_boxes(flood, min_score=0.5)
    assert len(kept.scores) == MAX_CANDIDATES
    assert kept.scores[0] == 1


def test_a_near_copy_is_dropped_and_a_neighbour_or_another_class_stays() -> None:
    boxes = raw(
        (0.0, 0.0, 0.5, 0.5, 0.9, 1), (0.0, 0.0, 0.5, 0.49, 0.8, 1), (0.5, 0.0, 1.0, 0.5, 0.7, 1),
        (0.0, 0.0, 0.5, 0.5, 0.6, 2),
    )  # fmt: skip
    kept = suppress_overlaps(boxes, max_iou=0.5)
    assert kept.scores.tolist() == pytest.approx([0.9, 0.7, 0.6])


corners = arrays(np.float32, st.tuples(st.integers(0, 12), st.just(4)), elements=st.floats(0, 1, width=32))


@given(corners)
def test_boxes_left_by_suppression_do_not_overlap_more_than_allowed(points: np.ndarray) -> None:
    ordered = np.concatenate(
        [np.minimum(points[:, :2], points[:, 2:]), np.maximum(points[:, :2], points[:, 2:])], 1
    )
    count = len(ordered)
    boxes = RawBoxes(ordered, np.linspace(1, 0.5, count, dtype=np.float32), np.ones(count, np.int64))
    kept = [Box(*map(float, row)) for row in suppress_overlaps(boxes, max_iou=0.4).corners]
    assert bool(kept) == bool(count)
    assert all(a.iou(b) <= 0.4 + 1e-5 for n, a in enumerate(kept) for b in kept[:n])


def test_a_layout_holds_panels_only_and_is_as_sure_as_the_least_sure() -> None:
    layout = panel_layout(
        [
            panel(Box(0, 0, 0.5, 1), 0.9),
            panel(Box(0.5, 0, 1, 1), 0.7),
            Detection(Box(0.1, 0.1, 0.2, 0.2), DetectionCategory.FACE, 0.99),
        ]
    )
    assert [region.box for region in layout.panels] == [Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1)]
    assert layout.confidence == 0.7


def test_an_inset_names_the_smallest_panel_around_it() -> None:
    whole, half, inset = Box(0, 0, 1, 1), Box(0, 0, 0.5, 1), Box(0.1, 0.1, 0.3, 0.3)
    layout = panel_layout([panel(inset, 0.9), panel(whole, 0.8), panel(half, 0.7)])
    assert [region.parent for region in layout.panels] == [2, None, 1]


def test_two_equal_panels_are_not_each_other_s_inset() -> None:
    layout = panel_layout([panel(Box(0, 0, 1, 1)), panel(Box(0, 0, 1, 1))])
    assert [region.parent for region in layout.panels] == [None, None]


def test_a_page_holds_a_bounded_number_of_panels() -> None:
    many = [panel(Box(n / 1000, 0, (n + 1) / 1000, 1), 0.5 + n / 2000) for n in range(1000)]
    assert len(panel_layout(many).panels) == MAX_PANELS


def test_nothing_found_is_a_layout_without_panels() -> None:
    assert panel_layout([]).panels == ()
