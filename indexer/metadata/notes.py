"""Cleans the typed fields of a document and remembers which of them made no sense."""

from typing import TypeVar

from indexer.metadata import values
from schemas.labels import ReadingDirection

_T = TypeVar("_T")
_UNSAID = frozenset({"", "-1", "0", "unknown", "und", "none", "n/a", "null"})
"""What programs write where nothing is known."""
_NO_DATE = "0101-01-01"  # Calibre's, which adds a time to it
_SHOWN = 40  # characters of a senseless value
_TOLD = 5  # senseless values named one by one


class Notes:
    """What is odd in one document. Each method cleans a value like its namesake in ``values``."""

    def __init__(self) -> None:
        self._odd: list[str] = []

    def whole_number(self, name: str, value: object, *, low: int = 0, high: int | None = None) -> int | None:
        """Return a whole number within bounds."""
        return self._kept(name, value, values.whole_number(value, low=low, high=high or values.MAX_COUNT))

    def year(self, name: str, value: object) -> int | None:
        """Return a credible year."""
        return self._kept(name, value, values.year_of(value))

    def date(self, name: str, value: object) -> tuple[int | None, int | None, int | None]:
        """Return year, month and day."""
        year, month, day = values.date_of(value)
        self._kept(name, value, year)
        return year, month, day

    def text(self, name: str, value: object) -> str | None:
        """Return one clean line."""
        return self._kept(name, value, values.text_of(value))

    def language(self, name: str, value: object) -> str | None:
        """Return a language code."""
        return self._kept(name, value, values.language_of(value))

    def direction(self, name: str, value: object) -> ReadingDirection | None:
        """Return a reading direction."""
        return self._kept(name, value, values.direction_of(value))

    def __bool__(self) -> bool:
        """Say whether anything was odd."""
        return bool(self._odd)

    def __str__(self) -> str:
        """Return the odd fields with their values."""
        more = len(self._odd) - _TOLD
        return ", ".join(self._odd[:_TOLD]) + (f" and {more} more" if more > 0 else "")

    def _kept(self, name: str, value: object, clean: _T | None) -> _T | None:
        if clean is None and not _says_nothing(value):
            self._odd.append(f"{name}={str(value)[:_SHOWN]!r}")
        return clean


def _says_nothing(value: object) -> bool:
    if value is None or value in ([], {}):
        return True
    said = value.strip().lower() if isinstance(value, str) else str(value)
    return said in _UNSAID or said.startswith(_NO_DATE)
