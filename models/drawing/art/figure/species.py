"""Species: the head, tail and wings that make one, and where its face sits."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter
from models.drawing.art.figure import heads
from models.drawing.art.figure.face import FacePlan
from models.drawing.art.figure.heads import HeadPainter
from models.drawing.art.geometry import Point
from models.drawing.art.paths import oval, poly, ribbon
from models.drawing.scene import Design


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


SPECIES: Mapping[str, Species] = MappingProxyType(
    {
        "human": Species("human", heads.human, FacePlan(), haired=True, muzzle=heads.human_muzzle),
        "cat": Species(
            "cat",
            heads.fur_head(heads.CAT),
            FacePlan(
                0.02,
                0.46,
                (0.2, 0.25),
                mouth_y=0.64,
                mouth_size=0.75,
                brow_y=-0.34,
                brow_width=0.16,
                pale_muzzle=True,
                iris="#4f7a3a",
            ),
            ears=heads.pointed_ears(0.4, 0.72, heads.INNER_EAR),
            tail="cat",
            muzzle=heads.muzzle(0.4, 0.26, True, 0.55),
            extra_height=0.5,
        ),
        "fox": Species(
            "fox",
            heads.fur_head(heads.FOX),
            FacePlan(
                0.0,
                0.42,
                (0.17, 0.23),
                mouth_y=0.68,
                mouth_size=0.7,
                brow_y=-0.36,
                brow_width=0.16,
                pale_muzzle=True,
                iris="#6b4423",
            ),
            ears=heads.pointed_ears(0.42, 0.95, "#3b2b2b"),
            tail="fox",
            muzzle=heads.muzzle(0.62, 0.36, False, 0.85),
            extra_height=0.65,
        ),
        "rabbit": Species(
            "rabbit",
            heads.fur_head(heads.RABBIT),
            FacePlan(
                0.04,
                0.42,
                (0.18, 0.25),
                mouth_y=0.64,
                mouth_size=0.7,
                brow_y=-0.34,
                brow_width=0.15,
                pale_muzzle=True,
                iris="#5b3a4a",
            ),
            ears=heads.long_ears,
            tail="rabbit",
            muzzle=heads.muzzle(0.36, 0.24, True, 0.6),
            extra_height=1.1,
        ),
        "bear": Species(
            "bear",
            heads.fur_head(heads.BEAR),
            FacePlan(
                -0.02,
                0.42,
                (0.14, 0.18),
                mouth_y=0.66,
                mouth_size=0.75,
                brow_y=-0.32,
                brow_width=0.18,
                pale_muzzle=True,
                iris="#2c2020",
            ),
            ears=heads.round_ears,
            tail="rabbit",
            muzzle=heads.muzzle(0.48, 0.33, False, 0.45),
            extra_height=0.15,
        ),
        "owl": Species(
            "owl",
            heads.owl,
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
            muzzle=heads.beak,
            extra_height=0.3,
        ),
        "robot": Species(
            "robot",
            heads.robot,
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
                ink="#8ff0e6",
                turn=0.16,
            ),
            metal=True,
            extra_height=0.5,
        ),
        "dragon": Species(
            "dragon",
            heads.dragon,
            FacePlan(
                -0.02,
                0.42,
                (0.19, 0.25),
                mouth_y=0.68,
                mouth_size=0.95,
                brow_y=-0.38,
                brow_width=0.2,
                pale_muzzle=True,
                iris="#b8452b",
            ),
            tail="dragon",
            wings=True,
            muzzle=heads.snout,
            extra_height=0.5,
        ),
        "ghost": Species(
            "ghost",
            heads.ghost,
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
