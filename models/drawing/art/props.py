"""Objects: each drawn one high, standing at the origin; a table says how large it is and how it is held."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter
from models.drawing.art.geometry import Point
from models.drawing.art.paths import arc, blob, box, oval, poly, ribbon, star
from models.drawing.art.places.nature import sailing_boat
from models.drawing.art.places.scenery import lamp_post, round_tree
from models.drawing.art.places.town import station_clock

_WOOD = "#a8703f"
_GOLD = "#f0c04a"
_STEEL = "#cfd8e0"


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
    """

    words: str
    draw: Callable[[Brush], None]
    height: float
    grip: Point | None = None
    held: float = 0.2
    lift: float = 0.0


def _lantern(brush: Brush) -> None:
    brush.glow((0, -0.4), 1.3, "#ffd87a", 1.5)
    brush.stroke(arc(0, -0.8, 0.22, 0.2, 180, 180), 0.06, "#39404f")
    brush.shape(poly([(-0.3, -0.72), (0.3, -0.72), (0.18, -0.84), (-0.18, -0.84)]), "#39404f", line=0.7)
    with brush.shining():
        brush.shape(box(-0.24, -0.72, 0.24, -0.1), "#ffe08a")
        brush.fill(blob([(-0.1, -0.16), (-0.08, -0.36), (0, -0.58), (0.09, -0.36), (0.1, -0.16)]), "#f7a13a")
    for x in (-0.24, 0.0, 0.24):
        brush.fill(box(x - 0.025, -0.72, x + 0.025, -0.1), "#39404f")
    brush.shape(box(-0.32, -0.12, 0.32, 0.0, 0.04), "#39404f", line=0.7)


def _book(brush: Brush) -> None:
    brush.shape(
        blob([(0, -0.06), (-0.7, -0.16), (-0.78, -0.86), (0, -0.76), (0.78, -0.86), (0.7, -0.16)]), "#b5453f"
    )
    for side in (-1, 1):
        page = blob(
            [
                (0, -0.12),
                (side * 0.35, -0.24),
                (side * 0.64, -0.2),
                (side * 0.7, -0.82),
                (side * 0.36, -0.88),
                (0, -0.74),
            ]
        )
        brush.shape(page, "#fbf6ea", line=0.6)
        for i in range(4):
            y = -0.68 + 0.12 * i
            brush.line([(side * 0.12, y + 0.03), (side * 0.54, y - 0.04)], 0.5)


def _cup(brush: Brush) -> None:
    brush.stroke(arc(0.42, -0.42, 0.24, 0.22, -90, 180), 0.12, "#d9573f")
    brush.shape(
        blob([(-0.45, -0.8), (0.45, -0.8), (0.38, -0.1), (0.2, 0), (-0.2, 0), (-0.38, -0.1)]),
        "#d9573f",
        shadow=0.12,
    )
    brush.fill(oval(0, -0.8, 0.43, 0.09), "#5b3a28")
    for x in (-0.15, 0.15):
        brush.line([(x, -0.95), (x + 0.08, -1.12), (x - 0.04, -1.3)], 0.8, colour="#ffffff")


def _sword(brush: Brush) -> None:
    brush.shape(poly([(-0.05, -0.25), (-0.055, -0.9), (0, -1.0), (0.055, -0.9), (0.05, -0.25)]), _STEEL)
    brush.fill(poly([(0, -0.25), (0, -0.98), (0.05, -0.9), (0.045, -0.25)]), lighter(_STEEL, 0.6))
    brush.shape(box(-0.15, -0.27, 0.15, -0.22, 0.02), _GOLD)
    brush.shape(box(-0.03, -0.22, 0.03, -0.05), "#6b4a36")
    brush.shape(oval(0, -0.03, 0.045, 0.045), _GOLD)


