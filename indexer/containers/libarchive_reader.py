"""RAR, 7z and rare ZIPs by libarchive: one forward pass at a time, nothing written to disk."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from ctypes import c_int, c_void_p, create_string_buffer
from pathlib import Path
from types import ModuleType

from indexer.containers.reader import CHUNK_BYTES, ArchiveReader, Chunks, Member
from schemas.errors import (
    BackendUnavailableError,
    ContainerError,
    CorruptContainerError,
    EncryptedContainerError,
    UnsupportedContainerError,
)

_ENCRYPTED = re.compile(r"encrypt|passphrase|password|crypto", re.IGNORECASE)
_UNSUPPORTED = re.compile(r"unsupported|not supported|unavailable|unknown|can't support", re.IGNORECASE)


class LibarchiveReader(ArchiveReader):
    """Reads one format (``zip``, ``rar``, ``rar5``, ``7zip``), so that hostile bytes meet one parser."""

    sequential = True

    def __init__(self, path: Path, archive_format: str, *, book: str) -> None:
        self._ffi = _load()
        self._path, self._format, self._book = path, archive_format, book
        self._pass: _Pass | None = None

    def scan(self) -> Iterator[Member]:
        """List regular files and links in one pass."""
        listing = self._restart()
        listed = False
        while True:
            try:
                if self._pass is not listing:  # reading a damaged member has closed it
                    listing = self._restart(at=listing.index)
                member = listing.advance()
            except _archive_error() as error:
                failure = _translate(error, self._book)
                if not listed or not isinstance(failure, CorruptContainerError):
                    raise failure from error
                self.damage = f"the archive breaks off after {listing.index + 1} files: {_says(error)}"
                return
            if member is None:
                return
            if member.name:
                listed = True
                yield member

    def chunks(self, member: Member) -> Chunks:
        """Unpack one member; goes on from the last one where the order allows."""
        current = self._pass
        try:
            if current is None or not current.can_reach(member.index):
                current = self._restart(at=member.index)
            elif current.index < member.index:
                current.skip_to(member.index)
            yield from current.blocks()
        except _archive_error() as error:
            self.close()  # after an error libarchive's state is undefined
            raise _translate(error, f"{member.name} in {self._book}") from error

    def close(self) -> None:
        """Release the file; reading again starts from the front."""
        if self._pass is not None:
            self._pass.close()
            self._pass = None

    def _restart(self, at: int = -1) -> "_Pass":
        """Begin a pass and go to a header; -1 is before the first."""
        self.close()
        try:
            self._pass = _Pass(self._ffi, self._path, self._format)
            self._pass.skip_to(at)
        except _archive_error() as error:
            self.close()
            raise _translate(error, self._book) from error
        return self._pass


class _Pass:
    """One forward pass over the headers of an archive."""

    def __init__(self, ffi: ModuleType, path: Path, archive_format: str) -> None:
        from libarchive.entry import ArchiveEntry
        from libarchive.read import new_archive_read

        self._ffi, self._entry_class = ffi, ArchiveEntry
        self._stack = ExitStack()
        self.index = -1
        self._unread = self._encrypted = False
        # The binding does not declare this function.
        self._is_encrypted = ffi.libarchive.archive_entry_is_data_encrypted
        self._is_encrypted.argtypes, self._is_encrypted.restype = [c_void_p], c_int
        descriptor = os.open(path, os.O_RDONLY)
        self._stack.callback(os.close, descriptor)
        try:
            # No filters: some of libarchive's would start programs.
            self._archive = self._stack.enter_context(new_archive_read(archive_format, "none"))
            ffi.read_open_fd(self._archive, descriptor, CHUNK_BYTES)
        except BaseException:
            self._stack.close()
            raise

    def can_reach(self, index: int) -> bool:
        return self.index < index or (self.index == index and self._unread)

    def advance(self) -> Member | None:
        """Go to the next header; a member with an empty name is neither a regular file nor a link."""
        entry = self._entry_class(self._archive)
        result = self._ffi.read_next_header2(self._archive, entry._entry_p)
        if result == self._ffi.ARCHIVE_EOF:
            self._unread = False
            return None
        self.index += 1
        self._unread = True
        self._encrypted = self._is_encrypted(entry._entry_p) > 0
        is_link = bool(entry.issym or entry.islnk)
        if not (entry.isfile or is_link):
            return Member(self.index, "", 0)
        return Member(self.index, _name_of(entry.pathname, self.index), entry.size, is_link=is_link)

    def skip_to(self, index: int) -> None:
        """Go forward to a header that was listed before."""
        while self.index < index:
            if self.advance() is None:
                raise _archive_error()("the archive ends earlier than when it was listed")

    def blocks(self) -> Iterator[bytes]:
        """Unpack the current member."""
        self._unread = False
        if self._encrypted:  # some formats give the encrypted bytes as if they were the file
            raise _archive_error()("encrypted")
        buffer = create_string_buffer(CHUNK_BYTES)
        while (count := self._ffi.read_data(self._archive, buffer, CHUNK_BYTES)) > 0:
            yield buffer.raw[:count]
        if count < 0:  # a warning, which the binding lets pass: the data are not whole
            raise _archive_error()("damaged data", 0, count, self._archive)

    def close(self) -> None:
        self._stack.close()


def _name_of(pathname: str | bytes | None, index: int) -> str:
    if isinstance(pathname, bytes):
        return pathname.decode("utf-8", "replace")
    return pathname or f"entry-{index}"


def _load() -> ModuleType:
    try:
        from libarchive import ffi
    except (ImportError, OSError, AttributeError, TypeError) as error:
        # The binding loads the library on import and fails in one of these ways without it.
        raise BackendUnavailableError(
            "reading RAR and 7z needs libarchive: install the system package 'libarchive13' "
            "(Debian, Ubuntu) or 'libarchive'"
        ) from error
    # Without a handler its warnings would be printed on stderr.
    logger = logging.getLogger("libarchive")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    module: ModuleType = ffi
    return module


def _archive_error() -> type[Exception]:
    from libarchive.exception import ArchiveError

    error_class: type[Exception] = ArchiveError
    return error_class


def _says(error: Exception) -> str:
    message = str(getattr(error, "msg", None) or error)
    return message.strip() or "unknown damage"


def _translate(error: Exception, what: str) -> ContainerError:
    says = _says(error)
    if _ENCRYPTED.search(says):
        return EncryptedContainerError(f"{what} is encrypted: unpack it with its password first")
    if _UNSUPPORTED.search(says):
        return UnsupportedContainerError(f"{what} uses a method that libarchive does not know ({says})")
    return CorruptContainerError(f"{what} is damaged: {says}")
