"""Objects: a table says how large each is and how it is held."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.brush import Brush
from models.drawing.art.geometry import Point
from models.drawing.art.props import held, standing


@dataclass(frozen=True, slots=True)
class PropPainter:
    """One object.

    Attributes:
        words: how a caption says it.
        draw: draws it one high, its foot at the origin.
        height: height in units of a figure where it stands in a place.
        grip: the point, in its own frame, that a hand holds; None where no hand can hold it.
        held: height in units when held.
        lift: height above the ground at which it hangs, in units.
        anywhere: whether it may lie where no figure can stand: a boat on the water before a quay.
    """

    words: str
    draw: Callable[[Brush], None]
    height: float
    grip: Point | None = None
    held: float = 0.2
    lift: float = 0.0
    anywhere: bool = False


PROPS: Mapping[str, PropPainter] = MappingProxyType(
    {
        "lantern": PropPainter("a lantern", held.lantern, 0.34, (0, -0.98), 0.26),
        "book": PropPainter("an open book", held.book, 0.2, (0.0, -0.1), 0.16),
        "cup": PropPainter("a steaming cup", held.cup, 0.16, (0.4, -0.42), 0.1),
        "sword": PropPainter("a sword", held.sword, 0.8, (0, -0.13), 0.72),
        "umbrella": PropPainter("a red umbrella", held.umbrella, 0.85, (0.1, -0.22), 0.66),
        "key": PropPainter("a golden key", held.key, 0.22, (0, -0.85), 0.15),
        "letter": PropPainter("a sealed letter", held.letter, 0.16, (-0.5, -0.3), 0.11),
        "map": PropPainter("a map", held.chart, 0.24, (-0.1, -0.08), 0.2),
        "apple": PropPainter("an apple", held.apple, 0.12, (0, -0.1), 0.095),
        "fish": PropPainter("a fish", held.fish, 0.18, (-0.8, -0.45), 0.14),
        "basket": PropPainter("a basket of fruit", held.basket, 0.3, (0, -0.98), 0.24),
        "ball": PropPainter("a ball", held.ball, 0.22, (0, -0.1), 0.18),
        "potion": PropPainter("a potion", held.potion, 0.24, (0, -0.6), 0.17),
        "camera": PropPainter("a camera", held.camera, 0.18, (0.3, -0.1), 0.13),
        "telescope": PropPainter("a telescope", standing.telescope, 0.85),
        "bicycle": PropPainter("a bicycle", standing.bicycle, 0.62),
        "boat": PropPainter("a sailing boat", standing.boat, 1.3, anywhere=True),
        "chair": PropPainter("a chair", standing.chair, 0.6),
        "table": PropPainter("a table", standing.table, 0.45),
        "tree": PropPainter("a tree", standing.tree, 2.2),
        "lamp post": PropPainter("a lamp post", standing.lamp, 1.8),
        "door": PropPainter("a door", standing.door, 1.4),
        "chest": PropPainter("a treasure chest", standing.chest, 0.42),
        "clock": PropPainter("a clock on a post", standing.clock, 1.5),
        "flower": PropPainter("a pink flower", held.flower, 0.3, (0, -0.2), 0.2),
        "crown": PropPainter("a golden crown", held.crown, 0.18, (0, -0.05), 0.13),
        "crate": PropPainter("a wooden crate", standing.crate, 0.42),
        "balloon": PropPainter("a red balloon", standing.balloon, 0.8, (0, 0), 0.75, 0.3),
        "guitar": PropPainter("a guitar", standing.guitar, 0.72, (0, -0.5), 0.6),
        "phone": PropPainter("a telephone", held.phone, 0.16, (0, -0.2), 0.12),
        "wand": PropPainter("a magic wand", held.wand, 0.35, (0, -0.1), 0.3),
        "cake": PropPainter("a birthday cake", standing.cake, 0.26, (0, 0), 0.2),
    }
)
