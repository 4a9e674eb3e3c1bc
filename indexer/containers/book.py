"""A book as its readers see it: pages in order, metadata beside them, whatever it is packed in."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas.errors import ContainerError, LongboxError, PictureError
from schemas.records import StageFailure

STAGE = "container"
"""Name of this stage in failures."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of a book; ``index`` counts from 0 in reading order.

    ``name`` is unique in the book, harmless to show and never a path to open; ``size`` the
    declared unpacked bytes, None where the container does not say.
    """

    index: int
    name: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class PageRead:
    """The outcome of reading one page: its bytes, or why there are none."""

    entry: PageEntry
    data: bytes = b""
    error: LongboxError | None = None

    def unwrap(self) -> bytes:
        """Return the bytes of the encoded picture, or raise what went wrong."""
        if self.error is not None:
            raise self.error
        return self.data


class Container(ABC):
    """An open book. Reading is serialised by a lock: one thread may read while others decode.

    ``kind`` is one of ``cbz cbr cb7 cbt pdf epub folder``; ``metadata_files`` maps names to
    bounded contents; ``zip_comment`` may hold ComicBookInfo; ``failures`` lists what was lost on
    opening (a truncated archive, a damaged inner archive): the book is then PARTIAL.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self.kind = kind
        self.entries: tuple[PageEntry, ...] = ()
        self.metadata_files: dict[str, bytes] = {}
        self.zip_comment: bytes | None = None
        self.failures: tuple[StageFailure, ...] = ()
        self._lock = threading.Lock()

    def read(self, entry: PageEntry) -> bytes:
        """Return the encoded picture of one page.

        Cheap in any order for ZIP, TAR, PDF, EPUB and folders. RAR, 7z and compressed TAR go
        forward cheaply and start again when asked to go back: use :meth:`iter_pages` for all.

        Raises:
            PictureError: this page is too large; the others are not concerned.
            ContainerError: this page is damaged or encrypted, or the book exceeds its limits.
        """
        with self._lock:
            return self._read(entry)

    def iter_pages(self) -> Iterator[PageRead]:
        """Give every page in order, one in memory at a time; a page that fails ends nothing."""
        for entry in self.entries:
            yield self._attempt(entry)

    def _attempt(self, entry: PageEntry) -> PageRead:
        try:
            return PageRead(entry, self.read(entry))
        except (ContainerError, PictureError) as error:
            return PageRead(entry, error=error)

    @abstractmethod
    def _read(self, entry: PageEntry) -> bytes: ...

    @abstractmethod
    def close(self) -> None:
        """Release files and temporary space."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def book_failure(error: LongboxError) -> StageFailure:
    """Turn what was lost on opening into a record."""
    return StageFailure(stage=STAGE, reason=error.reason, message=str(error))
