"""Skin a skeleton: limbs, clothes, head, hair, things worn and held.

The canvas frame is the figure's: one unit is the height of a slim adult, the origin is the ground.
"""

from collections.abc import Callable
from dataclasses import dataclass

import skia

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter
from models.drawing.art.figure.extras import EXTRAS, Extra
from models.drawing.art.figure.face import DETAIL_PX, FaceColours, draw_face, light_ink
from models.drawing.art.figure.hair import HAIR
from models.drawing.art.figure.outfits import LEATHER, METAL, OUTFITS, Outfit, Torso, trousers_of
from models.drawing.art.figure.skeleton import BUILDS, Limb, Skeleton
from models.drawing.art.figure.species import SPECIES, Species, draw_tail, draw_wings
from models.drawing.art.geometry import Point, mix_points
from models.drawing.art.paths import blob, oval, poly, ribbon
from models.drawing.scene import Design, Emotion
from schemas.errors import ConfigError

_HAND = 1.38  # radius of a hand as a factor on the wrist
_FAR_SHADE = 0.12  # the far arm and leg lie in the body's shadow
_BELOW_KNEE = 0.6  # a skirt that reaches farther down the leg than this hangs from the knees of a sitter
HeldPainter = Callable[[Brush], None]


@dataclass(frozen=True, slots=True)
class Look:
    """A design with its shapes looked up."""

    design: Design
    species: Species
    outfit: Outfit
    extras: tuple[Extra, ...]

    @classmethod
    def of(cls, design: Design) -> "Look":
        """Look up what a design names.

        Raises:
            ConfigError: a species, build, hair, outfit or extra is unknown.
        """
        for what, name, known in (
            ("species", design.species, SPECIES),
            ("build", design.build, BUILDS),
            ("hair", design.hair, HAIR),
            ("outfit", design.outfit, OUTFITS),
            *(("extra", extra, EXTRAS) for extra in design.extras),
        ):
            if name not in known:
                raise ConfigError(
                    f"the design of {design.name!r} has an unknown {what} {name!r}; "
                    f"known are {', '.join(known)}"
                )
        extras = tuple(EXTRAS[name] for name in design.extras)
        return cls(design, SPECIES[design.species], OUTFITS[design.outfit], extras)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure ready to be drawn; ``held`` paints what the near hand holds, around the hand."""

    look: Look
    bones: Skeleton
    emotion: Emotion
    aside: bool  # whether the head looks along x
    held: HeldPainter | None = None


def draw_figure(brush: Brush, figure: Figure) -> None:
    """Draw a figure, back to front."""
    look, bones = figure.look, figure.bones
    for extra in look.extras:
        if extra.back and (bones.frontal or extra.words != "a cape"):
            extra.back(brush, look.design, bones)
    _behind(brush, look, bones)
    if not bones.frontal:
        _arm(brush, look, bones, bones.far_arm, far=True)
    if look.species.legs:
        _legs(brush, look, bones)
    _torso(brush, look, bones)
    for extra in look.extras:
        if extra.back and extra.words == "a cape" and not bones.frontal:
            extra.back(brush, look.design, bones)
    _front(brush, figure)


def _behind(brush: Brush, look: Look, bones: Skeleton) -> None:
    if look.species.wings:
        draw_wings(brush, look.design, bones.on_torso(0.0, 0.75), frontal=bones.frontal)
    if look.species.tail:
        draw_tail(brush, look.species, look.design, bones.on_torso(0.0, 0.05))
    _back_of_head(brush, look, bones)


def _front(brush: Brush, figure: Figure) -> None:
    """Draw arms, head and what is held, in the order in which the pose stacks them."""
    look, bones = figure.look, figure.bones
    arms = [bones.far_arm, bones.near_arm] if bones.frontal else [bones.near_arm]
    raised = bones.pose.arm_over_head
    holding = bones.near_arm if bones.frontal else bones.far_arm
    over = holding if raised else None
    _neck(brush, look, bones)
    if figure.held and not bones.frontal:
        _held(brush, figure, bones.far_arm[2])
        _hand(brush, look, bones, bones.far_arm, far=False)
    for arm in arms:
        if arm is not over:
            _arm(brush, look, bones, arm, far=False)
    for extra in look.extras:
        if extra.neck:
            extra.neck(brush, look.design, bones)
    _head(brush, figure)
    if over is not None:
        _arm(brush, look, bones, over, far=False)
    if figure.held and bones.frontal:
        _held(brush, figure, bones.near_arm[2])
        _hand(brush, look, bones, bones.near_arm, far=False)


# --- limbs -------------------------------------------------------------------------------------------


def _arm(brush: Brush, look: Look, bones: Skeleton, arm: Limb, *, far: bool) -> None:
    design, outfit = look.design, look.outfit
    radius = bones.build.arm_radius
    skin, cloth = design.skin, sleeve_colour(look)
    if far:
        skin, cloth = darker(skin, _FAR_SHADE), darker(cloth, _FAR_SHADE)
    if outfit.sleeve < 0.9 or look.species.metal:
        brush.shape(ribbon(arm, [radius, radius * 0.92, radius * 0.82]), skin, shadow=radius * 0.5)
    _hand(brush, look, bones, arm, far=far)
    if outfit.sleeve:
        sleeve = _upto(arm, outfit.sleeve)
        cuff = radius * (0.9 + (outfit.sleeve_flare - 0.9) * min(outfit.sleeve * 1.1, 1.0))
        widths = [radius * 1.25, radius * 1.18, cuff] if len(sleeve) == 3 else [radius * 1.25, cuff]
        brush.shape(ribbon(sleeve, widths), cloth, shadow=radius * 0.55)
        if not far:
            _join_shoulder(brush, bones, arm, cloth)


def _join_shoulder(brush: Brush, bones: Skeleton, arm: Limb, cloth: str) -> None:
    """Cover the outline between sleeve and torso, so that the arm grows out of the shoulder."""
    radius = bones.build.arm_radius
    inner = mix_points(arm[0], bones.on_torso(0.0, 0.86), 0.28)
    brush.fill(ribbon([arm[0], inner], [radius * 1.12, radius * 0.9]), cloth)


def sleeve_colour(look: Look) -> str:
    """Return the colour of the sleeves of a design."""
    if not look.species.legs:
        return look.design.skin
    if look.outfit.metal:
        return METAL
    if look.outfit.shirt:
        return lighter(look.design.accent_colour, 0.1)
    return look.design.outfit_colour


def _upto(limb: Limb, share: float) -> list[Point]:
    """Return the joints of the first share of a limb."""
    if share <= 0.5:
        return [limb[0], mix_points(limb[0], limb[1], share * 2)]
    return [limb[0], limb[1], mix_points(limb[1], limb[2], share * 2 - 1)]


def _hand(brush: Brush, look: Look, bones: Skeleton, arm: Limb, *, far: bool) -> None:
    radius = bones.build.arm_radius * _HAND
    skin = darker(look.design.skin, _FAR_SHADE) if far else look.design.skin
    if look.species.metal:
        skin = METAL
    (ex, ey), (hx, hy) = arm[1], arm[2]
    length = ((hx - ex) ** 2 + (hy - ey) ** 2) ** 0.5 or 1.0
    ux, uy = (hx - ex) / length, (hy - ey) / length
    side = -1.0 if bones.frontal and arm is bones.near_arm else 1.0
    thumb = [(hx, hy), (hx + (ux * 0.7 - uy * side) * radius, hy + (uy * 0.7 + ux * side) * radius)]
    brush.shape(ribbon(thumb, [radius * 0.5, radius * 0.36]), skin)
    palm = [
        (hx - ux * radius * 0.4, hy - uy * radius * 0.4),
        (hx + ux * radius * 1.0, hy + uy * radius * 1.0),
    ]
    brush.shape(ribbon(palm, [radius * 0.85, radius * 0.72]), skin, shadow=radius * 0.35)
    pointing = (94, 92) in (bones.pose.near_arm, bones.pose.far_arm)
    if pointing and abs(uy) < 0.3 and abs(ux) > 0.9:
        tip = (hx + ux * radius * 2.5, hy + uy * radius * 2.5)
        brush.shape(ribbon([(hx + ux * radius * 0.8, hy), tip], [radius * 0.36, radius * 0.3]), skin)


def _legs(brush: Brush, look: Look, bones: Skeleton) -> None:
    for leg, far in ((bones.far_leg, True), (bones.near_leg, False)):
        shade = _FAR_SHADE if far and not bones.frontal else 0.0
        radius = bones.build.leg_radius
        colour = _leg_colour(look)
        slim = 0.72 if look.outfit.legs in ("bare", "tights") else 1.0
        _shoe(brush, look, bones, leg, far=far, shade=shade)
        widths = [radius * (1.15 if slim == 1.0 else 0.95), radius * 0.95 * slim, radius * 0.86 * slim]
        brush.shape(ribbon(leg, widths), darker(colour, shade) if shade else colour, shadow=radius * 0.45)


def _leg_colour(look: Look) -> str:
    design = look.design
    if look.species.words != "human" and look.outfit.legs in ("bare", "tights"):
        return design.skin
    return {
        "outfit": design.outfit_colour,
        "bare": design.skin,
        "tights": darker(design.outfit_colour, 0.55),
        "metal": METAL,
    }.get(look.outfit.legs, trousers_of(design))


def _shoe(brush: Brush, look: Look, bones: Skeleton, leg: Limb, *, far: bool, shade: float) -> None:
    radius = bones.build.leg_radius
    (kx, ky), (x, y) = leg[1], leg[2]
    length = ((x - kx) ** 2 + (y - ky) ** 2) ** 0.5 or 1.0
    ux, uy = (x - kx) / length, (y - ky) / length
    # the toes point across the shin, forwards; from the front a little outwards
    tx, ty = uy, -ux
    if bones.frontal:
        side = -1.0 if far else 1.0
        tx, ty = tx * 0.45 * side, ty * 0.45 * side
    colour = look.design.skin if look.species.words not in ("human", "robot") else LEATHER
    if look.outfit.legs == "metal" or look.species.metal:
        colour = darker(METAL, 0.25)
    heel = (x - tx * radius * 0.3 + ux * radius * 0.3, y - ty * radius * 0.3 + uy * radius * 0.3)
    toe = (x + tx * radius * 1.9 + ux * radius * 0.45, y + ty * radius * 1.9 + uy * radius * 0.45)
    path = ribbon([heel, toe], [radius * 0.95, radius * 0.66])
    brush.shape(path, darker(colour, shade) if shade else colour, shadow=radius * 0.4)


# --- torso -------------------------------------------------------------------------------------------


def _torso(brush: Brush, look: Look, bones: Skeleton) -> None:
    path = _ghost_sheet(bones) if not look.species.legs else _torso_path(look.outfit, bones)
    colour = METAL if look.outfit.metal else look.design.outfit_colour
    if not look.species.legs:
        colour = look.design.skin
    brush.shape(path, colour, shadow=bones.build.shoulder * 0.3)
    if look.outfit.detail is None or not look.species.legs:
        return
    build, width = bones.build, bones.width
    torso = Torso(
        build.shoulder * width, build.waist * width, build.hip * width, build.torso, not bones.frontal
    )
    with brush.clipped(path), brush.moved(bones.hip, turn=bones.torso_turn):
        look.outfit.detail(brush, look.design, torso)


def _torso_path(outfit: Outfit, bones: Skeleton) -> skia.Path:
    build, width, puff = bones.build, bones.width, outfit.puff
    shoulder, waist, hip = (half * width + puff for half in (build.shoulder, build.waist, build.hip))
    if outfit.hem > 0.3:
        hip += outfit.flare * 0.3
    right = [
        bones.on_torso(x, y) for x, y in ((shoulder * 0.45, 1.02), (shoulder, 0.9), (waist, 0.45), (hip, 0.0))
    ]
    left = [
        bones.on_torso(-x, y)
        for x, y in ((hip, 0.0), (waist, 0.45), (shoulder, 0.9), (shoulder * 0.45, 1.02))
    ]
    return blob([*right, *_hem(outfit, bones, hip), *left])


def _hem(outfit: Outfit, bones: Skeleton, hip: float) -> list[Point]:
    """Return the points of a skirt's hem, from the front to the back, where the legs carry it."""
    along_x, along_y = _across(bones)
    radius = bones.build.leg_radius
    points = [_on_leg(leg, outfit.hem) for leg in (bones.near_leg, bones.far_leg)]
    points.sort(key=lambda p: p[0] * along_x + p[1] * along_y)
    (lx, ly), (rx, ry) = points
    reach = radius + outfit.flare
    back = (lx - along_x * reach, ly - along_y * reach)
    front = (rx + along_x * reach, ry + along_y * reach)
    if bones.pose.seat:
        low = bones.on_torso(-hip, -0.12)
        knee_x, knee_y = _on_leg(bones.near_leg, min(outfit.hem, 0.5))
        over, under = (knee_x, knee_y - radius * 1.3), (knee_x - radius * 0.6, knee_y + radius * 1.25)
        if outfit.hem <= _BELOW_KNEE:
            return [over, (knee_x + radius * 0.5, knee_y), under, low]
        return [(over[0] + radius, over[1]), front, back, under, low]
    middle = mix_points(front, back, 0.5)
    return [front, (middle[0], middle[1] + radius * 0.25), back]


