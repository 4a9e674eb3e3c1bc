"""Things that places are made of: trees, rocks, hills, houses. Units of a figure, foot at the origin."""

from collections.abc import Sequence
from random import Random

import skia

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, mix
from models.drawing.art.geometry import Point, Rect
from models.drawing.art.paths import blob, box, oval, poly, ribbon, ring
from models.drawing.art.stage import FAR, Stage

WINDOW_GLOW = "#ffd87a"
GLASS = "#9fc9dc"
_BOARD = 0.34  # width of a board


def ground(stage: Stage, near: str, far: str | None = None) -> None:
    """Fill the ground from the horizon to the bottom of the frame, fading into the distance."""
    frame = stage.frame
    area = Rect(frame.x0, max(stage.horizon, frame.y0), frame.x1, frame.y1)
    if area.height <= 0:
        return
    with stage.far(FAR):
        top = stage.brush.seen_colour(far or near)
    with stage.far(1.0):
        bottom = stage.brush.seen_colour(near)
    stage.brush.gradient(area, top, bottom)
    for z in (7.0, 4.4, 3.0, 2.0, 1.4):
        x, size = stage.x(stage.rng.random()), stage.size(z)
        patch = oval(x, stage.ground(z), size * stage.rng.uniform(0.8, 1.6), size * 0.07)
        with stage.far(z) as brush:
            brush.fill(patch, darker(near, 0.3), 0.22)


def ridge(stage: Stage, colour: str, z: float, height: float, *, bumps: int, sharp: bool = False) -> None:
    """Draw a line of hills or mountains; ``height`` as a share of the frame's height."""
    frame, rng = stage.frame, stage.rng
    base = stage.ground(z)
    points: list[Point] = []
    for i in range(bumps * 2 + 1):
        x = frame.x0 + frame.width * (i / (bumps * 2) * 1.2 - 0.1)
        peak = i % 2 == 1
        rise = height * frame.height * (rng.uniform(0.7, 1.1) if peak else rng.uniform(0.2, 0.5))
        points.append((x + rng.uniform(-0.2, 0.2) * frame.width / bumps / 2, base - rise))
    outline = [(frame.x0 - 20, frame.y1 + 20), *points, (frame.x1 + 20, frame.y1 + 20)]
    with stage.far(z) as brush:
        brush.shape(poly(outline) if sharp else blob(outline), colour, line=0.9)
        if sharp:
            _snow_caps(brush, points, height * frame.height)


def _snow_caps(brush: Brush, points: Sequence[Point], height: float) -> None:
    for before, (x, y), after in zip(points[0::2], points[1::2], points[2::2], strict=False):
        left = (x + (before[0] - x) * 0.32, y + (before[1] - y) * 0.32)
        right = (x + (after[0] - x) * 0.32, y + (after[1] - y) * 0.32)
        dent = height * 0.07
        middle = [
            ((left[0] + x) / 2, left[1] - dent),
            (x, left[1] + dent),
            ((right[0] + x) / 2, right[1] - dent),
        ]
        brush.fill(poly([(x, y), left, *middle, right]), "#f4f7fb")
        shade = poly(
            [
                (x, y),
                (x + (after[0] - x) * 0.05, y + (after[1] - y) * 0.6),
                (x + (after[0] - x) * 0.75, y + (after[1] - y) * 0.75),
            ]
        )
        brush.fill(shade, "#2b3350", 0.16)


def round_tree(brush: Brush, rng: Random, leaf: str = "#4f9a4a", bark: str = "#6b4a36") -> None:
    """Draw a leafy tree, about two and a half units high."""
    brush.shape(ribbon([(0.0, 0.04), (0.02, -0.7), (-0.02, -1.3)], [0.13, 0.085, 0.07]), bark, shadow=0.04)
    brush.shape(ribbon([(0.01, -0.8), (0.22, -1.2)], [0.05, 0.03]), bark)
    crown = []
    for x, y in ring(9, 1.0):
        reach = rng.uniform(0.85, 1.12)
        crown.append((x * 0.78 * reach, -1.75 + y * 0.72 * reach))
    path = blob(crown)
    brush.shape(path, leaf, shadow=0.2)
    with brush.clipped(path):
        for _ in range(5):
            x, y = rng.uniform(-0.5, 0.4), rng.uniform(-2.2, -1.5)
            brush.fill(oval(x, y, 0.17, 0.1), lighter(leaf, 0.16))


def pine(brush: Brush, _rng: Random, leaf: str = "#2f6b52", bark: str = "#5b4032") -> None:
    """Draw a fir, about three units high."""
    brush.shape(ribbon([(0, 0.03), (0, -0.6)], [0.09, 0.07]), bark)
    for i in range(4):
        y, half = -0.4 - 0.55 * i, 0.72 - 0.15 * i
        tips = [
            (0, y - 0.95),
            (half * 0.55, y - 0.35),
            (half, y),
            (half * 0.45, y - 0.07),
            (0, y + 0.05),
            (-half * 0.45, y - 0.07),
            (-half, y),
            (-half * 0.55, y - 0.35),
        ]
        brush.shape(poly(tips), mix(leaf, lighter(leaf, 0.3), i / 6), shadow=0.12)


