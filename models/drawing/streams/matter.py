"""What is printed between stories: advertisements, credits, letters, prose, and stories in prose."""

from models.drawing.art.geometry import Rect
from models.drawing.streams.desk import Desk
from models.drawing.streams.sheet import frame, inset


def draw_advertisement(desk: Desk) -> None:
    """Draw a page that sells something."""
    kinds = (_product, _classified, _house, _poster, _panelled, _coupon)
    style = desk.rng.choices(kinds, (4, 2, 3, 2.5, 1.2, 2.5))[0]
    style(desk)


def _ground(desk: Desk) -> None:
    if desk.chance(0.45):
        desk.sheet.box(
            desk.sheet.part(0, 0, 1, 1),
            desk.rng.choice((desk.look.second, desk.look.accent, "#ffffff", "#fff3c4")),
        )


def _slogan(desk: Desk) -> str:
    return desk.rng.choice(
        (desk.writer.one("claims"), desk.writer.one("calls"), desk.writer.sentence(2, 7), desk.writer.title())
    )


def _product(desk: Desk) -> None:
    """One thing, a loud headline, what is good about it, and what to do."""
    sheet, rng = desk.sheet, desk.rng
    _ground(desk)
    ends = sheet.logo(
        _slogan(desk), sheet.part(0.06, 0.04, 0.94, rng.uniform(0.14, 0.24)), edge=rng.choice(("", "#111111"))
    )
    top = ends / sheet.height + 0.02
    side = desk.chance(0.4)
    art = sheet.part(0.08, top, 0.5 if side else 0.92, top + rng.uniform(0.25, 0.42))
    sheet.paste(
        desk.artist.thing() if desk.chance(0.5) else desk.artist.other(art.width / art.height),
        frame(art),
        line_px=rng.choice((0, 1)),
    )
    claims = [
        desk.writer.one("claims") if desk.chance(0.4) else desk.writer.paragraph(rng.randint(1, 3))
        for _ in range(rng.randint(1, 4))
    ]
    room = sheet.part(0.54, top, 0.94, 0.8) if side else Rect(art.x0, art.y1 + 8, art.x1, sheet.height * 0.84)
    sheet.column(claims, room, desk.unit * rng.uniform(0.9, 1.5))
    _order(desk, sheet.part(0.08, 0.85, 0.92, 0.96))


def _order(desk: Desk, rect: Rect) -> None:
    """Set what to do about it."""
    parts = [
        text
        for text, share in (
            (desk.writer.one("calls"), 0.8),
            (desk.writer.price(), 0.6),
            (desk.writer.address(), 0.5),
        )
        if desk.chance(share)
    ]
    if not parts:
        return
    if desk.chance(0.5):
        desk.sheet.box(rect, desk.rng.choice(("#111111", "#e63946", "#ffd23f")))
    desk.sheet.text(
        "  ".join(parts),
        inset(rect, 4),
        desk.unit * desk.rng.uniform(1.0, 1.8),
        font=desk.look.logo_font,
        edge="#ffffff",
        ink="#111111",
    )


def _classified(desk: Desk) -> None:
    """Many small offers in a grid."""
    sheet, rng = desk.sheet, desk.rng
    rows, columns = rng.choice(((3, 2), (4, 2), (4, 3), (5, 3), (2, 2)))
    wide, tall = sheet.live.width / columns, sheet.live.height / rows
    for number in range(rows * columns):
        x, y = sheet.live.x0 + number % columns * wide, sheet.live.y0 + number // columns * tall
        cell = inset(Rect(x, y, x + wide, y + tall), 2)
        sheet.box(cell, rng.choice((None, None, desk.look.second)), line_px=1)
        ends = sheet.logo(
            _slogan(desk), inset(Rect(cell.x0, cell.y0, cell.x1, cell.y0 + tall * 0.24), 3), ink="#111111"
        )
        half = cell.x0 + cell.width * (0.4 if desk.chance(0.6) else 0.0)
        if half > cell.x0:
            sheet.paste(desk.artist.thing(), frame(inset(Rect(cell.x0, ends, half, cell.y1 - tall * 0.2), 3)))
        price = desk.writer.price() if desk.chance(0.7) else ""
        words = f"{desk.writer.paragraph(2)} {price} {desk.writer.address() if desk.chance(0.5) else ''}"
        sheet.column([words], Rect(half + 3, ends + 2, cell.x1 - 3, cell.y1), desk.unit * 0.75)


