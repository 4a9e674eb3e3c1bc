"""A board to take along: JSON, CSV, or a ZIP of its pictures with credits.

Files in the ZIP have names of our own making: nothing that a book says of itself becomes a path.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from schemas.config import MIB
from schemas.errors import LongboxError
from search.answers.cards_of_books import BookCard
from webui.boards.showing import ShownBoard, ShownItem

SIDE_PX = 1400
_COLUMNS = (
    *("position", "picture", "state", "title", "page_no", "panel_no", "role", "note", "text"),
    *("panel_id", "book_id", "page_file", "left", "top", "right", "bottom"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_IN_MEMORY = 8 * MIB
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a ZIP, so that the same board gives the same ZIP."""

PictureOf = Callable[[ShownItem], bytes]
"""Gives an item's picture as WebP; raises LongboxError where there is none."""


def to_json(board: ShownBoard, books: tuple[BookCard, ...]) -> str:
    """Return a board and its credits as JSON."""
    told = {**board.to_json(), "credits": [book.credits() for book in books]}
    return json.dumps(told, ensure_ascii=False, indent=1)


def to_csv(board: ShownBoard, pictures: dict[str, str] | None = None) -> str:
    """Return a board as CSV for spreadsheets; ``pictures`` are names of files by item."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for position, item in enumerate(board.items, start=1):
        told = (item.state, item.title, item.page_no, item.panel_no, item.role, item.note, item.text)
        where = (item.panel_id, item.book_id, item.page_file, *(round(v, 5) for v in item.box))
        picture = (pictures or {}).get(item.item_id, "")
        writer.writerow([_cell(value) for value in (position, picture, *told, *where)])
    return out.getvalue()


def to_credits(board: ShownBoard, books: tuple[BookCard, ...]) -> str:
    """Return who made the books of a board, for people."""
    lines = [board.title, *([board.note] if board.note else []), ""]
    for book in sorted(books, key=lambda book: (book.title.casefold(), book.book_id)):
        lines.extend(_credit_lines(book))
    known = {book.book_id for book in books}
    gone = sorted({item.title for item in board.items if item.book_id not in known})
    lines += [f"{title}: not in the library any more, its makers are not known" for title in gone]
    return "\n".join(_one_line(line) for line in lines).rstrip() + "\n"


def to_zip(board: ShownBoard, books: tuple[BookCard, ...], picture_of: PictureOf) -> IO[bytes]:
    """Return a ZIP of pictures, ``credits.txt``, ``board.csv`` and ``board.json``, ready to be read."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the caller closes it)
    names: dict[str, str] = {}
    with zipfile.ZipFile(file, "w") as archive:
        for name, item in _named(board):
            try:
                webp = picture_of(item)
            except LongboxError:  # a panel that is gone has no picture; the CSV says so
                continue
            names[item.item_id] = name
            _add(archive, name, webp, zipfile.ZIP_STORED)
        for name, text in (
            ("credits.txt", to_credits(board, books)),
            ("board.csv", to_csv(board, names)),
            ("board.json", to_json(board, books)),
        ):
            _add(archive, name, text.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)
    file.seek(0)
    return file


def file_name(board: ShownBoard, suffix: str) -> str:
    """Return a plain name for a board's file."""
    words = re.sub(r"[^a-z0-9]+", "-", board.title.casefold()).strip("-")[:60].strip("-")
    return f"{words or 'board'}.{suffix}"


def _named(board: ShownBoard) -> Iterator[tuple[str, ShownItem]]:
    for position, item in enumerate(board.items, start=1):
        yield f"pictures/{position:04d}.webp", item


def _add(archive: zipfile.ZipFile, name: str, data: bytes, method: int) -> None:
    entry = zipfile.ZipInfo(name, _MADE)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data, method)


def _credit_lines(book: BookCard) -> Iterator[str]:
    yield f"{book.title}{f' ({book.year})' if book.year else ''}"
    if book.series and book.series != book.title:
        yield f"  series: {book.series}"
    for credit in book.creators:
        yield f"  {credit.role}: {credit.name}"
    if book.publisher:
        yield f"  publisher: {book.publisher}"
    yield f"  licence: {book.licence or 'not stated by the book'}"


def _cell(value: object) -> object:
    """Keep a spreadsheet from running what a book or a note says as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
