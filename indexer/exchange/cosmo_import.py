"""Page streams in the CoSMo format as corrections of a library: kept as what people say of pages is.

The whole file is held against the library before anything is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from indexer.library.export import current_rows, open_table
from indexer.library.faults import reading
from indexer.library.retyping import correct_pages
from schemas.config import MIB
from schemas.errors import ConfigError, ExchangeError
from schemas.labels import PageType
from schemas.streams import StreamLabel, read_streams
from schemas.tables import BOOKS, PAGES, page_id

MAX_FILE_BYTES = 64 * MIB
_NAMED = 3
_LEAST_PREFIX = 6
"""Digits that the beginning of a book's id has at least, to name it."""


@dataclass(frozen=True, slots=True)
class StreamsReport:
    """What an import did: books and pages set, titles of stories taken, books that are not here."""

    books: int
    pages: int
    titles: int
    unknown: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "books": self.books,
            "pages": self.pages,
            "titles": self.titles,
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, slots=True)
class _Known:
    """What books there are, and how each may be named; their pages by number."""

    names: Mapping[str, frozenset[str]]
    pages: Mapping[str, frozenset[int]]

    def book_of(self, label: StreamLabel) -> str | None:
        """Return the book that a label is of, None for none. Raises ExchangeError where several may be."""
        for name in filter(None, (label.book, label.title)):
            found = self.names.get(name.casefold(), frozenset())
            if not found and len(name) >= _LEAST_PREFIX:
                found = frozenset(book for book in self.pages if book.startswith(name.casefold()))
            if len(found) > 1:
                raise ExchangeError(
                    f"{name[:80]!r} may be {len(found)} books of the library: name each by its id in "
                    "hash_code, as 'longbox export --format cosmo' writes it"
                )
            if found:
                return next(iter(found))
        return None


def import_cosmo(path: Path, library: Path, *, known_only: bool = False) -> StreamsReport:
    """Set what pages are, and what stories are called, as a file of the CoSMo format has it.

    Args:
        path: the file.
        library: folder of the library.
        known_only: pass over books that the library does not have, instead of refusing the file.

    Raises:
        ExchangeError: the file is none, names a book or a page that is not there, or one book twice;
            nothing was changed.
        LibraryNotFoundError: there is no library.
        LibraryError: it cannot be written, or is written by another process.
    """
    labels = _read(path)
    known = _known(library)
    matched: dict[str, StreamLabel] = {}
    unknown: list[str] = []
    for label in labels:
        book = known.book_of(label)
        if book is None:
            unknown.append(label.book)
        elif book in matched:
            raise ExchangeError(f"{path} tells of the book {label.book[:80]!r} twice: leave one out")
        else:
            matched[book] = label
    if unknown and not known_only:
        raise ExchangeError(
            f"the library has no book {_some(unknown)}: name books by id, file name or title, or pass over "
            "those that are not there with --known-only"
        )
    kinds: dict[str, PageType] = {}
    titles: dict[str, str | None] = {}
    for book, label in matched.items():
        kinds |= dict(_types(path, book, label, known.pages[book]))
        titles |= {page_id(book, number + 1): title for number, title in label.titles}
    if kinds or titles:
        correct_pages(library, kinds, titles)
    return StreamsReport(len(matched), len(kinds), len(titles), tuple(unknown))


def _read(path: Path) -> tuple[StreamLabel, ...]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ExchangeError(
                f"{path} has more than {MAX_FILE_BYTES // MIB} MiB: cut it into several files"
            )
        return read_streams(path.read_bytes())
    except OSError as error:
        raise ExchangeError(f"cannot read {path}: {error.strerror}") from error
    except ConfigError as error:
        raise ExchangeError(f"{path}: {error}") from error


def _known(library: Path) -> _Known:
    books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev", "title", "source"])
    with reading(library, PAGES):
        columns = ["book_id", "ingest_rev", "page_no"]
        rows = current_rows(open_table(library, PAGES), books.select(["book_id", "ingest_rev"]), columns)
    names: dict[str, set[str]] = defaultdict(set)
    for row in books.to_pylist():
        source = PurePath(row["source"])
        for name in (row["book_id"], row["title"], source.name, source.stem):
            names[name.casefold()].add(row["book_id"])
    pages: dict[str, set[int]] = defaultdict(set)
    for book, number in zip(rows["book_id"].to_pylist(), rows["page_no"].to_pylist(), strict=True):
        pages[book].add(number)
    return _Known(
        {name: frozenset(ids) for name, ids in names.items()},
        {book: frozenset(pages[book]) for book in books["book_id"].to_pylist()},
    )


def _types(
    path: Path, book: str, label: StreamLabel, there: frozenset[int]
) -> Iterator[tuple[str, PageType]]:
    for number, kind in enumerate(label.types, start=1):
        if kind is None:
            continue
        if number not in there:
            raise ExchangeError(
                f"{path}: {label.book[:80]!r} has a range up to page {len(label.types) - 1}, counted from 0, "
                f"and the book in the library ends with page {max(there, default=0) - 1}: they are two "
                "printings, or pages are missing; nothing was changed"
            )
        yield page_id(book, number), kind


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(repr(name[:80]) for name in names[:_NAMED]) + more
