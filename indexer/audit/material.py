"""What the audit reads of a library: books, pages and panels as they stand, without their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indexer.library.export import current_of, current_rows, open_table
from indexer.library.faults import reading
from models.encoders.rows import unit_rows
from schemas.labels import BookStatus
from schemas.records import FloatMatrix
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS

if TYPE_CHECKING:
    from lancedb.table import Table

_BOOK = ("book_id", "ingest_rev", "title", "source", "status", "language", "page_count", "container")
_PAGE = (
    *("page_id", "book_id", "ingest_rev", "page_no", "page_file", "sha256", "width_px", "height_px"),
    *("page_type", "panel_count", "phash", "darkness", "text", "stray_texts"),
)
_PANEL = ("panel_id", "page_id", "book_id", "ingest_rev", "phash", "text")
_IDS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class AuditBook:
    """A book: ``first`` and ``last`` are the places of its pages among all, ``last`` behind the end.

    ``comic`` is how surely it is a comic, None where nobody judged that.
    """

    book_id: str
    title: str
    language: str | None
    container: str
    first: int
    last: int
    comic: float | None = None


def _book(row: Mapping[str, Any], first: int, last: int) -> AuditBook:
    told = (row["book_id"], row["title"], row["language"], row["container"])
    return AuditBook(*told, first, last, row.get("comic"))


class Material:
    """Books and pages of a library at one moment, in order of books and page numbers."""

    def __init__(self, library: Path) -> None:
        """Read the tables. Raises LibraryNotFoundError, LibraryFormatError."""
        self._library = library
        books = open_table(library, BOOKS)
        judged = ["comic"] if "comic" in books.schema.names else []
        rows = current_rows(books, None, [*_BOOK, *judged])
        shown = [row["status"] != BookStatus.FAILED.value for row in rows.to_pylist()]
        self._known = rows.filter(pa.array(shown, pa.bool_()))
        self.pages = self._read(PAGES, _PAGE).sort_by([("book_id", "ascending"), ("page_no", "ascending")])
        self.page_ids: list[str] = self.pages["page_id"].to_pylist()

    @cached_property
    def panels(self) -> pa.Table:
        """All panels, in order of their ids."""
        return self._read(PANELS, _PANEL).sort_by("panel_id")

    @cached_property
    def books(self) -> tuple[AuditBook, ...]:
        """All books that have pages, by id."""
        facts = {row["book_id"]: row for row in self._known.to_pylist()}
        mine = np.array(self.pages["book_id"].to_pylist(), object)
        starts = np.flatnonzero(np.append(True, mine[1:] != mine[:-1])) if len(mine) else np.zeros(0, int)
        ends = [*starts[1:].tolist(), len(mine)]
        return tuple(
            _book(facts[mine[first]], first, last) for first, last in zip(starts.tolist(), ends, strict=True)
        )

    @cached_property
    def book_of_page(self) -> NDArray[np.int64]:
        """The place of each page's book among :attr:`books`."""
        sizes = [book.last - book.first for book in self.books]
        return np.repeat(np.arange(len(sizes)), sizes)

    def counts(self, name: str) -> NDArray[np.int64]:
        """Return a column of whole numbers of the pages."""
        return np.asarray(self.pages[name].to_numpy(), np.int64)

    def measure(self, name: str) -> NDArray[np.float32]:
        """Return a column of measures of the pages."""
        return np.asarray(self.pages[name].to_numpy(), np.float32)

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """Hashes of pages, 0 for those on which no panel was found: they show nothing."""
        hashes = np.asarray(self.pages["phash"].to_numpy(), np.uint64)
        return np.where(self.counts("panel_count") > 0, hashes, np.uint64(0))

    @cached_property
    def pixels(self) -> NDArray[np.int64]:
        """How many pixels each page has."""
        return np.asarray(self.counts("width_px") * self.counts("height_px"), np.int64)

    def has(self, table: str, column: str) -> bool:
        """Say whether a table has a column."""
        return column in open_table(self._library, table).schema.names

    def words(self, name: str) -> list[str]:
        """Return a column of words of the pages."""
        values: list[str] = self.pages[name].to_pylist()
        return values

    def vectors(self, table: str, key: str, column: str, ids: Sequence[str]) -> FloatMatrix:
        """Return unit vectors in the order of ``ids`` (n, dim); rows of zeros where there is none."""
        from indexer.maps.material import vectors_of

        source = open_table(self._library, table)
        with reading(self._library, table):
            rows = source.search().select([key, column]).where(f"{column} IS NOT NULL").limit(None).to_arrow()
        places = {item: place for place, item in enumerate(ids)}
        spots = np.array([places.get(item, -1) for item in rows[key].to_pylist()], np.int64)
        found = np.zeros((len(ids), source.schema.field(column).type.list_size), np.float32)
        if len(rows):
            given = np.nan_to_num(vectors_of(rows[column]), nan=0.0, posinf=0.0, neginf=0.0)
            found[spots[spots >= 0]] = unit_rows(given[spots >= 0])
        return found

    def thumbnails(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Give the thumbnails of pages or panels that have one, as WebP."""
        from lancedb.expr import col, lit

        table = self._assets
        wanted = list(ids)
        for start in range(0, len(wanted), _IDS_AT_A_TIME):
            some = [lit(item) for item in wanted[start : start + _IDS_AT_A_TIME]]
            with reading(self._library, ASSETS):
                rows = table.search().where(col("asset_id").isin(some)).select(["asset_id", "webp"])
                found = rows.limit(None).to_arrow()
            yield from zip(found["asset_id"].to_pylist(), found["webp"].to_pylist(), strict=True)

    @cached_property
    def _assets(self) -> Table:
        return open_table(self._library, ASSETS)

    def _read(self, name: str, columns: Sequence[str]) -> pa.Table:
        table = open_table(self._library, name)
        with reading(self._library, name):
            rows = table.search().select(list(columns)).limit(None).to_arrow()
        return current_of(rows, self._known)
