"""What a book may be called in a catalogue: by its metadata, else by its file or its title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from indexer.metadata.filename import parse_filename
from schemas.elements import fold_name
from schemas.records import BookMetadata

BY_SERIES, BY_FILE, BY_TITLE = 0.5, 0.4, 0.35
"""What it says for an issue that its series is called as the metadata of a book say, its file, its title."""
_ARTICLE = re.compile(r"^(?:the|an?|les?|la|los|las|el|il|lo|gli|der|die|das|de|het)\s+(?=\S)")
_TRAILING_ARTICLE = re.compile(r",\s*(?:the|an?|les?|la|los|las|el|il|der|die|das)$")
_SUBTITLE = re.compile(r"\s*(?::|\s[-–—]\s|\()")


@dataclass(frozen=True, slots=True)
class Guess:
    """A series that a book may be of, its number and year; ``weight`` is what finding it says."""

    series: str
    number: str | None
    year: int | None
    weight: float
    why: str


def series_key(name: str) -> str:
    """Return what two spellings of a series have in common: no articles, accents or signs; "&" is "and"."""
    plain = _TRAILING_ARTICLE.sub("", fold_name(name)).replace("&", " and ")
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    words = " ".join(re.sub(r"['’`]|[^\w]", lambda sign: "" if sign[0] in "'’`" else " ", bare).split())
    return _ARTICLE.sub("", words) or fold_name(name)


def plain_number(number: object) -> str:
    """Return a number of an issue as catalogues write it."""
    return str(number).strip().lstrip("0") or "0"


def guesses(book: Mapping[str, object]) -> Iterator[Guess]:
    """Give what a book may be called, the likeliest first.

    Args:
        book: a row of ``books`` with title, source, series, number and year.
    """
    number, year = book["number"], _whole(book["year"])
    if book["series"]:
        yield Guess(str(book["series"]), _plain(number), year, BY_SERIES, "the series is called so")
    for said, weight, why in (
        (parse_filename(PurePath(str(book["source"])).name), BY_FILE, "the file is named so"),
        (parse_filename(str(book["title"])), BY_TITLE, "the title is called so"),
    ):
        for name in _names(said):
            yield Guess(name, _plain(number or said.number), year or said.year, weight, why)


def _names(said: BookMetadata) -> Iterator[str]:
    """Give what may be the series in a name: before its number, else all of it, else before a subtitle."""
    whole = said.series or said.title or ""
    short = _SUBTITLE.split(whole, maxsplit=1)[0]
    yield from dict.fromkeys(name for name in (whole, short) if series_key(name))


def _plain(number: object) -> str | None:
    return None if number is None else plain_number(number)


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))
