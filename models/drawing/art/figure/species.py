"""Heads, tails and wings of each species, and where its face sits.

One unit is half the height of the head; the origin is its middle, x points where the head looks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import skia

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, mix
from models.drawing.art.figure.face import FacePlan, nose
from models.drawing.art.geometry import Point
from models.drawing.art.paths import blob, box, mirrored, oval, poly, ribbon
from models.drawing.scene import Design

HeadPainter = Callable[[Brush, Design, bool], None]

_SHADOW = 0.2
_NOSE = "#40262a"
_INNER_EAR = "#e79a92"


@dataclass(frozen=True, slots=True)
class Species:
    """What makes a species: words, head, things behind the body, and its face plan."""

    words: str
    head: HeadPainter
    face: FacePlan
    ears: HeadPainter | None = None
    tail: str = ""  # shape of the tail
    wings: bool = False
    haired: bool = False  # wears hair
    legs: bool = True
    metal: bool = False
    muzzle: HeadPainter | None = None
    extra_height: float = 0.1  # ears and horns above the head, in half heads


_HUMAN_FRONT = [(0, -1), (0.6, -0.86), (0.9, -0.32), (0.88, 0.2), (0.7, 0.66), (0.33, 0.95), (0, 1.0)]
_HUMAN_ASIDE = [
    (-0.1, -1), (0.5, -0.9), (0.84, -0.42), (0.83, -0.02), (0.89, 0.28), (0.78, 0.66), (0.46, 0.97), (0.1, 0.95),
    (-0.36, 0.7), (-0.78, 0.42), (-0.95, -0.1), (-0.68, -0.78),
]  # fmt: skip


def _turned(front: Sequence[Point], aside: bool, by: float = 0.1) -> skia.Path:
    """Return a mirrored outline, pushed a little where the head looks."""
    points = mirrored(front)
    if aside:
        points = [(x * 0.96 + by * max(y + 0.3, 0), y) for x, y in points]
    return blob(points)


def _human(brush: Brush, design: Design, aside: bool) -> None:
    if not aside:
        for x in (-0.9, 0.9):
            brush.shape(oval(x, 0.2, 0.15, 0.22), design.skin, shadow=0.06)
    brush.shape(blob(_HUMAN_ASIDE) if aside else _turned(_HUMAN_FRONT, False), design.skin, shadow=_SHADOW)
    if aside:
        brush.shape(oval(-0.42, 0.22, 0.15, 0.22), design.skin, shadow=0.06)
        brush.line([(-0.46, 0.12), (-0.38, 0.2), (-0.44, 0.3)], 0.7, colour=design.skin)


def _human_muzzle(brush: Brush, _design: Design, aside: bool) -> None:
    nose(brush, aside=aside)


_CAT = [(0, -0.92), (0.5, -0.82), (0.95, -0.3), (1.12, 0.22), (0.98, 0.6), (0.5, 0.9), (0, 0.95)]
_FOX = [(0, -0.92), (0.5, -0.8), (0.92, -0.3), (1.2, 0.3), (0.75, 0.62), (0.3, 0.98), (0, 1.04)]
_RABBIT = [(0, -0.94), (0.48, -0.82), (0.85, -0.3), (0.94, 0.25), (0.8, 0.68), (0.4, 0.92), (0, 0.95)]
_BEAR = [(0, -0.98), (0.55, -0.84), (0.98, -0.25), (1.04, 0.3), (0.85, 0.72), (0.42, 0.94), (0, 0.97)]


def _fur_head(outline: Sequence[Point]) -> HeadPainter:
    def paint(brush: Brush, design: Design, aside: bool) -> None:
        brush.shape(_turned(outline, aside), design.skin, shadow=_SHADOW)

    return paint


def _pointed_ears(width: float, height: float, inner: str) -> HeadPainter:
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


def _round_ears(brush: Brush, design: Design, aside: bool) -> None:
    for side in (-1, 1):
        x = 0.74 * side * (0.85 if aside and side > 0 else 1) - (0.1 if aside else 0)
        brush.shape(oval(x, -0.72, 0.34, 0.34), design.skin, shadow=0.1)
        brush.fill(oval(x, -0.68, 0.18, 0.18), mix(design.skin, _INNER_EAR, 0.6))


def _long_ears(brush: Brush, design: Design, aside: bool) -> None:
    for side in (-1, 1):
        x = 0.36 * side - (0.12 if aside else 0)
        tip = (x + side * 0.22 - (0.3 if aside else 0), -2.05)
        points = [(x, -0.6), (x + side * 0.06 - (0.1 if aside else 0), -1.4), tip]
        brush.shape(ribbon(points, [0.2, 0.26, 0.12]), design.skin, shadow=0.1)
        brush.fill(ribbon(points, [0.06, 0.14, 0.03]), mix(design.skin, _INNER_EAR, 0.75))


def _muzzle(width: float, height: float, whiskers: bool, blaze: float = 0.5) -> HeadPainter:
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


def _owl(brush: Brush, design: Design, aside: bool) -> None:
    for side in (-1, 1):
        tuft = [(0.2 * side, -0.82), (0.86 * side, -1.28), (0.82 * side, -0.5)]
        brush.shape(_soft_triangle(tuft), darker(design.skin, 0.2), shadow=0.08)
    brush.shape(_turned(_BEAR, aside), design.skin, shadow=_SHADOW)
    push = 0.22 if aside else 0.0
    for x, width in ((push - 0.4, 1.0), (push + 0.4, 0.82 if aside else 1.0)):
        brush.fill(oval(x, 0.06, 0.42 * width, 0.46), lighter(design.skin, 0.62))


def _beak(brush: Brush, _design: Design, aside: bool) -> None:
    x = 0.3 if aside else 0.0
    brush.shape(
        blob([(x - 0.12, 0.24), (x, 0.18), (x + 0.13, 0.24), (x + (0.08 if aside else 0), 0.52)]),
        "#e9a13a",
        line=0.7,
    )


def _robot(brush: Brush, design: Design, aside: bool) -> None:
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


def _dragon(brush: Brush, design: Design, aside: bool) -> None:
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


def _snout(brush: Brush, design: Design, aside: bool) -> None:
    x = 0.34 if aside else 0.0
    brush.fill(oval(x, 0.62, 0.64, 0.36), lighter(design.skin, 0.3))
    for side in (-1, 1):
        brush.fill(oval(x + side * 0.17, 0.36, 0.055, 0.04), darker(design.skin, 0.6))


def _ghost(brush: Brush, design: Design, aside: bool) -> None:
    brush.shape(_turned(_RABBIT, aside), design.skin, shadow=_SHADOW)


_WIDE_EYES = FacePlan(eye_gap=0.46, eye=(0.2, 0.25), eye_y=0.02, mouth_y=0.66, mouth_size=0.85, brow_y=-0.36)

SPECIES: Mapping[str, Species] = MappingProxyType(
    {
        "human": Species("human", _human, FacePlan(), haired=True, muzzle=_human_muzzle),
        "cat": Species(
            "cat",
            _fur_head(_CAT),
            FacePlan(
                0.02,
                0.46,
                (0.2, 0.25),
                mouth_y=0.64,
                mouth_size=0.75,
                brow_y=-0.34,
                brow_width=0.16,
                iris="#4f7a3a",
            ),
            ears=_pointed_ears(0.4, 0.72, _INNER_EAR),
            tail="cat",
            muzzle=_muzzle(0.4, 0.26, True, 0.55),
            extra_height=0.5,
        ),
        "fox": Species(
            "fox",
            _fur_head(_FOX),
            FacePlan(
                0.0,
                0.42,
                (0.17, 0.23),
                mouth_y=0.68,
                mouth_size=0.7,
                brow_y=-0.36,
                brow_width=0.16,
                iris="#6b4423",
            ),
            ears=_pointed_ears(0.42, 0.95, "#3b2b2b"),
            tail="fox",
            muzzle=_muzzle(0.62, 0.36, False, 0.85),
            extra_height=0.65,
        ),
        "rabbit": Species(
            "rabbit",
            _fur_head(_RABBIT),
            FacePlan(
                0.04,
                0.42,
                (0.18, 0.25),
                mouth_y=0.64,
                mouth_size=0.7,
                brow_y=-0.34,
                brow_width=0.15,
                iris="#5b3a4a",
            ),
            ears=_long_ears,
            tail="rabbit",
            muzzle=_muzzle(0.36, 0.24, True, 0.6),
            extra_height=1.1,
        ),
        "bear": Species(
            "bear",
            _fur_head(_BEAR),
            FacePlan(
                -0.02,
                0.42,
                (0.14, 0.18),
                mouth_y=0.66,
                mouth_size=0.75,
                brow_y=-0.32,
                brow_width=0.18,
                iris="#2c2020",
            ),
            ears=_round_ears,
            tail="rabbit",
            muzzle=_muzzle(0.48, 0.33, False, 0.45),
            extra_height=0.15,
        ),
        "owl": Species(
            "owl",
            _owl,
            FacePlan(
                0.05,
                0.4,
                (0.24, 0.26),
                mouth_y=0.64,
                mouth_size=0.5,
                brow_y=-0.4,
                blush=False,
                iris="#c77d1c",
            ),
            wings=False,
            tail="owl",
            muzzle=_beak,
            extra_height=0.3,
        ),
        "robot": Species(
            "robot",
            _robot,
            FacePlan(
                0.02,
                0.34,
                (0.15, 0.2),
                mouth_y=0.48,
                mouth_size=0.75,
                brow_y=-0.36,
                blush=False,
                iris="#8ff0e6",
                sclera="#2f6f80",
                turn=0.16,
            ),
            metal=True,
            extra_height=0.5,
        ),
        "dragon": Species(
            "dragon",
            _dragon,
            FacePlan(
                -0.02,
                0.42,
                (0.19, 0.25),
                mouth_y=0.68,
                mouth_size=0.95,
                brow_y=-0.38,
                brow_width=0.2,
                iris="#b8452b",
            ),
            tail="dragon",
            wings=True,
            muzzle=_snout,
            extra_height=0.5,
        ),
        "ghost": Species(
            "ghost",
            _ghost,
            FacePlan(
                0.08,
                0.36,
                (0.16, 0.26),
                mouth_y=0.6,
                mouth_size=0.9,
                brow_y=-0.34,
                brow_width=0.17,
                iris="#2b2440",
            ),
            legs=False,
        ),
    }
)


def draw_tail(brush: Brush, species: Species, design: Design, root: Point) -> None:
    """Draw the tail behind the body, in units of a figure; ``root`` is the hip."""
    x, y = root
    fur = design.skin
    if species.tail == "cat":
        points = [
            (x, y),
            (x - 0.13, y + 0.02),
            (x - 0.21, y - 0.1),
            (x - 0.17, y - 0.22),
            (x - 0.23, y - 0.28),
        ]
        brush.shape(ribbon(points, [0.026, 0.026, 0.026, 0.024, 0.018]), fur, shadow=0.012)
    elif species.tail == "fox":
        points = [(x, y), (x - 0.12, y + 0.06), (x - 0.24, y - 0.02), (x - 0.3, y - 0.17)]
        brush.shape(ribbon(points, [0.02, 0.055, 0.08, 0.006]), fur, shadow=0.02)
        brush.fill(
            ribbon([points[2], (x - 0.285, y - 0.1), points[3]], [0.05, 0.045, 0.006]), lighter(fur, 0.85)
        )
    elif species.tail == "dragon":
        points = [(x, y), (x - 0.13, y + 0.09), (x - 0.27, y + 0.07), (x - 0.36, y - 0.07)]
        brush.shape(ribbon(points, [0.07, 0.055, 0.035, 0.012]), fur, shadow=0.02)
        tip = points[3]
        brush.shape(
            poly([(tip[0] - 0.05, tip[1] + 0.02), (tip[0] - 0.01, tip[1] - 0.1), (tip[0] + 0.05, tip[1])]),
            design.accent_colour,
        )
    elif species.tail == "rabbit":
        brush.shape(oval(x - 0.085, y + 0.01, 0.04, 0.04), lighter(fur, 0.4), shadow=0.012)
    elif species.tail == "owl":
        brush.shape(
            poly([(x - 0.02, y - 0.06), (x - 0.17, y + 0.08), (x - 0.04, y + 0.07)]), darker(fur, 0.2)
        )


def draw_wings(brush: Brush, design: Design, back: Point, *, frontal: bool) -> None:
    """Draw leathery wings behind the body, in units of a figure."""
    x, y = back
    skin = design.accent_colour
    for side in (-1, 1) if frontal else (-1,):
        tips = [
            (0.0, 0.02),
            (0.14, -0.22),
            (0.38, -0.3),
            (0.36, -0.12),
            (0.29, -0.11),
            (0.27, 0.02),
            (0.19, 0.0),
            (0.12, 0.1),
        ]
        brush.shape(poly([(x + side * px, y + py) for px, py in tips]), skin, shadow=0.02)
        for goal in (tips[2], tips[4], tips[6]):
            brush.line(
                [
                    (x + side * 0.02, y),
                    (x + side * (goal[0] * 0.5 + 0.05), y + goal[1] * 0.7 - 0.08),
                    (x + side * goal[0], y + goal[1]),
                ],
                0.8,
                colour=skin,
            )
