"""Things worn: on the head (in half heads), round the neck and on the back (in units of a figure)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter
from models.drawing.art.figure.skeleton import Skeleton
from models.drawing.art.paths import blob, box, oval, poly, ribbon, star
from models.drawing.scene import Design

HeadExtra = Callable[[Brush, Design, bool], None]
BodyExtra = Callable[[Brush, Design, Skeleton], None]

LEATHER = "#7a5236"


@dataclass(frozen=True, slots=True)
class Extra:
    """A thing worn: how a caption says it, and where it is drawn."""

    words: str
    head: HeadExtra | None = None
    back: BodyExtra | None = None
    neck: BodyExtra | None = None


def _eye_xs(aside: bool) -> tuple[float, float]:
    return (-0.06, 0.6) if aside else (-0.38, 0.38)


def _glasses(brush: Brush, design: Design, aside: bool) -> None:
    left, right = _eye_xs(aside)
    frame = darker(design.accent_colour, 0.35)
    for x, width in ((left, 1.0), (right, 0.8 if aside else 1.0)):
        glass = oval(x, 0.15, 0.3 * width, 0.3)
        brush.fill(glass, "#e6f6ff", 0.22)
        brush.stroke(glass, 0.06, frame)
    brush.line([(left + 0.3, 0.12), ((left + right) / 2, 0.06), (right - 0.26, 0.12)], 1.2, colour=frame)
    if aside:
        brush.line([(left - 0.3, 0.12), (-0.55, 0.08)], 1.2, colour=frame)


def _eyepatch(brush: Brush, _design: Design, aside: bool) -> None:
    x = _eye_xs(aside)[0]
    brush.line([(-0.9, -0.25), (x, 0.0), (0.85, -0.5)], 1.6)
    brush.fill(
        blob([(x - 0.27, -0.1), (x + 0.27, -0.12), (x + 0.2, 0.3), (x, 0.42), (x - 0.2, 0.3)]), "#26202a"
    )


def _hat(brush: Brush, design: Design, aside: bool) -> None:
    x = -0.04 if aside else 0.0
    crown = blob(
        [
            (x - 0.78, -0.62),
            (x - 0.62, -1.4),
            (x - 0.1, -1.52),
            (x + 0.3, -1.42),
            (x + 0.66, -1.42),
            (x + 0.78, -0.62),
            (x, -0.5),
        ]
    )
    brush.shape(crown, design.accent_colour, shadow=0.14)
    brush.fill(
        poly([(x - 0.78, -0.86), (x + 0.78, -0.86), (x + 0.8, -0.62), (x - 0.8, -0.62)]),
        darker(design.accent_colour, 0.5),
    )
    brim = blob(
        [
            (x - 1.5, -0.56),
            (x - 0.7, -0.72),
            (x, -0.66),
            (x + 0.7, -0.72),
            (x + 1.5, -0.56),
            (x + 0.7, -0.42),
            (x, -0.38),
            (x - 0.7, -0.42),
        ]
    )
    brush.shape(brim, design.accent_colour, shadow=0.06)


def _witch_hat(brush: Brush, design: Design, _aside: bool) -> None:
    colour = darker(design.outfit_colour, 0.3)
    cone = blob(
        [
            (-0.72, -0.6),
            (-0.42, -1.4),
            (-0.5, -1.95),
            (-1.05, -2.3),
            (-0.3, -2.25),
            (0.14, -1.8),
            (0.5, -1.2),
            (0.74, -0.6),
            (0, -0.5),
        ]
    )
    brush.shape(cone, colour, shadow=0.14)
    brush.fill(poly([(-0.68, -0.84), (0.66, -0.84), (0.74, -0.58), (-0.74, -0.58)]), design.accent_colour)
    brush.shape(
        blob([(-1.65, -0.42), (-0.7, -0.68), (0.7, -0.68), (1.65, -0.42), (0.6, -0.34), (-0.6, -0.34)]),
        colour,
        shadow=0.06,
    )


def _cap(brush: Brush, design: Design, aside: bool) -> None:
    dome = [
        (-0.98, -0.32),
        (-0.9, -0.85),
        (-0.4, -1.26),
        (0.3, -1.26),
        (0.86, -0.88),
        (0.96, -0.36),
        (0, -0.46),
    ]
    brush.shape(blob(dome), design.accent_colour, shadow=0.14)
    brush.fill(oval(0, -1.25, 0.1, 0.06), darker(design.accent_colour, 0.3))
    peak = (
        [(0.35, -0.5), (1.1, -0.5), (1.5, -0.32), (0.9, -0.26)]
        if aside
        else [(-0.72, -0.46), (0, -0.62), (0.72, -0.46), (0.5, -0.2), (0, -0.12), (-0.5, -0.2)]
    )
    brush.shape(blob(peak), darker(design.accent_colour, 0.18), shadow=0.05)


def _beanie(brush: Brush, design: Design, _aside: bool) -> None:
    brush.shape(oval(0, -1.48, 0.22, 0.22), lighter(design.accent_colour, 0.5), shadow=0.08)
    dome = [
        (-0.98, -0.45),
        (-0.86, -1.0),
        (-0.35, -1.38),
        (0.35, -1.38),
        (0.86, -1.0),
        (0.98, -0.45),
        (0, -0.55),
    ]
    brush.shape(blob(dome), design.accent_colour, shadow=0.14)
    brush.shape(
        blob([(-1.02, -0.3), (-1.0, -0.62), (0, -0.74), (1.0, -0.62), (1.02, -0.3), (0, -0.44)]),
        lighter(design.accent_colour, 0.25),
        shadow=0.06,
    )


def _headband(brush: Brush, design: Design, aside: bool) -> None:
    band = blob(
        [
            (-0.96, -0.3),
            (-0.5, -0.5),
            (0, -0.55),
            (0.5, -0.5),
            (0.94, -0.34),
            (0.94, -0.55),
            (0, -0.76),
            (-1.0, -0.5),
        ]
    )
    brush.shape(band, design.accent_colour, line=0.7)
    if aside:
        brush.shape(
            poly([(-0.95, -0.45), (-1.5, -0.2), (-1.4, -0.5), (-1.6, -0.62)]), design.accent_colour, line=0.7
        )


def _bow(brush: Brush, design: Design, aside: bool) -> None:
    x = -0.5 if aside else 0.55
    for side in (-1, 1):
        brush.shape(
            blob([(x, -1.0), (x + side * 0.46, -1.32), (x + side * 0.5, -0.74)]),
            design.accent_colour,
            shadow=0.06,
        )
    brush.shape(oval(x, -1.0, 0.12, 0.14), darker(design.accent_colour, 0.15))


def _crown(brush: Brush, _design: Design, _aside: bool) -> None:
    points = [
        (-0.6, -0.78),
        (-0.7, -1.42),
        (-0.34, -1.08),
        (0, -1.55),
        (0.34, -1.08),
        (0.7, -1.42),
        (0.6, -0.78),
    ]
    brush.shape(poly(points), "#f4c542", shadow=0.1)
    for x, colour in ((-0.34, "#d9483b"), (0, "#3f8fd1"), (0.34, "#d9483b")):
        brush.fill(oval(x, -0.92, 0.08, 0.08), colour)


def _headphones(brush: Brush, design: Design, aside: bool) -> None:
    brush.stroke(
        blob([(-0.95, 0.0), (-0.85, -0.9), (0, -1.28), (0.85, -0.9), (0.95, 0.0)], closed=False),
        0.13,
        "#2f2f3a",
    )
    for x in (-0.4,) if aside else (-0.98, 0.98):
        brush.shape(oval(x, 0.12, 0.24, 0.34), design.accent_colour, shadow=0.08)


def _goggles(brush: Brush, design: Design, aside: bool) -> None:
    brush.stroke(blob([(-0.98, -0.5), (0, -0.72), (0.96, -0.5)], closed=False), 0.2, LEATHER)
    x0 = 0.14 if aside else 0.0
    for x in (x0 - 0.34, x0 + 0.34):
        brush.shape(oval(x, -0.68, 0.29, 0.27), design.accent_colour)
        brush.fill(oval(x, -0.68, 0.19, 0.18), "#a9e2ee")
        brush.fill(oval(x - 0.06, -0.74, 0.06, 0.05), "#ffffff")


def _beard(brush: Brush, design: Design, aside: bool) -> None:
    x = 0.14 if aside else 0.0
    beard = [
        (x - 0.88, 0.2),
        (x - 0.62, 0.46),
        (x - 0.3, 0.44),
        (x, 0.5),
        (x + 0.3, 0.44),
        (x + 0.6, 0.46),
        (x + 0.82, 0.2),
        (x + 0.74, 0.85),
        (x + 0.3, 1.3),
        (x, 1.42),
        (x - 0.3, 1.3),
        (x - 0.78, 0.85),
    ]
    brush.shape(blob(beard), design.hair_colour, shadow=0.14)
    brush.fill(oval(x * 2, 0.66, 0.2, 0.09), "#7a2631")


def _moustache(brush: Brush, design: Design, aside: bool) -> None:
    x = 0.32 if aside else 0.0
    for side in (-1, 1):
        brush.shape(
            ribbon([(x, 0.46), (x + side * 0.26, 0.5), (x + side * 0.5, 0.38)], [0.1, 0.1, 0.01]),
            design.hair_colour,
            line=0.6,
        )


def _freckles(brush: Brush, design: Design, aside: bool) -> None:
    for side, x in zip((-1, 1), _eye_xs(aside), strict=True):
        for dx, dy in ((-0.1, 0.0), (0.0, 0.06), (0.1, 0.0)):
            brush.fill(oval(x + dx + side * 0.06, 0.44 + dy, 0.024, 0.024), darker(design.skin, 0.4))


def _flower(brush: Brush, design: Design, aside: bool) -> None:
    x, y = (-0.62, -0.5) if aside else (0.78, -0.55)
    brush.shape(star(x, y, 0.3, 0.16, 5), lighter(design.accent_colour, 0.35), line=0.7)
    brush.fill(oval(x, y, 0.1, 0.1), "#f4c542")


def _halo(brush: Brush, _design: Design, _aside: bool) -> None:
    brush.glow((0, -1.45), 1.1, "#fff0b0")
    brush.stroke(oval(0, -1.45, 0.6, 0.16), 0.1, "#f7d560")


def _cape(brush: Brush, design: Design, bones: Skeleton) -> None:
    width = bones.build.shoulder * bones.width
    swing = 0.05 if bones.frontal else 0.16
    left, right = bones.on_torso(-width, 0.96), bones.on_torso(width, 0.96)
    low = bones.build.leg * 0.62
    hem = [bones.on_torso(x, -low / bones.build.torso) for x in (width + swing * 0.4, 0.0, -width - swing)]
    path = blob([left, right, hem[0], (hem[1][0], hem[1][1] - 0.02), hem[2]])
    brush.shape(path, design.accent_colour, shadow=0.03)


def _backpack(brush: Brush, design: Design, bones: Skeleton) -> None:
    x, y = bones.on_torso(0.0 if bones.frontal else -bones.build.shoulder * 0.95, 0.6)
    half = bones.build.shoulder * (1.1 if bones.frontal else 0.62)
    with brush.moved((x, y), turn=bones.torso_turn):
        brush.shape(box(-half, -0.1, half, 0.13, 0.05), design.accent_colour, shadow=0.03)
        brush.shape(
            box(-half * 0.8, 0.03, half * 0.5, 0.11, 0.02), darker(design.accent_colour, 0.15), line=0.6
        )


def _wrap(brush: Brush, design: Design, bones: Skeleton) -> None:
    half = bones.build.head * 0.34
    with brush.moved(bones.on_torso(0.0, 1.0), turn=bones.torso_turn):
        tail = [(-half * 0.6, 0.0), (-half * 1.1, 0.09), (-half * 1.0, 0.18)]
        brush.shape(ribbon(tail, [0.026, 0.032, 0.03]), darker(design.accent_colour, 0.1), shadow=0.01)
        brush.shape(
            ribbon([(-half, -0.015), (0, 0.012), (half, -0.015)], [0.03, 0.036, 0.03]),
            design.accent_colour,
            shadow=0.012,
        )


def _neckbow(brush: Brush, design: Design, bones: Skeleton) -> None:
    x = 0.0 if bones.frontal else 0.03
    with brush.moved(bones.on_torso(x, 0.96), turn=bones.torso_turn):
        for side in (-1, 1):
            brush.shape(
                poly([(0, 0), (side * 0.045, -0.025), (side * 0.045, 0.025)]), design.accent_colour, line=0.7
            )
        brush.fill(oval(0, 0, 0.012, 0.012), darker(design.accent_colour, 0.3))


def _satchel(brush: Brush, _design: Design, bones: Skeleton) -> None:
    width = bones.build.shoulder * bones.width
    top, low = bones.on_torso(-width * 0.7, 0.95), bones.on_torso(width * 1.1, 0.0)
    brush.stroke(poly([top, low], closed=False), 0.016, LEATHER)
    with brush.moved(low, turn=bones.torso_turn):
        brush.shape(box(-0.05, -0.03, 0.06, 0.06, 0.012), LEATHER, shadow=0.015)


EXTRAS: Mapping[str, Extra] = MappingProxyType(
    {
        "glasses": Extra("glasses", head=_glasses),
        "eyepatch": Extra("an eyepatch", head=_eyepatch),
        "hat": Extra("a brimmed hat", head=_hat),
        "witch hat": Extra("a witch's hat", head=_witch_hat),
        "cap": Extra("a cap", head=_cap),
        "beanie": Extra("a woolly hat", head=_beanie),
        "headband": Extra("a headband", head=_headband),
        "bow": Extra("a hair bow", head=_bow),
        "crown": Extra("a golden crown", head=_crown),
        "headphones": Extra("headphones", head=_headphones),
        "goggles": Extra("goggles", head=_goggles),
        "beard": Extra("a beard", head=_beard),
        "moustache": Extra("a moustache", head=_moustache),
        "freckles": Extra("freckles", head=_freckles),
        "flower": Extra("a flower in the hair", head=_flower),
        "halo": Extra("a halo", head=_halo),
        "cape": Extra("a cape", back=_cape),
        "backpack": Extra("a backpack", back=_backpack),
        "scarf": Extra("a scarf", neck=_wrap),
        "bow tie": Extra("a bow tie", neck=_neckbow),
        "satchel": Extra("a satchel", neck=_satchel),
    }
)
