"""Balloons, captions and signs: outlines with curved tails, and the letters in them."""

import math
import random
from dataclasses import dataclass

import skia

from models.drawing.art.geometry import Point, Rect
from models.drawing.dice import dice
from models.drawing.frames import grown
from models.drawing.style import Style
from models.drawing.typography import LEADING, TextBlock, font, oval_radii

# A cubic quarter with this handle follows the superellipse of exponent 2.5 (a circle has 0.552).
_HANDLE = 0.688
_PADDING = 0.5  # air around letters, in font sizes
_SPIKE = 1.2  # a shout's outline reaches this far beyond its oval
_PUFF = 1.14  # and a thought's cloud this far
_TAIL_BASE = 0.42  # width of a tail at the balloon, in font sizes doubled by hand
_TAIL_GAP_PX = 5.0  # between the tip of a tail and the head
_LEAST_TAIL = 0.85  # in font sizes
_LEAST_RADIUS_PX = 1.0  # of the point that a voice without a head comes from
_STEPS = 48  # points tried on the way to the mouth
_CAPTION_PADDING = 0.42
_SIGN_FILL, _SIGN_EDGE, _SIGN_INK = "#e9d3a3", "#6b4a2b", "#3a2414"


@dataclass(frozen=True, slots=True)
class Balloon:
    """A balloon to draw: words, place, voice, and where its tail points.

    ``head`` keeps the tip of the tail off the speaker's face; both are None for a voice without tail.
    """

    block: TextBlock
    rect: Rect
    mood: str
    mouth: Point | None
    head: Rect | None
    boxy: bool = False  # machines speak in boxes


def balloon_size(block: TextBlock, mood: str, *, boxy: bool) -> tuple[float, float]:
    """Return width and height in pixels of the balloon around a block, without its tail."""
    padding = block.font_px * _PADDING
    if boxy:
        return block.width + 2.6 * padding, block.height + 2.2 * padding
    half_width, half_height = oval_radii(block, padding)
    reach = {"shout": _SPIKE, "thought": _PUFF}.get(mood, 1.0)
    return 2 * half_width * reach, 2 * half_height * reach


def caption_size(block: TextBlock) -> tuple[float, float]:
    """Return width and height in pixels of the box around a caption or sign."""
    padding = block.font_px * _CAPTION_PADDING
    return block.width + 2.4 * padding, block.height + 1.6 * padding


def draw_balloon(canvas: skia.Canvas, balloon: Balloon, style: Style, *, seed: int) -> None:
    """Draw outline, tail and letters of a balloon."""
    outline = _outline(balloon, seed)
    bubbles: list[tuple[Point, float]] = []
    if balloon.mouth is not None:
        tip = tail_tip(balloon.rect, balloon.mouth, balloon.head, balloon.block.font_px * _LEAST_TAIL)
        if balloon.mood == "thought":
            bubbles = _bubbles(balloon.rect, tip, balloon.block.font_px)
        else:
            outline = skia.Op(outline, _tail(balloon, tip), skia.PathOp.kUnion_PathOp) or outline
    canvas.drawPath(outline, _fill(style.balloon_fill))
    canvas.drawPath(outline, _stroke(style, balloon.mood))
    for (x, y), radius in bubbles:
        canvas.drawCircle(x, y, radius, _fill(style.balloon_fill))
        canvas.drawCircle(x, y, radius, _stroke(style, "plain"))
    draw_lines(canvas, balloon.block, balloon.rect.center, style.balloon_ink)


def draw_caption(canvas: skia.Canvas, block: TextBlock, rect: Rect, style: Style) -> None:
    """Draw a narrator's box."""
    box = skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1)
    canvas.drawRect(box, _fill(style.caption_fill))
    canvas.drawRect(box, _stroke(style, "plain"))
    draw_lines(canvas, block, rect.center, style.caption_ink)


def draw_sign(canvas: skia.Canvas, block: TextBlock, rect: Rect, *, grey: bool) -> None:
    """Draw a board with words, as it hangs in the scene; ``grey`` for books without colour."""
    box = skia.RRect(skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1), 5, 5)
    edge = skia.Paint(Color=_colour("#111111" if grey else _SIGN_EDGE), AntiAlias=True)
    edge.setStyle(skia.Paint.kStroke_Style)
    edge.setStrokeWidth(block.font_px * 0.16)
    canvas.drawRRect(box, _fill("#f4f4f4" if grey else _SIGN_FILL))
    canvas.drawRRect(box, edge)
    for x in (rect.x0 + 8, rect.x1 - 8):
        canvas.drawCircle(x, rect.y0 + 8, 2.2, skia.Paint(Color=_colour(_SIGN_INK), AntiAlias=True))
    draw_lines(canvas, block, rect.center, "#111111" if grey else _SIGN_INK)


