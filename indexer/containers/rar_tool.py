"""RAR variants that libarchive refuses (solid RAR4), through rarfile and an installed program."""

import threading
from collections.abc import Iterator
from pathlib import Path

from indexer.containers.reader import CHUNK_BYTES, ArchiveReader, Chunks, Member
from schemas.errors import CorruptContainerError, EncryptedContainerError, UnsupportedContainerError

_setup_lock = threading.Lock()


class RarToolReader(ArchiveReader):
    """Lists with rarfile, unpacks member by member with ``unar``, ``unrar`` or ``7z``.

    Every member of a solid archive costs a run of the program from the front, hence the last
    resort.
    """

    def __init__(self, path: Path, *, book: str) -> None:
        import rarfile

        self._book = book
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

    def scan(self) -> Iterator[Member]:
        """List regular files."""
        for index, info in enumerate(self._infos):
            if info.is_file():
                yield Member(index, info.filename, info.file_size)

    def chunks(self, member: Member) -> Chunks:
        """Unpack one member through a pipe."""
        import rarfile

        try:
            with self._rar.open(self._infos[member.index]) as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except rarfile.PasswordRequired as error:
            raise EncryptedContainerError(
                f"{member.name} in {self._book} is encrypted: unpack it with its password first"
            ) from error
        except (rarfile.Error, OSError, ValueError, LookupError) as error:
            raise CorruptContainerError(f"{member.name} in {self._book} is damaged: {error}") from error

    def close(self) -> None:
        """Release the file."""
        self._rar.close()
