"""ZIP by the standard library; rarer methods and truncated files through libarchive."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.containers.libarchive_reader import LibarchiveReader
from indexer.containers.reader import CHUNK_BYTES, ArchiveReader, Chunks, Member
from schemas.errors import (
    BackendUnavailableError,
    ContainerError,
    CorruptContainerError,
    EncryptedContainerError,
    LimitExceededError,
    UnsupportedContainerError,
)

_STDLIB_METHODS = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA},
)
_ENCRYPTED_FLAG = 0x1
_END_RECORD = b"PK\x05\x06"
_END_RECORD_SPAN = 65_536 + 22  # the record and the longest comment after it
_DIRECTORY_BYTES_PER_ENTRY = 600  # 46 and a generous name: bounds what zipfile loads into memory
_ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError),
    *(struct.error, OverflowError, IndexError, KeyError, NotImplementedError, RuntimeError),
)


class ZipReader(ArchiveReader):
    """Random access to a ZIP by its central directory."""

    def __init__(self, path: Path, *, book: str, max_entries: int) -> None:
        self._path, self._book = path, book
        self._fallback: LibarchiveReader | None = None
        self._fallback_members: list[Member] = []
        _check_directory(path, book, max_entries)
        try:
            self._zip = zipfile.ZipFile(path)
        except _ZIP_ERRORS as error:
            raise CorruptContainerError(f"{book} is a damaged ZIP: {error}") from error
        self._infos = self._zip.infolist()
        self.comment = self._zip.comment or None

    def scan(self) -> Iterator[Member]:
        """List regular files and links; devices and folders are skipped."""
        for index, info in enumerate(self._infos):
            kind = _kind_of(info)
            if kind in (stat.S_IFREG, stat.S_IFLNK):
                yield Member(index, info.filename, info.file_size, is_link=kind == stat.S_IFLNK)

    def chunks(self, member: Member) -> Chunks:
        """Unpack one member, checking its CRC at the end."""
        info = self._infos[member.index]
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise EncryptedContainerError(
                f"{member.name} in {self._book} is encrypted: unpack it with its password first"
            )
        if info.compress_type not in _STDLIB_METHODS:
            yield from self._chunks_by_libarchive(info, member)
            return
        with _translated(member, self._book), self._zip.open(info) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def close(self) -> None:
        """Release the file."""
        self._zip.close()
        if self._fallback is not None:
            self._fallback.close()

    def _chunks_by_libarchive(self, info: zipfile.ZipInfo, member: Member) -> Chunks:
        """Unpack by libarchive, which lists in the order of the data, not of the directory."""
        if self._fallback is None:
            self._fallback = LibarchiveReader(self._path, "zip", book=self._book)
            self._fallback_members = [member for member in self._fallback.scan() if not member.is_link]
        regular = [i for i in self._infos if _kind_of(i) == stat.S_IFREG]
        place = sorted(regular, key=lambda i: i.header_offset).index(info)
        if place >= len(self._fallback_members) or self._fallback_members[place].size != info.file_size:
            raise UnsupportedContainerError(
                f"{member.name} in {self._book} uses ZIP method {info.compress_type}, which no reader "
                "here knows: pack it again with deflate"
            )
        yield from self._fallback.chunks(self._fallback_members[place])


@contextmanager
def _translated(member: Member, book: str) -> Iterator[None]:
    try:
        yield
    except ContainerError:
        raise
    except _ZIP_ERRORS as error:
        raise CorruptContainerError(f"{member.name} in {book} is damaged: {error}") from error


def _kind_of(info: zipfile.ZipInfo) -> int:
    """Return the file type as ``stat`` has it; a regular file where the archive says nothing."""
    if info.filename.endswith("/"):  # is_dir() fails on an empty name
        return stat.S_IFDIR
    return stat.S_IFMT(info.external_attr >> 16) or stat.S_IFREG


def _check_directory(path: Path, book: str, max_entries: int) -> None:
    """Refuse a central directory of millions of entries before zipfile loads it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_RECORD_SPAN))
        tail = file.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) < at + 16:
        return
    (directory_bytes,) = struct.unpack_from("<I", tail, at + 12)
    if directory_bytes == 0xFFFFFFFF:  # ZIP64 says it elsewhere; the file's size bounds it
        directory_bytes = 0
    if directory_bytes > max_entries * _DIRECTORY_BYTES_PER_ENTRY:
        raise LimitExceededError(f"{book} lists more than {max_entries} files: not read")


def open_zip(path: Path, *, book: str, max_entries: int) -> ArchiveReader:
    """Open a ZIP; one whose directory is lost (truncated) is listed by its local headers."""
    try:
        return ZipReader(path, book=book, max_entries=max_entries)
    except CorruptContainerError as error:
        try:
            reader = LibarchiveReader(path, "zip", book=book)
        except BackendUnavailableError:
            raise error from None
        reader.damage = "the ZIP directory is damaged: only what could be found without it is read"
        return reader
