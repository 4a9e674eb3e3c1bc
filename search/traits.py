"""Traits of panels: what their measures must be to count as dark, black-and-white, upright."""

from dataclasses import dataclass

DARK, LIGHT = 0.35, 0.65
COLOURFUL = 0.05
UPRIGHT, WIDE = 0.9, 1.1


@dataclass(frozen=True, slots=True)
class Bounds:
    """A column of ``panels`` and where it must lie: from ``low`` on, below ``high``."""

    column: str
    low: float | None = None
    high: float | None = None


BOUNDS = {
    "bw": Bounds("colourfulness", high=COLOURFUL),
    "colour": Bounds("colourfulness", low=COLOURFUL),
    "dark": Bounds("lightness", high=DARK),
    "light": Bounds("lightness", low=LIGHT),
    "portrait": Bounds("aspect", high=UPRIGHT),
    "landscape": Bounds("aspect", low=WIDE),
    "square": Bounds("aspect", low=UPRIGHT, high=WIDE),
}
