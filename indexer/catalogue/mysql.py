"""Rows of a dump in MySQL's SQL, as ``mysqldump`` writes it: read as a stream, in memory that is bounded.

Only ``CREATE TABLE`` and ``INSERT INTO … VALUES`` of the tables asked for are understood; whatever else
stands between them is passed over, and nothing is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from indexer.catalogue.packed import SQLITE, unpacked
from indexer.catalogue.tables import MAX_FIELD, REQUIRED, TABLES, Found, Row, check_columns
from schemas.errors import ExchangeError

_CHUNK, _HEAD, _SIGNATURE = 1 << 20, 1 << 16, 1 << 12
_MAX_COLUMNS = 1_000
MAX_ROW = 16 << 20
"""Bytes of one row, of a string elsewhere, or of what makes a table."""
_QUOTED = rb"'(?>[^'\\]++|\\.|'')*+'"
_VALUE = rb"(?>(?:\w+\s*)?" + _QUOTED + rb"|[^',()\s]++)"
_NAME = rb"(?:[`\"]?\w+[`\"]?\s*\.\s*)?[`\"]?(\w+)[`\"]?"
_COLUMNS = rb"\s*(?:\(([^()']*)\))?\s*VALUES\b"
_INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:LOW_PRIORITY\s+|DELAYED\s+|IGNORE\s+)*(?:INTO\s+)?" + _NAME + _COLUMNS, re.I
)
_CREATE = re.compile(rb"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?" + _NAME + rb"\s*(?=\()", re.I)
_BLANK = re.compile(rb"(?>[\s;]++|--[^\n]*+\n|#[^\n]*+\n|/\*(?>[^*]++|\*(?!/))*+\*/)*+")
_REST = re.compile(rb"(?>[^;'\"`]++|'(?>[^'\\]++|\\.)*+'|\"(?>[^\"\\]++|\\.)*+\"|`[^`]*+`)*+", re.S)
"""What is left of a statement; two strings side by side are as good as one with a doubled quote."""
_ANY_ROW = re.compile(rb"\s*\((?>[^'()]++|" + _QUOTED + rb")*+\)\s*([,;])", re.S)
_PART = re.compile(rb"(?>[^(),'\"`]++|'(?>[^'\\]++|\\.|'')*+'|\"[^\"]*+\"|`[^`]*+`)++|[(),]", re.S)
_COLUMN = re.compile(rb"\s*[`\"]?(\w+)[`\"]?")
_KEYS = frozenset(
    ["PRIMARY", "KEY", "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN", "CHECK", "PERIOD"]
)
_ESCAPED = re.compile(rb"\\(.)|''", re.S)
_MEANT = {b"0": b"\0", b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"Z": b"\x1a"}
_MADE_BY = (b"-- MySQL dump", b"-- MariaDB dump")
_COMPLETED = b"-- Dump completed"
_COMMENTS = (b"/*", b"--", b"#")


def mysql_rows(dump: Path, *, chunk: int = _CHUNK) -> Iterator[Found]:
    """Give the rows of the tables that a dump has, in its order.

    Args:
        dump: a file.
        chunk: bytes to take in at a time.

    Raises:
        ExchangeError: it is no dump, lacks a table or column that is needed, is damaged, or ends too early.
    """
    with unpacked(dump) as file:
        yield from _Reading(dump, file, chunk).rows()


class _Window:
    """The part of a stream that is looked at: ``data`` from ``at`` on; ``line`` is where that is."""

    def __init__(self, file: IO[bytes], chunk: int) -> None:
        self._file, self._chunk = file, chunk
        self.data, self.at, self.line, self.is_all = b"", 0, 1, False
        self.tail = b""

    def read(self) -> None:
        """Take in more."""
        fresh = self._file.read(self._chunk)
        self.is_all = not fresh
        self.tail = (self.tail + fresh[-_HEAD:])[-_HEAD:]
        self.data, self.at = self.data[self.at :] + (fresh or b"\n"), 0  # the last line may have no end

    def ensure(self, size: int) -> None:
        """Take in what a number of bytes need, where there are as many."""
        while len(self.data) - self.at < size and not self.is_all:
            self.read()

    def go(self, place: int) -> None:
        """Go on to a place, counting lines."""
        self.line += self.data.count(b"\n", self.at, place)
        self.at = place

    def skip(self, pattern: re.Pattern[bytes]) -> None:
        """Go past what a pattern matches here, at least nothing."""
        if found := pattern.match(self.data, self.at):
            self.go(found.end())

    def starts(self, *starts: bytes) -> bool:
        """Say whether one of these is next."""
        return self.data.startswith(starts, self.at)


class _Reading:
    """A dump from its first statement to its last."""

    def __init__(self, dump: Path, file: IO[bytes], chunk: int) -> None:
        self._dump, self._seen = dump, _Window(file, chunk)
        self._columns: dict[str, tuple[str, ...]] = {}

    def rows(self) -> Iterator[Found]:
        """Give the rows of :data:`TABLES`."""
        self._seen.ensure(_HEAD)
        if self._seen.starts(SQLITE):
            raise ExchangeError(f"{self._dump} is a packed SQLite dump: unpack it first")
        is_signed = any(name in self._seen.data[:_SIGNATURE] for name in _MADE_BY)
        while self._next_statement():
            found = _INSERT.match(self._seen.data, self._seen.at)
            table = _text(found[1]) if found else ""
            if found and table in TABLES:
                self._seen.go(found.end())
                yield from self._inserted(table, found[2])
            elif found := _CREATE.match(self._seen.data, self._seen.at):
                self._seen.go(found.end())
                self._created(_text(found[1]))
            else:
                self._pass_over()
        if is_signed and _COMPLETED not in self._seen.tail:
            raise self._too_early()
        for table in REQUIRED:
            if table not in self._columns:
                check_columns(self._dump, table, ())

    def _next_statement(self) -> bool:
        """Go to where the next statement begins; False at the end."""
        seen = self._seen
        while True:
            seen.ensure(_HEAD)
            before = seen.at
            seen.skip(_BLANK)
            if seen.starts(*_COMMENTS):  # its end is not in sight
                self._more("")
            elif seen.at == before or seen.is_all:
                return seen.at < len(seen.data)

    def _pass_over(self) -> None:
        """Go past the end of a statement."""
        while True:
            self._seen.skip(_REST)
            if self._seen.starts(b";"):
                self._seen.go(self._seen.at + 1)
                return
            self._more("")

    def _created(self, table: str) -> None:
        """Read the names of a table's columns."""
        while True:
            found = _REST.match(self._seen.data, self._seen.at)
            end = self._seen.at if found is None else found.end()
            if self._seen.data[end : end + 1] == b";":
                break
            self._more(table)
        if table in TABLES:
            self._columns[table] = _columns_of(self._seen.data[self._seen.at : end])
            check_columns(self._dump, table, self._columns[table])
        self._seen.go(end + 1)

    def _inserted(self, table: str, named: bytes | None) -> Iterator[Found]:
        seen = self._seen
        names = _names_of(named) if named else self._columns.get(table, ())
        if not names:
            raise ExchangeError(
                f"{self._dump} has no CREATE TABLE for {table} before its rows at line {seen.line:,}: "
                "make the dump with the structure of its tables"
            )
        if len(names) > _MAX_COLUMNS:
            raise self._damaged(table, f"more than {_MAX_COLUMNS:,} columns")
        check_columns(self._dump, table, names)
        self._columns.setdefault(table, names)
        pattern, groups = _row_pattern(TABLES[table], names)
        end = b","
        while end == b",":
            found = pattern.match(seen.data, seen.at)
            if found is not None:
                yield Found(table, seen.line, self._row(table, found, groups))
                seen.go(found.end())
                end = found[pattern.groups]
            elif _ANY_ROW.match(seen.data, seen.at):
                raise self._damaged(table, f"a row has not one value for each of {len(names)} columns")
            else:
                self._more(table)

    def _row(self, table: str, found: re.Match[bytes], groups: Sequence[int | None]) -> Row:
        try:
            return tuple(None if group is None else _value(found[group]) for group in groups)
        except UnicodeDecodeError as error:
            raise self._damaged(table, "a value is not in UTF-8") from error
        except ValueError as error:
            raise self._damaged(table, str(error)) from error

    def _more(self, table: str) -> None:
        """Read on where what begins here has no end yet."""
        if self._seen.is_all:
            raise self._too_early()
        if len(self._seen.data) - self._seen.at > MAX_ROW:
            raise self._damaged(table, f"no row, or one longer than {MAX_ROW:,} bytes")
        self._seen.read()

    def _damaged(self, table: str, why: str) -> ExchangeError:
        where = f"line {self._seen.line:,}{f', in {table}' if table else ''}"
        return ExchangeError(f"{self._dump} is damaged at {where}: {why}; get it anew, or mend that row")

    def _too_early(self) -> ExchangeError:
        return ExchangeError(
            f"{self._dump} is no SQLite dump of the Grand Comics Database, and none in SQL, or ends too "
            f"early, at line {self._seen.line:,}: get it anew"
        )


