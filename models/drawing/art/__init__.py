"""The scene painter: from a :class:`~models.drawing.scene.Scene` to a picture."""

from models.drawing.art.geometry import Point, Rect
from models.drawing.art.painted import PaintedFigure, PaintedScene
from models.drawing.art.painter import paint_scene

__all__ = ["PaintedFigure", "PaintedScene", "Point", "Rect", "paint_scene"]
