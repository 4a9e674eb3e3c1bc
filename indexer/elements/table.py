"""The table of what elements were found in: an element is replaced in one commit, under a lock of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.library.export import open_table
from indexer.library.faults import reading, writing
from indexer.library.lock import side_lock
from indexer.library.upkeep import optimize
from indexer.remote.state import connect, has_table, shown, tables_at
from schemas.elements import ELEMENTS, ElementFacts, elements_schema
from schemas.errors import LibraryFormatError
from schemas.tables import LibraryFormat

if TYPE_CHECKING:
    from lancedb.table import Table

LOCK_FILE = "elements.lock"
KEEP_VERSIONS = timedelta(minutes=10)


def has_elements(library: Path) -> bool:
    """Say whether a library has a table of elements."""
    return has_table(library, ELEMENTS)


def list_facts(library: Path) -> list[ElementFacts]:
    """Return what was worked out of all elements, by name. Raises LibraryFormatError."""
    if not has_elements(library):
        return []
    with reading(library, ELEMENTS):
        query = open_table(library, ELEMENTS).search().where("facts IS NOT NULL").select(["facts"])
        rows = query.limit(None).to_arrow()
    return sorted(map(ElementFacts.from_json, rows["facts"].to_pylist()), key=lambda facts: facts.name)


def facts_where_whole(library: Path) -> dict[str, ElementFacts | None]:
    """Return what was worked out by the name of the element, None where that is damaged."""
    if not has_elements(library):
        return {}
    with reading(library, ELEMENTS):
        query = open_table(library, ELEMENTS).search().where("facts IS NOT NULL").select(["element", "facts"])
        rows = query.limit(None).to_arrow().to_pylist()
    return {row["element"]: _whole(row["facts"]) for row in rows}


def _whole(text: str) -> ElementFacts | None:
    try:
        return ElementFacts.from_json(text)
    except LibraryFormatError:
        return None


def read_found(library: Path, name: str) -> pa.Table:
    """Return panel_id and score of the panels that an element was found in."""
    from lancedb.expr import col, lit

    if not has_elements(library):
        return pa.table({"panel_id": pa.array([], pa.string()), "score": pa.array([], pa.float32())})
    where = col("element").eq(lit(name)).and_(col("panel_id").ne(lit("")))
    with reading(library, ELEMENTS):
        query = open_table(library, ELEMENTS).search().where(where).select(["panel_id", "score"])
        return query.limit(None).to_arrow()


@contextmanager
def element_writer(library: Path) -> Iterator[ElementWriter]:
    """Hold the only right to write what was found while the block runs.

    Raises:
        LibraryBusyError: another process works elements of this library out.
        LibraryError: the folder cannot be written.
    """
    busy = f"another process works out elements of the library {shown(library)}: try again in a moment"
    with side_lock(library, LOCK_FILE, busy=busy):
        yield ElementWriter(library)


class ElementWriter:
    """Writes what elements were found in; use :func:`element_writer`."""

    def __init__(self, library: Path) -> None:
        self._library = library

    def replace(self, facts: ElementFacts, found: pa.Table, library_format: LibraryFormat) -> None:
        """Write the panels of an element (panel_id, score) in the place of those of before."""
        from lancedb.expr import col, lit

        with writing(self._library):
            table = self._open_or_make(library_format)
            merge = table.merge_insert(["element", "panel_id"]).when_matched_update_all()
            merge = merge.when_not_matched_insert_all().use_index(False)
            merge.when_not_matched_by_source_delete(col("element").eq(lit(facts.name))).execute(
                _rows(table.schema, facts, found)
            )
            self._tidy(table)

    def drop(self, name: str) -> None:
        """Take an element out of the table, if it is there."""
        from lancedb.expr import col, lit

        if not has_elements(self._library):
            return
        with writing(self._library):
            table = open_table(self._library, ELEMENTS)
            table.delete(col("element").eq(lit(name)))
            self._tidy(table)

    def _open_or_make(self, library_format: LibraryFormat) -> Table:
        if has_elements(self._library):
            return open_table(self._library, ELEMENTS)
        return connect(self._library).create_table(ELEMENTS, schema=elements_schema(library_format))

    def _tidy(self, table: Table) -> None:
        table.checkout_latest()  # type: ignore[no-untyped-call]
        optimize(table, KEEP_VERSIONS, folder=tables_at(self._library) / f"{ELEMENTS}.lance")


def _rows(schema: pa.Schema, facts: ElementFacts, found: pa.Table) -> pa.Table:
    told = json.dumps(facts.to_json(), sort_keys=True)
    first = {"element": [facts.name], "panel_id": [""], "score": [0.0], "facts": [told]}
    rest = {
        "element": pa.array([facts.name] * len(found), pa.string()),
        **{name: found[name] for name in ("panel_id", "score")},
        "facts": pa.nulls(len(found), pa.string()),
    }
    parts = [pa.table({name: part[name] for name in schema.names}).cast(schema) for part in (first, rest)]
    return pa.concat_tables(parts)
