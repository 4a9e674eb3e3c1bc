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
from indexer.care.files import FileSum, copy_file, linked
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


def copy_keepsakes(library: Path, new: Path, former: Path | None = None) -> dict[str, FileSum]:
    """Copy what people made, each file as of one moment, also while it is written.

    Files that are in ``new`` stay; one that is the same in the folder ``former`` is linked. Returns what was
    copied, by path.

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
            copied[name] = _copied(source, new / name, None if former is None else former / name)
    return copied


def _copied(source: Path, target: Path, old: Path | None) -> FileSum:
    """Copy a file, or link one of before that is the same: a catalogue has gigabytes."""
    if old is not None and old.is_file() and old.stat().st_size == source.stat().st_size:
        known = FileSum.of(source)
        if FileSum.of(old) == known and linked(old, target):
            return known
    return copy_file(source, target)


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


def damage_of_keepsakes(library: Path) -> tuple[str, ...]:
    """Say in a line each what is wrong with what people made; nothing where it is sound or missing."""
    damage = []
    for read in (read_curation, read_rights, read_matches):
        try:
            read(library)
        except LibraryError as error:
            damage.append(str(error))
    for name in (*KEPT, CATALOGUE_FILE):
        path = library / name
        told = _damage_of_database(path) if path.is_file() else None
        if told is not None:
            what = "catalogue" if name == CATALOGUE_FILE else name.partition(".")[0]
            way_out = "import it anew, or " if name == CATALOGUE_FILE else ""
            damage.append(f"the {what} in {path} cannot be read ({told}): {way_out}restore it from a backup")
    return tuple(damage)


def _damage_of_database(path: Path) -> str | None:
    try:
        with closing(connect_read_only(path)) as connection:
            told = str(connection.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.Error as error:
        told = str(error)
    return None if told == "ok" else told.splitlines()[0]
