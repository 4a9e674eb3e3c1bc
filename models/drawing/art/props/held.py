"""Objects that a hand can hold, each one high, its foot at the origin."""

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter
from models.drawing.art.paths import arc, blob, box, oval, poly, ribbon, star

_WOOD = "#a8703f"


_GOLD = "#f0c04a"


_STEEL = "#cfd8e0"


def lantern(brush: Brush) -> None:
    """Draw a lantern."""
    brush.glow((0, -0.4), 1.3, "#ffd87a", 1.5)
    brush.stroke(arc(0, -0.8, 0.22, 0.2, 180, 180), 0.06, "#39404f")
    brush.shape(poly([(-0.3, -0.72), (0.3, -0.72), (0.18, -0.84), (-0.18, -0.84)]), "#39404f", line=0.7)
    with brush.shining():
        brush.shape(box(-0.24, -0.72, 0.24, -0.1), "#ffe08a")
        brush.fill(blob([(-0.1, -0.16), (-0.08, -0.36), (0, -0.58), (0.09, -0.36), (0.1, -0.16)]), "#f7a13a")
    for x in (-0.24, 0.0, 0.24):
        brush.fill(box(x - 0.025, -0.72, x + 0.025, -0.1), "#39404f")
    brush.shape(box(-0.32, -0.12, 0.32, 0.0, 0.04), "#39404f", line=0.7)


def book(brush: Brush) -> None:
    """Draw an open book."""
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


def cup(brush: Brush) -> None:
    """Draw a steaming cup."""
    brush.stroke(arc(0.42, -0.42, 0.24, 0.22, -90, 180), 0.12, "#d9573f")
    brush.shape(
        blob([(-0.45, -0.8), (0.45, -0.8), (0.38, -0.1), (0.2, 0), (-0.2, 0), (-0.38, -0.1)]),
        "#d9573f",
        shadow=0.12,
    )
    brush.fill(oval(0, -0.8, 0.43, 0.09), "#5b3a28")
    for x in (-0.15, 0.15):
        brush.line([(x, -0.95), (x + 0.08, -1.12), (x - 0.04, -1.3)], 0.8, colour="#ffffff")


def sword(brush: Brush) -> None:
    """Draw a sword."""
    brush.shape(poly([(-0.05, -0.25), (-0.055, -0.9), (0, -1.0), (0.055, -0.9), (0.05, -0.25)]), _STEEL)
    brush.fill(poly([(0, -0.25), (0, -0.98), (0.05, -0.9), (0.045, -0.25)]), lighter(_STEEL, 0.6))
    brush.shape(box(-0.15, -0.27, 0.15, -0.22, 0.02), _GOLD)
    brush.shape(box(-0.03, -0.22, 0.03, -0.05), "#6b4a36")
    brush.shape(oval(0, -0.03, 0.045, 0.045), _GOLD)


def umbrella(brush: Brush) -> None:
    """Draw a red umbrella."""
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


def key(brush: Brush) -> None:
    """Draw a golden key."""
    brush.stroke(oval(0, -0.78, 0.18, 0.18), 0.12, darker(_GOLD, 0.4))
    brush.stroke(oval(0, -0.78, 0.18, 0.18), 0.08, _GOLD)
    brush.shape(box(-0.05, -0.6, 0.05, 0), _GOLD, line=0.7)
    for y in (-0.04, -0.18):
        brush.shape(box(0.03, y - 0.05, 0.2, y + 0.04), _GOLD, line=0.6)


def letter(brush: Brush) -> None:
    """Draw a sealed letter."""
    brush.shape(box(-0.75, -1.0, 0.75, 0.0, 0.04), "#fbf4e2", shadow=0.05)
    brush.line([(-0.74, -0.98), (0, -0.42), (0.74, -0.98)], 1.0, tail=0.8)
    brush.shape(oval(0, -0.42, 0.15, 0.15), "#c8343a")
    brush.fill(star(0, -0.42, 0.08, 0.035, 5), "#e87f7a")


def chart(brush: Brush) -> None:
    """Draw a map."""
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


def apple(brush: Brush) -> None:
    """Draw an apple."""
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


def fish(brush: Brush) -> None:
    """Draw a fish."""
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


