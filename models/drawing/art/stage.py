"""The stage of a scene: the frame, the ground in perspective, and where to stand on it.

Distances ``z`` are in multiples of that of the front row, sizes in units of a figure (a slim adult is 1).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from models.drawing.art.brush import Brush
from models.drawing.art.geometry import Point, Rect
from models.drawing.art.light import Light
from models.drawing.scene import Scene

FAR = 40.0  # distance of what stands on the horizon
DEPTH_SPAN = 4.0  # a depth of 1 in a scene is this much farther than the front row
_FLATNESS = 0.78  # a long lens: far things look larger than they would, so that a small picture is full
_USUAL_ASPECT = 1.4  # width over height up to which the counts that places give are meant
_HAZE_HALF = 7.0  # distance at which haze takes half of its strength


def shrink(z: float) -> float:
    """Return by how much things at a distance are smaller than in the front row."""
    return float(z**_FLATNESS)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where and in what light a place is painted.

    Attributes:
        brush: the hand that draws.
        frame: the whole picture, in pixels.
        scene: what is drawn.
        light: of the place.
        rng: chance, the same for the same scene and seed.
        horizon: height of the eye in the picture, in pixels.
        unit: pixels of one unit in the front row.
        eye: height of the eye above the ground, in units.
        indoors: whether the place has walls.
    """

    brush: Brush
    frame: Rect
    scene: Scene
    light: Light
    rng: Random
    horizon: float
    unit: float
    eye: float
    indoors: bool = False

    def size(self, z: float) -> float:
        """Return pixels a unit at a distance."""
        return self.unit / shrink(z)

    def ground(self, z: float) -> float:
        """Return the height of the ground at a distance, in pixels."""
        return self.horizon + self.eye * self.size(z)

    def x(self, share: float) -> float:
        """Return pixels for a share of the frame's width."""
        return self.frame.x0 + share * self.frame.width

    def haze(self, z: float) -> float:
        """Return how far into the haze a distance is, in [0, 1]."""
        return (z - 1) / (z - 1 + _HAZE_HALF)

    @contextmanager
    def standing(self, share: float, z: float, *, flip: bool = False, line: float = 1.0) -> Iterator[Brush]:
        """Draw an object that stands on the ground, in units, its foot at the origin."""
        with (
            self.brush.seen(distance=self.haze(z), line=line * self.line(z)),
            self.brush.moved((self.x(share), self.ground(z)), self.size(z), flip=flip),
        ):
            yield self.brush

    def line(self, z: float) -> float:
        """Return the factor on line widths at a distance: far things are drawn with a finer pen."""
        return float(max(0.8 / z**0.4, 0.35))

    @contextmanager
    def far(self, z: float) -> Iterator[Brush]:
        """Draw in canvas pixels, with the haze and the pen of a distance."""
        with self.brush.seen(distance=self.haze(z), line=self.line(z)):
            yield self.brush

    def spread(self, count: int, *, margin: float = 0.0) -> list[float]:
        """Return shares of the width, spread evenly with some chance; more of them in a wide frame."""
        count = round(count * max(self.frame.width / self.frame.height / _USUAL_ASPECT, 1.0))
        step = (1 + 2 * margin) / count
        return [-margin + (i + 0.5 + self.rng.uniform(-0.35, 0.35)) * step for i in range(count)]

    @property
    def vanishing(self) -> Point:
        """Where lines that lead away meet."""
        return self.x(0.5), self.horizon
