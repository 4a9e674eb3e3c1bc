"""Heads, ears, muzzles and beaks of the species.

One unit is half the height of the head; the origin is its middle, x points where the head looks.
"""

from collections.abc import Callable, Sequence

import skia

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, mix
from models.drawing.art.figure.face import nose
from models.drawing.art.geometry import Point
from models.drawing.art.paths import blob, box, mirrored, oval, poly, ribbon
from models.drawing.scene import Design

HeadPainter = Callable[[Brush, Design, bool], None]


_SHADOW = 0.2


_NOSE = "#40262a"


INNER_EAR = "#e79a92"


_HUMAN_FRONT = [(0, -1), (0.6, -0.86), (0.9, -0.32), (0.88, 0.2), (0.7, 0.66), (0.33, 0.95), (0, 1.0)]


_HUMAN_ASIDE = [
    (-0.1, -1), (0.5, -0.9), (0.84, -0.42), (0.83, -0.02), (0.89, 0.28), (0.78, 0.66), (0.46, 0.97),
    (0.1, 0.95), (-0.36, 0.7), (-0.78, 0.42), (-0.95, -0.1), (-0.68, -0.78),
]  # fmt: skip


def _turned(front: Sequence[Point], aside: bool, by: float = 0.1) -> skia.Path:
    """Return a mirrored outline, pushed a little where the head looks."""
    points = mirrored(front)
    if aside:
        points = [(x * 0.96 + by * max(y + 0.3, 0), y) for x, y in points]
    return blob(points)


def human(brush: Brush, design: Design, aside: bool) -> None:
    """Draw a human head with its ears."""
    if not aside:
        for x in (-0.9, 0.9):
            brush.shape(oval(x, 0.2, 0.15, 0.22), design.skin, shadow=0.06)
    brush.shape(blob(_HUMAN_ASIDE) if aside else _turned(_HUMAN_FRONT, False), design.skin, shadow=_SHADOW)
    if aside:
        brush.shape(oval(-0.42, 0.22, 0.15, 0.22), design.skin, shadow=0.06)
        brush.line([(-0.46, 0.12), (-0.38, 0.2), (-0.44, 0.3)], 0.7, colour=design.skin)


def human_muzzle(brush: Brush, _design: Design, aside: bool) -> None:
    """Draw a human nose."""
    nose(brush, aside=aside)


CAT = [(0, -0.92), (0.5, -0.82), (0.95, -0.3), (1.12, 0.22), (0.98, 0.6), (0.5, 0.9), (0, 0.95)]


FOX = [(0, -0.92), (0.5, -0.8), (0.92, -0.3), (1.2, 0.3), (0.75, 0.62), (0.3, 0.98), (0, 1.04)]


RABBIT = [(0, -0.94), (0.48, -0.82), (0.85, -0.3), (0.94, 0.25), (0.8, 0.68), (0.4, 0.92), (0, 0.95)]


BEAR = [(0, -0.98), (0.55, -0.84), (0.98, -0.25), (1.04, 0.3), (0.85, 0.72), (0.42, 0.94), (0, 0.97)]


def fur_head(outline: Sequence[Point]) -> HeadPainter:
    """Return what draws a furry head of an outline."""

    def paint(brush: Brush, design: Design, aside: bool) -> None:
        brush.shape(_turned(outline, aside), design.skin, shadow=_SHADOW)

    return paint


def pointed_ears(width: float, height: float, inner: str) -> HeadPainter:
    """Return what draws pointed ears."""

    def paint(brush: Brush, design: Design, aside: bool) -> None:
        for side in (-1, 1):
            squeeze = 0.8 if aside and side > 0 else 1.0
            push = -0.1 if aside else 0.0
            base, top = 0.62 * side * squeeze + push, (0.78 * side * squeeze + push)
            ear = [(base - width * side, -0.72), (top, -0.72 - height), (base + width * 0.55 * side, -0.35)]
            brush.shape(_soft_triangle(ear), design.skin, shadow=0.1)
            small = [_towards(p, (base, -0.6), 0.42) for p in ear]
            brush.fill(_soft_triangle(small), inner)

    return paint


def _soft_triangle(points: Sequence[Point]) -> skia.Path:
    (ax, ay), (tx, ty), (bx, by) = points
    return blob(
        [
            (ax, ay),
            ((ax + tx) / 2 - (bx - ax) * 0.08, (ay + ty) / 2),
            (tx, ty),
            ((bx + tx) / 2 + (bx - ax) * 0.1, (by + ty) / 2),
            (bx, by),
        ]
    )


def _towards(point: Point, goal: Point, share: float) -> Point:
    return point[0] + (goal[0] - point[0]) * share, point[1] + (goal[1] - point[1]) * share


def round_ears(brush: Brush, design: Design, aside: bool) -> None:
    """Draw the ears of a bear."""
    for side in (-1, 1):
        x = 0.74 * side * (0.85 if aside and side > 0 else 1) - (0.1 if aside else 0)
        brush.shape(oval(x, -0.72, 0.34, 0.34), design.skin, shadow=0.1)
        brush.fill(oval(x, -0.68, 0.18, 0.18), mix(design.skin, INNER_EAR, 0.6))


