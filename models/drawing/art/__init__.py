"""The scene painter: from a :class:`~models.drawing.scene.Scene` to a picture.

The registries hold the vocabulary of scenes and designs; a name that is in none raises ConfigError.
"""

from models.drawing.art.effects import EFFECTS
from models.drawing.art.figure.extras import EXTRAS
from models.drawing.art.figure.hair import HAIR
from models.drawing.art.figure.outfits import OUTFITS
from models.drawing.art.figure.skeleton import BUILDS
from models.drawing.art.figure.species import SPECIES
from models.drawing.art.geometry import Point, Rect
from models.drawing.art.painted import PaintedFigure, PaintedScene
from models.drawing.art.painter import paint_scene
from models.drawing.art.places import PLACES, PlacePainter
from models.drawing.art.props import PROPS, PropPainter

__all__ = [
    "BUILDS",
    "EFFECTS",
    "EXTRAS",
    "HAIR",
    "OUTFITS",
    "PLACES",
    "PROPS",
    "SPECIES",
    "PaintedFigure",
    "PaintedScene",
    "PlacePainter",
    "Point",
    "PropPainter",
    "Rect",
    "paint_scene",
]
