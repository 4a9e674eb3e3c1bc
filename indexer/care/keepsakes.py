"""What people made in a library, and no reading of comics brings back: boards and keys."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from indexer.boards import BOARDS_FILE, KIND
from indexer.care.files import FileSum
from indexer.sqlite_file import connect_read_only

KEYS_FILE = "keys.json"


def copy_boards(library: Path, new: Path) -> dict[str, FileSum]:
    """Copy the boards as of one moment, also while they are written; returns the file, none where none is.

    Raises:
        LibraryFormatError: their file is damaged.
        LibraryError: it cannot be read or written.
    """
    source, target = library / BOARDS_FILE, new / BOARDS_FILE
    if not source.is_file():
        return {}
    with (
        KIND.errors(source),
        closing(connect_read_only(source)) as read,
        closing(sqlite3.connect(target)) as copy,
    ):
        read.backup(copy)
    return {BOARDS_FILE: FileSum.of(target)}


def carry_over(library: Path, new: Path) -> None:
    """Take boards and keys along into a folder that will take a library's place, where it has none.

    Raises OSError, LibraryError.
    """
    if not (new / BOARDS_FILE).exists():
        copy_boards(library, new)
    if (library / KEYS_FILE).is_file() and not (new / KEYS_FILE).exists():
        shutil.copy2(library / KEYS_FILE, new / KEYS_FILE)


def damage_of_boards(library: Path) -> str | None:
    """Say in one line what is wrong with the boards' file, None where it is sound or missing."""
    path = library / BOARDS_FILE
    if not path.is_file():
        return None
    try:
        with closing(connect_read_only(path)) as connection:
            told = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.Error as error:
        told = str(error)
    return None if told == "ok" else f"the boards in {path} are damaged ({told}): restore them from a backup"
