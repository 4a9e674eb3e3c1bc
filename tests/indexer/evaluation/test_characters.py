"""Characters are compared without an order between words; checked by hand and by properties."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.evaluation.characters import CharacterScore, compare_characters

# A busy machine is slow, not wrong.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = st.lists(st.text("abcde", min_size=1, max_size=6), max_size=8)


@pytest.mark.parametrize(
    ("read", "expected", "score"),
    [
        ("a frog", "a frog", CharacterScore(5, 5, 5, 0)),
        ("frog a", "a frog", CharacterScore(5, 5, 5, 0)),
        ("a frug", "a frog", CharacterScore(4, 5, 5, 1)),
        ("a", "a frog", CharacterScore(1, 1, 5, 4)),
        ("a frog", "frog", CharacterScore(4, 5, 4, 1)),
        ("afrognamed burt", "a frog named burt", CharacterScore(14, 14, 14, 0)),
        ("un equally", "unequally", CharacterScore(9, 9, 9, 0)),
        ("frogs", "frog", CharacterScore(4, 5, 4, 1)),
        ("frog", "xyzzy", CharacterScore(0, 4, 5, 9)),
        ("", "", CharacterScore(0, 0, 0, 0)),
    ],
)
def test_hand_counted_cases(read, expected, score):
    assert compare_characters(read.split(), expected.split()) == score


def test_words_apart_in_the_text_are_not_joined():
    assert compare_characters(["catdog"], ["cat", "and", "dog"]).edits > 0


def test_most_alike_words_are_paired_first():
    assert compare_characters(["hause", "mause"], ["maus", "haus"]).edits == 2


@PATIENT
@given(WORDS, WORDS)
def test_counts_fit_together(read, expected):
    score = compare_characters(read, expected)
    assert score.read == sum(map(len, read))
    assert score.expected == sum(map(len, expected))
    assert 0 <= score.matched <= min(score.read, score.expected)
    assert abs(score.read - score.expected) <= score.edits <= score.read + score.expected
    assert score.precision <= 1
    assert score.recall <= 1


@PATIENT
@given(WORDS)
def test_any_order_of_the_right_words_is_perfect(words):
    score = compare_characters(words[::-1], words)
    assert score.edits == 0
    assert score.f1 == 1.0


def test_rates_of_empty_texts():
    assert CharacterScore().error_rate == 0.0
    assert CharacterScore(0, 3, 0, 3).error_rate == 1.0
    assert (CharacterScore(0, 0, 4, 4).precision, CharacterScore(0, 0, 4, 4).recall) == (1.0, 0.0)
