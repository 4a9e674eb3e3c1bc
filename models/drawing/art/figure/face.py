"""Faces: eyes, brows and mouths of every emotion, on the face plan of any species.

One unit is half the height of the head; the origin is its middle, x points where the head looks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, luminance, mix
from models.drawing.art.geometry import Point
from models.drawing.art.paths import blob, box, oval, poly
from models.drawing.scene import Emotion

_MOUTH_INSIDE = "#7a2631"
_TONGUE = "#e8848a"
_TEETH = "#fffaf2"
_TEAR = "#8fd0f2"
_BLUSH = "#ef7f6d"
_ASIDE_MOUTH = 0.86  # a mouth seen from aside is foreshortened
_DARK_SKIN = 0.24  # below this lightness a face is inked in a light colour
DETAIL_PX = 17.0  # heads smaller than this (half height) are drawn with dots for eyes


@dataclass(frozen=True, slots=True)
class Mouth:
    """A mouth: ``curve`` up is positive, ``gape`` is how far it opens, ``skew`` lifts one corner."""

    kind: str = "line"  # line, open, round, grit, wavy
    width: float = 0.26
    curve: float = 0.08
    gape: float = 0.0
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class Expression:
    """What an emotion does to a face; brow and lid tilts are positive where the inner end goes down."""

    mouth: Mouth
    open: float = 1.0
    iris: float = 1.0
    lid: float = 0.12
    lid_tilt: float = 0.0
    low_lid: float = 0.0
    shut: str = ""  # "up" and "down" arcs, "tight"
    brow: float = 0.0
    brow_tilt: float = 0.0
    blush: float = 0.35
    marks: tuple[str, ...] = ()


EXPRESSIONS: Mapping[Emotion, Expression] = MappingProxyType(
    {
        Emotion.NEUTRAL: Expression(Mouth(width=0.2, curve=0.035)),
        Emotion.HAPPY: Expression(
            Mouth("open", 0.3, 0.1, 0.2), low_lid=0.16, brow=0.06, brow_tilt=-0.04, blush=0.6
        ),
        Emotion.SAD: Expression(
            Mouth(width=0.2, curve=-0.08), open=0.9, lid=0.26, lid_tilt=-0.16, brow=0.02, brow_tilt=-0.16
        ),
        Emotion.ANGRY: Expression(
            Mouth("grit", 0.27, -0.05, 0.13), iris=0.85, lid=0.2, lid_tilt=0.26, brow=-0.1, brow_tilt=0.24
        ),
        Emotion.SURPRISED: Expression(
            Mouth("round", 0.13, 0, 0.2), open=1.22, iris=0.72, lid=0.0, brow=0.2, brow_tilt=-0.02
        ),
        Emotion.AFRAID: Expression(
            Mouth("wavy", 0.26, -0.05, 0.1),
            open=1.18,
            iris=0.52,
            lid=0.0,
            brow=0.12,
            brow_tilt=-0.2,
            blush=0.0,
            marks=("gloom", "sweat"),
        ),
        Emotion.WORRIED: Expression(
            Mouth("wavy", 0.2, -0.03), lid_tilt=-0.12, brow=0.07, brow_tilt=-0.18, marks=("sweat",)
        ),
        Emotion.SMUG: Expression(
            Mouth(width=0.28, curve=0.07, skew=0.09),
            lid=0.42,
            low_lid=0.1,
            brow=0.03,
            brow_tilt=0.05,
            iris=0.95,
        ),
        Emotion.ASLEEP: Expression(Mouth("round", 0.07, 0, 0.07), shut="down", brow=0.0, brow_tilt=-0.05),
        Emotion.CRYING: Expression(
            Mouth("open", 0.28, -0.12, 0.2),
            shut="tight",
            brow=0.04,
            brow_tilt=-0.2,
            blush=0.8,
            marks=("tears",),
        ),
        Emotion.LAUGHING: Expression(
            Mouth("open", 0.4, 0.1, 0.36), shut="up", brow=0.12, brow_tilt=-0.05, blush=0.75
        ),
        Emotion.DETERMINED: Expression(
            Mouth(width=0.24, curve=-0.02, skew=0.03), lid=0.2, lid_tilt=0.2, brow=-0.08, brow_tilt=0.2
        ),
    }
)


@dataclass(frozen=True, slots=True)
class FacePlan:
    """Where a species wears its features, in half heads, for a face seen from the front.

    ``turn`` shifts the features when the head looks aside; eyes are ``eye_gap`` from the middle.
    """

    eye_y: float = 0.14
    eye_gap: float = 0.38
    eye: Point = (0.175, 0.235)
    turn: float = 0.27
    mouth_y: float = 0.62
    mouth_size: float = 1.0
    brow_y: float = -0.25
    blush: bool = True
    brow_width: float = 0.22
    iris: str = "#3a2a26"
    sclera: str = "#fffdf8"
    ink: str | None = None  # of the features, where it is not that of the book
    pale_muzzle: bool = False  # whether the mouth lies on light fur


@dataclass(frozen=True, slots=True)
class FaceColours:
    """Skin around the eyes and the colour of brows."""

    skin: str
    brow: str


def draw_face(
    brush: Brush, plan: FacePlan, emotion: Emotion, colours: FaceColours, *, aside: bool, small: bool
) -> None:
    """Draw the features on a head that is already there; ``aside`` where it looks along x."""
    with brush.inked(plan.ink or light_ink(brush, colours.skin)):
        _features(brush, plan, EXPRESSIONS[emotion], colours, aside=aside, small=small)
    ink = None if plan.pale_muzzle else plan.ink or light_ink(brush, colours.skin)
    mouth, size = EXPRESSIONS[emotion].mouth, plan.mouth_size * (_ASIDE_MOUTH if aside else 1.0)
    with brush.inked(ink), brush.moved(mouth_place(plan, aside=aside), size):
        _MOUTHS[mouth.kind](brush, mouth)


def light_ink(brush: Brush, skin: str) -> str | None:
    """Return a light ink where black lines would drown in dark skin or fur, else None."""
    seen = brush.seen_colour(skin)
    if luminance(seen) >= _DARK_SKIN:
        return None
    return lighter(seen, 0.55) if brush.coloured else "#ffffff"


def _features(
    brush: Brush, plan: FacePlan, look: Expression, colours: FaceColours, *, aside: bool, small: bool
) -> None:
    eyes = _eye_places(plan, aside=aside)
    if plan.blush and look.blush and not small:
        for x, width in eyes:
            brush.fill(oval(x * 1.12, plan.eye_y + 0.3, 0.15 * width, 0.085), _BLUSH, 0.45 * look.blush)
    for side, (x, width) in zip((-1, 1), eyes, strict=True):
        with brush.moved((x, plan.eye_y), 1.0, flip=side > 0):
            (_dot_eye if small else _eye)(brush, plan, look, colours, width)
            _brow(brush, plan, look, colours, width)
    if not small:
        for mark in look.marks:
            _MARKS[mark](brush, eyes, plan)


def mouth_place(plan: FacePlan, *, aside: bool) -> Point:
    """Return the middle of the mouth."""
    return (plan.turn * 1.15 if aside else 0.0), plan.mouth_y


def _eye_places(plan: FacePlan, *, aside: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return x and width factor of the eye at the back and of the one at the front."""
    if not aside:
        return (-plan.eye_gap, 1.0), (plan.eye_gap, 1.0)
    return (plan.turn - plan.eye_gap * 0.86, 1.0), (plan.turn + plan.eye_gap * 0.86, 0.76)


