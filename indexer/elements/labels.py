"""What people said of elements, in a small SQLite file of the library: nothing can make it anew."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.library.sqlite_file import FileKind, connect_read_only
from schemas.boards import BoardPlace
from schemas.elements import (
    ANSWERS,
    KINDS,
    MAX_ELEMENTS,
    MAX_EXAMPLES,
    Answer,
    Element,
    ElementLabel,
    Kind,
    fold_name,
)
from schemas.errors import ConfigError, NotFoundError
from schemas.geometry import Box
from schemas.records import FloatMatrix

ELEMENTS_FILE = "elements.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS elements (
    element_id INTEGER PRIMARY KEY, folded TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    aliases TEXT NOT NULL, teams TEXT NOT NULL, words TEXT NOT NULL, side TEXT NOT NULL,
    precision REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS labels (
    element_id INTEGER NOT NULL REFERENCES elements (element_id), panel_id TEXT NOT NULL,
    book_id TEXT NOT NULL, page_file TEXT NOT NULL, page_sha256 TEXT NOT NULL, box TEXT NOT NULL,
    answer TEXT NOT NULL, made_s REAL NOT NULL, PRIMARY KEY (element_id, panel_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS examples (
    example_id INTEGER PRIMARY KEY, element_id INTEGER NOT NULL REFERENCES elements (element_id),
    answer TEXT NOT NULL, origin TEXT NOT NULL, encoder TEXT NOT NULL, vector BLOB NOT NULL,
    webp BLOB NOT NULL
);
"""
FILE = FileKind("file of elements", 1, _TABLES, "restore it from a backup, or move it away")
_ELEMENT = "name, kind, aliases, teams, words, side, precision"
_ALL = f"SELECT {_ELEMENT} FROM elements"  # noqa: S608 (constants)
_LABEL = "panel_id, book_id, page_file, page_sha256, box, answer"


@dataclass(frozen=True, slots=True)
class Example:
    """A picture that came from outside or was cut out: its vector by an encoder, and itself as WebP."""

    answer: Answer
    origin: str
    encoder: str
    vector: FloatMatrix
    webp: bytes


class Elements:
    """The elements of one library. Every call opens the file: safe between threads and processes."""

    def __init__(self, library: Path) -> None:
        """Look after the elements in the folder ``library``."""
        self._path = library / ELEMENTS_FILE

    def all(self) -> tuple[Element, ...]:
        """Return all elements by name."""
        with self._reading() as connection:
            rows = connection.execute(f"{_ALL} ORDER BY folded") if connection else ()
            return tuple(map(_to_element, rows))

    def get(self, name: str) -> Element:
        """Return the element of a name or alias. Raises NotFoundError."""
        wanted = fold_name(name)
        known = self.all()
        for of_name in (True, False):
            for element in known:
                if wanted == element.names[0] if of_name else wanted in element.names:
                    return element
        names = ", ".join(element.name for element in known[:20]) or "none"
        raise NotFoundError(f"there is no element {name[:60]!r}; there are: {names}")

    def add(self, element: Element) -> None:
        """Make an element. Raises ConfigError where its name or an alias is taken, or there are too many."""
        with self._writing() as connection:
            known = [_to_element(row) for row in connection.execute(_ALL)]
            if len(known) >= MAX_ELEMENTS:
                raise ConfigError(f"there are {MAX_ELEMENTS:,} elements already: remove one first")
            _check_free(element, known)
            values = (fold_name(element.name), *_row(element))
            connection.execute(
                f"INSERT INTO elements (folded, {_ELEMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                values,
            )

    def change(self, name: str, changed: Element) -> None:
        """Put another state of an element in its place, also under another name. Raises as :meth:`add`."""
        with self._changing(name) as (connection, number):
            others = connection.execute(f"{_ALL} WHERE element_id != ?", (number,))
            _check_free(changed, [_to_element(row) for row in others])
            connection.execute(
                "UPDATE elements SET folded = ?, name = ?, kind = ?, aliases = ?, teams = ?, words = ?, "
                "side = ?, precision = ? WHERE element_id = ?",
                (fold_name(changed.name), *_row(changed), number),
            )

    def remove(self, name: str) -> None:
        """Drop an element with all that was said of it. Raises NotFoundError."""
        with self._changing(name) as (connection, number):
            for table in ("labels", "examples", "elements"):
                connection.execute(f"DELETE FROM {table} WHERE element_id = ?", (number,))  # noqa: S608

    def labels(self, name: str) -> list[ElementLabel]:
        """Return what was said of panels, the oldest first."""
        with self._reading() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                f"SELECT {_LABEL} FROM labels JOIN elements USING (element_id) WHERE folded = ? "  # noqa: S608
                "ORDER BY made_s, panel_id",
                (fold_name(name),),
            )
            return list(map(_to_label, rows))

    def answer(
        self, name: str, labels: Sequence[ElementLabel], moved: Mapping[str, ElementLabel] | None = None
    ) -> None:
        """Keep what was said of panels, in the place of what was said of them before; all or nothing.

        Args:
            name: of the element.
            labels: what is said now.
            moved: labels of panels that have another id by now, by the former one.
        """
        now = time.time()
        with self._changing(name) as (connection, number):
            _rekey(connection, number, moved or {})
            connection.executemany(
                f"INSERT OR REPLACE INTO labels (element_id, {_LABEL}, made_s) "  # noqa: S608
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(number, *_label_row(label), now) for label in labels],
            )

    def forget(self, name: str, panel_ids: Sequence[str]) -> None:
        """Take back what was said of panels."""
        with self._changing(name) as (connection, number):
            connection.executemany(
                "DELETE FROM labels WHERE element_id = ? AND panel_id = ?",
                [(number, panel) for panel in panel_ids],
            )

    def examples(self, name: str) -> list[Example]:
        """Return the pictures that were given as examples."""
        with self._reading() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                "SELECT answer, origin, encoder, vector, webp FROM examples JOIN elements USING (element_id) "
                "WHERE folded = ? ORDER BY example_id",
                (fold_name(name),),
            )
            return [
                Example(_answer(answer), origin, encoder, np.frombuffer(vector, np.float32), webp)
                for answer, origin, encoder, vector, webp in rows
            ]

    def set_examples(self, name: str, examples: Sequence[Example]) -> None:
        """Keep these examples instead of those of before. Raises ConfigError for too many."""
        if len(examples) > MAX_EXAMPLES:
            raise ConfigError(f"an element keeps at most {MAX_EXAMPLES} pictures: label panels instead")
        with self._changing(name) as (connection, number):
            connection.execute("DELETE FROM examples WHERE element_id = ?", (number,))
            connection.executemany(
                "INSERT INTO examples (element_id, answer, origin, encoder, vector, webp) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        number,
                        one.answer,
                        one.origin,
                        one.encoder,
                        one.vector.astype(np.float32).tobytes(),
                        one.webp,
                    )
                    for one in examples
                ],
            )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self._path.is_file():
            yield None
            return
        with FILE.errors(self._path), closing(connect_read_only(self._path)) as connection:
            FILE.check_version(connection, self._path)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with (
            closing(FILE.open_for_writing(self._path)) as connection,
            FILE.transaction(connection, self._path),
        ):
            yield connection

    @contextmanager
    def _changing(self, name: str) -> Iterator[tuple[sqlite3.Connection, int]]:
        self.get(name)  # says what there is
        with self._writing() as connection:
            row = connection.execute(
                "SELECT element_id FROM elements WHERE folded = ?", (fold_name(name),)
            ).fetchone()
            if row is None:
                raise NotFoundError(f"there is no element {name[:60]!r}: it was removed meanwhile")
            yield connection, int(row[0])


