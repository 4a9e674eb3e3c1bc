"""Panel figures: hand-computed cases, and the real detector on drawn pages."""

from pathlib import Path

import pytest

from indexer.evaluation.labelled import LabelledPage, find_pages
from indexer.evaluation.overlays import FOUND_RGB, TRUE_RGB, draw_boxes
from indexer.evaluation.panels import read_and_score, score_page, summarise
from indexer.evaluation.scores import Evaluation, evaluate
from models.panels import ClassicalPanelDetector
from schemas.geometry import Box
from tests.fakes import FakeDetector
from tests.indexer.evaluation.builders import GRID, PAGE_PX, label_of, write_page

TRUE = tuple(Box.from_pixels(box, width_px=PAGE_PX[0], height_px=PAGE_PX[1]) for box in GRID)


def labelled(work: str = "work", name: str = "p", **label: object) -> LabelledPage:
    return LabelledPage(work, f"{work}/{name}", Path("p.png"), label_of("p.png", **label))


def shrunk(box: Box, share: float) -> Box:
    """Return a box of the same corner whose IoU with the old one is ``share``."""
    return Box(box.x0, box.y0, box.x0 + box.width * share, box.y1)


def test_perfect_page_scores_one_everywhere():
    figures = summarise([score_page(labelled(), TRUE, cpu_s=0.5)])
    assert figures.to_json() == {
        "f1_50": 1.0,
        "f1_75": 1.0,
        "f1_90": 1.0,
        "exact": 1.0,
        "order_exact": 1.0,
        "kendall_tau": 1.0,
        "pages": 1,
        "panels": 4,
        "cpu_s_per_page": 0.5,
        "order_adjacent": 1.0,
        "order_pages": 1,
        "confidence_auroc": None,
        "confidence_brier": None,
    }


def test_confidence_is_compared_with_what_fits():
    found = (TRUE[0], TRUE[1], shrunk(TRUE[2], 0.6), TRUE[3])
    figures = summarise([score_page(labelled(), found, cpu_s=0.0, confidences=(0.9, 0.8, 0.5, 0.5))])
    assert figures.confidence_auroc == pytest.approx((1 + 1 + 0.5) / 3)
    assert figures.confidence_brier == pytest.approx((0.01 + 0.04 + 0.25 + 0.25) / 4)


def test_each_level_of_iou_counts_for_itself():
    found = (TRUE[0], shrunk(TRUE[1], 0.8), shrunk(TRUE[2], 0.6), shrunk(TRUE[3], 0.3))
    figures = summarise([score_page(labelled(), found, cpu_s=0.0)])
    assert (figures.f1_50, figures.f1_75, figures.f1_90) == (0.75, 0.5, 0.25)
    assert figures.exact == 0.0


def test_superfluous_panel_lowers_f1_and_one_true_panel_matches_once():
    figures = summarise([score_page(labelled(), (*TRUE, TRUE[0]), cpu_s=0.0)])
    assert figures.f1_50 == pytest.approx(8 / 9)
    assert figures.exact == 0.0


def test_order_is_measured_on_the_panels_as_read():
    swapped = (TRUE[1], TRUE[0], TRUE[2], TRUE[3])
    figures = summarise([score_page(labelled(), swapped, cpu_s=0.0)])
    assert figures.order_exact == 0.0
    assert figures.order_adjacent == pytest.approx(1 / 3)
    assert figures.kendall_tau == pytest.approx(4 / 6)
    assert figures.f1_90 == 1.0


def test_order_is_not_measured_where_a_panel_is_missing_or_none_is_labelled():
    incomplete = score_page(labelled(), TRUE[:3], cpu_s=0.0)
    empty = score_page(labelled(panels=()), (), cpu_s=0.0)
    figures = summarise([incomplete, empty])
    assert (figures.order_exact, figures.kendall_tau, figures.order_pages) == (None, None, 0)
    assert figures.exact == 0.5


def test_figures_are_pooled_per_work_and_overall():
    scores = (
        score_page(labelled("b"), TRUE, cpu_s=1.0),
        score_page(labelled("a"), (), cpu_s=3.0),
        score_page(labelled("b", panels=GRID[:2]), TRUE[:1], cpu_s=0.0),
    )
    works = Evaluation(scores).works
    assert list(works) == ["a", "b"]
    assert summarise(works["a"]).f1_50 == 0.0
    assert summarise(works["b"]).f1_50 == pytest.approx(10 / 11)
    assert summarise(scores).f1_50 == pytest.approx(2 / 3)
    assert summarise(scores).cpu_s_per_page == pytest.approx(4 / 3)


def test_worst_pages_come_first_and_right_ones_not_at_all():
    scores = (
        score_page(labelled(name="right"), TRUE, cpu_s=0.0),
        score_page(labelled(name="loose"), (*TRUE[:3], shrunk(TRUE[3], 0.6)), cpu_s=0.0),
        score_page(labelled(name="empty"), (), cpu_s=0.0),
        score_page(labelled(name="swapped"), TRUE[::-1], cpu_s=0.0),
    )
    worst = Evaluation(scores).worst(5)
    assert [score.page.name for score in worst] == ["work/empty", "work/swapped", "work/loose"]
    assert [score.page.name for score in Evaluation(scores).worst(1)] == ["work/empty"]


def test_real_detector_reads_a_drawn_page_right(tmp_path):
    write_page(tmp_path, "work", "p01")
    calls: list[None] = []
    pages = find_pages(tmp_path / "labels", tmp_path)
    detector = ClassicalPanelDetector()
    result = evaluate(pages, lambda page: read_and_score(page, detector), on_page=lambda: calls.append(None))
    figures = summarise(result.scores)
    assert figures.f1_90 == figures.order_exact == 1.0
    assert figures.cpu_s_per_page > 0
    assert len(calls) == 1


def test_damaged_picture_is_skipped_and_the_rest_is_scored(tmp_path):
    write_page(tmp_path, "work", "p01")
    write_page(tmp_path, "work", "p02")
    (tmp_path / "work" / "p01.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    pages = find_pages(tmp_path / "labels", tmp_path)
    result = evaluate(pages, lambda page: read_and_score(page, FakeDetector()))
    assert [score.page.name for score in result.scores] == ["work/p02"]
    assert [item.item for item in result.skipped] == ["work/p01"]


def test_overlay_shows_truth_in_green_and_found_in_red(tmp_path):
    import numpy as np

    page = np.full((800, 600, 3), 255, np.uint8)
    drawn = draw_boxes(page, [TRUE[0]], [TRUE[3]])
    assert tuple(drawn[200, 30]) == TRUE_RGB
    assert tuple(drawn[600, 569]) == FOUND_RGB
    assert (page == 255).all()