def _eye(brush: Brush, plan: FacePlan, look: Expression, colours: FaceColours, width: float) -> None:
    """Draw one eye around the origin, its inner corner at positive x."""
    rx, ry = plan.eye[0] * width, plan.eye[1] * look.open
    if look.shut:
        _shut_eye(brush, look.shut, rx * 1.15, ry)
        return
    ball = oval(0, 0, rx, ry)
    brush.fill(ball, plan.sclera)
    with brush.clipped(ball):
        iris_x, iris_y = rx * 0.78 * look.iris, ry * 0.8 * look.iris
        brush.fill(oval(rx * 0.12, ry * 0.08, iris_x, iris_y), plan.iris)
        brush.fill(oval(rx * 0.12, ry * 0.02, iris_x * 0.6, iris_y * 0.6), darker(plan.iris, 0.65))
        brush.fill(oval(rx * 0.12 - iris_x * 0.3, -iris_y * 0.38, iris_x * 0.34, iris_y * 0.3), "#ffffff")
        if look.low_lid:
            brush.fill(oval(0, ry * (1.5 - look.low_lid * 2), rx * 1.5, ry * 0.62), colours.skin)
        _upper_lid(brush, look, colours.skin, rx, ry)
    outer, inner = _lid_line(look, rx, ry)
    middle = (
        (outer[0] + inner[0]) / 2,
        min(-ry * (1 - look.lid * 1.9), (outer[1] + inner[1]) / 2 - ry * 0.12),
    )
    brush.line([(outer[0] - rx * 0.16, outer[1] + ry * 0.1), outer, middle, inner], 1.7, tail=0.45)
    if not look.low_lid:
        brush.line([(-rx * 0.45, ry * 0.98), (0, ry * 1.03), (rx * 0.45, ry * 0.98)], 0.55)


