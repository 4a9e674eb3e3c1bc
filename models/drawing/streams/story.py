"""Pages of stories: panels, balloons and captions, openings, ends, strips, and silent pages."""

from collections.abc import Sequence

from models.drawing.art.geometry import Rect
from models.drawing.frames import bounds, mirrored
from models.drawing.layout import Layout, place_frames, tiers
from models.drawing.layouts import LAYOUTS
from models.drawing.streams.desk import Desk
from models.drawing.streams.sheet import frame, inset
from schemas.geometry import Polygon
from schemas.labels import ReadingDirection

_MATTER = ("text", "text-vignette", "credits-art", "advert-art", "advert-side")
_PAGES = sorted(
    name
    for name, layout in LAYOUTS.items()
    if layout.strip_height is None and not layout.spread and name not in _MATTER
)
_FRESH = _PAGES[::4]
"""Layouts kept for held-back books."""
_KNOWN = [name for name in _PAGES if name not in _FRESH]
_STRIPS = sorted(name for name, layout in LAYOUTS.items() if layout.strip_height is not None)
_SMALL, _LARGE = 0.06, 0.25  # shares of the page


def draw_story(desk: Desk, *, opens: bool = False, ends: bool = False) -> None:
    """Draw a page of a story."""
    if desk.look.direction is ReadingDirection.TTB:
        _draw_strip(desk)
        return
    if desk.loose and desk.chance(0.6):
        _draw_loose(desk)
        return
    if desk.chance(0.03) and not opens:
        _draw_captioned(desk)
        return
    top = _opening(desk) if opens and desk.chance(0.5) else 0.0
    panels = _panels(desk, top, splash=(opens and desk.chance(0.3)) or desk.chance(0.05))
    if opens and top == 0 and desk.chance(0.85):
        _title_inside(desk, panels[0])
    if ends and desk.chance(0.5):
        _end(desk, panels[-1])
    if desk.chance(0.3):
        _folio(desk)


def _panels(desk: Desk, top: float, *, splash: bool) -> Sequence[Polygon]:
    layout = _layout(desk, splash=splash)
    sheet, dark = desk.sheet, layout.dark
    if dark:
        sheet.box(Rect(0, 0, sheet.width, sheet.height), "#101010")
    size = (sheet.width, round(sheet.height * (1 - top)))
    placed = place_frames(layout, size, ReadingDirection.LTR, ["border"] * len(layout.cells))
    rtl = desk.look.direction is ReadingDirection.RTL
    polygons = [mirrored(polygon, sheet.width) if rtl else polygon for polygon in placed]
    polygons = [tuple((x, y + top * sheet.height) for x, y in polygon) for polygon in polygons]
    silent = desk.chance(0.08)
    for polygon in polygons:
        _panel(desk, polygon, silent=silent)
    return polygons


