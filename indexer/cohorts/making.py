"""Training on a library, keeping what was learnt, and giving it to its elements."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from indexer.cohorts.items import Labelled
from indexer.elements.adding import Wanted, add_to_library
from indexer.elements.fitting import work_out
from indexer.elements.material import Rows
from models.characters.cohort import Cohort, build_cohort
from models.characters.training import Classifier, Trained, TrainingPlan, train
from models.elements.judge import ElementJudge
from models.elements.probe import Probe
from schemas.elements import MAX_NAME, ElementFacts, check_element_name
from schemas.errors import ConfigError, LibraryError

FORMAT = "longbox-characters-1"
MOST_NEGATIVES = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """Which labels to learn."""

    top: int = 50
    min_support: int = 5


@dataclass(frozen=True, slots=True)
class Made:
    """What was learnt, of which labels."""

    cohort: Cohort
    trained: Trained
    encoder: str

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data without the weights."""
        trained = self.trained
        return {
            "encoder": self.encoder,
            "labels": len(self.cohort.names),
            "left_out": dict(self.cohort.left_out),
            "together": [list(pair) for pair in self.cohort.together],
            "notes": list(self.cohort.notes),
            "items": {part: len(self.cohort.rows(part)) for part in ("train", "valid", "test")},
            "rate": trained.rate,
            "epochs": trained.epochs,
            "best_valid_ap": trained.best_valid_ap,
            "report": trained.report.to_json(),
        }


def learn(
    labelled: Labelled,
    choice: Choice,
    plan: TrainingPlan,
    *,
    on_epoch: Callable[[int, float], None] = lambda _epoch, _ap: None,
) -> Made:
    """Choose labels, split by series, train and report. Raises ConfigError where nothing can be learnt."""
    cohort = build_cohort(labelled.items, top=choice.top, min_support=choice.min_support, seed=plan.seed)
    vectors = labelled.panels.vectors[labelled.rows]
    return Made(cohort, train(vectors, cohort, plan, on_epoch=on_epoch), labelled.panels.encoder)


def write(made: Made, out: Path) -> None:
    """Keep a classifier as JSON: weights, thresholds and report, and how to read them.

    Raises LibraryError where the file cannot be written.
    """
    classifier = made.trained.classifier
    told = {
        "format": FORMAT,
        **made.to_json(),
        "elements": [asdict(facts) for facts in _facts(classifier, made)],
    }
    partial = out.with_name(f"{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        partial.replace(out)
    except OSError as error:
        raise LibraryError(f"cannot write {out}: {error.strerror or error}") from error


def judge_of(made: Made) -> ElementJudge:
    """Return what was learnt as a judge of vectors; its probabilities are calibrated."""
    facts = _facts(made.trained.classifier, made)
    probes = tuple(Probe(np.array(one.weights, np.float32), one.bias, one.method) for one in facts)
    return ElementJudge(made.encoder, tuple(one.name for one in facts), probes)


def _facts(classifier: Classifier, made: Made) -> list[ElementFacts]:
    """Return the labels as elements are exported: scale and shift of the calibration in the weights."""
    counts = made.cohort.truth.sum(axis=0)
    told = {one.name: one for one in made.trained.report.labels}
    facts = []
    for row, name in enumerate(classifier.names):
        chance = min(max(float(classifier.thresholds[row]), 1e-6), 1 - 1e-6)
        scale = float(classifier.scale[row])
        facts.append(
            ElementFacts(
                name=name,
                kind="character",
                aliases=(),
                teams=(),
                side="look",
                encoder=made.encoder,
                method="classifier",
                positives=int(counts[row]),
                negatives=len(made.cohort.truth) - int(counts[row]),
                panels=0,
                threshold=round(float(np.log(chance / (1 - chance))), 5),
                bias=float(classifier.bias[row]) * scale + float(classifier.shift[row]),
                weights=tuple(round(float(w) * scale, 6) for w in classifier.weights[row]),
                made="",
                made_of="",
                expected_precision=told[name].precision,
                expected_recall=told[name].recall,
            )
        )
    return facts


def apply_as_elements(library: Path, made: Made, labelled: Labelled) -> list[ElementFacts]:
    """Make each label an element of the library that its labelled panels teach; the rest is kept in step.

    Raises:
        ConfigError: a label is no name for an element.
        LibraryBusyError, LibraryError: the library cannot be written.
    """
    ids = [item.item_id for item in labelled.items]
    found = []
    for row, name in enumerate(made.cohort.names):
        yes = np.flatnonzero(made.cohort.truth[:, row])
        no = _some(np.flatnonzero(~made.cohort.truth[:, row]))
        wanted = Wanted(
            element_name(name),
            tuple(ids[spot] for spot in yes.tolist()),
            tuple(ids[spot] for spot in no.tolist()),
            {"kind": "character"},
        )
        add_to_library(library, wanted, files=False)
        found.append(work_out(library, wanted.name, labelled.panels))
    return found


def element_name(name: str) -> str:
    """Return what an element is called that stands for a label; raises ConfigError where nothing is left."""
    tidy = "".join(c if c.isalnum() or c in " .,'’&!?()/+-" else " " for c in name)[:MAX_NAME]
    try:
        return check_element_name(tidy.strip(" .,'’&!?()/+-"))
    except ConfigError as error:
        raise ConfigError(
            f"the label {name[:60]!r} cannot name an element: rename it in the labels"
        ) from error


def _some(rows: Rows) -> Rows:
    if len(rows) <= MOST_NEGATIVES:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, MOST_NEGATIVES, replace=False))


def in_words(made: Made, most: int = 20) -> Sequence[str]:
    """Say in a few lines what was learnt and what it is worth."""
    cohort, report = made.cohort, made.trained.report
    split = ", ".join(f"{len(cohort.rows(part)):,} {part}" for part in ("train", "valid", "test"))
    lines = [f"{len(cohort.names):,} labels on {len(cohort.truth):,} items ({split}), split by series"]
    lines += [f"left out: {count:,} {why}" for why, count in cohort.left_out.items()]
    lines += [f"{one!r} nearly always comes with {other!r}" for one, other, _ in cohort.together[:5]]
    lines += list(cohort.notes)
    for one in report.labels[:most]:
        lines.append(
            f"{one.name}: AP {one.ap:.2f} (chance {one.support / max(1, report.items):.2f}), precision "
            f"{one.precision:.2f}, recall {one.recall:.2f}, F1 {one.f1:.2f}, F2 {one.f2:.2f}; right "
            f"{one.true_positives}, wrong {one.false_positives}, missed {one.false_negatives}"
        )
    lines += [f"{one!r} is taken for {other!r} {count} times" for one, other, count in report.confused[:3]]
    none = report.all_negative
    for told, averages in (("macro", report.macro), ("micro", report.micro)):
        lines.append(
            f"{told}: AP {averages.mean_ap:.3f}, precision {averages.precision:.3f}, recall "
            f"{averages.recall:.3f}, F1 {averages.f1:.3f}, F2 {averages.f2:.3f}"
        )
    lines.append(f"F2 by item {report.f2_by_item:.3f}, calibration error {report.calibration_error:.3f}")
    lines.append(
        f"saying no to everything: accuracy {none['accuracy']:.3f} (this: {report.accuracy:.3f}), AP "
        f"{none['mean_ap']:.3f}, F1 and F2 0, F2 by item {none['f2_by_item']:.3f}"
    )
    return lines
