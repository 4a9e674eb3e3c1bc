"""Paint one scene into one frame."""

from collections.abc import Mapping

import skia

from models.drawing.art.geometry import Rect
from models.drawing.art.painted import PaintedFigure, PaintedScene
from models.drawing.scene import Design, Scene, Shot
from models.drawing.style import Style

_HEAD_SHARE = {Shot.CLOSE_UP: 0.5, Shot.MEDIUM: 0.28, Shot.WIDE: 0.12, Shot.DETAIL: 0.8}


def paint_scene(
    canvas: skia.Canvas, scene: Scene, frame: Rect, *, cast: Mapping[str, Design], style: Style, seed: int
) -> PaintedScene:
    """Paint a scene into a frame of the canvas; the caller has set the clip."""
    sky = skia.Paint(Color=0xFFBFE3F2, AntiAlias=True)
    canvas.drawRect(skia.Rect(frame.x0, frame.y0, frame.x1, frame.y1), sky)
    figures = []
    for actor in scene.actors:
        size = _HEAD_SHARE.get(scene.shot, 0.3) * frame.height
        x, y = frame.at(actor.x, 0.5)
        head = Rect.around((x, y), size * 0.9, size)
        body = Rect(x - size, head.y0, x + size, frame.y1)
        paint = skia.Paint(Color=0xFFB05030, AntiAlias=True)
        canvas.drawRect(skia.Rect(x - size * 0.6, y, x + size * 0.6, frame.y1), paint)
        paint = skia.Paint(Color=0xFFF2C9A0, AntiAlias=True)
        canvas.drawOval(skia.Rect(head.x0, head.y0, head.x1, head.y1), paint)
        figures.append(PaintedFigure(actor.character, head, body, (x, y + size * 0.25)))
    quiet = Rect(frame.x0, frame.y0, frame.x1, frame.y0 + frame.height * 0.25)
    return PaintedScene(tuple(figures), (quiet,))
