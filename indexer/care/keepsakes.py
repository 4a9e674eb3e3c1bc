"""What people made in a library, and no reading of comics brings back: boards, elements and keys."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from indexer.boards import BOARDS_FILE, KIND
from indexer.care.files import FileSum
from indexer.elements.labels import ELEMENTS_FILE
from indexer.elements.labels import FILE as ELEMENTS_KIND
from indexer.sqlite_file import connect_read_only

KEYS_FILE = "keys.json"
KEPT = {BOARDS_FILE: KIND, ELEMENTS_FILE: ELEMENTS_KIND}
"""Files made by people: their names, and what they are."""


def copy_boards(library: Path, new: Path) -> dict[str, FileSum]:
    """Copy boards and elements as of one moment each, also while they are written; returns those there are.

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
    return copied


def carry_over(library: Path, new: Path) -> None:
    """Take boards, elements and keys along into a folder that will take a library's place, where it has none.

    Raises OSError, LibraryError.
    """
    copy_boards(library, new)
    if (library / KEYS_FILE).is_file() and not (new / KEYS_FILE).exists():
        shutil.copy2(library / KEYS_FILE, new / KEYS_FILE)


def damage_of_boards(library: Path) -> str | None:
    """Say in one line what is wrong with boards or elements, None where they are sound or missing."""
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
