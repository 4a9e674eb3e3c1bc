"""A hand that fills the frame: what a detail shows of somebody who holds a thing.

One unit is the height of the thing, its foot is the origin.
"""

from models.drawing.art.brush import Brush
from models.drawing.art.figure.body import Look, sleeve_colour
from models.drawing.art.figure.outfits import METAL
from models.drawing.art.geometry import Point, mix_points
from models.drawing.art.paths import ribbon

_LARGE = 0.13  # half width of a wrist over the height of the thing it holds, where a detail shows a hand
_FLAT = 0.35  # a thing gripped farther from its middle than this is a sheet, held with the thumb


def large_grip(grip: Point) -> Point:
    """Return where a detail grips a thing: a shaft in its middle, a sheet at its lower right corner."""
    x, y = grip
    return (abs(x) + 0.1, max(y, -0.16)) if abs(x) > _FLAT else grip


def large_arm(brush: Brush, look: Look, grip: Point) -> None:
    """Draw the forearm and the palm behind a thing that a detail shows, from below on the right."""
    x, y = grip
    skin = METAL if look.species.metal else look.design.skin
    wrist, elbow = (x + 0.3, y + 0.22), (x + 1.0, y + 1.0)
    brush.shape(
        ribbon([(x + 0.02, y), wrist, elbow], [_LARGE * 1.1, _LARGE, _LARGE * 1.2]), skin, shadow=0.06
    )
    cuff = mix_points(wrist, elbow, 0.3)
    brush.shape(ribbon([cuff, elbow], [_LARGE * 1.5, _LARGE * 1.8]), sleeve_colour(look), shadow=0.08)


def large_fingers(brush: Brush, look: Look, grip: Point) -> None:
    """Draw the fingers that close round a thing that a detail shows; the thumb alone on a sheet."""
    x, y = grip
    skin = METAL if look.species.metal else look.design.skin
    if abs(x) > _FLAT:
        thumb = [(x + 0.16, y + 0.16), (x + 0.04, y + 0.02), (x - 0.14, y - 0.05)]
        brush.shape(ribbon(thumb, [0.085, 0.075, 0.055]), skin, shadow=0.03)
        return
    for i in range(4):
        base = (x + 0.11 + 0.01 * i, y - 0.1 + 0.068 * i)
        finger = [base, (x, base[1] - 0.012), (x - 0.1 + 0.012 * abs(i - 1), base[1] + 0.014)]
        brush.shape(ribbon(finger, [0.044, 0.042, 0.034]), skin, line=0.8, shadow=0.015)
