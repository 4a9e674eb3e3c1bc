"""From the ranks of several legs to one ranked list: fusing, folding duplicates, grouping.

Reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): a leg adds
``weight / (60 + rank)``, so that legs with different measures need no common scale. A leg whose
score is absolute (a cosine, a share of words) is put on the same curve by its score instead: the
best of bad matches is no good match.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from schemas.messages import GroupBy, LegScore, RunStep
from search.legs.words import squash

RRF_K = 60
SAME_SCORE_DIGITS = 6
"""Leg scores that agree to so many digits share a rank: float noise decides nothing."""
NEAR_PHASH_BITS = 4
"""Two 64-bit picture hashes this close show the same drawing, scanned or packed anew."""
_COMPARED_HASHES = 256
NEAR_TEXT = 0.8
"""Share of letter triples that two readings of the same lettering have in common at least."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A panel that some leg found: what ranking needs to know of it."""

    row_id: int
    panel_id: str
    book_id: str
    text: str
    phash: int
    tags: tuple[str, ...] = ()

    @property
    def page_id(self) -> str:
        """Key of the panel's page."""
        return self.panel_id.rpartition("#")[0]


@dataclass(frozen=True, slots=True)
class Leg:
    """What one way of looking found: panel ids and the leg's own scores, in any order.

    ``spread`` is for a leg whose score is absolute, and counts instead of the rank: a score of 0
    lies so many places behind the score ``full`` and adds nothing, however few panels stand between.
    ``is_cut`` says that it found more than it was allowed to return. Legs with the same ``question``
    are alternatives (a picture is like the panel or like the whole page): the one that gives a panel
    most counts, the others nothing.
    """

    name: str
    weight: float
    scores: dict[str, float]
    is_cut: bool = False
    spread: float = 0.0
    question: str = ""
    full: float = 1.0

    def shares(self, ranks: Sequence[int], scores: Sequence[float]) -> list[float]:
        """Return what panels of those ranks and scores gain here, before all legs are scaled to 1."""
        if not self.spread:
            return [self.weight / (RRF_K + rank) for rank in ranks]
        missing = 1.0 - np.clip(np.array(scores) / self.full, 0.0, 1.0)
        nothing, everything = 1.0 / (RRF_K + 1 + self.spread), 1.0 / (RRF_K + 1)
        counted = 1.0 / (RRF_K + 1 + self.spread * missing) - nothing
        shares: list[float] = (self.weight * everything * counted / (everything - nothing)).tolist()
        return shares


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place in the ranked list; ``run`` names the panels of a run that begins here."""

    candidate: Candidate
    score: float
    legs: dict[str, LegScore]
    duplicates: int = 0
    group_size: int = 1
    group: str = field(default="", compare=False)
    run: tuple[RunStep, ...] = ()


def fuse(legs: Sequence[Leg], candidates: dict[str, Candidate]) -> list[Ranked]:
    """Return all panels of all legs, best first, ties by panel id.

    The score is 1 for a panel that leads every leg that found anything.
    """
    legs = [leg for leg in legs if leg.scores]
    questions = {leg.name: leg.question or leg.name for leg in legs}
    heaviest: dict[str, float] = {}
    for leg in legs:
        question = questions[leg.name]
        heaviest[question] = max(leg.weight, heaviest.get(question, 0.0))
    best_possible = sum(heaviest.values()) / (RRF_K + 1)
    parts: dict[str, dict[str, LegScore]] = {}
    for leg in legs:
        ranks = leg_ranks(leg.scores)
        scores = [leg.scores[panel_id] for panel_id in ranks]
        shares = leg.shares(list(ranks.values()), scores)
        for (panel_id, rank), score, share in zip(ranks.items(), scores, shares, strict=True):
            parts.setdefault(panel_id, {})[leg.name] = LegScore(rank, score, share / best_possible)
    ranked = []
    has_alternatives = len(set(questions.values())) < len(questions)
    for panel_id, found in parts.items():
        counted = _best_answers(found, questions) if has_alternatives else found
        score = sum(part.share for part in counted.values())
        ranked.append(Ranked(candidates[panel_id], min(1.0, score), counted))
    return sorted(ranked, key=lambda hit: (-round(hit.score, 12), hit.candidate.panel_id))


def _best_answers(found: dict[str, LegScore], questions: dict[str, str]) -> dict[str, LegScore]:
    """Return a panel's parts, those without a share that a better answer to the same question beats."""
    best: dict[str, str] = {}
    for name, part in found.items():
        leader = best.setdefault(questions[name], name)
        if part.share > found[leader].share:
            best[questions[name]] = name
    return {
        name: part if best[questions[name]] == name else replace(part, share=0.0)
        for name, part in found.items()
    }