def _house(desk: Desk) -> None:
    """What else the publisher has: small covers with titles and dates."""
    sheet, rng = desk.sheet, desk.rng
    _ground(desk)
    sheet.logo(
        rng.choice((desk.writer.one("calls"), desk.writer.one("claims"))),
        sheet.part(0.08, 0.03, 0.92, 0.13),
        edge="#111111",
    )
    rows, columns = rng.choice(((1, 2), (2, 2), (2, 3), (3, 3), (3, 4)))
    wide, tall = sheet.live.width / columns, sheet.height * 0.8 / rows
    for number in range(rows * columns):
        x, y = sheet.live.x0 + number % columns * wide, sheet.height * 0.15 + number // columns * tall
        cover = inset(Rect(x, y, x + wide, y + tall * 0.8), wide * 0.08)
        sheet.paste(desk.artist.other(cover.width / max(cover.height, 1)), frame(cover), line_px=1)
        sheet.logo(
            desk.writer.title(2),
            inset(Rect(cover.x0, cover.y0, cover.x1, cover.y0 + cover.height * 0.25), 3),
            edge="#111111",
        )
        words = rng.choice(
            (desk.writer.title(), f"{desk.writer.title(2)} {desk.writer.price()}", desk.writer.sentence(3, 8))
        )
        sheet.text(words, Rect(cover.x0, cover.y1 + 2, cover.x1, y + tall), desk.unit * 0.8)


def _poster(desk: Desk) -> None:
    """A full picture with a name and a line: films, toys, the next book."""
    sheet, rng = desk.sheet, desk.rng
    sheet.paste(desk.artist.other(sheet.width / sheet.height), frame(sheet.part(0, 0, 1, 1)))
    top = rng.choice((0.04, 0.62, 0.7))
    ends = sheet.logo(
        desk.writer.title(3), sheet.part(0.08, top, 0.92, top + 0.16), edge=rng.choice(("#111111", "#ffffff"))
    )
    sheet.text(
        _slogan(desk),
        Rect(sheet.width * 0.1, ends + 4, sheet.width * 0.9, sheet.height),
        desk.unit * 1.3,
        edge="#ffffff",
        ink="#111111",
    )
    _order(desk, sheet.part(0.08, 0.9, 0.92, 0.98))
    if desk.chance(0.5):
        sheet.text(
            f"{desk.writer.legal()} {desk.writer.address()}",
            sheet.part(0.05, 0.975, 0.95, 1.0),
            desk.unit * 0.6,
        )


