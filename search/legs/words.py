"""Words of a query and of a panel: terms, how rare they are, how many of them a panel holds.

A term is a word, or a pair of neighbouring glyphs where a script writes no spaces, so that
Chinese, Japanese and Korean are covered by the same arithmetic.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

from models.text.cleaning import fold

SAMPLE_PANELS = 20_000
"""Panels whose words are counted; a larger library is judged by its first ones."""
TYPO_CREDIT = 0.8
"""What a word with one wrong letter is worth, against the word itself."""
JOINED_CREDIT = 0.9
"""What a word found inside a longer run of letters is worth (OCR drops spaces)."""
TYPO_LETTERS = 5
"""A word needs this many letters before one wrong letter is forgiven: nearly every made-up word of four
letters is one letter away from a real one."""

_MARKS = re.compile("[\u0300-\u036f'’ʼ＇`´]")
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # kana, ideographs
    "\uac00-\ud7af"  # Hangul: stems carry their endings without a space
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}\U00020000-\U0002fa1f]+")
_WORD = re.compile(r"[^\W_]+")
_TERM_RUN = re.compile(f"[{_UNSPACED}\U00020000-\U0002fa1f]+|[^{_UNSPACED}\U00020000-\U0002fa1f]+")


def plain(text: str) -> str:
    """Return the text folded, without accents and apostrophes: what two spellings share."""
    if text.isascii():  # most lettering, and ten times as fast
        return _MARKS.sub("", text.lower())
    decomposed = unicodedata.normalize("NFD", fold(text))
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))


def plain_words(text: str) -> str:
    """Return the words of :func:`plain`, a space between two."""
    return " ".join(_WORD.findall(plain(text)))


def squash(text: str) -> str:
    """Return the letters and digits of :func:`plain` alone, in a row: what OCR spacing cannot break."""
    return "".join(_WORD.findall(plain(text)))


def has_unspaced_script(text: str) -> bool:
    """Say whether a text holds letters of a script in which words are not set apart, or Hangul."""
    return _UNSPACED_RUN.search(text) is not None


def split_terms(text: str) -> tuple[str, ...]:
    """Return the terms of a text in order, repeats included."""
    return _terms_of(_WORD.findall(plain(text)))


def _terms_of(words: Iterable[str]) -> tuple[str, ...]:
    terms: list[str] = []
    for word in words:
        if word.isascii():
            terms.append(word)
        else:
            terms += _cut(word)
    return tuple(terms)


def word_spans(folded: str) -> Iterator[tuple[str, int, int]]:
    """Give the terms of a text that :func:`plain` has folded, and where each stands in it."""
    for word in _WORD.finditer(folded):
        start = word.start()
        for run in _TERM_RUN.finditer(word.group()):
            letters, at = run.group(), start + run.start()
            if len(letters) > 1 and has_unspaced_script(letters):
                yield from ((a + b, at + i, at + i + 2) for i, (a, b) in enumerate(pairwise(letters)))
            else:
                yield letters, at, at + len(letters)


def _cut(word: str) -> Iterator[str]:
    """Cut runs of an unspaced script into pairs of neighbours; other letters stay together."""
    start = 0
    for run in _UNSPACED_RUN.finditer(word):
        if start < run.start():
            yield word[start : run.start()]
        glyphs = run.group()
        yield from (a + b for a, b in pairwise(glyphs)) if len(glyphs) > 1 else (glyphs,)
        start = run.end()
    if start < len(word):
        yield word[start:]


def is_one_edit_away(left: str, right: str) -> bool:
    """Say whether one letter put in, left out, changed or swapped with its neighbour tells them apart."""
    if len(left) > len(right):
        left, right = right, left
    if len(right) - len(left) > 1 or left == right:
        return False
    head = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    if left[head:] == right[head + 1 :] or left[head + 1 :] == right[head + 1 :]:
        return True
    swapped = left[head : head + 2][::-1] == right[head : head + 2]
    return len(left) == len(right) and swapped and left[head + 2 :] == right[head + 2 :]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """In how many panels of a sample each term stands."""

    panels: int
    frequency: Counter[str] = field(repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Lexicon":
        """Count the terms of the panels' texts."""
        counts: Counter[str] = Counter()
        panels = 0
        for text in texts:
            panels += 1
            counts.update(set(split_terms(text)))
        return cls(panels, counts)

    def weight(self, term: str) -> float:
        """Return the term's inverse document frequency (the one of BM25, always positive)."""
        seen = self.frequency[term]
        return log(1.0 + (self.panels - seen + 0.5) / (seen + 0.5))


@dataclass(frozen=True, slots=True)
class PanelWords:
    """A panel's lettering, prepared for comparing: its terms in order and its bare letters."""

    terms: tuple[str, ...]
    distinct: frozenset[str]
    letters: str

    @classmethod
    def of(cls, text: str) -> "PanelWords":
        """Prepare a text."""
        words = _WORD.findall(plain(text))
        terms = _terms_of(words)
        return cls(terms, frozenset(terms), "".join(words))

    def holds_in_order(self, terms: Sequence[str]) -> bool:
        """Say whether the terms stand here one after the other."""
        if not terms or terms[0] not in self.distinct:
            return False
        size, wanted = len(terms), tuple(terms)
        return any(self.terms[i : i + size] == wanted for i in range(len(self.terms) - size + 1))


class Coverage:
    """How much of a query's words a panel holds, each weighed by its rarity."""

    def __init__(self, terms: Sequence[str], lexicon: Lexicon) -> None:
        self._weights = {term: lexicon.weight(term) for term in terms}
        self._total = sum(self._weights.values())

    @property
    def terms(self) -> tuple[str, ...]:
        """The distinct terms of the query."""
        return tuple(self._weights)

    def of(self, panels: Sequence[PanelWords]) -> list[float]:
        """Return for each panel the share in [0, 1] of the query that it holds."""
        if not self._total:
            return [0.0] * len(panels)
        known = set[str]().union(*(panel.distinct for panel in panels))
        slips = {
            term: frozenset[str]() if has_unspaced_script(term) else _one_edit_away(term, known)
            for term in self._weights
        }
        return [
            sum(weight * _credit(term, panel, slips) for term, weight in self._weights.items()) / self._total
            for panel in panels
        ]


def _credit(term: str, panel: PanelWords, slips: Mapping[str, frozenset[str]]) -> float:
    """Return 1 for a term that stands there, less for one with a typo or joined to others."""
    if term in panel.distinct:
        return 1.0
    if term in panel.letters:
        if has_unspaced_script(term):
            return 1.0
        if len(term) >= TYPO_LETTERS:
            return JOINED_CREDIT
    return 0.0 if slips[term].isdisjoint(panel.distinct) else TYPO_CREDIT


def _one_edit_away(term: str, words: Iterable[str]) -> frozenset[str]:
    """Return the words that differ from a term by one edit; such words share a first or a last letter."""
    first, last, size = term[0], term[-1], len(term)
    if size < TYPO_LETTERS:
        return frozenset()
    return frozenset(
        word
        for word in words
        if -1 <= len(word) - size <= 1
        and (word[0] == first or word[-1] == last)
        and is_one_edit_away(term, word)
    )
