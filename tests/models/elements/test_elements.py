"""Probes: what is learnt from a few examples, thresholds that keep their promise, questions worth asking."""

import time

import numpy as np
import pytest

from models.elements.evidence import NO, YES, Material, Sample, fit_judge
from models.elements.measures import average_precision, choose_threshold
from models.elements.probe import BACKGROUND_ROWS, Examples, background_rows, fit_probe
from models.elements.queue import choose_questions
from models.encoders.rows import unit_rows
from schemas.records import FloatMatrix

DIM = 24


def panels(count: int, rate: float, seed: int) -> tuple[FloatMatrix, np.ndarray]:
    """Noise, and in some rows a direction of its own that is hidden in it."""
    rng = np.random.default_rng(seed)
    truth = rng.random(count) < rate
    rows = rng.standard_normal((count, DIM)).astype(np.float32)
    rows[truth, 3] += 2.5
    return unit_rows(rows), truth


def examples(rows: FloatMatrix, truth: np.ndarray, k: int) -> Examples:
    yes, no = np.flatnonzero(truth)[:k], np.flatnonzero(~truth)[: 2 * k]
    others = background_rows(len(rows), [*yes, *no])
    return Examples(rows[yes], rows[no], rows[others])


def sample(rows: FloatMatrix, truth: np.ndarray) -> Sample:
    return Sample(Material(rows), np.where(truth, YES, NO))


def test_more_examples_rank_unseen_panels_better() -> None:
    rows, truth = panels(600, 0.2, seed=1)
    unseen, unseen_truth = panels(600, 0.2, seed=2)
    found = [
        average_precision(fit_probe(examples(rows, truth, k)).logits(unseen), unseen_truth)
        for k in (1, 5, 50)
    ]
    assert found == sorted(found)
    assert found[1] > 2 * unseen_truth.mean()


def test_a_single_positive_gives_a_prototype_and_none_is_refused() -> None:
    rows, truth = panels(100, 0.2, seed=3)
    probe = fit_probe(Examples(rows[truth][:1], rows[:0], rows[~truth]))
    assert probe.method == "prototype"
    assert probe.logits(rows[truth][:1])[0] > 0 > np.median(probe.logits(rows[~truth]))
    with pytest.raises(ValueError, match="needs a positive"):
        fit_probe(Examples(rows[:0], rows, rows))


def test_few_rows_and_many_rows_lead_to_the_same_judge() -> None:
    rows, truth = panels(60, 0.4, seed=4)
    wide = np.pad(rows, ((0, 0), (0, 200)))  # more columns than rows: solved in the space of the rows
    narrow, padded = (fit_probe(Examples(x[truth], x[~truth], x[:0])) for x in (rows, wide))
    assert np.allclose(narrow.weights, padded.weights[:DIM], atol=1e-3)
    assert abs(narrow.bias - padded.bias) < 1e-3


def test_average_precision_is_that_of_a_worked_example_and_ties_win_nothing() -> None:
    truth = np.array([True, False, True, False])
    assert average_precision(np.array([4, 3, 2, 1], np.float32), truth) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.zeros(4, np.float32), truth) == 0.5
    assert average_precision(np.zeros(4, np.float32), ~truth & truth) == 0.0


def test_a_threshold_keeps_the_precision_asked_for_on_unseen_panels() -> None:
    rows, truth = panels(1_500, 0.3, seed=5)
    unseen, unseen_truth = panels(1_500, 0.3, seed=6)
    known, usual = sample(rows, truth), Material(rows)
    loose, strict = (choose_threshold(known, usual, precision) for precision in (0.5, 0.9))
    assert strict.logit > loose.logit
    taken = fit_judge(known, usual).logits(Material(unseen)) >= strict.logit
    assert unseen_truth[taken].mean() > 0.8
    assert strict.precision is not None
    assert strict.precision >= 0.9


def test_contradicting_labels_give_a_judge_that_promises_nothing() -> None:
    rows, _ = panels(40, 0.0, seed=7)
    both = Sample(Material(np.concatenate([rows, rows])), np.repeat([YES, NO], len(rows)))
    found = choose_threshold(both, Material(rows), 0.9)  # every panel shows it and does not
    assert found.precision is None or found.recall is not None
    assert np.isfinite(found.logit)


def test_questions_repeat_no_answer_and_are_of_every_kind() -> None:
    rows, truth = panels(300, 0.2, seed=8)
    answered = np.zeros(300, np.bool_)
    answered[:50] = True
    logits = fit_probe(examples(rows, truth, 5)).logits(rows)
    asked = choose_questions(logits, rows, answered, count=16)
    assert len({question.row for question in asked}) == 16
    assert not answered[[question.row for question in asked]].any()
    assert {question.reason for question in asked} == {"top", "uncertain", "diverse", "random"}
    assert len(choose_questions(logits, rows, answered, count=1_000)) == 250
    assert choose_questions(logits, rows, np.ones(300, np.bool_), count=5) == []


def test_weak_negatives_are_bounded_and_none_of_those_asked() -> None:
    chosen = background_rows(100_000, list(range(500)))
    assert len(chosen) == BACKGROUND_ROWS
    assert chosen.min() >= 500


def test_thirty_one_thousand_labels_are_learnt_in_seconds() -> None:
    rows, truth = panels(31_000, 0.3, seed=9)
    started = time.process_time()
    probe = fit_probe(Examples(rows[truth], rows[~truth], rows[:0]))
    assert time.process_time() - started < 5
    assert average_precision(probe.logits(rows), truth) > 0.6
