"""What a file's name says, for what nothing better says: series, number, year, title."""

import re
from pathlib import PurePath

from indexer.metadata import values
from schemas.records import BookMetadata

_SUFFIX = re.compile(r"\.(?:cb[zrt7a]|zip|rar|7z|tar(?:\.(?:gz|bz2|xz))?|t[gbx]z2?|pdf|epub)$", re.IGNORECASE)
_YEAR = re.compile(r"[(\[]\s*((?:19|20)[0-9]{2})(?:-[0-9]{2}){0,2}\s*[)\]]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_VOLUME = re.compile(r"\b(?:v|vol\.?|volume|tome|band)\s*([0-9]{1,4})\b", re.IGNORECASE)
_HASH_NUMBER = re.compile(r"#\s*([0-9]{1,5}(?:\.[0-9]{1,3})?[a-z]?\b|[0-9]{0,5}[¼½¾])", re.IGNORECASE)
_WORD_NUMBER = re.compile(
    r"\b(?:ch(?:apter|ap)?|ep(?:isode)?|issue|no|nr|c)\.?\s*([0-9]{1,5}(?:\.[0-9]{1,3})?)\b", re.IGNORECASE
)
_LAST_NUMBER = re.compile(r"(?<=\s)([0-9]{1,3}(?:\.[0-9]{1,2})?|0[0-9]{3})(?=\s*(?:$|\s-\s))")
"""A bare number ends the series: up to three digits, since ``Blade Runner 2049`` is a name."""
_MAX_STEM = 400


def parse_filename(source_name: str) -> BookMetadata:
    """Read ``Captain Science #001 (1950) The Beginning.cbz``; careful: what is doubtful is a title."""
    stem = _SUFFIX.sub("", PurePath(source_name).name)[:_MAX_STEM]
    if " " not in stem:
        stem = stem.replace("_", " ")
        stem = stem.replace(".", " ") if stem.count(".") > 1 else stem
    year = _YEAR.search(stem)
    bare = _BRACKETS.sub(" ", stem)
    volume = _VOLUME.search(bare)
    if volume is not None:  # its digits are no issue number; blanks keep the places
        blank = " " * len(volume.group())
        numbered = bare[: volume.start()] + blank + bare[volume.end() :]
    else:
        numbered = bare
    number = _HASH_NUMBER.search(numbered) or _WORD_NUMBER.search(numbered) or _LAST_NUMBER.search(numbered)
    cuts = [match for match in (volume, number) if match is not None]
    if not cuts:
        return BookMetadata(title=_tidy(bare) or _tidy(stem), year=values.year_of(year and year.group(1)))
    series = _tidy(bare[: min(match.start() for match in cuts)])
    title = _tidy(bare[max(match.end() for match in cuts) :])
    return BookMetadata(
        title=title or (None if series else _tidy(stem)),
        series=series,
        number=values.issue_number(number.group(1)) if number else None,
        volume=values.whole_number(volume.group(1)) if volume else None,
        year=values.year_of(year and year.group(1)),
    )


def _tidy(text: str) -> str | None:
    """Drop the separators that a cut leaves at the ends."""
    return values.text_of((values.text_of(text) or "").strip(" -–—_,.:;"))
