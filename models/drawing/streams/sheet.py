"""One page on the board: pictures, boxes and type, every printed line noted down."""

import random
from collections.abc import Sequence
from dataclasses import replace as replaced

import numpy as np
import skia

from models.drawing.art.geometry import Rect
from models.drawing.streams.looks import Look
from models.drawing.typography import LEADING, font_for, typeface
from schemas.geometry import Box, Polygon
from schemas.records import RgbImage, TextLine

_LEAST_LINE_PX = 4.0
_BALLOON_AIR = 0.55


class Sheet:
    """A page of a book while it is drawn."""

    def __init__(self, look: Look, rng: random.Random, size_px: tuple[int, int] | None = None) -> None:
        self.look = look
        self.rng = rng
        self.width, self.height = size_px or look.size_px
        self._surface = skia.Surface(self.width, self.height)
        self.canvas = self._surface.getCanvas()
        self.canvas.clear(colour(look.paper))
        self._lines: list[TextLine] = []

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """What is printed so far."""
        return tuple(self._lines)

    @property
    def live(self) -> Rect:
        """The page within its margins."""
        margin = 0.06 * self.width
        return Rect(margin, margin, self.width - margin, self.height - margin)

    def picture(self) -> RgbImage:
        """Return the page as it stands."""
        pixels = self._surface.makeImageSnapshot().toarray(colorType=skia.kRGB_888x_ColorType)
        return np.ascontiguousarray(pixels[..., :3])

    def part(self, x0: float, y0: float, x1: float, y1: float) -> Rect:
        """Return a part of the page given in shares of its sides."""
        return Rect(x0 * self.width, y0 * self.height, x1 * self.width, y1 * self.height)

    def box(self, rect: Rect, fill: str | None, *, line_px: float = 0.0, radius: float = 0.0) -> None:
        """Draw a rectangle, filled, lined or both."""
        shape = skia.RRect(skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1), radius, radius)
        if fill is not None:
            self.canvas.drawRRect(shape, skia.Paint(Color=colour(fill), AntiAlias=True))
        if line_px > 0:
            self.canvas.drawRRect(shape, _pen(self.look.ink, line_px))

    def paste(self, art: RgbImage, polygon: Polygon, *, line_px: float = 0.0) -> None:
        """Fill a polygon with a picture, cut to its shape, and draw its frame."""
        path = skia.Path()
        path.addPoly([skia.Point(x, y) for x, y in polygon], True)
        bounds = path.getBounds()
        self.canvas.save()
        self.canvas.clipPath(path, True)
        rgba = np.dstack([art, np.full(art.shape[:2], 255, np.uint8)])
        image = skia.Image.fromarray(np.ascontiguousarray(rgba), colorType=skia.kRGBA_8888_ColorType)
        self.canvas.drawImageRect(image, bounds, skia.SamplingOptions(skia.FilterMode.kLinear))
        self.canvas.restore()
        if line_px > 0:
            self.canvas.drawPath(path, _pen(self.look.ink, line_px))

    def lay(self, rgba: RgbImage, rect: Rect) -> None:
        """Lay a picture with alpha (not premultiplied) into a rectangle."""
        image = skia.Image.fromarray(
            np.ascontiguousarray(rgba),
            colorType=skia.kRGBA_8888_ColorType,
            alphaType=skia.kUnpremul_AlphaType,
        )
        place = skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1)
        self.canvas.drawImageRect(image, place, skia.SamplingOptions(skia.FilterMode.kLinear))

    def fade(self, rect: Rect, above: str, below: str) -> None:
        """Fill a rectangle with a gradient from its top to its foot."""
        ends = [skia.Point(0, rect.y0), skia.Point(0, rect.y1)]
        shader = skia.GradientShader.MakeLinear(ends, [colour(above), colour(below)])
        self.canvas.drawRect(skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1), skia.Paint(Shader=shader))

    def text(  # noqa: PLR0913 (a line of type has as many sides)
        self,
        words: str,
        rect: Rect,
        size_px: float,
        *,
        font: str = "",
        ink: str = "",
        align: str = "center",
        edge: str = "",
    ) -> float:
        """Set words into a rectangle from its top, as many lines as fit; return where they end."""
        name = font_for(words, font or self.look.speech_font)
        face = _face(name, size_px, self.look.stretch)
        pitch, top = size_px * LEADING, rect.y0
        for line in wrapped(words, face, rect.width):
            if top + pitch > rect.y1 + 1:
                break
            self._set(line, face, (rect, top), ink=ink or self.look.ink, align=align, edge=edge)
            top += pitch
        return top

    def _set(
        self, line: str, face: skia.Font, place: tuple[Rect, float], *, ink: str, align: str, edge: str
    ) -> None:
        rect, top = place
        width, size = face.measureText(line), face.getSize()
        x = {"center": (rect.x0 + rect.x1 - width) / 2, "right": rect.x1 - width}.get(align, rect.x0)
        if edge:
            pen = _pen(edge, size * 0.16)
            self.canvas.drawString(line, x, top + size * 0.92, face, pen)
        self.canvas.drawString(
            line, x, top + size * 0.92, face, skia.Paint(Color=colour(ink), AntiAlias=True)
        )
        self._note(line, Rect(x, top + size * 0.15, x + width, top + size * 1.12))

    def _note(self, words: str, rect: Rect) -> None:
        if not words.strip() or rect.y1 - rect.y0 < _LEAST_LINE_PX:
            return
        box = Box.clipped(
            rect.x0 / self.width, rect.y0 / self.height, rect.x1 / self.width, rect.y1 / self.height
        )
        if box.width > 0 and box.height > 0:
            self._lines.append(TextLine(box, words.strip(), 0.9))

    def logo(self, words: str, rect: Rect, *, ink: str = "", edge: str = "") -> float:
        """Set a title as large as a rectangle allows, on one or two lines; return where it ends."""
        name = font_for(words, self.look.logo_font)
        parts = _halves(words) if rect.width / max(rect.height, 1) < 0.45 * len(words) * 0.6 else [words]
        widest = max(_face(name, 100.0, self.look.stretch).measureText(part) for part in parts)
        size = min(100.0 * rect.width / max(widest, 1.0), rect.height / (len(parts) * LEADING))
        top = rect.y0
        for part in parts:
            place = Rect(rect.x0, top, rect.x1, top + size * LEADING + 2)
            top = self.text(
                part, place, size * 0.98, font=self.look.logo_font, ink=ink or self.look.accent, edge=edge
            )
        return top

    def column(self, paragraphs: Sequence[str], rect: Rect, size_px: float, *, ink: str = "") -> float:
        """Set running text, ragged right; return where it ends."""
        top = rect.y0
        for paragraph in paragraphs:
            if top + size_px * LEADING > rect.y1:
                break
            room = Rect(rect.x0, top, rect.x1, rect.y1)
            top = self.text(paragraph, room, size_px, font=self.look.prose_font, ink=ink, align="left")
            top += size_px * self.look.gutter * 20
        return top

    def balloon(self, words: str, middle: tuple[float, float], room: float, *, square: bool = False) -> None:
        """Draw a balloon or a caption box around words, about a point, at most so wide."""
        size = self.look.lettering * self.width
        said = words.upper() if self.look.caps else words
        face = _face(font_for(said, self.look.speech_font), size, self.look.stretch)
        lines = wrapped(said, face, max(room, size * 4))[:7]
        wide = max(face.measureText(line) for line in lines)
        tall = len(lines) * size * LEADING
        air = size * _BALLOON_AIR * (1 if square else 2)
        rect = _within(Rect.around(middle, wide + 2 * air, tall + 2 * air), self.width, self.height)
        fill = self.look.caption_fill if square else "#ffffff"
        ink = "#f4f4f4" if fill == "#222222" else "#111111"
        self.box(
            rect,
            fill,
            line_px=max(1.0, self.look.border_px * 0.7),
            radius=0 if square else min(rect.width, rect.height) * 0.42,
        )
        inner = Rect(rect.x0 + air, rect.y0 + air, rect.x1 - air + 1, rect.y1)
        self.text(" ".join(lines), inner, size, ink=ink)


def colour(value: str) -> int:
    """Return ``#rrggbb`` as Skia takes it."""
    return 0xFF000000 | int(value.lstrip("#"), 16)


def wrapped(words: str, face: skia.Font, width: float) -> list[str]:
    """Break words into lines; a language without spaces is broken anywhere."""
    if " " not in words and face.measureText(words) > width:
        step = max(1, int(len(words) * width / face.measureText(words)))
        return [words[start : start + step] for start in range(0, len(words), step)]
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.measureText(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def frame(rect: Rect) -> Polygon:
    """Return a rectangle as a polygon."""
    return ((rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1))


def inset(rect: Rect, by: float) -> Rect:
    """Return a rectangle with its sides moved in."""
    return replaced(rect, x0=rect.x0 + by, y0=rect.y0 + by, x1=rect.x1 - by, y1=rect.y1 - by)


def _within(rect: Rect, width: int, height: int) -> Rect:
    """Move a rectangle into the page."""
    dx = max(2 - rect.x0, 0) - max(rect.x1 - width + 2, 0)
    dy = max(2 - rect.y0, 0) - max(rect.y1 - height + 2, 0)
    return Rect(rect.x0 + dx, rect.y0 + dy, rect.x1 + dx, rect.y1 + dy)


def _halves(words: str) -> list[str]:
    parts = words.split()
    middle = (len(parts) + 1) // 2
    return [" ".join(parts[:middle]), " ".join(parts[middle:])] if len(parts) > 1 else [words]


def _pen(ink: str, width_px: float) -> skia.Paint:
    pen = skia.Paint(Color=colour(ink), AntiAlias=True)
    pen.setStyle(skia.Paint.kStroke_Style)
    pen.setStrokeWidth(width_px)
    return pen


def _face(name: str, size_px: float, stretch: float) -> skia.Font:
    face = skia.Font(typeface(name), max(size_px, 2.0))
    face.setScaleX(stretch)
    face.setSubpixel(True)
    face.setEdging(skia.Font.Edging.kAntiAlias)
    return face
