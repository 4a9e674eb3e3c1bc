"""Boxes on a page.

One frame everywhere: page-relative, origin top left, x to the right, y down, both in [0, 1].
Pixels appear only where a name says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Self

Point = tuple[float, float]
Polygon = tuple[Point, ...]


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """An axis-aligned rectangle, page-relative, with ``0 <= x0 <= x1 <= 1`` and the same for y."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        """Refuse what is no rectangle inside the page."""
        if not all(isfinite(v) for v in (self.x0, self.y0, self.x1, self.y1)):
            raise ValueError(f"a box needs finite numbers, got {self}")
        if not (0.0 <= self.x0 <= self.x1 <= 1.0 and 0.0 <= self.y0 <= self.y1 <= 1.0):
            raise ValueError(f"a box must lie inside the page, x0 <= x1 and y0 <= y1, got {self}")

    @classmethod
    def whole_page(cls) -> Self:
        """Return the box that covers the page."""
        return cls(0.0, 0.0, 1.0, 1.0)

    @classmethod
    def from_pixels(cls, corners: Iterable[float], *, width_px: int, height_px: int) -> Self:
        """Make a box from ``(x0, y0, x1, y1)`` in pixels, clipped to the page."""
        x0, y0, x1, y1 = corners
        return cls.clipped(x0 / width_px, y0 / height_px, x1 / width_px, y1 / height_px)

    @classmethod
    def clipped(cls, x0: float, y0: float, x1: float, y1: float) -> Self:
        """Make a box from page-relative numbers in any order, clipped to the page."""
        (left, right), (top, bottom) = sorted((x0, x1)), sorted((y0, y1))
        return cls(_unit(left), _unit(top), _unit(right), _unit(bottom))

    def to_pixels(self, *, width_px: int, height_px: int) -> tuple[int, int, int, int]:
        """Return ``(x0, y0, x1, y1)`` rounded to whole pixels; at least one pixel wide and high."""
        x0, y0 = round(self.x0 * width_px), round(self.y0 * height_px)
        x0, y0 = min(x0, width_px - 1), min(y0, height_px - 1)
        x1, y1 = round(self.x1 * width_px), round(self.y1 * height_px)
        return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)

    @property
    def width(self) -> float:
        """Width as a share of the page width."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height as a share of the page height."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Area as a share of the page."""
        return self.width * self.height

    @property
    def center(self) -> Point:
        """Middle of the box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def intersection_area(self, other: "Box") -> float:
        """Return the shared area, 0 where the boxes only touch."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0

    def iou(self, other: "Box") -> float:
        """Return intersection over union, 0 for two empty boxes."""
        shared = self.intersection_area(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def union(self, other: "Box") -> "Box":
        """Return the smallest box that holds both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def contains(self, point: Point) -> bool:
        """Say whether a page-relative point lies inside or on the edge."""
        return self.x0 <= point[0] <= self.x1 and self.y0 <= point[1] <= self.y1

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return ``(x0, y0, x1, y1)``."""
        return self.x0, self.y0, self.x1, self.y1


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)
