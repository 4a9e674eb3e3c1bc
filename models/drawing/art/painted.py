"""What the painter says about a painted scene, for lettering and labels."""

from dataclasses import dataclass

from models.drawing.art.geometry import Point, Rect


@dataclass(frozen=True, slots=True)
class PaintedFigure:
    """Where a figure came to lie, in canvas pixels; parts may lie outside the frame."""

    character: str
    head: Rect
    body: Rect
    mouth: Point


@dataclass(frozen=True, slots=True)
class PaintedScene:
    """Figures in the order of the scene's actors, and areas of the frame good for lettering, best first."""

    figures: tuple[PaintedFigure, ...]
    quiet: tuple[Rect, ...]
