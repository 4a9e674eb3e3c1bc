"""Places under the open sky, far from houses and water."""

from models.drawing.art.brush import Brush
from models.drawing.art.colour import lighter, mix
from models.drawing.art.geometry import Point
from models.drawing.art.paths import blob, box, poly, ribbon
from models.drawing.art.places.scenery import (
    bush,
    flowers,
    grass,
    ground,
    pine,
    ridge,
    rock,
    round_tree,
    trunk,
)
from models.drawing.art.places.sky import paint_sky
from models.drawing.art.stage import Stage
from models.drawing.scene import Weather


def forest(stage: Stage) -> None:
    """Tall trunks in the mist, ferns and mushrooms."""
    rng = stage.rng
    paint_sky(stage)
    ground(stage, "#5d7a3d", "#a9bd7d")
    for z, count in ((16.0, 13), (10.0, 9), (6.5, 6)):
        with stage.far(z) as brush:
            _canopy(stage, brush, z)
        for share in stage.spread(count, margin=0.1):
            with stage.standing(share, z, line=0.8) as brush:
                (pine if rng.random() < 0.45 else round_tree)(brush, rng)
    for share in stage.spread(9):
        with stage.standing(share, rng.uniform(3.2, 5.0)) as brush:
            rng.choice((bush, bush, rock))(brush, rng)
    for share in (rng.uniform(-0.02, 0.1), rng.uniform(0.9, 1.02)):
        with stage.standing(share, rng.uniform(2.2, 3.0)) as brush:
            trunk(brush, rng, "#6b4a36")
    _meadow_floor(stage, "#3f6b34", ("#d9483b", "#f0e6cf"))


def _canopy(stage: Stage, brush: Brush, z: float) -> None:
    frame = stage.frame
    top = stage.horizon - stage.size(z) * 1.3
    points = [(frame.x0 - 30, stage.ground(z))]
    for i in range(9):
        points.append((frame.x0 + frame.width * i / 8, top + stage.rng.uniform(-0.4, 0.4) * stage.size(z)))
    brush.fill(blob([*points, (frame.x1 + 30, stage.ground(z))]), "#4d8a58")


def _meadow_floor(stage: Stage, green: str, petals: tuple[str, ...]) -> None:
    rng = stage.rng
    for z in (6.0, 4.2, 3.0, 2.2, 1.6):
        for share in stage.spread(6, margin=0.05):
            with stage.standing(share, z * rng.uniform(0.9, 1.1)) as brush:
                if rng.random() < 0.72:
                    grass(brush, rng, green)
                else:
                    flowers(brush, rng, rng.choice(petals))


def meadow(stage: Stage) -> None:
    """Rolling hills with flowers and a lone tree."""
    rng = stage.rng
    paint_sky(stage)
    ridge(stage, "#7fa3b8", 34, 0.14, bumps=3)
    ridge(stage, "#7fae6a", 18, 0.07, bumps=2)
    ground(stage, "#74a845", "#b5cf78")
    ridge(stage, "#86b554", 9, 0.03, bumps=2)
    for share in stage.spread(3):
        with stage.standing(share, rng.uniform(8, 11)) as brush:
            round_tree(brush, rng)
    with stage.standing(rng.choice((0.1, 0.88)), 4.2) as brush:
        round_tree(brush, rng, "#5fa04a")
    _path(stage, "#d9c08a")
    _meadow_floor(stage, "#4f8a35", ("#e2574c", "#f7f2e0", "#8f6fd1"))


def _path(stage: Stage, colour: str) -> None:
    start, bend = stage.rng.uniform(0.35, 0.65), stage.rng.uniform(-0.12, 0.12)
    left, right = [], []
    for z in (9.0, 6.0, 4.0, 2.6, 1.7, 1.0):
        x = stage.x(start + bend * (9 / z - 1) * 0.25)
        half = stage.size(z) * 0.42
        left.append((x - half, stage.ground(z)))
        right.append((x + half, stage.ground(z)))
    with stage.far(2.5) as brush:
        path = blob([*left, *reversed(right)])
        brush.outline(path, colour, 0.5)
        brush.fill(path, colour)


