"""What people made in a library, and no reading of comics brings back.

Boards, elements, decisions of the audit, rights, the catalogue and what was matched with it, new panels; keys
too, which stay.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from indexer.audit.files import read_curation
from indexer.care.files import FileSum, copy_file
from indexer.catalogue.coverfile import COVERS_FILE
from indexer.catalogue.coverfile import FILE as COVERS_KIND
from indexer.catalogue.deciding import read_matches
from indexer.elements.labels import ELEMENTS_FILE
from indexer.elements.labels import FILE as ELEMENTS_KIND
from indexer.library.boards import BOARDS_FILE, KIND
from indexer.library.generated import FOLDER
from indexer.library.rights import read_rights
from indexer.library.sqlite_file import connect_read_only
from schemas.curation import CURATION_FILE
from schemas.errors import LibraryError
from schemas.matches import CATALOGUE_FILE, MATCHES_FILE
from schemas.rights import RIGHTS_FILE

KEYS_FILE = "keys.json"
KEPT = {BOARDS_FILE: KIND, ELEMENTS_FILE: ELEMENTS_KIND, COVERS_FILE: COVERS_KIND}
"""Databases that people fill: their names, and what they are."""
WHOLE = (CURATION_FILE, RIGHTS_FILE, MATCHES_FILE, CATALOGUE_FILE)


def copy_keepsakes(library: Path, new: Path) -> dict[str, FileSum]:
    """Copy what people made, each file as of one moment, also while it is written.

    Files that are in ``new`` stay. Returns what was copied, by path.

    Raises:
        LibraryFormatError: a file is damaged.
        LibraryError: it cannot be read or written.
        OSError: the same, of a file that is not a database.
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
    for source in _whole_files(library):
        name = source.relative_to(library).as_posix()
        if not (new / name).exists():
            copied[name] = copy_file(source, new / name)
    return copied


def is_keepsake(path: str) -> bool:
    """Say whether a path relative to the library is of something that people made."""
    return path in KEPT or path in WHOLE or path.startswith(f"{FOLDER}/")


def _whole_files(library: Path) -> Iterator[Path]:
    """Give the files that are only ever replaced as a whole."""
    yield from (path for name in WHOLE if (path := library / name).is_file())
    for path in sorted((library / FOLDER).rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path


def carry_over(library: Path, new: Path) -> None:
    """Take what people made along into a folder that will take a library's place, where it has none.

    Raises OSError, LibraryError.
    """
    copy_keepsakes(library, new)
    if (library / KEYS_FILE).is_file() and not (new / KEYS_FILE).exists():
        shutil.copy2(library / KEYS_FILE, new / KEYS_FILE)


def damage_of_keepsakes(library: Path) -> str | None:
    """Say in one line what is wrong with what people made, None where it is sound or missing."""
    try:
        read_curation(library)
        read_rights(library)
        read_matches(library)
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
