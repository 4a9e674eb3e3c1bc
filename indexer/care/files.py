"""Which files of a LanceDB table belong to one of its versions, and whether they are as they were.

Lance writes each file once, names it by a random number and never changes it; a version is a
manifest that names its files. LanceDB tells no files, and pylance would be a second engine beside
it, so a file counts as part of a version when the manifest holds its name: random names of 64 bits
and more are in no manifest by chance. Of the parts of a manifest file two are looked at, fragments
and indexes; the third is the transaction that led there, and names files that it replaced. Where
the parts are not found as expected, the whole file is: better some files too many than one too few.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from indexer.remote.paths import TablePath
from indexer.remote.state import tables_at
from schemas.config import MIB
from schemas.errors import LibraryFormatError

MANIFESTS, INDEXES = "_versions", "_indices"
DATA, DELETIONS, TRANSACTIONS = "data", "_deletions", "_transactions"
_LAST_VERSION, _DIGITS = 2**64 - 1, 20
"""Lance counts down, so that the newest version is listed first; older tables count up."""
_INDEX_SECTION = 6
AnyPath = TypeVar("AnyPath", bound=TablePath)
_VARINT, _BYTES, _FIXED = 0, 2, {1: 8, 5: 4}
"""Kinds of fields in a protocol buffer message; fixed ones by their size in bytes."""


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size in bytes and SHA-256 of a file."""

    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, path: TablePath) -> FileSum:
        """Read a file to its end. Raises OSError."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return cls(file.tell(), digest.hexdigest())


def copy_file(source: TablePath, target: Path) -> FileSum:
    """Copy a file and return what was read. Raises OSError."""
    digest, size_bytes = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("wb") as written:
        while block := read.read(MIB):
            digest.update(block)
            written.write(block)
            size_bytes += len(block)
    return FileSum(size_bytes, digest.hexdigest())


def linked(old: Path, new: Path) -> bool:
    """Link a file; False where the disk knows no links."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


def files_of(library: Path, name: str, version: int) -> tuple[str, ...]:
    """Return the files of one version of a table, as paths relative to the library, manifest first.

    Raises:
        LibraryFormatError: the version is not there.
    """
    folder = tables_at(library) / f"{name}.lance"
    manifest = manifest_of(folder, version)
    told = _present(manifest.read_bytes())
    named = sorted(_inside(folder, path) for path in written_once(folder) if mark_of(path) in told)
    return (_inside(folder, manifest), *named)


def _inside(folder: TablePath, path: TablePath) -> str:
    """Return a file's path relative to what its table's folder lies in."""
    return "/".join((folder.name, *path.parts[len(folder.parts) :]))


def manifest_of(folder: AnyPath, version: int) -> AnyPath:
    """Return the manifest of a version of the table in ``folder``. Raises LibraryFormatError."""
    path = versions_in(folder).get(version)
    if path is not None:
        return path
    raise LibraryFormatError(
        f"version {version} of the table {folder.stem!r} is gone from {folder.parent}: run it again"
    )


def mark_of(path: TablePath) -> bytes:
    """Return the bytes by which a manifest names a file that Lance wrote.

    A file that a killed writer left half-written has its passing name still (``.tmpNqvE14``), and no
    manifest holds it: it belongs to no version, and goes when the library is compacted.
    """
    if not path.name.startswith("."):
        with suppress(ValueError):  # of another name than Lance gives: not its own
            if INDEXES in path.parts:
                return UUID(path.parent.name).bytes
            if path.parent.name == DELETIONS:  # 0-7-12952412318911392636.arrow: the last is its own number
                return _varint(int(path.stem.rpartition("-")[2]))
    return path.name.encode()


def versions_in(folder: AnyPath) -> dict[int, AnyPath]:
    """Return the manifests of a table's versions by their numbers."""
    found = {}
    for path in (folder / MANIFESTS).glob("*.manifest"):
        if path.stem.isdigit():
            number = int(path.stem)
            found[_LAST_VERSION - number if len(path.stem) == _DIGITS else number] = path
    return found


def written_once(folder: AnyPath) -> Iterator[AnyPath]:
    """Give the files of a table that Lance wrote under random names."""
    for kind in (DATA, DELETIONS, TRANSACTIONS):
        yield from (path for path in (folder / kind).glob("*") if path.is_file())
    yield from (path for path in (folder / INDEXES).glob("*/*") if path.is_file())


def _present(manifest: bytes) -> bytes:
    """Return the parts of a manifest file that say what is there now.

    A footer of 16 bytes begins with the place of the manifest message, whose field 6 is the place
    of the index section; before each message stands its length in 4 bytes, the lowest first
    (``protos/table.proto`` of Lance).
    """
    try:
        message = _message_at(manifest, int.from_bytes(manifest[-16:-8], "little"))
        indexes = next((value for field, value in _numbers(message) if field == _INDEX_SECTION), None)
        return message if indexes is None else message + _message_at(manifest, indexes)
    except (IndexError, ValueError):
        return manifest


def _message_at(manifest: bytes, place: int) -> bytes:
    start = place + 4
    size = int.from_bytes(manifest[place:start], "little")
    if not size or start + size > len(manifest):
        raise ValueError("no message lies there")
    return manifest[start : start + size]


def _numbers(message: bytes) -> Iterator[tuple[int, int]]:
    """Give the fields of a protocol buffer message that are whole numbers, and pass by the others."""
    place = 0
    while place < len(message):
        tag, place = _read_varint(message, place)
        kind, field = tag & 7, tag >> 3
        if kind == _VARINT:
            value, place = _read_varint(message, place)
            yield field, value
        elif kind == _BYTES:
            size, place = _read_varint(message, place)
            place += size
        elif kind in _FIXED:
            place += _FIXED[kind]
        else:
            raise ValueError("no protocol buffer message")


def _read_varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _varint(number: int) -> bytes:
    """Return a number as protocol buffers write it: seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))
