"""Can maps of reasons be trusted? Measured on drawn characters, whose places are known exactly."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from models.elements.probe import Examples, Probe, fit_probe
from models.protocols import PictureEncoder
from models.training.characters.cast import CastPicture, draw_cast, draw_panels
from models.why.explaining import Method, explain
from models.why.records import HeatMap, Stop, never
from models.why.sanity import CanBeRandomised, deletion, likeness
from schemas.geometry import Box
from schemas.records import FloatMatrix

POSITIVES = 10
_LEARNT = 0.66
SANE_MAPS = 8
"""Maps made once more with random weights."""


@dataclass(frozen=True, slots=True)
class PointingPlan:
    """How much is drawn, and how many maps are made; ``seed`` is of the drawings."""

    characters: int = 8
    panels: int = 300
    maps: int = 48
    seed: int = 1
    method: Method = "auto"


@dataclass(frozen=True, slots=True)
class PointingScore:
    """What maps are worth.

    ``pointing_game`` is the share of maps whose peak lies on the character, beside that of a spot at
    random (``by_chance``) and of the middle of the picture; ``recognised`` that of the panels that the
    probe finds. ``relevance_inside`` is the share of a map on the character. ``deletion`` is what is
    left of the score while a picture is covered by the map, ``deletion_at_random`` covered in blobs.
    ``alike_with_random_weights`` is how alike maps stay when the weights are shuffled (rank
    correlation; None where the encoder cannot be shuffled).
    """

    encoder: str
    method: str
    maps: int
    pointing_game: float
    by_chance: float
    by_middle: float
    recognised: float | None
    recognised_maps: int
    relevance_inside: float
    deletion: float
    deletion_at_random: float
    alike_with_random_weights: float | None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Case:
    picture: CastPicture
    place: Box
    judge: Probe
    is_recognised: bool


def score_maps(
    encoder: PictureEncoder,
    plan: PointingPlan | None = None,
    *,
    on_map: Callable[[], None] = lambda: None,
    stopped: Stop = never,
) -> PointingScore:
    """Draw panels, learn each character from ten of them, and map it in panels that were not learnt from.

    Raises:
        StoppedError: it was stopped.
        ConfigError: the encoder does not allow the method.
    """
    plan = plan or PointingPlan()
    cases = _cases(encoder, plan)
    heats, left = [], []
    for case in cases:
        image = case.picture.picture
        heats.append(explain(image, encoder, case.judge, method=plan.method, stopped=stopped))
        left.append(deletion(image, encoder, case.judge, heats[-1], stopped=stopped))
        on_map()
    hits = [_is_on(heat, case.place) for heat, case in zip(heats, cases, strict=True)]
    sure = [hit for hit, case in zip(hits, cases, strict=True) if case.is_recognised]
    return PointingScore(
        encoder=encoder.spec.name,
        method=heats[0].method,
        maps=len(cases),
        pointing_game=_mean(hits),
        by_chance=_mean([case.place.area for case in cases]),
        by_middle=_mean([_contains(case.place, 0.5, 0.5) for case in cases]),
        recognised=_mean(sure) if sure else None,
        recognised_maps=len(sure),
        relevance_inside=_mean(
            [heat.share_inside((case.place,)) for heat, case in zip(heats, cases, strict=True)]
        ),
        deletion=_mean([one.by_map for one in left]),
        deletion_at_random=_mean([one.at_random for one in left]),
        alike_with_random_weights=_alike(encoder, cases[:SANE_MAPS], heats, plan, stopped),
    )


def _cases(encoder: PictureEncoder, plan: PointingPlan) -> list[_Case]:
    cast = draw_cast(plan.characters, seed=plan.seed)
    pictures = draw_panels(cast, plan.panels, seed=plan.seed + 1_000)
    vectors = encoder.encode_images([one.picture for one in pictures])
    learnt = np.arange(len(pictures)) < len(pictures) * _LEARNT
    by_character = [_cases_of(person.design.name, pictures, vectors, learnt) for person in cast]
    each = max(1, plan.maps // max(1, len(cast)))
    return [case for cases in by_character for case in cases[:each]]


def _cases_of(
    name: str, pictures: Sequence[CastPicture], vectors: FloatMatrix, learnt: NDArray[np.bool_]
) -> list[_Case]:
    has = np.array([name in one.places for one in pictures])
    yes, no = np.flatnonzero(has & learnt)[:POSITIVES], np.flatnonzero(~has & learnt)
    if not len(yes):
        return []
    judge = fit_probe(Examples(vectors[yes], vectors[:0], vectors[no]))
    logits = judge.logits(vectors)
    return [
        _Case(pictures[row], pictures[row].places[name], judge, bool(logits[row] > 0))
        for row in np.flatnonzero(has & ~learnt).tolist()
    ]


def _alike(
    encoder: PictureEncoder,
    cases: Sequence[_Case],
    heats: Sequence[HeatMap],
    plan: PointingPlan,
    stopped: Stop,
) -> float | None:
    if not isinstance(encoder, CanBeRandomised):
        return None
    other = encoder.randomised(plan.seed)
    again = [
        explain(case.picture.picture, other, case.judge, method=plan.method, stopped=stopped)
        for case in cases
    ]
    return _mean([likeness(one, two) for one, two in zip(heats, again, strict=False)])


def _is_on(heat: HeatMap, place: Box) -> bool:
    return bool(heat.values.any()) and _contains(place, *heat.peak())


def _contains(place: Box, x: float, y: float) -> bool:
    return place.x0 <= x <= place.x1 and place.y0 <= y <= place.y1


def _mean(values: Sequence[float]) -> float:
    return round(fmean(values), 4)
