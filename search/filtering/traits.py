"""Traits of panels: what their measures must be to count as dark, black-and-white, upright."""

from dataclasses import dataclass

DARK, LIGHT = 0.35, 0.7
"""Of the labelled panels of a colour comic (Pepper & Carrot) 6 % are dark and 29 % light, of a manga drawn on
black (Tori no me) 43 % and 12 %."""
COLOURFUL = 0.05
"""All 67 panels of that manga lie below, also as scanned from yellowed paper, three from brown paper excepted
(benchmarks/traits.py). Of 255 panels in colour two lie below: snow in a glass ball, and a grey blur."""
UPRIGHT, WIDE = 0.9, 1.1
"""Width over height: a tenth either way still looks square."""


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