def _across(bones: Skeleton) -> Point:
    start, end = bones.on_torso(0.0, 0.0), bones.on_torso(1.0, 0.0)
    return end[0] - start[0], end[1] - start[1]


def _on_leg(leg: Limb, share: float) -> Point:
    return _upto(leg, share)[-1]


def _ghost_sheet(bones: Skeleton) -> skia.Path:
    """Return the outline of a sheet that falls from the head to a ragged hem."""
    build = bones.build
    half = build.shoulder * 1.1
    length = (build.torso + build.leg * 0.62) / build.torso
    hem = []
    for i in range(7):
        x = half * 1.5 * (1 - i / 3)
        hem.append(bones.on_torso(x, 1 - length + (0.14 if i % 2 else 0.0)))
    top = [bones.on_torso(half * 0.6, 1.05), bones.on_torso(half * 1.1, 0.8)]
    end = [bones.on_torso(-half * 1.1, 0.8), bones.on_torso(-half * 0.6, 1.05)]
    return blob([*top, *hem, *end])


def _neck(brush: Brush, look: Look, bones: Skeleton) -> None:
    radius = bones.build.head * 0.15
    colour = METAL if look.species.metal else darker(look.design.skin, 0.18)
    brush.fill(ribbon([bones.on_torso(0, 0.98), bones.head], [radius, radius]), colour)


