"""Rooms for work, school, travel and ceremony."""

import skia

from models.drawing.art.brush import Brush
from models.drawing.art.colour import mix
from models.drawing.art.paths import arched, blob, box, oval, poly, ribbon, star
from models.drawing.art.places.room import WALL_Z, WOOD, hanging_lamp, room_of, view_outside
from models.drawing.art.stage import Stage


def classroom(stage: Stage) -> None:
    """A blackboard, desks, a map on the wall."""
    rng = stage.rng
    room = room_of(stage, "#e3dcc2", "#b99a6b", skirting="#8f9a7f")
    with room.on_wall() as brush:
        brush.shape(box(-1.15, -1.75, 1.15, -0.75), WOOD)
        brush.fill(box(-1.07, -1.67, 1.07, -0.83), "#3f6b5b")
        for y, width in ((-1.5, 0.7), (-1.32, 0.5), (-1.14, 0.62)):
            points = [(-0.85 + i * 0.07, y + 0.02 * (-1) ** i) for i in range(int(width / 0.07))]
            brush.stroke(blob(points, closed=False), 0.014, "#eef4ea")
        brush.stroke(oval(0.55, -1.25, 0.22, 0.22), 0.016, "#eef4ea")
        brush.stroke(poly([(0.33, -1.25), (0.77, -1.25), (0.55, -1.47)]), 0.016, "#eef4ea")
        brush.shape(box(-1.15, -0.76, 1.15, -0.7), "#c99a63", line=0.6)
        for x in (-1.9, 1.9):
            view_outside(stage, brush, (x - 0.35, -1.7, x + 0.35, -0.85))
        brush.shape(oval(0, -1.95, 0.13, 0.13), "#fbf6ea", line=0.8)
        brush.line([(0, -2.03), (0, -1.95), (0.06, -1.93)], 0.8)
    for z in (2.5, 2.0):
        for share in (0.04, 0.34, 0.66, 0.97):
            with stage.standing(share + rng.uniform(-0.02, 0.02), z) as brush:
                _desk(brush)


def _desk(brush: Brush) -> None:
    for x in (-0.3, 0.3):
        brush.shape(ribbon([(x, 0), (x * 0.95, -0.45)], [0.02, 0.02]), "#5b6470", line=0.7)
    brush.shape(poly([(-0.38, -0.44), (0.38, -0.44), (0.34, -0.54), (-0.34, -0.54)]), "#d3a669")
    brush.shape(box(-0.38, -0.45, 0.38, -0.38), "#b98a4f", line=0.7)


def workshop(stage: Stage) -> None:
    """A bench with tools, gears and shelves of bottles."""
    rng = stage.rng
    room = room_of(stage, "#b5a58f", "#8a7058", skirting="#6b5a48")
    with room.on_wall() as brush:
        view_outside(stage, brush, (-0.4, -1.75, 0.4, -1.05))
        for x in room.places(1.3):
            if abs(x) < 0.6:
                continue
            for y in (-1.25, -1.65):
                brush.shape(box(x - 0.5, y, x + 0.5, y + 0.05), WOOD, line=0.7)
                for i in range(5):
                    _bottle(
                        brush,
                        x - 0.4 + 0.2 * i,
                        y,
                        rng.choice(("#5fc2a8", "#d9573f", "#b58cf0", "#e8b23a", "#7fb8f5")),
                        rng.uniform(0.12, 0.24),
                    )
        brush.shape(box(-room.half - 1, -0.82, room.half + 1, -0.72), "#b98a5e")
        brush.fill(box(-room.half - 1, -0.72, room.half + 1, 0), "#6b4f3a")
        for x in room.places(0.8):
            brush.shape(box(x - 0.3, -0.6, x + 0.3, -0.35, 0.02), WOOD, line=0.6)
            brush.fill(oval(x, -0.47, 0.03, 0.03), "#f4d27a")
            gear = ring_gear(x + 0.35, -0.95, 0.13)
            brush.shape(gear, "#c9a15a", line=0.7)
            brush.fill(oval(x + 0.35, -0.95, 0.045, 0.045), "#6b4f3a")
        hanging_lamp(stage, brush, rng.choice((-0.9, 0.9)), "#4f6f8f")


def ring_gear(x: float, y: float, radius: float) -> skia.Path:
    """Return the outline of a cog wheel."""
    return star(x, y, radius, radius * 0.72, 9)


def _bottle(brush: Brush, x: float, y: float, colour: str, height: float) -> None:
    brush.shape(
        blob(
            [
                (x - 0.05, y),
                (x - 0.06, y - height * 0.5),
                (x - 0.02, y - height * 0.75),
                (x - 0.02, y - height),
                (x + 0.02, y - height),
                (x + 0.02, y - height * 0.75),
                (x + 0.06, y - height * 0.5),
                (x + 0.05, y),
            ]
        ),
        colour,
        line=0.6,
    )
    brush.fill(box(x - 0.035, y - height * 0.5, x - 0.02, y - height * 0.15), "#ffffff", 0.7)


