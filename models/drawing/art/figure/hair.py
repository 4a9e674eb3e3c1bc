"""Hair: what falls behind the head and what lies over the forehead.

One unit is half the height of the head; the origin is its middle, x points where the head looks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.brush import Brush
from models.drawing.art.colour import lighter
from models.drawing.art.geometry import Point
from models.drawing.art.paths import blob, mirrored, oval, poly, ribbon

Painter = Callable[[Brush, str, bool], None]  # brush, colour, aside

_SHADOW = 0.16
_CAP_FRONT = [(0.0, -1.17), (0.55, -1.06), (0.93, -0.68), (1.02, -0.1), (0.9, 0.1)]
_CAP_ASIDE = [(-0.1, -1.17), (0.5, -1.1), (0.9, -0.74), (0.97, -0.3)]
_BACK_ASIDE = [(-0.62, 0.5), (-0.98, 0.1), (-1.06, -0.35), (-0.75, -0.95)]


@dataclass(frozen=True, slots=True)
class Hair:
    """A hair style: words for it, and how it is drawn behind and over the head."""

    words: str
    back: Painter
    front: Painter


def _lock(brush: Brush, points: Sequence[Point], colour: str) -> None:
    brush.shape(blob(points), colour, shadow=_SHADOW)


def _shine(brush: Brush, colour: str, *, aside: bool) -> None:
    """Put the light on the crown; solid black hair of a tone book needs it most."""
    x = -0.12 if aside else -0.2
    points = [(x - 0.3, -0.72), (x - 0.05, -0.87), (x + 0.28, -0.9)]
    brush.fill(ribbon(points, [0.012, 0.05, 0.012]), lighter(colour, 0.55), 0.75)


def _nothing(_brush: Brush, _colour: str, _aside: bool) -> None:
    return


def _fringe(brush: Brush, colour: str, aside: bool, hem: Sequence[Point]) -> None:
    """Draw the cap of hair over the crown, down to a hem of points from right to left."""
    if aside:
        _lock(brush, [*_CAP_ASIDE, *hem, *_BACK_ASIDE], colour)
    else:
        left = [(-x, y) for x, y in reversed(_CAP_FRONT) if x]
        _lock(brush, [*_CAP_FRONT, *hem, *left], colour)
    for x, y in hem[1:-1:2]:
        brush.line([(x, y), (x * 0.92, y - 0.16), (x * 0.72, y - 0.34)], 0.55, colour=colour)
    _shine(brush, colour, aside=aside)


_HEM_SWEPT = [(0.74, -0.28), (0.5, -0.5), (0.1, -0.62), (-0.3, -0.5), (-0.66, -0.2), (-0.82, 0.0)]
_HEM_SWEPT_ASIDE = [(0.78, -0.38), (0.45, -0.62), (0.05, -0.5), (-0.3, -0.25), (-0.38, 0.05), (-0.5, 0.1)]
_HEM_STRAIGHT = [
    (0.8, 0.0),
    (0.66, -0.26),
    (0.34, -0.2),
    (0.2, -0.29),
    (-0.14, -0.19),
    (-0.3, -0.28),
    (-0.66, -0.22),
    (-0.8, 0.0),
]
_HEM_STRAIGHT_ASIDE = [(0.88, -0.34), (0.6, -0.38), (0.2, -0.36), (-0.2, -0.34), (-0.34, 0.1), (-0.5, 0.2)]
_HEM_PARTED = [
    (0.84, 0.02),
    (0.72, -0.34),
    (0.36, -0.6),
    (0.02, -0.86),
    (-0.36, -0.6),
    (-0.72, -0.34),
    (-0.84, 0.02),
]
_HEM_PARTED_ASIDE = [
    (0.84, -0.3),
    (0.62, -0.66),
    (0.3, -0.84),
    (0.05, -0.5),
    (-0.25, -0.15),
    (-0.4, 0.2),
    (-0.5, 0.25),
]


def _swept(brush: Brush, colour: str, aside: bool) -> None:
    _fringe(brush, colour, aside, _HEM_SWEPT_ASIDE if aside else _HEM_SWEPT)


def _straight(brush: Brush, colour: str, aside: bool) -> None:
    _fringe(brush, colour, aside, _HEM_STRAIGHT_ASIDE if aside else _HEM_STRAIGHT)


def _parted(brush: Brush, colour: str, aside: bool) -> None:
    _fringe(brush, colour, aside, _HEM_PARTED_ASIDE if aside else _HEM_PARTED)


def _behind(points: Sequence[Point], points_aside: Sequence[Point]) -> Painter:
    def paint(brush: Brush, colour: str, aside: bool) -> None:
        _lock(brush, points_aside if aside else mirrored(points), colour)

    return paint


_long_back = _behind(
    [(0, -1.1), (0.7, -0.95), (1.08, -0.2), (1.12, 0.7), (1.2, 1.5), (0.75, 1.9), (0, 1.8)],
    [
        (-0.1, -1.1),
        (0.4, -0.9),
        (0.3, 0.4),
        (0.1, 1.4),
        (-0.5, 1.95),
        (-1.2, 1.7),
        (-1.15, 0.7),
        (-1.1, -0.3),
        (-0.7, -0.95),
    ],
)
_bob_back = _behind(
    [(0, -1.1), (0.7, -0.98), (1.1, -0.3), (1.16, 0.35), (1.12, 0.78), (0.6, 0.9), (0, 0.8)],
    [
        (-0.1, -1.1),
        (0.4, -0.9),
        (0.3, 0.4),
        (0.0, 0.85),
        (-0.8, 0.95),
        (-1.18, 0.72),
        (-1.16, 0.0),
        (-1.0, -0.6),
        (-0.6, -1.0),
    ],
)


def _ponytail(brush: Brush, colour: str, aside: bool) -> None:
    if aside:
        points = [(-0.7, -0.62), (-1.35, -0.75), (-1.7, 0.0), (-1.52, 0.75), (-1.75, 1.05)]
    else:
        points = [(0.35, -0.95), (1.1, -1.1), (1.45, -0.4), (1.3, 0.4), (1.5, 0.75)]
    brush.shape(ribbon(points, [0.16, 0.3, 0.33, 0.2, 0.02]), colour, shadow=_SHADOW)


def _bun(brush: Brush, colour: str, aside: bool) -> None:
    x, y = (-0.72, -1.0) if aside else (0.0, -1.3)
    brush.shape(oval(x, y, 0.4, 0.37), colour, shadow=_SHADOW)
    brush.line([(x - 0.2, y + 0.05), (x, y - 0.14), (x + 0.22, y)], 0.8, colour=colour)


def _pigtails(brush: Brush, colour: str, aside: bool) -> None:
    tails = [[(-0.6, -0.3), (-1.3, -0.3), (-1.5, 0.5), (-1.35, 1.15)]]
    if not aside:
        tails.append([(-x, y) for x, y in tails[0]])
    for points in tails:
        brush.shape(ribbon(points, [0.14, 0.3, 0.28, 0.02]), colour, shadow=_SHADOW)


def _braids(brush: Brush, colour: str, aside: bool) -> None:
    for side in (-1,) if aside else (-1, 1):
        for i in range(5):
            x, y = side * (0.84 + 0.06 * i), 0.5 + 0.27 * i
            brush.shape(oval(x, y, 0.2 - 0.012 * i, 0.18), colour, shadow=0.08)
        brush.shape(oval(side * 1.1, 1.86, 0.09, 0.16), colour)


def _spiky_front(brush: Brush, colour: str, aside: bool) -> None:
    spikes = [
        (0.86, 0.0), (1.16, -0.4), (0.98, -0.62), (1.2, -1.02), (0.72, -1.0),
        (0.7, -1.45), (0.28, -1.18), (0.02, -1.62), (-0.26, -1.2), (-0.72, -1.5),
        (-0.7, -1.04), (-1.24, -1.05), (-0.98, -0.6), (-1.24, -0.3), (-0.88, 0.06),
        (-0.7, -0.36), (-0.5, -0.18), (-0.3, -0.56), (-0.02, -0.24), (0.22, -0.58),
        (0.5, -0.2), (0.66, -0.44),
    ]  # fmt: skip
    if aside:
        spikes = [(x * 0.98 - 0.06 if y > -0.5 else x - 0.1, y) for x, y in spikes]
        spikes[14] = (-0.72, 0.35)
        spikes[13] = (-1.25, 0.1)
        spikes[15] = (-0.42, 0.0)
    brush.shape(poly(spikes), colour, shadow=_SHADOW)
    _shine(brush, colour, aside=aside)


_CURLS = [
    (0.0, -1.05),
    (0.45, -1.0),
    (-0.45, -1.0),
    (0.82, -0.72),
    (-0.82, -0.72),
    (1.0, -0.3),
    (-1.0, -0.3),
    (1.02, 0.12),
    (-1.02, 0.12),
]


def _curly_back(brush: Brush, colour: str, aside: bool) -> None:
    places = [*_CURLS, (0.95, 0.5), (-0.95, 0.5), (-0.8, 0.85), (0.8, 0.85)]
    _puffs(brush, colour, [(x - 0.1, y) for x, y in places if x < 0.7] if aside else places, 0.36)


def _curly_front(brush: Brush, colour: str, aside: bool) -> None:
    places = [
        (0.55, -0.68),
        (0.2, -0.78),
        (-0.18, -0.76),
        (-0.55, -0.66),
        (0.0, -1.0),
        (-0.4, -0.98),
        (0.4, -0.98),
        (-0.78, -0.36),
    ]
    places.append((-0.66, -0.05) if aside else (0.78, -0.36))
    _puffs(brush, colour, places, 0.3)


def _puffs(brush: Brush, colour: str, places: Sequence[Point], radius: float) -> None:
    for x, y in places:
        brush.outline(oval(x, y, radius, radius), colour)
    for x, y in places:
        brush.fill(oval(x, y, radius, radius), colour)
    for x, y in places:
        brush.line(
            [
                (x - radius * 0.5, y + radius * 0.1),
                (x - radius * 0.2, y + radius * 0.5),
                (x + radius * 0.3, y + radius * 0.45),
            ],
            0.6,
            colour=colour,
        )


def _afro_back(brush: Brush, colour: str, aside: bool) -> None:
    brush.shape(oval(-0.18 if aside else 0.0, -0.42, 1.32, 1.2), colour, shadow=_SHADOW)


def _afro_front(brush: Brush, colour: str, aside: bool) -> None:
    _puffs(
        brush,
        colour,
        [(x, -0.78) for x in ((-0.5, -0.2, 0.1, 0.4) if aside else (-0.5, -0.18, 0.18, 0.5))],
        0.24,
    )


def _mohawk(brush: Brush, colour: str, aside: bool) -> None:
    if aside:
        crest = [
            (0.55, -0.8),
            (0.75, -1.3),
            (0.35, -1.2),
            (0.3, -1.7),
            (-0.1, -1.35),
            (-0.4, -1.72),
            (-0.55, -1.2),
            (-1.1, -1.3),
            (-0.85, -0.75),
            (-1.2, -0.5),
            (-0.8, -0.1),
            (-0.5, -0.75),
            (0, -0.95),
        ]
    else:
        crest = [
            (0.22, -0.7),
            (0.32, -1.2),
            (0.16, -1.3),
            (0.1, -1.75),
            (-0.1, -1.35),
            (-0.24, -1.6),
            (-0.26, -1.1),
            (-0.2, -0.7),
            (0, -0.6),
        ]
    brush.shape(poly(crest), colour, shadow=_SHADOW)


HAIR: Mapping[str, Hair] = MappingProxyType(
    {
        "short": Hair("short", _nothing, _swept),
        "long": Hair("long", _long_back, _parted),
        "bob": Hair("bobbed", _bob_back, _straight),
        "ponytail": Hair("ponytailed", _ponytail, _swept),
        "bun": Hair("bunned", _bun, _parted),
        "pigtails": Hair("pigtailed", _pigtails, _straight),
        "braids": Hair("braided", _braids, _parted),
        "spiky": Hair("spiky", _nothing, _spiky_front),
        "curly": Hair("curly", _curly_back, _curly_front),
        "afro": Hair("afro", _afro_back, _afro_front),
        "mohawk": Hair("mohawked", _nothing, _mohawk),
        "bald": Hair("bald", _nothing, _nothing),
    }
)
