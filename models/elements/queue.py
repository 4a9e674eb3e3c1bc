"""What to ask next: panels whose answer teaches most, and some that keep the rest honest.

Uncertain panels lie at the border, top ones confirm, diverse ones lie away from all that was
asked, and random ones show what nobody thought of.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix

Reason = Literal["uncertain", "top", "diverse", "random"]
REASONS: tuple[Reason, ...] = ("top", "uncertain", "diverse", "random")
SHARES: dict[Reason, float] = {"top": 0.5, "uncertain": 0.25, "diverse": 0.125, "random": 0.125}
"""Half of the questions confirm: of something rare a border is found only through what has it."""
POOL = 2_000
"""Panels near the top among which diverse ones are sought."""


@dataclass(frozen=True, slots=True)
class Question:
    """A panel to be asked about, by its row, and why."""

    row: int
    reason: Reason


def choose_questions(  # noqa: PLR0913 - what a queue depends on, as keywords
    logits: NDArray[np.float32],
    vectors: FloatMatrix,
    answered: NDArray[np.bool_],
    *,
    count: int,
    threshold: float = 0.0,
    reasons: tuple[Reason, ...] = REASONS,
    seed: int = 0,
) -> list[Question]:
    """Return panels to ask about, no answered one and none twice, mixed so that no kind comes last.

    Args:
        logits: of every panel.
        vectors: their unit vectors (n, dim).
        answered: which of them have an answer.
        count: how many questions.
        threshold: the logit where uncertainty is greatest.
        reasons: kinds of questions.
        seed: of the random ones.
    """
    free = np.flatnonzero(~answered)
    if not len(free):
        return []
    rng = np.random.default_rng(seed)
    best = free[np.argsort(-logits[free], kind="stable")]
    ranked: dict[Reason, NDArray[np.int64]] = {
        "top": best,
        "uncertain": free[np.argsort(np.abs(logits[free] - threshold), kind="stable")],
        "random": rng.permutation(free),
    }
    if "diverse" in reasons:
        ranked["diverse"] = _far_apart(best[:POOL], vectors, np.flatnonzero(answered), count)
    return _mixed({reason: ranked[reason] for reason in reasons}, min(count, len(free)))


def _mixed(ranked: dict[Reason, NDArray[np.int64]], count: int) -> list[Question]:
    """Take from each kind by its share, in turn."""
    total = sum(SHARES[reason] for reason in ranked)
    due = dict.fromkeys(ranked, 0.0)
    places = dict.fromkeys(ranked, 0)
    asked: list[Question] = []
    taken: set[int] = set()
    while len(asked) < count:
        for reason in ranked:
            due[reason] += SHARES[reason] / total
        open_kinds = [reason for reason in ranked if places[reason] < len(ranked[reason])]
        if not open_kinds:
            break
        reason = max(open_kinds, key=due.__getitem__)
        row = int(ranked[reason][places[reason]])
        places[reason] += 1
        if row not in taken:
            taken.add(row)
            due[reason] -= 1.0
            asked.append(Question(row, reason))
    return asked


def _far_apart(
    pool: NDArray[np.int64], vectors: FloatMatrix, answered: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Choose panels that are each the least like all answered and chosen ones."""
    rows = vectors[pool]
    nearest = np.full(len(pool), -1.0, np.float32)
    for start in range(0, len(answered), POOL):
        nearest = np.maximum(nearest, (rows @ vectors[answered[start : start + POOL]].T).max(axis=1))
    chosen: list[int] = []
    for _ in range(min(count, len(pool))):
        spot = int(np.argmin(nearest))
        chosen.append(spot)
        nearest = np.maximum(nearest, rows @ rows[spot])
        nearest[spot] = 2.0
    return pool[np.asarray(chosen, np.int64)]
