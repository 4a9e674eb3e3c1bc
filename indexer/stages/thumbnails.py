"""Thumbnails of one book, kept out of memory until the book is stored."""

from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from indexer.stages.drafts import Illustration
from schemas.config import MIB
from schemas.errors import LibraryError

SPOOL_BYTES = 32 * MIB
"""Most books stay in memory; beyond this the pictures of a thick one wait on the disk."""


@dataclass(frozen=True, slots=True)
class SpooledPicture:
    """Where a thumbnail lies in its spool."""

    offset: int
    length: int
    width_px: int
    height_px: int


class ThumbnailSpool:
    """An anonymous file of thumbnails; gone when closed. Use as a context manager."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 (closed by close)
        self._end = 0

    def __enter__(self) -> Self:
        """Return the spool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop the file."""
        self.close()

    def close(self) -> None:
        """Drop the file."""
        self._file.close()

    def add(self, picture: Illustration) -> SpooledPicture:
        """Append a thumbnail. Raises LibraryError where there is no room for it."""
        try:
            self._file.seek(self._end)
            self._file.write(picture.webp)
        except OSError as error:
            raise LibraryError(
                f"cannot keep thumbnails in the temporary folder: {error.strerror}: free some space"
            ) from error
        place = SpooledPicture(self._end, len(picture.webp), picture.width_px, picture.height_px)
        self._end += len(picture.webp)
        return place

    def read(self, place: SpooledPicture) -> bytes:
        """Return the bytes of a thumbnail."""
        self._file.seek(place.offset)
        return self._file.read(place.length)
