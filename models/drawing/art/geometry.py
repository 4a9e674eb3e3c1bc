"""Points and rectangles on the canvas: pixels, origin top left, y down."""

from dataclasses import dataclass
from typing import Self

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in canvas pixels."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, center: Point, width: float, height: float) -> Self:
        """Make a rectangle from its middle and its size."""
        x, y = center
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y1 - self.y0

    @property
    def center(self) -> Point:
        """Middle of the rectangle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def at(self, u: float, v: float) -> Point:
        """Return the point at shares ``u`` of the width and ``v`` of the height."""
        return self.x0 + u * self.width, self.y0 + v * self.height

    def union(self, other: "Rect") -> "Rect":
        """Return the smallest rectangle that holds both."""
        return Rect(
            min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1)
        )

    def intersects(self, other: "Rect") -> bool:
        """Say whether the two share any area."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1


def lerp(start: float, end: float, share: float) -> float:
    """Go a share of the way from start to end."""
    return start + (end - start) * share


def mix_points(start: Point, end: Point, share: float) -> Point:
    """Go a share of the way from one point to another."""
    return lerp(start[0], end[0], share), lerp(start[1], end[1], share)
