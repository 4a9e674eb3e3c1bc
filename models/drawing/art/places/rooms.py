"""Rooms of a home."""

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, mix
from models.drawing.art.paths import arc, blob, box, oval, ribbon
from models.drawing.art.places.room import (
    BOOKS,
    WOOD,
    Room,
    curtains,
    hanging_lamp,
    picture,
    room_of,
    view_outside,
)
from models.drawing.art.stage import Stage


def kitchen(stage: Stage) -> None:
    """Counter and cupboards, a stove, pans, a window."""
    rng = stage.rng
    room = room_of(stage, "#efdcae", "#c98f63", skirting="#b98a5e")
    paint = rng.choice(("#5f9a94", "#c2704f", "#6f8fb5"))
    with room.on_wall() as brush:
        for y in (-0.85, -0.97, -1.09):
            for x in room.places(0.24):
                brush.fill(
                    box(x - 0.11, y - 0.11, x + 0.11, y),
                    "#fbf4e2" if (round(x / 0.24) + round(y / 0.12)) % 2 else "#d3e2dc",
                )
        area = (-0.45, -1.75, 0.45, -1.1)
        view_outside(stage, brush, area)
        curtains(brush, area, lighter(paint, 0.35))
        for x in room.places(0.85):
            if abs(x) > 0.8:
                _cupboard(brush, x, paint)
        _counter(brush, room, paint)
        _stove(brush, 1.05 if rng.random() < 0.5 else -1.05)
    with room.on_wall(rng.choice((-0.9, 0.9))) as brush:
        hanging_lamp(stage, brush, 0.0, "#d9573f")


def _cupboard(brush: Brush, x: float, paint: str) -> None:
    brush.shape(box(x - 0.4, -1.95, x + 0.4, -1.3), paint, shadow=0.05)
    for side in (-1, 1):
        brush.outline(box(x + side * 0.2 - 0.16, -1.9, x + side * 0.2 + 0.16, -1.36), line=0.5)
        brush.fill(oval(x + side * 0.06, -1.42, 0.025, 0.025), "#f4d27a")


def _counter(brush: Brush, room: Room, paint: str) -> None:
    brush.shape(box(-room.half - 1, -0.78, room.half + 1, 0.02), darker(paint, 0.1))
    for x in room.places(0.55):
        brush.outline(box(x - 0.24, -0.66, x + 0.24, -0.08, 0.02), line=0.6)
        brush.fill(box(x - 0.06, -0.6, x + 0.06, -0.57), "#f4d27a")
    brush.shape(box(-room.half - 1, -0.85, room.half + 1, -0.75), "#e0c9a0")
    for x in room.places(0.95):
        colour = ("#d9483b", "#5f8f5b", "#e8b23a")[round(abs(x) * 10) % 3]
        brush.shape(box(x + 0.3, -1.07, x + 0.46, -0.86, 0.03), colour, line=0.7, shadow=0.03)
        brush.shape(box(x + 0.29, -1.11, x + 0.47, -1.05, 0.02), "#f3ead8", line=0.6)


def _stove(brush: Brush, x: float) -> None:
    brush.shape(box(x - 0.36, -0.88, x + 0.36, 0.02, 0.03), "#4a4f5b")
    brush.fill(box(x - 0.26, -0.55, x + 0.26, -0.14, 0.04), "#f0a33a")
    brush.glow((x, -0.35), 0.5, "#f0a33a", 0.8)
    brush.shape(box(x - 0.2, -1.1, x + 0.2, -0.9, 0.03), "#b5604a", shadow=0.05)
    brush.line([(x - 0.05, -1.2), (x + 0.02, -1.32), (x - 0.05, -1.45)], 1.1, colour="#ffffff")


