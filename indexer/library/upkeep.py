"""Upkeep of the tables: indexes, compaction, old versions.

Never compacting leaves a file per book and table; compacting all the time rewrites everything over
and over and piles up versions: LanceDB merges small files with the large ones. So a table is
compacted once enough rows lie outside its largest file, or its indexes leave out too many; a small
one after each run, which costs nothing. Versions are kept as long as a reader may look at one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from indexer.care.files import DATA
from indexer.care.pruning import prune
from indexer.remote.paths import TablePath
from schemas.tables import ASSETS, PAGES, PANELS

if TYPE_CHECKING:
    from lancedb.index import FTS, Bitmap, BTree, IvfSq
    from lancedb.table import LanceTable, Table

    IndexConfig = FTS | Bitmap | BTree | IvfSq


class IndexState(Protocol):
    """What LanceDB says of an index that a table has."""

    name: str
    index_type: str
    index_uuid: str
    num_indexed_rows: int
    num_unindexed_rows: int


BOOKS_BETWEEN_COMPACTIONS = 64
"""Books written before it is looked whether tables need care within a run."""
FRAGMENTS, MANY_FRAGMENTS = 64, 1_024
"""Files of a table that are tolerated before any compaction, and before one in any case: each costs
a reader a few microseconds and a writer a line in each manifest."""
GROWTH, ASSET_GROWTH = 0.3, 0.5
"""A table is compacted when its rows outside the largest file, and deleted rows in any, exceed this
share of those that count: each row is then rewritten a logarithmic number of times."""
URGENT = 1.5
"""How far over that share a table need not wait for another one. Otherwise large tables take turns:
the old files of a table stay as long as its old versions do, and those of one at a time are enough."""
SMALL_ROWS = 2_000
"""Up to here a table is compacted after each run, some 6 MB: full-text scores, which differ for rows
not in the index yet, are then always the same."""
KEEP_VERSIONS = timedelta(minutes=10)
"""How long a version stays once a newer one is there: longer than a search or a look at a page of
results; an older cursor is told that it expired. What is replaced within this time lies on the disk
twice."""
_FOR_EVER = timedelta(days=36_500)
"""LanceDB drops no version of its own accord: :mod:`indexer.care.pruning` does, and says why."""
VECTOR_INDEX_ROWS = 50_000
"""Below this, comparing with every vector is as fast and exact."""
UNINDEXED_ROWS, UNINDEXED_SHARE = 10_000, 0.05
"""Rows that an index may leave out: so many, or that share of the table where it is more."""
CONFLICT_RETRIES = 4
CONFLICT_BACKOFF_S = 0.2

_BITMAPS = ("series", "language", "page_type", "direction", "has_text")
_RANGES = ("year", "book_id")
_VECTORS = ("vector_picture", "vector_text", "vector_fused", "vector_description")
_LOOKED_UP = {PAGES: ("page_id", "book_id"), ASSETS: ("asset_id",)}
"""Columns by which single rows are fetched. Merges stay safe beside an index on a key: they never use it."""


class Upkeep:
    """Decides when tables of one library are indexed and compacted. Belongs to the only writer."""

    def __init__(
        self,
        tables: Mapping[str, Table],
        folder: TablePath | None = None,
        *,
        keep_versions: timedelta = KEEP_VERSIONS,
    ) -> None:
        """Take open tables, and the folder that they lie in unless it is a local one."""
        self._tables = tables
        self._folder = folder
        self._keep_versions = keep_versions
        self._books_written = 0

    def after_book(self) -> None:
        """Count a written book; now and then look whether tables need care."""
        self._books_written += 1
        if self._books_written % BOOKS_BETWEEN_COMPACTIONS == 0:
            self._care(small_rows=0)

    def finish(self) -> None:
        """Index what is new; compact where that is worth it, and small tables always."""
        for table in self._tables.values():
            _make_indexes(table, wanted_indexes(table))
        self._care(small_rows=SMALL_ROWS)

    def _care(self, *, small_rows: int) -> None:
        """Compact tables that need it, and drop old versions of the others."""
        for name, table in self._tables.items():
            if (name != ASSETS and table.count_rows() <= small_rows) or self._is_due(table):
                optimize(table, self._keep_versions, folder=self._folder_of(table))
            else:
                prune(self._folder_of(table), _tagged(table), older_than=self._keep_versions)

    def _is_due(self, table: Table) -> bool:
        """Say whether a compaction is worth rewriting what is there, and can be done now."""
        need = _need(table)
        others = (other for other in self._tables.values() if other is not table)
        return need > URGENT or (need > 1.0 and not any(map(self._is_just_compacted, others)))

    def _is_just_compacted(self, table: Table) -> bool:
        """Say whether a large file of a table is so young that those it replaced are still there."""
        files = [path.stat() for path in (self._folder_of(table) / DATA).glob("*")]
        large = max((file.st_size for file in files), default=0) / 2
        horizon = time.time() - self._keep_versions.total_seconds()
        is_young = any(file.st_size > large and file.st_mtime > horizon for file in files)
        return is_young and table.count_rows() > SMALL_ROWS

    def _folder_of(self, table: Table) -> TablePath:
        return _local_folder_of(table) if self._folder is None else self._folder / f"{table.name}.lance"


def optimize(
    table: Table, keep_versions: timedelta = KEEP_VERSIONS, *, folder: TablePath | None = None
) -> None:
    """Compact a table, extend its indexes to new rows and drop versions nobody reads any more.

    After a commit conflict the same handle conflicts for ever: look at the newest version, wait,
    try again.
    """
    for attempt in range(CONFLICT_RETRIES):
        try:
            table.optimize(cleanup_older_than=_FOR_EVER)
            prune(folder or _local_folder_of(table), _tagged(table), older_than=keep_versions)
        except (OSError, RuntimeError) as error:
            if "conflict" not in str(error).lower() or attempt == CONFLICT_RETRIES - 1:
                raise
            table.checkout_latest()  # type: ignore[no-untyped-call]
            time.sleep(CONFLICT_BACKOFF_S * 2**attempt)
        else:
            return


def _local_folder_of(table: Table) -> Path:
    # LanceTable has an address, which LanceDB's common base of all tables does not declare.
    return Path(cast("LanceTable", table).uri)


def wanted_indexes(table: Table) -> dict[str, IndexConfig]:
    """Return the indexes that a table should have, by column; none while it is empty."""
    from lancedb.index import BTree

    if table.count_rows() == 0:
        return {}
    if table.name == PANELS:
        return _wanted_for_search(table)
    return {column: BTree() for column in _LOOKED_UP.get(table.name, ())}


def is_behind(unindexed_rows: int, indexed_rows: int) -> bool:
    """Say whether an index leaves out so many rows that searches feel it."""
    return unindexed_rows > max(UNINDEXED_ROWS, UNINDEXED_SHARE * (indexed_rows + unindexed_rows))


def _wanted_for_search(panels: Table) -> dict[str, IndexConfig]:
    """Return the indexes that searching needs, by column.

    ``text`` is cut into words by ICU, which knows Japanese and Chinese words; no stop words, so
    that "to be" is found; positions for phrases. ``text_folded`` is cut into one and two letters,
    which finds Korean stems and parts of words that ICU joins.
    """
    from lancedb.index import FTS, Bitmap, BTree, IvfSq

    there = set(panels.schema.names)
    words = FTS(base_tokenizer="icu", stem=False, remove_stop_words=False, with_position=True)
    letters = FTS(
        base_tokenizer="ngram",
        ngram_min_length=1,
        ngram_max_length=2,
        stem=False,
        remove_stop_words=False,
    )
    wanted: dict[str, IndexConfig] = {"text": words, "text_folded": letters}
    described = panels.count_rows("description IS NOT NULL")
    if described:
        wanted["description"] = FTS(base_tokenizer="icu", stem=True, remove_stop_words=False)
    wanted |= {name: Bitmap() for name in _BITMAPS}
    wanted |= {name: BTree() for name in _RANGES}
    counts = dict.fromkeys(_VECTORS, panels.count_rows()) | {"vector_description": described}
    large = [name for name, count in counts.items() if name in there and count >= VECTOR_INDEX_ROWS]
    return wanted | {name: IvfSq(distance_type="cosine") for name in large}


def _make_indexes(table: Table, wanted: Mapping[str, IndexConfig]) -> None:
    """Make what indexes are missing; only on data, an index born empty stays slow."""
    made = indexes_of(table)
    for column, config in wanted.items():
        if column not in made:
            table.create_index(column, config=config)


def indexes_of(table: Table) -> dict[str, IndexState]:
    """Return the indexes that a table has, by column."""
    return {index.columns[0]: cast("IndexState", index) for index in table.list_indices()}


def _tagged(table: Table) -> list[int]:
    return [int(tag["version"]) for tag in table.tags.list().values()]


def _need(table: Table) -> float:
    """Return how much a table needs a compaction: more than 1 where it is worth it."""
    behind = any(is_behind(i.num_unindexed_rows, i.num_indexed_rows) for i in indexes_of(table).values())
    return max(_scatter(table), URGENT if behind else 0.0)


def _scatter(table: Table) -> float:
    """Return rows outside the largest file, and deleted rows, over what is tolerated of them."""
    # LanceDB 0.40 declares a class here and returns a dictionary; lengths include deleted rows.
    stats = cast("Mapping[str, Any]", table.stats())
    files, rows = stats["fragment_stats"], stats["num_rows"]
    count = files["num_fragments"]
    stored = files["lengths"]["mean"] * count
    deleted, outside = max(0, stored - rows), stored - files["lengths"]["max"]
    tolerated = (ASSET_GROWTH if table.name == ASSETS else GROWTH) * max(1, rows)
    scattered = outside + deleted if count >= FRAGMENTS else deleted
    return float(max(scattered / tolerated, count / MANY_FRAGMENTS))