def _umbrella(brush: Brush) -> None:
    brush.stroke(poly([(0, -0.95), (0, -0.08)], closed=False), 0.03, "#5b4032")
    brush.stroke(arc(0.05, -0.08, 0.05, 0.06, 0, 180), 0.03, "#5b4032")
    canopy = blob(
        [
            (-0.55, -0.56),
            (-0.42, -0.82),
            (0, -1.0),
            (0.42, -0.82),
            (0.55, -0.56),
            (0.36, -0.62),
            (0.18, -0.56),
            (0, -0.62),
            (-0.18, -0.56),
            (-0.36, -0.62),
        ]
    )
    brush.shape(canopy, "#d9483b", shadow=0.08)
    for x in (-0.18, 0.18):
        brush.line([(0, -0.98), (x * 0.8, -0.8), (x, -0.57)], 0.6)


def _key(brush: Brush) -> None:
    brush.stroke(oval(0, -0.78, 0.18, 0.18), 0.12, darker(_GOLD, 0.4))
    brush.stroke(oval(0, -0.78, 0.18, 0.18), 0.08, _GOLD)
    brush.shape(box(-0.05, -0.6, 0.05, 0), _GOLD, line=0.7)
    for y in (-0.04, -0.18):
        brush.shape(box(0.03, y - 0.05, 0.2, y + 0.04), _GOLD, line=0.6)


def _letter(brush: Brush) -> None:
    brush.shape(box(-0.75, -1.0, 0.75, 0.0, 0.04), "#fbf4e2", shadow=0.05)
    brush.line([(-0.74, -0.98), (0, -0.42), (0.74, -0.98)], 1.0, tail=0.8)
    brush.shape(oval(0, -0.42, 0.15, 0.15), "#c8343a")
    brush.fill(star(0, -0.42, 0.08, 0.035, 5), "#e87f7a")


def _map(brush: Brush) -> None:
    brush.shape(
        poly(
            [
                (-0.8, -0.95),
                (-0.27, -0.85),
                (0.27, -0.95),
                (0.8, -0.85),
                (0.8, 0.0),
                (0.27, -0.1),
                (-0.27, 0.0),
                (-0.8, -0.1),
            ]
        ),
        "#efdcae",
    )
    brush.fill(blob([(-0.6, -0.5), (-0.3, -0.75), (0.1, -0.62), (0.05, -0.3), (-0.35, -0.2)]), "#9fbf7f")
    for i in range(5):
        brush.fill(oval(-0.5 + 0.2 * i, -0.3 - 0.09 * i, 0.035, 0.03), "#b5453f")
    brush.line([(0.42, -0.72), (0.6, -0.55)], 1.3, colour="#c8343a")
    brush.line([(0.6, -0.72), (0.42, -0.55)], 1.3, colour="#c8343a")
    for x in (-0.27, 0.27):
        brush.line([(x, -0.9), (x, -0.05)], 0.5)


def _apple(brush: Brush) -> None:
    brush.shape(
        blob(
            [
                (0, -0.74),
                (0.26, -0.82),
                (0.46, -0.6),
                (0.4, -0.2),
                (0.14, 0),
                (0, -0.04),
                (-0.14, 0),
                (-0.4, -0.2),
                (-0.46, -0.6),
                (-0.26, -0.82),
            ]
        ),
        "#d9342f",
        shadow=0.12,
    )
    brush.line([(0, -0.74), (0.04, -0.98)], 1.6, tail=0.7)
    brush.shape(blob([(0.05, -0.86), (0.25, -1.02), (0.38, -0.92), (0.2, -0.82)]), "#6fa945", line=0.7)
    brush.fill(oval(-0.22, -0.58, 0.07, 0.12), "#f7a59f")


def _fish(brush: Brush) -> None:
    brush.shape(poly([(-0.6, -0.45), (-1.05, -0.85), (-1.0, -0.1)]), "#4f8fb5")
    brush.shape(
        blob([(-0.7, -0.45), (-0.1, -0.88), (0.6, -0.7), (0.85, -0.42), (0.55, -0.18), (-0.1, -0.05)]),
        "#6fb5cf",
        shadow=0.12,
    )
    brush.fill(oval(0.52, -0.52, 0.11, 0.11), "#ffffff")
    brush.fill(oval(0.55, -0.52, 0.06, 0.06), "#1b1620")
    brush.line([(0.28, -0.74), (0.2, -0.45), (0.28, -0.2)], 0.8)
    brush.shape(blob([(-0.1, -0.86), (0.1, -1.1), (0.3, -0.82)]), "#4f8fb5", line=0.8)