def library(stage: Stage) -> None:
    """Walls of books, a ladder, a tall window, a globe."""
    rng = stage.rng
    room = room_of(stage, "#a5784f", "#8a5a3c", skirting="#5b3a28")
    gap = rng.choice((-0.9, 0.0, 0.9))
    with room.on_wall() as brush:
        for x in room.places(0.95):
            if abs(x + 0.45 - gap) > 0.6:
                _bookcase(stage, brush, x, 0.9, 2.1)
        area = (gap - 0.32, -1.85, gap + 0.32, -0.75)
        view_outside(stage, brush, area)
        ladder = gap + 1.1
        for side in (-0.13, 0.13):
            brush.shape(
                ribbon([(ladder + side + 0.1, 0.0), (ladder + side - 0.1, -2.1)], [0.025, 0.022]),
                "#c99a63",
                line=0.7,
            )
        for i in range(7):
            y = -0.2 - 0.27 * i
            brush.line([(ladder - 0.13 - y * 0.0, y), (ladder + 0.13, y)], 1.2, tail=0.9, colour="#c99a63")
        hanging_lamp(stage, brush, gap - 0.9, "#3f7f6b")
    with stage.standing(rng.choice((0.1, 0.9)), 2.4) as brush:
        _globe(brush)


def _bookcase(stage: Stage, brush: Brush, x: float, width: float, height: float) -> None:
    rng = stage.rng
    brush.shape(box(x, -height, x + width, 0), darker(WOOD, 0.35))
    rows = max(round(height / 0.34), 2)
    step = (height - 0.06) / rows
    for row in range(rows):
        low = -0.05 - row * step
        at = x + 0.05
        while at < x + width - 0.1:
            thick, tall = rng.uniform(0.045, 0.09), step * rng.uniform(0.62, 0.86)
            if rng.random() < 0.1:
                at += thick * 2
                continue
            right = min(at + thick, x + width - 0.05)
            brush.fill(box(at, low - tall, right - 0.007, low), rng.choice(BOOKS))
            at = right
        brush.fill(box(x, low, x + width, low + 0.035), WOOD)
    brush.stroke(box(x, -height, x + width, 0), 0.05, WOOD)
    brush.outline(box(x - 0.025, -height - 0.025, x + width + 0.025, 0.0), line=0.0)


def _globe(brush: Brush) -> None:
    brush.shape(ribbon([(0, 0), (0, -0.5)], [0.03, 0.03]), WOOD)
    brush.shape(ribbon([(-0.16, 0), (0.16, 0)], [0.03, 0.03]), WOOD)
    brush.shape(oval(0, -0.76, 0.25, 0.25), "#6fa9c2", shadow=0.08)
    brush.fill(blob([(-0.15, -0.9), (0.02, -0.92), (0.05, -0.75), (-0.08, -0.66)]), "#8fae5f")
    brush.fill(blob([(0.08, -0.72), (0.18, -0.78), (0.17, -0.62), (0.1, -0.6)]), "#8fae5f")
    brush.stroke(arc(0, -0.76, 0.3, 0.3, -110, 200), 0.03, "#c9a15a")


def bedroom(stage: Stage) -> None:
    """A bed with a quilt, a window with curtains, pictures, a shelf."""
    rng = stage.rng
    wall = rng.choice(("#b9c9d9", "#e6c9bf", "#cfd8b5", "#c9bfdd"))
    quilt = rng.choice(("#d9573f", "#4f7fb5", "#7a5ba8", "#e0a33a"))
    room = room_of(stage, wall, "#b98a5e")
    with room.on_wall() as brush:
        for x in room.places(0.4):
            for y in (-0.5, -1.0, -1.5):
                brush.fill(oval(x + (0.2 if y == -1.0 else 0), y, 0.025, 0.025), lighter(wall, 0.45))
        area = (0.2, -1.65, 1.0, -0.85)
        view_outside(stage, brush, area)
        curtains(brush, area, lighter(quilt, 0.3))
        picture(stage, brush, -0.5, -1.35, 0.24)
        picture(stage, brush, 1.75, -1.3, 0.2)
        brush.shape(box(-1.75, -1.2, -0.95, -1.13), WOOD, line=0.7)
        for i in range(6):
            brush.shape(
                box(-1.68 + 0.1 * i, -1.2 - rng.uniform(0.2, 0.3), -1.6 + 0.1 * i, -1.2),
                rng.choice(BOOKS),
                line=0.5,
            )
    with stage.standing(rng.choice((0.16, 0.84)), 2.35) as brush:
        _bed(brush, quilt)


