"""The review queue of an element: which panels to ask about next, and taking the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from indexer.elements.fitting import current_examples, first_logits, fit, gather
from indexer.elements.labels import Elements
from indexer.elements.material import Panels, read_panels
from models.elements.queue import REASONS, Reason, choose_questions
from schemas.elements import ANSWERS, Answer, ElementLabel
from schemas.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Asked:
    """A panel to be asked about; ``score`` is how likely it has the element, as far as is known."""

    panel_id: str
    reason: Reason
    score: float

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def ask(
    library: Path,
    name: str,
    *,
    count: int,
    reasons: tuple[Reason, ...] = REASONS,
    panels: Panels | None = None,
) -> list[Asked]:
    """Return the panels to ask about next; fewer where there are no more.

    Raises:
        NotFoundError: there is no such element.
        ConfigError: nothing says what it looks like yet.
    """
    elements = Elements(library)
    element = elements.get(name)
    panels = panels or read_panels(library, element.side)
    evidence = gather(panels, elements.labels(element.name), current_examples(elements, element, panels))
    answered = np.zeros(panels.count, np.bool_)
    answered[evidence.answered] = True
    if evidence.has_positive:
        fitted = fit(panels, element, evidence)
        logits, threshold = fitted.logits, fitted.facts.threshold
    else:
        logits, threshold, reasons = first_logits(panels, element), 0.0, ("top",)
    asked = choose_questions(
        logits,
        panels.vectors,
        answered,
        count=count,
        threshold=threshold,
        reasons=reasons,
        seed=int(answered.sum()),
    )
    rows = np.array([question.row for question in asked], np.int64)
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits[rows], -30, 30)))
    return [
        Asked(panel_id, question.reason, round(float(score), 4))
        for panel_id, question, score in zip(panels.ids(rows), asked, scores, strict=True)
    ]


def answer(library: Path, name: str, answers: Mapping[str, Answer], panels: Panels | None = None) -> int:
    """Keep answers by id of panel; returns how many. All or nothing.

    Raises:
        NotFoundError: there is no such element or panel.
        ConfigError: an answer is none of yes, no, skip.
    """
    elements = Elements(library)
    element = elements.get(name)
    for panel_id, given in answers.items():
        if given not in ANSWERS:
            raise ConfigError(f"{str(given)[:40]!r} is no answer for {panel_id[:60]}: write yes, no or skip")
    panels = panels or read_panels(library, element.side)
    labels = [panels.label(panel, given) for panel, given in answers.items()]
    keep_answers(elements, element.name, labels, panels)
    return len(answers)


def keep_answers(elements: Elements, name: str, labels: Sequence[ElementLabel], panels: Panels) -> None:
    """Keep answers; former ones first get the ids that their panels have today.

    Reading a book anew may number its panels otherwise. A new answer would then take the place of what
    was said of another panel, which had its id before.
    """
    before = elements.labels(name)
    spots = panels.find(before).tolist()
    there = [spot for spot in spots if spot >= 0]
    ids = dict(zip(there, panels.ids(np.array(there, np.int64)), strict=True))
    moved = {
        label.panel_id: panels.label(ids[spot], label.answer)
        for label, spot in zip(before, spots, strict=True)
        if spot >= 0 and ids[spot] != label.panel_id
    }
    elements.answer(name, labels, moved)


def without_contradictions(positive: Sequence[str], negative: Sequence[str]) -> dict[str, Answer]:
    """Return answers of two lists. Raises ConfigError for a panel in both."""
    both = sorted(set(positive) & set(negative))
    if both:
        raise ConfigError(f"{both[0][:100]} is said to show it and not to show it: leave one out")
    return {**dict.fromkeys(positive, "yes"), **dict.fromkeys(negative, "no")}
