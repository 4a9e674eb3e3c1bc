"""Figures of ranked retrieval on rankings small enough to work out by hand."""

from math import log2

import numpy as np
import pytest

from search.evaluation.metrics import Outcome, bootstrap_interval, summarise


def outcome(*ranks: int, wanted: int = 1, candidates: int = 100) -> Outcome:
    return Outcome("kind", ranks, wanted, candidates, took_ms=1.0)


def test_recall_counts_answers_among_the_first() -> None:
    found = outcome(1, 4, 12, wanted=4)
    assert [found.recall(k) for k in (1, 5, 10, 20)] == [0.25, 0.5, 0.5, 0.75]


def test_reciprocal_rank_is_of_the_first_answer() -> None:
    assert outcome(4, 5, wanted=2).reciprocal_rank == 0.25
    assert outcome().reciprocal_rank == 0.0


def test_ndcg_is_one_for_answers_in_front_and_falls_behind() -> None:
    assert outcome(1, 2, wanted=2).ndcg == pytest.approx(1.0)
    assert outcome(1, 3, wanted=2).ndcg == pytest.approx((1 + 1 / log2(4)) / (1 + 1 / log2(3)))
    assert outcome(11).ndcg == 0.0


def test_ndcg_of_more_answers_than_places_can_still_be_one() -> None:
    assert outcome(*range(1, 11), wanted=30).ndcg == pytest.approx(1.0)


def test_summary_averages_and_names_chance() -> None:
    figures = summarise([outcome(1), outcome(7), outcome(), outcome(2)])
    assert (figures.recall_1, figures.recall_5, figures.recall_10) == (0.25, 0.5, 0.75)
    assert figures.mrr == pytest.approx((1 + 1 / 7 + 0 + 1 / 2) / 4)
    assert figures.random == pytest.approx(0.1)
    assert figures.n == 4
    low, high = figures.interval
    assert 0.0 <= low < 0.75 < high <= 1.0


def test_bootstrap_interval_agrees_with_the_normal_one() -> None:
    values = np.array([1.0] * 300 + [0.0] * 700)
    low, high = bootstrap_interval(values, seed=1)
    half = 1.96 * np.sqrt(0.3 * 0.7 / 1000)
    assert low == pytest.approx(0.3 - half, abs=0.004)
    assert high == pytest.approx(0.3 + half, abs=0.004)
