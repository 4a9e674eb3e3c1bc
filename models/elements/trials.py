"""Trials of probes on labelled panels: ranked by a few positives, and taught by a queue or at random.

Panels are split by group (book, page), so that no panel is judged by its neighbours on a page that
was learnt from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from models.elements.evidence import Material, Sample, fit_judge, usual_of
from models.elements.measures import average_precision
from models.elements.probe import background_rows
from models.elements.queue import choose_questions

DRAWS = 8
SPLIT_TRIES = 40
NEGATIVES_EACH = 2
"""Panels without the element that are labelled beside each with it."""
MIN_JUDGED = 2
FIRST_LABELS, BATCH, MOST_LABELS = 2, 6, 150
NEARLY = 0.9
"""Share of what all labels of the pool together reach that a taught probe should reach."""

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trial:
    """Average precision on panels that were held out, and the share of them that have the element."""

    ap: float
    prevalence: float
    precision_at_5: float


@dataclass(frozen=True, slots=True)
class Teaching:
    """Labels that a probe needed to come near what all labels reach: asked by the queue, and at random."""

    by_queue: int
    at_random: int


def ranked_trials(
    material: Material, truth: Mask, groups: Sequence[str], positives: int, *, room_for: int = 0
) -> list[Trial]:
    """Rank held-out panels by as many positives; an empty list where there are not enough.

    Args:
        material: what is known of each panel.
        truth: which of them have the element.
        groups: what is kept together in a split, one a row.
        positives: how many panels with the element are learnt from.
        room_for: positives that the split must leave to learn from, where more are to be compared on it.
    """
    trials, usual = [], usual_of(material)
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        train = _split(truth, groups, max(positives, room_for), rng)
        if train is None:
            continue
        yes = rng.permutation(np.flatnonzero(truth & train))[:positives]
        no = rng.permutation(np.flatnonzero(~truth & train))[: NEGATIVES_EACH * positives]
        held = np.flatnonzero(~train)
        logits = fit_judge(_sample(material, train, yes, no), usual).logits(material.take(held))
        judged = truth[held]
        first = judged[np.argsort(-logits, kind="stable")[:5]]
        trials.append(Trial(average_precision(logits, judged), float(judged.mean()), float(first.mean())))
    return trials


def teaching_trials(
    material: Material, truth: Mask, groups: Sequence[str], *, draws: int = 4
) -> list[Teaching]:
    """Count the labels until a probe is nearly as good as with all, asked by the queue and at random."""
    found, usual = [], usual_of(material)
    for seed in range(draws):
        rng = np.random.default_rng(100 + seed)
        train = _split(truth, groups, FIRST_LABELS + 1, rng)
        if train is None:
            continue
        yes, no = np.flatnonzero(truth & train), np.flatnonzero(~truth & train)
        held = np.flatnonzero(~train)
        judge = fit_judge(_sample(material, train, yes, no), usual)
        best = average_precision(judge.logits(material.take(held)), truth[held])
        first = [*rng.permutation(yes)[:FIRST_LABELS], *rng.permutation(no)[:FIRST_LABELS]]
        needed = [
            _labels_needed(
                material, truth, train, first, target=NEARLY * best, seed=seed if by_queue else None
            )
            for by_queue in (True, False)
        ]
        found.append(Teaching(*needed))
    return found


def _labels_needed(
    material: Material, truth: Mask, train: Mask, first: Sequence[int], *, target: float, seed: int | None
) -> int:
    """Count labels until the target is reached; without a ``seed`` of the queue they are taken at random."""
    pool, held = np.flatnonzero(train), np.flatnonzero(~train)
    learnt, judged = material.take(pool), material.take(held)
    usual, known = usual_of(material), np.isin(pool, first)
    order = np.random.default_rng(sum(first)).permutation(len(pool))
    most = min(MOST_LABELS, len(pool))
    while True:
        said = pool[known]
        judge = fit_judge(_sample(material, train, said[truth[said]], said[~truth[said]]), usual)
        if average_precision(judge.logits(judged), truth[held]) >= target or known.sum() >= most:
            return int(known.sum())
        if seed is None:
            known[order[~known[order]][:BATCH]] = True
        else:
            logits = judge.logits(learnt)
            asked = choose_questions(logits, learnt.vectors, known, count=BATCH, seed=seed + int(known.sum()))
            known[[question.row for question in asked]] = True


def _sample(material: Material, train: Mask, yes: Rows, no: Rows) -> Sample:
    pool = np.flatnonzero(train)
    taken = np.flatnonzero(np.isin(pool, np.concatenate([yes, no])))
    others = pool[background_rows(len(pool), taken.tolist())]
    return Sample.of(material, yes, no, others)


def _split(truth: Mask, groups: Sequence[str], positives: int, rng: np.random.Generator) -> Mask | None:
    """Choose half of the groups to learn from, with enough positives there and some to be judged."""
    names = np.array(groups)
    known = np.unique(names)
    for _ in range(SPLIT_TRIES):
        train = np.isin(names, rng.permutation(known)[: (len(known) + 1) // 2])
        judged = truth[~train]
        enough = (truth & train).sum() >= positives and (~truth & train).sum() >= MIN_JUDGED
        if enough and judged.sum() >= MIN_JUDGED and (~judged).any():
            return train
    return None


def means(trials: Sequence[Trial]) -> dict[str, float]:
    """Return what trials say together."""
    ap, share = fmean(one.ap for one in trials), fmean(one.prevalence for one in trials)
    return {
        "ap": round(ap, 4),
        "prevalence": round(share, 4),
        "ap_over_prevalence": round(ap / share, 3),
        "precision_at_5": round(fmean(one.precision_at_5 for one in trials), 4),
        "all_negative_accuracy": round(1 - share, 4),
        "draws": len(trials),
    }


def counts_for(available: int) -> Iterator[int]:
    """Give the numbers of positives to try; of something rarer than five, one."""
    yield from (5, 10, 20, 50)
    if available < 2 * 5:
        yield max(1, available // 3)
