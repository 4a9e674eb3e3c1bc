"""Marks of comics drawn over or behind the figures: speed lines, focus lines, impacts, sparkles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, tau
from types import MappingProxyType

import skia

from models.drawing.art.colour import argb
from models.drawing.art.geometry import Point
from models.drawing.art.painted import PaintedFigure
from models.drawing.art.paths import blob, oval, poly, star
from models.drawing.art.stage import Stage

Painter = Callable[[Stage, Sequence[PaintedFigure]], None]


@dataclass(frozen=True, slots=True)
class EffectPainter:
    """One effect; ``behind`` is drawn before the figures, ``words`` say it in a caption."""

    words: str
    paint: Painter
    behind: bool = False


def _ink(stage: Stage) -> str:
    style = stage.brush.style
    return "#ffffff" if stage.brush.coloured else style.ink


def _focus_of(stage: Stage, figures: Sequence[PaintedFigure]) -> tuple[Point, float, float]:
    """Return the middle of what matters, and its half width and half height."""
    frame = stage.frame
    if not figures:
        return frame.at(0.5, 0.5), frame.width * 0.28, frame.height * 0.28
    area = figures[0].head
    for figure in figures[1:]:
        area = area.union(figure.head)
    x, y = area.center
    x = min(max(x, frame.x0), frame.x1)
    y = min(max(y, frame.y0), frame.y1)
    return (x, y), max(area.width * 0.85, frame.width * 0.22), max(area.height * 0.8, frame.height * 0.24)


def _speed_lines(stage: Stage, _figures: Sequence[PaintedFigure]) -> None:
    frame, rng = stage.frame, stage.rng
    path = skia.Path()
    for _ in range(46):
        y = frame.y0 + frame.height * rng.random()
        start, length = rng.uniform(-0.2, 0.7), rng.uniform(0.3, 0.8)
        x0, x1 = stage.x(start), stage.x(start + length)
        half = frame.height * rng.uniform(0.001, 0.004)
        path.addPoly(
            [
                skia.Point(x0, y),
                skia.Point((x0 + x1) / 2, y - half),
                skia.Point(x1, y),
                skia.Point((x0 + x1) / 2, y + half),
            ],
            True,
        )
    stage.brush.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=argb(_ink(stage), 0.85)))


def _focus_lines(stage: Stage, figures: Sequence[PaintedFigure]) -> None:
    frame, rng = stage.frame, stage.rng
    (x, y), rx, ry = _focus_of(stage, figures)
    reach = frame.width + frame.height
    path = skia.Path()
    for i in range(84):
        angle = tau * (i + rng.uniform(-0.4, 0.4)) / 84
        inner, width = rng.uniform(1.0, 1.5), rng.uniform(0.004, 0.016)
        tip = (x + cos(angle) * rx * inner, y + sin(angle) * ry * inner)
        points = [tip]
        for side in (-width, width):
            points.append((x + cos(angle + side) * reach, y + sin(angle + side) * reach))
        path.addPoly([skia.Point(*p) for p in points], True)
    stage.brush.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=argb(_ink(stage), 0.92)))


def _impact(stage: Stage, figures: Sequence[PaintedFigure]) -> None:
    frame, rng = stage.frame, stage.rng
    (x, y), _, _ = _focus_of(stage, figures)
    size = frame.height * 0.46
    for radius, colour in ((1.0, "#e2574c"), (0.8, "#f7b53a"), (0.58, "#fff6d0")):
        points = []
        for i in range(26):
            angle = pi * i / 13
            reach = size * radius * (rng.uniform(0.88, 1.2) if i % 2 else 0.62)
            points.append((x + cos(angle) * reach * 1.15, y + sin(angle) * reach))
        stage.brush.shape(poly(points), colour, line=1.0 if radius == 1.0 else 0.5)


def _sparkles(stage: Stage, figures: Sequence[PaintedFigure]) -> None:
    frame, rng = stage.frame, stage.rng
    (x, y), rx, ry = _focus_of(stage, figures)
    for i in range(14):
        angle = tau * (i + rng.random() * 0.6) / 14
        reach = rng.uniform(1.1, 1.9)
        at = (x + cos(angle) * rx * reach, y + sin(angle) * ry * reach)
        size = frame.height * rng.choice((0.016, 0.024, 0.036))
        stage.brush.glow(at, size * 2.4, "#fff3b0")
        path = star(*at, size, size * 0.26, 4)
        stage.brush.outline(path, line=0.4)
        stage.brush.fill(path, "#fff6c9")


def _sweat(stage: Stage, figures: Sequence[PaintedFigure]) -> None:
    for figure in figures:
        head = figure.head
        for u, v, size in ((0.04, 0.16, 0.13), (-0.1, 0.34, 0.1), (1.02, 0.2, 0.11)):
            (x, y), r = head.at(u, v), head.height * size
            drop = blob(
                [(x, y - r), (x + r * 0.5, y + r * 0.2), (x, y + r * 0.7), (x - r * 0.5, y + r * 0.2)]
            )
            stage.brush.outline(drop, line=0.5)
            stage.brush.fill(drop, "#bfe6f7")


def _gloom(stage: Stage, _figures: Sequence[PaintedFigure]) -> None:
    frame, rng = stage.frame, stage.rng
    path = skia.Path()
    for share in stage.spread(34):
        x, length = stage.x(share), frame.height * rng.uniform(0.16, 0.42)
        half = frame.width * 0.0022
        path.addPoly(
            [
                skia.Point(x - half, frame.y0),
                skia.Point(x + half, frame.y0),
                skia.Point(x, frame.y0 + length),
            ],
            True,
        )
    if stage.brush.coloured:
        stage.brush.gradient(frame, "#241d42", "#241d42", (0.5, 0.0))
    stage.brush.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=argb(stage.brush.style.ink, 0.7)))


def _glow(stage: Stage, figures: Sequence[PaintedFigure]) -> None:
    (x, y), rx, ry = _focus_of(stage, figures)
    if not stage.brush.coloured:
        for i in range(3):
            stage.brush.stroke(
                oval(x, y, rx * (1.5 + 0.3 * i), ry * (1.5 + 0.3 * i)), 3.0 - 0.8 * i, "#ffffff"
            )
        return
    colour = argb("#fff1b8", 0.75)
    shader = skia.GradientShader.MakeRadial(
        skia.Point(x, y), max(rx, ry) * 2.4, [colour, argb("#fff1b8", 0.3), argb("#fff1b8", 0)]
    )
    stage.brush.canvas.drawCircle(x, y, max(rx, ry) * 2.4, skia.Paint(AntiAlias=True, Shader=shader))


def _hearts(stage: Stage, figures: Sequence[PaintedFigure]) -> None:
    rng, frame = stage.rng, stage.frame
    (x, y), rx, ry = _focus_of(stage, figures)
    for i in range(7):
        angle = -pi * (0.1 + 0.8 * i / 6)
        at = (x + cos(angle) * rx * 1.35, y + sin(angle) * ry * rng.uniform(1.1, 1.5))
        size = frame.height * rng.uniform(0.018, 0.034)
        with stage.brush.moved(at, size, turn=rng.uniform(-20, 20)):
            heart = blob(
                [
                    (0, 1),
                    (-1, -0.1),
                    (-0.85, -0.75),
                    (-0.35, -0.85),
                    (0, -0.4),
                    (0.35, -0.85),
                    (0.85, -0.75),
                    (1, -0.1),
                ]
            )
            stage.brush.shape(heart, "#e8566f", line=0.6)


def _pillars(stage: Stage, _figures: Sequence[PaintedFigure]) -> None:
    """White uprights and a beam with thin outlines: straight, bare, and no gutter."""
    frame, rng = stage.frame, stage.rng
    canvas, ink = stage.brush.canvas, stage.brush.style.ink
    width = frame.width * rng.uniform(0.02, 0.05)
    top = frame.y0 + frame.height * rng.uniform(0.0, 0.25)
    bars = [
        skia.Rect.MakeXYWH(stage.x(share), top, width, frame.y1 - top)
        for share in stage.spread(rng.choice((1, 2)), margin=0.2)
    ]
    bars.append(skia.Rect.MakeXYWH(frame.x0, top, frame.width, width))
    outline = skia.Paint(AntiAlias=True, Color=argb(ink), StrokeWidth=stage.brush.style.line_width * 0.6)
    outline.setStyle(skia.Paint.kStroke_Style)
    for bar in bars:
        canvas.drawRect(bar, skia.Paint(Color=argb("#ffffff")))
        canvas.drawRect(bar, outline)


EFFECTS: Mapping[str, EffectPainter] = MappingProxyType(
    {
        "speed lines": EffectPainter("speed lines", _speed_lines, behind=True),
        "focus lines": EffectPainter("focus lines", _focus_lines, behind=True),
        "impact": EffectPainter("an impact star", _impact, behind=True),
        "glow": EffectPainter("a glow", _glow, behind=True),
        "sparkles": EffectPainter("sparkles", _sparkles),
        "sweat": EffectPainter("drops of sweat", _sweat),
        "gloom": EffectPainter("lines of gloom", _gloom, behind=True),
        "hearts": EffectPainter("hearts", _hearts),
        "pillars": EffectPainter("white pillars and a beam", _pillars, behind=True),
    }
)
