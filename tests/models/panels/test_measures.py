import pytest

from models.panels.measures import (
    PanelCounts,
    adjacent_accuracy,
    count_panels,
    is_exact,
    kendall_tau,
    match_panels,
    order_is_exact,
)
from schemas.geometry import Box

LEFT, RIGHT = Box(0.0, 0.0, 0.5, 1.0), Box(0.5, 0.0, 1.0, 1.0)


def test_each_true_panel_is_matched_once_only():
    assert match_panels([LEFT, LEFT], [LEFT], 0.5) == ((0, 0),)


def test_matching_gives_up_a_better_pair_to_match_more_panels():
    wide = Box(0.0, 0.0, 0.75, 1.0)
    truth = [Box(0.0, 0.0, 0.7, 1.0), Box(0.0, 0.0, 0.8, 1.0)]
    predicted = [wide, Box(0.0, 0.0, 0.45, 1.0)]
    assert len(match_panels(predicted, truth, 0.6)) == 2


def test_iou_below_the_level_is_no_match():
    assert match_panels([Box(0.0, 0.0, 0.5, 0.49)], [LEFT], 0.5) == ()


def test_counts_give_precision_recall_and_f1():
    counts = count_panels([LEFT], [LEFT, RIGHT], 0.9)
    assert (counts.precision, counts.recall) == (1.0, 0.5)
    assert counts.f1 == pytest.approx(2 / 3)


def test_counts_of_pages_add_up():
    total = count_panels([LEFT], [LEFT], 0.5) + count_panels([LEFT], [], 0.5)
    assert total == PanelCounts(matched=1, predicted=2, true=1)


def test_a_blank_page_without_predictions_is_exact_and_perfect():
    assert is_exact([], [])
    assert PanelCounts().f1 == 1.0


def test_a_superfluous_panel_makes_a_page_inexact():
    assert not is_exact([LEFT, RIGHT], [LEFT])


@pytest.mark.parametrize(
    ("order", "exact", "adjacent", "tau"),
    [
        ((), True, 1.0, 1.0),
        ((0,), True, 1.0, 1.0),
        ((0, 1, 2), True, 1.0, 1.0),
        ((2, 1, 0), False, 0.0, -1.0),
        ((1, 0, 2, 3), False, 1 / 3, 2 / 3),
        ((0, 2, 5), True, 1.0, 1.0),
    ],
)
def test_order_measures(order, exact, adjacent, tau):
    assert order_is_exact(order) is exact
    assert adjacent_accuracy(order) == pytest.approx(adjacent)
    assert kendall_tau(order) == pytest.approx(tau)
