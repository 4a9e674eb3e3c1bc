"""What reading a book may cost; one budget is shared by a book and the archives inside it."""

from contextlib import closing

from indexer.containers.reader import Chunks
from schemas.config import ContainerLimits
from schemas.errors import LimitExceededError, PictureTooLargeError


class Budget:
    """Counts unpacked bytes of a book against its limits.

    Each member counts once, however often it is read: a page that is shown again is no bomb.
    """

    def __init__(self, limits: ContainerLimits, *, packed_bytes: int, book: str) -> None:
        self.limits = limits
        self._packed_bytes = max(1, packed_bytes)
        self._book = book
        self._listed_entries = 0
        self._listed_bytes = 0
        self._read_bytes: dict[tuple[int, int], int] = {}
        self._total_read = 0

    def list_member(self, declared_bytes: int | None) -> None:
        """Count a listed member and its declared size. Raises LimitExceededError."""
        self._listed_entries += 1
        if self._listed_entries > self.limits.max_entries:
            raise LimitExceededError(
                f"{self._book} lists more than {self.limits.max_entries} files: not read"
            )
        self._listed_bytes += max(0, declared_bytes or 0)
        self._check(self._listed_bytes)

    def read_member(self, key: tuple[int, int], chunks: Chunks, *, max_bytes: int, name: str) -> bytes:
        """Join the chunks of one member, stopping as soon as a limit is passed.

        Raises PictureTooLargeError for the member alone, LimitExceededError for the book.
        """
        parts: list[bytes] = []
        size = 0
        with closing(chunks):
            for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise PictureTooLargeError(
                        f"{name} in {self._book} unpacks to more than {max_bytes} bytes: skipped"
                    )
                self._charge(key, size)
                parts.append(chunk)
        return b"".join(parts)

    def spend(self, key: tuple[int, int], size: int) -> None:
        """Charge a member that is streamed elsewhere, ``size`` bytes so far."""
        self._charge(key, size)

    def _charge(self, key: tuple[int, int], size: int) -> None:
        before = self._read_bytes.get(key, 0)
        if size > before:
            self._read_bytes[key] = size
            self._total_read += size - before
            self._check(self._total_read)

    def _check(self, unpacked: int) -> None:
        if unpacked > self.limits.max_total_bytes:
            raise LimitExceededError(
                f"{self._book} unpacks to more than {self.limits.max_total_bytes} bytes: not read"
            )
        ratio = unpacked / self._packed_bytes
        if unpacked > self.limits.ratio_free_bytes and ratio > self.limits.max_ratio:
            raise LimitExceededError(
                f"{self._book} unpacks to more than {self.limits.max_ratio:g} times its size, "
                "like a decompression bomb: not read"
            )
