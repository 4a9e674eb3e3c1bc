"""When two books are the same, and when a book may have changed."""

import hashlib
import os
import stat
from pathlib import Path

from indexer.containers import names
from indexer.containers.folder import files_and_links, pages_among
from schemas.errors import ContainerError

_HASH_CHARACTERS = 24  # 96 bits: no collision among any number of books that anyone owns
_READ_BYTES = 1024 * 1024


def content_hash(path: Path) -> str:
    """Return 24 hex characters that name a book's content, wherever it lies and whatever its name.

    SHA-256 of a file's bytes; of a folder, of the names and SHA-256 of its pictures and metadata
    files in natural order. Raises ContainerError.
    """
    try:
        if not path.is_dir():
            return _file_hash(path).hexdigest()[:_HASH_CHARACTERS]
        whole = hashlib.sha256(b"folder")
        for file in _book_files(path):
            name = file.name.encode("utf-8", "surrogateescape")
            whole.update(len(name).to_bytes(4, "big") + name + _file_hash(Path(file.path)).digest())
        return whole.hexdigest()[:_HASH_CHARACTERS]
    except OSError as error:
        raise ContainerError(f"{path.name} cannot be read: {error.strerror or error}") from error


def fingerprint(path: Path) -> tuple[int, int]:
    """Return ``(size_bytes, mtime_ns)``: equal numbers mean, nearly always, an unchanged book.

    Of a folder: the sum of its pictures and metadata files, and the latest change of these or of
    the folder itself, so that a deleted page counts. Raises ContainerError.
    """
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            return status.st_size, status.st_mtime_ns
        statuses = [file.stat(follow_symlinks=False) for file in _book_files(path)]
    except OSError as error:
        raise ContainerError(f"{path.name} cannot be read: {error.strerror or error}") from error
    size = sum(item.st_size for item in statuses)
    return size, max([status.st_mtime_ns, *(item.st_mtime_ns for item in statuses)])


def _book_files(folder: Path) -> list[os.DirEntry[str]]:
    files, _ = files_and_links(folder)
    metadata = [file for file in files if names.is_metadata(file.name)]
    return pages_among(files) + sorted(metadata, key=lambda file: (names.natural_key(file.name), file.name))


def _file_hash(path: Path) -> "hashlib._Hash":
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would block, a device never end
        raise ContainerError(f"{path.name} is a device or a pipe, not a file")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest
