"""The hand that draws: fills, outlines, shadows and glows in the light of a scene and the style of a book."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import sin

import skia

from models.drawing.art import tones
from models.drawing.art.colour import argb, darker, lighter, luminance, mix
from models.drawing.art.geometry import Point, Rect
from models.drawing.art.light import Light, lit
from models.drawing.art.paths import tapered
from models.drawing.style import ColourMode, Style

_HEAVY_SIDE = (0.35, 0.5)  # the outline swells away from the light, as if drawn with a flexible nib
_PAPER_TONE = 0.12  # tone books lift a place's tones towards paper, so that figures stand out
_RIM_SHARE = 0.42  # width of the edge light as a share of a shape's shadow
_TONE_STEPS = 12  # bands of a gradient of screentones
_COLOURED = (ColourMode.COLOUR, ColourMode.FLAT)


class Brush:
    """Draws on one canvas; knows the light, how far away things are and how wide a line is.

    Widths and shadow depths are given in the local units of the current transform; ``line`` is a factor
    on the line width of the style.
    """

    def __init__(self, canvas: skia.Canvas, style: Style, light: Light, *, line_px: float) -> None:
        self.canvas = canvas
        self.style = style
        self.light = light
        self.line_px = line_px
        self.distance = 0.0
        self.lift = 0.0
        self.lit_edges = False
        self._strokes = 0
        self._halo_px = 0.0
        self._ink: str | None = None
        self.scale = 1.0
        self._sun = -1.0  # on which side of the local frame the light comes from

    @property
    def coloured(self) -> bool:
        """Whether the style has colours; else screentones or ink only."""
        return self.style.mode in _COLOURED

    # --- where and how -------------------------------------------------------------------------------

    @contextmanager
    def moved(
        self, at: Point, scale: float = 1.0, *, turn: float = 0.0, flip: bool = False
    ) -> Iterator[None]:
        """Draw in a frame whose origin is ``at``; ``turn`` in degrees, ``flip`` mirrors left and right."""
        old = self.scale, self._sun
        self.canvas.save()
        self.canvas.translate(*at)
        if turn:
            self.canvas.rotate(turn)
        self.canvas.scale(-scale if flip else scale, scale)
        self.scale *= scale
        self._sun *= -1 if flip else 1
        try:
            yield
        finally:
            self.canvas.restore()
            self.scale, self._sun = old

    @contextmanager
    def seen(self, *, distance: float, line: float = 1.0, light: Light | None = None) -> Iterator[None]:
        """Draw things at a distance in [0, 1] with thinner or thicker lines."""
        old = self.distance, self.line_px, self.light
        self.distance, self.line_px = distance, self.line_px * line
        self.light = light or self.light
        try:
            yield
        finally:
            self.distance, self.line_px, self.light = old

    @contextmanager
    def shining(self) -> Iterator[None]:
        """Draw what gives light itself: flames, screens, lit windows."""
        with self.seen(distance=0.0, light=daylight(self.light)):
            yield

    @contextmanager
    def inked(self, colour: str | None) -> Iterator[None]:
        """Draw lines in another colour than the style's ink: light ones on dark fur; None changes nothing."""
        old, self._ink = self._ink, colour or self._ink
        try:
            yield
        finally:
            self._ink = old

    @contextmanager
    def halo(self, width_px: float) -> Iterator[None]:
        """Draw nothing but a rim of bare paper round every shape: it parts figures from screentones."""
        self._halo_px = width_px
        try:
            yield
        finally:
            self._halo_px = 0.0

    @contextmanager
    def clipped(self, path: skia.Path) -> Iterator[None]:
        """Draw inside a shape only."""
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        try:
            yield
        finally:
            self.canvas.restore()

    # --- paint ---------------------------------------------------------------------------------------

    def seen_colour(self, colour: str) -> str:
        """Return a colour in this light, at this distance, in this style."""
        style = self.style
        saturation = style.saturation if style.mode in _COLOURED else 1.0
        return lit(colour, self.light, round(self.distance, 2), saturation, style.warmth)

    def paint(self, colour: str, alpha: float = 1.0) -> skia.Paint:
        """Return the paint of a fill; a screentone where the style has no colour."""
        seen = self.seen_colour(colour)
        paint = skia.Paint(AntiAlias=True)
        if self.style.mode in _COLOURED:
            paint.setColor(argb(seen, alpha))
            return paint
        self._tone(paint, mix(seen, "#ffffff", _PAPER_TONE * self.lift), alpha)
        return paint

    def raw(self, colour: str, alpha: float = 1.0) -> skia.Paint:
        """Return the paint of what takes no light: rain, sparks; black or white where there is no colour."""
        if self.style.mode not in _COLOURED:
            colour = self.style.paper_colour if luminance(colour) > 0.5 else self.style.ink
        return skia.Paint(AntiAlias=True, Color=argb(colour, alpha))

    def _tone(self, paint: skia.Paint, seen: str, alpha: float = 1.0) -> None:
        style = self.style
        share = tones.ink_share(seen)
        if style.mode is ColourMode.INK and 0.0 < share < 1.0:
            share = 0.0 if not tones.is_hatched(seen) else 0.5
        if share in (0.0, 1.0) and (alpha == 1.0 or share == 0.0):
            paint.setColor(argb(style.ink if share else style.paper_colour, alpha))
            return
        paper = style.paper_colour if alpha == 1.0 else None
        if style.mode is ColourMode.INK:
            shader = tones.hatch_shader(style.ink, paper)
        else:
            shader = tones.dot_shader(round(share * alpha, 2), style.dot_pitch_px, style.ink, paper)
        inverse = skia.Matrix()
        if self.canvas.getTotalMatrix().invert(inverse):
            shader = shader.makeWithLocalMatrix(inverse)
        paint.setShader(shader)

    def ink_paint(self, colour: str | None = None) -> skia.Paint:
        """Return the paint of a line; ``colour`` is what the line bounds."""
        style = self.style
        if self._ink is not None:
            return self.raw(self._ink)
        ink = style.ink
        if style.mode in _COLOURED:
            if colour is not None:
                ink = mix(ink, darker(self.seen_colour(colour), 0.5), style.coloured_lines)
            ink = mix(ink, self.light.haze, 0.75 * self.light.haze_strength * self.distance)
        return skia.Paint(AntiAlias=True, Color=argb(ink))

    # --- marks ---------------------------------------------------------------------------------------

    def fill(self, path: skia.Path, colour: str, alpha: float = 1.0) -> None:
        """Fill a shape, without outline or shadow."""
        if self._halo_px:
            return
        self.canvas.drawPath(path, self.paint(colour, alpha))

    def shape(self, path: skia.Path, colour: str, *, line: float = 1.0, shadow: float = 0.0) -> None:
        """Draw an inked shape: outline, fill, and a cel shadow that reaches ``shadow`` into it."""
        if self._halo_px:
            paint = self.raw("#ffffff")
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeJoin(skia.Paint.kRound_Join)
            paint.setStrokeWidth(2 * self._halo_px / self.scale)
            self.canvas.drawPath(path, paint)
            return
        self.outline(path, colour, line)
        base = self.paint(colour)
        if self.style.softness and self.style.mode is ColourMode.COLOUR:
            self._soften(base, path, colour)
            self.canvas.drawPath(path, base)
        elif shadow and self.style.shade:
            self._cel(path, colour, base, shadow)
        else:
            self.canvas.drawPath(path, base)
        if shadow and self.lit_edges and self.style.mode is ColourMode.COLOUR:
            self._rim(path, shadow)

    def outline(self, path: skia.Path, colour: str | None = None, line: float = 1.0) -> None:
        """Ink the edge of a shape, heavier on the side away from the light."""
        width = self.line_px * line / self.scale
        if width <= 0 or self._halo_px:
            return
        paint = self.ink_paint(colour)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint.setStrokeWidth(width * 1.3)
        self.canvas.drawPath(path, paint)
        self.canvas.save()
        self.canvas.translate(-self._sun * width * _HEAVY_SIDE[0], width * _HEAVY_SIDE[1])
        self.canvas.drawPath(path, paint)
        self.canvas.restore()

    def _trembled(self, points: Sequence[Point]) -> list[Point]:
        """Move the joints of a background line a little, another way for each line, as a hand does."""
        reach = self.style.wobble / self.scale
        moved = []
        for x, y in points:
            self._strokes += 1
            moved.append((x + reach * sin(self._strokes * 12.9898), y + reach * sin(self._strokes * 78.233)))
        return moved

    def _cel(self, path: skia.Path, colour: str, base: skia.Paint, reach: float) -> None:
        self.canvas.drawPath(path, self.paint(darker(colour, 0.55 * self.style.shade)))
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        self.canvas.translate(self._sun * reach, -reach * 0.55)
        self.canvas.drawPath(path, base)
        self.canvas.restore()

    def _soften(self, paint: skia.Paint, path: skia.Path, colour: str) -> None:
        bounds = path.getBounds()
        soft = self.style.softness
        top = self.seen_colour(lighter(colour, 0.16 * soft))
        low = self.seen_colour(darker(colour, 0.34 * soft))
        across = 0.3 * bounds.width() * self._sun
        middle = (bounds.left() + bounds.right()) / 2
        paint.setShader(
            skia.GradientShader.MakeLinear(
                [
                    skia.Point(middle + across, bounds.top()),
                    skia.Point(middle - across, bounds.bottom()),
                ],
                [argb(top), argb(low)],
            )
        )

    def _rim(self, path: skia.Path, reach: float) -> None:
        """Light the edge towards the moon or the lamp."""
        if self.light.rim is None:
            return
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        shift = skia.Matrix.Translate(-self._sun * reach * _RIM_SHARE, reach * _RIM_SHARE * 0.5)
        rest = skia.Path(path)
        rest.transform(shift)
        self.canvas.clipPath(rest, skia.ClipOp.kDifference, True)
        self.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=argb(self.light.rim, 0.6)))
        self.canvas.restore()

    def line(
        self, points: Sequence[Point], width: float = 1.0, *, colour: str | None = None, tail: float = 0.2
    ) -> None:
        """Draw an ink stroke that swells in the middle; ``width`` is a factor on the style's line."""
        if self._halo_px:
            return
        if self.distance and self.style.wobble:
            points = self._trembled(points)
        path = tapered(points, max(self.line_px, 0.9) * width / self.scale, tail=tail)
        self.canvas.drawPath(path, self.ink_paint(colour))

    def stroke(self, path: skia.Path, width: float, colour: str, alpha: float = 1.0) -> None:
        """Stroke a path with paint; ``width`` in local units."""
        if self._halo_px:
            return
        paint = self.paint(colour, alpha)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(path, paint)

    def glow(self, at: Point, radius: float, colour: str, strength: float = 1.0) -> None:
        """Let light bloom around a point; nothing where the style has no glow."""
        alpha = min(self.style.glow * strength, 1.0)
        if alpha <= 0 or self.style.mode not in _COLOURED:
            return
        shader = skia.GradientShader.MakeRadial(
            skia.Point(*at), radius, [argb(colour, alpha), argb(colour, alpha * 0.35), argb(colour, 0.0)]
        )
        paint = skia.Paint(AntiAlias=True, Shader=shader, BlendMode=skia.BlendMode.kScreen)
        self.canvas.drawCircle(*at, radius, paint)

    def gradient(self, area: Rect, top: str, bottom: str, alpha: tuple[float, float] = (1.0, 1.0)) -> None:
        """Fill an area from top to bottom; bands of tone where the style has no colour."""
        if self.style.mode not in _COLOURED:
            self._tone_gradient(area, top, bottom, alpha)
            return
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(0, area.y0), skia.Point(0, area.y1)], [argb(top, alpha[0]), argb(bottom, alpha[1])]
        )
        rect = skia.Rect(area.x0, area.y0, area.x1, area.y1)
        self.canvas.drawRect(rect, skia.Paint(Shader=shader))

    def _tone_gradient(self, area: Rect, top: str, bottom: str, alpha: tuple[float, float]) -> None:
        if min(alpha) < 1.0:
            return
        steps = _TONE_STEPS if luminance(top) != luminance(bottom) else 1
        for step in range(steps):
            paint = skia.Paint(AntiAlias=False)
            colour = mix(top, bottom, (step + 0.5) / steps)
            self._tone(paint, mix(colour, "#ffffff", _PAPER_TONE * self.lift))
            (_, y0), (_, y1) = area.at(0, step / steps), area.at(0, (step + 1) / steps)
            self.canvas.drawRect(skia.Rect(area.x0, round(y0), area.x1, round(y1)), paint)


def daylight(light: Light) -> Light:
    """Return a light that leaves colours as they are: for screens, flames and whatever glows itself."""
    return replace(light, tint=(1.0, 1.0, 1.0), saturation=1.0)