def _layout(desk: Desk, *, splash: bool) -> Layout:
    rng = desk.rng
    if splash:
        return LAYOUTS[rng.choice(("splash", "bleed-1", "splash"))]
    if rng.random() < 0.45:
        return LAYOUTS[rng.choice(_FRESH if desk.fresh else _KNOWN)]
    rows = rng.choices((2, 3, 4, 5), (2, 5, 3, 0.6))[0]
    shape = "/".join(
        "".join(str(rng.randint(2, 4)) for _ in range(rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(rows)
    )
    made = tiers("random", shape, heights="".join(str(rng.randint(3, 5)) for _ in range(rows)))
    return Layout("random", made.cells, gutter=desk.look.gutter)


def _panel(desk: Desk, polygon: Polygon, *, silent: bool) -> None:
    rect = bounds(polygon)
    if min(rect.width, rect.height) < 12:
        return
    line_px = desk.look.border_px
    if desk.chance(0.02):
        desk.sheet.box(rect, desk.rng.choice((desk.look.second, "#000000", "#ffffff")), line_px=line_px)
    else:
        desk.sheet.paste(desk.artist.panel(rect.width / rect.height), polygon, line_px=line_px)
    if not silent:
        _talk(desk, rect)


def _talk(desk: Desk, rect: Rect) -> None:
    rng, area = desk.rng, rect.width * rect.height / (desk.sheet.width * desk.sheet.height)
    most = 1 if area < _SMALL else 2 if area < _LARGE else 4
    room = min(rect.width * 0.8, desk.unit * rng.uniform(7, 13))
    if desk.chance(0.2):
        where = (rect.x0 + room / 2 + 4, rect.y0 + desk.unit * 1.5)
        desk.sheet.balloon(desk.writer.sentence(4, 14), where, room, square=True)
    for number in range(most):
        if not desk.chance(desk.talk):
            continue
        u = rng.uniform(0.2, 0.45) if number % 2 else rng.uniform(0.55, 0.8)
        v = 0.12 + 0.22 * number + rng.uniform(0, 0.1)
        desk.sheet.balloon(desk.writer.speech(), rect.at(u, min(v, 0.85)), room)
    if desk.chance(0.06):
        spot = Rect.around(
            rect.at(rng.uniform(0.3, 0.7), rng.uniform(0.4, 0.8)), rect.width * 0.5, rect.height * 0.2
        )
        desk.sheet.logo(desk.writer.surname().upper() + "!", spot, edge="#111111")


def _opening(desk: Desk) -> float:
    """Set the title over the panels; return the share of the page that it takes."""
    share = desk.rng.uniform(0.1, 0.3)
    band = inset(desk.sheet.part(0.05, 0.02, 0.95, share), 2)
    if desk.chance(0.3):
        desk.sheet.box(band, desk.look.second)
    ends = desk.sheet.logo(desk.story, Rect(band.x0, band.y0, band.x1, band.y0 + band.height * 0.7))
    if desk.chance(0.7):
        desk.sheet.text(_byline(desk), Rect(band.x0, ends, band.x1, band.y1), desk.unit)
    return share


def _title_inside(desk: Desk, polygon: Polygon) -> None:
    rect = bounds(polygon)
    spot = Rect(
        rect.x0 + rect.width * 0.08,
        rect.y0 + 6,
        rect.x1 - rect.width * 0.08,
        rect.y0 + rect.height * desk.rng.uniform(0.12, 0.3),
    )
    if desk.chance(0.5):
        desk.sheet.box(spot, desk.look.second, line_px=1.5)
    ends = desk.sheet.logo(desk.story, spot, edge=desk.rng.choice(("#111111", "#ffffff", "")))
    if desk.chance(0.5):
        desk.sheet.text(_byline(desk), Rect(spot.x0, ends, spot.x1, rect.y1), desk.unit * 0.9)


def _byline(desk: Desk) -> str:
    kind = desk.rng.randrange(4)
    if kind == 0:
        return f"{desk.writer.one('openings')} {desk.number}"
    if kind == 1:
        return desk.people[0]
    return f"{desk.writer.one('roles')} {desk.people[0]} · {desk.writer.one('roles')} {desk.people[-1]}"


def _end(desk: Desk, polygon: Polygon) -> None:
    rect = bounds(polygon)
    desk.sheet.balloon(desk.writer.one("endings"), rect.at(0.75, 0.9), rect.width, square=True)


def _folio(desk: Desk) -> None:
    sheet = desk.sheet
    side = desk.rng.choice(("left", "center", "right"))
    sheet.text(str(desk.number), sheet.part(0.06, 0.965, 0.94, 1.0), desk.unit * 0.8, align=side)


def _draw_captioned(desk: Desk) -> None:
    """Draw pictures with text below each: how the oldest comics were made."""
    rows, columns = desk.rng.choice(((2, 2), (3, 2), (2, 1), (3, 3)))
    live = desk.sheet.live
    wide, tall = live.width / columns, live.height / rows
    for number in range(rows * columns):
        x, y = live.x0 + number % columns * wide, live.y0 + number // columns * tall
        art = inset(Rect(x, y, x + wide, y + tall * 0.72), 4)
        desk.sheet.paste(desk.artist.panel(art.width / art.height), frame(art), line_px=desk.look.border_px)
        below = Rect(art.x0, art.y1 + 3, art.x1, y + tall)
        desk.sheet.column([desk.writer.paragraph(2)], below, desk.unit * 0.85)


def _draw_loose(desk: Desk) -> None:
    """Draw pictures without frames and words without balloons on one ground, as many web comics are."""
    sheet, rng = desk.sheet, desk.rng
    ground = rng.choice((sheet.look.paper, sheet.look.paper, "#000000", "#ffffff", sheet.look.second))
    ink = "#f2f2f2" if ground == "#000000" else "#151515"
    sheet.box(Rect(0, 0, sheet.width, sheet.height), ground)
    parts = rng.choices((1, 2, 3, 4), (3, 4, 3, 1))[0]
    tall = sheet.height / parts
    for number in range(parts):
        band = Rect(0, number * tall, sheet.width, (number + 1) * tall)
        _loose_part(desk, band, ink)


def _loose_part(desk: Desk, band: Rect, ink: str) -> None:
    sheet, rng = desk.sheet, desk.rng
    wide = band.width * rng.uniform(0.4, 1.0)
    high = band.height * rng.uniform(0.45, 0.9)
    art = Rect.around(band.at(rng.uniform(0.35, 0.65), rng.uniform(0.4, 0.6)), wide, high)
    if desk.chance(0.9):
        sheet.paste(desk.artist.panel(art.width / art.height), frame(art))
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        x, y = rng.uniform(0.03, 0.5), rng.choice((0.02, rng.uniform(0.05, 0.85), 0.85))
        corner = band.at(x, y)
        room = Rect(*corner, corner[0] + band.width * rng.uniform(0.3, 0.5), sheet.height)
        edge = rng.choice(("", "", "#ffffff" if ink == "#151515" else "#000000"))
        words = rng.choice((desk.writer.speech(), desk.writer.sentence(4, 20), desk.writer.paragraph(2)))
        size = desk.unit * rng.uniform(0.9, 1.5)
        sheet.text(words, room, size, ink=ink, edge=edge, align=rng.choice(("left", "center")))
    if desk.chance(desk.talk * 0.5):
        sheet.balloon(
            desk.writer.speech(), band.at(rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.9)), band.width * 0.4
        )


def _draw_strip(desk: Desk) -> None:
    """Draw a slice of a vertical strip."""
    if desk.loose and desk.chance(0.75):
        _draw_loose(desk)
        return
    layout = LAYOUTS[desk.rng.choice(_STRIPS)]
    sheet = desk.sheet
    height = layout.strip_height or 1.0
    if desk.chance(0.15):
        sheet.box(Rect(0, 0, sheet.width, sheet.height), "#101018")
    scale = sheet.height / height
    for cell in layout.cells:
        rect = bounds(cell)
        placed = Rect(rect.x0 * sheet.width, rect.y0 * scale, rect.x1 * sheet.width, rect.y1 * scale)
        _panel(desk, frame(placed), silent=desk.chance(0.15))
