"""Places with walls: a back wall drawn in units, a floor that leads to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, mix
from models.drawing.art.geometry import Rect
from models.drawing.art.paths import arc, blob, box, oval, poly, ribbon
from models.drawing.art.places.scenery import WINDOW_GLOW, planks
from models.drawing.art.stage import Stage
from models.drawing.scene import TimeOfDay

_WALL_Z = 2.7
_CEILING = 2.15  # height of a room, in units
_BOOKS = ("#b5453f", "#3f6f8f", "#d9a53a", "#5f8f5b", "#7a5ba8", "#8f5a3a", "#e6d9b8")
_WOOD = "#96653f"


@dataclass(frozen=True, slots=True)
class Room:
    """The back wall of a room: ``half`` is how many units of it are seen on each side of the middle."""

    stage: Stage
    half: float
    floor: float
    size: float

    @contextmanager
    def on_wall(self, at: float = 0.0, line: float = 0.8) -> Iterator[Brush]:
        """Draw on the back wall in units; the origin is the floor, ``at`` units from the middle."""
        brush = self.stage.brush
        x = self.stage.x(0.5) + at * self.size
        with (
            brush.seen(distance=self.stage.haze(_WALL_Z), line=line),
            brush.moved((x, self.floor), self.size),
        ):
            yield brush

    def places(self, step: float) -> list[float]:
        """Return places along the wall, ``step`` apart, from the left to the right."""
        count = int(self.half / step) + 1
        return [i * step for i in range(-count, count + 1)]


def _room(stage: Stage, wall: str, floor: str, *, skirting: str | None = None, boards: bool = True) -> Room:
    frame = stage.frame
    size, base = stage.size(_WALL_Z), min(stage.ground(_WALL_Z), frame.y1 - 4)
    ceiling = base - _CEILING * size
    with stage.far(_WALL_Z) as brush:
        area = Rect(frame.x0, frame.y0, frame.x1, base)
        brush.gradient(area, brush.seen_colour(darker(wall, 0.14)), brush.seen_colour(wall))
        if ceiling > frame.y0:
            brush.fill(box(frame.x0, frame.y0 - 5, frame.x1, ceiling), lighter(wall, 0.45))
            brush.line([(frame.x0 - 20, ceiling), (frame.x1 + 20, ceiling)], 1.0)
    with stage.far(1.6) as brush:
        brush.gradient(
            Rect(frame.x0, base, frame.x1, frame.y1),
            brush.seen_colour(floor),
            brush.seen_colour(darker(floor, 0.12)),
        )
    if boards:
        planks(stage, darker(floor, 0.35), 8)
        with stage.far(_WALL_Z) as brush:
            brush.fill(box(frame.x0, frame.y0, frame.x1, base), wall, 0.0)
            area = Rect(frame.x0, max(frame.y0, ceiling), frame.x1, base)
            brush.gradient(area, brush.seen_colour(darker(wall, 0.14)), brush.seen_colour(wall))
    with stage.far(_WALL_Z) as brush:
        brush.fill(box(frame.x0, base - 0.1 * size, frame.x1, base), skirting or darker(wall, 0.3))
        brush.line([(frame.x0 - 20, base), (frame.x1 + 20, base)], 1.0)
    return Room(stage, frame.width / 2 / size, base, size)


def _view(stage: Stage, brush: Brush, area: tuple[float, float, float, float]) -> None:
    """Draw a window with the sky of the scene in it, and the light that falls in."""
    x0, y0, x1, y1 = area
    brush.shape(box(x0 - 0.07, y0 - 0.07, x1 + 0.07, y1 + 0.07), "#f6efdf")
    top, bottom = stage.light.sky
    with brush.clipped(box(x0, y0, x1, y1)), brush.shining():
        brush.gradient(Rect(x0, y0, x1, y1), top, bottom)
        if stage.scene.time is TimeOfDay.NIGHT:
            brush.fill(oval(x1 - 0.2, y0 + 0.2, 0.1, 0.1), "#ffffff")
        hill = blob(
            [
                (x0 - 0.2, y1 + 0.2),
                (x0, y1 - 0.2),
                ((x0 + x1) / 2, y1 - 0.34),
                (x1, y1 - 0.16),
                (x1 + 0.2, y1 + 0.2),
            ]
        )
        brush.fill(hill, mix("#6f9a6b", top, 0.35 if not stage.light.dark else 0.75))
    middle = (x0 + x1) / 2
    brush.fill(box(middle - 0.02, y0, middle + 0.02, y1), "#f6efdf")
    brush.fill(box(x0, (y0 + y1) / 2 - 0.02, x1, (y0 + y1) / 2 + 0.02), "#f6efdf")
    brush.shape(box(x0 - 0.12, y1 + 0.05, x1 + 0.12, y1 + 0.12), "#f6efdf", line=0.7)
    if stage.light.dark:
        return
    brush.glow((middle, (y0 + y1) / 2), 1.5, bottom, 0.8)


def _curtains(brush: Brush, area: tuple[float, float, float, float], colour: str) -> None:
    x0, y0, x1, y1 = area
    for side, x in ((-1, x0), (1, x1)):
        drape = blob(
            [
                (x - side * 0.22, y0 - 0.1),
                (x + side * 0.2, y0 - 0.1),
                (x + side * 0.24, y1 + 0.2),
                (x + side * 0.02, y1 + 0.2),
                (x - side * 0.06, y0 + 0.4),
            ]
        )
        brush.shape(drape, colour, line=0.7, shadow=0.06)
    brush.line([(x0 - 0.35, y0 - 0.12), (x1 + 0.35, y0 - 0.12)], 1.6, tail=0.9)


def _bookcase(stage: Stage, brush: Brush, x: float, width: float, height: float) -> None:
    rng = stage.rng
    brush.shape(box(x, -height, x + width, 0), darker(_WOOD, 0.35))
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
            brush.fill(box(at, low - tall, right - 0.007, low), rng.choice(_BOOKS))
            at = right
        brush.fill(box(x, low, x + width, low + 0.035), _WOOD)
    brush.stroke(box(x, -height, x + width, 0), 0.05, _WOOD)
    brush.outline(box(x - 0.025, -height - 0.025, x + width + 0.025, 0.0), line=0.0)


def _hanging_lamp(stage: Stage, brush: Brush, x: float, colour: str) -> None:
    brush.line([(x, -2.6), (x, -1.75)], 0.9, tail=0.9)
    brush.shape(
        poly([(x - 0.08, -1.78), (x + 0.08, -1.78), (x + 0.26, -1.56), (x - 0.26, -1.56)]),
        colour,
        shadow=0.05,
    )
    if stage.light.dark:
        with brush.shining():
            brush.fill(oval(x, -1.55, 0.09, 0.05), "#fff3c4")
        brush.glow((x, -1.5), 1.6, WINDOW_GLOW, 1.6)


def _picture(stage: Stage, brush: Brush, x: float, y: float, size: float) -> None:
    rng = stage.rng
    brush.shape(box(x - size, y - size * 0.75, x + size, y + size * 0.75), "#c9a15a", line=0.7)
    inner = box(x - size * 0.82, y - size * 0.57, x + size * 0.82, y + size * 0.57)
    brush.fill(inner, rng.choice(("#cfe2e6", "#f0e2c4", "#e6c9b8")))
    with brush.clipped(inner):
        brush.fill(oval(x + size * 0.3, y - size * 0.2, size * 0.2, size * 0.2), "#e8a33a")
        brush.fill(
            blob(
                [
                    (x - size, y + size),
                    (x - size * 0.6, y),
                    (x, y + size * 0.25),
                    (x + size * 0.5, y - size * 0.05),
                    (x + size, y + size),
                ]
            ),
            "#6f8f6b",
        )


def kitchen(stage: Stage) -> None:
    """Counter and cupboards, a stove, pans, a window."""
    rng = stage.rng
    room = _room(stage, "#efdcae", "#c98f63", skirting="#b98a5e")
    paint = rng.choice(("#5f9a94", "#c2704f", "#6f8fb5"))
    with room.on_wall() as brush:
        for y in (-0.85, -0.97, -1.09):
            for x in room.places(0.24):
                brush.fill(
                    box(x - 0.11, y - 0.11, x + 0.11, y),
                    "#fbf4e2" if (round(x / 0.24) + round(y / 0.12)) % 2 else "#d3e2dc",
                )
        area = (-0.45, -1.75, 0.45, -1.1)
        _view(stage, brush, area)
        _curtains(brush, area, lighter(paint, 0.35))
        for x in room.places(0.85):
            if abs(x) > 0.8:
                _cupboard(brush, x, paint)
        _counter(brush, room, paint)
        _stove(brush, 1.05 if rng.random() < 0.5 else -1.05)
    with room.on_wall(rng.choice((-0.9, 0.9))) as brush:
        _hanging_lamp(stage, brush, 0.0, "#d9573f")


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
    room = _room(stage, "#a5784f", "#8a5a3c", skirting="#5b3a28")
    gap = rng.choice((-0.9, 0.0, 0.9))
    with room.on_wall() as brush:
        for x in room.places(0.95):
            if abs(x + 0.45 - gap) > 0.6:
                _bookcase(stage, brush, x, 0.9, 2.1)
        area = (gap - 0.32, -1.85, gap + 0.32, -0.75)
        _view(stage, brush, area)
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
        _hanging_lamp(stage, brush, gap - 0.9, "#3f7f6b")
    with stage.standing(rng.choice((0.1, 0.9)), 2.4) as brush:
        _globe(brush)


def _globe(brush: Brush) -> None:
    brush.shape(ribbon([(0, 0), (0, -0.5)], [0.03, 0.03]), _WOOD)
    brush.shape(ribbon([(-0.16, 0), (0.16, 0)], [0.03, 0.03]), _WOOD)
    brush.shape(oval(0, -0.76, 0.25, 0.25), "#6fa9c2", shadow=0.08)
    brush.fill(blob([(-0.15, -0.9), (0.02, -0.92), (0.05, -0.75), (-0.08, -0.66)]), "#8fae5f")
    brush.fill(blob([(0.08, -0.72), (0.18, -0.78), (0.17, -0.62), (0.1, -0.6)]), "#8fae5f")
    brush.stroke(arc(0, -0.76, 0.3, 0.3, -110, 200), 0.03, "#c9a15a")


def bedroom(stage: Stage) -> None:
    """A bed with a quilt, a window with curtains, pictures, a shelf."""
    rng = stage.rng
    wall = rng.choice(("#b9c9d9", "#e6c9bf", "#cfd8b5", "#c9bfdd"))
    quilt = rng.choice(("#d9573f", "#4f7fb5", "#7a5ba8", "#e0a33a"))
    room = _room(stage, wall, "#b98a5e")
    with room.on_wall() as brush:
        for x in room.places(0.4):
            for y in (-0.5, -1.0, -1.5):
                brush.fill(oval(x + (0.2 if y == -1.0 else 0), y, 0.025, 0.025), lighter(wall, 0.45))
        area = (0.2, -1.65, 1.0, -0.85)
        _view(stage, brush, area)
        _curtains(brush, area, lighter(quilt, 0.3))
        _picture(stage, brush, -0.5, -1.35, 0.24)
        _picture(stage, brush, 1.75, -1.3, 0.2)
        brush.shape(box(-1.75, -1.2, -0.95, -1.13), _WOOD, line=0.7)
        for i in range(6):
            brush.shape(
                box(-1.68 + 0.1 * i, -1.2 - rng.uniform(0.2, 0.3), -1.6 + 0.1 * i, -1.2),
                rng.choice(_BOOKS),
                line=0.5,
            )
    with stage.standing(rng.choice((0.16, 0.84)), 2.35) as brush:
        _bed(brush, quilt)


def _bed(brush: Brush, quilt: str) -> None:
    brush.shape(box(-0.95, -0.85, -0.85, 0.02, 0.03), _WOOD)
    brush.shape(box(0.9, -0.55, 1.0, 0.02, 0.03), _WOOD)
    brush.shape(box(-0.9, -0.3, 0.95, -0.05), _WOOD)
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


def classroom(stage: Stage) -> None:
    """A blackboard, desks, a map on the wall."""
    rng = stage.rng
    room = _room(stage, "#e3dcc2", "#b99a6b", skirting="#8f9a7f")
    with room.on_wall() as brush:
        brush.shape(box(-1.15, -1.75, 1.15, -0.75), _WOOD)
        brush.fill(box(-1.07, -1.67, 1.07, -0.83), "#3f6b5b")
        for y, width in ((-1.5, 0.7), (-1.32, 0.5), (-1.14, 0.62)):
            points = [(-0.85 + i * 0.07, y + 0.02 * (-1) ** i) for i in range(int(width / 0.07))]
            brush.stroke(blob(points, closed=False), 0.014, "#eef4ea")
        brush.stroke(oval(0.55, -1.25, 0.22, 0.22), 0.016, "#eef4ea")
        brush.stroke(poly([(0.33, -1.25), (0.77, -1.25), (0.55, -1.47)]), 0.016, "#eef4ea")
        brush.shape(box(-1.15, -0.76, 1.15, -0.7), "#c99a63", line=0.6)
        for x in (-1.9, 1.9):
            _view(stage, brush, (x - 0.35, -1.7, x + 0.35, -0.85))
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
    room = _room(stage, "#b5a58f", "#8a7058", skirting="#6b5a48")
    with room.on_wall() as brush:
        _view(stage, brush, (-0.4, -1.75, 0.4, -1.05))
        for x in room.places(1.3):
            if abs(x) < 0.6:
                continue
            for y in (-1.25, -1.65):
                brush.shape(box(x - 0.5, y, x + 0.5, y + 0.05), _WOOD, line=0.7)
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
            brush.shape(box(x - 0.3, -0.6, x + 0.3, -0.35, 0.02), _WOOD, line=0.6)
            brush.fill(oval(x, -0.47, 0.03, 0.03), "#f4d27a")
            gear = ring_gear(x + 0.35, -0.95, 0.13)
            brush.shape(gear, "#c9a15a", line=0.7)
            brush.fill(oval(x + 0.35, -0.95, 0.045, 0.045), "#6b4f3a")
        _hanging_lamp(stage, brush, rng.choice((-0.9, 0.9)), "#4f6f8f")


def ring_gear(x: float, y: float, radius: float) -> object:
    """Return the outline of a cog wheel."""
    from models.drawing.art.paths import star

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


def living_room(stage: Stage) -> None:
    """A sofa, a fireplace, a rug, pictures."""
    rng = stage.rng
    wall = rng.choice(("#c9b58f", "#a9bfae", "#d3a68f"))
    room = _room(stage, wall, "#a5734a")
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
        _picture(stage, brush, x, -1.5, 0.28)
        _view(stage, brush, (-x - 0.4, -1.7, -x + 0.4, -0.9))
        _curtains(brush, (-x - 0.4, -1.7, -x + 0.4, -0.9), "#a5453f")
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


def spaceship(stage: Stage) -> None:
    """A bridge with consoles, screens and a window on the stars."""
    rng, frame = stage.rng, stage.frame
    room = _room(stage, "#5f7388", "#4a5868", skirting="#39465a", boards=False)
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
        vx, vy = stage.vanishing
        for i in range(-6, 7):
            x = vx + i * frame.width / 6
            brush.line(
                [(vx + (x - vx) * 0.35, room.floor + 2), (x * 1.0 + (x - vx) * 0.4, frame.y1 + 20)],
                0.5,
                colour="#8fd0f2",
            )
        _ = vy


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
    room = _room(stage, "#a59fb0", "#8f8898", skirting="#6b6478", boards=False)
    banner = rng.choice(("#a5303a", "#3f5fa5", "#4f8a5b"))
    with room.on_wall() as brush:
        for x in room.places(1.0):
            glass = blob([(x - 0.2, -0.7), (x - 0.2, -1.5), (x, -1.9), (x + 0.2, -1.5), (x + 0.2, -0.7)])
            brush.shape(glass, "#8fb5d9")
            brush.fill(
                blob([(x - 0.1, -0.8), (x - 0.1, -1.4), (x, -1.65), (x + 0.1, -1.4), (x + 0.1, -0.8)]),
                "#f0c95a",
                0.85,
            )
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
        far, near = stage.size(_WALL_Z), stage.size(0.7)
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
