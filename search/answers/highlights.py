"""Which parts of a panel's lettering match what was asked, as places in its text.

Words are compared as the legs compare them: folded, without accents and apostrophes, by pairs of
glyphs where a script writes no spaces, one wrong letter forgiven in longer words. Folding may
change how many characters there are, so every folded one knows where it comes from.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.messages import SearchRequest
from search.legs.words import (
    TYPO_LETTERS,
    has_unspaced_script,
    is_one_edit_away,
    plain,
    split_terms,
    word_spans,
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words to be marked: each for itself, or the whole as it stands where ``is_phrase``."""

    terms: tuple[str, ...]
    is_phrase: bool = False
    is_prefix: bool = False
    forgives: bool = True


class Highlighter:
    """Marks what one request looks for in texts."""

    def __init__(self, request: SearchRequest) -> None:
        self._wanted = [wanted for wanted in _wanted_of(request) if wanted.terms]

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return where the text matches, in order and apart: ``text[start:end]``."""
        if not self._wanted or not text:
            return ()
        folded, origins = fold_with_origins(text)
        words = list(word_spans(folded))
        found = [span for wanted in self._wanted for span in _found(words, wanted)]
        return _joined([(origins[start][0], origins[end - 1][1]) for start, end in found])


def _wanted_of(request: SearchRequest) -> Iterator[Wanted]:
    for asked in (request, *request.run):
        for wish in asked.wishes:
            yield Wanted(split_terms(wish.words))
        for line in asked.lines:
            yield Wanted(split_terms(line.text))
        for phrase in asked.conditions:
            is_prefix = phrase.mode == "prefix"
            yield Wanted(split_terms(phrase.text), is_phrase=True, is_prefix=is_prefix, forgives=False)


def fold_with_origins(text: str) -> tuple[str, list[Span]]:
    """Return the text as :func:`search.legs.words.plain` folds it, and for each character where it was."""
    if text.isascii():
        folded = plain(text)
        if len(folded) == len(text):
            return folded, [(i, i + 1) for i in range(len(text))]
    letters: list[str] = []
    origins: list[Span] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _belongs_before(text[end]):
            continue
        piece = plain(text[start:end])
        letters.append(piece)
        origins += [(start, end)] * len(piece)
        start = end
    return "".join(letters), origins


def _belongs_before(letter: str) -> bool:
    """Say whether a character changes the one before it, as accents and kana marks do."""
    return unicodedata.combining(letter) > 0 or letter in "\uff9e\uff9f"


def _found(words: Sequence[tuple[str, int, int]], wanted: Wanted) -> Iterator[Span]:
    if wanted.is_phrase:
        yield from _phrases(words, wanted)
        return
    exact = frozenset(wanted.terms)
    loose = [term for term in exact if len(term) >= TYPO_LETTERS and not has_unspaced_script(term)]
    for term, start, end in words:
        if term in exact or any(
            is_one_edit_away(one, term) for one in loose if -1 <= len(one) - len(term) <= 1
        ):
            yield start, end
        elif wanted.forgives:
            yield from _inside(term, start, loose)


def _inside(term: str, start: int, loose: Sequence[str]) -> Iterator[Span]:
    """Give the words that stand inside a longer run of letters: OCR drops spaces."""
    for one in loose:
        at = term.find(one)
        if at >= 0:
            yield start + at, start + at + len(one)


def _phrases(words: Sequence[tuple[str, int, int]], wanted: Wanted) -> Iterator[Span]:
    *head, last = wanted.terms
    size = len(head)
    for first in range(len(words) - size):
        if [term for term, *_ in words[first : first + size]] != head:
            continue
        term, _, end = words[first + size]
        if term == last or (wanted.is_prefix and term.startswith(last)):
            yield words[first][1], end


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans in order, those that overlap or touch as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
