"""What a restyling is made of, sorted: the input, the references of its style, examples of its elements."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.generation.artificer.rough import unpacked
from models.generation.backend import Conditioning
from models.generation.fitting import by_weight, covering
from schemas.errors import GenerationError, QueryError
from schemas.generation import Belief, GenerationRequest, ReferenceRole
from schemas.geometry import Box
from schemas.records import RgbImage

LEAST_SHOWN, LEAST_LACKING = 4, 4
"""Panels that must show an element, and that must lack it, for classifiers and a judge to learn from."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Examples of an element that may be optimised against, and those kept back for the judge."""

    belief: Belief
    shown: tuple[Conditioning, ...]
    lacking: tuple[Conditioning, ...]
    judged_shown: tuple[Conditioning, ...]
    judged_lacking: tuple[Conditioning, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """All that one job needs. ``judged_styles`` are kept back; ``styles`` again where there is but one."""

    name: str
    start: RgbImage
    layout: Conditioning | None
    styles: tuple[Conditioning, ...]
    judged_styles: tuple[Conditioning, ...]
    elements: tuple[Sides, ...]
    lettering: tuple[Box, ...] = ()

    @property
    def used(self) -> tuple[Conditioning, ...]:
        """What went into the result: all but what the judge alone saw."""
        each = [one for sides in self.elements for one in (*sides.shown, *sides.lacking)]
        own = (self.layout,) if self.layout is not None else ()
        return (*own, *self.styles, *each)

    @property
    def held_out_styles(self) -> int:
        """How many references of style the judge has to itself."""
        return len(set(map(id, self.judged_styles)) - set(map(id, self.styles)))


def sorted_out(request: GenerationRequest, conditioning: Sequence[Conditioning]) -> Material:
    """Sort references by what they are for; see :class:`search.generation.styling.StyleSearch`.

    Raises:
        GenerationError: there is nothing to restyle, or no reference of a style.
        QueryError: too few panels show or lack an element.
        PictureError: the request's drawing is no picture.
    """
    layouts = by_weight(conditioning, ReferenceRole.LAYOUT)
    layout = None if request.drawing or not layouts else layouts[0]
    if request.drawing:
        picture, name = unpacked(request.drawing), "the drawing of the request"
    elif layout is not None:
        picture, name = layout.picture, layout.reference.panel_id
    else:
        raise GenerationError("there is nothing to restyle: give a drawing, or pin a panel as the layout")
    named = {one.name for one in request.elements}
    styles = [one for one in conditioning if one.element not in named and one not in layouts]
    if not styles:
        raise GenerationError("no reference says in which style: pin one, or say in words what to look for")
    kept, judged = _parted(styles) if len(styles) > 1 else (styles, styles)
    start = covering(picture, request.width_px, request.height_px)
    is_whole = _is_alike(start, picture)
    return Material(
        name,
        start,
        layout,
        tuple(kept),
        tuple(judged),
        tuple(_sides(belief, conditioning) for belief in request.elements),
        layout.lettering if layout is not None and is_whole else (),  # else its words lie elsewhere
    )


def _sides(belief: Belief, conditioning: Sequence[Conditioning]) -> Sides:
    own = [one for one in conditioning if one.element == belief.name]
    shown = [one for one in own if one.reference.role is ReferenceRole.CHARACTER]
    lacking = [one for one in own if one.reference.role is not ReferenceRole.CHARACTER]
    for found, least, what in ((shown, LEAST_SHOWN, "show"), (lacking, LEAST_LACKING, "lack")):
        if len(found) < least:
            raise QueryError(
                f"{len(found)} panels that may be used {what} {belief.name!r}, at least {least} are needed: "
                f"say yes or no to more in 'longbox element review'"
            )
    kept_shown, judged_shown = _parted(shown)
    kept_lacking, judged_lacking = _parted(lacking)
    return Sides(belief, *map(tuple, (kept_shown, kept_lacking, judged_shown, judged_lacking)))


def _parted(references: Sequence[Conditioning]) -> tuple[list[Conditioning], list[Conditioning]]:
    """Keep every second page back: panels of one page look alike, and are never parted.

    Where all are of one page, every second panel is.
    """
    pages = list(dict.fromkeys(one.reference.panel_id.partition("#")[0] for one in references))
    keys = [one.reference.panel_id.partition("#")[0] for one in references]
    if len(pages) < 2:
        pages, keys = list(map(str, range(len(references)))), list(map(str, range(len(references))))
    judged = {page for place, page in enumerate(pages) if place % 2 == 1}
    kept = [one for one, key in zip(references, keys, strict=True) if key not in judged]
    return kept, [one for one, key in zip(references, keys, strict=True) if key in judged]


def _is_alike(one: RgbImage, other: RgbImage) -> bool:
    """Say whether two pictures have the same shape, but for rounding."""
    return bool(abs(one.shape[0] / one.shape[1] - other.shape[0] / other.shape[1]) < 0.02)