def _basket(brush: Brush) -> None:
    brush.stroke(arc(0, -0.5, 0.48, 0.5, 180, 180), 0.08, darker(_WOOD, 0.2))
    for x, colour in ((-0.25, "#d9342f"), (0.05, "#f0a33a"), (0.3, "#8fb545")):
        brush.shape(oval(x, -0.55, 0.17, 0.16), colour, line=0.7)
    brush.shape(blob([(-0.6, -0.52), (0.6, -0.52), (0.46, 0), (-0.46, 0)]), "#c9944f", shadow=0.1)
    for y in (-0.36, -0.18):
        brush.line([(-0.54, y), (0, y + 0.03), (0.54, y)], 0.8)
    for x in (-0.3, 0, 0.3):
        brush.line([(x * 1.1, -0.48), (x, -0.02)], 0.6)


def _ball(brush: Brush) -> None:
    path = oval(0, -0.5, 0.5, 0.5)
    brush.shape(path, "#f3ead8", shadow=0.14)
    with brush.clipped(path):
        brush.fill(
            blob([(-0.6, -0.6), (0, -0.74), (0.6, -0.6), (0.6, -0.4), (0, -0.52), (-0.6, -0.4)]), "#d9483b"
        )
    brush.fill(star(0, -0.28, 0.14, 0.06, 5), "#3f6fb5")


def _potion(brush: Brush) -> None:
    brush.glow((0, -0.35), 0.9, "#9af0c0", 1.0)
    brush.shape(
        blob(
            [
                (-0.13, -0.9),
                (0.13, -0.9),
                (0.13, -0.62),
                (0.42, -0.3),
                (0.3, 0),
                (-0.3, 0),
                (-0.42, -0.3),
                (-0.13, -0.62),
            ]
        ),
        "#dff3f0",
    )
    liquid = blob(
        [
            (-0.36, -0.38),
            (0, -0.34),
            (0.36, -0.38),
            (0.38, -0.2),
            (0.27, -0.04),
            (-0.27, -0.04),
            (-0.38, -0.2),
        ]
    )
    brush.fill(liquid, "#5fc98f")
    for x, y, r in ((-0.12, -0.2, 0.05), (0.1, -0.26, 0.035), (0.02, -0.12, 0.03)):
        brush.fill(oval(x, y, r, r), "#c9f7dc")
    brush.shape(box(-0.12, -1.0, 0.12, -0.86, 0.03), _WOOD, line=0.8)


def _camera(brush: Brush) -> None:
    brush.shape(box(-0.25, -1.0, 0.2, -0.75, 0.06), "#4a4f5b")
    brush.shape(box(-0.7, -0.82, 0.7, 0.0, 0.1), "#4a4f5b", shadow=0.08)
    brush.fill(box(-0.7, -0.55, 0.7, -0.2), "#8f5a45")
    brush.shape(oval(0, -0.4, 0.32, 0.32), "#2b2f3a")
    brush.fill(oval(0, -0.4, 0.2, 0.2), "#7fb8d9")
    brush.fill(oval(-0.07, -0.48, 0.07, 0.06), "#ffffff")
    brush.fill(oval(0.52, -0.68, 0.06, 0.06), "#e2574c")


def _telescope(brush: Brush) -> None:
    for x in (-0.32, 0.05, 0.36):
        brush.shape(ribbon([(0, -0.5), (x, 0.0)], [0.03, 0.025]), _WOOD, line=0.8)
    with brush.moved((0, -0.6), turn=-28):
        brush.shape(box(-0.5, -0.08, 0.1, 0.08, 0.03), "#c9a15a", shadow=0.04)
        brush.shape(box(0.1, -0.11, 0.6, 0.11, 0.03), "#4f6f8f", shadow=0.05)
        brush.shape(box(0.56, -0.14, 0.64, 0.14, 0.03), _GOLD, line=0.8)


