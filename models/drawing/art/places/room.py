"""What rooms share: a back wall in units, a floor that leads to it, windows and lamps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from models.drawing.art.brush import Brush
from models.drawing.art.colour import darker, lighter, mix
from models.drawing.art.geometry import Rect
from models.drawing.art.paths import blob, box, oval, poly
from models.drawing.art.places.scenery import WINDOW_GLOW, planks
from models.drawing.art.stage import Stage
from models.drawing.scene import TimeOfDay

WALL_Z = 2.7


_CEILING = 2.15  # height of a room, in units


BOOKS = ("#b5453f", "#3f6f8f", "#d9a53a", "#5f8f5b", "#7a5ba8", "#8f5a3a", "#e6d9b8")


WOOD = "#96653f"


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
            brush.seen(distance=self.stage.haze(WALL_Z), line=line),
            brush.moved((x, self.floor), self.size),
        ):
            yield brush

    def places(self, step: float) -> list[float]:
        """Return places along the wall, ``step`` apart, from the left to the right."""
        count = int(self.half / step) + 1
        return [i * step for i in range(-count, count + 1)]


def room_of(stage: Stage, wall: str, floor: str, *, skirting: str | None = None, boards: bool = True) -> Room:
    """Draw the walls and the floor of a room; ``skirting`` is the colour at the foot of the wall."""
    frame = stage.frame
    size, base = stage.size(WALL_Z), min(stage.ground(WALL_Z), frame.y1 - 4)
    ceiling = base - _CEILING * size
    with stage.far(WALL_Z) as brush:
        area = Rect(frame.x0, max(ceiling, frame.y0), frame.x1, base)
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
        planks(stage, darker(floor, 0.35), back=WALL_Z)
    with stage.far(WALL_Z) as brush:
        brush.fill(box(frame.x0, base - 0.1 * size, frame.x1, base), skirting or darker(wall, 0.3))
        brush.line([(frame.x0 - 20, base), (frame.x1 + 20, base)], 1.0)
    return Room(stage, frame.width / 2 / size, base, size)


def view_outside(stage: Stage, brush: Brush, area: tuple[float, float, float, float]) -> None:
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


def curtains(brush: Brush, area: tuple[float, float, float, float], colour: str) -> None:
    """Draw curtains at both sides of a window."""
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


def hanging_lamp(stage: Stage, brush: Brush, x: float, colour: str) -> None:
    """Draw a lamp that hangs from the ceiling and shines at night."""
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


def picture(stage: Stage, brush: Brush, x: float, y: float, size: float) -> None:
    """Draw a framed landscape."""
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
