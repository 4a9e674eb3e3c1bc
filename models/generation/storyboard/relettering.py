"""The words of a panel laid anew over its art: balloons that a person moved."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.generation.prompts.beats import beats_of, merged
from models.generation.storyboard.blending import laid
from models.generation.storyboard.stage import framed
from models.generation.storyboard.words import FOLLOWED, Cast, Hand, Lettering, People, Point, lettered
from schemas.errors import QueryError
from schemas.generation import GenerationRequest
from schemas.geometry import Box
from schemas.records import RgbImage


@dataclass(frozen=True, slots=True)
class Told:
    """What the composer said of a panel: where things lie, how it is drawn, and its seed."""

    request: GenerationRequest
    seed: int
    boxes: Mapping[str, tuple[Box, ...]]
    notes: Mapping[str, str]


def relettered(art: RgbImage, told: Told, middles: Sequence[Point | None]) -> tuple[RgbImage, Lettering]:
    """Lay the words of a panel anew; with no middle given they come to lie where they lay.

    Args:
        art: the panel without its words, (height, width, 3).
        told: what was said of it when it was made.
        middles: relative to the panel, one for each box ``balloon``; None leaves it to the composer.

    Raises:
        QueryError: there are not so many balloons, or the panel was made before they could be moved.
        BackendUnavailableError: lettering lacks a package or a font.
    """
    count = len(told.boxes.get("balloon", ()))
    if len(middles) != count:
        raise QueryError(f"this panel has {count} balloons, {len(middles)} places were given")
    names, bodies, heads = json.loads(told.notes.get("cast", "[]")), told.boxes["figure"], told.boxes["head"]
    speakers = told.boxes.get("speaker", ())
    if not len(names) == len(bodies) == len(speakers):
        raise QueryError("this panel was made before balloons could be moved: make it again")
    cast = sorted(map(Cast, names, bodies, speakers), key=lambda one: one.head.center[0])
    size = told.request.width_px, told.request.height_px
    beat = merged(beats_of(told.request.prompt))
    hand = Hand(told.notes["render"], told.seed, told.boxes.get(FOLLOWED, ()), middles)
    letters = lettered(beat, People(cast, heads), size, hand=hand)
    if letters is None:
        raise QueryError("these words do not fit this panel any more: make it again")
    picture = framed(laid(np.ascontiguousarray(art[..., :3]), letters.pixels, (0, 0)))
    return picture, letters
