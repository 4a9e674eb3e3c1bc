"""What falls and drifts before the figures: rain, snow, fog, wind."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import skia

from models.drawing.art.colour import argb
from models.drawing.art.paths import oval, poly, ribbon
from models.drawing.art.stage import Stage
from models.drawing.scene import Weather

_RAIN_SLANT = 0.16
_FLAKES = 150  # in a square frame; a matter of taste


def _count(stage: Stage, factor: float) -> int:
    """Return how many drops or flakes a frame of this shape holds."""
    share = math.sqrt(stage.frame.width / stage.frame.height)
    return round(_FLAKES * factor * share)


def _rain(stage: Stage, strength: float = 1.0) -> None:
    frame, rng = stage.frame, stage.rng
    tones = not stage.brush.coloured
    colour = "#ffffff" if not tones or stage.light.dark else stage.brush.style.ink
    for near in (False, True):
        path = skia.Path()
        for _ in range(_count(stage, 0.8 * strength)):
            x, y = frame.at(rng.uniform(-0.1, 1.15), rng.uniform(-0.1, 1.0))
            length = frame.height * rng.uniform(0.05, 0.1) * (1.6 if near else 1.0)
            path.moveTo(x, y)
            path.lineTo(x - length * _RAIN_SLANT, y + length)
        paint = skia.Paint(
            AntiAlias=True, Style=skia.Paint.kStroke_Style, Color=argb(colour, 0.5 if near else 0.32)
        )
        paint.setStrokeWidth(max(frame.height * (0.0036 if near else 0.002), 0.8))
        stage.brush.canvas.drawPath(path, paint)


def _storm(stage: Stage) -> None:
    frame, rng = stage.frame, stage.rng
    x = stage.x(rng.uniform(0.15, 0.85))
    points = [(x, frame.y0)]
    for i in range(1, 7):
        points.append((x + rng.uniform(-0.07, 0.07) * frame.height, frame.y0 + frame.height * 0.075 * i))
    stage.brush.glow(points[3], frame.height * 0.5, "#dfe8ff", 1.2)
    bolt = ribbon(points, [frame.height * 0.012 * (1 - i / 7) for i in range(7)], samples=1)
    stage.brush.canvas.drawPath(bolt, stage.brush.raw("#fdfbe8"))
    _rain(stage, 1.4)


def _snow(stage: Stage) -> None:
    frame, rng = stage.frame, stage.rng
    tones = not stage.brush.coloured
    for _ in range(_count(stage, 1.0)):
        x, y = frame.at(rng.random(), rng.random())
        radius = frame.height * rng.choice((0.004, 0.006, 0.009))
        flake = oval(x, y, radius, radius)
        if tones:
            stage.brush.outline(flake, line=0.4)
        stage.brush.canvas.drawPath(flake, skia.Paint(AntiAlias=True, Color=argb("#ffffff", 0.95)))


def _fog(stage: Stage) -> None:
    frame, rng = stage.frame, stage.rng
    haze = stage.light.haze
    if not stage.brush.coloured:
        haze = stage.brush.style.paper_colour
    for v in (0.35, 0.52, 0.68, 0.86):
        x, y = frame.at(rng.uniform(0.2, 0.8), v)
        height, width = frame.height * 0.09, frame.width * rng.uniform(0.5, 0.8)
        shader = skia.GradientShader.MakeRadial(skia.Point(0, 0), 1.0, [argb(haze, 0.75), argb(haze, 0.0)])
        stage.brush.canvas.save()
        stage.brush.canvas.translate(x, y)
        stage.brush.canvas.scale(width, height)
        stage.brush.canvas.drawCircle(0, 0, 1.0, skia.Paint(Shader=shader))
        stage.brush.canvas.restore()


def _wind(stage: Stage) -> None:
    frame, rng = stage.frame, stage.rng
    for _ in range(9):
        x, y = frame.at(rng.uniform(-0.1, 0.8), rng.uniform(0.08, 0.9))
        size = frame.width * rng.uniform(0.12, 0.24)
        curl = size * 0.1
        points = [
            (x, y),
            (x + size * 0.5, y - curl * 0.6),
            (x + size, y),
            (x + size * 1.08, y - curl),
            (x + size, y - curl * 1.3),
            (x + size * 0.94, y - curl * 0.7),
        ]
        stage.brush.canvas.drawPath(
            ribbon(points, [0.2, 1.2, 1.6, 1.4, 1.0, 0.2]),
            skia.Paint(AntiAlias=True, Color=argb("#ffffff", 0.85)),
        )
    for _ in range(12):
        x, y = frame.at(rng.random(), rng.uniform(0.1, 0.95))
        size = frame.height * 0.014
        with stage.brush.moved((x, y), size, turn=rng.uniform(0, 360)):
            stage.brush.shape(
                poly([(-1, 0), (0, -0.5), (1.1, 0), (0, 0.5)]),
                rng.choice(("#d98a3a", "#8fae4f", "#c8603a")),
                line=0.4,
            )


OVERLAYS: Mapping[Weather, Callable[[Stage], None]] = MappingProxyType(
    {
        Weather.RAIN: _rain,
        Weather.STORM: _storm,
        Weather.SNOW: _snow,
        Weather.FOG: _fog,
        Weather.WIND: _wind,
    }
)


def paint_weather(stage: Stage) -> None:
    """Draw what falls or drifts between the picture and the viewer."""
    overlay = OVERLAYS.get(stage.scene.weather)
    if overlay is not None:
        overlay(stage)