def spaceship(stage: Stage) -> None:
    """A bridge with consoles, screens and a window on the stars."""
    rng, frame = stage.rng, stage.frame
    room = room_of(stage, "#5f7388", "#4a5868", skirting="#39465a", boards=False)
    with room.on_wall() as brush:
        path = box(-room.half * 0.72, -1.85, room.half * 0.72, -0.8, 0.3)
        brush.shape(path, "#8fa3b5")
        inner = box(-room.half * 0.72 + 0.08, -1.77, room.half * 0.72 - 0.08, -0.88, 0.24)
        brush.fill(inner, "#0e1638")
        with brush.clipped(inner):
            for _ in range(34):
                x, y, r = (
                    rng.uniform(-room.half, room.half),
                    rng.uniform(-1.8, -0.8),
                    rng.choice((0.008, 0.012, 0.018)),
                )
                brush.fill(oval(x, y, r, r), "#ffffff")
            planet = rng.uniform(-0.5, 0.5)
            brush.shape(oval(planet, -1.25, 0.34, 0.34), "#d98a5b", line=0.0, shadow=0.14)
            brush.stroke(oval(planet, -1.25, 0.56, 0.1), 0.035, "#f0d9a4")
        for x in room.places(0.7):
            _console(stage, brush, x)
        for x in room.places(1.4):
            brush.fill(box(x + 0.66, -2.6, x + 0.74, 0), "#8fa3b5")
    with stage.far(1.8) as brush:
        vx, _ = stage.vanishing
        for i in range(-6, 7):
            x = vx + i * frame.width / 6
            brush.line(
                [(vx + (x - vx) * 0.35, room.floor + 2), (x + (x - vx) * 0.4, frame.y1 + 20)],
                0.5,
                colour="#8fd0f2",
            )


def _console(stage: Stage, brush: Brush, x: float) -> None:
    rng = stage.rng
    brush.shape(
        poly(
            [
                (x - 0.34, 0),
                (x - 0.34, -0.5),
                (x - 0.28, -0.68),
                (x + 0.28, -0.68),
                (x + 0.34, -0.5),
                (x + 0.34, 0),
            ]
        ),
        "#39465a",
        shadow=0.05,
    )
    screen = rng.choice(("#5fe0d2", "#8fd97a", "#f0b35a"))
    brush.fill(poly([(x - 0.27, -0.5), (x - 0.23, -0.63), (x + 0.23, -0.63), (x + 0.27, -0.5)]), screen)
    brush.glow((x, -0.56), 0.4, screen, 0.9)
    for i in range(4):
        brush.fill(
            oval(x - 0.2 + 0.13 * i, -0.36, 0.03, 0.03),
            rng.choice(("#e2574c", "#f0d24e", "#5fc2a8", "#dfe8e8")),
        )


def throne_hall(stage: Stage) -> None:
    """Stone pillars, banners, a red carpet, coloured windows."""
    rng = stage.rng
    room = room_of(stage, "#a59fb0", "#8f8898", skirting="#6b6478", boards=False)
    banner = rng.choice(("#a5303a", "#3f5fa5", "#4f8a5b"))
    with room.on_wall() as brush:
        for x in room.places(1.0):
            brush.shape(arched(x - 0.2, -1.85, x + 0.2, -0.7), "#6b6478", line=0.8)
            with brush.shining():
                brush.fill(arched(x - 0.15, -1.75, x + 0.15, -0.76), mix("#8fb5e0", stage.light.sky[0], 0.45))
                for y, colour in ((-1.4, "#f0c95a"), (-1.15, "#e2706b"), (-0.92, "#8fd0a5")):
                    brush.fill(poly([(x, y - 0.11), (x + 0.1, y), (x, y + 0.11), (x - 0.1, y)]), colour, 0.9)
            at = x + 0.5
            brush.shape(
                poly(
                    [(at - 0.14, -2.0), (at + 0.14, -2.0), (at + 0.14, -1.0), (at, -0.85), (at - 0.14, -1.0)]
                ),
                banner,
                shadow=0.05,
            )
            brush.fill(oval(at, -1.45, 0.07, 0.07), "#f0c95a")
    vx, _ = stage.vanishing
    with stage.far(1.8) as brush:
        far, near = stage.size(WALL_Z), stage.size(0.7)
        brush.shape(
            poly(
                [
                    (vx - 0.35 * far, room.floor),
                    (vx + 0.35 * far, room.floor),
                    (vx + 0.5 * near, stage.frame.y1 + 20),
                    (vx - 0.5 * near, stage.frame.y1 + 20),
                ]
            ),
            banner,
            line=0.7,
        )
    for share in (0.04, 0.96):
        with stage.standing(share, 2.2) as brush:
            brush.shape(box(-0.2, -4.0, 0.2, 0.0), "#c2bccb", shadow=0.1)
            brush.shape(box(-0.28, -0.22, 0.28, 0.04), "#b0a9bb")
