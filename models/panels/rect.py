"""Rectangles in whole pixels of the working picture."""

from typing import NamedTuple

from schemas.geometry import Box


class Rect(NamedTuple):
    """``x0 <= x < x1`` and ``y0 <= y < y1``, pixels of the (downscaled) working picture."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Columns inside; 0 for an empty rectangle."""
        return max(0, self.x1 - self.x0)

    @property
    def height(self) -> int:
        """Rows inside; 0 for an empty rectangle."""
        return max(0, self.y1 - self.y0)

    @property
    def area(self) -> int:
        """Pixels inside."""
        return self.width * self.height

    @property
    def transposed(self) -> "Rect":
        """The same rectangle with x and y exchanged."""
        return Rect(self.y0, self.x0, self.y1, self.x1)

    @property
    def window(self) -> tuple[slice, slice]:
        """Index of the pixels inside, for arrays of (row, column)."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def shared_area(self, other: "Rect") -> int:
        """Pixels in both."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0, width) * max(0, height)

    def union(self, other: "Rect") -> "Rect":
        """The smallest rectangle that holds both."""
        return Rect(
            min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1)
        )

    def grown(self, margin_px: int, bounds: "Rect") -> "Rect":
        """The rectangle with a margin on each side, kept inside ``bounds``."""
        return Rect(
            max(bounds.x0, self.x0 - margin_px),
            max(bounds.y0, self.y0 - margin_px),
            min(bounds.x1, self.x1 + margin_px),
            min(bounds.y1, self.y1 + margin_px),
        )

    def to_box(self, width_px: int, height_px: int) -> Box:
        """The page-relative box, for a working picture of that size."""
        return Box.from_pixels(self, width_px=width_px, height_px=height_px)
