"""Scores elements on labelled characters: average precision by number of positives, cost of teaching."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from indexer.evaluation.cast import CastPanel, Work
from indexer.evaluation.labelled import Skipped, decode
from indexer.stages.drafts import PANEL_THUMBNAIL_PX
from models.elements.trials import counts_for, means, ranked_trials, teaching_trials
from models.pictures import crop, resize_to
from models.protocols import PictureEncoder
from schemas.elements import fold_name
from schemas.errors import PictureError
from schemas.records import FloatMatrix, RgbImage

MIN_PANELS = 4
"""Panels with an element under which there is nothing to measure."""
BATCH = 64
Told = dict[str, object]


def encode_panels(
    panels: Sequence[CastPanel], encoder: PictureEncoder, *, on_panel: Callable[[], None] = lambda: None
) -> tuple[FloatMatrix, NDArray[np.bool_], list[Skipped]]:
    """Encode panels; returns vectors (n, dim), which of them could be read, and what could not."""
    vectors = np.zeros((len(panels), encoder.spec.dim), np.float32)
    read = np.zeros(len(panels), np.bool_)
    skipped: list[Skipped] = []
    for rows, images in _batches(panels, skipped, on_panel):
        vectors[rows], read[rows] = encoder.encode_images(images), True
    return vectors, read, skipped


def _batches(
    panels: Sequence[CastPanel], skipped: list[Skipped], on_panel: Callable[[], None]
) -> Iterator[tuple[list[int], list[RgbImage]]]:
    rows: list[int] = []
    images: list[RgbImage] = []
    shown: tuple[Path, RgbImage | None] = (Path(), None)
    for row, panel in enumerate(panels):
        if shown[0] != panel.picture:
            try:
                shown = (panel.picture, decode(panel.picture))
            except PictureError as error:
                skipped.append(Skipped(panel.page, str(error)))
                shown = (panel.picture, None)
        on_panel()
        if shown[1] is None:
            continue
        rows.append(row)
        images.append(resize_to(crop(shown[1], panel.box), PANEL_THUMBNAIL_PX))
        if len(rows) == BATCH:
            yield rows, images
            rows, images = [], []
    if rows:
        yield rows, images


def score_works(works: Sequence[Work], vectors: Mapping[CastPanel, FloatMatrix], *, teach: bool) -> Told:
    """Return the figures of all elements of all works, JSON-ready."""
    elements: dict[str, Told] = {}
    for work in works:
        rows = np.array([vectors[panel] for panel in work.panels], np.float32)
        for name in _names(work):
            key = f"{work.name}/{name}"
            told = _score(work, name, rows, teach=teach)
            if told is not None:
                elements[key] = told
    return {**_overall(elements), "elements": elements}


def _names(work: Work) -> list[str]:
    spelt: dict[str, str] = {}
    for panel in work.panels:
        for name in sorted(panel.names):
            spelt.setdefault(fold_name(name), name)
    return sorted(spelt.values())


def _score(work: Work, name: str, rows: FloatMatrix, *, teach: bool) -> Told | None:
    wanted = fold_name(name)
    truth = np.array([wanted in map(fold_name, panel.names) for panel in work.panels], np.bool_)
    count = int(truth.sum())
    if count < MIN_PANELS or truth.all():
        return None
    by_positives = {}
    for positives in counts_for(count):
        trials = ranked_trials(rows, truth, work.groups, positives)
        if trials:
            by_positives[str(positives)] = means(trials)
    if not by_positives:
        return None
    told: Told = {"panels": len(truth), "positives": count, "prevalence": round(count / len(truth), 4)}
    told |= {"split": work.split, "groups": len(set(work.groups)), "by_positives": by_positives}
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
        "rising": _rising(by_count),
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


def _rising(by_count: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Told:
    """Compare numbers of positives on the very elements that have enough of them."""
    told: Told = {}
    for low, high in (("5", "20"), ("20", "50")):
        both = sorted(by_count.get(low, {}).keys() & by_count.get(high, {}).keys())
        if both:
            aps = {
                count: round(fmean(by_count[count][name]["ap"] for name in both), 4) for count in (low, high)
            }
            told[f"{low} to {high}"] = {**aps, "elements": len(both)}
    return told


def _teaching(elements: Mapping[str, Told]) -> Told | None:
    taught = [told["labels_to_target"] for told in elements.values() if "labels_to_target" in told]
    if not taught:
        return None
    queue, chance = (fmean(one[key] for one in taught) for key in ("by_queue", "at_random"))  # type: ignore[index]
    return {"by_queue": round(queue, 1), "at_random": round(chance, 1), "ratio": round(queue / chance, 3)}
