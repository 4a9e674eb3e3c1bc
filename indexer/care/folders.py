"""Folders that take another one's place as a whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.library.lock import LOCK_FILE, writer_lock
from schemas.errors import BackupError, LongboxError


def check_apart(one: Path, other: Path) -> None:
    """Raise BackupError if one folder lies in the other."""
    first, second = one.resolve(), other.resolve()
    if first.is_relative_to(second) or second.is_relative_to(first):
        raise BackupError(f"{one} and {other} lie in each other: give a folder beside the library")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a new folder to fill; after the block it takes the place of ``target``.

    Until then the old folder stays as it was; one that was set aside by a killed process is put
    back first. The new folder lies beside the old one, on the same disk, so that renaming it is
    one step.

    Raises:
        BackupError: the folder cannot be written; the disk is full.
        LibraryBusyError: another process fills it at this moment.
    """
    new, old = (target.with_name(f".{target.name}.longbox-{kind}") for kind in ("new", "old"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        new.mkdir(exist_ok=True)
        with writer_lock(new):
            _put_back(target, old)
            try:
                _empty(new)
                yield new
                os.sync()  # the disk has all of it before anything takes its name
                swap(new, target, old)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    except LongboxError:
        raise
    except OSError as error:
        raise BackupError(f"cannot write {target}: {_cause(error)}; what was there is untouched") from error


def _put_back(target: Path, old: Path) -> None:
    if old.exists() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK_FILE:
            path.unlink()


def swap(new: Path, target: Path, old: Path) -> None:
    """Let ``new`` take the place of ``target``, which is set aside as ``old`` until then. Raises OSError."""
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _cause(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    if error.errno in (errno.EBUSY, errno.EXDEV):
        return "it is the root of a disk; give a folder in it"
    return error.strerror or str(error)