def _panelled(desk: Desk) -> None:
    """A short comic that ends with a product."""
    sheet = desk.sheet
    sheet.logo(_slogan(desk), sheet.part(0.06, 0.02, 0.94, 0.1))
    for number in range(4):
        cell = inset(
            sheet.part(
                0.05 + 0.45 * (number % 2),
                0.12 + 0.28 * (number // 2),
                0.5 + 0.45 * (number % 2),
                0.4 + 0.28 * (number // 2),
            ),
            4,
        )
        sheet.paste(desk.artist.other(cell.width / cell.height), frame(cell), line_px=1.5)
        words = (
            desk.writer.speech()
            if desk.chance(0.5)
            else f"{desk.writer.one('claims')} {desk.writer.sentence(2, 6)}"
        )
        sheet.balloon(words, cell.at(0.5, 0.2), cell.width * 0.7)
    sheet.column(
        [desk.writer.one("claims"), desk.writer.paragraph(2)], sheet.part(0.08, 0.7, 0.9, 0.85), desk.unit
    )
    _order(desk, sheet.part(0.08, 0.86, 0.92, 0.96))


def _coupon(desk: Desk) -> None:
    """Much small type and a form to send in."""
    sheet, rng = desk.sheet, desk.rng
    _ground(desk)
    ends = sheet.logo(_slogan(desk), sheet.part(0.06, 0.03, 0.94, 0.14))
    gap = sheet.width * 0.03
    for column in range(2):
        left = sheet.live.x0 + column * (sheet.live.width / 2 + gap / 2)
        room = Rect(left, ends + 6, left + sheet.live.width / 2 - gap, sheet.height * 0.7)
        if desk.chance(0.5):
            art = Rect(room.x0, room.y0, room.x1, room.y0 + room.height * 0.35)
            sheet.paste(desk.artist.thing(), frame(art))
            room = Rect(room.x0, art.y1 + 4, room.x1, room.y1)
        sheet.column(
            [desk.writer.paragraph(2), desk.writer.one("claims"), desk.writer.paragraph(3)],
            room,
            desk.unit * 0.85,
        )
    form = sheet.part(0.08, 0.73, 0.92, 0.96)
    sheet.box(form, "#ffffff", line_px=2)
    lines = [
        desk.writer.one("calls"),
        f"{desk.writer.surname()} ________ {desk.writer.price()}",
        desk.writer.address(),
        f"{desk.writer.surname()} ______________",
    ]
    sheet.column(lines, inset(form, 8), desk.unit * rng.uniform(0.9, 1.1), ink="#111111")


def draw_credits(desk: Desk) -> None:
    """Draw who made the book: an imprint, a list of roles, or thanks to many."""
    style = desk.rng.choices((_roles, _imprint, _thanks), (3, 4, 2.5))[0]
    style(desk)


def _roles(desk: Desk) -> None:
    sheet, rng = desk.sheet, desk.rng
    top = 0.06
    if desk.chance(0.5):
        art = sheet.part(0.0 if desk.chance(0.5) else 0.15, 0.0, 0.85, rng.uniform(0.25, 0.5))
        sheet.paste(desk.artist.panel(art.width / art.height), frame(art))
        top = art.y1 / sheet.height + 0.03
    if desk.chance(0.6):
        top = sheet.logo(desk.title, sheet.part(0.15, top, 0.85, top + 0.1)) / sheet.height + 0.02
    align = rng.choice(("center", "left"))
    for _ in range(rng.randint(4, 12)):
        words = desk.writer.credit() if desk.chance(0.85) else desk.writer.person()
        ends = sheet.text(
            words, sheet.part(0.12, top, 0.88, 0.95), desk.unit * rng.choice((0.9, 1.1)), align=align
        )
        top = ends / sheet.height + 0.008
    if desk.chance(0.6):
        sheet.text(desk.writer.legal(), sheet.part(0.1, min(top + 0.02, 0.9), 0.9, 1.0), desk.unit * 0.75)


def _imprint(desk: Desk) -> None:
    sheet, rng = desk.sheet, desk.rng
    size = desk.unit * rng.uniform(0.65, 1.0)
    lines = [desk.writer.legal() for _ in range(rng.randint(3, 10))]
    lines[1:1] = [desk.writer.credit() for _ in range(rng.randint(1, 8))]
    low, x0 = rng.uniform(0.05, 0.6), rng.choice((0.08, 0.12, 0.4))
    if desk.chance(0.4):
        low = sheet.logo(desk.title, sheet.part(0.2, low, 0.8, low + 0.08)) / sheet.height + 0.02
    if desk.chance(0.3):
        sheet.paste(
            desk.artist.thing(), frame(sheet.part(0.4, max(low - 0.2, 0.02), 0.6, max(low - 0.05, 0.1)))
        )
    sheet.column(lines, sheet.part(x0, low, 0.92, 0.97), size)


def _thanks(desk: Desk) -> None:
    """A long list of supporters, as comics that readers pay for end with."""
    sheet, rng = desk.sheet, desk.rng
    if desk.chance(0.5):
        sheet.box(sheet.part(0, 0, 1, 1), rng.choice(("#e8dcc0", "#d9cba6", "#cfd8e6", desk.look.second)))
    if desk.chance(0.4):
        sheet.paste(desk.artist.thing(), frame(sheet.part(0.05, 0.65, 0.35, 0.9)))
    head = f"{desk.writer.one('legal')}. {desk.writer.sentence(6, 14)} {desk.writer.one('roles')}"
    ends = sheet.text(head, sheet.part(0.1, 0.05, 0.9, 0.2), desk.unit * 1.1)
    names = sheet.part(0.1, 0.0, 0.9, rng.uniform(0.6, 0.85))
    ends = sheet.text(
        desk.writer.names(rng.randint(15, 160)),
        Rect(names.x0, ends + 5, names.x1, names.y1),
        desk.unit * rng.uniform(0.55, 0.9),
    )
    foot = [desk.writer.address(), desk.writer.legal(), desk.writer.credit()]
    sheet.text(
        "  ".join(foot[: rng.randint(1, 3)]),
        Rect(names.x0, ends + 8, names.x1, sheet.height),
        desk.unit * 0.85,
    )


def draw_text(desk: Desk) -> None:
    """Draw a page of prose that is no story: letters, an introduction, a preview, a dedication, nothing."""
    style = desk.rng.choices((_letters, _essay, _dedication, _contents, _blank), (3, 4, 1.5, 1.5, 0.5))[0]
    style(desk)


def _letters(desk: Desk) -> None:
    sheet, rng = desk.sheet, desk.rng
    ends = sheet.logo(desk.writer.one("letters"), sheet.part(0.1, 0.03, 0.9, 0.12))
    columns = rng.choice((1, 2, 2, 3))
    for column in range(columns):
        parts: list[str] = []
        for _ in range(rng.randint(6, 24)):
            parts += [
                desk.writer.one("letters"),
                desk.writer.paragraph(rng.randint(2, 5)),
                desk.writer.person(),
            ]
        _set_column(desk, parts, ends + 6, column, columns)


def _essay(desk: Desk) -> None:
    sheet, rng = desk.sheet, desk.rng
    ends = 0.06 * sheet.height
    if desk.chance(0.75):
        ends = sheet.logo(
            rng.choice((desk.writer.one("heads"), desk.title)),
            sheet.part(0.1, 0.04, 0.9, rng.uniform(0.1, 0.16)),
        )
    if desk.chance(0.35):
        art = Rect(
            sheet.width * 0.1, ends + 6, sheet.width * 0.9, ends + 6 + sheet.height * rng.uniform(0.15, 0.35)
        )
        sheet.paste(desk.artist.panel(art.width / art.height), frame(art))
        ends = art.y1
    columns = rng.choice((1, 1, 2, 2, 3))
    for column in range(columns):
        _set_column(
            desk,
            [desk.writer.paragraph(rng.randint(3, 9)) for _ in range(rng.randint(2, 16))],
            ends + 6,
            column,
            columns,
        )


def _set_column(desk: Desk, parts: list[str], top: float, column: int, columns: int) -> None:
    live, gap = desk.sheet.live, desk.sheet.width * 0.03
    wide = (live.width - gap * (columns - 1)) / columns
    left = live.x0 + column * (wide + gap)
    desk.sheet.column(parts, Rect(left, top, left + wide, live.y1), desk.type_px)


def _dedication(desk: Desk) -> None:
    sheet, rng = desk.sheet, desk.rng
    top, align = rng.uniform(0.05, 0.5), rng.choice(("center", "right", "left"))
    for _ in range(rng.randint(1, 5)):
        top = (
            sheet.text(
                desk.writer.sentence(3, 16),
                sheet.part(0.15, top, 0.85, 0.95),
                desk.unit * rng.uniform(0.8, 1.2),
                font=desk.look.prose_font,
                align=align,
            )
            / sheet.height
            + 0.01
        )


def _contents(desk: Desk) -> None:
    sheet = desk.sheet
    ends = sheet.logo(desk.writer.one("heads"), sheet.part(0.1, 0.05, 0.9, 0.14)) + 10
    for number in range(desk.rng.randint(4, 18)):
        dots = "." * desk.rng.choice((0, 3, 12, 24))
        words = f"{desk.writer.title()} {dots} {5 + number * desk.rng.randint(4, 9)}"
        ends = (
            sheet.text(
                words,
                Rect(sheet.live.x0, ends, sheet.live.x1, sheet.live.y1),
                desk.unit * 1.05,
                font=desk.look.prose_font,
                align="left",
            )
            + 3
        )


def _blank(desk: Desk) -> None:
    if desk.chance(0.3):
        desk.sheet.text(str(desk.number), desk.sheet.part(0.4, 0.95, 0.6, 0.99), desk.unit)


def draw_textstory(desk: Desk, *, opens: bool) -> None:
    """Draw a story told in prose, with a title over its first page and a picture at times."""
    sheet, rng = desk.sheet, desk.rng
    ends = sheet.height * 0.05
    if opens:
        ends = sheet.logo(desk.story, sheet.part(0.08, 0.04, 0.92, rng.uniform(0.14, 0.24)))
        if desk.chance(0.6):
            ends = sheet.text(
                f"{desk.writer.one('roles')} {desk.people[0]}",
                Rect(sheet.live.x0, ends, sheet.live.x1, sheet.height),
                desk.unit,
            )
    if desk.chance(0.45):
        art = Rect(sheet.live.x0, ends + 5, sheet.live.x1, ends + 5 + sheet.height * rng.uniform(0.15, 0.35))
        sheet.paste(desk.artist.panel(art.width / art.height), frame(art), line_px=1)
        ends = art.y1
    columns = rng.choice((2, 2, 2, 3, 1))
    for column in range(columns):
        parts = [
            f"“{desk.writer.sentence(3, 10)}” {desk.writer.sentence(3, 8)}"
            if desk.chance(0.45)
            else desk.writer.paragraph(rng.randint(2, 5))
            for _ in range(40)
        ]
        _set_column(desk, parts, ends + 6, column, columns)
