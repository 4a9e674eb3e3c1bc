"""TAR, plain or compressed, by the standard library."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from indexer.containers.reader import CHUNK_BYTES, ArchiveReader, Chunks, Member
from indexer.containers.sniff import Magic
from schemas.errors import CorruptContainerError

_MAX_HEADER_READ = 1024 * 1024  # a PAX header may declare any length and would be read at once
_TAR_ERRORS = (
    *(tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError),
    *(struct.error, OverflowError, IndexError, KeyError),
)


class TarReader(ArchiveReader):
    """Reads regular files only: links are listed, devices skipped."""

    def __init__(self, path: Path, magic: Magic, *, book: str) -> None:
        self._book = book
        self.sequential = magic is not Magic.TAR  # a compressed one is unpacked from the front
        self._file = _uncompressed(path, magic)
        try:
            bounded = cast("IO[bytes]", _BoundedReads(self._file))
            self._tar = tarfile.TarFile(fileobj=bounded, mode="r")
        except _TAR_ERRORS as error:
            self._file.close()
            raise CorruptContainerError(f"{book} is a damaged TAR: {error}") from error
        self._infos: list[tarfile.TarInfo] = []

    def scan(self) -> Iterator[Member]:
        """List regular files and links as their headers are found."""
        self._infos = []
        while True:
            try:
                info = self._tar.next()
            except _TAR_ERRORS as error:
                if not self._infos:
                    raise CorruptContainerError(f"{self._book} is a damaged TAR: {error}") from error
                self.damage = f"the archive breaks off after {len(self._infos)} files: {error}"
                return
            if info is None:
                return
            self._infos.append(info)
            is_link = info.issym() or info.islnk()
            if info.isreg() or is_link:
                yield Member(len(self._infos) - 1, info.name, info.size, is_link=is_link)

    def chunks(self, member: Member) -> Chunks:
        """Unpack one member."""
        try:
            file = self._tar.extractfile(self._infos[member.index])
            while file is not None and (chunk := file.read(CHUNK_BYTES)):
                yield chunk
        except _TAR_ERRORS as error:
            raise CorruptContainerError(f"{member.name} in {self._book} is damaged: {error}") from error

    def close(self) -> None:
        """Release the file."""
        self._tar.close()
        self._file.close()


class _BoundedReads(io.RawIOBase):
    """Refuses single reads that only a hostile header asks for."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _MAX_HEADER_READ:
            raise tarfile.ReadError("a header declares an absurd length")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _uncompressed(path: Path, magic: Magic) -> IO[bytes]:
    if magic is Magic.GZIP:
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if magic is Magic.BZIP2:
        return cast("IO[bytes]", bz2.open(path, "rb"))
    if magic is Magic.XZ:
        return cast("IO[bytes]", lzma.open(path, "rb"))
    return path.open("rb")
