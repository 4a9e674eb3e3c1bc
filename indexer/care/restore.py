"""``longbox restore``: puts a backup in a library's place, whole or not at all."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from indexer.care.backup import BackupContents, read_contents
from indexer.care.files import FileSum, copy_file
from indexer.care.folders import check_apart, replacing
from indexer.care.keepsakes import carry_over
from indexer.care.pins import newest_versions, open_at
from indexer.library.lock import writer_lock
from indexer.library.store import is_own_file
from indexer.remote.paths import ObjectPath
from indexer.remote.restoring import restore_to_store
from indexer.remote.state import tables_at
from schemas.errors import BackupError


def restore(backup: Path, library: Path) -> dict[str, int]:
    """Copy a backup to ``library``, check every byte, then let it take the place of what is there.

    Args:
        backup: folder that ``longbox backup`` made.
        library: a new or empty folder, or a library, which is replaced: its snapshots go too,
            keys stay, and so do boards where the backup has none. On object storage, which cannot
            replace anything in one step, there may be none yet.

    Returns:
        Rows by table.

    Raises:
        BackupError: the backup is damaged, which the message says of which file; the folder holds
            something else or cannot be written.
        LibraryBusyError: another process is writing to the library.
    """
    check_apart(library, backup)
    contents = read_contents(backup)
    tables = tables_at(library)
    if isinstance(tables, ObjectPath):
        for path, wanted in contents.files.items():
            _check_file(backup, path, FileSum.of(_found(backup, library, path)), wanted)
        restore_to_store(backup, contents, library, tables)
        return contents.rows
    _check_replaceable(library)
    with ExitStack() as stack:
        if library.is_dir() and any(library.iterdir()):
            stack.enter_context(writer_lock(library))
        new = stack.enter_context(replacing(library))
        for path, wanted in contents.files.items():
            _check_file(backup, path, copy_file(_found(backup, new, path), new / path), wanted)
        _check_rows(new, contents)
        carry_over(library, new)
    return contents.rows


def _check_replaceable(library: Path) -> None:
    if not library.exists():
        return
    if not library.is_dir():
        raise BackupError(f"{library} is a file: give a folder for the library")
    foreign = sorted(path.name for path in library.iterdir() if not is_own_file(path.name))
    if foreign:
        raise BackupError(
            f"{library} holds files that are no library's ({foreign[0]}): move them away, or give another "
            "folder"
        )


def _check_file(backup: Path, path: str, found: FileSum, wanted: FileSum) -> None:
    if found != wanted:
        raise BackupError(
            f"the file {path} of the backup {backup} is not as it was written: restore another backup"
        )


def _found(backup: Path, new: Path, path: str) -> Path:
    """Return where a file of the backup lies. Raises BackupError."""
    if not (new / path).resolve().is_relative_to(new.resolve()):
        raise BackupError(
            f"the backup {backup} names a file outside of itself ({path}): restore another backup"
        )
    if not (backup / path).is_file():
        raise BackupError(f"the file {path} of the backup {backup} is missing: restore another backup")
    return backup / path


def _check_rows(new: Path, contents: BackupContents) -> None:
    rows = {name: table.count_rows() for name, table in open_at(new, newest_versions(new)).items()}
    if rows != contents.rows:
        raise BackupError(f"the backup holds {rows} rows and names {contents.rows}: restore another backup")
