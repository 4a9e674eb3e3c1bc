"""What masking what is printed does to a classifier of characters, on covers whose logos leak the label."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

import numpy as np

from models.characters.cohort import Cohort, Item, build_cohort
from models.characters.training import Trained, TrainingPlan, mean_ap, train
from models.elements.probe import Probe
from models.protocols import PictureEncoder
from models.trade_dress.masking import MaskingEncoder, masked
from models.trade_dress.regions import ReadsLines, find_dress
from models.training.characters.covers import Cover, draw_covers
from models.why.occlusion import occlude
from schemas.geometry import Box
from schemas.records import FloatMatrix


@dataclass(frozen=True, slots=True)
class LeakPlan:
    """How much is drawn, and how many maps are made of each classifier."""

    characters: int = 6
    covers: int = 400
    free: int = 200
    maps: int = 24
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Leak:
    """A classifier: its AP on covers of its kind and on covers free of logos, and what it looks at.

    ``relevance_inside`` is the share of its maps that lies in what is printed.
    """

    mean_ap: float
    mean_ap_without_logos: float
    relevance_inside: float


@dataclass(frozen=True, slots=True)
class LeakScore:
    """Before and after masking; ``fall`` is by which share the relevance inside what is printed fell.

    ``found`` is the share of what is printed that was found, ``wrongly`` that of the rest; ``area`` is
    what a map of nothing would have inside.
    """

    encoder: str
    before: Leak
    after: Leak
    fall: float
    found: float
    wrongly: float
    area: float

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def score_leaks(
    encoder: PictureEncoder,
    reader: ReadsLines,
    plan: LeakPlan | None = None,
    *,
    told: Callable[[str], None] = lambda _: None,
) -> LeakScore:
    """Draw covers whose logos tell the character, train on them as they are and masked, and compare."""
    plan = plan or LeakPlan()
    leaky = draw_covers(plan.covers, characters=plan.characters, seed=plan.seed)
    # The same cast, other pictures, and no logos.
    free = draw_covers(
        plan.free, characters=plan.characters, leak=0.0, seed=plan.seed, pictures=plan.seed + 50
    )
    told(f"{len(leaky) + len(free)} covers drawn")
    boxes = [tuple(one.box for one in find_dress(cover.picture, reader)) for cover in leaky]
    clear = [tuple(one.box for one in find_dress(cover.picture, reader)) for cover in free]
    told("what is printed is found")
    cohort = build_cohort([_item(number, cover) for number, cover in enumerate(leaky)], seed=plan.seed)
    vectors = encoder.encode_images([cover.picture for cover in leaky])
    plain = encoder.encode_images([cover.picture for cover in free])
    before = train(vectors, cohort, TrainingPlan(seed=plan.seed))
    hidden = _encode_masked(encoder, leaky, boxes)
    after = train(hidden, cohort, TrainingPlan(seed=plan.seed))
    told("two classifiers trained")
    chosen = _chosen(cohort, plan.maps)
    inside = (
        _relevance(before, chosen, leaky, lambda _row: encoder),
        _relevance(after, chosen, leaky, lambda row: MaskingEncoder(encoder, boxes[row])),
    )
    first = Leak(before.report.macro.mean_ap, _ap(before, plain, cohort, free), inside[0])
    second = Leak(
        after.report.macro.mean_ap, _ap(after, _encode_masked(encoder, free, clear), cohort, free), inside[1]
    )
    found, wrongly, area = _detection(leaky, boxes)
    fall = 1 - second.relevance_inside / first.relevance_inside if first.relevance_inside else 0.0
    return LeakScore(encoder.spec.name, first, second, fall, found, wrongly, area)


def _item(number: int, cover: Cover) -> Item:
    return Item(f"c{number}", cover.names, cover.series)


def _encode_masked(
    encoder: PictureEncoder, covers: Sequence[Cover], boxes: Sequence[Sequence[Box]]
) -> FloatMatrix:
    return encoder.encode_images(
        [masked(cover.picture, mine) for cover, mine in zip(covers, boxes, strict=True)]
    )


def _ap(trained: Trained, vectors: FloatMatrix, cohort: Cohort, covers: Sequence[Cover]) -> float:
    truth = np.array([[name in cover.names for name in cohort.names] for cover in covers], np.bool_)
    return mean_ap(trained.classifier.likely(vectors), truth)


def _chosen(cohort: Cohort, count: int) -> list[tuple[int, int]]:
    """Return covers of the test part with a label each has."""
    pairs = [
        (int(row), int(label)) for row in cohort.rows("test") for label in np.flatnonzero(cohort.truth[row])
    ]
    step = max(1, len(pairs) // count)
    return pairs[::step][:count]


def _relevance(
    trained: Trained,
    chosen: Sequence[tuple[int, int]],
    covers: Sequence[Cover],
    looking: Callable[[int], PictureEncoder],
) -> float:
    shares = []
    for row, label in chosen:
        if not covers[row].dress:
            continue
        judge = Probe(trained.classifier.weights[label], float(trained.classifier.bias[label]), "classifier")
        heat = occlude(covers[row].picture, looking(row), judge)
        shares.append(heat.share_inside(tuple(box for _, box in covers[row].dress)))
    return fmean(shares) if shares else 0.0


def _detection(covers: Sequence[Cover], boxes: Sequence[Sequence[Box]]) -> tuple[float, float, float]:
    """Return which share of what is printed was found, which share of the rest, and how much is printed."""
    cells = np.zeros((3, len(covers)))
    for number, (cover, mine) in enumerate(zip(covers, boxes, strict=True)):
        true, said = _grid([box for _, box in cover.dress]), _grid(mine)
        cells[:, number] = (true & said).sum(), (~true & said).sum(), true.sum()
    printed = cells[2].sum()
    total = len(covers) * _grid(()).size
    return cells[0].sum() / max(1, printed), cells[1].sum() / (total - printed), printed / total


def _grid(boxes: Sequence[Box]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    grid = np.zeros((100, 100), np.bool_)
    for box in boxes:
        x0, y0, x1, y1 = box.to_pixels(width_px=100, height_px=100)
        grid[y0:y1, x0:x1] = True
    return grid
