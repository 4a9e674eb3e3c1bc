"""How well a line, typed as printed, stands in a panel's lettering.

OCR reads a letter wrong here, drops a space there and may break a word. Letters are therefore
compared without spaces and marks: the line is laid at its best place in the text and the letters
that must be changed are counted (Sellers' algorithm for approximate matching, 1980), for many
texts at a time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.legs.words import PanelWords

EXACT, JOINED, BEST_INEXACT = 1.0, 0.98, 0.96
"""Scores of a line that stands there word by word, letter by letter, and at most with a slip."""
JOINED_LETTERS = 6
"""Letters a line needs before it may hide inside longer words ("no" stands in "another")."""
MAX_LINE_LETTERS = 240
MAX_TEXT_LETTERS = 1_500
"""Bounds of one comparison; a longer line is judged by its beginning."""
MAX_ALIGNED = 32
"""Texts that are laid out letter by letter, the most promising first."""
_GRAM = 3


def line_scores(
    terms: Sequence[str], letters: str, panels: Sequence[PanelWords], *, floor: float
) -> NDArray[np.float64]:
    """Return for each panel how well it holds the line, in [0, 1].

    Args:
        terms: The line's terms in order.
        letters: The line's bare letters (:func:`search.legs.words.squash`).
        panels: The candidates.
        floor: Scores below this are not worked out exactly and come back as 0.
    """
    letters = letters[:MAX_LINE_LETTERS]
    scores = np.zeros(len(panels))
    if not letters:
        return scores
    grams = {letters[i : i + _GRAM] for i in range(len(letters) - _GRAM + 1)}
    open_cases: list[tuple[int, int]] = []
    # One edit destroys at most three of the line's letter triples.
    most_missing = _GRAM * len(letters) * (1.0 - floor)
    for i, panel in enumerate(panels):
        if panel.holds_in_order(terms):
            scores[i] = EXACT
        elif len(letters) >= JOINED_LETTERS and letters in panel.letters:
            scores[i] = JOINED
        elif len(letters) >= JOINED_LETTERS:
            text = panel.letters
            missing = sum([gram not in text for gram in grams])
            if missing <= most_missing:
                open_cases.append((missing, i))
    chosen = [i for _, i in sorted(open_cases)[:MAX_ALIGNED]]
    if chosen:
        errors = edits_at_best_place(letters, [panels[i].letters[:MAX_TEXT_LETTERS] for i in chosen])
        similarity = np.minimum(1.0 - errors / len(letters), BEST_INEXACT)
        scores[chosen] = np.where(similarity >= floor, similarity, 0.0)
    return scores


def edits_at_best_place(line: str, texts: Sequence[str]) -> NDArray[np.int32]:
    """Return for each text the least letters to change, add or drop so that the line stands in it.

    Works on all texts at once: one row of the dynamic programming table a letter of the line. The
    step along a row is a running minimum, so no loop over the text is needed.
    """
    width = max((len(text) for text in texts), default=0)
    grid = np.zeros((len(texts), width), np.int32)
    for row, text in zip(grid, texts, strict=True):
        row[: len(text)] = _codes(text)
    steps = np.arange(width + 1, dtype=np.int32)
    above = np.zeros((len(texts), width + 1), np.int32)
    for i, letter in enumerate(_codes(line), start=1):
        below = np.empty_like(above)
        below[:, 0] = i
        np.minimum(above[:, 1:] + 1, above[:, :-1] + (grid != letter), out=below[:, 1:])
        above = np.minimum.accumulate(below - steps, axis=1) + steps
    return np.asarray(above.min(axis=1), np.int32)


def _codes(text: str) -> NDArray[np.int32]:
    return np.frombuffer(text.encode("utf-32-le"), np.int32)