def basket(brush: Brush) -> None:
    """Draw a basket of fruit."""
    brush.stroke(arc(0, -0.5, 0.48, 0.5, 180, 180), 0.08, darker(_WOOD, 0.2))
    for x, colour in ((-0.25, "#d9342f"), (0.05, "#f0a33a"), (0.3, "#8fb545")):
        brush.shape(oval(x, -0.55, 0.17, 0.16), colour, line=0.7)
    brush.shape(blob([(-0.6, -0.52), (0.6, -0.52), (0.46, 0), (-0.46, 0)]), "#c9944f", shadow=0.1)
    for y in (-0.36, -0.18):
        brush.line([(-0.54, y), (0, y + 0.03), (0.54, y)], 0.8)
    for x in (-0.3, 0, 0.3):
        brush.line([(x * 1.1, -0.48), (x, -0.02)], 0.6)


def ball(brush: Brush) -> None:
    """Draw a ball."""
    path = oval(0, -0.5, 0.5, 0.5)
    brush.shape(path, "#f3ead8", shadow=0.14)
    with brush.clipped(path):
        brush.fill(
            blob([(-0.6, -0.6), (0, -0.74), (0.6, -0.6), (0.6, -0.4), (0, -0.52), (-0.6, -0.4)]), "#d9483b"
        )
    brush.fill(star(0, -0.28, 0.14, 0.06, 5), "#3f6fb5")


def potion(brush: Brush) -> None:
    """Draw a potion."""
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


def camera(brush: Brush) -> None:
    """Draw a camera."""
    brush.shape(box(-0.25, -1.0, 0.2, -0.75, 0.06), "#4a4f5b")
    brush.shape(box(-0.7, -0.82, 0.7, 0.0, 0.1), "#4a4f5b", shadow=0.08)
    brush.fill(box(-0.7, -0.55, 0.7, -0.2), "#8f5a45")
    brush.shape(oval(0, -0.4, 0.32, 0.32), "#2b2f3a")
    brush.fill(oval(0, -0.4, 0.2, 0.2), "#7fb8d9")
    brush.fill(oval(-0.07, -0.48, 0.07, 0.06), "#ffffff")
    brush.fill(oval(0.52, -0.68, 0.06, 0.06), "#e2574c")


def flower(brush: Brush) -> None:
    """Draw a pink flower."""
    brush.shape(ribbon([(0, 0), (0.05, -0.35), (0, -0.7)], [0.03, 0.03, 0.03]), "#4f8f45", line=0.7)
    brush.shape(blob([(0.03, -0.25), (0.28, -0.45), (0.34, -0.3), (0.14, -0.16)]), "#5fa04f", line=0.7)
    for i in range(5):
        x, y = ((0, -0.19), (0.18, -0.05), (0.11, 0.16), (-0.11, 0.16), (-0.18, -0.05))[i]
        brush.shape(oval(x, -0.76 + y, 0.14, 0.14), "#f08fa5", line=0.7)
    brush.shape(oval(0, -0.76, 0.11, 0.11), "#f7d560", line=0.7)


def crown(brush: Brush) -> None:
    """Draw a golden crown."""
    brush.shape(
        poly([(-0.6, 0), (-0.72, -0.8), (-0.34, -0.42), (0, -1.0), (0.34, -0.42), (0.72, -0.8), (0.6, 0)]),
        _GOLD,
        shadow=0.1,
    )
    brush.fill(box(-0.61, -0.2, 0.61, -0.08), "#c8343a")
    for x, y in ((-0.72, -0.82), (0, -1.0), (0.72, -0.82)):
        brush.shape(oval(x, y, 0.08, 0.08), "#e2574c", line=0.7)


def phone(brush: Brush) -> None:
    """Draw a telephone."""
    brush.shape(box(-0.27, -1.0, 0.27, 0, 0.08), "#2b2f3a")
    with brush.shining():
        brush.fill(box(-0.21, -0.9, 0.21, -0.12, 0.03), "#8fd9e6")
    brush.glow((0, -0.5), 0.9, "#8fd9e6", 0.7)


def wand(brush: Brush) -> None:
    """Draw a magic wand."""
    brush.shape(ribbon([(0, 0), (0, -0.75)], [0.05, 0.03]), "#6b4a36", line=0.8)
    brush.glow((0, -0.85), 0.7, "#fff0b0", 1.5)
    brush.shape(star(0, -0.85, 0.2, 0.09, 5), _GOLD)
