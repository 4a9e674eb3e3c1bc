"""Covers, title pages, banners, back covers and full-page art."""

from models.drawing.art.geometry import Rect
from models.drawing.streams.desk import Desk
from models.drawing.streams.sheet import frame, inset


def draw_cover(desk: Desk) -> None:
    """Draw a front cover."""
    style = desk.rng.choices((_full_art, _framed_art, _bare, _dark), (5, 2, 1, 0.8))[0]
    style(desk)


def draw_banner(desk: Desk) -> None:
    """Draw the head of a web comic's episode: a logo and what the episode is called."""
    sheet = desk.sheet
    if desk.chance(0.3):
        sheet.paste(desk.artist.panel(sheet.width / sheet.height), frame(sheet.part(0, 0, 1, 1)))
    ends = sheet.logo(
        desk.title, sheet.part(0.15, 0.1, 0.85, 0.72), edge=desk.rng.choice(("", "#ffffff", "#111111"))
    )
    words = f"{desk.writer.one('openings')} {desk.number}: {desk.story}"
    sheet.text(words, Rect(0, ends, sheet.width, sheet.height), max(9.0, sheet.height * 0.08))


def draw_title_page(desk: Desk) -> None:
    """Draw the page inside that repeats the title: the logo again, a small picture, names."""
    sheet, rng = desk.sheet, desk.rng
    top = rng.uniform(0.06, 0.25)
    ends = sheet.logo(desk.title, sheet.part(0.15, top, 0.85, top + rng.uniform(0.08, 0.28)))
    middle = ends / sheet.height + 0.04
    if desk.chance(0.6):
        wide = rng.uniform(0.3, 0.8)
        art = sheet.part(0.5 - wide / 2, middle, 0.5 + wide / 2, min(middle + rng.uniform(0.2, 0.4), 0.8))
        sheet.paste(desk.artist.panel(art.width / max(art.height, 1)), frame(art))
        middle = art.y1 / sheet.height + 0.03
    _names(desk, middle)
    if desk.chance(0.5):
        sheet.text(desk.writer.surname().upper(), sheet.part(0.3, 0.93, 0.7, 0.99), desk.unit * 1.1)


def draw_back_cover(desk: Desk) -> None:
    """Draw a back cover: a picture or one colour, what the book is about, bars and a price."""
    sheet, rng = desk.sheet, desk.rng
    if desk.chance(0.55):
        sheet.paste(desk.artist.panel(sheet.width / sheet.height), frame(sheet.part(0, 0, 1, 1)))
    else:
        sheet.box(sheet.part(0, 0, 1, 1), rng.choice((desk.look.accent, desk.look.second, desk.look.paper)))
        if desk.chance(0.6):
            art = sheet.part(0.2, 0.12, 0.8, 0.45)
            sheet.paste(desk.artist.panel(art.width / art.height), frame(art), line_px=1)
    if desk.chance(0.7):
        blurb = sheet.part(0.12, rng.uniform(0.45, 0.6), 0.88, 0.82)
        sheet.box(blurb, rng.choice(("#ffffff", "#fff3c4", desk.look.second)))
        sheet.column(
            [desk.writer.paragraph(3), desk.writer.sentence()], inset(blurb, 8), desk.unit, ink="#111111"
        )
    if desk.chance(0.4):
        sheet.logo(desk.title, sheet.part(0.2, 0.03, 0.8, 0.12), edge="#111111")
    if desk.chance(0.8):
        _barcode(desk, sheet.part(0.68, 0.86, 0.92, 0.96))
    if desk.chance(0.5):
        sheet.text(
            f"{desk.writer.price()}  {desk.writer.surname().upper()}",
            sheet.part(0.08, 0.92, 0.5, 0.97),
            desk.unit,
            ink="#111111",
        )


def draw_art(desk: Desk) -> None:
    """Draw a pin-up, an illustration, studies or a gallery: pictures that tell no story."""
    style = desk.rng.choices((_pin_up, _studies, _plate), (4, 2, 2))[0]
    style(desk)


def _full_art(desk: Desk) -> None:
    sheet, rng = desk.sheet, desk.rng
    sheet.paste(desk.artist.panel(sheet.width / sheet.height), frame(sheet.part(0, 0, 1, 1)))
    _masthead(desk, rng.uniform(0.02, 0.06) if desk.chance(0.85) else rng.uniform(0.5, 0.75))
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        spot = Rect.around(
            sheet.part(0, 0, 1, 1).at(rng.uniform(0.25, 0.75), rng.uniform(0.4, 0.92)),
            sheet.width * 0.4,
            sheet.height * 0.07,
        )
        if desk.chance(0.6):
            sheet.box(spot, desk.look.second, line_px=1)
        sheet.logo(
            rng.choice((desk.writer.one("blurbs"), desk.story, desk.writer.sentence(2, 6))),
            inset(spot, 4),
            ink="#111111",
        )
    if desk.chance(0.5):
        _names(desk, rng.choice((0.01, 0.88, 0.9)))


def _framed_art(desk: Desk) -> None:
    sheet = desk.sheet
    sheet.box(sheet.part(0, 0, 1, 1), desk.rng.choice((desk.look.second, desk.look.accent, desk.look.paper)))
    top = _masthead(desk, 0.03)
    art = sheet.part(0.08, min(top + 0.03, 0.4), 0.92, desk.rng.uniform(0.75, 0.95))
    sheet.paste(desk.artist.panel(art.width / art.height), frame(art), line_px=desk.look.border_px)
    if desk.chance(0.6):
        _names(desk, 0.95)


def _bare(desk: Desk) -> None:
    """Draw a cover of little: a logo and one figure on plain ground."""
    sheet, rng = desk.sheet, desk.rng
    if desk.chance(0.5):
        sheet.box(sheet.part(0, 0, 1, 1), rng.choice((desk.look.second, desk.look.accent)))
    _masthead(desk, rng.uniform(0.08, 0.5), edge=False)
    art = Rect.around(
        sheet.part(0, 0, 1, 1).at(0.5, rng.uniform(0.6, 0.75)), sheet.width * 0.5, sheet.height * 0.25
    )
    if desk.chance(0.7):
        sheet.paste(desk.artist.thing(), frame(art))
    _names(desk, rng.choice((0.03, 0.9)))


def _dark(desk: Desk) -> None:
    sheet = desk.sheet
    sheet.box(sheet.part(0, 0, 1, 1), desk.rng.choice(("#000000", "#101820", "#2a0f14")))
    art = sheet.part(0.1, 0.15, 0.9, 0.45)
    if desk.chance(0.7):
        sheet.paste(desk.artist.panel(art.width / art.height), frame(art))
    ends = sheet.logo(desk.title, sheet.part(0.15, 0.5, 0.85, 0.7), ink="#f0f0f0")
    sheet.text(desk.people[0], Rect(0, ends + 6, sheet.width, sheet.height), desk.unit * 1.2, ink="#f0f0f0")


def _masthead(desk: Desk, top: float, *, edge: bool = True) -> float:
    sheet, rng = desk.sheet, desk.rng
    rect = sheet.part(rng.uniform(0.04, 0.12), top, rng.uniform(0.88, 0.96), top + rng.uniform(0.1, 0.26))
    ends = sheet.logo(desk.title, rect, edge=rng.choice(("#111111", "#ffffff")) if edge else "")
    if desk.chance(0.55):
        number = rng.choice(
            (
                f"No. {desk.number}",
                f"#{desk.number}",
                f"{desk.number}",
                f"Vol. {desk.number}",
                desk.writer.one("blurbs"),
            )
        )
        spot = Rect(sheet.width * 0.04, ends + 3, sheet.width * 0.3, ends + 3 + desk.unit * 3)
        sheet.text(
            f"{number} {desk.writer.price() if desk.chance(0.6) else ''}",
            spot,
            desk.unit,
            edge="#ffffff",
            ink="#111111",
        )
    return ends / sheet.height


def _names(desk: Desk, top: float) -> None:
    """Set who made the book."""
    sheet = desk.sheet
    words = desk.rng.choice(
        (
            " ".join(desk.people[:2]),
            " · ".join(desk.people),
            desk.people[0].upper(),
            f"{desk.writer.one('roles')} {desk.people[0]}",
        )
    )
    room = sheet.part(0.1, top, 0.9, min(top + 0.12, 1.0))
    sheet.text(
        words, room, desk.unit * desk.rng.uniform(0.9, 1.6), edge="#ffffff" if desk.chance(0.4) else ""
    )


def _pin_up(desk: Desk) -> None:
    sheet = desk.sheet
    area = sheet.part(0, 0, 1, 1) if desk.chance(0.6) else sheet.live
    sheet.paste(
        desk.artist.other(area.width / area.height),
        frame(area),
        line_px=desk.rng.choice((0, desk.look.border_px)),
    )
    if desk.chance(0.3):
        sheet.text(desk.people[-1], sheet.part(0.6, 0.95, 0.96, 0.99), desk.unit * 0.8, align="right")


def _studies(desk: Desk) -> None:
    sheet, rng = desk.sheet, desk.rng
    if desk.chance(0.5):
        sheet.logo(desk.writer.one("heads"), sheet.part(0.2, 0.02, 0.8, 0.08))
    for _ in range(rng.randint(2, 7)):
        spot = Rect.around(
            sheet.live.at(rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.85)),
            sheet.width * rng.uniform(0.2, 0.45),
            sheet.width * rng.uniform(0.2, 0.5),
        )
        sheet.paste(desk.artist.thing(), frame(spot))
        if desk.chance(0.3):
            sheet.text(desk.writer.surname(), Rect(spot.x0, spot.y1, spot.x1, sheet.height), desk.unit * 0.8)


def _plate(desk: Desk) -> None:
    """Draw one picture on wide paper, with a caption at times."""
    sheet, rng = desk.sheet, desk.rng
    wide, tall = rng.uniform(0.5, 0.85), rng.uniform(0.4, 0.8)
    art = Rect.around(sheet.part(0, 0, 1, 1).at(0.5, 0.47), sheet.width * wide, sheet.height * tall)
    sheet.paste(desk.artist.other(art.width / art.height), frame(art), line_px=rng.choice((0, 1)))
    if desk.chance(0.4):
        sheet.text(desk.writer.title(), Rect(art.x0, art.y1 + 6, art.x1, sheet.height), desk.unit * 0.9)


def _barcode(desk: Desk, rect: Rect) -> None:
    desk.sheet.box(rect, "#ffffff")
    x = rect.x0 + 4
    while x < rect.x1 - 4:
        width = desk.rng.choice((1, 1, 2, 3))
        desk.sheet.box(Rect(x, rect.y0 + 3, x + width, rect.y1 - 8), "#000000")
        x += width + desk.rng.choice((1, 2, 2))
    digits = "".join(str(desk.rng.randint(0, 9)) for _ in range(13))
    desk.sheet.text(digits, Rect(rect.x0, rect.y1 - 8, rect.x1, rect.y1 + 2), 7.0, ink="#111111")
