"""Places among houses."""

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter
from models.drawing.art.geometry import Rect
from models.drawing.art.paths import arched, blob, box, oval, poly, ribbon
from models.drawing.art.places.scenery import (
    WINDOW_GLOW,
    bush,
    cottage,
    flowers,
    grass,
    ground,
    lamp_post,
    lamplight,
    planks,
    ridge,
    rock,
    round_tree,
    tower_block,
    window,
)
from models.drawing.art.places.sky import paint_sky
from models.drawing.art.places.square import CLOTH
from models.drawing.art.stage import Stage


def village(stage: Stage) -> None:
    """Cottages round a lane, trees and hills behind."""
    rng, lit = stage.rng, stage.light.dark
    paint_sky(stage)
    ridge(stage, "#7fa3a0", 30, 0.12, bumps=3)
    ground(stage, "#86b058", "#b3cc86")
    for share in stage.spread(5, margin=0.1):
        with stage.standing(share, rng.uniform(13, 16)) as brush:
            round_tree(brush, rng)
    for share in stage.spread(4, margin=0.12):
        with stage.standing(share, rng.uniform(9.5, 11.5)) as brush:
            cottage(brush, rng, lit=lit)
    for share in (rng.uniform(-0.05, 0.14), rng.uniform(0.86, 1.05)):
        with stage.standing(share, rng.uniform(5.2, 6.2)) as brush:
            cottage(brush, rng, lit=lit)
    _lane(stage, "#d6c09a")
    for share in stage.spread(6, margin=0.05):
        with stage.standing(share, rng.uniform(3.0, 4.5)) as brush:
            (bush if rng.random() < 0.3 else grass)(brush, rng, "#5f8f45")
            flowers(brush, rng, rng.choice(("#e2574c", "#f7f2e0")))
    with stage.standing(rng.choice((0.08, 0.92)), 3.6) as brush:
        lamp_post(brush, lit=lit)


def _lane(stage: Stage, colour: str, half: float = 0.7) -> None:
    rng = stage.rng
    far = rng.uniform(0.42, 0.58)
    zs = (12.0, 7.0, 4.0, 2.2, 1.2, 0.8)
    left = [(stage.x(far) - stage.size(z) * half, stage.ground(z)) for z in zs]
    right = [(stage.x(far) + stage.size(z) * half, stage.ground(z)) for z in reversed(zs)]
    with stage.far(3) as brush:
        path = blob([*left, *right])
        brush.outline(path, colour, 0.5)
        brush.fill(path, colour)
        for z in (7.5, 5.0, 3.4, 2.4, 1.7):
            x, y = stage.x(far) + rng.uniform(-0.4, 0.4) * stage.size(z), stage.ground(z)
            brush.fill(oval(x, y, stage.size(z) * 0.07, stage.size(z) * 0.02), darker(colour, 0.15))


def city_street(stage: Stage) -> None:
    """A street between rows of houses that runs to the horizon."""
    rng, lit = stage.rng, stage.light.dark
    paint_sky(stage)
    for share in stage.spread(6, margin=0.1):
        with stage.standing(share, 24) as brush:
            tower_block(brush, rng, width=rng.uniform(2, 4), height=rng.uniform(5, 9), lit=lit)
    ground(stage, "#8f8d92", "#b5b2b5")
    for side in (-1, 1):
        for near, far in ((11.0, 16.0), (7.0, 11.0), (4.2, 7.0), (2.4, 4.2)):
            _house_row(stage, side, near, far, lit=lit)
    _road(stage)
    for share, z in ((0.12, 4.0), (0.9, 3.0)):
        with stage.standing(share, z) as brush:
            lamp_post(brush, lit=lit)


def _house_row(stage: Stage, side: int, near: float, far: float, *, lit: bool) -> None:
    """Draw one house of a row whose front leads to the vanishing point."""
    rng = stage.rng
    vx, _ = stage.vanishing
    reach = 2.3 * side

    def at(z: float, height: float) -> tuple[float, float]:
        return vx + reach * stage.size(z), stage.ground(z) - height * stage.size(z)

    height = rng.uniform(2.6, 4.4)
    wall = rng.choice(("#c98f7a", "#d8b98f", "#a9b3b5", "#c2a3a0", "#b5a58a", "#8fa3b0"))
    front = [at(near, 0), at(near, height), at(far, height), at(far, 0)]
    with stage.far(near) as brush:
        edge = stage.frame.x0 - 30 if side < 0 else stage.frame.x1 + 30
        gable = [front[0], front[1], (edge, front[1][1]), (edge, front[0][1])]
        brush.shape(poly(gable), lighter(wall, 0.15))
        brush.shape(poly(front), wall if side < 0 else darker(wall, 0.15))
        brush.fill(
            poly([at(near, height), at(near, height + 0.14), at(far, height + 0.14), at(far, height)]),
            darker(wall, 0.35),
        )
        rows = max(int(height / 0.85), 2)
        for row in range(rows):
            low = 0.35 + row * (height - 0.4) / rows
            for a, b in ((0.12, 0.34), (0.58, 0.8)):
                z0, z1 = _between(near, far, a), _between(near, far, b)
                pane = poly([at(z0, low), at(z0, low + 0.48), at(z1, low + 0.48), at(z1, low)])
                glowing = lit and rng.random() < 0.5
                shop = row == 0 and rng.random() < 0.5
                if glowing:
                    lamplight(brush, pane)
                else:
                    brush.fill(pane, "#8fb5b5" if shop else "#4f6478")
        if height > 3:
            awning = [
                at(_between(near, far, 0.1), 0.95),
                at(_between(near, far, 0.85), 0.95),
                (
                    at(_between(near, far, 0.85), 0.72)[0] - side * 0.35 * stage.size(far),
                    at(_between(near, far, 0.85), 0.72)[1],
                ),
                (
                    at(_between(near, far, 0.1), 0.72)[0] - side * 0.35 * stage.size(near),
                    at(_between(near, far, 0.1), 0.72)[1],
                ),
            ]
            brush.shape(poly(awning), rng.choice(CLOTH), line=0.6)


