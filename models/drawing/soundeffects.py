"""Sound effects: big outlined letters that dance along a rising line."""

from dataclasses import dataclass

import skia

from models.drawing.art.geometry import Point
from models.drawing.dice import dice
from models.drawing.typography import font, font_for

# Fills that stand out of any scene; a dark and a light outline keep them legible everywhere.
_FILLS = ("#ffd23f", "#ff6b35", "#f2f230", "#ff4d6d", "#7be0ff", "#ffffff")
_DARK, _LIGHT = "#141414", "#ffffff"
_TRACKING = 0.03


@dataclass(frozen=True, slots=True)
class SoundEffect:
    """Letters as one outline around the origin, with the room they need in pixels (outlines included)."""

    path: skia.Path
    size: tuple[float, float]
    outline_px: float
    fill: str


def shape_effect(text: str, wanted_font: str, size_px: float, *, grey: bool, seed: int) -> SoundEffect:
    """Compose the letters of a sound effect.

    Args:
        text: The noise.
        wanted_font: Display font; Japanese and Korean letters bring their own.
        size_px: Font size of the largest letter.
        grey: For books without colour.
        seed: Decides tilt, rise and colour.
    """
    rng = dice(seed)
    tilt, swell = rng.uniform(-11.0, 7.0), rng.choice((-0.25, 0.25))
    path, at = skia.Path(), 0.0
    name = font_for(text, wanted_font)
    for k, letter in enumerate(text):
        share = k / max(len(text) - 1, 1)
        face = font(name, size_px * (1 - abs(swell) + abs(swell) * (share if swell > 0 else 1 - share)))
        glyph = face.getPath(face.unicharToGlyph(ord(letter)))
        if glyph is not None and letter != " ":
            place = skia.Matrix()
            place.preTranslate(at, rng.uniform(-0.06, 0.06) * size_px)
            place.preRotate(rng.uniform(-5.0, 5.0))
            path.addPath(glyph, place)
        at += float(face.measureText(letter)) + _TRACKING * size_px
    turned = skia.Path()
    path.transform(skia.Matrix.RotateDeg(tilt), turned)
    box = turned.computeTightBounds()
    turned.offset(-box.centerX(), -box.centerY())
    outline = max(size_px * 0.13, 4.0)
    fill = _LIGHT if grey else rng.choice(_FILLS)
    room = 2 * outline
    return SoundEffect(turned, (box.width() + room, box.height() + room), outline, fill)


def draw_effect(canvas: skia.Canvas, effect: SoundEffect, middle: Point) -> None:
    """Draw a sound effect around a point: light halo, dark outline, fill."""
    canvas.save()
    canvas.translate(*middle)
    for colour, share in ((_LIGHT, 2.0), (_DARK, 1.15)):
        paint = skia.Paint(Color=_argb(colour), AntiAlias=True)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint.setStrokeWidth(effect.outline_px * share)
        canvas.drawPath(effect.path, paint)
    canvas.drawPath(effect.path, skia.Paint(Color=_argb(effect.fill), AntiAlias=True))
    canvas.restore()


def _argb(value: str) -> int:
    return 0xFF000000 | int(value.lstrip("#"), 16)
