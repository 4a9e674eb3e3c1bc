"""What a recogniser's output says: glyphs, the spaces it hesitates on, and the glyphs it doubts.

The network knows 18,708 glyphs, hence many twins: hand lettering reads as ``SÁD`` or ``1 WILL``
with the plain glyph close behind. Each reading therefore keeps its doubts, and they are settled
once the whole page is known: a page that wears accents elsewhere is in a language that does.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix

BLANK = 0
SPACE_PROBABILITY = 0.12
"""Chance of a space between two letters from which there is one: below the blank's, far above noise."""
SURE = 0.9
"""Probability from which a glyph needs no second look."""
TWIN_RATIO = 0.12
"""Chance of the plain twin, over the glyph's own, from which the plain one is taken."""
MIN_ACCENTS = 2
"""Sure accents that make a page one of a language that writes them."""
_GREEK_TWINS = dict(zip("αικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aikvoptuxABEZHIKMNOPTYX", strict=True))
_DIGIT_TWINS = {"1": "I"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A glyph that may be its plain twin; ``position`` counts in the text."""

    position: int
    twin: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as read; ``confidence`` is the mean probability of its glyphs."""

    text: str
    confidence: float
    doubts: tuple[Doubt, ...] = ()


class Alphabet:
    """The glyphs of a recogniser by class: the blank, the characters, the space."""

    def __init__(self, characters: Sequence[str]) -> None:
        """Find each glyph's plain twin among the characters."""
        self.glyphs = ("", *characters, " ")
        classes = {glyph: index for index, glyph in enumerate(self.glyphs)}
        self.space = len(self.glyphs) - 1
        twins = ((index, classes.get(plain_twin(glyph), 0)) for index, glyph in enumerate(self.glyphs))
        self.twins = {index: twin for index, twin in twins if twin}


def plain_twin(glyph: str) -> str:
    """Return the plain glyph that another is easily mistaken for; empty where there is none."""
    base = unicodedata.normalize("NFD", glyph)[:1]
    if base != glyph and base.isascii() and base.isalpha():
        return base
    return _GREEK_TWINS.get(glyph) or _DIGIT_TWINS.get(glyph, "")


def decode(probabilities: FloatMatrix, alphabet: Alphabet) -> Reading:
    """Read (steps, classes) greedily: repeated classes and blanks collapse (CTC, Graves 2006)."""
    best = probabilities.argmax(axis=1)
    fresh = np.ones(len(best), dtype=bool)
    fresh[1:] = best[1:] != best[:-1]
    steps = np.flatnonzero(fresh & (best != BLANK))
    if steps.size == 0:
        return Reading("", 0.0)
    text: list[str] = []
    doubts: list[Doubt] = []
    previous: int | None = None
    for step in steps.tolist():
        glyph = alphabet.glyphs[best[step]]
        if previous is not None and text[-1].isalpha() and glyph.isalpha():
            between = probabilities[previous + 1 : step, alphabet.space]
            if between.size and between.max() >= SPACE_PROBABILITY:
                text.append(" ")
        twin = _likely_twin(probabilities[step], int(best[step]), alphabet)
        if twin:
            doubts.append(Doubt(len(text), twin))
        text.append(glyph)
        previous = step
    confidence = float(probabilities[steps, best[steps]].mean())
    return Reading("".join(text), confidence, tuple(doubts))


def settle(readings: Sequence[Reading]) -> list[str]:
    """Return the texts of a page's lines, each doubt decided by its line and its page."""
    accents_are_common = sum(map(_sure_accents, readings)) >= MIN_ACCENTS
    return [_settled(reading, keep_accents=accents_are_common) for reading in readings]


def _settled(reading: Reading, *, keep_accents: bool) -> str:
    glyphs = list(reading.text)
    for doubt in reading.doubts:
        glyph = glyphs[doubt.position]
        if glyph in _DIGIT_TWINS:
            swap = _stands_among_letters(reading.text, doubt.position)
        elif glyph in _GREEK_TWINS:
            swap = sum(other.isascii() and other.isalpha() for other in glyphs) > 0
        else:
            swap = not keep_accents
        if swap:
            glyphs[doubt.position] = doubt.twin
    return "".join(glyphs)


def _likely_twin(row: NDArray[np.float32], best: int, alphabet: Alphabet) -> str:
    twin = alphabet.twins.get(best)
    if twin is None or row[best] >= SURE or row[twin] < TWIN_RATIO * row[best]:
        return ""
    return alphabet.glyphs[twin]


def _sure_accents(reading: Reading) -> int:
    doubtful = {doubt.position for doubt in reading.doubts}
    return sum(
        position not in doubtful and glyph not in _GREEK_TWINS and glyph.isalpha() and plain_twin(glyph) != ""
        for position, glyph in enumerate(reading.text)
    )


def _stands_among_letters(text: str, position: int) -> bool:
    """Say whether a digit's word, or a neighbour where it stands alone, is made of letters."""
    start = text.rfind(" ", 0, position) + 1
    stop = text.find(" ", position) % (len(text) + 1)
    word = text[start:position] + text[position + 1 : stop]
    if not any(glyph.isalnum() for glyph in word):
        after, before = text[stop:].split()[:1], text[:start].split()[-1:]
        word = "".join([*before, *after])
    return any(glyph.isalpha() for glyph in word) and not any(glyph.isdigit() for glyph in word)
