"""The seam between a book and the programs that unpack archives."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from dataclasses import dataclass

CHUNK_BYTES = 256 * 1024

Chunks = Generator[bytes, None, None]
"""Pieces of an unpacked member."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive; ``index`` is its place in the archive, ``size`` as declared.

    A link is listed, so that it can be told of, and never read.
    """

    index: int
    name: str
    size: int | None
    is_link: bool = False


class ArchiveReader(ABC):
    """Lists and unpacks one archive; one thread at a time.

    ``sequential`` readers unpack from the front: reading members in archive order is one pass,
    any other order starts again. ``damage`` says why a listing stopped early, ``comment`` is the
    archive's own comment.
    """

    sequential: bool = False
    damage: str | None = None
    comment: bytes | None = None

    @abstractmethod
    def scan(self) -> Iterator[Member]:
        """List the regular files and the links; ``chunks`` of the member just given costs no extra pass.

        Raises CorruptContainerError if not one can be listed, EncryptedContainerError,
        UnsupportedContainerError; a listing that breaks off later ends and sets ``damage``.
        """

    @abstractmethod
    def chunks(self, member: Member) -> Chunks:
        """Unpack one member piece by piece. Raises ContainerError naming the member.

        Close the generator when leaving early: it holds the file.
        """

    @abstractmethod
    def close(self) -> None:
        """Release files; further calls are mistakes."""
