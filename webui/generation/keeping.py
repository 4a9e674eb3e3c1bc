"""Pictures that stay: single panels as books of the library, and those that are not to be shown any more."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.library.generated import keep_book
from models.generation.pages import as_cbz
from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.errors import NotFoundError
from schemas.rights import RightsRegister
from search.generation.records import PanelRecord, credit_line, read_record, terms_of_all

if TYPE_CHECKING:
    from search.generation.sequences import MadeSequence

_TITLE = 60


def keep_pictures(library: Path, title: str, pictures: Sequence[bytes], records: Sequence[bytes]) -> int:
    """Take generated panels into a library as one book, a page each; returns how many pages it took.

    Args:
        library: Its folder.
        title: What the book is called; its first line counts.
        pictures: PNGs.
        records: What each was made from, as JSON.

    Raises:
        ExchangeError: a record is none.
        LibraryError, LibraryBusyError: it cannot be written; a book half kept is taken up by the next run.
    """
    known = [read_record(record.decode()) for record in records]
    used = tuple(dict.fromkeys(one for record in known for one in record.used))
    name = " ".join(title.split())[:_TITLE] or "Panel"
    credit, licence = credit_line(used), terms_of_all(used).licence
    drawn = [decode_picture(png, name="a panel", limits=PictureLimits()).image for png in pictures]
    book = as_cbz(drawn, title=name, credit=credit, licence=licence)
    told = {"title": name, "credit": credit, "licence": licence, "panels": _json_of(known)}
    return keep_book(library, name, book, json.dumps(told, ensure_ascii=False)).pages


def keep_sequence(library: Path, made: "MadeSequence", title: str = "") -> int:
    """Take what a script became into a library, as it is laid out; returns how many pages it took.

    Raises LibraryError, LibraryBusyError.
    """
    named = replace(made, title=" ".join((title or made.title).split())[:_TITLE] or "Storyboard")
    told = json.dumps(named.to_json(), ensure_ascii=False)
    return keep_book(library, named.title, named.book("cbz"), told).pages


def check_shown(record: bytes, register: RightsRegister, what: str) -> None:
    """Refuse what was made from something that was taken down since.

    Raises:
        NotFoundError: it was; the message names it.
    """
    if not register.taken_down:
        return
    try:
        panels = [str(one["panel_id"]) for one in json.loads(record)["references"]]
    except (ValueError, TypeError, KeyError) as error:
        raise NotFoundError(f"{what} has no record that says what it was made from") from error
    gone = next((panel for panel in panels if register.is_taken_down(panel)), None)
    if gone is not None:
        raise NotFoundError(f"{what} is not shown any more: {gone}, which it was made from, was taken down")


def _json_of(records: Sequence[PanelRecord]) -> list[dict[str, object]]:
    return [record.to_json() for record in records]
