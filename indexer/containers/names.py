"""Names inside containers: what is a page, what is metadata, what is junk, and in which order.

Names come from strangers. They are shown and compared, never joined to a path.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

PAGE_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".avif", ".gif", ".bmp"),
        *(".tif", ".tiff", ".jp2", ".j2k", ".jpx", ".jxl", ".heic", ".heif"),
    }
)
"""Pictures; those that cannot be decoded are still listed, so that their loss is reported."""

ARCHIVE_SUFFIXES = frozenset([".cbz", ".cbr", ".cb7", ".cbt", ".zip", ".rar", ".7z", ".tar"])
BOOK_SUFFIXES = ARCHIVE_SUFFIXES | {".pdf", ".epub", ".tgz", ".tbz2", ".txz"}

_METADATA_NAMES = frozenset({"comicinfo.xml", "comet.xml", "metroninfo.xml", "comic-book-info.json"})
_METADATA_SUFFIXES = frozenset({".acbf", ".opf"})
_JUNK_FOLDERS = frozenset({"__macosx", "@eadir", "$recycle.bin", "system volume information"})
_JUNK_FILES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
_MAX_NAME = 400  # longer names are cut in the middle, their end (number, suffix) kept
_DIGITS = re.compile(r"([0-9]+)")
_DRIVE = re.compile(r"^[A-Za-z]:")

NaturalKey = tuple[tuple[tuple[int, int, str], ...], ...]


def display_name(raw: str) -> str:
    """Return a harmless name for people: forward slashes, relative, no ``..``, printable, bounded."""
    text = _shown(raw).replace("\\", "/")
    parts = [part for part in _DRIVE.sub("", text).split("/") if part.strip() not in ("", ".", "..")]
    return _bounded("/".join(parts) or "unnamed")


def printable(raw: str) -> str:
    """Return a name as it is written, fit for one line of a list."""
    return _bounded(_shown(raw))


def leads_outside(raw: str) -> bool:
    """Say whether a name, taken for a path, could leave the folder it is unpacked in."""
    text = raw.replace("\\", "/")
    return text.startswith("/") or bool(_DRIVE.match(text)) or ".." in text.split("/")


def _shown(raw: str) -> str:
    return "".join(c if c.isprintable() else "_" for c in raw)


def _bounded(name: str) -> str:
    if len(name) <= _MAX_NAME:
        return name
    return f"{name[: _MAX_NAME // 2]}…{name[-_MAX_NAME // 2 :]}"


def unique_names(names: Iterable[str]) -> list[str]:
    """Number repeated names, so that each finds one page: ``1.jpg``, ``1.jpg (2)``."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    unique = []
    for name in names:
        candidate = name
        while candidate in taken:
            counts[name] = counts.get(name, 1) + 1
            candidate = f"{name} ({counts[name]})"
        taken.add(candidate)
        unique.append(candidate)
    return unique


def natural_key(name: str) -> NaturalKey:
    """Sort key: folder by folder, digits by value (``2`` before ``10``), case ignored.

    Digits are compared as text by length, because a hostile name can hold a million of them.
    """
    return tuple(_part_key(part) for part in name.casefold().split("/"))


def _part_key(part: str) -> tuple[tuple[int, int, str], ...]:
    pieces = []
    for piece in _DIGITS.split(part):
        if piece[:1].isascii() and piece.isdigit():
            digits = piece.lstrip("0")
            pieces.append((0, len(digits), digits))
        elif piece:
            pieces.append((1, 0, piece))
    return tuple(pieces)


def suffix_of(name: str) -> str:
    """Return the lower-case suffix with its dot, empty where there is none."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def is_junk(name: str) -> bool:
    """Say whether an operating system or a viewer left this file: resource forks, thumbnails, hidden."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not parts:
        return True
    folders, last = parts[:-1], parts[-1].lower()
    return (
        last in _JUNK_FILES
        or any(part.startswith(".") for part in parts)
        or any(part.lower() in _JUNK_FOLDERS for part in folders)
    )


def is_page(name: str) -> bool:
    """Say whether a member is meant as a page, by its name."""
    return suffix_of(name) in PAGE_SUFFIXES and not is_junk(name)


def is_metadata(name: str) -> bool:
    """Say whether a member is metadata that Longbox reads, by its name."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return (last in _METADATA_NAMES or suffix_of(name) in _METADATA_SUFFIXES) and not is_junk(name)


def is_archive(name: str) -> bool:
    """Say whether a member is an archive inside the archive, by its name."""
    return suffix_of(name) in ARCHIVE_SUFFIXES and not is_junk(name)
