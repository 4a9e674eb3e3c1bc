"""How well lettering was read: words and characters against a transcript.

Words are compared without case and punctuation, after NFKC, as bags: a page has no single order
of its balloons. Characters are compared in order.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class WordScore:
    """Counts of words; scores of several pages add up."""

    matched: int
    read: int
    expected: int

    @property
    def precision(self) -> float:
        """Share of the words read that were expected; 1.0 where nothing was read."""
        return self.matched / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        """Share of the words expected that were read; 1.0 where nothing was expected."""
        return self.matched / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.read + self.expected
        return 2 * self.matched / total if total else 1.0

    def __add__(self, other: Self) -> "WordScore":
        """Pool the counts of two pages."""
        return WordScore(self.matched + other.matched, self.read + other.read, self.expected + other.expected)


def words_of(text: str) -> list[str]:
    """Return the words of a text: NFKC, case-folded, letters and digits alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (
        glyph if glyph.isspace() or unicodedata.category(glyph)[0] in "LMN" else _separator(glyph)
        for glyph in folded
    )
    return "".join(kept).split()


def distinct_words(words: Sequence[str]) -> list[str]:
    """Return each word of two letters or more once: what a search can find a page by.

    A transcript that says ``Clap`` 47 times, once for each drawn in a crowd, or spells ``B``,
    ``Z``, ``Z`` as drawn weighs more than the speech of its page where words are counted each time.
    """
    return sorted({word for word in words if len(word) > 1})


def score_words(read: Sequence[str], expected: Sequence[str]) -> WordScore:
    """Match two bags of words, each word as often as it stands in both."""
    left, right = Counter(read), Counter(expected)
    return WordScore((left & right).total(), left.total(), right.total())


def character_error_rate(read: str, expected: str) -> float:
    """Return edit distance over the expected length, after NFKC, case and punctuation aside.

    0.0 is perfect; above 1.0 where more was read than stands there; 0.0 for two empty texts.
    """
    left, right = " ".join(words_of(read)), " ".join(words_of(expected))
    if not right:
        return float(bool(left))
    return edit_distance(left, right) / len(right)


def edit_distance(left: str, right: str) -> int:
    """Return the least number of insertions, deletions and substitutions (Levenshtein 1966)."""
    previous = list(range(len(right) + 1))
    for row, a in enumerate(left, start=1):
        current = [row]
        for column, b in enumerate(right, start=1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b)))
        previous = current
    return previous[-1]


def _separator(glyph: str) -> str:
    # An apostrophe stands inside a word (don't), a dash or an ellipsis between two.
    return "" if glyph in "'’‘`´" else " "