def draw_lines(canvas: skia.Canvas, block: TextBlock, middle: Point, ink: str) -> None:
    """Draw centred lines around a point."""
    face = font(block.font_name, block.font_px)
    metrics = face.getMetrics()
    pitch = block.font_px * LEADING
    # Capitals carry no descenders: centre on the band from cap height to baseline.
    cap = metrics.fCapHeight or 0.7 * block.font_px
    first = middle[1] - (len(block.lines) - 1) * pitch / 2 + cap / 2
    paint = _fill(ink)
    for k, (line, width) in enumerate(zip(block.lines, block.widths, strict=True)):
        canvas.drawString(line, middle[0] - width / 2, first + k * pitch, face, paint)


def tail_tip(rect: Rect, mouth: Point, head: Rect | None, least_px: float) -> Point:
    """Return where a tail ends: on the way to the mouth, just outside the head.

    Args:
        rect: The balloon.
        mouth: Where its voice comes from.
        head: What the tip should stay off, None for a voice from outside the picture.
        least_px: A balloon right beside a head shows at least so much tail, over hair or ears.
    """
    (ax, ay), (bx, by) = rect.center, mouth
    wall = grown(head, _TAIL_GAP_PX) if head is not None else Rect.around(mouth, 0.0, 0.0)
    share = next(
        (k / _STEPS for k in range(_STEPS + 1) if _inside(wall, _along(rect, mouth, k / _STEPS))), 1.0
    )
    least = _rim_share(rect, mouth) + least_px / (math.hypot(bx - ax, by - ay) or 1.0)
    return _along(rect, mouth, min(max(share, least), 1.0))


def _along(rect: Rect, point: Point, share: float) -> Point:
    """Return the point at a share of the way from the middle of a balloon."""
    (ax, ay), (bx, by) = rect.center, point
    return ax + (bx - ax) * share, ay + (by - ay) * share


def _inside(rect: Rect, point: Point) -> bool:
    """Say whether a point lies in the ellipse of a rectangle: a head is rounder than its box."""
    dx, dy = point[0] - rect.center[0], point[1] - rect.center[1]
    half_width, half_height = max(rect.width / 2, _LEAST_RADIUS_PX), max(rect.height / 2, _LEAST_RADIUS_PX)
    return (dx / half_width) ** 2 + (dy / half_height) ** 2 < 1


def oval(rect: Rect) -> skia.Path:
    """Return the superellipse that fills a rectangle."""
    (cx, cy), a, b = rect.center, rect.width / 2, rect.height / 2
    k = _HANDLE
    path = skia.Path()
    path.moveTo(cx + a, cy)
    for (x1, y1), (x2, y2), (x3, y3) in (
        ((1, k), (k, 1), (0, 1)),
        ((-k, 1), (-1, k), (-1, 0)),
        ((-1, -k), (-k, -1), (0, -1)),
        ((k, -1), (1, -k), (1, 0)),
    ):
        path.cubicTo(cx + a * x1, cy + b * y1, cx + a * x2, cy + b * y2, cx + a * x3, cy + b * y3)
    path.close()
    return path


def _outline(balloon: Balloon, seed: int) -> skia.Path:
    rect = balloon.rect
    if balloon.boxy:
        path = skia.Path()
        path.addRRect(skia.RRect(skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1), 7, 7))
        return path
    if balloon.mood == "shout":
        return _burst(rect, dice(seed))
    return _cloud(rect, balloon.block.font_px) if balloon.mood == "thought" else oval(rect)


def _ring(rect: Rect, angle: float, reach: float) -> Point:
    """Return a point of the superellipse inscribed in a rectangle, moved out by a factor."""
    power = 2 / 2.5
    cos, sin = math.cos(angle), math.sin(angle)
    x = math.copysign(abs(cos) ** power, cos) * rect.width / 2 * reach
    y = math.copysign(abs(sin) ** power, sin) * rect.height / 2 * reach
    return rect.center[0] + x, rect.center[1] + y


