"""Opens whatever holds a book, named by its content."""

import stat
from pathlib import Path

from indexer.containers import names
from indexer.containers.archive import ArchiveOpener
from indexer.containers.book import Container
from indexer.containers.budget import Budget
from indexer.containers.folder import FolderContainer
from indexer.containers.pdf import PdfContainer
from indexer.containers.sniff import CONTAINER_KINDS, Magic, sniff_file
from schemas.config import ContainerLimits
from schemas.errors import ContainerError, NotAComicError

_OLD_TAR_SUFFIXES = (".cbt", ".tar")  # TAR of before 1988 has no magic
_COMPRESSED_TAR_SUFFIXES = (".cbt", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")


def open_container(path: Path, *, limits: ContainerLimits) -> Container:
    """Open a book: an archive, a PDF, an EPUB or a folder of pictures. Use it in a ``with``.

    Raises:
        NotAComicError: the file is none of these.
        EmptyBookError: it holds no picture.
        EncryptedContainerError, UnsupportedContainerError, CorruptContainerError,
        LimitExceededError: why it cannot be read.
        BackendUnavailableError: a system library is missing.
        ContainerError: the file is missing or may not be read.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            return FolderContainer(path, limits=limits)
        if not stat.S_ISREG(status.st_mode):
            raise NotAComicError(f"{path.name} is a device or a pipe, not a file")
        magic = _magic_of(path)
        if magic is None:
            raise NotAComicError(_not_a_comic(path, status.st_size))
        if magic is Magic.PDF:
            return PdfContainer(path, limits=limits)
        budget = Budget(limits, packed_bytes=status.st_size, book=path.name)
        opener = ArchiveOpener(path, budget=budget, book=path.name)
        return opener.open(magic, CONTAINER_KINDS[magic])
    except FileNotFoundError as error:
        raise ContainerError(f"{path.name or path} is not found: check the path") from error
    except PermissionError as error:
        raise ContainerError(f"{path.name} may not be read: check its permissions") from error
    except OSError as error:
        raise ContainerError(f"{path.name} cannot be read: {error.strerror or error}") from error


def _magic_of(path: Path) -> Magic | None:
    magic = sniff_file(path)
    if magic is None and names.suffix_of(path.name) in _OLD_TAR_SUFFIXES:
        return Magic.TAR
    if magic in (Magic.GZIP, Magic.BZIP2, Magic.XZ) and not path.name.lower().endswith(
        _COMPRESSED_TAR_SUFFIXES
    ):
        return None  # some compressed file
    return magic


def _not_a_comic(path: Path, size: int) -> str:
    if size == 0:
        return f"{path.name} is an empty file: get it again"
    if names.is_page(path.name):
        return f"{path.name} is a single picture: give the folder that holds it"
    return (
        f"{path.name} is no comic that Longbox reads (ZIP, RAR, 7z, TAR, PDF, EPUB or a folder of pictures)"
    )
