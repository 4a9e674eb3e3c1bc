"""Settings files of models: JSON, read strictly.

Every message names the file and the field; what is not known is refused, so that a misspelt
field never falls back to its default in silence.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from schemas.errors import ConfigError

_MAX_FILE_BYTES = 1_000_000  # settings are a page of text; a weights file named by mistake is not


def path_of(text: str) -> Path:
    """Return a path that may begin with ``~``; one of an unknown user stays as it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


class Settings:
    """One table of a settings file; remembers which fields were asked for.

    An optional field takes ``default``; without a default it must be there.
    """

    def __init__(self, table: Mapping[str, object], where: str) -> None:
        """Take a table and how messages call it."""
        self._table = table
        self._where = where
        self._asked: set[str] = set()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            ConfigError: it cannot be read, or is no JSON table.
        """
        try:
            with path.open("rb") as file:
                data = file.read(_MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise ConfigError(f"cannot read the settings {path}: {error}") from error
        if len(data) > _MAX_FILE_BYTES:
            raise ConfigError(f"{path} is too large for a settings file: name the JSON file")
        try:
            table = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path} is not JSON: {error}") from error
        if not isinstance(table, dict):
            raise ConfigError(f"{path} must hold a JSON object")
        return cls(table, str(path))

    def __contains__(self, name: str) -> bool:
        """Say whether a field is given and not null."""
        self._asked.add(name)
        return self._table.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string that is not empty."""
        value = self._value(name, default)
        if not isinstance(value, str) or not value:
            raise self.error(name, "must be a string that is not empty")
        return value

    def number(self, name: str, default: float | None = None, *, low: float, high: float) -> float:
        """Return a finite number from ``low`` to ``high``."""
        return self._checked_number(name, self._value(name, default), low, high)

    def integer(self, name: str, default: int | None = None, *, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(name, f"must be a whole number from {low} to {high}")
        return value

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return true or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def numbers(self, name: str, default: tuple[float, ...], *, low: float, high: float) -> tuple[float, ...]:
        """Return as many numbers as the default has."""
        value = self._value(name, default)
        if not isinstance(value, list | tuple) or len(value) != len(default):
            raise self.error(name, f"must be a list of {len(default)} numbers")
        return tuple(self._checked_number(name, one, low, high) for one in value)

    def choice(self, name: str, known: Iterable[str], default: str | None = None) -> str:
        """Return one of the known words."""
        value = self._value(name, default)
        words = tuple(known)
        if not isinstance(value, str) or value not in words:
            raise self.error(name, f"must be one of {', '.join(words)}")
        return value

    def table(self, name: str) -> "Settings":
        """Return a table inside this one."""
        value = self._value(name, None)
        if not isinstance(value, dict):
            raise self.error(name, "must be a JSON object")
        return Settings(value, f"{self._where}: {name}")

    def raw(self, name: str) -> object:
        """Return a value of any type, for fields that have several forms."""
        return self._value(name, None)

    def everything(self) -> Mapping[str, object]:
        """Return the whole table, for files of other programs: its names are not ours to refuse."""
        self._asked.update(self._table)
        return self._table

    def refuse_unknown(self) -> None:
        """Make sure that every field was asked for, be it with ``in``; call it last.

        Raises:
            ConfigError: one was not.
        """
        unknown = sorted(set(self._table) - self._asked)
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise ConfigError(f"{self._where}: there is no field {unknown[0]!r}; known: {known}")

    def error(self, name: str, problem: str) -> ConfigError:
        """Return the error of a field."""
        return ConfigError(f"{self._where}: {name!r} {problem}")

    def _value(self, name: str, default: object) -> object:
        self._asked.add(name)
        value = self._table.get(name)
        if value is None:
            value = default
        if value is None:
            raise self.error(name, "is missing")
        return value

    def _checked_number(self, name: str, value: object, low: float, high: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(name, "must be a number")
        if not low <= value <= high:
            raise self.error(name, f"must lie between {low:g} and {high:g}")
        return float(value)
