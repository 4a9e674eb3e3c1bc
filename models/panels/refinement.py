"""The last look at each panel: shared borders and insets inside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.panels.gutters import Hypothesis
from models.panels.insides import cut_at_lines, dark_map, insets
from models.panels.shapes import Shape
from schemas.records import RgbImage

LINE_SUPPORT = 0.9
"""Support of a panel that a full-span line of the frame's thickness parts off."""
INSET_SUPPORT = 0.8
"""Support given to an inset: the least with which one is believed."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A panel, and the index of the panel it is an inset of."""

    shape: Shape
    parent: int | None = None


def refine(shapes: Sequence[Shape], hypothesis: Hypothesis, picture: RgbImage) -> tuple[Placed, ...]:
    """Part panels at shared borders and add insets after their panels."""
    ink = dark_map(picture)
    placed: list[Placed] = []
    for shape in shapes:
        rects = (shape.rect,) if shape.corners else cut_at_lines(ink, shape.rect)
        parts = (shape,) if len(rects) == 1 else tuple(Shape(r, LINE_SUPPORT, 0.0) for r in rects)
        for part in parts:
            parent = len(placed)
            placed.append(Placed(part))
            inner = insets(picture, (hypothesis.all_colour, ink), part.rect)
            placed.extend(Placed(Shape(rect, INSET_SUPPORT, 0.0), parent) for rect in inner)
    return tuple(placed)
