"""Scores elements on labelled characters: average precision by number of positives, cost of teaching."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indexer.elements.evidence import named_in
from indexer.evaluation.cast import CastPanel, Work
from indexer.evaluation.labelled import Skipped, decode
from indexer.stages.drafts import PANEL_THUMBNAIL_PX
from models.elements.evidence import FIGURE_DIM, Figures, Material
from models.elements.figures import FigureReader
from models.elements.trials import counts_for, means, ranked_trials, teaching_trials
from models.pictures import crop, resize_to
from models.protocols import PictureEncoder, TextReader
from models.text.assignment import assign_to_panels
from models.text.cleaning import fold
from models.text.regions import group_lines
from schemas.elements import fold_name
from schemas.errors import PictureError
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import FloatMatrix, PanelRegion, RgbImage

MIN_PANELS = 4
"""Panels with an element under which there is nothing to measure."""
RISES = ((5, 20), (20, 50))
"""Numbers of positives that are compared on the very same held-out panels."""
Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class SeenPanel:
    """What a library would hold of a panel: its vector, those of its figures, its lettering."""

    vector: FloatMatrix
    figures: FloatMatrix
    text: str


@dataclass(frozen=True, slots=True)
class PanelModels:
    """What panels are read with; no ``figures`` or no ``reader`` where a library was never asked for them."""

    encoder: PictureEncoder
    figures: FigureReader | None = None
    reader: TextReader | None = None


def read_panels(
    panels: Sequence[CastPanel], models: PanelModels, *, on_panel: Callable[[], None] = lambda: None
) -> tuple[dict[CastPanel, SeenPanel], list[Skipped]]:
    """Read panels as indexing does; returns those that could be read, and what could not."""
    found: dict[CastPanel, SeenPanel] = {}
    skipped: list[Skipped] = []
    for picture, mine in groupby(panels, key=lambda panel: panel.picture):
        parts = list(mine)
        try:
            page = decode(picture)
        except PictureError as error:
            skipped += [Skipped(panel.page, str(error)) for panel in parts[:1]]
            continue
        found |= zip(parts, _seen(page, [panel.box for panel in parts], models), strict=True)
        for _ in parts:
            on_panel()
    return found, skipped


def _seen(page: RgbImage, boxes: Sequence[Box], models: PanelModels) -> list[SeenPanel]:
    images = [resize_to(crop(page, box), PANEL_THUMBNAIL_PX) for box in boxes]
    vectors = models.encoder.encode_images(images)
    none = np.zeros((0, FIGURE_DIM), np.float32)
    figures = [models.figures.read(image) if models.figures else none for image in images]
    return [
        SeenPanel(*one) for one in zip(vectors, figures, _lettering(page, boxes, models.reader), strict=True)
    ]


def _lettering(page: RgbImage, boxes: Sequence[Box], reader: TextReader | None) -> list[str]:
    """Return the folded lettering of each panel."""
    if reader is None:
        return [""] * len(boxes)
    regions = [PanelRegion(box, 1.0) for box in boxes]
    direction = ReadingDirection.LTR
    told = group_lines(reader.read_lines(page), direction=direction, page=page, panels=regions)
    texts, _ = assign_to_panels(told, regions, direction=direction)
    return [fold("\n".join(region.text for region in mine)) for mine in texts]


def material_of(work: Work, seen: Mapping[CastPanel, SeenPanel], name: str) -> Material:
    """Return what a library of one work would know of its panels, for an element of that name."""
    mine = [seen[panel] for panel in work.panels]
    owners = np.repeat(np.arange(len(mine)), [len(one.figures) for one in mine])
    rows = np.concatenate([one.figures for one in mine])
    figures = Figures(rows, owners, np.ones(len(mine), np.bool_)) if len(rows) else None
    told = {
        "text_folded": [one.text for one in mine],
        "page_id": [panel.page for panel in work.panels],
        "book_id": [panel.book for panel in work.panels],
    }
    named = named_in(pa.table(told), (fold_name(name),))
    return Material(np.array([one.vector for one in mine], np.float32), figures, named)


def score_works(works: Sequence[Work], seen: Mapping[CastPanel, SeenPanel], *, teach: bool) -> Told:
    """Return the figures of all elements of all works, JSON-ready."""
    elements: dict[str, Told] = {}
    for work in works:
        for name in _names(work):
            key = f"{work.name}/{name}"
            told = _score(work, name, seen, teach=teach)
            if told is not None:
                elements[key] = told
    return {**_overall(elements), "elements": elements}


def _names(work: Work) -> list[str]:
    spelt: dict[str, str] = {}
    for panel in work.panels:
        for name in sorted(panel.names):
            spelt.setdefault(fold_name(name), name)
    return sorted(spelt.values())


def _score(work: Work, name: str, seen: Mapping[CastPanel, SeenPanel], *, teach: bool) -> Told | None:
    wanted = fold_name(name)
    truth = np.array([wanted in map(fold_name, panel.names) for panel in work.panels], np.bool_)
    count = int(truth.sum())
    if count < MIN_PANELS or truth.all():
        return None
    rows = material_of(work, seen, name)
    by_positives = {}
    for positives in counts_for(count):
        trials = ranked_trials(rows, truth, work.groups, positives)
        if trials:
            by_positives[str(positives)] = means(trials)
    if not by_positives:
        return None
    told: Told = {"panels": len(truth), "positives": count, "prevalence": round(count / len(truth), 4)}
    told |= {"split": work.split, "groups": len(set(work.groups)), "by_positives": by_positives}
    told["rising"] = {
        f"{low} to {high}": pair for low, high in RISES if (pair := _pair(rows, truth, work, low, high))
    }
    if teach and (taught := teaching_trials(rows, truth, work.groups)):
        told["labels_to_target"] = {
            "by_queue": round(fmean(one.by_queue for one in taught), 1),
            "at_random": round(fmean(one.at_random for one in taught), 1),
        }
    return told


def _overall(elements: Mapping[str, Told]) -> Told:
    """Average over elements; the figures at the top are those with the fewest positives of five or more."""
    by_count: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for name, told in elements.items():
        for count, figures in told["by_positives"].items():  # type: ignore[attr-defined]
            by_count[count][name] = figures
    summaries = {count: _mean(by_count[count]) for count in sorted(by_count, key=int)}
    usual = "5" if "5" in summaries else next(iter(summaries), None)
    first: dict[str, float] = summaries[usual] if usual else {}
    top = ("mean_ap", "mean_ap_over_prevalence", "mean_prevalence", "all_negative_accuracy")
    return {
        **{key: first.get(key) for key in top},
        "positives": int(usual) if usual else None,
        "by_positives": summaries,
        "rising": _rising(elements),
        "labels_to_target": _teaching(elements),
    }


def _mean(figures: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    told = list(figures.values())
    ap, share = (fmean(one[key] for one in told) for key in ("ap", "prevalence"))
    return {
        "mean_ap": round(ap, 4),
        "mean_ap_over_prevalence": round(fmean(one["ap_over_prevalence"] for one in told), 3),
        "mean_prevalence": round(share, 4),
        "mean_ap_over_mean_prevalence": round(ap / share, 3),
        "mean_precision_at_5": round(fmean(one["precision_at_5"] for one in told), 4),
        "all_negative_accuracy": round(fmean(one["all_negative_accuracy"] for one in told), 4),
        "elements": len(told),
    }


def _pair(rows: Material, truth: NDArray[np.bool_], work: Work, low: int, high: int) -> list[float]:
    """Return average precision from few and from more positives, none where there are not so many."""
    trials = [ranked_trials(rows, truth, work.groups, count, room_for=high) for count in (low, high)]
    return [round(fmean(one.ap for one in drawn), 4) for drawn in trials] if all(trials) else []


def _rising(elements: Mapping[str, Told]) -> Told:
    """Average what more positives bring, on the elements that have so many."""
    told: Told = {}
    for low, high in RISES:
        pairs = [one["rising"].get(f"{low} to {high}") for one in elements.values()]  # type: ignore[attr-defined]
        known = [pair for pair in pairs if pair]
        if known:
            few, more = (round(fmean(values), 4) for values in zip(*known, strict=True))
            told[f"{low} to {high}"] = {str(low): few, str(high): more, "elements": len(known)}
    return told


def _teaching(elements: Mapping[str, Told]) -> Told | None:
    taught = [told["labels_to_target"] for told in elements.values() if "labels_to_target" in told]
    if not taught:
        return None
    queue, chance = (fmean(one[key] for one in taught) for key in ("by_queue", "at_random"))  # type: ignore[index]
    return {"by_queue": round(queue, 1), "at_random": round(chance, 1), "ratio": round(queue / chance, 3)}
