"""The tables of a dump of the Grand Comics Database that are read, and what each row must have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from schemas.errors import ExchangeError

Row = tuple[object, ...]

TABLES: Mapping[str, tuple[str, ...]] = {
    "gcd_publisher": ("id", "name", "deleted"),
    "gcd_series": ("id", "name", "year_began", "publisher_id", "deleted"),
    "gcd_issue": ("id", "series_id", "number", "volume", "title", "key_date", "deleted"),
    "gcd_story": (
        *("id", "issue_id", "title", "genre", "characters", "synopsis", "deleted"),
        *("script", "pencils", "inks", "colors", "letters"),
    ),
    "gcd_credit_type": ("id", "name"),
    "gcd_creator_name_detail": ("id", "name", "deleted"),
    "gcd_story_credit": ("story_id", "creator_id", "credit_type_id", "deleted"),
    "gcd_character_role": ("id", "name"),
    "gcd_character_name_detail": ("id", "name", "character_id", "deleted"),
    "gcd_story_character": (
        *("story_id", "character_id", "role_id", "is_flashback", "is_origin", "is_death", "notes"),
        "deleted",
    ),
}
"""Tables and their columns; the last six are of newer dumps, which keep people in rows of their own."""
REQUIRED = ("gcd_series", "gcd_issue")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "gcd_publisher": ("id", "name"),
    "gcd_series": ("id", "name"),
    "gcd_issue": ("id", "series_id", "number"),
    "gcd_story": ("issue_id",),
    "gcd_credit_type": ("id", "name"),
    "gcd_creator_name_detail": ("id", "name"),
    "gcd_story_credit": ("story_id", "creator_id", "credit_type_id"),
    "gcd_character_role": ("id", "name"),
    "gcd_character_name_detail": ("id", "name"),
    "gcd_story_character": ("story_id", "character_id"),
}
"""Columns without which a table says nothing; other columns, and tables not required, may be missing."""
MAX_FIELD = 1_000_000
"""Characters of one value."""
_MOST = 2**63 - 1


class Found(NamedTuple):
    """A row of a dump as its columns of :data:`TABLES`; ``place`` is its line, or its number in SQLite."""

    table: str
    place: int
    row: Row


def check_columns(dump: Path, table: str, there: Collection[str]) -> None:
    """Raise ExchangeError where a table lacks a column that is needed."""
    missing = [column for column in NEEDED[table] if column not in there]
    if missing:
        raise ExchangeError(
            f"{dump} has no {table}.{missing[0]}: is it a dump of the Grand Comics Database, and of a "
            "version with that name?"
        )


class Checked:
    """Rows of one table on their way into the catalogue: numbers made numbers, deleted ones left out."""

    def __init__(self, dump: Path, table: str) -> None:
        columns = TABLES[table]
        self.kept = tuple(name for name in columns if name != "deleted")
        self._dump, self._table = dump, table
        self._deleted = columns.index("deleted") if "deleted" in columns else None
        self._numbers = [
            (place, name in NEEDED[table]) for place, name in enumerate(self.kept) if name.endswith("id")
        ]

    def row(self, found: Found) -> Row | None:
        """Return the values of :attr:`kept`, None for a row that was deleted.

        Raises ExchangeError for one that names no number where it must.
        """
        values = list(found.row)
        if self._deleted is not None and values.pop(self._deleted) not in _NOT_DELETED:
            return None
        for place, is_needed in self._numbers:
            try:
                values[place] = _whole(values[place], is_needed=is_needed)
            except ValueError as error:
                raise ExchangeError(
                    f"{self._dump} is damaged: in {self._table} at {found.place:,}, {self.kept[place]} is "
                    f"{str(values[place])[:60]!r}, and no number; get it anew, or mend or delete that row"
                ) from error
        return tuple(values)


_NOT_DELETED = frozenset((None, 0, False, "0", "", "False", "false", "f", "n"))


def _whole(value: object, *, is_needed: bool) -> int | None:
    """Return a number as SQLite keeps one. Raises ValueError."""
    if value is None or value == "":
        if is_needed:
            raise ValueError(value)
        return None
    if not isinstance(value, int | str) or len(str(value)) > len(str(_MOST)):
        raise ValueError(value)
    number = int(value)
    if not 0 <= number <= _MOST:
        raise ValueError(value)
    return number
