import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.legs.alignment import BEST_INEXACT, EXACT, JOINED, edits_at_best_place, line_scores
from search.legs.words import PanelWords, split_terms, squash

letters = st.text("abc", max_size=9)


def score(line: str, text: str, floor: float = 0.5) -> float:
    return float(line_scores(split_terms(line), squash(line), [PanelWords.of(text)], floor=floor)[0])


def slow_edits(line: str, text: str) -> int:
    """The textbook's table, one cell at a time."""
    above = [0] * (len(text) + 1)
    for i, letter in enumerate(line, start=1):
        below = [i]
        for j, other in enumerate(text, start=1):
            below.append(min(above[j] + 1, below[j - 1] + 1, above[j - 1] + (letter != other)))
        above = below
    return min(above)


@given(letters, st.lists(letters, min_size=1, max_size=4))
def test_edits_are_those_of_the_textbook(line: str, texts: list[str]) -> None:
    expected = [slow_edits(line, text) for text in texts]
    assert edits_at_best_place(line, texts).tolist() == expected


@given(st.text("abcdef", min_size=6, max_size=12), letters, letters)
def test_line_inside_a_text_needs_no_edit(line: str, before: str, after: str) -> None:
    assert edits_at_best_place(line, [before + line + after]).tolist() == [0]
    assert score(line, before + line + after) >= JOINED


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("Nothing ever works!", "Oh, nothing ever works... sigh", EXACT),
        ("Nothing ever works!", "NOTHINGEVER WOR KS", JOINED),
        ("Nothing ever works!", "N0THING EVER WQRKS", 1 - 2 / 16),
        ("Nothing ever works!", "I like trains", 0.0),
        ("no", "another one", 0.0),  # inside a word
        ("no", "no", EXACT),
    ],
)
def test_line_score(line: str, text: str, expected: float) -> None:
    assert score(line, text) == pytest.approx(expected)


def test_one_slip_in_a_long_line_never_equals_a_line_as_printed() -> None:
    line = "a very long line " * 10
    assert score(line, line.replace("long", "lomg", 1)) == BEST_INEXACT


def test_no_panels_no_scores() -> None:
    assert line_scores(("a",), "a", [], floor=0.5).tolist() == []
    assert np.array_equal(edits_at_best_place("abc", ["", "abc"]), [3, 0])
