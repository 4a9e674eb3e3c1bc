"""Runs of panels: several wishes, each met by a panel, one after the other in reading order.

The panels that each step finds are laid along their books; dynamic programming then looks for the
way through the steps that scores most. A few panels may lie between two steps, which costs, also
across the border of a page; of three and more steps one in three may be met by no panel.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.messages import LegScore, RunStep
from search.ranking import Candidate, Ranked
from search.state.columns import PanelColumns

MAX_GAP = 3
"""Panels that may lie between two steps, beside those of steps that nothing met."""
GAP_COST = 0.1
"""What each of them costs, against a step's score of at most 1."""
MISSING = 3
"""One step of so many may be missing."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of a run found: the score of each panel and the panel itself, by id."""

    scores: Mapping[str, float]
    candidates: Mapping[str, Candidate]


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the first steps that ends at a place: ``visited`` are (step, place)."""

    total: float
    visited: tuple[tuple[int, int], ...]


def find_runs(steps: Sequence[Step], columns: PanelColumns) -> list[Ranked]:
    """Return the runs, best first; within a book no panel is in two of them."""
    ids: dict[tuple[int, int], str] = {}
    books: dict[int, list[dict[int, float]]] = {}
    for number, step in enumerate(steps):
        panels = list(step.scores)
        rows = columns.rows_of(step.candidates[panel].row_id for panel in panels)
        for panel, row in zip(panels, rows.tolist(), strict=True):
            book, place = int(columns.books.codes[row]), int(columns.places[row])
            ids[book, place] = panel
            books.setdefault(book, [{} for _ in steps])[number][place] = step.scores[panel]
    found = []
    for book, scores in books.items():
        found += [_ranked(path, scores, steps, ids, book) for path in best_paths(scores)]
    return sorted(found, key=lambda hit: (-round(hit.score, 12), hit.candidate.panel_id))


def best_paths(scores: Sequence[Mapping[int, float]]) -> list[Path]:
    """Return the ways through the steps of one book that share no panel, best first.

    Ways whose gaps cost more than their steps are worth are none.

    Args:
        scores: for each step, the scores in [0, 1] of the places that meet it.
    """
    least = len(scores) - len(scores) // MISSING
    if sum(map(bool, scores)) < least:
        return []
    ends = [path for path in _all_paths(scores) if len(path.visited) >= least and path.total > 0.0]
    ends.sort(key=lambda path: (-round(path.total, 12), path.visited))
    chosen: list[Path] = []
    taken: set[int] = set()
    for path in ends:
        places = {place for _, place in path.visited}
        if taken.isdisjoint(places):
            chosen.append(path)
            taken |= places
    return chosen


def _all_paths(scores: Sequence[Mapping[int, float]]) -> Iterator[Path]:
    """Give the best way to each step and place, for each number of steps met on it."""
    best: dict[tuple[int, int], dict[int, Path]] = {}
    for step, found in enumerate(scores):
        for place, score in found.items():
            mine = {1: Path(score, ((step, place),))}
            for path in _before(best, step, place):
                last_step, last_place = path.visited[-1]
                gap = max(0, (place - last_place) - (step - last_step))
                longer = Path(path.total + score - GAP_COST * gap, (*path.visited, (step, place)))
                size = len(longer.visited)
                if size not in mine or longer.total > mine[size].total:
                    mine[size] = longer
            best[step, place] = mine
            yield from mine.values()


def _before(best: Mapping[tuple[int, int], Mapping[int, Path]], step: int, place: int) -> Iterator[Path]:
    for last_step in range(step):
        reach = (step - last_step) + MAX_GAP
        for last_place in range(place - reach, place):
            yield from best.get((last_step, last_place), {}).values()


def _ranked(
    path: Path,
    scores: Sequence[Mapping[int, float]],
    steps: Sequence[Step],
    ids: Mapping[tuple[int, int], str],
    book: int,
) -> Ranked:
    """Return a run as a hit of its first panel; each step's part is its score over the number of steps."""
    met = [RunStep(step + 1, ids[book, place], scores[step][place]) for step, place in path.visited]
    first = steps[path.visited[0][0]].candidates[met[0].panel_id]
    legs = {f"step {part.step}": LegScore(1, part.score, part.score / len(steps)) for part in met}
    return Ranked(first, max(0.0, path.total / len(steps)), legs, run=tuple(met))
