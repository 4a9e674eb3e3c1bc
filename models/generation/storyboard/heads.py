"""Heads with all that stands up from them: ears, hats, antennas are not to be lettered over either."""

import numpy as np

from schemas.geometry import Box
from schemas.records import FloatMatrix

_SURE = 0.4
_MOST = 0.9
"""How far up from a head its crown may reach, in heights of the head."""
_AIR = 0.12
"""What is left free above in any case: an antenna is thinner than the cells of a mask."""
_MIDDLE = 0.1
"""Share of its width at either side of a head that is left out: an arm may be raised there."""


def crowned(head: Box, figure: FloatMatrix) -> Box:
    """Return a head grown upwards as far as the figure goes on above it.

    Args:
        head: Relative to the mask.
        figure: (h, w) in [0, 1], how likely each place is the figure.
    """
    height, width = figure.shape
    x0, y0, x1, y1 = head.to_pixels(width_px=width, height_px=height)
    side = round(_MIDDLE * (x1 - x0))
    above = figure[: y0 + 1, x0 + side : max(x1 - side, x0 + side + 1)]
    rows = np.asarray(above.max(axis=1) > _SURE)
    top, lowest = y0, max(y0 - round(_MOST * (y1 - y0)), 0)
    while top > lowest and bool(rows[top - 1]):
        top -= 1
    crown = min(top / height, head.y0) - _AIR * head.height
    return Box(head.x0, max(crown, 0.0), head.x1, head.y1)


def all_crowned(heads: tuple[Box, ...], figure: FloatMatrix) -> tuple[Box, ...]:
    """Return heads, each with its crown."""
    return tuple(crowned(head, figure) for head in heads)