def _lid_line(look: Expression, rx: float, ry: float) -> tuple[Point, Point]:
    level = -ry * (0.72 - look.lid * 1.6)
    tilt = look.lid_tilt * ry * 2.0
    return (-rx * 1.02, level - tilt * 0.5 + ry * 0.12), (rx * 0.92, level + tilt + ry * 0.1)


def _upper_lid(brush: Brush, look: Expression, skin: str, rx: float, ry: float) -> None:
    outer, inner = _lid_line(look, rx, ry)
    top = -ry * 2
    if look.lid or look.lid_tilt:
        middle = ((outer[0] + inner[0]) / 2, min(-ry * (1 - look.lid * 1.9), (outer[1] + inner[1]) / 2))
        brush.fill(
            poly([(-rx * 1.4, top), (-rx * 1.4, outer[1]), middle, (rx * 1.4, inner[1]), (rx * 1.4, top)]),
            skin,
        )


def _shut_eye(brush: Brush, how: str, rx: float, ry: float) -> None:
    if how == "up":
        brush.line(
            [
                (-rx, ry * 0.32),
                (-rx * 0.5, -ry * 0.2),
                (0, -ry * 0.36),
                (rx * 0.5, -ry * 0.2),
                (rx, ry * 0.32),
            ],
            1.6,
        )
    elif how == "down":
        brush.line([(-rx, 0), (-rx * 0.5, ry * 0.3), (0, ry * 0.4), (rx * 0.5, ry * 0.3), (rx, 0)], 1.5)
    else:
        brush.line([(-rx, -ry * 0.3), (rx * 0.2, ry * 0.02), (rx * 0.8, ry * 0.1)], 1.5)
        brush.line([(-rx, ry * 0.5), (rx * 0.2, ry * 0.16), (rx * 0.8, ry * 0.1)], 1.2)


def _dot_eye(brush: Brush, plan: FacePlan, look: Expression, _colours: FaceColours, width: float) -> None:
    rx, ry = plan.eye[0] * 0.62 * width, plan.eye[1] * 0.78 * look.open
    if look.shut:
        _shut_eye(brush, look.shut, rx * 1.6, ry)
        return
    dot = oval(0, 0, rx * (0.7 + 0.3 * look.iris), ry * (1 - look.lid))
    brush.canvas.drawPath(dot, brush.ink_paint())


def _brow(brush: Brush, plan: FacePlan, look: Expression, colours: FaceColours, width: float) -> None:
    if not plan.brow_width:
        return
    half = plan.brow_width * width
    y = plan.brow_y - plan.eye_y - look.brow
    outer, inner = y - look.brow_tilt * 0.45, y + look.brow_tilt
    points = [(-half, outer + 0.05), (-half * 0.2, (outer + inner) / 2 - 0.05), (half * 0.9, inner)]
    brush.line(points, 1.9, colour=colours.brow, tail=0.4)


# --- mouths ------------------------------------------------------------------------------------------


def _line_mouth(brush: Brush, mouth: Mouth) -> None:
    width, dip = mouth.width, mouth.curve
    left, right = (-width, -dip), (width, -dip - mouth.skew)
    points = [left, (-width * 0.5, dip * 0.4), (0, dip), (width * 0.5, dip * 0.4 - mouth.skew * 0.3), right]
    brush.line(points, 1.3, tail=0.35)