def _bicycle(brush: Brush) -> None:
    for x in (-0.62, 0.62):
        brush.stroke(oval(x, -0.36, 0.34, 0.34), 0.06, "#2b2f3a")
        brush.stroke(oval(x, -0.36, 0.26, 0.26), 0.015, "#8f98a3")
        for dx, dy in ((0.26, 0), (0, 0.26), (0.18, 0.18), (0.18, -0.18)):
            brush.line([(x - dx, -0.36 - dy), (x + dx, -0.36 + dy)], 0.35, tail=0.9)
    frame = [(-0.62, -0.36), (-0.25, -0.8), (0.42, -0.8), (0.62, -0.36)]
    for path in (
        poly(frame, closed=False),
        poly([(-0.25, -0.8), (-0.05, -0.34), (0.42, -0.8)], closed=False),
        poly([(-0.62, -0.36), (-0.05, -0.34)], closed=False),
    ):
        brush.stroke(path, 0.1, "#2b2f3a")
        brush.stroke(path, 0.06, "#d9483b")
    brush.shape(blob([(-0.42, -0.92), (-0.1, -0.94), (-0.14, -0.86), (-0.38, -0.84)]), "#4a3a34")
    brush.line([(0.42, -0.8), (0.38, -1.0), (0.56, -1.0)], 1.8, tail=0.8)


def _boat(brush: Brush) -> None:
    with brush.moved((0, 0), 0.47):
        sailing_boat(brush)


def _chair(brush: Brush) -> None:
    for x in (-0.28, 0.28):
        brush.shape(ribbon([(x, -0.98), (x, -0.45), (x * 1.1, 0)], [0.04, 0.045, 0.035]), _WOOD, line=0.8)
    for y in (-0.88, -0.68):
        brush.shape(box(-0.28, y - 0.07, 0.28, y + 0.05, 0.03), lighter(_WOOD, 0.15), line=0.8)
    brush.shape(poly([(-0.36, -0.4), (0.36, -0.4), (0.3, -0.52), (-0.3, -0.52)]), lighter(_WOOD, 0.2))
    brush.shape(box(-0.36, -0.41, 0.36, -0.34), _WOOD, line=0.8)


def _table(brush: Brush) -> None:
    for x in (-0.95, 0.95):
        brush.shape(ribbon([(x, -0.85), (x, 0)], [0.09, 0.06]), _WOOD)
    brush.shape(box(-1.0, -0.9, 1.0, -0.72), darker(_WOOD, 0.1))
    brush.shape(poly([(-1.2, -0.86), (1.2, -0.86), (1.05, -1.05), (-1.05, -1.05)]), lighter(_WOOD, 0.2))
    brush.shape(oval(-0.3, -1.06, 0.16, 0.12), "#d9573f", line=0.8)
    brush.shape(poly([(0.25, -1.0), (0.55, -1.0), (0.5, -1.2), (0.3, -1.2)]), "#6fa9c2", line=0.8)


def _tree(brush: Brush) -> None:
    from random import Random

    with brush.moved((0, 0), 0.4):
        round_tree(brush, Random(5))  # noqa: S311 - a drawing, not a secret


def _lamp(brush: Brush) -> None:
    with brush.moved((0, 0), 0.54):
        lamp_post(brush, lit=brush.light.dark)


def _door(brush: Brush) -> None:
    brush.shape(box(-0.34, -1.0, 0.34, 0.0), "#f3ead8")
    brush.shape(box(-0.28, -0.95, 0.28, 0.0), "#3f7f7a", shadow=0.04)
    for y in (-0.86, -0.44):
        brush.outline(box(-0.18, y, 0.18, y + 0.32), line=0.6)
    brush.shape(oval(0.2, -0.45, 0.035, 0.035), _GOLD, line=0.6)


def _chest(brush: Brush) -> None:
    brush.glow((0, -0.65), 1.2, "#ffe08a", 0.8)
    brush.shape(
        blob([(-0.8, -0.6), (-0.72, -0.95), (0, -1.02), (0.72, -0.95), (0.8, -0.6)]),
        darker("#9a5f3a", 0.15),
        shadow=0.08,
    )
    for i in range(7):
        brush.shape(oval(-0.54 + 0.18 * i, -0.6 - 0.04 * (i % 2), 0.13, 0.09), _GOLD, line=0.6)
    brush.shape(box(-0.8, -0.56, 0.8, 0.0, 0.04), "#9a5f3a", shadow=0.1)
    for x in (-0.6, 0.6):
        brush.shape(box(x - 0.06, -0.56, x + 0.06, 0.0), _GOLD, line=0.6)
    brush.shape(box(-0.12, -0.6, 0.12, -0.32, 0.03), _GOLD, line=0.8)
    brush.fill(oval(0, -0.44, 0.04, 0.05), "#3a2a26")


