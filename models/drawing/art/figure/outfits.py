"""Clothes: what covers torso, arms and legs, as data; and the details painted on a torso.

One unit is the height of a slim adult, in the frame of the torso: the origin is the hip, y up the spine is
negative, x points where the figure looks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, luminance, mix
from models.drawing.art.paths import blob, box, oval, poly
from models.drawing.scene import Design


@dataclass(frozen=True, slots=True)
class Torso:
    """Measures of the torso being dressed: half widths and length."""

    shoulder: float
    waist: float
    hip: float
    length: float
    aside: bool


Detail = Callable[[Brush, Design, Torso], None]


@dataclass(frozen=True, slots=True)
class Outfit:
    """A set of clothes.

    Attributes:
        words: how a caption names it.
        hem: how far down the leg the skirt or coat reaches, 0 is the hip, 1 the ankle.
        flare: how much wider than the legs its hem is, in units.
        sleeve: how far down the arm the sleeve reaches, 0 is none.
        sleeve_flare: width of the cuff as a factor on the arm.
        legs: what the legs wear: ``trousers``, ``bare``, ``tights`` or ``outfit``.
        puff: how much wider than the body the torso is.
        metal: whether it is steel, whatever the colour of the design.
        shirt: whether the sleeves belong to a shirt of the accent colour.
        detail: painted on the torso.
    """

    words: str
    hem: float = 0.12
    flare: float = 0.012
    sleeve: float = 0.96
    sleeve_flare: float = 1.25
    legs: str = "trousers"
    puff: float = 0.008
    metal: bool = False
    shirt: bool = False
    detail: Detail | None = None


TROUSERS = "#3d4660"
LEATHER = "#5b4032"
METAL = "#c3ccd6"


def trousers_of(design: Design) -> str:
    """Return a trouser colour that stands apart from the top."""
    dark = mix(TROUSERS, design.outfit_colour, 0.15)
    return mix("#8b7d6b", design.outfit_colour, 0.1) if luminance(design.outfit_colour) < 0.3 else dark


def _centre(torso: Torso) -> float:
    """Return where the middle of the chest is seen."""
    return torso.shoulder * 0.42 if torso.aside else 0.0


def _belt(brush: Brush, design: Design, torso: Torso, at: float = -0.06) -> None:
    width = torso.waist * 1.5
    brush.fill(box(-width, at - 0.014, width, at + 0.014), LEATHER)
    x = _centre(torso)
    brush.fill(box(x - 0.015, at - 0.016, x + 0.015, at + 0.016, 0.004), design.accent_colour)


def _collar(brush: Brush, colour: str, torso: Torso, depth: float = 0.06) -> None:
    x, top = _centre(torso), -torso.length
    path = poly([(x - 0.045, top - 0.01), (x, top + depth), (x + 0.045, top - 0.01)])
    brush.fill(path, colour)
    brush.line([(x - 0.045, top - 0.01), (x, top + depth), (x + 0.045, top - 0.01)], 0.7)


def _tunic(brush: Brush, design: Design, torso: Torso) -> None:
    _collar(brush, design.skin, torso, 0.05)
    _belt(brush, design, torso)


def _dress(brush: Brush, design: Design, torso: Torso) -> None:
    top = -torso.length
    brush.fill(box(-0.2, -0.075, 0.2, -0.05), design.accent_colour)
    x = _centre(torso)
    collar = blob(
        [
            (x - 0.06, top + 0.005),
            (x, top + 0.045),
            (x + 0.06, top + 0.005),
            (x + 0.03, top - 0.03),
            (x - 0.03, top - 0.03),
        ]
    )
    brush.fill(collar, lighter(design.accent_colour, 0.7))


def _open_front(brush: Brush, design: Design, torso: Torso, *, inside: str, lapels: bool) -> None:
    x, top = _centre(torso), -torso.length
    brush.fill(
        poly([(x - 0.035, top - 0.01), (x + 0.035, top - 0.01), (x + 0.006, -0.04), (x - 0.006, -0.04)]),
        inside,
    )
    brush.line([(x - 0.035, top), (x - 0.002, -0.03), (x, 0.2)], 0.8)
    if lapels:
        for side in (-1, 1):
            lapel = poly(
                [
                    (x + side * 0.032, top),
                    (x + side * 0.07, top + 0.03),
                    (x + side * 0.045, top + 0.075),
                    (x + side * 0.006, -0.06),
                ]
            )
            brush.shape(lapel, lighter(design.outfit_colour, 0.14), line=0.5)


def _coat(brush: Brush, design: Design, torso: Torso) -> None:
    _open_front(brush, design, torso, inside=lighter(design.accent_colour, 0.3), lapels=True)
    x = _centre(torso)
    for y in (-0.02, -0.09, -0.16):
        brush.fill(oval(x + 0.026, y, 0.008, 0.008), design.accent_colour)


def _hoodie(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    hood = blob([(x - 0.085, top + 0.0), (x, top + 0.06), (x + 0.085, top + 0.0), (x, top - 0.035)])
    brush.shape(hood, darker(design.outfit_colour, 0.12), line=0.6)
    for side in (-1, 1):
        brush.line(
            [(x + side * 0.022, top + 0.05), (x + side * 0.025, top + 0.12)], 0.9, colour=design.accent_colour
        )
    pocket = poly([(x - 0.045, -0.1), (x + 0.045, -0.1), (x + 0.065, -0.01), (x - 0.065, -0.01)])
    brush.outline(pocket, design.outfit_colour, 0.45)
    brush.fill(pocket, darker(design.outfit_colour, 0.06))


def _robe(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    brush.fill(poly([(x - 0.035, top - 0.01), (x + 0.035, top - 0.01), (x, top * 0.72)]), design.skin)
    for side in (1, -1):
        outer, inner = (x + side * 0.058, top - 0.01), (x + side * 0.03, top - 0.01)
        brush.fill(
            poly([outer, inner, (x - side * 0.012, top * 0.66), (x - side * 0.004, top * 0.56)]),
            design.accent_colour,
        )
        brush.line([inner, (x - side * 0.012, top * 0.66)], 0.5)
    brush.line([(x, top * 0.5), (x + 0.01, 0.0), (x, 0.3)], 0.8)
    brush.fill(box(-0.3, -0.075, 0.3, -0.04), design.accent_colour)


def _uniform(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    white = "#fbf8f0"
    brush.fill(poly([(x - 0.07, top - 0.01), (x + 0.07, top - 0.01), (x, top + 0.11)]), white)
    brush.line([(x - 0.07, top), (x, top + 0.11), (x + 0.07, top)], 0.7)
    knot = poly([(x, top + 0.07), (x - 0.04, top + 0.13), (x, top + 0.1), (x + 0.04, top + 0.13)])
    brush.shape(knot, design.accent_colour, line=0.5)


def _armour(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    plate = blob(
        [
            (x - 0.085, top + 0.03),
            (x, top + 0.02),
            (x + 0.085, top + 0.03),
            (x + 0.07, -0.1),
            (x, -0.07),
            (x - 0.07, -0.1),
        ]
    )
    brush.shape(plate, lighter(METAL, 0.25), line=0.6, shadow=0.02)
    brush.line([(x, top + 0.03), (x + 0.006, -0.08)], 0.7)
    _belt(brush, design, torso)


def _kimono(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    brush.fill(poly([(x - 0.03, top - 0.01), (x + 0.03, top - 0.01), (x, top + 0.05)]), design.skin)
    for side in (-1, 1):
        band = poly(
            [
                (x + side * 0.055, top),
                (x + side * 0.028, top - 0.01),
                (x - side * 0.05, -0.1),
                (x - side * 0.02, -0.1),
            ]
        )
        brush.fill(band, lighter(design.accent_colour, 0.45))
    brush.fill(box(-0.3, -0.12, 0.3, -0.045), design.accent_colour)
    brush.fill(box(-0.3, -0.092, 0.3, -0.076), darker(design.accent_colour, 0.35))


def _suit(brush: Brush, design: Design, torso: Torso) -> None:
    _open_front(brush, design, torso, inside="#fbf8f0", lapels=True)
    x, top = _centre(torso), -torso.length
    brush.shape(
        poly(
            [
                (x - 0.012, top + 0.02),
                (x + 0.012, top + 0.02),
                (x + 0.016, top + 0.12),
                (x, top + 0.15),
                (x - 0.016, top + 0.12),
            ]
        ),
        design.accent_colour,
        line=0.4,
    )


def _overalls(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    shirt = lighter(design.accent_colour, 0.1)
    brush.fill(box(-0.3, top - 0.05, 0.3, top * 0.5), shirt)
    bib = box(x - 0.065, top * 0.72, x + 0.065, 0.0, 0.01)
    brush.outline(bib, design.outfit_colour, 0.5)
    brush.fill(bib, design.outfit_colour)
    brush.line([(-0.3, top * 0.5), (0.3, top * 0.5)], 0.6)
    for side in (-1, 1):
        strap = poly(
            [
                (x + side * 0.045, top * 0.72),
                (x + side * 0.065, top * 0.72),
                (x + side * 0.075, top - 0.01),
                (x + side * 0.05, top - 0.01),
            ]
        )
        brush.fill(strap, design.outfit_colour)
        brush.fill(oval(x + side * 0.053, top * 0.66, 0.008, 0.008), "#f4d27a")


def _shirt(brush: Brush, design: Design, torso: Torso) -> None:
    _collar(brush, design.skin, torso, 0.035)
    y = -torso.length * 0.52
    brush.fill(box(-0.3, y - 0.02, 0.3, y + 0.02), design.accent_colour)


def _spacesuit(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    ring = blob([(x - 0.085, top + 0.0), (x, top + 0.035), (x + 0.085, top + 0.0), (x, top - 0.03)])
    brush.shape(ring, METAL, line=0.6)
    brush.shape(
        box(x - 0.045, top * 0.62, x + 0.045, top * 0.34, 0.01), darker(design.outfit_colour, 0.2), line=0.5
    )
    for i, colour in enumerate(("#e2574c", design.accent_colour, "#5fc2a8")):
        brush.fill(oval(x - 0.026 + 0.026 * i, top * 0.48, 0.009, 0.009), colour)


def _cloak(brush: Brush, design: Design, torso: Torso) -> None:
    x, top = _centre(torso), -torso.length
    brush.line([(x, top + 0.02), (x + 0.01, top * 0.4), (x - 0.01, 0.25)], 0.9)
    brush.shape(oval(x, top + 0.018, 0.02, 0.02), design.accent_colour, line=0.6)


OUTFITS: Mapping[str, Outfit] = MappingProxyType(
    {
        "tunic": Outfit("tunic", hem=0.3, flare=0.022, detail=_tunic),
        "dress": Outfit(
            "dress", hem=0.52, flare=0.06, sleeve=0.38, sleeve_flare=1.5, legs="tights", detail=_dress
        ),
        "coat": Outfit("coat", hem=0.55, flare=0.035, sleeve_flare=1.4, puff=0.016, detail=_coat),
        "hoodie": Outfit("hoodie", hem=0.1, sleeve_flare=1.45, puff=0.02, detail=_hoodie),
        "robe": Outfit(
            "robe", hem=0.93, flare=0.05, sleeve_flare=2.3, puff=0.012, legs="outfit", detail=_robe
        ),
        "uniform": Outfit("school uniform", hem=0.4, flare=0.04, legs="tights", detail=_uniform),
        "armour": Outfit("armour", hem=0.2, flare=0.02, legs="metal", puff=0.012, metal=True, detail=_armour),
        "kimono": Outfit(
            "kimono", hem=0.9, flare=0.012, sleeve=0.85, sleeve_flare=2.8, legs="bare", detail=_kimono
        ),
        "suit": Outfit("suit", hem=0.16, legs="outfit", detail=_suit),
        "overalls": Outfit(
            "overalls", hem=0.05, sleeve=0.45, sleeve_flare=1.4, legs="outfit", shirt=True, detail=_overalls
        ),
        "shirt": Outfit("striped shirt", hem=0.08, sleeve=0.42, sleeve_flare=1.5, detail=_shirt),
        "spacesuit": Outfit(
            "spacesuit", hem=0.08, sleeve_flare=1.6, legs="outfit", puff=0.026, detail=_spacesuit
        ),
        "cloak": Outfit("cloak", hem=0.8, flare=0.07, sleeve_flare=2.4, puff=0.02, detail=_cloak),
    }
)
