"""What is printed beside the story: title logos, credits, advertisements, prose, back covers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import skia

from models.drawing.art.geometry import Rect
from models.drawing.balloons import draw_lines
from models.drawing.dice import dice
from models.drawing.frames import bounds, pixel_box, shared_area
from models.drawing.layout import BOTTOM_MARGIN, MARGIN
from models.drawing.lettering import LetteringError, LetteringStyle
from models.drawing.placement import Ground, Item, Wish, place
from models.drawing.scene import PageScript
from models.drawing.typography import LEADING, TextBlock, font, font_for, text_width, wrap_box, wrap_left
from schemas.geometry import Polygon
from schemas.labels import PageType, PixelBox, TextKind, TextLabel

_LOGO_WIDTH, _LOGO_HEIGHT = 0.86, 0.2  # largest share of the page
_LOGO_FILL, _LOGO_EDGE = "#ffd23f", "#141414"
_BURST_FILL = "#e63946"
_PROSE, _SMALLEST_PROSE = 1.3, 0.7  # font sizes, shares of that of speech
# Font sizes, shares of that of speech: an advertisement speaks louder.
_PITCH, _CREDIT = 1.45, 1.25
_COLUMN_GAP = 0.045
_TITLE_SHARES = (0.085, 0.07, 0.058, 0.046)  # font sizes of a chapter title, shares of the page width


@dataclass(frozen=True, slots=True)
class Printed:
    """Words on a page that no panel script asked for; ``panel`` is the frame they lie in, if any."""

    text: str
    rect: Rect
    panel: int | None

    def label(self, page_px: tuple[int, int]) -> TextLabel:
        """Return the ground truth of the words."""
        box: PixelBox = pixel_box(self.rect, page_px)
        return TextLabel(TextKind.CAPTION, self.text, box)


@dataclass(frozen=True, slots=True)
class _Desk:
    canvas: skia.Canvas
    page: PageScript
    polygons: Sequence[Polygon]
    heads: tuple[Rect, ...]
    look: LetteringStyle

    @property
    def live(self) -> Rect:
        """The page within its margins."""
        width, height = self.look.page_px
        margin = MARGIN * width
        return Rect(margin, margin, width - margin, height - BOTTOM_MARGIN * width)

    @property
    def ink(self) -> str:
        return self.look.style.balloon_ink

    def text(self, words: str, font_name: str, size_px: float, max_width_px: float) -> TextBlock:
        return wrap_box(words, font_for(words, font_name), size_px, max_width_px)

    def center(self, block: TextBlock, top: float, *, ink: str | None = None, x: float | None = None) -> Rect:
        """Draw a block centred under a height and return where it lies."""
        middle = self.live.center[0] if x is None else x
        rect = Rect.around((middle, top + block.height / 2), block.width, block.height)
        draw_lines(self.canvas, block, rect.center, ink or self.ink)
        return rect


def draw_matter(
    canvas: skia.Canvas,
    page: PageScript,
    polygons: Sequence[Polygon],
    heads: tuple[Rect, ...],
    look: LetteringStyle,
) -> tuple[Printed, ...]:
    """Draw heading and body of a page as its type asks.

    Args:
        canvas: The page, panels already drawn.
        page: Its script.
        polygons: The panels in pixels.
        heads: What must not be covered.
        look: Fonts and sizes.

    Raises:
        LetteringError: The words do not fit the page.
    """
    if not page.heading and not page.body:
        return ()
    return _PRINTERS.get(page.page_type, _chapter_title)(_Desk(canvas, page, polygons, heads, look))


def _cover(desk: _Desk) -> tuple[Printed, ...]:
    page, (width, height) = desk.page, desk.look.page_px
    block = _fitted(desk.page.heading, desk.look.style.sfx_font, width * _LOGO_WIDTH, height * _LOGO_HEIGHT)
    logo = Rect.around((width / 2, MARGIN * width + block.height / 2), block.width, block.height)
    _draw_logo(desk, block, logo)
    printed = [Printed(page.heading, logo, 0)]
    issue, blurbs = page.body[:1], page.body[1:]
    for words in issue:
        tag = desk.text(words, "dialogue", width * 0.024, width * 0.3)
        spot = Rect(
            MARGIN * width, logo.y1 + 10, MARGIN * width + tag.width + 24, logo.y1 + 10 + tag.height + 14
        )
        _draw_box(desk, spot, "#ffffff")
        draw_lines(desk.canvas, tag, spot.center, desk.ink)
        printed.append(Printed(words, spot, 0))
    bottom = height - MARGIN * width
    for words in reversed(blurbs):
        tag = desk.text(words, "dialogue", width * 0.032, width * 0.8)
        spot = Rect.around((width / 2, bottom - tag.height / 2 - 10), tag.width + 40, tag.height + 20)
        _draw_box(desk, spot, desk.look.style.caption_fill)
        draw_lines(desk.canvas, tag, spot.center, desk.look.style.caption_ink)
        printed.append(Printed(words, spot, 0))
        bottom = spot.y0 - 12
    return tuple(printed)


def _back_cover(desk: _Desk) -> tuple[Printed, ...]:
    (width, height), printed = desk.look.page_px, []
    words = " ".join(desk.page.body)
    block = desk.text(words, "prose", width * 0.03, width * 0.68)
    box = Rect.around((width / 2, height * 0.8), block.width + 60, block.height + 50)
    _draw_box(desk, box, desk.look.style.caption_fill)
    draw_lines(desk.canvas, block, box.center, desk.look.style.caption_ink)
    printed.append(Printed(words, box, 0))
    title = _fitted(desk.page.heading, desk.look.style.sfx_font, width * 0.6, height * 0.1)
    rect = Rect.around((width / 2, box.y0 - title.height / 2 - 14), title.width, title.height)
    if any(shared_area(rect, head) for head in desk.heads):
        rect = Rect.around((width / 2, MARGIN * width + title.height / 2), title.width, title.height)
    _draw_logo(desk, title, rect)
    printed.append(Printed(desk.page.heading, rect, 0))
    _draw_barcode(desk, Rect(width * 0.78, height * 0.905, width * 0.93, height * 0.965))
    return tuple(printed)


def _credits(desk: _Desk) -> tuple[Printed, ...]:
    top = (max((bounds(p).y1 for p in desk.polygons), default=desk.live.y0 + 60)) + 40
    title = _fitted(desk.page.heading, desk.look.style.sfx_font, desk.live.width * 0.8, 90)
    rect = desk.center(title, top)
    printed, top = [Printed(desk.page.heading, rect, None)], rect.y1 + 24
    for words in desk.page.body:
        block = desk.text(words, "prose", desk.look.font_px * _CREDIT, desk.live.width * 0.8)
        rect = desk.center(block, top)
        printed.append(Printed(words, rect, None))
        top = rect.y1 + desk.look.font_px * 0.6
    _check(desk, top, desk.live.y1)
    return tuple(printed)


def _advertisement(desk: _Desk) -> tuple[Printed, ...]:
    live = desk.live
    art = bounds(desk.polygons[0]) if desk.polygons else Rect(live.x0, live.y0, live.x1, live.y0 + 200)
    beside = art.width < live.width * 0.7
    title = _fitted(desk.page.heading, desk.look.style.sfx_font, live.width * 0.94, art.y0 - live.y0 - 24)
    rect = Rect.around((live.center[0], (live.y0 + art.y0) / 2 - 6), title.width, title.height)
    _draw_logo(desk, title, rect)
    printed = [Printed(desk.page.heading, rect, None)]
    pitch, price = desk.page.body[:-1], desk.page.body[-1:]
    x, room = (
        ((art.x1 + live.x1) / 2, live.x1 - art.x1 - 40) if beside else (live.center[0], live.width * 0.84)
    )
    top = art.y0 + 10 if beside else art.y1 + 30
    for words in pitch:
        block = desk.text(words, "dialogue", desk.look.font_px * _PITCH, room)
        spot = desk.center(block, top, x=x)
        printed.append(Printed(words, spot, None))
        top = spot.y1 + desk.look.font_px * 1.1
    for words in price:
        block = desk.text(words, "dialogue", desk.look.font_px * 1.7, live.width * 0.8)
        bar = Rect.around(
            (live.center[0], live.y1 - block.height / 2 - 24), block.width + 60, block.height + 30
        )
        _check(desk, top if not beside else art.y1, bar.y0)
        _draw_box(desk, bar, "#0b0b0b" if desk.look.grey else _BURST_FILL)
        draw_lines(desk.canvas, block, bar.center, "#ffffff")
        printed.append(Printed(words, bar, None))
    return tuple(printed)


def _prose(desk: _Desk) -> tuple[Printed, ...]:
    """Set a heading over two columns of prose, as large as fits."""
    live = desk.live
    floor = min((bounds(p).y0 for p in desk.polygons), default=live.y1) - 24
    title = _fitted(desk.page.heading, desk.look.style.sfx_font, live.width * 0.9, 110)
    head = desk.center(title, live.y0 + 10)
    gap = live.width * _COLUMN_GAP
    column = (live.width - gap) / 2
    size = _PROSE * desk.look.font_px
    while size >= _SMALLEST_PROSE * desk.look.font_px:
        lines, pitch = _column_lines(desk.page.body, size, column)
        half = -(-len(lines) // 2)
        if head.y1 + 30 + half * pitch <= floor:
            return (
                Printed(desk.page.heading, head, None),
                *_set_columns(desk, lines, head.y1 + 30, (size, column, gap)),
            )
        size -= 0.5
    raise LetteringError(f"the text {desk.page.heading!r} is too long for its page")


def _column_lines(paragraphs: Sequence[str], size: float, column: float) -> tuple[list[str], float]:
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += [*wrap_left(paragraph, "prose", size, column).lines, ""]
    return lines[:-1], size * LEADING * 1.1


def _set_columns(
    desk: _Desk, lines: Sequence[str], top: float, measures: tuple[float, float, float]
) -> tuple[Printed, ...]:
    size, column, gap = measures
    pitch, half = size * LEADING * 1.1, -(-len(lines) // 2)
    paint = skia.Paint(Color=_argb(desk.ink), AntiAlias=True)
    printed = []
    for k, part in enumerate((lines[:half], lines[half:])):
        x = desk.live.x0 + k * (column + gap)
        for row, line in enumerate(part):
            desk.canvas.drawString(line, x, top + row * pitch + size, font("prose", size), paint)
        words = " ".join(line for line in part if line)
        printed.append(Printed(words, Rect(x, top, x + column, top + len(part) * pitch), None))
    return tuple(printed)


def _chapter_title(desk: _Desk) -> tuple[Printed, ...]:
    """Put the title of a chapter into a quiet corner of the first panel."""
    (width, _), polygon = desk.look.page_px, desk.polygons[0]
    frame = bounds(polygon)
    blocks = [
        desk.text(desk.page.heading, desk.look.style.sfx_font, width * share, frame.width * part)
        for share in _TITLE_SHARES
        for part in (0.9, 0.5)
    ]
    sizes = tuple((block.width + 20, block.height + 14) for block in blocks)
    ground = Ground(polygon, desk.heads, (), desk.look.right_to_left)
    placement = place([Item(sizes, Wish.OPENING)], ground)
    if placement is None:
        raise LetteringError(f"no room for the title {desk.page.heading!r} in the first panel")
    (spot,) = placement.spots
    _draw_logo(desk, blocks[spot.size_index], spot.rect)
    return (Printed(desk.page.heading, spot.rect, 0),)


def _fitted(words: str, font_name: str, width: float, height: float) -> TextBlock:
    """Return the largest setting of words that fits a width and a height, on one to three lines."""
    name = font_for(words, font_name)
    best: TextBlock | None = None
    for share in (1.0, 0.6, 0.42):
        trial = wrap_box(words, name, 100.0, text_width(words, name, 100.0) * share + 1.0)
        scale = min(width / trial.width, height / trial.height)
        block = TextBlock(trial.lines, tuple(w * scale for w in trial.widths), name, 100.0 * scale)
        if best is None or block.font_px > best.font_px:
            best = block
    assert best is not None
    return best


def _draw_logo(desk: _Desk, block: TextBlock, rect: Rect) -> None:
    """Draw large letters with a dark edge, so that they read on any picture."""
    fill = "#ffffff" if desk.look.grey else _LOGO_FILL
    face, pitch = font(block.font_name, block.font_px), block.font_px * LEADING
    cap = face.getMetrics().fCapHeight or 0.7 * block.font_px
    path = skia.Path()
    for k, (line, width) in enumerate(zip(block.lines, block.widths, strict=True)):
        at = rect.center[0] - width / 2
        base = rect.center[1] + cap / 2 + (k - (len(block.lines) - 1) / 2) * pitch
        for glyph, advance in zip(
            face.textToGlyphs(line), face.getWidths(face.textToGlyphs(line)), strict=True
        ):
            outline = face.getPath(glyph)
            if outline is not None:
                path.addPath(outline, at, base)
            at += advance
    for colour, share in ((_LOGO_EDGE, 0.17), ("#ffffff", 0.08), (_LOGO_EDGE, 0.03)):
        paint = skia.Paint(Color=_argb(colour), AntiAlias=True)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint.setStrokeWidth(block.font_px * share)
        desk.canvas.drawPath(path, paint)
    desk.canvas.drawPath(path, skia.Paint(Color=_argb(fill), AntiAlias=True))


def _draw_box(desk: _Desk, rect: Rect, fill: str) -> None:
    box = skia.RRect(skia.Rect(rect.x0, rect.y0, rect.x1, rect.y1), 6, 6)
    desk.canvas.drawRRect(box, skia.Paint(Color=_argb(fill), AntiAlias=True))
    edge = skia.Paint(Color=_argb(desk.ink), AntiAlias=True)
    edge.setStyle(skia.Paint.kStroke_Style)
    edge.setStrokeWidth(desk.look.style.balloon_line_px)
    desk.canvas.drawRRect(box, edge)


def _draw_barcode(desk: _Desk, rect: Rect) -> None:
    """Draw the bars that every back cover carries; they encode nothing."""
    _draw_box(desk, rect, "#ffffff")
    bars, x = dice(desk.page.heading), rect.x0 + 12
    paint = skia.Paint(Color=_argb("#000000"))
    while x < rect.x1 - 14:
        width = bars.choice((2, 2, 3, 5))
        desk.canvas.drawRect(skia.Rect(x, rect.y0 + 8, x + width, rect.y1 - 8), paint)
        x += width + bars.choice((2, 3, 4))


def _check(desk: _Desk, bottom: float, limit: float) -> None:
    if bottom > limit:
        raise LetteringError(f"the words of {desk.page.heading!r} are too many for its page")


def _argb(value: str) -> int:
    return 0xFF000000 | int(value.lstrip("#"), 16)


_Printer = Callable[[_Desk], tuple[Printed, ...]]
_PRINTERS: Mapping[PageType, _Printer] = MappingProxyType(
    {
        PageType.COVER: _cover,
        PageType.BACK_COVER: _back_cover,
        PageType.CREDITS: _credits,
        PageType.ADVERTISEMENT: _advertisement,
        PageType.TEXT: _prose,
        PageType.TEXTSTORY: _prose,
    }
)
