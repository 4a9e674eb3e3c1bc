"""Matches the panels that a detector found with those that a page reader speaks of.

One to one, by the assignment with the highest total score; what has no counterpart of a fair
score stays unmatched on its side, so nothing is forced and nothing is lost. A score is the mean of
what both sides know: overlap of the boxes, place in the reading order, and lettering.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from models.text.cleaning import fold
from schemas.geometry import Box
from schemas.records import Panel
from schemas.vlm import PanelReading

OVERLAP_WEIGHT, TEXT_WEIGHT, ORDER_WEIGHT = 0.5, 0.3, 0.2
"""A box says most; equal words say more than an equal place, which any miscount shifts."""
_SCORE_DIGITS = 4
MIN_SCORE = 0.35
"""Under this two panels are different ones: the place alone, half wrong, or a grazing box."""


@dataclass(frozen=True, slots=True)
class PanelView:
    """What one side knows of a panel; the sides list their panels in reading order."""

    box: Box | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PanelMatch:
    """Two panels that are one, as indices into both sides; ``score`` in [0, 1]."""

    detected: int
    read: int
    score: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """Matches in the order of the detected panels, and the indices that are left on each side."""

    matches: tuple[PanelMatch, ...]
    only_detected: tuple[int, ...] = ()
    only_read: tuple[int, ...] = ()

    @property
    def is_perfect(self) -> bool:
        """Whether every panel of both sides has its counterpart."""
        return not self.only_detected and not self.only_read

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data: every match with its score, and what is left on each side."""
        return {
            "matches": [
                {"detected": match.detected, "read": match.read, "score": round(match.score, _SCORE_DIGITS)}
                for match in self.matches
            ],
            "only_detected": list(self.only_detected),
            "only_read": list(self.only_read),
        }


def align_panels(
    detected: Sequence[PanelView], read: Sequence[PanelView], *, min_score: float = MIN_SCORE
) -> Alignment:
    """Match two lists of panels, each in reading order."""
    scores = [
        [_score(a, b, _nearness(i, len(detected), j, len(read))) for j, b in enumerate(read)]
        for i, a in enumerate(detected)
    ]
    # A pair under the bar is worth nothing, so that it never costs a fair pair its partner.
    worth = [[score if score >= min_score else 0.0 for score in row] for row in scores]
    matches = tuple(PanelMatch(i, j, scores[i][j]) for i, j in best_assignment(worth) if worth[i][j] > 0)
    taken, known = {match.detected for match in matches}, {match.read for match in matches}
    return Alignment(
        matches,
        only_detected=tuple(i for i in range(len(detected)) if i not in taken),
        only_read=tuple(j for j in range(len(read)) if j not in known),
    )


def align_page(panels: Sequence[Panel], read: Sequence[PanelReading]) -> Alignment:
    """Match the panels of a page with those of a reading of it."""
    return align_panels([view_of_panel(panel) for panel in panels], [view_of_reading(one) for one in read])


def view_of_panel(panel: Panel) -> PanelView:
    """Return what a detector and OCR know of a panel."""
    return PanelView(panel.region.box, panel.text)


def view_of_reading(panel: PanelReading) -> PanelView:
    """Return what a page reader knows of a panel: transcribed texts, else caption and speech."""
    texts = [text.text for text in panel.texts]
    said = [panel.caption, *(speech.dialogue for speech in panel.speakers)]
    return PanelView(panel.box, "\n".join(text for text in texts or said if text))


def perfect_share(alignments: Iterable[Alignment]) -> float:
    """Return the share of pages on which both sides agree; 1 for no page."""
    perfect = [alignment.is_perfect for alignment in alignments]
    return sum(perfect) / len(perfect) if perfect else 1.0


def text_similarity(first: str, second: str) -> float:
    """Return how alike two texts are, in [0, 1]: Dice's coefficient of their letter pairs.

    Works without word boundaries (CJK) and forgives misread letters.
    """
    left, right = _letter_pairs(first), _letter_pairs(second)
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def best_assignment(worth: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    """Pair rows with columns one to one so that the sum of ``worth`` is greatest.

    As many pairs as the shorter side has, in order of rows. O(n² m) for n ≤ m: shortest
    augmenting paths with potentials (Jonker & Volgenant 1987, "A shortest augmenting path algorithm
    for dense and sparse linear assignment problems").
    """
    if not worth or not worth[0]:
        return ()
    if len(worth) > len(worth[0]):
        turned = best_assignment(list(zip(*worth, strict=True)))
        return tuple(sorted((row, column) for column, row in turned))
    costs = [[-value for value in row] for row in worth]
    solver = _Assignment(costs)
    for row in range(len(costs)):
        solver.add_row(row)
    return tuple(sorted((row, column) for column, row in enumerate(solver.row_of) if row is not None))


class _Assignment:
    """The cheapest assignment of the rows added so far; no more rows than columns."""

    def __init__(self, costs: Sequence[Sequence[float]]) -> None:
        self._costs = costs
        columns = len(costs[0])
        self._row_potential = [0.0] * len(costs)
        self._column_potential = [0.0] * columns
        self.row_of: list[int | None] = [None] * columns

    def add_row(self, row: int) -> None:
        """Find the cheapest chain of changes that gives the row a column (Dijkstra) and apply it."""
        columns = len(self.row_of)
        distance, came_from = [inf] * columns, [-1] * columns
        done: list[int] = []
        open_columns = set(range(columns))
        current, reached, last = row, 0.0, -1
        while True:
            for column in open_columns:
                reduced = (
                    self._costs[current][column]
                    - self._row_potential[current]
                    - self._column_potential[column]
                )
                if reached + reduced < distance[column]:
                    distance[column], came_from[column] = reached + reduced, last
            last = min(open_columns, key=lambda column: (distance[column], column))
            reached = distance[last]
            open_columns.remove(last)
            owner = self.row_of[last]
            if owner is None:
                break
            done.append(last)
            current = owner
        self._update_potentials(row, done, distance, reached)
        self._apply(row, last, came_from)

    def _update_potentials(
        self, row: int, done: Sequence[int], distance: Sequence[float], reached: float
    ) -> None:
        """Keep all reduced costs from falling below zero, which Dijkstra needs."""
        self._row_potential[row] += reached
        for column in done:
            owner = self.row_of[column]
            if owner is not None:
                self._row_potential[owner] += reached - distance[column]
            self._column_potential[column] -= reached - distance[column]

    def _apply(self, row: int, last: int, came_from: Sequence[int]) -> None:
        """Pass each column on the path to the row before it."""
        column = last
        while came_from[column] >= 0:
            before = came_from[column]
            self.row_of[column] = self.row_of[before]
            column = before
        self.row_of[column] = row


def _score(detected: PanelView, read: PanelView, nearness: float) -> float:
    """Return the weighted mean of what both sides know."""
    parts = [(ORDER_WEIGHT, nearness)]
    if detected.box is not None and read.box is not None:
        parts.append((OVERLAP_WEIGHT, detected.box.iou(read.box)))
    if detected.text and read.text:
        parts.append((TEXT_WEIGHT, text_similarity(detected.text, read.text)))
    return sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)


def _nearness(i: int, count: int, j: int, other_count: int) -> float:
    """Return 1 for the same place in the order, counted from whichever end they agree on better."""
    from_end = abs((count - i) - (other_count - j))
    return 1.0 / (1 + min(abs(i - j), from_end))


def _letter_pairs(text: str) -> Counter[str]:
    letters = "".join(glyph for glyph in fold(text) if glyph.isalnum())
    return Counter([letters]) if len(letters) == 1 else Counter(a + b for a, b in pairwise(letters))