def mountain(stage: Stage) -> None:
    """Snowy peaks, firs, boulders."""
    rng = stage.rng
    paint_sky(stage)
    ridge(stage, "#8fa5c4", 40, 0.42, bumps=3, sharp=True)
    ridge(stage, "#6f86a3", 26, 0.26, bumps=4, sharp=True)
    ridge(stage, "#5c7f6b", 14, 0.08, bumps=3)
    snowy = stage.scene.weather is Weather.SNOW
    ground(stage, "#e6edf2" if snowy else "#8a9a6b", "#d5dfe8" if snowy else "#aab88f")
    for share in stage.spread(9, margin=0.1):
        with stage.standing(share, rng.uniform(7, 12)) as brush:
            pine(brush, rng)
    for share in stage.spread(7, margin=0.1):
        with stage.standing(share, rng.uniform(2.4, 4.5)) as brush:
            (rock if rng.random() < 0.6 else grass)(brush, rng, "#8d8a86" if snowy else "#87907a")
    with stage.standing(rng.choice((0.02, 0.98)), 2.6) as brush:
        pine(brush, rng)


def desert(stage: Stage) -> None:
    """Dunes, mesas and cacti."""
    rng = stage.rng
    paint_sky(stage)
    with stage.far(28) as brush:
        for share in stage.spread(3):
            x, y, size = stage.x(share), stage.horizon, stage.frame.height * rng.uniform(0.14, 0.24)
            half = size * rng.uniform(0.5, 1.0)
            mesa = [
                (x - half * 1.4, y + 4),
                (x - half, y - size),
                (x + half * 0.8, y - size * 0.96),
                (x + half * 1.5, y + 4),
            ]
            brush.shape(poly(mesa), "#c2714f", shadow=half * 0.5)
    ground(stage, "#e3b46e", "#f0d29a")
    for z in (14.0, 8.0, 4.5):
        ridge(stage, mix("#f0cd8f", "#dda75f", 4.5 / z), z, 0.05, bumps=2)
    for share in stage.spread(4, margin=0.05):
        with stage.standing(share, rng.uniform(4, 8)) as brush:
            (_cactus if rng.random() < 0.65 else rock)(brush, rng)
    with stage.standing(rng.choice((0.06, 0.93)), 2.8) as brush:
        _cactus(brush, rng)
    for share in stage.spread(4):
        with stage.standing(share, rng.uniform(1.8, 3.0)) as brush:
            brush.line([(-0.3, 0), (0, 0.02), (0.3, -0.01)], 0.8, colour="#b98447")


def _cactus(brush: Brush, _rng: object) -> None:
    green = "#4f8a5b"
    for side, low, high in ((-1, -0.45, -0.95), (1, -0.6, -1.1)):
        brush.shape(
            ribbon([(0, low + 0.05), (side * 0.26, low), (side * 0.3, high)], [0.07, 0.08, 0.07]),
            green,
            shadow=0.03,
        )
    brush.shape(ribbon([(0, 0.03), (0, -1.35)], [0.13, 0.12]), green, shadow=0.05)
    for x in (-0.05, 0.04):
        brush.line([(x, -0.1), (x, -1.25)], 0.5, colour=green)


def cave(stage: Stage) -> None:
    """Vaults of dark rock one behind the other, stalactites and glowing crystals."""
    rng, frame = stage.rng, stage.frame
    cx, cy = stage.x(rng.uniform(0.4, 0.6)), stage.horizon - frame.height * 0.04
    stage.brush.gradient(frame, stage.brush.seen_colour("#b9c4e0"), stage.brush.seen_colour("#8f94b8"))
    stage.brush.glow((cx, cy), frame.height * 0.5, "#dfe8ff")
    ground(stage, "#4a4258", "#8f88a8")
    for z, reach, colour in (
        (11.0, 0.3, "#8a83a3"),
        (6.5, 0.46, "#6b6285"),
        (4.0, 0.66, "#4d4566"),
        (2.6, 0.9, "#332c47"),
    ):
        _vault(stage, (cx, cy), z, reach, colour)
        for share in stage.spread(3, margin=0.05):
            with stage.standing(share, z * 0.96) as brush:
                if rng.random() < 0.6:
                    _crystal(brush, rng.choice(("#6fe0d2", "#b58cf0", "#7fb8f5")))
                else:
                    rock(brush, rng, colour)


def _vault(stage: Stage, middle: Point, z: float, reach: float, colour: str) -> None:
    """Draw a wall of rock across the frame with a ragged opening, hung with stalactites."""
    frame, rng = stage.frame, stage.rng
    x, base = middle[0], stage.ground(z)
    half, top = frame.width * reach * 0.62, min(middle[1] - frame.height * reach * 0.52, base - 10)
    opening = [(x - half * 1.12, base)]
    for i in range(9):
        share = i / 8
        side = x - half + 2 * half * share
        arch = base - (base - top) * (1 - abs(2 * share - 1) ** 2.6) ** 0.6
        drop = frame.height * 0.07 * rng.uniform(0.4, 1.5) if i % 2 and 1 < i < 7 else 0.0
        opening.append((side, arch + drop))
    opening.append((x + half * 1.12, base))
    left, right, high = frame.x0 - 30, frame.x1 + 30, frame.y0 - 30
    wall = [(left, base), *opening, (right, base), (right, high), (left, high)]
    with stage.far(z) as brush:
        brush.shape(poly(wall), colour, line=0.8)