def _between(near: float, far: float, share: float) -> float:
    """Return the distance that lies a share of the way in space between two."""
    return near + (far - near) * share


def _road(stage: Stage) -> None:
    vx, _ = stage.vanishing
    with stage.far(2.2) as brush:
        edges = [
            (vx + s * 1.35 * stage.size(z), stage.ground(z))
            for s, z in ((-1, 14), (1, 14), (1, 0.6), (-1, 0.6))
        ]
        brush.fill(poly(edges), "#6d6b75")
        for s in (-1, 1):
            brush.line(
                [
                    (vx + s * 1.35 * stage.size(14), stage.ground(14)),
                    (vx + s * 1.35 * stage.size(0.6), stage.ground(0.6)),
                ],
                0.8,
            )
        for near, far in ((9, 12), (5.5, 7), (3.5, 4.4), (2.3, 2.8), (1.5, 1.85), (1.0, 1.2)):
            dash = [
                (vx - 0.06 * stage.size(near), stage.ground(near)),
                (vx + 0.06 * stage.size(near), stage.ground(near)),
                (vx + 0.06 * stage.size(far), stage.ground(far)),
                (vx - 0.06 * stage.size(far), stage.ground(far)),
            ]
            brush.fill(poly(dash), "#e6dfcf")


def rooftop(stage: Stage) -> None:
    """A flat roof above the town: parapet, water tank, chimneys, antennas."""
    rng, frame, lit = stage.rng, stage.frame, stage.light.dark
    paint_sky(stage, down_to=stage.ground(3.4))
    for z, count in ((30.0, 9), (20.0, 7)):
        for share in stage.spread(count, margin=0.1):
            with stage.standing(share, z) as brush:
                tower_block(brush, rng, width=rng.uniform(2, 3.6), height=rng.uniform(2.5, 6.5), lit=lit)
    edge = stage.ground(3.6)
    with stage.far(3) as brush:
        brush.shape(box(frame.x0 - 20, edge - stage.size(3.6) * 0.42, frame.x1 + 20, edge), "#b58a72")
        brush.fill(
            box(frame.x0 - 20, edge - stage.size(3.6) * 0.5, frame.x1 + 20, edge - stage.size(3.6) * 0.4),
            "#d8b498",
        )
        brush.fill(box(frame.x0 - 20, edge, frame.x1 + 20, frame.y1 + 20), "#9c8d8a")
    planks(stage, "#6f6260", back=3.6)
    with stage.standing(rng.choice((0.12, 0.86)), 3.3) as brush:
        _water_tank(brush)
    with stage.standing(rng.choice((0.3, 0.68)), 3.2) as brush:
        brush.shape(box(-0.22, -0.75, 0.22, 0), "#a5604a", shadow=0.08)
        brush.shape(box(-0.28, -0.85, 0.28, -0.72), "#7d4a3a")
    with stage.standing(rng.uniform(0.4, 0.6), 3.3) as brush:
        brush.line([(0, 0), (0, -1.5)], 1.3, tail=0.9)
        for y in (-1.4, -1.2, -1.0):
            brush.line([(-0.22 - y * 0.06, y), (0.22 + y * 0.06, y)], 0.9, tail=0.9)


def _water_tank(brush: Brush) -> None:
    for x in (-0.36, 0.0, 0.36):
        brush.shape(ribbon([(x, 0), (x * 0.9, -0.7)], [0.03, 0.03]), "#5b4032", line=0.7)
    brush.shape(box(-0.5, -1.6, 0.5, -0.65, 0.04), "#96704a", shadow=0.14)
    for y in (-0.9, -1.3):
        brush.line([(-0.5, y), (0.5, y)], 0.7)
    brush.shape(poly([(-0.56, -1.58), (0.56, -1.58), (0, -2.05)]), "#6b5a5a", shadow=0.1)


