"""What a curator decided of a library: books and pages that searches leave out, and copies of books.

Decisions outlive the rows they are about: a book is known by its content or, where that has changed, by
its path, a page by its book and the checksum of its picture.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Self

from schemas.config import MIB
from schemas.errors import LibraryFormatError

CURATION_FILE = "curation.json"
CURATION_VERSION = 1
MAX_CURATION_BYTES = 64 * MIB
MAX_MARKS = 200_000


@dataclass(frozen=True, slots=True, order=True)
class BookKey:
    """A book: by its content, else by where it lies."""

    book_id: str
    source: str


@dataclass(frozen=True, slots=True, order=True)
class BookMark:
    """A book that is left out; as a copy of another one where ``copy_of`` names it."""

    book: BookKey
    copy_of: BookKey | None = None


@dataclass(frozen=True, slots=True, order=True)
class PageMark:
    """A page that is left out."""

    book: BookKey
    page_no: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Curation:
    """All decisions of a library."""

    books: tuple[BookMark, ...] = ()
    pages: tuple[PageMark, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.books or self.pages)

    def marked(self, books: Iterable[BookMark], pages: Iterable[PageMark]) -> "Curation":
        """Return the decisions with further ones; a later one on the same book takes the place."""
        by_book = {mark.book.book_id: mark for mark in self.books}
        by_book |= {mark.book.book_id: mark for mark in books}
        by_page = {(mark.book.book_id, mark.page_no): mark for mark in self.pages}
        by_page |= {(mark.book.book_id, mark.page_no): mark for mark in pages}
        return Curation(tuple(by_book.values()), tuple(by_page.values()))

    def without(self, books: Iterable[BookKey], pages: Iterable[PageMark]) -> "Curation":
        """Return the decisions without those on some books and on some pages.

        A page of a book whose content has changed is known by its checksum.
        """
        ids, sources = _names(books)
        freed = tuple(pages)
        numbers = {(page.book.book_id, page.page_no) for page in freed}
        known, sums = _names(page.book for page in freed)[0], {(p.book.source, p.sha256) for p in freed}
        return replace(
            self,
            books=tuple(
                mark
                for mark in self.books
                if mark.book.book_id not in ids and mark.book.source not in sources
            ),
            pages=tuple(
                mark
                for mark in self.pages
                if (mark.book.book_id, mark.page_no) not in numbers
                and (mark.book.book_id in known or (mark.book.source, mark.sha256) not in sums)
            ),
        )

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {"version": CURATION_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read decisions as they are kept. Raises LibraryFormatError."""
        try:
            told = json.loads(data)
            version = int(told["version"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise _damaged() from error
        if version > CURATION_VERSION:
            raise LibraryFormatError(
                "the decisions on this library are of a newer Longbox: upgrade to use them"
            )
        try:
            books = tuple(BookMark(_key(one["book"]), _or_none(one["copy_of"])) for one in told["books"])
            pages = tuple(
                PageMark(_key(one["book"]), int(one["page_no"]), str(one["sha256"])) for one in told["pages"]
            )
        except (ValueError, TypeError, KeyError) as error:
            raise _damaged() from error
        return cls(books, pages)


def _names(books: Iterable[BookKey]) -> tuple[set[str], set[str]]:
    """Return ids and paths of books; no path is no name."""
    keys = tuple(books)
    return {key.book_id for key in keys}, {key.source for key in keys if key.source}


def _key(told: dict[str, str]) -> BookKey:
    return BookKey(str(told["book_id"]), str(told["source"]))


def _or_none(told: dict[str, str] | None) -> BookKey | None:
    return None if told is None else _key(told)


def _damaged() -> LibraryFormatError:
    return LibraryFormatError(
        f"the decisions in {CURATION_FILE} are damaged: restore the file from a backup, or delete it"
    )