# --- head --------------------------------------------------------------------------------------------


def _back_of_head(brush: Brush, look: Look, bones: Skeleton) -> None:
    if not look.species.haired:
        return
    aside = not bones.frontal
    with brush.moved(bones.head, bones.build.head / 2, turn=bones.head_turn):
        HAIR[look.design.hair].back(brush, look.design.hair_colour, aside)


def _head(brush: Brush, figure: Figure) -> None:
    look, bones, aside = figure.look, figure.bones, figure.aside
    species, design = look.species, look.design
    half = bones.build.head / 2
    small = half * brush.scale < DETAIL_PX
    with brush.moved(bones.head, half, turn=bones.head_turn):
        if species.ears:
            species.ears(brush, design, aside)
        species.head(brush, design, aside)
        if species.muzzle and not (small and species.haired):
            with brush.inked(light_ink(brush, design.skin)):
                species.muzzle(brush, design, aside)
        colours = FaceColours(design.skin, design.hair_colour if species.haired else darker(design.skin, 0.5))
        draw_face(brush, species.face, figure.emotion, colours, aside=aside, small=small)
        if species.haired:
            HAIR[design.hair].front(brush, design.hair_colour, aside)
        for extra in look.extras:
            if extra.head:
                extra.head(brush, design, aside)


