"""Files of a library that lie beside its tables: read again where they have changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from schemas.errors import LibraryError, LibraryFormatError
from schemas.places import Place

Value = TypeVar("Value")
Stamp = tuple[int, int, int]
NO_FILE: Stamp = (0, 0, 0)


class BesideFile(Generic[Value]):
    """A small file of a library in a folder; on object storage there is none.

    ``stamp`` changes whenever the file does: it is replaced as a whole, never written into.
    """

    def __init__(
        self,
        place: Place | None,
        name: str,
        parse: Callable[[bytes], Value],
        nothing: Value,
        *,
        max_bytes: int,
    ) -> None:
        self._path = place / name if isinstance(place, Path) else None
        self._parse, self._nothing, self._max_bytes = parse, nothing, max_bytes
        self._kept: tuple[Stamp, Value] = (NO_FILE, nothing)

    def stamp(self) -> Stamp:
        """Return what names the state of the file."""
        if self._path is None:
            return NO_FILE
        try:
            status = self._path.stat()
        except OSError:
            return NO_FILE
        return status.st_mtime_ns, status.st_size, status.st_ino

    def read(self) -> Value:
        """Return what the file holds.

        Raises LibraryError where it is damaged or far too large: the tables are sound, and stay open.
        """
        stamp, (known, value) = self.stamp(), self._kept
        if stamp == known:
            return value
        value = self._nothing
        if stamp != NO_FILE and self._path is not None:
            if stamp[1] > self._max_bytes:
                raise LibraryError(f"{self._path} is larger than {self._max_bytes:,} bytes: delete it")
            try:
                value = self._parse(self._path.read_bytes())
            except FileNotFoundError:
                stamp = NO_FILE
            except LibraryFormatError as error:
                raise LibraryError(str(error)) from error
            except OSError as error:
                raise LibraryError(f"{self._path} cannot be read: {error.strerror}") from error
        self._kept = (stamp, value)
        return value
