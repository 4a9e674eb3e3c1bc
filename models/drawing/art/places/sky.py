"""Skies: gradient, sun, moon, stars and clouds of a time and a weather."""

from models.drawing.art.brush import daylight
from models.drawing.art.colour import lighter, mix
from models.drawing.art.geometry import Rect
from models.drawing.art.paths import blob, cloud, oval, star
from models.drawing.art.stage import Stage
from models.drawing.scene import TimeOfDay, Weather

_CLOUD_COUNT = {
    Weather.CLEAR: 2,
    Weather.WIND: 3,
    Weather.SNOW: 4,
    Weather.CLOUDY: 6,
    Weather.FOG: 2,
    Weather.RAIN: 6,
    Weather.STORM: 7,
}
_OVERCAST = (Weather.CLOUDY, Weather.RAIN, Weather.STORM, Weather.SNOW, Weather.FOG)
_STARS = 60


def paint_sky(stage: Stage, *, down_to: float | None = None) -> None:
    """Paint the sky from the top of the frame down to the horizon or below."""
    frame = stage.frame
    bottom = max(down_to if down_to is not None else stage.horizon, frame.y0 + 2)
    area = Rect(frame.x0, frame.y0, frame.x1, min(bottom, frame.y1) + 1)
    lift, stage.brush.lift = stage.brush.lift, 0.0 if stage.light.dark else stage.brush.lift
    with stage.brush.seen(distance=0, light=daylight(stage.light)):
        stage.brush.gradient(area, *stage.light.sky)
        if stage.scene.time is TimeOfDay.NIGHT and stage.scene.weather not in _OVERCAST:
            _stars(stage, area)
        if stage.scene.weather not in _OVERCAST:
            _sun_or_moon(stage, area)
        _clouds(stage, area)
    stage.brush.lift = lift


def _stars(stage: Stage, area: Rect) -> None:
    for _ in range(_STARS):
        x, y = area.at(stage.rng.random(), stage.rng.random() ** 1.4)
        radius = stage.frame.height * stage.rng.choice((0.0018, 0.0024, 0.0036))
        if radius > stage.frame.height * 0.003:
            stage.brush.fill(star(x, y, radius * 2.2, radius * 0.6, 4), "#ffffff")
        else:
            stage.brush.fill(oval(x, y, radius, radius), "#fdf6e0", 0.85)


def _sun_or_moon(stage: Stage, area: Rect) -> None:
    low = stage.scene.time in (TimeOfDay.DAWN, TimeOfDay.DUSK)
    share = stage.rng.choice((0.16, 0.24, 0.76, 0.86))
    x, y = area.at(share, 0.78 if low else 0.26)
    radius = stage.frame.height * (0.085 if low else 0.06)
    night = stage.scene.time is TimeOfDay.NIGHT
    colour = "#fdf3cf" if night else ("#fff2b8" if not low else "#ffe0a0")
    stage.brush.glow((x, y), radius * (4.5 if low else 3.5), colour, 1.3)
    stage.brush.fill(oval(x, y, radius, radius), colour)
    if night:
        for dx, dy, size in ((-0.3, -0.2, 0.22), (0.3, 0.25, 0.16), (0.1, -0.45, 0.12)):
            stage.brush.fill(oval(x + dx * radius, y + dy * radius, size * radius, size * radius), "#e6d9b2")


def _clouds(stage: Stage, area: Rect) -> None:
    top, bottom = stage.light.sky
    night = stage.scene.time is TimeOfDay.NIGHT
    base = mix(lighter(bottom, 0.1 if night else 0.65), top, 0.12)
    overcast = stage.scene.weather in _OVERCAST
    for share in stage.spread(_CLOUD_COUNT[stage.scene.weather], margin=0.1):
        x, y = area.at(share, stage.rng.uniform(0.1, 0.55 if overcast else 0.7))
        width = stage.frame.height * stage.rng.uniform(0.3, 0.6) * (1.5 if overcast else 1.0)
        path = cloud(x, y, width, width * 0.3, stage.rng.choice((4, 5, 6)))
        stage.brush.fill(path, mix(base, top, 0.25))
        with stage.brush.clipped(path):
            stage.brush.fill(cloud(x - width * 0.03, y - width * 0.06, width, width * 0.3, 5), base)


def above_clouds(stage: Stage) -> None:
    """High above the clouds."""
    paint_sky(stage, down_to=stage.frame.y1)
    rng, frame = stage.rng, stage.frame
    low = stage.light.sky[1]
    for i, v in enumerate((0.72, 0.84, 0.96)):
        points = [(frame.x0 - 40, frame.y1 + 40)]
        for j in range(8):
            points.append(
                (
                    frame.x0 + frame.width * (j / 7 * 1.1 - 0.05),
                    frame.y0 + frame.height * (v + rng.uniform(-0.05, 0.05)),
                )
            )
        with stage.far(9 - 3 * i) as brush:
            brush.fill(
                blob([*points, (frame.x1 + 40, frame.y1 + 40)]),
                lighter(low, 0.3 + 0.25 * i) if not stage.light.dark else "#c9d4ea",
            )
    for share in stage.spread(3):
        x, y = stage.x(share), frame.y0 + frame.height * rng.uniform(0.2, 0.5)
        size = frame.height * 0.02
        stage.brush.line(
            [
                (x - size, y - size * 0.5),
                (x - size * 0.3, y - size * 0.6),
                (x, y),
                (x + size * 0.3, y - size * 0.6),
                (x + size, y - size * 0.5),
            ],
            0.7,
        )


def plain(stage: Stage) -> None:
    """No place: a wash of colour behind the figures, as in a reaction panel."""
    top, bottom = stage.rng.choice(
        (
            ("#f2d9b0", "#fdf3dd"),
            ("#b9dbe0", "#eef6f2"),
            ("#e8b9a8", "#fbeadf"),
            ("#c4c2e6", "#efeef9"),
            ("#bfe0b5", "#f0f8e6"),
        )
    )
    with stage.brush.seen(distance=0.0):
        stage.brush.gradient(stage.frame, stage.brush.seen_colour(top), stage.brush.seen_colour(bottom))
