"""Turns pages that come in archive order into pages in reading order, on disk and not in memory."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from indexer.containers.book import PageEntry, PageRead
from schemas.errors import ContainerError


def in_page_order(
    entries: Sequence[PageEntry],
    archive_order: Sequence[PageEntry],
    read: Callable[[PageEntry], PageRead],
) -> Iterator[PageRead]:
    """Read in archive order, give in page order.

    Pages that come before their turn wait in one unnamed temporary file. Where both orders are
    equal, which is usual, nothing is written.

    Raises:
        ContainerError: the temporary folder is full.
    """
    with _Spool() as spool:
        turn = 0
        for entry in archive_order:
            page = read(entry)
            if entry != entries[turn]:
                spool.put(page)
                continue
            yield page
            turn += 1
            while turn < len(entries) and (waiting := spool.take(entries[turn])) is not None:
                yield waiting
                turn += 1


class _Spool:
    """Pages waiting for their turn; errors wait in memory, bytes on disk."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._places: dict[PageEntry, tuple[int, int]] = {}
        self._failed: dict[PageEntry, PageRead] = {}

    def __enter__(self) -> "_Spool":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._file is not None:
            self._file.close()

    def put(self, page: PageRead) -> None:
        if page.error is not None:
            self._failed[page.entry] = page
            return
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="longbox-")  # noqa: SIM115 - closed on exit
            start = self._file.seek(0, 2)
            self._file.write(page.data)
        except OSError as error:
            raise ContainerError(
                f"no room to sort the pages of a solid archive in {tempfile.gettempdir()}: {error.strerror}"
            ) from error
        self._places[page.entry] = (start, len(page.data))

    def take(self, entry: PageEntry) -> PageRead | None:
        if entry in self._failed:
            return self._failed.pop(entry)
        if entry not in self._places or self._file is None:
            return None
        start, size = self._places.pop(entry)
        self._file.seek(start)
        return PageRead(entry, self._file.read(size))
