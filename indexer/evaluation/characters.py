"""Compares words character by character, without an order between them.

A page has no single order of its balloons, so an edit distance over its whole text measures the
order rather than the reading. Here words are paired first: equal ones, then words read as one or
torn apart, then the most alike; the edits within pairs and the words left over are counted.
The idea is that of the flexible character accuracy (Clausner et al. 2020, "Flexible character
accuracy measure for reading-order-independent evaluation of text recognition").
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.text.measures import MatchScore, edit_distance

MAX_RUN = 4
"""Most words that are tried as one word without its spaces."""
MAX_LENGTH_RATIO = 2
"""Words of more unlike lengths are different words."""
MIN_SHARED_LETTERS = 0.5
"""Share of the shorter word's different letters that a pair must have in common."""

_Placed = tuple[int, str]
"""A word and its place in the text."""


@dataclass(frozen=True, slots=True)
class CharacterScore(MatchScore):
    """Counts of characters, spaces and punctuation aside.

    ``edits`` are the insertions, deletions and substitutions that turn what was read into what
    was expected.
    """

    edits: int = 0

    @property
    def error_rate(self) -> float:
        """Edits over the characters expected (CER); above 1 where far more was read."""
        return self.edits / self.expected if self.expected else float(bool(self.edits))


def compare_characters(read: Sequence[str], expected: Sequence[str]) -> CharacterScore:
    """Compare two lists of words as :func:`models.text.measures.words_of` returns them."""
    left, right = _unequal(read, expected), _unequal(expected, read)
    left, right = _without_joined(left, right)
    right, left = _without_joined(right, left)
    alike, edits = _pair_alike([word for _, word in left], [word for _, word in right])
    total = sum(map(len, expected))
    equal = total - sum(len(word) for _, word in right)
    return CharacterScore(equal + alike, sum(map(len, read)), total, edits)


def _unequal(words: Sequence[str], others: Sequence[str]) -> list[_Placed]:
    """Return the words that have no equal among the others, each other one used once."""
    free = Counter(others)
    rest = []
    for place, word in enumerate(words):
        if free[word]:
            free[word] -= 1
        else:
            rest.append((place, word))
    return rest


def _without_joined(wholes: list[_Placed], parts: list[_Placed]) -> tuple[list[_Placed], list[_Placed]]:
    """Take out words of ``wholes`` that are neighbouring ``parts`` without the spaces between."""
    rest, left = [], list(parts)
    for whole in wholes:
        run = _run_of(whole[1], left)
        if run is None:
            rest.append(whole)
        else:
            del left[run]
    return rest, left


def _run_of(whole: str, parts: Sequence[_Placed]) -> slice | None:
    """Return where two or more neighbouring parts spell a word; neighbours in the text, too."""
    for start, (first, word) in enumerate(parts):
        joined = word
        for stop in range(start + 1, min(start + MAX_RUN, len(parts))):
            place, part = parts[stop]
            joined += part
            if place - first != stop - start or not whole.startswith(joined):
                break
            if joined == whole:
                return slice(start, stop + 1)
    return None


def _pair_alike(read: Sequence[str], expected: Sequence[str]) -> tuple[int, int]:
    """Pair the most alike words; return matched characters and edits, those of lone words included."""
    pairs = sorted(
        (distance / max(len(a), len(b)), i, j, distance)
        for i, a in enumerate(read)
        for j, b in enumerate(expected)
        if _may_pair(a, b) and (distance := edit_distance(a, b)) < max(len(a), len(b))
    )
    lone_read, lone_expected = set(range(len(read))), set(range(len(expected)))
    matched = edits = 0
    for _, i, j, distance in pairs:
        if i in lone_read and j in lone_expected:
            lone_read.remove(i)
            lone_expected.remove(j)
            # In an alignment with the fewest edits, at least this many characters stand opposite equals.
            matched += max(len(read[i]), len(expected[j])) - distance
            edits += distance
    edits += sum(len(read[i]) for i in lone_read) + sum(len(expected[j]) for j in lone_expected)
    return matched, edits


def _may_pair(first: str, second: str) -> bool:
    """Rule out what cannot be alike before its edits are counted, which is slow."""
    short, long = sorted((len(first), len(second)))
    if long > MAX_LENGTH_RATIO * short:
        return False
    letters, others = set(first), set(second)
    return len(letters & others) >= MIN_SHARED_LETTERS * min(len(letters), len(others))
