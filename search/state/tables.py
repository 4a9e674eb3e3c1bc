"""Tables held at one version."""

from typing import TYPE_CHECKING

from schemas.errors import LibraryFormatError, QueryError
from schemas.places import store_trouble

if TYPE_CHECKING:
    from lancedb import DBConnection
    from lancedb.table import Table


def pinned(table: "Table", version: int | None) -> "Table":
    """Hold a table at a version, its newest one for None. Raises QueryError where that version is gone."""
    try:
        table.checkout(table.version if version is None else version)
    except ValueError as error:
        raise QueryError("these results have expired, the library has moved on: search again") from error
    return table


def open_table(database: "DBConnection", name: str) -> "Table":
    """Return a table as it stands. Raises LibraryFormatError where there is none."""
    try:
        return database.open_table(name)
    except ValueError as error:
        if store_trouble(error) is not None:
            raise  # a store that does not answer says nothing of the library
        raise LibraryFormatError(
            f"the library {database.uri} has no table {name!r}: it is damaged, index it anew"
        ) from error
