"""The table of maps: written beside the library's own tables, so under a lock of its own.

A map is replaced in three commits: its new points, then its facts, which name them, then the old
points go. Whatever moment a writer dies at, readers see one map or the other; what it leaves is
swept up by the next one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa

from indexer.library.export import open_table
from indexer.library.faults import reading, writing
from indexer.library.lock import side_lock
from indexer.library.upkeep import optimize
from indexer.remote.state import connect, has_table, shown, tables_at
from schemas.errors import ConfigError
from schemas.maps import MAPS, MapFacts, maps_schema
from schemas.tables import LibraryFormat

if TYPE_CHECKING:
    from lancedb.expr import Expr
    from lancedb.table import Table

LOCK_FILE = "maps.lock"
KEEP_VERSIONS = timedelta(minutes=10)
_IDS_AT_A_TIME = 5_000


def has_maps(library: Path) -> bool:
    """Say whether a library has a table of maps."""
    return has_table(library, MAPS)


def list_maps(library: Path) -> list[MapFacts]:
    """Return the facts of all maps, by name. Raises LibraryFormatError."""
    if not has_maps(library):
        return []
    with reading(library, MAPS):
        rows = _open(library).search().where("facts IS NOT NULL").select(["facts"]).limit(None).to_arrow()
    return sorted(map(MapFacts.from_json, rows["facts"].to_pylist()), key=lambda facts: facts.name)


def find_map(library: Path, name: str) -> MapFacts | None:
    """Return the facts of a map, None where there is none of that name. Raises LibraryFormatError."""
    return next((facts for facts in list_maps(library) if facts.name == name), None)


def read_points(library: Path, facts: MapFacts) -> pa.Table:
    """Return the points of a map: panel_id, x, y, cluster, is_placed. Raises LibraryFormatError."""
    columns = ["panel_id", "x", "y", "cluster", "is_placed"]
    with reading(library, MAPS):
        query = _open(library).search().where(_points_of(facts.revision)).select(columns)
        return query.limit(None).to_arrow()


@contextmanager
def map_writer(library: Path) -> Iterator[MapWriter]:
    """Hold the only right to write maps while the block runs; the library itself may be written too.

    Raises:
        LibraryBusyError: another process writes maps of this library.
        LibraryError: the folder cannot be written.
    """
    busy = f"another process is making a map of the library {shown(library)}: wait for it to end"
    with side_lock(library, LOCK_FILE, busy=busy):
        yield MapWriter(library)


class MapWriter:
    """Writes maps; use :func:`map_writer`."""

    def __init__(self, library: Path) -> None:
        self._library = library

    def replace(self, facts: MapFacts, points: pa.Table, library_format: LibraryFormat) -> MapFacts:
        """Write a map whole and drop the one it replaces; returns its facts with their revision.

        ``points`` have panel_id, x, y, cluster and is_placed.
        """
        named = replace(facts, revision=uuid4().hex)
        with writing(self._library):
            table = self._open_or_make(library_format)
            table.add(_rows(table.schema, named, points))
            self._set_facts(table, named)
            self._sweep(table)
        return named

    def extend(self, facts: MapFacts, points: pa.Table, gone: Sequence[str]) -> None:
        """Add points to a map and take out those of panels that are gone; the facts say the rest."""
        with writing(self._library):
            table = _open(self._library)
            for start in range(0, len(gone), _IDS_AT_A_TIME):
                table.delete(_panels_of(facts.revision, gone[start : start + _IDS_AT_A_TIME]))
            if len(points):
                table.add(_rows(table.schema, facts, points))
            self._set_facts(table, facts)
            self._sweep(table)

    def delete(self, name: str) -> None:
        """Drop a map. Raises ConfigError where there is none."""
        from lancedb.expr import col, lit

        if find_map(self._library, name) is None:
            raise unknown_map(self._library, name)
        with writing(self._library):
            table = _open(self._library)
            table.delete(col("map").eq(lit(name)))
            self._sweep(table)

    def _open_or_make(self, library_format: LibraryFormat) -> Table:
        if has_maps(self._library):
            return _open(self._library)
        return connect(self._library).create_table(MAPS, schema=maps_schema(library_format))

    def _set_facts(self, table: Table, facts: MapFacts) -> None:
        """Put the row of facts in one commit."""
        from lancedb.expr import col, lit

        row = _rows(table.schema, facts, None)
        merge = table.merge_insert(["map", "panel_id"]).when_matched_update_all()
        merge = merge.when_not_matched_insert_all().use_index(False)
        mine = col("map").eq(lit(facts.name)).and_(col("panel_id").eq(lit("")))
        merge.when_not_matched_by_source_delete(mine).execute(row)

    def _sweep(self, table: Table) -> None:
        """Drop points that no facts name, old versions, and many small files."""
        table.checkout_latest()  # type: ignore[no-untyped-call]
        current = [facts.revision for facts in list_maps(self._library)]
        table.delete(_left_over(current))
        optimize(table, KEEP_VERSIONS, folder=tables_at(self._library) / f"{MAPS}.lance")


def unknown_map(library: Path, name: str) -> ConfigError:
    """Return the error that there is no map of a name."""
    names = ", ".join(facts.name for facts in list_maps(library)) or "none"
    return ConfigError(f"there is no map {name!r} in {shown(library)}; there are: {names}")


def _open(library: Path) -> Table:
    return open_table(library, MAPS)


def _rows(schema: pa.Schema, facts: MapFacts, points: pa.Table | None) -> pa.Table:
    """Return rows of the table: points, or the row of facts where there are none."""
    if points is None:
        told = {"panel_id": [""], "x": [0.0], "y": [0.0], "cluster": [-1], "is_placed": [False]}
        points = pa.table(told)
        said: list[str | None] = [json.dumps(facts.to_json(), sort_keys=True)]
    else:
        said = [None] * len(points)
    columns = {name: points[name] for name in ("panel_id", "x", "y", "cluster", "is_placed")}
    columns |= {"map": pa.array([facts.name] * len(points)), "facts": pa.array(said, pa.string())}
    columns["revision"] = pa.array([facts.revision] * len(points))
    return pa.table({name: columns[name] for name in schema.names}).cast(schema)


def _points_of(revision: str) -> Expr:
    from lancedb.expr import col, lit

    return col("revision").eq(lit(revision)).and_(col("panel_id").ne(lit("")))


def _panels_of(revision: str, panel_ids: Sequence[str]) -> Expr:
    from lancedb.expr import col, lit

    return _points_of(revision).and_(col("panel_id").isin([lit(panel) for panel in panel_ids]))


def _left_over(current: Sequence[str]) -> Expr:
    from lancedb.expr import col, lit

    mine = col("panel_id").ne(lit(""))
    if not current:
        return mine
    return mine.and_(~col("revision").isin([lit(revision) for revision in current]))