def _clock(brush: Brush) -> None:
    with brush.moved((0, 0), 0.48):
        station_clock(brush)


def _flower(brush: Brush) -> None:
    brush.shape(ribbon([(0, 0), (0.05, -0.35), (0, -0.7)], [0.03, 0.03, 0.03]), "#4f8f45", line=0.7)
    brush.shape(blob([(0.03, -0.25), (0.28, -0.45), (0.34, -0.3), (0.14, -0.16)]), "#5fa04f", line=0.7)
    for i in range(5):
        x, y = ((0, -0.19), (0.18, -0.05), (0.11, 0.16), (-0.11, 0.16), (-0.18, -0.05))[i]
        brush.shape(oval(x, -0.76 + y, 0.14, 0.14), "#f08fa5", line=0.7)
    brush.shape(oval(0, -0.76, 0.11, 0.11), "#f7d560", line=0.7)


def _crown(brush: Brush) -> None:
    brush.shape(
        poly([(-0.6, 0), (-0.72, -0.8), (-0.34, -0.42), (0, -1.0), (0.34, -0.42), (0.72, -0.8), (0.6, 0)]),
        _GOLD,
        shadow=0.1,
    )
    brush.fill(box(-0.61, -0.2, 0.61, -0.08), "#c8343a")
    for x, y in ((-0.72, -0.82), (0, -1.0), (0.72, -0.82)):
        brush.shape(oval(x, y, 0.08, 0.08), "#e2574c", line=0.7)


def _crate(brush: Brush) -> None:
    brush.shape(box(-0.5, -0.95, 0.5, 0), "#c9944f", shadow=0.1)
    for y in (-0.64, -0.32):
        brush.line([(-0.5, y), (0.5, y)], 0.8)
    brush.shape(
        poly([(-0.5, -0.9), (-0.4, -0.95), (0.5, -0.06), (0.4, 0)]), darker("#c9944f", 0.15), line=0.7
    )


def _balloon(brush: Brush) -> None:
    brush.line([(0, 0), (0.06, -0.2), (0, -0.42)], 0.8, tail=0.8)
    brush.shape(
        blob([(0, -0.42), (0.26, -0.64), (0.22, -0.92), (0, -1.02), (-0.22, -0.92), (-0.26, -0.64)]),
        "#e2574c",
        shadow=0.07,
    )
    brush.fill(oval(-0.1, -0.85, 0.04, 0.07), "#f7b5ae")


def _guitar(brush: Brush) -> None:
    brush.shape(box(-0.035, -0.92, 0.035, -0.45), "#5b3a28", line=0.8)
    brush.shape(box(-0.07, -1.0, 0.07, -0.88, 0.02), "#8f5a3a", line=0.8)
    brush.shape(
        blob(
            [
                (0, -0.52),
                (0.16, -0.48),
                (0.13, -0.32),
                (0.24, -0.14),
                (0.1, 0),
                (-0.1, 0),
                (-0.24, -0.14),
                (-0.13, -0.32),
                (-0.16, -0.48),
            ]
        ),
        "#d98a3f",
        shadow=0.05,
    )
    brush.fill(oval(0, -0.27, 0.065, 0.065), "#3a2a26")
    brush.fill(box(-0.08, -0.12, 0.08, -0.09), "#3a2a26")


def _phone(brush: Brush) -> None:
    brush.shape(box(-0.27, -1.0, 0.27, 0, 0.08), "#2b2f3a")
    with brush.shining():
        brush.fill(box(-0.21, -0.9, 0.21, -0.12, 0.03), "#8fd9e6")
    brush.glow((0, -0.5), 0.9, "#8fd9e6", 0.7)


