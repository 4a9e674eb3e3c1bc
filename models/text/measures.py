"""How well lettering was read: words against a transcript.

Words are compared without case and punctuation, after NFKC, as bags: a page has no single order
of its balloons.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class MatchScore:
    """Counts of words, or of anything else that was read and expected; scores of pages add up."""

    matched: int = 0
    read: int = 0
    expected: int = 0

    @property
    def precision(self) -> float:
        """Share of what was read that was expected; 1.0 where nothing was read."""
        return self.matched / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        """Share of what was expected that was read; 1.0 where nothing was expected."""
        return self.matched / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1.0 where nothing was read nor expected."""
        total = self.read + self.expected
        return 2 * self.matched / total if total else 1.0

    def __add__(self, other: Self) -> Self:
        """Pool the counts of two pages."""
        return type(self)(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


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


def score_words(read: Sequence[str], expected: Sequence[str]) -> MatchScore:
    """Match two bags of words, each word as often as it stands in both."""
    left, right = Counter(read), Counter(expected)
    return MatchScore((left & right).total(), left.total(), right.total())


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
