"""Objects that stand in a place, each one high, its foot at the origin."""

from random import Random

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter
from models.drawing.art.paths import blob, box, oval, poly, ribbon
from models.drawing.art.places.scenery import lamp_post, round_tree
from models.drawing.art.places.square import station_clock
from models.drawing.art.places.water import sailing_boat

_WOOD = "#a8703f"


_GOLD = "#f0c04a"


def telescope(brush: Brush) -> None:
    """Draw a telescope."""
    for x in (-0.32, 0.05, 0.36):
        brush.shape(ribbon([(0, -0.5), (x, 0.0)], [0.03, 0.025]), _WOOD, line=0.8)
    with brush.moved((0, -0.6), turn=-28):
        brush.shape(box(-0.5, -0.08, 0.1, 0.08, 0.03), "#c9a15a", shadow=0.04)
        brush.shape(box(0.1, -0.11, 0.6, 0.11, 0.03), "#4f6f8f", shadow=0.05)
        brush.shape(box(0.56, -0.14, 0.64, 0.14, 0.03), _GOLD, line=0.8)


def bicycle(brush: Brush) -> None:
    """Draw a bicycle."""
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


def boat(brush: Brush) -> None:
    """Draw a sailing boat."""
    with brush.moved((0, 0), 0.47):
        sailing_boat(brush)


def chair(brush: Brush) -> None:
    """Draw a chair."""
    for x in (-0.28, 0.28):
        brush.shape(ribbon([(x, -0.98), (x, -0.45), (x * 1.1, 0)], [0.04, 0.045, 0.035]), _WOOD, line=0.8)
    for y in (-0.88, -0.68):
        brush.shape(box(-0.28, y - 0.07, 0.28, y + 0.05, 0.03), lighter(_WOOD, 0.15), line=0.8)
    brush.shape(poly([(-0.36, -0.4), (0.36, -0.4), (0.3, -0.52), (-0.3, -0.52)]), lighter(_WOOD, 0.2))
    brush.shape(box(-0.36, -0.41, 0.36, -0.34), _WOOD, line=0.8)


def table(brush: Brush) -> None:
    """Draw a table."""
    for x in (-0.95, 0.95):
        brush.shape(ribbon([(x, -0.85), (x, 0)], [0.09, 0.06]), _WOOD)
    brush.shape(box(-1.0, -0.9, 1.0, -0.72), darker(_WOOD, 0.1))
    brush.shape(poly([(-1.2, -0.86), (1.2, -0.86), (1.05, -1.05), (-1.05, -1.05)]), lighter(_WOOD, 0.2))
    brush.shape(oval(-0.3, -1.06, 0.16, 0.12), "#d9573f", line=0.8)
    brush.shape(poly([(0.25, -1.0), (0.55, -1.0), (0.5, -1.2), (0.3, -1.2)]), "#6fa9c2", line=0.8)


def tree(brush: Brush) -> None:
    """Draw a tree."""
    with brush.moved((0, 0), 0.4):
        round_tree(brush, Random(5))  # noqa: S311 - a drawing, not a secret


def lamp(brush: Brush) -> None:
    """Draw a lamp post."""
    with brush.moved((0, 0), 0.54):
        lamp_post(brush, lit=brush.light.dark)


def door(brush: Brush) -> None:
    """Draw a door."""
    brush.shape(box(-0.34, -1.0, 0.34, 0.0), "#f3ead8")
    brush.shape(box(-0.28, -0.95, 0.28, 0.0), "#3f7f7a", shadow=0.04)
    for y in (-0.86, -0.44):
        brush.outline(box(-0.18, y, 0.18, y + 0.32), line=0.6)
    brush.shape(oval(0.2, -0.45, 0.035, 0.035), _GOLD, line=0.6)


def chest(brush: Brush) -> None:
    """Draw a treasure chest."""
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


def clock(brush: Brush) -> None:
    """Draw a clock on a post."""
    with brush.moved((0, 0), 0.48):
        station_clock(brush)


def crate(brush: Brush) -> None:
    """Draw a wooden crate."""
    brush.shape(box(-0.5, -0.95, 0.5, 0), "#c9944f", shadow=0.1)
    for y in (-0.64, -0.32):
        brush.line([(-0.5, y), (0.5, y)], 0.8)
    brush.shape(
        poly([(-0.5, -0.9), (-0.4, -0.95), (0.5, -0.06), (0.4, 0)]), darker("#c9944f", 0.15), line=0.7
    )


def balloon(brush: Brush) -> None:
    """Draw a red balloon."""
    brush.line([(0, 0), (0.06, -0.2), (0, -0.42)], 0.8, tail=0.8)
    brush.shape(
        blob([(0, -0.42), (0.26, -0.64), (0.22, -0.92), (0, -1.02), (-0.22, -0.92), (-0.26, -0.64)]),
        "#e2574c",
        shadow=0.07,
    )
    brush.fill(oval(-0.1, -0.85, 0.04, 0.07), "#f7b5ae")


def guitar(brush: Brush) -> None:
    """Draw a guitar."""
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


def cake(brush: Brush) -> None:
    """Draw a birthday cake."""
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
