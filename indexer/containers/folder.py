"""A folder that directly holds pictures, as a book."""

import os
import stat
from pathlib import Path

from indexer.containers import names
from indexer.containers.book import Container, PageEntry, book_failure
from indexer.containers.remarks import Remarks
from schemas.config import ContainerLimits
from schemas.errors import (
    ContainerError,
    CorruptContainerError,
    EmptyBookError,
    LimitExceededError,
    LinkError,
    LongboxError,
    PictureTooLargeError,
)

_ARTWORK = frozenset({"cover", "folder", "poster", "thumb", "thumbnail", "banner", "fanart", "backdrop"})
"""Names that library programs give to the picture they show for a folder of books."""


class FolderContainer(Container):
    """Pictures of one folder in natural order; links are not followed, subfolders not entered."""

    def __init__(self, path: Path, *, limits: ContainerLimits) -> None:
        super().__init__(path, "folder")
        self._limits = limits
        files, links = files_and_links(path)
        pages = pages_among(files)
        linked = [link.name for link in links if names.is_page(link.name) or names.is_metadata(link.name)]
        if not pages and linked:
            raise LinkError(
                f"{path.name} holds no picture but links, which are not followed: index their targets"
            )
        if not pages:
            raise EmptyBookError(f"{path.name} is a folder without pictures: nothing to index")
        if len(pages) > limits.max_entries:
            raise LimitExceededError(f"{path.name} holds more than {limits.max_entries} files: not read")
        self._files = tuple(Path(file.path) for file in pages)
        shown = names.unique_names(names.display_name(file.name) for file in pages)
        self.entries = tuple(
            PageEntry(index, name, file.stat(follow_symlinks=False).st_size)
            for index, (name, file) in enumerate(zip(shown, pages, strict=True))
        )
        failures: list[LongboxError] = []
        for file in files:
            if names.is_metadata(file.name):
                self._keep_metadata(Path(file.path), failures)
        remarks = Remarks(path.name)
        for name in linked:
            remarks.link(name)
        self.failures = (*map(book_failure, failures), *remarks.failures())

    def _keep_metadata(self, path: Path, failures: list[LongboxError]) -> None:
        try:
            self.metadata_files[path.name] = _read_file(path, self._limits.max_metadata_bytes)
        except PictureTooLargeError as error:
            failures.append(LimitExceededError(str(error)))
        except ContainerError as error:
            failures.append(error)

    def _read(self, entry: PageEntry) -> bytes:
        return _read_file(self._files[entry.index], self._limits.picture.max_bytes)

    def close(self) -> None:
        """Nothing is kept open."""


def files_and_links(folder: Path) -> tuple[list[os.DirEntry[str]], list[os.DirEntry[str]]]:
    """List the regular files of a folder, and its links; devices are left out. Raises ContainerError."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
        files = [entry for entry in listed if entry.is_file(follow_symlinks=False)]
        return files, [entry for entry in listed if entry.is_symlink()]
    except OSError as error:
        raise ContainerError(f"{folder.name} cannot be listed: {error.strerror}") from error


def pages_among(files: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """Choose the pictures that make this folder a book, in natural order.

    Beside books, pictures named like a cover (``folder.jpg``) or like one of the books
    (``Issue 1.jpg`` beside ``Issue 1.cbz``) only illustrate them.
    """
    pages = [file for file in files if names.is_page(file.name)]
    books = {
        Path(file.name).stem.lower() for file in files if names.suffix_of(file.name) in names.BOOK_SUFFIXES
    }
    if books:
        pages = [file for file in pages if Path(file.name).stem.lower() not in books | _ARTWORK]
    return sorted(pages, key=lambda file: (names.natural_key(file.name), file.name))


def is_artwork_only(pages: list[os.DirEntry[str]]) -> bool:
    """Say whether these pictures only illustrate the subfolders (``cover.jpg`` of a series)."""
    return all(Path(page.name).stem.lower() in _ARTWORK for page in pages)


def _read_file(path: Path, max_bytes: int) -> bytes:
    try:
        # No link that replaced the file since it was listed, and no waiting for a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise CorruptContainerError(f"{path.name} is no regular file any more: skipped")
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise ContainerError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(data) > max_bytes:
        raise PictureTooLargeError(f"{path.name} has more than {max_bytes} bytes: skipped")
    return data
