"""Rows of a large table kept in memory, found by their id or by another key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from search.state.cells import RowIds, is_among
from search.state.changes import CROWDED_ROWS, Change
from search.state.vectors import ALL_ROWS

if TYPE_CHECKING:
    from lancedb.table import Table

REPEATED = ("book_id", "ingest_rev", "page_type", "series")
"""Columns of which many rows say the same: each value is kept once."""


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Columns of all rows of a table and ``_rowid``, and where each key stands; ``late`` rows came since."""

    rows: pa.Table
    keys: NDArray[np.int64] | NDArray[np.bytes_]
    places: NDArray[np.int64]
    key: str | None = None
    late: "HeldRows | None" = None

    @classmethod
    def read(cls, table: "Table", columns: Sequence[str], *, key: str | None = None) -> Self:
        """Read the columns, to be found by ``key`` (of ASCII words), by row id where it is None."""
        rows = table.search().select(list(columns)).with_row_id(True).limit(ALL_ROWS).to_arrow()
        return cls.of(rows, columns, key=key)

    @classmethod
    def of(cls, rows: pa.Table, columns: Sequence[str], *, key: str | None = None) -> Self:
        """Keep rows that were read, with ``_rowid``."""
        for name in set(REPEATED) & set(columns):
            rows = rows.set_column(rows.schema.get_field_index(name), name, rows[name].dictionary_encode())
        rows = rows.combine_chunks()
        if key is None:
            keys = rows["_rowid"].to_numpy().astype(np.int64)
        else:
            keys = np.array(rows[key].to_pylist(), np.bytes_)
        places = np.argsort(keys, kind="stable")
        return cls(rows, keys[places], places, key)

    def followed(self, change: Change, table: "Table") -> Self:
        """Return them with the new rows of the table; rows that are gone stay until it is settled."""
        fresh = change.read(table, self._columns)
        if self.late is not None:
            fresh = pa.concat_tables([self.late.rows, self._like(fresh)])
        return replace(self, late=self.of(fresh, self._columns, key=self.key))

    def settled(self, ids: RowIds) -> Self:
        """Return those that have one of the sorted ids, the late ones sorted in."""
        rows = self.rows if self.late is None else pa.concat_tables([self.rows, self.late.rows])
        stays = is_among(rows["_rowid"].to_numpy().astype(np.int64), ids)
        return self.of(rows.filter(pa.array(stays)), self._columns, key=self.key)

    @property
    def is_crowded(self) -> bool:
        """Say whether sorting the late rows in would pay."""
        return self.late is not None and len(self.late.rows) > CROWDED_ROWS

    @property
    def _columns(self) -> list[str]:
        return [name for name in self.rows.schema.names if name != "_rowid"]

    def _like(self, rows: pa.Table) -> pa.Table:
        """Return rows with columns in the order and of the types that are kept."""
        return rows.select(self.rows.schema.names).cast(self.rows.schema)

    def knows(self, columns: Sequence[str]) -> bool:
        """Say whether all of these columns are kept."""
        return set(columns) <= set(self.rows.schema.names)

    def find(self, keys: Sequence[int] | Sequence[str]) -> pa.Table:
        """Return the rows that have one of the keys, in the order of the keys, late ones first."""
        found = self._find(keys)
        return found if self.late is None else pa.concat_tables([self.late.find(keys), found])

    def _find(self, keys: Sequence[int] | Sequence[str]) -> pa.Table:
        wanted = np.array(keys, self.keys.dtype)
        if not len(self.keys) or not len(wanted):
            return self.rows.slice(0, 0)
        spots = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return self.rows.take(pa.array(self.places[spots[self.keys[spots] == wanted]]))