def _crystal(brush: Brush, colour: str) -> None:
    brush.glow((0, -0.25), 0.7, colour, 1.2)
    with brush.shining():
        _facets(brush, colour)


def _facets(brush: Brush, colour: str) -> None:
    for x, height, lean in ((-0.14, 0.34, -0.1), (0.12, 0.42, 0.12), (0.0, 0.6, 0.0)):
        tip = (x + lean, -height)
        brush.shape(
            poly(
                [
                    (x - 0.08, 0.02),
                    (x - 0.08 + lean * 0.7, -height * 0.72),
                    tip,
                    (x + 0.08 + lean * 0.7, -height * 0.7),
                    (x + 0.08, 0.02),
                ]
            ),
            colour,
            line=0.8,
        )
        brush.fill(
            poly(
                [
                    (x - 0.02, 0.0),
                    (x + lean * 0.7 - 0.02, -height * 0.7),
                    tip,
                    (x - 0.08 + lean * 0.7, -height * 0.72),
                    (x - 0.08, 0),
                ]
            ),
            lighter(colour, 0.5),
        )


def garden(stage: Stage) -> None:
    """A hedge, a fence, flower beds."""
    rng = stage.rng
    paint_sky(stage)
    ground(stage, "#7db04f", "#a9cc74")
    for share in stage.spread(4, margin=0.1):
        with stage.standing(share, rng.uniform(8, 10)) as brush:
            round_tree(brush, rng)
    for share in stage.spread(9, margin=0.1):
        with stage.standing(share, 6.0) as brush:
            bush(brush, rng, "#4f8a45")
    _fence(stage, 4.5)
    _path(stage, "#dcc79a")
    for z in (4.0, 3.4, 2.6, 1.9):
        for share in stage.spread(7, margin=0.05):
            with stage.standing(share, z) as brush:
                flowers(brush, rng, rng.choice(("#e2574c", "#f2a0b5", "#f7d560", "#9a7fd8", "#ffffff")))
                grass(brush, rng, "#4f8a35")


def _fence(stage: Stage, z: float) -> None:
    frame, size, base = stage.frame, stage.size(z), stage.ground(z)
    with stage.far(z) as brush:
        for height in (0.18, 0.36):
            brush.shape(
                box(frame.x0 - 10, base - height * size, frame.x1 + 10, base - (height + 0.06) * size),
                "#f3ead8",
                line=0.6,
            )
        count = max(int(frame.width / size / 0.24), 4)
        for i in range(count + 1):
            x, half = frame.x0 + frame.width * i / count, 0.05 * size
            brush.shape(
                poly(
                    [
                        (x - half, base),
                        (x - half, base - 0.45 * size),
                        (x, base - 0.54 * size),
                        (x + half, base - 0.45 * size),
                        (x + half, base),
                    ]
                ),
                "#fbf6ea",
                line=0.6,
            )


def leaves_in_front(stage: Stage) -> None:
    """Hang a branch into a top corner and let leaves grow into a bottom one, close to the eye and dark."""
    frame, rng = stage.frame, stage.rng
    size = frame.height * 0.1
    left = rng.random() < 0.5
    with stage.brush.seen(distance=0.0, line=0.8):
        for corner, count in (((0.0 if left else 1.0, 1.0), 9), ((1.0 if left else 0.0, 1.0), 5)):
            for i in range(count):
                x, y = frame.at(*corner)
                turn = (-75 + 150 * i / (count - 1)) * 0.55
                with stage.brush.moved((x + (i - count / 2) * size * 0.32, y + size * 0.2), size, turn=turn):
                    _blade(stage.brush, rng.choice(("#2f5a35", "#274d38", "#37653a")), rng.uniform(0.9, 1.5))


def _blade(brush: Brush, colour: str, length: float) -> None:
    brush.shape(ribbon([(0, 0), (0.04, -length * 0.5), (0, -length)], [0.08, 0.2, 0.0]), colour, shadow=0.08)
    brush.line([(0, 0), (0.03, -length * 0.5), (0, -length * 0.92)], 0.5, colour=colour)
