"""Pictures of imported pages: found by the page's key in one folder, and nowhere else."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from indexer.containers.names import PAGE_SUFFIXES
from schemas.config import PictureLimits
from schemas.errors import ExchangeError, PictureTooLargeError, UnreadablePictureError

_MAX_NAME = 1_000


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A picture in the folder; its size and time tell whether it changed."""

    path: Path
    size_bytes: int
    mtime_ns: int

    def read(self, limits: PictureLimits) -> bytes:
        """Return its bytes. Raises PictureError."""
        if self.size_bytes > limits.max_bytes:
            raise PictureTooLargeError(f"{self.path.name} has {self.size_bytes:,} bytes, which is too large")
        try:
            with self.path.open("rb") as file:
                return file.read(limits.max_bytes)
        except OSError as error:
            raise UnreadablePictureError(f"{self.path.name} cannot be read: {error.strerror}") from error


class PageFolder:
    """A folder of pages named as in a group: the key of a page is its path, with or without suffix."""

    def __init__(self, folder: Path) -> None:
        """Raises ExchangeError where there is no such folder."""
        if not folder.is_dir():
            raise ExchangeError(f"there is no folder of pictures {folder}")
        self._root = folder.resolve()

    def find(self, page_id: str) -> FoundPicture | None:
        """Return the picture of a page; None where there is none in the folder itself.

        A key that leads out of the folder, by dots, as an absolute path or over a link, finds nothing.
        """
        if not _is_plain(page_id):
            return None
        for suffix in ("", *sorted(PAGE_SUFFIXES)):
            found = self._inside(page_id + suffix)
            if found is not None:
                return found
        return None

    def _inside(self, name: str) -> FoundPicture | None:
        try:
            path = (self._root / name).resolve(strict=True)
            if not path.is_relative_to(self._root) or not path.is_file():
                return None
            status = path.stat()
        except (OSError, RuntimeError):  # a loop of links is a RuntimeError
            return None
        return FoundPicture(path, status.st_size, status.st_mtime_ns)


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        len(name) <= _MAX_NAME
        and not path.is_absolute()
        and ".." not in path.parts
        and "\\" not in name
        and "\0" not in name
    )
