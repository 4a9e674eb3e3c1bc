"""Files of tables, wherever they lie: what the care of a library needs of a path, locally and on S3."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from io import BufferedReader, RawIOBase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, Protocol, Self

from schemas.config import MIB
from schemas.errors import LibraryError
from schemas.places import ANSWER_S, CONNECT_S, StoreServer, StoreUri, store_error

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from pyarrow import NativeFile
    from pyarrow.fs import FileInfo, S3FileSystem

BLOCK_BYTES = 8 * MIB
"""What is read of an object at a time: a request each."""


class FileStat(Protocol):
    """What is asked of a file beside its content; a part of :class:`os.stat_result`."""

    @property
    def st_size(self) -> int:
        """Size in bytes."""

    @property
    def st_mtime(self) -> float:
        """Time of the last change, in seconds since 1970."""


class TablePath(Protocol):
    """The part of :class:`pathlib.Path` that files of tables are reached by."""

    @property
    def name(self) -> str:
        """The last part."""

    @property
    def stem(self) -> str:
        """The last part without its suffix."""

    @property
    def parts(self) -> tuple[str, ...]:
        """All parts."""

    @property
    def parent(self) -> Self:
        """The folder that it lies in."""

    def __truediv__(self, name: str, /) -> Self:
        """Return a path in this folder."""

    def is_file(self) -> bool:
        """Say whether a file lies there."""

    def is_dir(self) -> bool:
        """Say whether there is a folder."""

    def exists(self) -> bool:
        """Say whether anything lies there."""

    def glob(self, pattern: str, /) -> Generator[Self, None, None]:
        """Give what matches, of the depth that the pattern has."""

    def stat(self) -> FileStat:
        """Return size and time. Raises FileNotFoundError."""

    def read_bytes(self) -> bytes:
        """Return the content. Raises FileNotFoundError."""

    def open(self, mode: Literal["rb"]) -> BufferedReader:
        """Open the file to read it. Raises FileNotFoundError."""

    def unlink(self, missing_ok: bool = False) -> None:
        """Delete the file."""


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """Size and time of an object, by the server's clock."""

    st_size: int
    st_mtime: float


