"""Figures and names beside the whole picture: each helps where it knows more, and harms nowhere else."""

import cv2
import numpy as np
import pytest

from models.elements.evidence import (
    EQUAL,
    FIGURE_DIM,
    NO,
    UNSAID,
    YES,
    Figures,
    Material,
    Sample,
    fit_judge,
    usual_of,
)
from models.elements.figures import MOST_FIGURES, FigureReader
from models.elements.measures import average_precision
from models.elements.naming import IN_BOOK, ON_PAGE, name_pattern, named_near
from models.encoders.rows import unit_rows
from models.encoders.standby import StandbyPictureEncoder
from models.figures.finder import FigureMap, map_of
from schemas.records import RgbImage

PANELS, DIM = 300, 24
RNG = np.random.default_rng(0)


def crowd(*, hidden: bool = True) -> tuple[Material, np.ndarray]:
    """Panels of noise with three figures each; in some, one figure is always of the same kind."""
    rng = np.random.default_rng(1)
    truth = rng.random(PANELS) < 0.2
    whole = unit_rows(rng.standard_normal((PANELS, DIM)))
    rows = rng.standard_normal((PANELS * 3, FIGURE_DIM)).astype(np.float32)
    if hidden:
        rows[np.flatnonzero(truth) * 3 + 1, :8] += 6.0
    owners = np.repeat(np.arange(PANELS), 3)
    return Material(whole, Figures(unit_rows(rows), owners, np.ones(PANELS, np.bool_))), truth


def taught(material: Material, truth: np.ndarray, k: int = 5) -> tuple[Sample, np.ndarray]:
    yes, no = np.flatnonzero(truth)[:k], np.flatnonzero(~truth)[: 2 * k]
    others = np.setdiff1d(np.arange(100), [*yes, *no])
    return Sample.of(material, yes, no, others), np.arange(PANELS) >= 150


def precision_of(material: Material, truth: np.ndarray) -> float:
    sample, unseen = taught(material, truth)
    logits = fit_judge(sample, usual_of(material)).logits(material)
    return average_precision(logits[unseen], truth[unseen])


def test_a_figure_that_recurs_is_found_where_whole_pictures_know_nothing() -> None:
    material, truth = crowd()
    assert precision_of(material, truth) > 0.7
    assert precision_of(Material(material.vectors), truth) < 0.4


def test_many_labels_give_more_say_to_what_knows_more() -> None:
    rng = np.random.default_rng(2)
    material, truth = crowd(hidden=False)
    assert material.figures is not None
    vectors = rng.standard_normal((PANELS, DIM))
    vectors[truth, 3] += 3.0  # the whole picture knows, figures do not
    knows = Material(unit_rows(vectors), material.figures)
    few, many = (fit_judge(taught(knows, truth, k)[0], usual_of(knows)) for k in (5, 20))
    assert few.shares == EQUAL
    assert many.shares[0] > 2 * many.shares[1]


def test_without_other_evidence_the_judge_is_the_probe() -> None:
    material, truth = crowd()
    alone = Material(material.vectors)
    sample, _ = taught(alone, truth)
    judge = fit_judge(sample, usual_of(alone))
    assert judge.method == "logistic"
    assert np.array_equal(judge.logits(alone), judge.whole.logits(alone.vectors))


def test_panels_whose_figures_nobody_read_are_judged_by_the_rest() -> None:
    material, truth = crowd()
    assert material.figures is not None
    seen = np.arange(PANELS) < 200
    kept = seen[material.figures.owners]
    part = Figures(material.figures.rows[kept], material.figures.owners[kept], seen)
    partly = Material(material.vectors, part)
    sample, _ = taught(partly, truth)
    judge = fit_judge(sample, usual_of(partly))
    assert judge.figures is not None
    assert np.isnan(judge.figures.logits(part)[200:]).all()
    assert np.isfinite(judge.logits(partly)).all()


def test_some_panels_of_many_keep_their_own_figures() -> None:
    material, _ = crowd()
    assert material.figures is not None
    some = material.figures.take(np.array([7, 2, 2]))
    assert some.owners.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert np.array_equal(some.rows[:3], material.figures.rows[21:24])
    assert np.array_equal(some.rows[3:6], some.rows[6:])


def test_a_name_counts_as_far_as_labels_bear_it_out() -> None:
    material, truth = crowd(hidden=False)
    told = np.where(truth, 2.0, 0.0).astype(np.float32)
    fits = Material(material.vectors, None, told)
    lies = Material(material.vectors, None, np.where(truth, 0.0, 2.0).astype(np.float32))
    assert precision_of(fits, truth) > 0.9
    sample, _ = taught(lies, truth)
    assert fit_judge(sample, usual_of(lies)).name_weight == 0.0


def test_pictures_that_are_no_panels_are_learnt_from_too() -> None:
    material, truth = crowd()
    more = material.with_pictures(material.vectors[:2])
    said = np.full(PANELS + 2, UNSAID)
    said[np.flatnonzero(truth)[:4]], said[np.flatnonzero(~truth)[:4]], said[-2:] = YES, NO, YES
    judge = fit_judge(Sample(more, said), usual_of(material))
    assert np.isfinite(judge.logits(more)).all()


def test_names_are_whole_words_and_near_is_the_panel_then_the_page_then_the_book() -> None:
    pattern = name_pattern(("fu", "o'hara (sr.)", "x", "あや"))
    assert pattern is not None
    assert "x" not in pattern.split("|")
    assert name_pattern(("x",)) is None
    named = np.array([True, False, False, False])
    near = named_near(named, np.array([0, 0, 1, 2]), np.array([0, 0, 0, 1]))
    in_book = IN_BOOK * (1 - np.exp(-1))
    assert near == pytest.approx([1 + in_book, ON_PAGE + in_book, in_book, 0.0])


class OneFigure:
    """A finder that sees a figure in the left half."""

    name = "left"

    def find(self, picture: RgbImage) -> FigureMap:
        mask = np.zeros((64, 64), np.float32)
        mask[8:56, 4:28] = 1.0
        return map_of(mask, np.zeros((64, 64), np.float32))


def test_figures_are_alike_where_they_are_the_same_whatever_is_around_them() -> None:
    reader = FigureReader(StandbyPictureEncoder(), OneFigure())

    def panel(colour: tuple[int, int, int], ground: int) -> RgbImage:
        picture = np.full((120, 160, 3), ground, np.uint8)
        cv2.rectangle(picture, (12, 18), (66, 104), colour, -1)
        return picture

    red, again, blue = (
        reader.read(panel(colour, ground))[0]
        for colour, ground in (((200, 30, 30), 180), ((200, 30, 30), 120), ((30, 30, 200), 180))
    )
    assert len(reader.read(panel((0, 0, 0), 90))) <= MOST_FIGURES
    assert red.shape == (FIGURE_DIM,)
    assert red @ again > red @ blue + 0.1