def _open_mouth(brush: Brush, mouth: Mouth) -> None:
    width, gape = mouth.width, mouth.gape
    if mouth.curve >= 0:
        path = blob(
            [
                (-width, -0.05),
                (0, 0.01),
                (width, -0.05),
                (width * 0.72, gape * 0.7),
                (0, gape),
                (-width * 0.72, gape * 0.7),
            ]
        )
    else:
        path = blob(
            [
                (-width * 0.8, gape * 0.5),
                (-width * 0.6, -0.02),
                (0, -0.07),
                (width * 0.6, -0.02),
                (width * 0.8, gape * 0.5),
                (0, gape * 0.62),
            ]
        )
    _fill_mouth(brush, path, width, gape, teeth=mouth.curve >= 0)


def _fill_mouth(brush: Brush, path: object, width: float, gape: float, *, teeth: bool) -> None:
    brush.outline(path, line=0.8)
    brush.fill(path, _MOUTH_INSIDE)
    with brush.clipped(path):
        brush.fill(oval(0, gape * 1.05, width * 0.6, gape * 0.5), _TONGUE)
        if teeth:
            brush.fill(box(-width, -0.2, width, gape * 0.16), _TEETH)


def _round_mouth(brush: Brush, mouth: Mouth) -> None:
    path = oval(0, 0, mouth.width, mouth.gape)
    brush.outline(path, line=0.8)
    brush.fill(path, _MOUTH_INSIDE)


def _grit_mouth(brush: Brush, mouth: Mouth) -> None:
    width, gape = mouth.width, mouth.gape
    path = blob(
        [
            (-width, gape * 0.6),
            (-width * 0.7, -gape * 0.5),
            (width * 0.7, -gape * 0.5),
            (width, gape * 0.6),
            (0, gape * 0.45),
        ]
    )
    brush.outline(path, line=0.9)
    brush.fill(path, _TEETH)
    with brush.clipped(path):
        for share in (-0.5, 0.0, 0.5):
            brush.line([(share * width, -gape), (share * width, gape)], 0.5)
        brush.line([(-width, 0.01), (width, 0.01)], 0.7)


def _wavy_mouth(brush: Brush, mouth: Mouth) -> None:
    width = mouth.width
    points = [(-width + i * width / 3, 0.045 * (-1) ** i) for i in range(7)]
    brush.line(points, 1.25, tail=0.4)


_MOUTHS: Mapping[str, Callable[[Brush, Mouth], None]] = MappingProxyType(
    {
        "line": _line_mouth,
        "open": _open_mouth,
        "round": _round_mouth,
        "grit": _grit_mouth,
        "wavy": _wavy_mouth,
    }
)

# --- marks -------------------------------------------------------------------------------------------

_Eyes = tuple[tuple[float, float], tuple[float, float]]


def _tears(brush: Brush, eyes: _Eyes, plan: FacePlan) -> None:
    for x, width in eyes:
        stream = blob(
            [
                (x - 0.07 * width, plan.eye_y + 0.1),
                (x - 0.12 * width, plan.eye_y + 0.5),
                (x, plan.eye_y + 0.66),
                (x + 0.1 * width, plan.eye_y + 0.5),
                (x + 0.07 * width, plan.eye_y + 0.1),
            ]
        )
        brush.outline(stream, _TEAR, 0.4)
        brush.fill(stream, _TEAR, 0.95)


def _sweat(brush: Brush, eyes: _Eyes, plan: FacePlan) -> None:
    x, y = eyes[0][0] - 0.34, plan.brow_y - 0.06
    drop = blob([(x, y - 0.17), (x + 0.085, y + 0.05), (x, y + 0.13), (x - 0.085, y + 0.05)])
    brush.outline(drop, _TEAR, 0.6)
    brush.fill(drop, mix(_TEAR, "#ffffff", 0.3))


def _gloom(brush: Brush, eyes: _Eyes, plan: FacePlan) -> None:
    middle = (eyes[0][0] + eyes[1][0]) / 2
    for i in range(5):
        x = middle - 0.36 + i * 0.18
        brush.line([(x, plan.brow_y - 0.36), (x, plan.brow_y - 0.14 + 0.06 * (i % 2))], 0.6)


_MARKS: Mapping[str, Callable[[Brush, _Eyes, FacePlan], None]] = MappingProxyType(
    {"tears": _tears, "sweat": _sweat, "gloom": _gloom}
)


def nose(brush: Brush, *, aside: bool) -> None:
    """Draw a small human nose."""
    if aside:
        brush.line([(0.5, 0.2), (0.62, 0.38), (0.46, 0.42)], 1.1)
    else:
        brush.line([(-0.06, 0.38), (0.01, 0.42), (0.07, 0.37)], 1.0)