def _wand(brush: Brush) -> None:
    brush.shape(ribbon([(0, 0), (0, -0.75)], [0.05, 0.03]), "#6b4a36", line=0.8)
    brush.glow((0, -0.85), 0.7, "#fff0b0", 1.5)
    brush.shape(star(0, -0.85, 0.2, 0.09, 5), _GOLD)


def _cake(brush: Brush) -> None:
    brush.shape(box(-0.6, -0.6, 0.6, 0, 0.05), "#f0d3a5", shadow=0.1)
    brush.shape(
        blob(
            [
                (-0.64, -0.66),
                (0.64, -0.66),
                (0.62, -0.45),
                (0.4, -0.36),
                (0.2, -0.48),
                (0, -0.34),
                (-0.2, -0.48),
                (-0.42, -0.36),
                (-0.62, -0.45),
            ]
        ),
        "#f2a0b5",
        line=0.8,
    )
    for x in (-0.3, 0, 0.3):
        brush.shape(box(x - 0.035, -0.86, x + 0.035, -0.64), "#8fd0e6", line=0.6)
        brush.fill(blob([(x - 0.04, -0.88), (x, -1.04), (x + 0.04, -0.88)]), "#f7a13a")


PROPS: Mapping[str, PropPainter] = MappingProxyType(
    {
        "lantern": PropPainter("a lantern", _lantern, 0.34, (0, -0.98), 0.26),
        "book": PropPainter("an open book", _book, 0.2, (0.0, -0.1), 0.16),
        "cup": PropPainter("a steaming cup", _cup, 0.16, (0.4, -0.42), 0.1),
        "sword": PropPainter("a sword", _sword, 0.8, (0, -0.13), 0.72),
        "umbrella": PropPainter("a red umbrella", _umbrella, 0.85, (0.1, -0.22), 0.66),
        "key": PropPainter("a golden key", _key, 0.22, (0, -0.85), 0.15),
        "letter": PropPainter("a sealed letter", _letter, 0.16, (-0.5, -0.3), 0.11),
        "map": PropPainter("a map", _map, 0.24, (-0.1, -0.08), 0.2),
        "apple": PropPainter("an apple", _apple, 0.12, (0, -0.1), 0.095),
        "fish": PropPainter("a fish", _fish, 0.18, (-0.8, -0.45), 0.14),
        "basket": PropPainter("a basket of fruit", _basket, 0.3, (0, -0.98), 0.24),
        "ball": PropPainter("a ball", _ball, 0.22, (0, -0.1), 0.18),
        "potion": PropPainter("a potion", _potion, 0.24, (0, -0.6), 0.17),
        "camera": PropPainter("a camera", _camera, 0.18, (0.3, -0.1), 0.13),
        "telescope": PropPainter("a telescope", _telescope, 0.85),
        "bicycle": PropPainter("a bicycle", _bicycle, 0.62),
        "boat": PropPainter("a sailing boat", _boat, 1.3),
        "chair": PropPainter("a chair", _chair, 0.6),
        "table": PropPainter("a table", _table, 0.45),
        "tree": PropPainter("a tree", _tree, 2.2),
        "lamp post": PropPainter("a lamp post", _lamp, 1.8),
        "door": PropPainter("a door", _door, 1.4),
        "chest": PropPainter("a treasure chest", _chest, 0.42),
        "clock": PropPainter("a clock on a post", _clock, 1.5),
        "flower": PropPainter("a pink flower", _flower, 0.3, (0, -0.2), 0.2),
        "crown": PropPainter("a golden crown", _crown, 0.18, (0, -0.05), 0.13),
        "crate": PropPainter("a wooden crate", _crate, 0.42),
        "balloon": PropPainter("a red balloon", _balloon, 0.8, (0, 0), 0.75, 0.3),
        "guitar": PropPainter("a guitar", _guitar, 0.72, (0, -0.5), 0.6),
        "phone": PropPainter("a telephone", _phone, 0.16, (0, -0.2), 0.12),
        "wand": PropPainter("a magic wand", _wand, 0.35, (0, -0.1), 0.3),
        "cake": PropPainter("a birthday cake", _cake, 0.26, (0, 0), 0.2),
    }
)
