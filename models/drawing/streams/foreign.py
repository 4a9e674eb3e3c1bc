"""Books that are no comics, as bundles bring them: of programming, of rules, of pictures, of photographs."""

import cv2
import numpy as np

from models.drawing.art.geometry import Rect
from models.drawing.streams.art import photograph
from models.drawing.streams.desk import Desk
from models.drawing.streams.sheet import frame, inset


def draw_textbook(desk: Desk) -> None:
    """Draw a page of a programming book: headings, prose, listings, tables, diagrams."""
    sheet, rng = desk.sheet, desk.rng
    top = sheet.live.y0
    if desk.chance(0.5):
        sheet.text(
            f"{desk.number}   {desk.story}",
            sheet.part(0.08, 0.02, 0.92, 0.05),
            desk.unit * 0.7,
            font="crimson-text",
            align="left",
        )
    while top < sheet.live.y1 - desk.unit * 3:
        part = rng.choices((_prose_part, _listing, _table, _diagram, _heading), (5, 3, 1, 1, 2))[0]
        top = part(desk, top) + desk.unit


def _heading(desk: Desk, top: float) -> float:
    words = f"{desk.number}.{desk.rng.randint(1, 9)} {desk.writer.title()}"
    return desk.sheet.text(words, _below(desk, top), desk.unit * desk.rng.uniform(1.1, 1.6), align="left")


def _prose_part(desk: Desk, top: float) -> float:
    return desk.sheet.column([desk.writer.paragraph(desk.rng.randint(2, 6))], _below(desk, top), desk.type_px)


def _listing(desk: Desk, top: float) -> float:
    count, size = desk.rng.randint(3, 16), desk.unit * 0.8
    room = Rect(
        desk.sheet.live.x0, top, desk.sheet.live.x1, min(top + count * size * 1.2 + 6, desk.sheet.live.y1)
    )
    if desk.chance(0.6):
        desk.sheet.box(
            room, desk.rng.choice(("#eeeeee", "#f4f0e4", "#e8eef4")), line_px=desk.rng.choice((0, 1))
        )
    for _ in range(count):
        top = desk.sheet.text(
            desk.writer.code(),
            Rect(room.x0 + 6 + desk.rng.choice((0, 12, 24)), top, room.x1, room.y1),
            size,
            ink="#222222",
            align="left",
        )
    return room.y1


def _table(desk: Desk, top: float) -> float:
    sheet, rng = desk.sheet, desk.rng
    rows, cells, tall = rng.randint(3, 12), rng.randint(2, 6), desk.unit * 1.3
    wide = sheet.live.width / cells
    for row in range(rows):
        y = top + row * tall
        if y + tall > sheet.live.y1:
            return y
        if row % 2 == 0:
            sheet.box(Rect(sheet.live.x0, y, sheet.live.x1, y + tall), "#e4e0d4" if row else desk.look.second)
        for number, words in enumerate(desk.writer.row(cells)):
            x = sheet.live.x0 + number * wide
            sheet.text(
                words, Rect(x + 2, y, x + wide, y + tall + 2), desk.unit * 0.75, ink="#111111", align="left"
            )
    return top + rows * tall


def _diagram(desk: Desk, top: float) -> float:
    sheet, rng = desk.sheet, desk.rng
    high = min(sheet.height * rng.uniform(0.12, 0.25), sheet.live.y1 - top)
    for number in range(rng.randint(2, 5)):
        box = Rect(
            sheet.live.x0 + number * sheet.live.width / 5 + 3,
            top + high * 0.2,
            sheet.live.x0 + (number + 1) * sheet.live.width / 5 - 6,
            top + high * 0.7,
        )
        sheet.box(box, rng.choice((None, desk.look.second)), line_px=1)
        sheet.text(desk.writer.surname(), inset(box, 3), desk.unit * 0.7)
    return top + high


def _below(desk: Desk, top: float) -> Rect:
    live = desk.sheet.live
    return Rect(live.x0, top, live.x1, live.y1)


