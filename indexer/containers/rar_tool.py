"""RAR variants that libarchive refuses (solid RAR4), through rarfile and an installed program."""

import shutil
import subprocess
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

from indexer.containers.reader import CHUNK_BYTES, ArchiveReader, Chunks, Member
from schemas.errors import CorruptContainerError, EncryptedContainerError, UnsupportedContainerError

_setup_lock = threading.Lock()


class RarToolReader(ArchiveReader):
    """Lists with rarfile and unpacks with a program: ``unar``, ``unrar`` or ``7z``.

    A solid archive is unpacked by one run of ``unar`` that writes all files to a pipe; otherwise
    each member costs a run of its own.
    """

    def __init__(self, path: Path, *, book: str) -> None:
        import rarfile

        self._path, self._book = path.absolute(), book
        with _setup_lock:  # rarfile keeps the chosen program in a global
            try:
                # bsdtar is libarchive again, which has just refused this file.
                rarfile.tool_setup(bsdtar=False, force=True)
            except rarfile.RarCannotExec as error:
                raise UnsupportedContainerError(
                    f"{book} is a RAR variant that libarchive does not read: "
                    "install the system package 'unar' to read it"
                ) from error
        try:
            self._rar = rarfile.RarFile(path)
        except (rarfile.Error, OSError, ValueError, LookupError) as error:
            raise CorruptContainerError(f"{book} is a damaged RAR: {error}") from error
        self._infos = self._rar.infolist()
        self._run: _WholeRun | None = None
        self._unar = shutil.which("unar")
        # With links among the files it would be unclear what the program writes for them.
        plain = all(info.is_file() or info.is_dir() for info in self._infos)
        self.sequential = self._unar is not None and self._rar.is_solid() and plain

    def scan(self) -> Iterator[Member]:
        """List regular files and links."""
        for index, info in enumerate(self._infos):
            if info.is_file() or info.is_symlink():
                yield Member(index, info.filename, info.file_size, is_link=info.is_symlink())

    def chunks(self, member: Member) -> Chunks:
        """Unpack one member through a pipe, checking its CRC."""
        import rarfile

        try:
            if self.sequential:
                yield from self._chunks_in_order(member)
                return
            with self._rar.open(self._infos[member.index]) as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except rarfile.PasswordRequired as error:
            raise EncryptedContainerError(
                f"{member.name} in {self._book} is encrypted: unpack it with its password first"
            ) from error
        except (rarfile.Error, OSError, ValueError, LookupError) as error:
            raise CorruptContainerError(f"{member.name} in {self._book} is damaged: {error}") from error

    def _chunks_in_order(self, member: Member) -> Chunks:
        start = sum(info.file_size for info in self._infos[: member.index] if info.is_file())
        if self._run is None or self._run.position > start:
            self._stop()
            self._run = _WholeRun([str(self._unar), "-q", "-p", "", "-o", "-", str(self._path)])
        info, checksum = self._infos[member.index], 0
        for chunk in self._run.read(start, info.file_size):
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
        if info.CRC is not None and checksum != info.CRC:
            raise ValueError("its checksum is wrong")

    def _stop(self) -> None:
        if self._run is not None:
            self._run.close()
            self._run = None

    def close(self) -> None:
        """Release the file and end the program."""
        self._stop()
        self._rar.close()


class _WholeRun:
    """One run of a program that writes all files of an archive, one after the other."""

    def __init__(self, command: list[str]) -> None:
        self.position = 0
        self._process = subprocess.Popen(  # noqa: S603 - found in PATH, no shell, an absolute path
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def read(self, start: int, size: int) -> Iterator[bytes]:
        """Give ``size`` bytes from ``start`` on, which lies ahead. Raises ValueError at the end."""
        while self.position < start:
            self._next(start - self.position)
        end = start + size
        while self.position < end:
            yield self._next(end - self.position)

    def _next(self, most: int) -> bytes:
        pipe = self._process.stdout
        chunk = pipe.read(min(most, CHUNK_BYTES)) if pipe is not None else b""
        if not chunk:
            raise ValueError("the program that unpacks it has stopped")
        self.position += len(chunk)
        return chunk

    def close(self) -> None:
        """End the program."""
        self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()