def _columns_of(body: bytes) -> tuple[str, ...]:
    """Return the names of the columns between the parentheses of ``CREATE TABLE``."""
    depth, part, parts = 0, [b""], []
    for piece in _PART.findall(body):
        depth += (piece == b"(") - (piece == b")")
        if not depth:
            break
        if depth == 1 and piece in (b",", b"("):
            parts.append(b"".join(part))
            part = []
        else:
            part.append(piece)
    parts.append(b"".join(part))
    found = [_COLUMN.match(one) for one in parts]
    return tuple(
        _text(one[1])
        for one, text in zip(found, parts, strict=True)
        if one and (text.lstrip()[:1] in b'`"' or _text(one[1]).upper() not in _KEYS)
    )


def _names_of(named: bytes) -> tuple[str, ...]:
    return tuple(_text(name.strip(b' `"\n\r\t')) for name in named.split(b","))


def _row_pattern(wanted: Sequence[str], names: Sequence[str]) -> tuple[re.Pattern[bytes], list[int | None]]:
    """Return what a row looks like, and which group is the value of each column that is wanted."""
    chosen = [name for name in names if name in wanted]
    values = [rb"(" + _VALUE + rb")" if name in wanted else rb"(?:" + _VALUE + rb")" for name in names]
    pattern = re.compile(rb"\s*\(\s*" + rb"\s*,\s*".join(values) + rb"\s*\)\s*([,;])", re.S)
    return pattern, [chosen.index(name) + 1 if name in chosen else None for name in wanted]


def _value(data: bytes) -> str | None:
    """Return what a value says. Raises ValueError."""
    if len(data) > MAX_FIELD:
        raise ValueError(f"a value has more than {MAX_FIELD:,} bytes")
    if data.endswith(b"'"):
        data = data[data.index(b"'") + 1 : -1]
        if b"\\" in data or b"''" in data:
            data = _ESCAPED.sub(_meant, data)
        return data.decode()
    if data.upper() == b"NULL":
        return None
    if data[:2] == b"0x":
        return bytes.fromhex(data[2:].decode()).decode()
    return data.decode()


def _meant(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign is None:
        return b"'"
    return b"\\" + sign if sign in (b"%", b"_") else _MEANT.get(sign, sign)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
