"""Rows of a large table kept in memory, found by their id or by another key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from search.vectors import ALL_ROWS

if TYPE_CHECKING:
    from lancedb.table import Table

REPEATED = ("book_id", "ingest_rev", "page_type", "series")
"""Columns of which many rows say the same: each value is kept once."""


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Columns of all rows of a table and ``_rowid``, and where each key stands."""

    rows: pa.Table
    keys: NDArray[np.int64] | NDArray[np.bytes_]
    places: NDArray[np.int64]

    @classmethod
    def read(cls, table: "Table", columns: Sequence[str], *, key: str | None = None) -> Self:
        """Read the columns, to be found by ``key`` (of ASCII words), by row id where it is None."""
        rows = table.search().select(list(columns)).with_row_id(True).limit(ALL_ROWS).to_arrow()
        for name in set(REPEATED) & set(columns):
            rows = rows.set_column(rows.schema.get_field_index(name), name, rows[name].dictionary_encode())
        rows = rows.combine_chunks()
        if key is None:
            keys = rows["_rowid"].to_numpy().astype(np.int64)
        else:
            keys = np.array(rows[key].to_pylist(), np.bytes_)
        places = np.argsort(keys, kind="stable")
        return cls(rows, keys[places], places)

    def knows(self, columns: Sequence[str]) -> bool:
        """Say whether all of these columns are kept."""
        return set(columns) <= set(self.rows.schema.names)

    def find(self, keys: Sequence[int] | Sequence[str]) -> pa.Table:
        """Return the rows that have one of the keys, in the order of the keys."""
        wanted = np.array(keys, self.keys.dtype)
        if not len(self.keys) or not len(wanted):
            return self.rows.slice(0, 0)
        spots = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return self.rows.take(pa.array(self.places[spots[self.keys[spots] == wanted]]))
