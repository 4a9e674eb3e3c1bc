"""The last look at each panel: shared borders and insets inside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.panels.covers import Covers
from models.panels.gutters import Hypothesis
from models.panels.insets import dark_map, insets
from models.panels.lines import LineMap, cut_at_lines
from models.panels.shapes import Shape
from schemas.records import RgbImage

LINE_SUPPORT = 0.9
"""Support of a panel that a full-span line of the frame's thickness parts off."""
MIN_BLOCK = 0.5
"""Share of all that was found that a block of panels with shared borders makes up at least."""
INSET_SUPPORT = 0.8
"""Support given to an inset: the least with which one is believed."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A panel, and the index of the panel it is an inset of."""

    shape: Shape
    parent: int | None = None


def refine(shapes: Sequence[Shape], hypothesis: Hypothesis, picture: RgbImage) -> tuple[Placed, ...]:
    """Part panels at shared borders and add insets after their panels."""
    ink, lines = dark_map(picture), LineMap(picture, Covers.of(picture))
    placed: list[Placed] = []
    covered = sum(shape.rect.area for shape in shapes)
    for shape in shapes:
        is_block = shape.is_upright and shape.rect.area >= MIN_BLOCK * covered
        rects = cut_at_lines(lines, shape.rect) if is_block else (shape.rect,)
        parts = (shape,) if len(rects) == 1 else tuple(Shape(r, LINE_SUPPORT, 0.0) for r in rects)
        for part in parts:
            parent = len(placed)
            placed.append(Placed(part))
            inner = insets(picture, (hypothesis.all_colour, ink), lines, part.rect)
            placed.extend(Placed(Shape(rect, INSET_SUPPORT, 0.0), parent) for rect in inner)
    return tuple(placed)