def palm(brush: Brush, rng: Random) -> None:
    """Draw a palm, about two and a half units high."""
    bend = rng.uniform(-0.4, 0.4)
    brush.shape(
        ribbon([(0, 0.03), (bend * 0.3, -1.0), (bend, -2.0)], [0.1, 0.07, 0.06]), "#96704a", shadow=0.03
    )
    for dx, dy in (
        (-0.8, 0.1),
        (-0.6, -0.4),
        (0.0, -0.55),
        (0.6, -0.4),
        (0.8, 0.1),
        (-0.4, 0.4),
        (0.45, 0.4),
    ):
        leaf = [(bend, -2.0), (bend + dx * 0.6, -2.1 + dy * 0.6 - 0.14), (bend + dx, -2.0 + dy)]
        brush.shape(ribbon(leaf, [0.05, 0.11, 0.0]), "#4e9a55", shadow=0.03)


def trunk(brush: Brush, rng: Random, bark: str) -> None:
    """Draw a great trunk that leaves the frame at the top."""
    lean = rng.uniform(-0.15, 0.15)
    brush.shape(
        ribbon([(0, 0.15), (0.02, -0.6), (lean, -2.0), (lean * 1.5, -5.0)], [0.36, 0.24, 0.2, 0.18]),
        bark,
        shadow=0.12,
    )
    for side in (-1, 1):
        brush.shape(ribbon([(side * 0.14, -0.12), (side * 0.42, 0.08)], [0.1, 0.02]), bark)
    for _ in range(4):
        x, y = rng.uniform(-0.12, 0.12), rng.uniform(-1.8, -0.3)
        brush.line([(x, y), (x + 0.02, y - 0.22), (x - 0.01, y - 0.4)], 0.8, colour=bark)


def bush(brush: Brush, rng: Random, leaf: str = "#3f7f45") -> None:
    """Draw a round bush, half a unit high."""
    points = [(-0.5, 0.05)]
    for i in range(5):
        points += [(-0.46 + 0.23 * i, -0.28 - rng.uniform(0, 0.16) - 0.12 * (1 - abs(i - 2) / 2))]
    points += [(0.5, 0.05)]
    brush.shape(blob(points), leaf, shadow=0.1)


def rock(brush: Brush, rng: Random, colour: str = "#8d8a86") -> None:
    """Draw a boulder, about half a unit high."""
    top = rng.uniform(0.3, 0.5)
    points = [
        (-0.5, 0.03),
        (-0.42, -top * 0.6),
        (-0.1, -top),
        (0.25, -top * 0.85),
        (0.48, -top * 0.3),
        (0.52, 0.03),
    ]
    brush.shape(poly(points), colour, shadow=0.12)
    brush.line([(-0.1, -top), (0.0, -top * 0.6), (-0.04, -top * 0.3)], 0.7, colour=colour)


def grass(brush: Brush, rng: Random, colour: str) -> None:
    """Draw a tuft of grass."""
    for i in range(5):
        x = (i - 2) * 0.045
        tip = (x * 2.2 + rng.uniform(-0.03, 0.03), -rng.uniform(0.1, 0.2))
        brush.fill(ribbon([(x, 0.02), (x * 1.4, tip[1] * 0.6), tip], [0.018, 0.014, 0.0], samples=3), colour)


def flowers(brush: Brush, rng: Random, colour: str) -> None:
    """Draw a few flowers on stalks."""
    for _ in range(3):
        x, y = rng.uniform(-0.2, 0.2), -rng.uniform(0.1, 0.2)
        brush.fill(ribbon([(x, 0), (x, y)], [0.008, 0.008]), "#3f7f45")
        for dx, dy in ((-0.03, 0), (0.03, 0), (0, -0.03), (0, 0.03)):
            brush.fill(oval(x + dx, y + dy, 0.026, 0.026), colour)
        brush.fill(oval(x, y, 0.02, 0.02), "#f7d560")


def window(
    brush: Brush, area: tuple[float, float, float, float], *, lit: bool, frame: str = "#f3ead8"
) -> None:
    """Draw a window in a wall; it glows when lit."""
    x0, y0, x1, y1 = area
    edge = min(x1 - x0, y1 - y0) * 0.1
    brush.shape(box(x0 - edge, y0 - edge, x1 + edge, y1 + edge), frame, line=0.7)
    if lit:
        with brush.shining():
            brush.fill(box(x0, y0, x1, y1), WINDOW_GLOW)
        brush.glow(((x0 + x1) / 2, (y0 + y1) / 2), (y1 - y0) * 1.6, WINDOW_GLOW)
    else:
        brush.fill(box(x0, y0, x1, y1), GLASS)
        brush.fill(
            poly([(x0, y1), (x0, y1 - (y1 - y0) * 0.5), (x0 + (x1 - x0) * 0.6, y0), (x1, y0)]),
            lighter(GLASS, 0.4),
        )
    brush.fill(box((x0 + x1) / 2 - edge * 0.3, y0, (x0 + x1) / 2 + edge * 0.3, y1), frame)
    brush.fill(box(x0, (y0 + y1) / 2 - edge * 0.3, x1, (y0 + y1) / 2 + edge * 0.3), frame)