def long_ears(brush: Brush, design: Design, aside: bool) -> None:
    """Draw the ears of a rabbit."""
    for side in (-1, 1):
        x = 0.36 * side - (0.12 if aside else 0)
        tip = (x + side * 0.22 - (0.3 if aside else 0), -2.05)
        points = [(x, -0.6), (x + side * 0.06 - (0.1 if aside else 0), -1.4), tip]
        brush.shape(ribbon(points, [0.2, 0.26, 0.12]), design.skin, shadow=0.1)
        brush.fill(ribbon(points, [0.06, 0.14, 0.03]), mix(design.skin, INNER_EAR, 0.75))


def muzzle(width: float, height: float, whiskers: bool, blaze: float = 0.5) -> HeadPainter:
    """Paint a light muzzle with a nose; the mouth comes on top with the face."""

    def paint(brush: Brush, design: Design, aside: bool) -> None:
        x = 0.3 if aside else 0.0
        brush.fill(oval(x, 0.58, width, height), lighter(design.skin, blaze))
        tip = [(x - 0.11, 0.32), (x + 0.11, 0.32), (x, 0.44)]
        brush.shape(blob(tip), _NOSE, line=0.5)
        brush.line([(x, 0.44), (x, 0.54)], 0.9)
        if whiskers:
            for side in (-1, 1):
                for i in (0, 1):
                    y = 0.5 + 0.14 * i
                    brush.line([(x + side * 0.5, y), (x + side * 1.05, y - 0.06 + 0.12 * i)], 0.55)

    return paint


def owl(brush: Brush, design: Design, aside: bool) -> None:
    """Draw the head of an owl with tufts and discs round the eyes."""
    for side in (-1, 1):
        tuft = [(0.2 * side, -0.82), (0.86 * side, -1.28), (0.82 * side, -0.5)]
        brush.shape(_soft_triangle(tuft), darker(design.skin, 0.2), shadow=0.08)
    brush.shape(_turned(BEAR, aside), design.skin, shadow=_SHADOW)
    push = 0.22 if aside else 0.0
    for x, width in ((push - 0.4, 1.0), (push + 0.4, 0.82 if aside else 1.0)):
        brush.fill(oval(x, 0.06, 0.42 * width, 0.46), lighter(design.skin, 0.62))


def beak(brush: Brush, _design: Design, aside: bool) -> None:
    """Draw a beak."""
    x = 0.3 if aside else 0.0
    brush.shape(
        blob([(x - 0.12, 0.24), (x, 0.18), (x + 0.13, 0.24), (x + (0.08 if aside else 0), 0.52)]),
        "#e9a13a",
        line=0.7,
    )


def robot(brush: Brush, design: Design, aside: bool) -> None:
    """Draw a metal head with a screen for a face."""
    shell = design.skin
    brush.line([(0, -0.9), (0, -1.3)], 2.0, tail=0.8)
    brush.shape(oval(0, -1.36, 0.13, 0.13), design.accent_colour)
    brush.glow((0, -1.36), 0.5, design.accent_colour)
    for x in (-0.98, 0.98):
        if not (aside and x > 0):
            brush.shape(box(x - 0.14, -0.2, x + 0.14, 0.34, 0.08), darker(shell, 0.2))
    brush.shape(box(-0.96, -0.9, 0.96, 0.92, 0.36), shell, shadow=_SHADOW)
    push = 0.14 if aside else 0.0
    brush.shape(box(-0.74 + push, -0.56, 0.74 + push * 0.8, 0.74, 0.26), "#1d2b3d", line=0.7)
    brush.fill(
        poly([(-0.6 + push, -0.46), (-0.2 + push, -0.46), (-0.5 + push, 0.1), (-0.64 + push, 0.1)]),
        "#34506b",
        0.8,
    )


_DRAGON = [(0, -0.96), (0.48, -0.84), (0.84, -0.35), (0.9, 0.2), (0.86, 0.62), (0.45, 0.92), (0, 0.98)]


def dragon(brush: Brush, design: Design, aside: bool) -> None:
    """Draw a horned head with fins."""
    horn = lighter(design.accent_colour, 0.3)
    for side in (-1, 1):
        x = 0.46 * side - (0.16 if aside else 0)
        lean = -0.45 if aside else side * 0.2
        points = [(x, -0.66), (x + lean * 0.5, -1.1), (x + lean * 1.3, -1.42)]
        brush.shape(ribbon(points, [0.17, 0.12, 0.015]), horn, shadow=0.06)
        fin = [
            (0.8 * side, -0.35),
            (1.4 * side, -0.45),
            (1.22 * side, -0.05),
            (1.34 * side, 0.25),
            (0.8 * side, 0.3),
        ]
        if not (aside and side > 0):
            brush.shape(poly(fin), design.accent_colour, shadow=0.06)
    brush.shape(_turned(_DRAGON, aside), design.skin, shadow=_SHADOW)


def snout(brush: Brush, design: Design, aside: bool) -> None:
    """Draw a snout with nostrils."""
    x = 0.34 if aside else 0.0
    brush.fill(oval(x, 0.62, 0.64, 0.36), lighter(design.skin, 0.3))
    for side in (-1, 1):
        brush.fill(oval(x + side * 0.17, 0.36, 0.055, 0.04), darker(design.skin, 0.6))


def ghost(brush: Brush, design: Design, aside: bool) -> None:
    """Draw the top of a sheet."""
    brush.shape(_turned(RABBIT, aside), design.skin, shadow=_SHADOW)