def castle(stage: Stage) -> None:
    """A castle on a hill with banners, a road up to its gate."""
    rng, lit = stage.rng, stage.light.dark
    paint_sky(stage)
    ridge(stage, "#8fa5b8", 36, 0.16, bumps=4)
    ridge(stage, "#7a9a6b", 18, 0.1, bumps=2)
    with stage.standing(rng.uniform(0.42, 0.58), 13) as brush:
        _keep(brush, lit=lit)
    ground(stage, "#7fa552", "#a9c27d")
    _lane(stage, "#d9c49a", 0.55)
    for share in stage.spread(6, margin=0.1):
        with stage.standing(share, rng.uniform(5, 9)) as brush:
            (round_tree if rng.random() < 0.5 else bush)(brush, rng)
    for share in stage.spread(6):
        with stage.standing(share, rng.uniform(2.2, 4.0)) as brush:
            (rock if rng.random() < 0.25 else grass)(brush, rng, "#5f8a3f")


def _keep(brush: Brush, *, lit: bool) -> None:
    stone = "#c2b8a8"
    brush.shape(
        blob([(-5.5, 1.2), (-3.5, 0.1), (-1.5, -0.4), (1.5, -0.4), (3.5, 0.1), (5.5, 1.2)]),
        "#7f9a5b",
        shadow=0.3,
    )
    for x, width, height in ((-2.6, 0.8, 3.4), (2.6, 0.8, 3.4), (-1.0, 0.9, 4.9), (1.1, 0.75, 5.6)):
        brush.shape(box(x - width / 2, -height, x + width / 2, -0.1), darker(stone, 0.08), shadow=0.2)
        roof = poly([(x - width * 0.68, -height), (x + width * 0.68, -height), (x, -height - 1.5)])
        brush.shape(roof, "#4f6fa5", shadow=0.16)
        brush.fill(
            box(x - 0.1, -height + 0.5, x + 0.1, -height + 0.95, 0.1), WINDOW_GLOW if lit else "#4a4458"
        )
        brush.line([(x, -height - 1.45), (x, -height - 2.1)], 0.9, tail=0.9)
        brush.shape(
            poly([(x, -height - 2.1), (x + 0.6, -height - 1.92), (x, -height - 1.74)]), "#d9483b", line=0.6
        )
    brush.shape(box(-2.7, -2.1, 2.7, 0.05), stone, shadow=0.3)
    for i in range(9):
        brush.shape(box(-2.7 + 0.63 * i, -2.4, -2.34 + 0.63 * i, -2.05), stone, line=0.7)
    brush.shape(arched(-0.5, -1.4, 0.5, 0.05), "#4a3a34")
    for x in (-1.7, 1.7):
        brush.fill(box(x - 0.12, -1.5, x + 0.12, -0.95, 0.12), WINDOW_GLOW if lit else "#4a4458")


def doorstep(stage: Stage) -> None:
    """The front of a house: door, windows, flower pots."""
    rng, frame, lit = stage.rng, stage.frame, stage.light.dark
    base, size = stage.ground(3.2), stage.size(3.2)
    wall = rng.choice(("#e9c9a8", "#c9d6c2", "#e8d5a3", "#d8b5a3"))
    with stage.far(2.6) as brush:
        brush.fill(box(frame.x0, frame.y0, frame.x1, base), wall)
        for _ in range(16):
            x, y = frame.at(rng.random(), rng.random())
            if y < base:
                brush.line([(x, y), (x + 0.18 * size, y)], 0.5, colour=wall)
    area = Rect(frame.x0, base, frame.x1, frame.y1)
    stage.brush.gradient(area, stage.brush.seen_colour("#b5ab9c"), stage.brush.seen_colour("#a3968a"))
    planks(stage, "#85796d", back=3.2)
    with stage.standing(rng.uniform(0.42, 0.58), 3.2) as brush:
        brush.shape(box(-0.48, -1.55, 0.48, 0), "#f3ead8")
        brush.shape(box(-0.38, -1.45, 0.38, 0), rng.choice(("#3f7f7a", "#a5453f", "#3f5f9a")), shadow=0.06)
        for y in (-1.3, -0.65):
            brush.outline(box(-0.25, y, 0.25, y + 0.5), line=0.5)
        brush.fill(oval(0.27, -0.68, 0.045, 0.045), "#f4d27a")
        for x in (-1.4, 1.4):
            window(brush, (x - 0.4, -1.3, x + 0.4, -0.6), lit=lit)
            brush.shape(box(x - 0.5, -0.5, x + 0.5, -0.38), "#9a5f45", line=0.7)
            for i in range(5):
                brush.fill(
                    oval(x - 0.4 + 0.2 * i, -0.56, 0.1, 0.1), rng.choice(("#e2574c", "#f2a0b5", "#5f9a4a"))
                )