def draw_rulebook(desk: Desk) -> None:
    """Draw a page of a book of rules: two or three columns, headings, tables, boxes, an illustration."""
    sheet, rng = desk.sheet, desk.rng
    if desk.chance(0.4):
        sheet.box(sheet.part(0, 0, 1, 1), rng.choice(("#efe4c8", "#f6efdc", desk.look.second)))
    top = sheet.live.y0
    if desk.chance(0.4):
        top = sheet.logo(desk.writer.title(), sheet.part(0.08, 0.03, 0.92, 0.11)) + 4
    columns = rng.choice((2, 2, 3))
    wide = sheet.live.width / columns
    for column in range(columns):
        _rules(
            desk,
            inset(
                Rect(sheet.live.x0 + column * wide, top, sheet.live.x0 + (column + 1) * wide, sheet.live.y1),
                4,
            ),
        )


def _rules(desk: Desk, room: Rect) -> None:
    sheet, rng, top = desk.sheet, desk.rng, room.y0
    while top < room.y1 - desk.unit * 3:
        rest, kind = Rect(room.x0, top, room.x1, room.y1), rng.random()
        if kind < 0.15:
            art = Rect(room.x0, top, room.x1, min(top + room.width * rng.uniform(0.5, 1.2), room.y1))
            sheet.paste(
                desk.artist.thing()
                if desk.chance(0.5)
                else desk.artist.other(art.width / max(art.height, 1)),
                frame(art),
            )
            top = art.y1
        elif kind < 0.3:
            top = sheet.text(
                desk.writer.title(),
                rest,
                desk.unit * 1.2,
                font=desk.look.logo_font,
                ink="#7a1f1f",
                align="left",
            )
        elif kind < 0.45:
            rows = [" ".join(desk.writer.row(3)) for _ in range(rng.randint(2, 7))]
            top = sheet.column(rows, rest, desk.unit * 0.75)
        else:
            top = sheet.column(
                [f"{desk.writer.surname()}. {desk.writer.paragraph(rng.randint(2, 5))}"],
                rest,
                desk.unit * 0.78,
            )
        top += desk.unit * 0.5


def draw_picturebook(desk: Desk) -> None:
    """Draw a page of an illustrated book: one picture and a few lines of text under or beside it."""
    sheet, rng = desk.sheet, desk.rng
    low = rng.uniform(0.45, 0.85)
    style = rng.random()
    if style < 0.15:
        sheet.paste(desk.artist.panel(sheet.width / sheet.height), frame(sheet.part(0, 0, 1, 1)))
        return
    art = sheet.part(*((0, 0, 1, low) if style < 0.6 else (0.08, 0.06, 0.92, low)))
    sheet.paste(desk.artist.panel(art.width / art.height), frame(art))
    words = [desk.writer.paragraph(rng.randint(1, 4)) for _ in range(rng.randint(1, 3))]
    sheet.column(
        words,
        Rect(sheet.live.x0, art.y1 + 8, sheet.live.x1, sheet.live.y1),
        desk.unit * rng.uniform(0.9, 1.6),
    )


def draw_novel(desk: Desk) -> None:
    """Draw a page of nothing but prose."""
    top = desk.sheet.live.y0
    if desk.chance(0.08):
        top = desk.sheet.logo(desk.writer.title(), desk.sheet.part(0.2, 0.1, 0.8, 0.2)) + 20
    parts = [desk.writer.paragraph(desk.rng.randint(1, 7)) for _ in range(30)]
    desk.sheet.column(parts, _below(desk, top), desk.type_px)
    desk.sheet.text(str(desk.number), desk.sheet.part(0.4, 0.955, 0.6, 1.0), desk.unit * 0.8)


def draw_photograph(desk: Desk) -> None:
    """Draw a photograph over the whole page, at times with a white rim or a date."""
    sheet = desk.sheet
    photo = photograph(
        desk.rng, sheet.width // 2, sheet.height // 2, desk.artist.other(sheet.width / sheet.height)
    )
    if desk.look.grey:
        photo = np.repeat(photo.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    area = sheet.part(0, 0, 1, 1) if desk.chance(0.8) else sheet.live
    full = cv2.resize(photo, (sheet.width, sheet.height), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    sheet.paste(full, frame(area))
    if desk.chance(0.1):
        sheet.text(
            f"{desk.rng.randint(1, 28)}/{desk.rng.randint(1, 12)}/{desk.rng.randint(1990, 2024)}",
            sheet.part(0.6, 0.94, 0.97, 0.99),
            desk.unit,
            ink="#ff9a2e",
            align="right",
        )
