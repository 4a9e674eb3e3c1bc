"""Places at, on and under the water."""

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, mix
from models.drawing.art.paths import blob, box, oval, poly, ribbon
from models.drawing.art.places.scenery import ground, lamp_post, palm, planks, ridge, round_tree
from models.drawing.art.places.sky import paint_sky
from models.drawing.art.stage import Stage


def harbour(stage: Stage) -> None:
    """A quay, the sea, boats and a lighthouse."""
    rng = stage.rng
    paint_sky(stage)
    sea(stage)
    with stage.standing(rng.choice((0.14, 0.86)), 13) as brush:
        _lighthouse(brush, lit=stage.light.dark)
    for share in stage.spread(2):
        with stage.standing(share, rng.uniform(8, 12), flip=rng.random() < 0.5) as brush:
            sailing_boat(brush)
    _quay(stage)


def sea(stage: Stage) -> None:
    """Water to the horizon, with waves."""
    top, bottom = stage.light.sky
    ground(stage, mix("#2f7f99", top, 0.4), mix("#7fc1cc", bottom, 0.6))
    rng = stage.rng
    for z in (30, 20, 14, 10, 7, 5, 3.6, 2.6):
        with stage.far(z) as brush:
            for share in stage.spread(4, margin=0.1):
                x, y, half = stage.x(share), stage.ground(z), stage.size(z) * rng.uniform(0.3, 0.8)
                brush.fill(
                    ribbon(
                        [(x - half, y), (x, y - stage.size(z) * 0.03), (x + half, y)],
                        [0, stage.size(z) * 0.022, 0],
                    ),
                    "#e8f7f6",
                    0.8,
                )


def _lighthouse(brush: Brush, *, lit: bool) -> None:
    brush.shape(blob([(-1.6, 0.1), (-1.0, -0.5), (0, -0.7), (1.1, -0.45), (1.7, 0.1)]), "#7d7f78", shadow=0.2)
    brush.shape(poly([(-0.42, -0.5), (-0.3, -3.0), (0.3, -3.0), (0.42, -0.5)]), "#f6f1e6", shadow=0.16)
    for y in (-1.1, -2.0):
        brush.fill(poly([(-0.39, y), (-0.36, y - 0.45), (0.36, y - 0.45), (0.39, y)]), "#c8433a")
    brush.shape(box(-0.42, -3.1, 0.42, -3.0), "#39404f")
    brush.shape(box(-0.24, -3.5, 0.24, -3.1), "#ffe9a8" if lit else "#cfe6ec")
    brush.shape(poly([(-0.32, -3.5), (0.32, -3.5), (0, -3.85)]), "#c8433a")
    if lit:
        brush.glow((0, -3.3), 3.0, "#ffe9a8", 1.5)
        brush.fill(poly([(0, -3.35), (7, -4.4), (7, -2.4)]), "#fff3c4", 0.3)


def sailing_boat(brush: Brush) -> None:
    """A boat with two sails, two units high."""
    brush.shape(
        blob([(-0.9, -0.3), (0, -0.22), (1.0, -0.34), (0.7, 0.08), (-0.6, 0.08)]), "#9a4f3a", shadow=0.08
    )
    brush.line([(0, -0.3), (0, -2.1)], 1.2, tail=0.9)
    brush.shape(blob([(0.06, -2.0), (0.5, -1.2), (0.85, -0.5), (0.06, -0.5)]), "#fbf4e2", shadow=0.1)
    brush.shape(blob([(-0.06, -1.7), (-0.4, -1.0), (-0.65, -0.5), (-0.06, -0.5)]), "#f0e2c4", shadow=0.08)


def _quay(stage: Stage) -> None:
    frame = stage.frame
    edge = min(stage.ground(2.6), frame.y1 - frame.height * 0.05)
    with stage.far(1.6) as brush:
        brush.shape(box(frame.x0 - 20, edge, frame.x1 + 20, frame.y1 + 20), "#b3a28a", line=0.9)
        brush.fill(box(frame.x0, edge, frame.x1, edge + stage.size(2.6) * 0.1), "#cdbfa5")
        for share in stage.spread(7):
            x = stage.x(share)
            brush.line([(x, edge + 6), (x + (x - stage.x(0.5)) * 0.5, frame.y1 + 10)], 0.5, colour="#8a7a63")
    for share in (0.04, 0.97):
        with stage.standing(share, 2.3) as brush:
            brush.shape(ribbon([(0, 0), (0, -0.35)], [0.11, 0.13]), "#5b4032", shadow=0.04)
            brush.fill(oval(0, -0.36, 0.13, 0.05), "#7d5a44")


def beach(stage: Stage) -> None:
    """Sand, palms and the surf."""
    rng, frame = stage.rng, stage.frame
    paint_sky(stage)
    sea(stage)
    shore = stage.ground(4.2)
    points = [(frame.x0 - 20, frame.y1 + 20), (frame.x0 - 20, shore)]
    points += [
        (frame.x0 + frame.width * i / 5, shore + rng.uniform(-0.1, 0.1) * stage.size(4)) for i in range(6)
    ]
    points += [(frame.x1 + 20, shore), (frame.x1 + 20, frame.y1 + 20)]
    with stage.far(3) as brush:
        foam = blob(points[1:-1], closed=False)
        brush.fill(blob(points), "#f0d9a4")
        brush.stroke(foam, stage.size(4) * 0.09, "#ffffff", 0.9)
    for share in (rng.uniform(0.0, 0.12), rng.uniform(0.86, 1.0)):
        with stage.standing(share, rng.uniform(2.8, 3.8)) as brush:
            palm(brush, rng)
    for share in stage.spread(5):
        with stage.standing(share, rng.uniform(1.8, 3.6)) as brush:
            brush.shape(oval(0, 0, 0.06, 0.03), rng.choice(("#e2a090", "#fbf4e2", "#c9a27a")), line=0.5)


