import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.measures import (
    MatchScore,
    distinct_words,
    edit_distance,
    score_words,
    words_of,
)


def test_words_ignore_case_width_and_punctuation() -> None:
    assert words_of("“Don’t — STOP…now!” ＯＫ") == ["dont", "stop", "now", "ok"]


def test_repeated_words_count_as_often_as_they_stand_in_both() -> None:
    score = score_words(["no", "no", "yes"], ["no", "yes", "yes", "why"])
    assert score == MatchScore(matched=2, read=3, expected=4)
    assert score.precision == pytest.approx(2 / 3)
    assert score.recall == 0.5
    assert score.f1 == pytest.approx(4 / 7)


def test_distinct_words_are_counted_once_and_letters_not_at_all() -> None:
    read, expected = distinct_words(["clap", "bzzz", "hi"]), distinct_words(["clap"] * 9 + ["b", "z", "hi"])
    assert score_words(read, expected) == MatchScore(matched=2, read=3, expected=2)


def test_scores_of_pages_pool() -> None:
    assert MatchScore(1, 2, 3) + MatchScore(4, 5, 6) == MatchScore(5, 7, 9)


def test_nothing_expected_and_nothing_read_is_perfect() -> None:
    score = score_words([], [])
    assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("abc", "abc", 0)],
)
def test_edit_distance_of_known_pairs(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right) == distance


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert (edit_distance(a, b) == 0) == (a == b)
