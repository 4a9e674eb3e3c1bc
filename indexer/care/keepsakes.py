"""What people made in a library, and no reading of comics brings back: boards, elements, decisions, keys."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from indexer.audit.files import read_curation
from indexer.care.files import FileSum
from indexer.elements.labels import ELEMENTS_FILE
from indexer.elements.labels import FILE as ELEMENTS_KIND
from indexer.library.boards import BOARDS_FILE, KIND
from indexer.library.sqlite_file import connect_read_only
from schemas.curation import CURATION_FILE
from schemas.errors import LibraryError

KEYS_FILE = "keys.json"
KEPT = {BOARDS_FILE: KIND, ELEMENTS_FILE: ELEMENTS_KIND}
"""Files made by people: their names, and what they are."""


def copy_boards(library: Path, new: Path) -> dict[str, FileSum]:
    """Copy boards, elements and decisions as of one moment each, also while they are written.

    Returns those there are.

    Raises:
        LibraryFormatError: their file is damaged.
        LibraryError: it cannot be read or written.
    """
    copied = {}
    for name, kind in KEPT.items():
        source, target = library / name, new / name
        if not source.is_file() or target.exists():
            continue
        with (
            kind.errors(source),
            closing(connect_read_only(source)) as read,
            closing(sqlite3.connect(target)) as copy,
        ):
            read.backup(copy)
        copied[name] = FileSum.of(target)
    source, target = library / CURATION_FILE, new / CURATION_FILE
    if source.is_file() and not target.exists():
        shutil.copy2(source, target)  # it is only ever replaced as a whole
        copied[CURATION_FILE] = FileSum.of(target)
    return copied


def carry_over(library: Path, new: Path) -> None:
    """Take what people made along into a folder that will take a library's place, where it has none.

    Raises OSError, LibraryError.
    """
    copy_boards(library, new)
    if (library / KEYS_FILE).is_file() and not (new / KEYS_FILE).exists():
        shutil.copy2(library / KEYS_FILE, new / KEYS_FILE)


def damage_of_boards(library: Path) -> str | None:
    """Say in one line what is wrong with what people made, None where it is sound or missing."""
    try:
        read_curation(library)
    except LibraryError as error:
        return str(error)
    for name in KEPT:
        path = library / name
        if not path.is_file():
            continue
        try:
            with closing(connect_read_only(path)) as connection:
                told = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
        except sqlite3.Error as error:
            told = str(error)
        if told != "ok":
            what = name.partition(".")[0]
            return f"the {what} in {path} are damaged ({told}): restore them from a backup"
    return None
