"""Places where people meet: the market and the train station."""

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker
from models.drawing.art.paths import arc, blob, box, oval, poly, ribbon
from models.drawing.art.places.scenery import WINDOW_GLOW, ground, planks, ridge, tower_block
from models.drawing.art.places.sky import paint_sky
from models.drawing.art.stage import Stage

CLOTH = ("#d9573f", "#e8b23a", "#3f8f8a", "#7a5ba8", "#f0e2c4")


def market(stage: Stage) -> None:
    """Stalls with striped awnings, crates of fruit, flags."""
    rng, lit = stage.rng, stage.light.dark
    paint_sky(stage)
    for share in stage.spread(6, margin=0.1):
        with stage.standing(share, 14) as brush:
            tower_block(brush, rng, width=rng.uniform(2.4, 3.6), height=rng.uniform(2.6, 4.2), lit=lit)
    ground(stage, "#c9b08a", "#dcc8a5")
    _cobbles(stage)
    for share in stage.spread(4, margin=0.1):
        with stage.standing(share, 7.5) as brush:
            _stall(stage, brush)
    for share in (rng.uniform(0.0, 0.1), rng.uniform(0.9, 1.0)):
        with stage.standing(share, 4.2) as brush:
            _stall(stage, brush)
    _bunting(stage)


def _cobbles(stage: Stage) -> None:
    for z in (7.0, 5.0, 3.7, 2.8, 2.1, 1.6):
        with stage.far(z) as brush:
            for share in stage.spread(5, margin=0.05):
                x, y, size = stage.x(share), stage.ground(z), stage.size(z)
                brush.line(
                    [(x - 0.14 * size, y), (x - 0.05 * size, y - 0.025 * size), (x + 0.1 * size, y)],
                    0.6,
                    colour="#a58a63",
                )


def _stall(stage: Stage, brush: Brush) -> None:
    rng = stage.rng
    cloth = rng.choice(CLOTH[:4])
    for x in (-0.9, 0.9):
        brush.shape(ribbon([(x, 0), (x, -1.7)], [0.04, 0.035]), "#7d5536", line=0.7)
    brush.shape(box(-1.0, -0.7, 1.0, 0), "#b5814f", shadow=0.14)
    for x in (-0.5, 0.0, 0.5):
        brush.line([(x, -0.6), (x, -0.05)], 0.6)
    for i in range(9):
        fruit = rng.choice(("#d9483b", "#f0a33a", "#8fb545", "#e8d24e"))
        brush.shape(oval(-0.8 + 0.2 * i, -0.76, 0.1, 0.1), fruit, line=0.6, shadow=0.03)
    for i in range(8):
        x = -1.1 + 0.275 * i
        stripe = blob([(x, -1.9), (x + 0.275, -1.9), (x + 0.275, -1.5), (x + 0.14, -1.38), (x, -1.5)])
        brush.fill(stripe, cloth if i % 2 else "#fbf4e2")
    brush.outline(box(-1.1, -1.92, 1.1, -1.5), line=0.6)
    brush.fill(box(-1.1, -1.98, 1.1, -1.88), darker(cloth, 0.2))
    if stage.light.dark:
        brush.glow((0, -1.2), 1.2, WINDOW_GLOW, 1.2)
        brush.fill(oval(0, -1.3, 0.08, 0.1), WINDOW_GLOW)


def _bunting(stage: Stage) -> None:
    frame, rng = stage.frame, stage.rng
    y = max(stage.horizon - stage.size(5) * 1.9, frame.y0 + frame.height * 0.12)
    with stage.far(5) as brush:
        for i in range(12):
            share = i / 11
            x, sag = stage.x(share), y + frame.height * 0.06 * 4 * share * (1 - share)
            size = frame.height * 0.035
            flag = poly([(x - size * 0.6, sag), (x + size * 0.6, sag), (x, sag + size * 1.4)])
            brush.shape(flag, rng.choice(CLOTH), line=0.5)


def train_station(stage: Stage) -> None:
    """A platform, a train, an iron roof, a clock."""
    rng, frame, lit = stage.rng, stage.frame, stage.light.dark
    paint_sky(stage)
    ridge(stage, "#7f93a3", 30, 0.08, bumps=4)
    ground(stage, "#a59a8f", "#b9b0a5")
    with stage.standing(rng.uniform(0.3, 0.55), 5.5) as brush:
        _train(brush, lit=lit)
    with stage.far(3) as brush:
        edge = stage.ground(4.6)
        brush.fill(box(frame.x0, edge, frame.x1, frame.y1 + 10), "#c2b5a0")
        brush.fill(box(frame.x0, edge, frame.x1, edge + stage.size(4.6) * 0.12), "#f0d24e")
        brush.line([(frame.x0 - 30, edge), (frame.x1 + 30, edge)], 0.9)
    planks(stage, "#9c8d78", back=4.6)
    for share in (0.06, 0.94):
        with stage.standing(share, 3.8) as brush:
            brush.shape(ribbon([(0, 0), (0, -3.2)], [0.07, 0.06]), "#3f5a5b", line=0.8)
            for side in (-1, 1):
                brush.stroke(arc(side * 0.5, -2.2, 0.5, 0.6, 180 if side > 0 else 270, 90), 0.05, "#3f5a5b")
    _station_roof(stage)
    with stage.standing(rng.choice((0.3, 0.72)), 3.9) as brush:
        station_clock(brush)


def _train(brush: Brush, *, lit: bool) -> None:
    brush.shape(box(-3.4, -1.75, 3.4, -0.12, 0.14), "#b5453f", shadow=0.14)
    brush.fill(box(-3.4, -0.75, 3.4, -0.62), "#f0e2c4")
    brush.shape(box(-3.5, -1.86, 3.5, -1.7, 0.06), "#5b5f6b", line=0.8)
    for i in range(7):
        x = -3.0 + 0.95 * i
        if i % 3 == 2:
            brush.shape(box(x - 0.02, -1.5, x + 0.5, -0.15, 0.04), "#8f3533", line=0.7)
        brush.shape(box(x, -1.45, x + 0.48, -0.92, 0.06), WINDOW_GLOW if lit else "#a9d2dc", line=0.7)
    for x in (-2.6, -1.8, 1.8, 2.6):
        brush.shape(oval(x, -0.05, 0.18, 0.18), "#39404f", line=0.8)


def _station_roof(stage: Stage) -> None:
    frame = stage.frame
    y = frame.y0 + frame.height * 0.1
    with stage.far(3.6) as brush:
        brush.shape(box(frame.x0 - 10, frame.y0 - 10, frame.x1 + 10, y), "#5f7573")
        count = 12
        for i in range(count):
            x = frame.x0 + frame.width * (i + 0.5) / count
            size = frame.width / count / 2
            brush.shape(poly([(x - size, y), (x + size, y), (x, y + size)]), "#84a09a", line=0.6)


def station_clock(brush: Brush) -> None:
    """A clock on a post, two units high."""
    brush.shape(ribbon([(0, 0), (0, -1.6)], [0.04, 0.03]), "#3f5a5b", line=0.8)
    brush.shape(oval(0, -1.8, 0.28, 0.28), "#3f5a5b")
    brush.fill(oval(0, -1.8, 0.22, 0.22), "#fbf6ea")
    brush.line([(0, -1.8), (0.0, -1.97)], 1.0)
    brush.line([(0, -1.8), (0.12, -1.74)], 1.0)