def _burst(rect: Rect, rng: random.Random) -> skia.Path:
    """A star of uneven spikes whose valleys stay outside the words."""
    spikes = max(11, round((rect.width + rect.height) / 38))
    valley = 1 / _SPIKE * 1.02
    path = skia.Path()
    for k in range(spikes):
        angle = 2 * math.pi * (k + rng.uniform(-0.12, 0.12)) / spikes
        middle = 2 * math.pi * (k + 0.5) / spikes
        tip = _ring(rect, angle, rng.uniform(0.93, 1.0))
        if k == 0:
            path.moveTo(*tip)
        else:
            path.lineTo(*tip)
        path.lineTo(*_ring(rect, middle, valley))
    path.close()
    return path


def _cloud(rect: Rect, font_px: float) -> skia.Path:
    core = grown(rect, -font_px * 0.45)
    path = oval(core)
    girth = math.pi * (core.width + core.height) / 2
    puffs = max(8, round(girth / (font_px * 2.1)))
    radius = girth / puffs * 0.62
    for k in range(puffs):
        x, y = _ring(core, 2 * math.pi * k / puffs, 1.0)
        x = min(max(x, rect.x0 + radius), rect.x1 - radius)
        y = min(max(y, rect.y0 + radius), rect.y1 - radius)
        puff = skia.Path()
        puff.addCircle(x, y, radius)
        path = skia.Op(path, puff, skia.PathOp.kUnion_PathOp) or path
    return path


def _bubbles(rect: Rect, tip: Point, font_px: float) -> list[tuple[Point, float]]:
    """Shrinking circles from the rim of a thought towards the thinker."""
    (ax, ay), (bx, by) = rect.center, tip
    start = _rim_share(rect, tip)
    if (1 - start) * math.hypot(bx - ax, by - ay) < font_px:
        return []  # the cloud all but touches the thinker
    shares = (start + (1 - start) * part for part in (0.18, 0.52, 0.82))
    radii = (font_px * 0.36, font_px * 0.26, font_px * 0.17)
    return [((ax + (bx - ax) * s, ay + (by - ay) * s), r) for s, r in zip(shares, radii, strict=True)]


def _rim_share(rect: Rect, point: Point) -> float:
    """Return which share of the way from the middle to a point lies inside the balloon."""
    dx, dy = abs(point[0] - rect.center[0]), abs(point[1] - rect.center[1])
    reach = (dx / (rect.width / 2)) ** 2 + (dy / (rect.height / 2)) ** 2
    return min(1 / math.sqrt(reach), 1.0) if reach > 0 else 1.0


def _tail(balloon: Balloon, tip: Point) -> skia.Path:
    """A tapering curve that leaves the balloon steeply and bends towards the tip."""
    cx, cy = balloon.rect.center
    length = math.hypot(tip[0] - cx, tip[1] - cy) or 1.0
    base = min(balloon.block.font_px * _TAIL_BASE, balloon.rect.height * 0.2, balloon.rect.width * 0.2)
    bend = (cx + (tip[0] - cx) * 0.32, cy + (tip[1] - cy) * 0.68)
    nx, ny = -(tip[1] - cy) / length * base, (tip[0] - cx) / length * base
    path = skia.Path()
    path.moveTo(cx + nx, cy + ny)
    path.quadTo(bend[0] + nx * 0.8, bend[1] + ny * 0.8, *tip)
    path.quadTo(bend[0] - nx * 0.8, bend[1] - ny * 0.8, cx - nx, cy - ny)
    path.close()
    return path


def _colour(value: str) -> int:
    return 0xFF000000 | int(value.lstrip("#"), 16)


def _fill(value: str) -> skia.Paint:
    return skia.Paint(Color=_colour(value), AntiAlias=True)


def _stroke(style: Style, mood: str) -> skia.Paint:
    paint = skia.Paint(Color=_colour(style.balloon_ink), AntiAlias=True)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(style.balloon_line_px * (1.35 if mood == "shout" else 1.0))
    paint.setStrokeJoin(skia.Paint.kMiter_Join if mood == "shout" else skia.Paint.kRound_Join)
    if mood == "whisper":
        paint.setPathEffect(skia.DashPathEffect.Make([7.0, 5.0], 0.0))
    return paint