class ObjectPath:
    """A place on object storage that behaves as a path does; folders are but common beginnings of names.

    What :meth:`glob` gives knows its size and time from the listing. Errors of the store are
    StoreUnreachableError or LibraryError, what is missing is FileNotFoundError.
    """

    __slots__ = ("_known", "_path", "uri")

    def __init__(self, uri: StoreUri, key: str | None = None, known: ObjectStat | None = None) -> None:
        self.uri = uri
        self._path = PurePosixPath(uri.key if key is None else key)
        self._known = known

    def __str__(self) -> str:
        """Return the address."""
        return f"s3://{self._path}"

    def __eq__(self, other: object) -> bool:
        """Compare places."""
        return isinstance(other, ObjectPath) and other._path == self._path

    def __hash__(self) -> int:
        """Hash the place."""
        return hash(self._path)

    def __lt__(self, other: ObjectPath) -> bool:
        """Order by name."""
        return self._path < other._path

    def __truediv__(self, name: str) -> ObjectPath:
        """Return a path in this folder."""
        return ObjectPath(self.uri, str(self._path / name))

    @property
    def name(self) -> str:
        """The last part."""
        return self._path.name

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return self._path.stem

    @property
    def parts(self) -> tuple[str, ...]:
        """All parts, the bucket first."""
        return self._path.parts

    @property
    def parent(self) -> ObjectPath:
        """The folder that it lies in."""
        return ObjectPath(self.uri, str(self._path.parent))

    def is_file(self) -> bool:
        """Say whether an object lies there."""
        return self._known is not None or self._info().is_file

    def is_dir(self) -> bool:
        """Say whether any object's name begins so."""
        return self._known is None and bool(self._info().type.name == "Directory")

    def exists(self) -> bool:
        """Say whether there is an object, or a folder with one."""
        return self.is_file() or self.is_dir()

    def glob(self, pattern: str) -> Generator[ObjectPath, None, None]:
        """Give the objects and folders that match, from one listing."""
        depth, wanted = pattern.count("/") + 1, pattern.split("/")
        for info in self._list(recursive=depth > 1):
            inner = PurePosixPath(info.path).relative_to(self._path).parts
            if len(inner) == depth and all(map(fnmatchcase, inner, wanted)):
                known = ObjectStat(info.size, info.mtime.timestamp()) if info.is_file else None
                yield ObjectPath(self.uri, info.path, known)

    def stat(self) -> ObjectStat:
        """Return size and time."""
        if self._known is not None:
            return self._known
        info = self._info()
        if not info.is_file:
            raise FileNotFoundError(f"there is no {self}")
        return ObjectStat(info.size, info.mtime.timestamp())

    def read_bytes(self) -> bytes:
        """Return the content."""
        with self.open("rb") as file:
            return file.read()

    def open(self, mode: Literal["rb"] = "rb") -> BufferedReader:
        """Open the object to read it."""
        del mode
        with self._errors():
            stream = self._files.open_input_stream(str(self._path), compression=None, buffer_size=BLOCK_BYTES)
        return BufferedReader(_Raw(self, stream))

    def write(self, blocks: Iterable[bytes]) -> None:
        """Put an object there, whole or not at all; what was there is replaced."""
        with self._errors(), self._files.open_output_stream(str(self._path), compression=None) as out:
            for block in blocks:
                out.write(block)

    def unlink(self, missing_ok: bool = False) -> None:
        """Delete the object."""
        try:
            with self._errors():
                self._files.delete_file(str(self._path))
        except FileNotFoundError:
            if not missing_ok:
                raise

    def move_to(self, target: ObjectPath) -> None:
        """Give all objects in this folder the target's name instead of its own, one after the other."""
        target.delete_folder()
        with self._errors():
            for info in self._list(recursive=True):
                if info.is_file:
                    inner = PurePosixPath(info.path).relative_to(self._path)
                    self._files.copy_file(info.path, str(target._path / inner))
        self.delete_folder()

    def delete_folder(self) -> None:
        """Delete all objects in this folder, and what marks empty folders."""
        with suppress(FileNotFoundError), self._errors():
            self._files.delete_dir(str(self._path))

    @property
    def _files(self) -> S3FileSystem:
        return file_system(self.uri.bucket, StoreServer.of(os.environ))

    def _info(self) -> FileInfo:
        with self._errors():
            return self._files.get_file_info(str(self._path))

    def _list(self, *, recursive: bool) -> Sequence[FileInfo]:
        """Return what lies in this folder, none where there is no such folder."""
        from pyarrow.fs import FileSelector

        with self._errors():
            where = FileSelector(str(self._path), recursive=recursive, allow_not_found=True)
            found: list[FileInfo] = self._files.get_file_info(where)
        return found

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the store's client raises into errors of our own, missing objects excepted."""
        try:
            yield
        except (FileNotFoundError, LibraryError):
            raise
        except (OSError, RuntimeError, ValueError) as error:
            raise store_error(self.uri, error, os.environ) from None


class _Raw(RawIOBase):
    """An open object whose errors are our own."""

    def __init__(self, path: ObjectPath, stream: NativeFile) -> None:
        self._path, self._stream, self._read = path, stream, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        block = self._next(len(view))
        view[: len(block)] = block
        return len(block)

    def readall(self) -> bytes:
        return self._next(None)

    def tell(self) -> int:
        return self._read

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _next(self, size: int | None) -> bytes:
        with self._path._errors():
            block: bytes = self._stream.read(size)
        self._read += len(block)
        return block


@lru_cache(maxsize=8)
def file_system(bucket: str, server: StoreServer) -> S3FileSystem:
    """Connect to a store, once a process and server."""
    from pyarrow.fs import S3FileSystem, resolve_s3_region

    address = {} if server.endpoint is None else _split(server.endpoint)
    return S3FileSystem(
        region=server.region or resolve_s3_region(bucket),
        connect_timeout=CONNECT_S,
        request_timeout=ANSWER_S,
        # A small object is one request: a PUT at the end, instead of an upload in parts.
        allow_delayed_open=True,
        **address,
    )


def _split(endpoint: str) -> dict[str, str]:
    scheme, _, host = endpoint.rpartition("://")
    return {"scheme": scheme or "https", "endpoint_override": host}
