"""Reads fields of JSON that others wrote: every message names the item and the field.

Unlike settings, unknown fields are let pass: other tools add their own.
"""

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from schemas.errors import ExchangeError

MAX_COORDINATE_PX = 1_000_000.0
"""No picture is larger; what is, is not a number of pixels."""
MAX_FILE_BYTES = 2 * 1024**3
"""A set of a million detections takes some 200 MB."""

PixelRect = tuple[float, float, float, float]
"""x, y, width and height in pixels."""


class Fields:
    """One JSON object, and how messages call it."""

    def __init__(self, value: object, where: str) -> None:
        """Take an object.

        Raises:
            ExchangeError: it is none.
        """
        if not isinstance(value, Mapping):
            raise ExchangeError(f"{where} must be a JSON object, not {type(value).__name__}")
        self._table: Mapping[str, object] = value
        self.where = where

    def __contains__(self, name: str) -> bool:
        """Say whether a field is given and not null."""
        return self._table.get(name) is not None

    def text(self, name: str) -> str:
        """Return a string."""
        value = self._table.get(name)
        if not isinstance(value, str):
            raise self.error(name, "must be a string")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a string, None where it is missing or null."""
        return self.text(name) if name in self else None

    def integer(self, name: str) -> int:
        """Return a whole number of at least 0."""
        value = self._table.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.error(name, "must be a whole number of at least 0")
        return value

    def optional_integer(self, name: str) -> int | None:
        """Return a whole number, None where it is missing or null."""
        return self.integer(name) if name in self else None

    def optional_share(self, name: str) -> float | None:
        """Return a number in [0, 1], None where it is missing or null."""
        if name not in self:
            return None
        number = _number(self._table[name])
        if number is None or not 0 <= number <= 1:
            raise self.error(name, "must be a number from 0 to 1")
        return number

    def items(self, name: str, *, required: bool = True) -> list[object]:
        """Return a list; where it may be missing, an empty one then."""
        value = self._table.get(name)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            raise self.error(name, "must be a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings, empty where it is missing."""
        values = self.items(name, required=False)
        if not all(isinstance(value, str) for value in values):
            raise self.error(name, "must be a list of strings")
        return tuple(str(value) for value in values)

    def rect(self, name: str) -> PixelRect:
        """Return x, y, width and height."""
        return parse_rect(self._table.get(name), f"{self.where}: {name!r}")

    def rects(self, name: str) -> tuple[PixelRect, ...]:
        """Return a list of rectangles, empty where it is missing."""
        values = self.items(name, required=False)
        return tuple(parse_rect(value, f"{self.where}: {name!r}") for value in values)

    def inner(self, name: str) -> "Fields":
        """Return the object in a field."""
        return Fields(self._table.get(name), f"{self.where}: {name!r}")

    def error(self, name: str, problem: str) -> ExchangeError:
        """Return the error of a field."""
        return ExchangeError(f"{self.where}: {name!r} {problem}")


def parse_rect(value: object, what: str) -> PixelRect:
    """Read x, y, width and height.

    Raises:
        ExchangeError: it is not four numbers of pixels, or the rectangle has no area.
    """
    numbers = [_number(item) for item in value] if isinstance(value, list) else []
    x, y, width, height = numbers if len(numbers) == 4 else (None,) * 4
    if x is None or y is None or width is None or height is None or width <= 0 or height <= 0:
        raise ExchangeError(
            f"{what} must be [x, y, width, height] in pixels, with an area, got {value!r:.80}"
        )
    return x, y, width, height


def read_json(path: Path) -> object:
    """Read a JSON file.

    Raises:
        ExchangeError: it cannot be read or is no JSON.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ExchangeError(f"{path} has more than {MAX_FILE_BYTES} bytes: split it")
        found: object = json.loads(path.read_bytes())
    except OSError as error:
        raise ExchangeError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ExchangeError(f"{path} is no JSON: {error}") from error
    return found


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared before it is converted: a JSON integer may be too long for a float.
    return float(value) if abs(value) <= MAX_COORDINATE_PX and isfinite(value) else None
