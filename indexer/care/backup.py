"""``longbox backup``: a copy of a library as it stood at one moment, also while it is written to.

A backup is itself a library, with ``backup.json`` beside the tables: sizes and SHA-256 of all files.
Lance's data files never change, so a later backup into the same folder copies only new ones; the
others are linked from the former backup, never from the library, where a failing disk or a
foreign hand would change both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from indexer.care.files import MANIFESTS, FileSum, copy_file, files_of, linked
from indexer.care.folders import check_apart, replacing
from indexer.care.keepsakes import copy_keepsakes, damage_of_keepsakes
from indexer.care.pins import Versions, coherent_versions, open_at
from indexer.care.reconciling import fit_ledger, open_ledger
from indexer.library.faults import reading
from indexer.library.ledger import LEDGER_FILE
from indexer.remote.state import shown, tables_at
from schemas.errors import BackupError

BACKUP_FILE = "backup.json"
BACKUP_VERSION = 1
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What ``backup.json`` says: files by path relative to the folder, rows by table."""

    files: dict[str, FileSum]
    rows: dict[str, int]

    def to_json(self) -> str:
        """Return the text of ``backup.json``."""
        files = {path: asdict(found) for path, found in sorted(self.files.items())}
        return json.dumps({"version": BACKUP_VERSION, "rows": self.rows, "files": files}, indent=1)


@dataclass(slots=True)
class BackupReport:
    """What a backup did: files and bytes copied, and files kept from the former backup."""

    rows: dict[str, int] = field(default_factory=dict)
    copied: int = 0
    copied_bytes: int = 0
    kept: int = 0


def read_contents(backup: Path) -> BackupContents:
    """Read ``backup.json``. Raises BackupError."""
    path = backup / BACKUP_FILE
    try:
        told = json.loads(path.read_text("utf-8"))
        if told["version"] > BACKUP_VERSION:
            raise BackupError(f"the backup {backup} was made by a newer Longbox: upgrade Longbox to use it")
        files = {str(name): FileSum(**found) for name, found in told["files"].items()}
        return BackupContents(files, {str(name): int(count) for name, count in told["rows"].items()})
    except FileNotFoundError as error:
        raise BackupError(f"there is no backup in {backup}: it has no {BACKUP_FILE}") from error
    except OSError as error:
        raise BackupError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{path} is damaged: take another backup") from error


def back_up(library: Path, out: Path) -> BackupReport:
    """Copy a library into the folder ``out``, whole or not at all.

    Args:
        library: folder of the library; not locked, it may be written at the same time.
        out: a new or empty folder, or one that holds an older backup, which is replaced.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged.
        BackupError: ``out`` holds something else or cannot be written, or a file of the library is
            not as it was written; an older backup in ``out`` stays.
    """
    check_apart(library, out)
    former = _former(out)
    report = BackupReport()
    with replacing(out) as new:
        with open_ledger(library) as ledger:
            digests, sums = ledger.digests(), ledger.file_sums()
            versions, files = _copy_tables(library, new, former, sums, report)
            ledger.copy_to(new / LEDGER_FILE)
        fit_ledger(new / LEDGER_FILE, new, open_at(new, versions), digests)
        files[LEDGER_FILE] = FileSum.of(new / LEDGER_FILE)
        if damage := damage_of_keepsakes(library):
            raise BackupError(f"{damage[0]}; until then nothing is backed up, and an older backup stays")
        files |= copy_keepsakes(library, new, former.folder if former.files else None)
        report.rows = _count(new, versions)
        (new / BACKUP_FILE).write_text(BackupContents(files, report.rows).to_json(), "utf-8")
    return report


@dataclass(frozen=True, slots=True)
class _Former:
    folder: Path
    files: Mapping[str, FileSum]


def _former(out: Path) -> _Former:
    if not out.exists():
        return _Former(out, {})
    if not out.is_dir():
        raise BackupError(f"{out} is a file: give a folder for the backup")
    if (out / BACKUP_FILE).exists():
        return _Former(out, read_contents(out).files)
    if any(out.iterdir()):
        raise BackupError(f"{out} holds other files and no backup: give an empty or a new folder")
    return _Former(out, {})


def _copy_tables(
    library: Path, new: Path, former: _Former, sums: Mapping[str, FileSum], report: BackupReport
) -> tuple[Versions, dict[str, FileSum]]:
    """Copy the files of versions that fit each other; begin again if a writer clears them away."""
    copied: dict[str, FileSum] = {}
    for _ in range(_ATTEMPTS):
        versions = coherent_versions(library)
        paths = [path for name, version in versions.items() for path in files_of(library, name, version)]
        try:
            for path in paths:
                if path not in copied:
                    copied[path] = _take(library, new, path, former, sums.get(path), report)
        except FileNotFoundError:
            continue
        for path in copied.keys() - set(paths):
            (new / path).unlink()
            del copied[path]
        return versions, copied
    raise BackupError(f"the library {shown(library)} changes faster than it can be copied: try again later")


def _take(
    library: Path, new: Path, path: str, former: _Former, recorded: FileSum | None, report: BackupReport
) -> FileSum:
    """Link a file from the former backup if it is there and sound, else copy it from the library."""
    tables = tables_at(library)
    if MANIFESTS not in path and (known := former.files.get(path)) is not None:
        is_same = (tables / path).stat().st_size == known.size_bytes and recorded in (None, known)
        if is_same and _is_sound(former.folder / path, known) and linked(former.folder / path, new / path):
            report.kept += 1
            return known
    found = copy_file(tables / path, new / path)
    if recorded is not None and found != recorded:
        raise BackupError(
            f"the file {path} of the library {shown(library)} is not as it was written, so nothing is backed "
            "up and an older backup stays: run 'longbox verify --repair', or restore that backup"
        )
    report.copied += 1
    report.copied_bytes += found.size_bytes
    return found


def _is_sound(path: Path, known: FileSum) -> bool:
    try:
        return FileSum.of(path) == known
    except OSError:
        return False


def _count(new: Path, versions: Versions) -> dict[str, int]:
    """Open the copy and count its rows. Raises LibraryFormatError, LibraryError."""
    rows = {}
    for name, table in open_at(new, versions).items():
        with reading(new, name):
            rows[name] = table.count_rows()
    return rows