def _bed(brush: Brush, quilt: str) -> None:
    brush.shape(box(-0.95, -0.85, -0.85, 0.02, 0.03), WOOD)
    brush.shape(box(0.9, -0.55, 1.0, 0.02, 0.03), WOOD)
    brush.shape(box(-0.9, -0.3, 0.95, -0.05), WOOD)
    brush.shape(box(-0.88, -0.46, 0.92, -0.22, 0.06), "#fbf6ea", shadow=0.04)
    brush.shape(
        blob([(-0.85, -0.45), (-0.75, -0.64), (-0.45, -0.62), (-0.38, -0.45)]), "#ffffff", shadow=0.04
    )
    brush.shape(
        blob([(-0.35, -0.5), (0.3, -0.56), (0.93, -0.48), (0.95, -0.12), (0.3, -0.08), (-0.3, -0.14)]),
        quilt,
        shadow=0.06,
    )
    for i in range(3):
        brush.fill(box(-0.2 + 0.4 * i, -0.42, 0.0 + 0.4 * i, -0.22, 0.02), lighter(quilt, 0.25))


def living_room(stage: Stage) -> None:
    """A sofa, a fireplace, a rug, pictures."""
    rng = stage.rng
    wall = rng.choice(("#c9b58f", "#a9bfae", "#d3a68f"))
    room = room_of(stage, wall, "#a5734a")
    with room.on_wall() as brush:
        x = rng.choice((-0.95, 0.95))
        brush.shape(box(x - 0.6, -1.05, x + 0.6, 0.0), "#c2b5a5", shadow=0.08)
        brush.shape(box(x - 0.68, -1.15, x + 0.68, -1.03), "#a5704a")
        brush.fill(box(x - 0.36, -0.75, x + 0.36, 0.0, 0.1), "#2f2428")
        for dx, height, colour in ((-0.12, 0.34, "#e2683a"), (0.1, 0.42, "#e2683a"), (0.0, 0.26, "#f7d560")):
            brush.fill(
                blob(
                    [
                        (x + dx - 0.12, -0.04),
                        (x + dx - 0.08, -height * 0.5),
                        (x + dx, -height - 0.08),
                        (x + dx + 0.09, -height * 0.5),
                        (x + dx + 0.12, -0.04),
                    ]
                ),
                colour,
            )
        brush.glow((x, -0.3), 1.3, "#f0a33a", 1.4)
        picture(stage, brush, x, -1.5, 0.28)
        view_outside(stage, brush, (-x - 0.4, -1.7, -x + 0.4, -0.9))
        curtains(brush, (-x - 0.4, -1.7, -x + 0.4, -0.9), "#a5453f")
    with stage.standing(0.5, 2.1) as brush:
        rug = oval(0, 0, 1.1, 0.16)
        brush.outline(rug, line=0.6)
        brush.fill(rug, "#a5453f")
        brush.fill(oval(0, 0, 0.85, 0.11), mix("#a5453f", "#f0e2c4", 0.6))
    with stage.standing(rng.choice((0.14, 0.86)), 2.3) as brush:
        _sofa(brush, rng.choice(("#4f7f7a", "#5b6fa5", "#8f5a7a")))


def _sofa(brush: Brush, colour: str) -> None:
    brush.shape(box(-0.85, -0.75, 0.85, -0.2, 0.12), colour, shadow=0.08)
    brush.shape(box(-0.75, -0.42, 0.75, -0.1, 0.06), lighter(colour, 0.12), shadow=0.05)
    brush.line([(0, -0.4), (0, -0.12)], 0.7)
    for x in (-0.85, 0.85):
        brush.shape(box(x - 0.13, -0.55, x + 0.13, -0.02, 0.1), colour, shadow=0.05)
    brush.shape(box(-0.55, -0.62, -0.25, -0.36, 0.05), "#e8b23a", shadow=0.04)
