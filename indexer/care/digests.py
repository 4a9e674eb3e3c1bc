"""A digest of everything the tables hold of a book, whatever files they lie in.

File checksums find any flipped bit; the digest says whose it is, though thousands of books share a
file. It is a sum over rows, so neither compaction nor the order of rows changes it. Whoever changes
a book takes its digest out of the ledger first; sealing puts the new one in.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from indexer.library.export import names_of_tables, open_table
from indexer.library.faults import reading

if TYPE_CHECKING:
    from lancedb.table import Table

BATCH_ROWS = 1_024
"""Rows in memory at a time: some 20 MB of thumbnails."""
BOOKS_A_QUERY = 64
_MODULUS = 2**128


class BookDigests:
    """Adds up digests of books from batches of their rows."""

    def __init__(self) -> None:
        self._sums: dict[str, int] = defaultdict(int)

    def add(self, table: str, batch: pa.RecordBatch) -> None:
        """Add whole rows of a table."""
        for book_id, row in zip(batch["book_id"].to_pylist(), _row_digests(table, batch), strict=True):
            self._sums[book_id] = (self._sums[book_id] + row) % _MODULUS

    def of(self, book_ids: Iterable[str]) -> dict[str, str]:
        """Return the digests of books; one without rows has a digest too."""
        return {book_id: f"{self._sums.get(book_id, 0):032x}" for book_id in book_ids}


def digest_books(library: Path, book_ids: Sequence[str]) -> dict[str, str]:
    """Read all rows of some books and return their digests.

    Raises:
        LibraryFormatError: a table cannot be read.
    """
    digests = BookDigests()
    for name in names_of_tables(library):
        table = open_table(library, name)
        with reading(library, name):
            for batch in _batches_of(table, book_ids):
                digests.add(name, batch)
    return digests.of(book_ids)


def _batches_of(table: Table, book_ids: Sequence[str]) -> Iterator[pa.RecordBatch]:
    from lancedb.expr import col, lit

    for start in range(0, len(book_ids), BOOKS_A_QUERY):
        some = [lit(book_id) for book_id in book_ids[start : start + BOOKS_A_QUERY]]
        yield from table.search().where(col("book_id").isin(some)).limit(None).to_batches(BATCH_ROWS)


def _row_digests(table: str, batch: pa.RecordBatch) -> Iterator[int]:
    """Give a number for each row: of its table, its values and its vectors."""
    vectors = [field.name for field in batch.schema if pa.types.is_fixed_size_list(field.type)]
    vectors = [name for name in vectors if pa.types.is_float16(batch.schema.field(name).type.value_type)]
    told = [name for name in batch.schema.names if name not in vectors and not name.startswith("_")]
    matrices = {name: _vector_bytes(batch[name]) for name in vectors}
    for number, row in enumerate(batch.select(told).to_pylist()):
        digest = blake2b(table.encode(), digest_size=16)
        digest.update(_canonical(row))
        for name in sorted(vectors):
            digest.update(name.encode() + matrices[name][number])
        yield int.from_bytes(digest.digest())


def _canonical(row: Mapping[str, object]) -> bytes:
    """Return values as text; those that are missing leave no trace, so a new column changes nothing."""
    there = {name: value for name, value in row.items() if value is not None}
    return json.dumps(there, sort_keys=True, default=_plain).encode("utf-8", "surrogatepass")


def _plain(value: object) -> object:
    return blake2b(value).hexdigest() if isinstance(value, bytes) else str(value)


def _vector_bytes(column: pa.FixedSizeListArray) -> list[bytes]:
    """Return the bytes of each vector, none where it is missing."""
    # Arrow may keep anything in the place of a missing vector.
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    flat = np.asarray(column.drop_null().flatten().to_numpy(zero_copy_only=False), np.float16)
    rows = iter(flat.reshape(-1, column.type.list_size))
    return [next(rows).tobytes() if is_there else b"" for is_there in valid]
