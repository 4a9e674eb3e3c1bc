"""One reading of every row of a library: what it counts, and what is odd about single rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from indexer.care.digests import BATCH_ROWS, BookDigests
from indexer.library.faults import reading
from indexer.library.store import KEYS
from schemas.errors import LibraryFormatError
from schemas.tables import ASSETS, BOOKS, COUNTED, IMPORTED_CONTAINER, PAGES, PANELS, STORIES

if TYPE_CHECKING:
    from lancedb.table import Table

SCAN_ORDER = (BOOKS, STORIES, PAGES, PANELS, ASSETS)
"""Thumbnails last: by then it is known what may have one."""
NORM_TOLERANCE = 0.01
"""How far a vector's length may be from 1; rounding to float16 moves it by .0005."""
_IDS_AT_A_TIME = 65_536
_NOT_A_VECTOR = ("box",)


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What the table of contents says of a book."""

    source: str
    ingest_rev: str
    page_count: int
    panel_count: int
    container: str
    story_count: int = 0


_FACTS = ("book_id", *BookFacts.__dataclass_fields__)


@dataclass(slots=True)
class Scan:
    """What reading every row found; keys are those of the tables, row ids LanceDB's own.

    ``stale`` are keys of rows of another revision than their book's, ``doubled`` the row ids that
    should go so that each key is there once, ``unpictured`` pages and panels without a thumbnail,
    ``strays`` thumbnails of nothing, ``bad_vectors`` keys by table and column.
    """

    books: dict[str, BookFacts] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    by_book: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    unreadable: dict[str, str] = field(default_factory=dict)
    stale: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    doubled: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    bad_vectors: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    strays: list[str] = field(default_factory=list)
    unpictured: list[str] = field(default_factory=list)
    digests: BookDigests = field(default_factory=BookDigests)

    def orphans(self, name: str) -> list[str]:
        """Return books that have rows in a table and are not in the table of contents."""
        return sorted(self.by_book[name].keys() - self.books.keys())


def scan(library: Path, tables: Mapping[str, Table]) -> Scan:
    """Read every row of the pinned tables; a table that cannot be read is in ``unreadable``."""
    found = Scan()
    keys: set[int] = set()
    for name in (name for name in SCAN_ORDER if name in tables):
        try:
            _scan_table(library, name, tables[name], found, keys)
        except LibraryFormatError as error:
            found.unreadable[name] = str(error)
    if keys and not found.unreadable:
        _find_unpictured(tables, found, keys)
    return found


def _scan_table(library: Path, name: str, table: Table, found: Scan, keys: set[int]) -> None:
    seen: set[int] = set()
    found.rows[name] = 0
    for batch in _batches(library, table):
        found.rows[name] += len(batch)
        if name == BOOKS:
            found.books |= _facts(batch)
        found.by_book[name].update(batch["book_id"].to_pylist())
        found.digests.add(name, batch)
        _note_keys(name, batch, found, seen)
        _note_stale(name, batch, found)
        _note_vectors(name, batch, found)
        if name == ASSETS:
            ids = batch[KEYS[ASSETS]].to_pylist()
            found.strays += [key for key in ids if hash(key) not in keys and key[:24] in found.books]
            keys.difference_update(map(hash, ids))
    if name in (PAGES, PANELS):
        keys |= seen


def _batches(library: Path, table: Table) -> Iterator[pa.RecordBatch]:
    with reading(library, table.name):
        batches = iter(table.search().with_row_id(True).limit(None).to_batches(BATCH_ROWS))
    while True:
        with reading(library, table.name):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def book_facts(library: Path, books: Table) -> dict[str, BookFacts]:
    """Return what the table of contents says. Raises LibraryFormatError."""
    with reading(library, BOOKS):
        known = [name for name in _FACTS if name in books.schema.names]
        return _facts(books.search().select(known).limit(None).to_arrow())


def books_with_rows(library: Path, tables: Mapping[str, Table]) -> set[str]:
    """Return the books that have rows in any table. Raises LibraryFormatError."""
    found: set[str] = set()
    for name, table in tables.items():
        if "book_id" not in table.schema.names:  # maps know panels alone
            continue
        with reading(library, name):
            for batch in table.search().select(["book_id"]).limit(None).to_batches(_IDS_AT_A_TIME):
                found.update(batch["book_id"].to_pylist())
    return found


def torn_books(library: Path, tables: Mapping[str, Table], books: Mapping[str, BookFacts]) -> set[str]:
    """Return books with rows of another number or revision than they say, and books that have but rows.

    Raises LibraryFormatError.
    """
    torn = books_with_rows(library, tables) - books.keys()
    for name, column in ((name, column) for name, column in COUNTED.items() if name in tables):
        rows: Counter[tuple[str, str]] = Counter()
        with reading(library, name):
            query = tables[name].search().select(["book_id", "ingest_rev"]).limit(None)
            for batch in query.to_batches(_IDS_AT_A_TIME):
                rows.update(zip(batch["book_id"].to_pylist(), batch["ingest_rev"].to_pylist(), strict=True))
        wanted = Counter({(book, facts.ingest_rev): getattr(facts, column) for book, facts in books.items()})
        torn |= {key[0] for key in rows.keys() | wanted.keys() if rows[key] != wanted[key]}
    return torn


def _facts(batch: pa.RecordBatch | pa.Table) -> dict[str, BookFacts]:
    rows = batch.select([name for name in _FACTS if name in batch.schema.names]).to_pylist()
    return {row.pop("book_id"): BookFacts(**row) for row in rows}


def _note_keys(name: str, batch: pa.RecordBatch, found: Scan, seen: set[int]) -> None:
    """Note doubled keys. 64 bits of hash a key: a chance meeting is not to be expected."""
    for key, row_id in zip(batch[KEYS[name]].to_pylist(), batch["_rowid"].to_pylist(), strict=True):
        if hash(key) in seen:
            found.doubled[name].append((key, row_id))
        seen.add(hash(key))


def _note_stale(name: str, batch: pa.RecordBatch, found: Scan) -> None:
    if name not in COUNTED:
        return
    columns = (batch[column].to_pylist() for column in (KEYS[name], "book_id", "ingest_rev"))
    for key, book_id, revision in zip(*columns, strict=True):
        book = found.books.get(book_id)
        if book is not None and book.ingest_rev != revision:
            found.stale[name].append(key)


def _note_vectors(name: str, batch: pa.RecordBatch, found: Scan) -> None:
    for column in vector_columns(batch.schema):
        vectors = batch[column]
        keys = batch[KEYS[name]].filter(vectors.is_valid()).to_pylist()
        flat = np.asarray(vectors.drop_null().flatten().to_numpy(zero_copy_only=False), np.float32)
        norms = np.linalg.norm(flat.reshape(-1, vectors.type.list_size), axis=1)
        # Written so that a norm that is no number counts as bad.
        bad = ~(np.abs(norms - 1.0) <= NORM_TOLERANCE)
        if bad.any():
            found.bad_vectors[name, column] += [keys[index] for index in np.flatnonzero(bad)]


def vector_columns(schema: pa.Schema) -> list[str]:
    """Return the names of a table's columns of vectors."""
    return [
        column.name
        for column in schema
        if pa.types.is_fixed_size_list(column.type) and column.name not in _NOT_A_VECTOR
    ]


def _find_unpictured(tables: Mapping[str, Table], found: Scan, left: set[int]) -> None:
    """Name the pages and panels behind the keys that no thumbnail has claimed."""
    for name in (PAGES, PANELS):
        for batch in (
            tables[name].search().select([KEYS[name], "book_id"]).limit(None).to_batches(_IDS_AT_A_TIME)
        ):
            pairs = zip(batch[KEYS[name]].to_pylist(), batch["book_id"].to_pylist(), strict=True)
            left_out = ((key, found.books.get(book)) for key, book in pairs if hash(key) in left)
            found.unpictured += [
                key for key, book in left_out if book is not None and book.container != IMPORTED_CONTAINER
            ]