def leg_ranks(scores: dict[str, float]) -> dict[str, int]:
    """Return ranks from 1, higher scores first; equal scores share the better rank."""
    ranks: dict[str, int] = {}
    last_score, last_rank = float("inf"), 0
    ordered = sorted(((round(score, SAME_SCORE_DIGITS), key) for key, score in scores.items()), reverse=True)
    for place, (score, key) in enumerate(ordered, start=1):
        if score != last_score:
            last_score, last_rank = score, place
        ranks[key] = last_rank
    return ranks


def collapse_duplicates(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Fold panels that show and say the same into the best of them, which counts them."""
    kept: list[Ranked] = []
    folded: dict[int, int] = {}
    phashes = np.array([hit.candidate.phash for hit in ranked], np.uint64)
    hashes = np.zeros(len(ranked), np.uint64)
    for hit, mine, alone in zip(ranked, phashes, _stand_alone(phashes), strict=True):
        near = [] if alone else np.flatnonzero(_are_near(hashes[: len(kept)], mine)).tolist()
        twin = next((i for i in near if _same_panel(kept[i].candidate, hit.candidate)), None)
        if twin is None:
            hashes[len(kept)] = mine
            kept.append(hit)
        else:
            folded[twin] = folded.get(twin, 0) + 1 + hit.duplicates
    return [
        replace(hit, duplicates=hit.duplicates + folded[i]) if i in folded else hit
        for i, hit in enumerate(kept)
    ]


def _are_near(hashes: NDArray[np.uint64], others: NDArray[np.uint64] | np.uint64) -> NDArray[np.bool_]:
    return np.asarray(np.bitwise_count(hashes ^ others) <= NEAR_PHASH_BITS)


def _stand_alone(hashes: NDArray[np.uint64]) -> list[bool]:
    """Say of each hash whether no other is near it; most are alone, and need no closer look."""
    near = [np.zeros(0, np.int64)]
    for start in range(0, len(hashes), _COMPARED_HASHES):
        block = hashes[start : start + _COMPARED_HASHES, np.newaxis]
        near.append(_are_near(block, hashes[np.newaxis]).sum(axis=1))
    alone: list[bool] = (np.concatenate(near) == 1).tolist()
    return alone


def group_hits(ranked: Sequence[Ranked], by: GroupBy) -> list[Ranked]:
    """Keep the best panel of each page or book; ``group_size`` counts the panels found there."""
    if by == "panel":
        return list(ranked)
    leaders: dict[str, Ranked] = {}
    sizes: dict[str, int] = {}
    for hit in ranked:
        key = hit.candidate.page_id if by == "page" else hit.candidate.book_id
        leaders.setdefault(key, hit)
        sizes[key] = sizes.get(key, 0) + hit.group_size
    return [replace(hit, group_size=sizes[key]) for key, hit in leaders.items()]


def _same_panel(left: Candidate, right: Candidate) -> bool:
    if not (left.phash and right.phash):  # a blank picture says nothing
        return False
    if left.text == right.text:
        return True
    mine, other = _triples(left.text), _triples(right.text)
    union = len(mine | other)
    return union > 0 and len(mine & other) / union >= NEAR_TEXT


def _triples(text: str) -> set[str]:
    letters = squash(text)
    return {letters[i : i + 3] for i in range(max(1, len(letters) - 2))} if letters else set()


def merge_rankings(earlier: Sequence[Ranked], later: Iterable[Ranked], by: GroupBy) -> list[Ranked]:
    """Append what a deeper look found to a list that is already being paged through.

    The earlier order stands; a panel, or a group, that has its place there is not shown again.
    """

    def key(hit: Ranked) -> str:
        if by == "page":
            return hit.candidate.page_id
        return hit.candidate.book_id if by == "book" else hit.candidate.panel_id

    shown = {key(hit) for hit in earlier}
    return [*earlier, *(hit for hit in later if key(hit) not in shown)]
