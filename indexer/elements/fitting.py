"""From labels to panels: fit a probe, choose a threshold, apply it to every panel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from indexer.elements.evidence import material_of, unseen_in
from indexer.elements.labels import Elements, Example
from indexer.elements.material import Panels, Rows, read_panels
from indexer.elements.pictures import encoded_again, words_vector
from indexer.elements.table import element_writer
from models.elements.evidence import NO, YES, Material, Sample, fit_judge, usual_of
from models.elements.measures import choose_threshold
from models.elements.probe import Probe, background_rows
from schemas.elements import Element, ElementFacts, ElementLabel
from schemas.errors import ConfigError
from schemas.records import FloatMatrix

ALMOST_ALL = 0.9
"""Share of all panels from which an element tells little."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an element among the panels of today, by their rows; ``lost`` labels are of none."""

    yes: Rows
    no: Rows
    skipped: Rows
    lost: int
    pictures_yes: FloatMatrix
    pictures_no: FloatMatrix

    @property
    def answered(self) -> Rows:
        """All panels that somebody was asked about."""
        return np.concatenate([self.yes, self.no, self.skipped])

    @property
    def has_positive(self) -> bool:
        """Whether there is anything to learn from."""
        return bool(len(self.yes) or len(self.pictures_yes))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A probe and what it says of every panel."""

    facts: ElementFacts
    logits: NDArray[np.float32]
    evidence: Evidence
    unseen: int
    """Panels whose figures nobody read yet, of a side that goes by pictures."""


def gather(panels: Panels, labels: Sequence[ElementLabel], examples: Sequence[Example]) -> Evidence:
    """Return what is known; of two labels that found the same panel the later one holds."""
    spots = panels.find(labels).tolist()
    said = {spot: label.answer for spot, label in zip(spots, labels, strict=True) if spot >= 0}
    rows = {
        answer: np.array(sorted(spot for spot, given in said.items() if given == answer), np.int64)
        for answer in ("yes", "no", "skip")
    }
    dim = panels.vectors.shape[1]
    usable = [one for one in examples if one.encoder == panels.encoder and len(one.vector) == dim]
    pictures = {
        answer: np.array([one.vector for one in usable if one.answer == answer], np.float32).reshape(-1, dim)
        for answer in ("yes", "no")
    }
    lost = sum(spot < 0 for spot in spots)
    return Evidence(rows["yes"], rows["no"], rows["skip"], lost, pictures["yes"], pictures["no"])


def fit(panels: Panels, element: Element, evidence: Evidence) -> Fitted:
    """Fit an element and score every panel. Raises ConfigError where nothing shows it."""
    if not evidence.has_positive:
        raise ConfigError(
            f"nothing shows {element.name!r} yet: say yes to a panel in "
            f"'longbox element review {element.name}', or add one with --positive"
        )
    material = material_of(panels, element)
    sample, usual = sample_of(material, evidence), usual_of(material)
    # Its matrices are small: more threads only wait for each other, for seconds on a busy machine.
    with threadpool_limits(1, user_api="blas"):
        judge = fit_judge(sample, usual)
        threshold = choose_threshold(sample, usual, element.precision, judge.shares)
        logits = judge.logits(material)
    probe = judge.whole
    facts = ElementFacts(
        name=element.name,
        kind=element.kind,
        aliases=element.aliases,
        teams=element.teams,
        side=element.side,
        encoder=panels.encoder,
        method=judge.method,
        positives=len(sample.rows(YES)),
        negatives=len(sample.rows(NO)),
        panels=0,
        threshold=round(threshold.logit, 5),
        bias=probe.bias,
        weights=tuple(round(float(weight), 6) for weight in probe.weights),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        made_of="",
        expected_precision=threshold.precision,
        expected_recall=threshold.recall,
    )
    return Fitted(facts, logits, evidence, unseen_in(material, element))


def sample_of(material: Material, evidence: Evidence) -> Sample:
    """Return what to learn from, with weak negatives of panels that nobody was asked about."""
    count, yes, no = len(material), len(evidence.pictures_yes), len(evidence.pictures_no)
    pictures = np.concatenate([evidence.pictures_yes, evidence.pictures_no])
    return Sample.of(
        material.with_pictures(pictures),
        np.concatenate([evidence.yes, count + np.arange(yes)]),
        np.concatenate([evidence.no, count + yes + np.arange(no)]),
        background_rows(count, evidence.answered.tolist()),
    )


def apply(panels: Panels, fitted: Fitted) -> tuple[ElementFacts, pa.Table]:
    """Return the facts and the panels that have the element; what people said of a panel holds."""
    evidence = fitted.evidence
    has = fitted.logits >= fitted.facts.threshold
    has[evidence.yes], has[evidence.no] = True, False
    rows = np.flatnonzero(has)
    scores = 1.0 / (1.0 + np.exp(-np.clip(fitted.logits[rows], -30, 30)))
    scores[np.isin(rows, evidence.yes)] = 1.0
    found = pa.table({"panel_id": panels.ids(rows), "score": pa.array(scores.astype(np.float32))})
    notes = tuple(_notes(evidence, len(rows), panels.count, fitted.unseen))
    return replace(fitted.facts, panels=len(rows), books=len(set(panels.books(rows))), notes=notes), found


def _notes(evidence: Evidence, found: int, panels: int, unseen: int) -> list[str]:
    notes = []
    if found > ALMOST_ALL * panels:
        notes.append("it was found in nearly every panel: say no to some that lack it")
    if not len(evidence.no) and not len(evidence.pictures_no):
        notes.append("nobody said no yet: panels taken at random stand for it")
    if evidence.lost:
        notes.append(f"{evidence.lost:,} labelled panels are not in the library now; their labels are kept")
    if unseen:
        notes.append(f"the figures of {unseen:,} panels were not read yet: 'longbox element figures' does")
    return notes


def work_out(library: Path, name: str, panels: Panels | None = None) -> ElementFacts:
    """Fit an element, apply it to every panel and keep what was found.

    Raises:
        NotFoundError: there is no such element.
        ConfigError: nothing shows it yet; the state of before is kept.
        LibraryBusyError, LibraryError: the library cannot be written.
    """
    elements = Elements(library)
    element = elements.get(name)
    if panels is None or panels.encoder != encoder_of(library, element.side):
        panels = read_panels(library, element.side)
    facts, found = fit_and_apply(elements, element, panels)
    with element_writer(library) as writer:
        writer.replace(facts, found, panels.format)
    return facts


def learn_if_shown(library: Path, name: str) -> ElementFacts | None:
    """Work an element out where anything shows it, a panel or a picture; None where nothing does yet.

    Raises as :func:`work_out`.
    """
    elements = Elements(library)
    element = elements.get(name).name
    answers = [one.answer for one in elements.labels(element)]
    answers += [one.answer for one in elements.examples(element)]
    return work_out(library, element) if "yes" in answers else None


def fit_and_apply(elements: Elements, element: Element, panels: Panels) -> tuple[ElementFacts, pa.Table]:
    """Return the facts of an element and its panels, nothing written but pictures encoded anew."""
    labels = elements.labels(element.name)
    examples = current_examples(elements, element, panels)
    fitted = fit(panels, element, gather(panels, labels, examples))
    facts, found = apply(panels, fitted)
    of = f"{panels.encoder} {facts.method} {fitted.unseen}"
    return replace(facts, made_of=digest_of(element, labels, examples, of)), found


def current_examples(elements: Elements, element: Element, panels: Panels) -> list[Example]:
    """Return the example pictures, encoded anew where the library has another encoder by now."""
    examples = elements.examples(element.name)
    if element.side != "look" or all(one.encoder == panels.encoder for one in examples):
        return examples
    fresh = encoded_again(examples, panels)
    elements.set_examples(element.name, fresh)
    return fresh


def encoder_of(library: Path, side: str) -> str:
    """Return what makes the vectors of a side, reading no panel."""
    from indexer.elements.material import encoder_named
    from indexer.library.export import open_table
    from schemas.tables import PANELS, LibraryFormat

    return encoder_named(LibraryFormat.from_metadata(open_table(library, PANELS).schema.metadata), side)


def digest_of(element: Element, labels: Sequence[ElementLabel], examples: Sequence[Example], of: str) -> str:
    """Return what tells apart all that a fit depends on, panels aside; ``of`` is the kinds of evidence."""
    told = [
        [
            element.kind,
            element.aliases,
            element.teams,
            element.side,
            element.precision,
            of,
        ],
        [[label.panel_id, label.answer] for label in labels],
        [[one.origin, one.answer, sha256(one.vector.tobytes()).hexdigest()] for one in examples],
    ]
    return sha256(json.dumps(told).encode()).hexdigest()[:24]


def first_logits(panels: Panels, element: Element) -> NDArray[np.float32]:
    """Rank panels by the words an element was begun with. Raises ConfigError without words."""
    if not element.words:
        raise ConfigError(
            f"nothing shows {element.name!r} yet, and it was begun without words: add a panel with "
            "--positive, or words with --words"
        )
    vector = words_vector(element.words, panels)
    return Probe(vector, 0.0, "words").logits(panels.vectors)