def underwater(stage: Stage) -> None:
    """Blue depths with rays of light, seaweed, corals, fish and bubbles."""
    rng, frame = stage.rng, stage.frame
    dark = stage.light.dark
    stage.brush.gradient(frame, "#1d4f86" if dark else "#6fd0d8", "#0b1f3f" if dark else "#155a86")
    for share in stage.spread(5):
        x = stage.x(share)
        ray = poly(
            [
                (x, frame.y0),
                (x + frame.width * 0.07, frame.y0),
                (x - frame.width * 0.05, frame.y1),
                (x - frame.width * 0.22, frame.y1),
            ]
        )
        stage.brush.fill(ray, "#d8fbf5", 0.05 if dark else 0.13)
    ridge(stage, "#2f6f8f", 12, 0.12, bumps=3)
    ridge(stage, "#c9b98a", 5, 0.02, bumps=2)
    for share in stage.spread(8, margin=0.05):
        with stage.standing(share, rng.uniform(3, 5)) as brush:
            _seaweed(brush, rng.choice(("#3f9a6b", "#7fae4a", "#2f7f6b")), rng.uniform(0.7, 1.4))
    for share in stage.spread(4):
        with stage.standing(share, rng.uniform(3, 4.5)) as brush:
            _coral(brush, rng.choice(("#e86f6f", "#f0a05a", "#c97fc4")))
    _fish_and_bubbles(stage)


def _seaweed(brush: Brush, colour: str, height: float) -> None:
    points = [(0.09 * (-1) ** i, -height * i / 4) for i in range(5)]
    brush.shape(ribbon(points, [0.05, 0.07, 0.07, 0.05, 0.01]), colour, line=0.8)


def _coral(brush: Brush, colour: str) -> None:
    for goal in ((-0.25, -0.4), (0.0, -0.55), (0.24, -0.42), (0.36, -0.22)):
        brush.shape(
            ribbon([(0, 0.02), (goal[0] * 0.4, goal[1] * 0.6), goal], [0.07, 0.06, 0.05]),
            colour,
            line=0.8,
            shadow=0.02,
        )


def _fish_and_bubbles(stage: Stage) -> None:
    rng, frame = stage.rng, stage.frame
    for _ in range(6):
        x, y = frame.at(rng.random(), rng.uniform(0.08, 0.6))
        size = frame.height * rng.uniform(0.02, 0.04)
        with stage.far(4) as brush, brush.moved((x, y), size, flip=rng.random() < 0.5):
            colour = rng.choice(("#f2a33a", "#f2d94e", "#e86f6f"))
            brush.shape(poly([(-0.9, 0), (-1.6, -0.6), (-1.6, 0.6)]), darker(colour, 0.15), line=0.6)
            brush.shape(oval(0, 0, 1.1, 0.6), colour, line=0.6)
            brush.fill(oval(0.6, -0.12, 0.13, 0.13), "#1b1620")
    for _ in range(14):
        x, y = frame.at(rng.random(), rng.random())
        radius = frame.height * rng.uniform(0.005, 0.014)
        stage.brush.stroke(oval(x, y, radius, radius), radius * 0.3, "#e6fbfa", 0.8)


def bridge(stage: Stage) -> None:
    """A stone bridge over a river."""
    rng, frame = stage.rng, stage.frame
    paint_sky(stage)
    ridge(stage, "#7fa58a", 24, 0.1, bumps=3)
    sea(stage)
    for side in (0.02, 0.98):
        with stage.standing(side, 9) as brush:
            round_tree(brush, rng)
    with stage.standing(rng.uniform(0.3, 0.7), 10) as brush:
        sailing_boat(brush)
    deck = stage.ground(3.0)
    size = stage.size(3.0)
    with stage.far(2.4) as brush:
        brush.fill(box(frame.x0 - 10, deck, frame.x1 + 10, frame.y1 + 10), "#b5a593")
        brush.shape(box(frame.x0 - 10, deck - 0.5 * size, frame.x1 + 10, deck), "#a3948a")
        brush.shape(
            box(frame.x0 - 10, deck - 0.6 * size, frame.x1 + 10, deck - 0.48 * size), lighter("#b5a593", 0.25)
        )
        count = max(int(frame.width / size / 0.5), 3)
        for i in range(count):
            x = frame.x0 + frame.width * (i + rng.random() * 0.4) / count
            y = deck - rng.choice((0.18, 0.34)) * size
            brush.line([(x, y), (x + 0.2 * size, y)], 0.5)
    planks(stage, mix("#b5a593", "#6b5f58", 0.5), back=3.0)
    for share in (0.1, 0.92):
        with stage.standing(share, 3.0) as brush:
            lamp_post(brush, lit=stage.light.dark)