def _rekey(connection: sqlite3.Connection, number: int, moved: Mapping[str, ElementLabel]) -> None:
    """Give labels the ids of their panels; of two that meet on one panel the later one stays."""
    times = dict(
        connection.execute("SELECT panel_id, made_s FROM labels WHERE element_id = ?", (number,)).fetchall()
    )
    connection.executemany(
        "DELETE FROM labels WHERE element_id = ? AND panel_id = ?", [(number, former) for former in moved]
    )
    kept = {panel: made for panel, made in times.items() if panel not in moved}
    for former, label in sorted(moved.items(), key=lambda pair: times.get(pair[0], 0.0)):
        made = times.get(former, 0.0)
        if made >= kept.get(label.panel_id, 0.0):
            connection.execute(
                f"INSERT OR REPLACE INTO labels (element_id, {_LABEL}, made_s) "  # noqa: S608
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number, *_label_row(label), made),
            )


def _check_free(element: Element, others: Sequence[Element]) -> None:
    taken = {name: other.name for other in others for name in other.names}
    for name in element.names:
        if name in taken:
            raise ConfigError(f"{name!r} is a name of the element {taken[name]!r} already: give another one")


def _row(element: Element) -> tuple[str | float, ...]:
    aliases, teams = (json.dumps(list(names)) for names in (element.aliases, element.teams))
    return (element.name, element.kind, aliases, teams, element.words, element.side, element.precision)


def _to_element(row: Sequence[str]) -> Element:
    name, kind, aliases, teams, words, side, precision = row
    others, groups = (tuple(json.loads(told)) for told in (aliases, teams))
    return Element(name, _kind(kind), others, groups, words, side, float(precision))


def _label_row(label: ElementLabel) -> tuple[str, ...]:
    place = label.place
    box = json.dumps(place.box.as_tuple())
    return (label.panel_id, place.book_id, place.page_file, label.page_sha256, box, label.answer)


def _to_label(row: Sequence[str]) -> ElementLabel:
    panel_id, book_id, page_file, sha256, box, answer = row
    return ElementLabel(
        panel_id, BoardPlace(book_id, page_file, Box(*json.loads(box))), sha256, _answer(answer)
    )


def _answer(text: str) -> Answer:
    return next(answer for answer in ANSWERS if answer == text)


def _kind(text: str) -> Kind:
    return next(kind for kind in KINDS if kind == text)
