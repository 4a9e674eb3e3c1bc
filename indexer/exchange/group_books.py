"""The books of a group of page vectors: checked page by page, counted and hashed, nothing written."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indexer.exchange.page_vectors import PageVectors, VectorGroup
from indexer.library.entries import IMPORT_MARK
from schemas.errors import ExchangeError

IMPORT_VERSION = 1
"""Raised when the same group would give other rows."""
_OWN_ID = re.compile(r"([0-9a-f]{24})/(\d{5})")
_MAX_PAGES = 99_999
"""Pages of a book: more would not sort by their keys."""
_SLACK = 1e-4
"""How far outside the page a corner may lie: rounding, no more."""


@dataclass(slots=True)
class GroupBook:
    """A book as it lies in a group; ``rows`` are its pages, ``digest`` covers all that is imported."""

    name: str
    rows: list[int] = field(default_factory=list)
    page_ids: list[str] = field(default_factory=list)
    hashed: "hashlib._Hash" = field(default_factory=lambda: hashlib.sha256(b"%d" % IMPORT_VERSION))

    @property
    def book_id(self) -> str:
        """The id that an export of Longbox tells, else one made of the name."""
        own = {match[1] if (match := _OWN_ID.fullmatch(page)) else "" for page in self.page_ids}
        known = own.pop() if len(own) == 1 else ""
        return known or hashlib.sha256(b"zarr\0" + self.name.encode()).hexdigest()[:24]

    @property
    def page_numbers(self) -> list[int]:
        """Numbers of the pages: as an export of Longbox tells them, else counted from 1."""
        own = [_OWN_ID.fullmatch(page) for page in self.page_ids]
        is_own = all(match is not None and match[1] == self.book_id for match in own)
        if not is_own:
            return list(range(1, len(self.rows) + 1))
        return [int(match[2]) for match in own if match is not None]

    @property
    def revision(self) -> str:
        """What tells whether the library holds the book as it is in the group."""
        return f"{IMPORT_MARK}{self.hashed.hexdigest()[:16]}"


def survey_group(group: VectorGroup) -> dict[str, GroupBook]:
    """Read a whole group and check it; gives its books by name.

    Raises:
        ExchangeError: a page is doubled, a box lies outside its page, an order is none, and so on.
    """
    books: dict[str, GroupBook] = {}
    seen: set[str] = set()
    start = 0
    for part in group.chunks():
        _check_pages(group, part, start)
        for row, (page_id, name) in enumerate(zip(part.page_ids.tolist(), part.books.tolist(), strict=True)):
            _check_texts(group, start + row, page_id, name)
            if page_id in seen:
                raise ExchangeError(f"{group.path}: the page {page_id!r} is in it twice")
            seen.add(page_id)
            book = books.setdefault(name, GroupBook(name))
            book.rows.append(start + row)
            book.page_ids.append(page_id)
            _hash_page(book.hashed, part, row)
        start += len(part)
    _check_books(group, books)
    return books


def check_unchanged(group: VectorGroup, book: GroupBook, pages: PageVectors) -> None:
    """Raise ExchangeError unless the pages of a book are those that were checked."""
    again = GroupBook(book.name)
    for row in range(len(pages)):
        _hash_page(again.hashed, pages, row)
    if again.revision != book.revision:
        raise ExchangeError(f"{group.path} was written to while it was read: import it again")


def panel_cells(order: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the cells of one page that hold a panel, in reading order."""
    cells = np.flatnonzero(order >= 0)
    return cells[np.argsort(order[cells], kind="stable")]


def _check_pages(group: VectorGroup, part: PageVectors, start: int) -> None:
    there = part.reading_order >= 0
    order = np.sort(np.where(there, part.reading_order.astype(np.int64), _MAX_ORDER), axis=1)
    places = np.arange(there.shape[1])
    wanted = np.where(places < there.sum(axis=1, keepdims=True), places, _MAX_ORDER)
    boxes = part.panel_coordinates
    outside = (boxes < -_SLACK) | (boxes > 1 + _SLACK)
    turned = (boxes[..., :2] > boxes[..., 2:]).any(axis=-1) & there
    for wrong, why in (
        ((order != wanted).any(axis=1), "its reading order does not count its panels from 0"),
        ((part.panel_mask & ~there).any(axis=1), "a panel with a vector has no place in the reading order"),
        ((outside.any(axis=-1) & there).any(axis=1), "a panel lies outside the page: corners go from 0 to 1"),
        (turned.any(axis=1), "the corners of a panel are not x0, y0, x1, y1"),
        ((part.page_sizes < 0).any(axis=1), "its size in pixels is below 0"),
    ):
        for row in np.flatnonzero(wrong)[:1]:
            raise ExchangeError(
                f"{group.path}: page {start + row} ({str(part.page_ids[row])[:200]!r}): {why}"
            )


_MAX_ORDER = np.iinfo(np.int64).max


def _check_texts(group: VectorGroup, row: int, page_id: str, name: str) -> None:
    for label, text in (("page_ids", page_id), ("books", name)):
        if not text.strip():
            raise ExchangeError(f"{group.path}: {label} is empty at page {row}")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ExchangeError(f"{group.path}: {label} holds half a character at page {row}") from error


def _hash_page(hashed: "hashlib._Hash", part: PageVectors, row: int) -> None:
    """Add a page, panels in reading order; cells that hold none say nothing."""
    cells = panel_cells(part.reading_order[row])
    text = f"{part.page_ids[row]}\0{part.books[row]}\0{part.page_sizes[row].tolist()}\0{len(cells)}\0"
    hashed.update(text.encode())
    for array in _hashed(part, row, cells):
        hashed.update(np.ascontiguousarray(array).tobytes())


def _hashed(part: PageVectors, row: int, cells: NDArray[np.intp]) -> Iterator[NDArray[np.generic]]:
    yield part.page_embeddings[row]
    yield part.panel_coordinates[row, cells]
    yield part.panel_mask[row, cells]
    yield part.panel_embeddings[row, cells]


def _check_books(group: VectorGroup, books: dict[str, GroupBook]) -> None:
    if not books:
        raise ExchangeError(f"{group.path} holds no page: there is nothing to import")
    owners: dict[str, str] = {}
    for book in books.values():
        if len(book.rows) > _MAX_PAGES:
            raise ExchangeError(f"{group.path}: the book {book.name!r} has more than {_MAX_PAGES:,} pages")
        if not all(book.page_numbers):
            raise ExchangeError(f"{group.path}: the book {book.name!r} has a page 0: they count from 1")
        other = owners.setdefault(book.book_id, book.name)
        if other != book.name:
            raise ExchangeError(f"{group.path}: the pages of {other!r} and {book.name!r} have the same ids")