def lamplight(brush: Brush, path: skia.Path) -> None:
    """Fill a shape with the light of a lamp behind it, whatever the hour."""
    with brush.shining():
        brush.fill(path, WINDOW_GLOW)


def cottage(brush: Brush, rng: Random, *, lit: bool) -> None:
    """Draw a house with a steep roof, about two and a half units high."""
    wall = rng.choice(("#f0e2c4", "#e9c9a8", "#dfe3d6", "#f2d3b3"))
    roof = rng.choice(("#b5533f", "#a8623a", "#6b6f8a", "#8f4a52"))
    half = rng.uniform(0.85, 1.15)
    brush.shape(box(half * 0.35, -2.5, half * 0.6, -1.6), "#a5705a")
    brush.shape(box(-half, -1.3, half, 0.03), wall, shadow=0.2)
    brush.shape(
        poly([(-half - 0.2, -1.22), (-half * 0.6, -2.25), (half * 0.6, -2.25), (half + 0.2, -1.22)]),
        roof,
        shadow=0.16,
    )
    for i in range(1, 4):
        y = -1.22 - 0.26 * i
        brush.line([(-half * (1.1 - 0.1 * i), y), (half * (1.1 - 0.1 * i), y)], 0.5, colour=roof)
    door = rng.uniform(-0.3, 0.2)
    brush.shape(box(door - 0.2, -0.85, door + 0.2, 0.03, 0.05), darker(roof, 0.35))
    brush.fill(oval(door + 0.12, -0.42, 0.03, 0.03), "#f4d27a")
    for x in (-half * 0.62, half * 0.66):
        window(brush, (x - 0.16, -0.95, x + 0.16, -0.5), lit=lit and rng.random() < 0.8)


def tower_block(brush: Brush, rng: Random, *, width: float, height: float, lit: bool) -> None:
    """Draw a town house with rows of windows."""
    wall = rng.choice(("#c9a58a", "#b7b4b0", "#c98f7a", "#9fb0b5", "#d8c4a0"))
    half = width / 2
    brush.shape(box(-half, -height, half, 0.05), wall, shadow=width * 0.16)
    brush.shape(box(-half - 0.06, -height - 0.1, half + 0.06, -height + 0.08), darker(wall, 0.2))
    columns, rows = max(round(width / 0.55), 2), max(round(height / 0.8), 2)
    for row in range(rows - 1):
        for column in range(columns):
            x = -half + (column + 0.5) * width / columns
            y = -height + 0.35 + row * (height - 0.5) / rows
            glowing = lit and rng.random() < 0.55
            pane = box(x - 0.13, y, x + 0.13, y + 0.36)
            if glowing:
                lamplight(brush, pane)
            else:
                brush.fill(pane, darker(GLASS, 0.35))
            brush.fill(box(x - 0.16, y + 0.36, x + 0.16, y + 0.4), lighter(wall, 0.3))


def lamp_post(brush: Brush, *, lit: bool) -> None:
    """Draw a street lamp, one and a half units high."""
    iron = "#39404f"
    brush.shape(ribbon([(0, 0), (0, -1.45)], [0.03, 0.02]), iron, line=0.7)
    brush.shape(
        poly([(-0.09, -1.45), (0.09, -1.45), (0.12, -1.7), (-0.12, -1.7)]), WINDOW_GLOW if lit else "#dfe8e8"
    )
    brush.shape(poly([(-0.14, -1.7), (0.14, -1.7), (0, -1.84)]), iron, line=0.7)
    if lit:
        lamplight(brush, poly([(-0.08, -1.47), (0.08, -1.47), (0.1, -1.68), (-0.1, -1.68)]))
        brush.glow((0, -1.58), 0.9, WINDOW_GLOW, 1.4)


def planks(stage: Stage, colour: str, *, back: float) -> None:
    """Draw the joints of boards that lead from the far edge of a floor, at a distance, to the viewer."""
    (vx, _), front = stage.vanishing, 0.6
    half = int(stage.frame.width / 2 / (_BOARD * stage.size(back))) + 1
    with stage.far(1.5) as brush:
        for i in range(-half, half + 1):
            across = (i + 0.5) * _BOARD
            start = (vx + across * stage.size(back), stage.ground(back))
            end = (vx + across * stage.size(front), stage.ground(front))
            brush.line([start, end], 0.45, colour=colour)