def _held(brush: Brush, figure: Figure, hand: Point) -> None:
    if figure.held is None:
        return
    with brush.moved(hand):
        figure.held(brush)


def contact_shadow(brush: Brush, bones: Skeleton) -> None:
    """Put the shadow of a figure on the ground under it; thinner under one that is in the air."""
    xs = [bones.hip[0], bones.near_leg[2][0], bones.far_leg[2][0], bones.neck[0]]
    middle, half = (min(xs) + max(xs)) / 2, (max(xs) - min(xs)) / 2 + bones.build.hip * 1.5
    alpha = 0.3 if bones.pose.lift < 0.05 else 0.16
    brush.fill(oval(middle, 0.0, half, half * 0.2), "#1a1430", alpha)


def seat(brush: Brush, bones: Skeleton, *, indoors: bool) -> None:
    """Draw what a sitting figure sits on: a stool indoors, a rock outdoors."""
    x, y = bones.hip
    top = y + bones.build.hip * 0.75
    if indoors:
        for foot in (-0.11, 0.1):
            brush.shape(ribbon([(x + foot * 0.7, top), (x + foot, 0.0)], [0.014, 0.012]), "#7d5536")
        brush.shape(
            poly([(x - 0.13, top), (x + 0.13, top), (x + 0.13, top + 0.035), (x - 0.13, top + 0.035)]),
            "#a8703f",
            shadow=0.012,
        )
        return
    rock = [
        (x - 0.14, top + 0.01),
        (x + 0.08, top - 0.005),
        (x + 0.15, top + 0.08),
        (x + 0.17, 0.01),
        (x - 0.2, 0.01),
        (x - 0.19, top + 0.1),
    ]
    brush.shape(blob(rock), "#8d8a86", shadow=0.04)
