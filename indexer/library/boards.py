"""Boards, in a small SQLite file of the library: made by people, so nothing can make them anew.

Every change names the version it was made on. Where the board is another one by now the change is
refused, with the board as it stands: two tabs never overwrite each other unseen.
"""

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from indexer.library.sqlite_file import FileKind, connect_read_only
from schemas.boards import (
    MAX_BOARDS,
    MAX_ITEMS,
    Board,
    BoardItem,
    BoardPlace,
    BoardSummary,
    check_board,
    check_item,
)
from schemas.errors import ConflictError, LibraryError, NotFoundError, QueryError
from schemas.geometry import Box

BOARDS_FILE = "boards.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS boards (
    board_id TEXT PRIMARY KEY, title TEXT NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL,
    created_s REAL NOT NULL, changed_s REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
    board_id TEXT NOT NULL REFERENCES boards (board_id), item_id TEXT NOT NULL, position INTEGER NOT NULL,
    panel_id TEXT NOT NULL, book_id TEXT NOT NULL, page_file TEXT NOT NULL, box TEXT NOT NULL,
    title TEXT NOT NULL, page_no INTEGER NOT NULL, panel_no INTEGER NOT NULL,
    note TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (board_id, item_id)
) WITHOUT ROWID;
"""
KIND = FileKind("file of boards", 1, _TABLES, "restore it from a backup, or move it away")
_BOARD = "board_id, title, note, version, created_s, changed_s"
_ITEM = "item_id, panel_id, book_id, page_file, box, title, page_no, panel_no, note, role"
_READ_ONLY = ("SQLITE_READONLY", "SQLITE_CANTOPEN")
_ID_BYTES = 9


@dataclass(frozen=True, slots=True)
class BoardChange:
    """What to change of a board; None leaves a thing as it is. ``order`` names all items."""

    title: str | None = None
    note: str | None = None
    order: tuple[str, ...] | None = None


class Boards:
    """The boards of one library. Every call opens the file: safe between threads and processes."""

    def __init__(self, library: Path) -> None:
        """Look after the boards in the folder ``library``."""
        self._path = library / BOARDS_FILE

    def summaries(self) -> tuple[BoardSummary, ...]:
        """Return all boards, the one changed last first."""
        with self._reading() as connection:
            if connection is None:
                return ()
            rows = connection.execute(
                f"SELECT {_BOARD}, (SELECT count(*) FROM items i WHERE i.board_id = b.board_id), "  # noqa: S608
                "(SELECT panel_id FROM items i WHERE i.board_id = b.board_id ORDER BY position LIMIT 1) "
                "FROM boards b ORDER BY changed_s DESC, board_id"
            ).fetchall()
        return tuple(BoardSummary(*row) for row in rows)

    def board(self, board_id: str) -> Board:
        """Return a board. Raises NotFoundError."""
        with self._reading() as connection:
            if connection is None:
                raise _no_board(board_id)
            return _read(connection, board_id)

    def create(self, title: str, note: str = "") -> Board:
        """Make a board.

        Raises:
            QueryError: there is no title, or there are too many boards.
            LibraryError: the library cannot be written.
        """
        check_board(title, note)
        now = time.time()
        board = Board(secrets.token_urlsafe(_ID_BYTES), title.strip(), note, 1, now, now)
        with self._writing() as connection:
            count = int(connection.execute("SELECT count(*) FROM boards").fetchone()[0])
            if count >= MAX_BOARDS:
                raise QueryError(f"there are {MAX_BOARDS} boards already: delete one first")
            values = (board.board_id, board.title, board.note, board.version, now, now)
            connection.execute(f"INSERT INTO boards ({_BOARD}) VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608
        return board

    def change(self, board_id: str, change: BoardChange, *, version: int) -> Board:
        """Change title, note or order of a board. Raises as :meth:`add`, QueryError for a wrong order."""
        check_board(change.title, change.note)
        with self._changing(board_id, version) as (connection, board):
            title = board.title if change.title is None else change.title.strip()
            note = board.note if change.note is None else change.note
            connection.execute(
                "UPDATE boards SET title = ?, note = ? WHERE board_id = ?", (title, note, board_id)
            )
            if change.order is not None:
                if sorted(change.order) != sorted(item.item_id for item in board.items):
                    raise QueryError("order must name every item of the board once")
                _put_in_order(connection, board_id, change.order)
        return self.board(board_id)

    def delete(self, board_id: str, *, version: int | None = None) -> None:
        """Take a board away with its items. Raises as :meth:`add`."""
        with self._changing(board_id, version) as (connection, _):
            connection.execute("DELETE FROM items WHERE board_id = ?", (board_id,))
            connection.execute("DELETE FROM boards WHERE board_id = ?", (board_id,))

    def add(
        self, board_id: str, items: Sequence[BoardItem], *, at: int | None = None, version: int | None = None
    ) -> Board:
        """Add items at a place, at the end where none is named; panels that are there already stay there.

        Items get ids of their own.

        Raises:
            NotFoundError: there is no such board.
            ConflictError: it is not at ``version`` any more.
            QueryError: it would have too many items.
            LibraryError: the library cannot be written.
        """
        for item in items:
            check_item(item.note, item.role)
        with self._changing(board_id, version) as (connection, board):
            there = {item.place for item in board.items}
            fresh = {item.place: item for item in items if item.place not in there}
            new = [replace(item, item_id=secrets.token_urlsafe(_ID_BYTES)) for item in fresh.values()]
            if len(board.items) + len(new) > MAX_ITEMS:
                raise QueryError(f"a board holds at most {MAX_ITEMS:,} panels: begin another one")
            for item in new:
                _insert(connection, board_id, item)
            order = [item.item_id for item in board.items]
            place = len(order) if at is None else min(at, len(order))
            order[place:place] = [item.item_id for item in new]
            _put_in_order(connection, board_id, order)
        return self.board(board_id)

    def change_item(
        self, board_id: str, item_id: str, *, note: str | None, role: str | None, version: int
    ) -> Board:
        """Change the note or role of an item. Raises as :meth:`add`."""
        check_item(note, role)
        with self._changing(board_id, version) as (connection, board):
            item = _item(board, item_id)
            connection.execute(
                "UPDATE items SET note = ?, role = ? WHERE board_id = ? AND item_id = ?",
                (item.note if note is None else note, item.role if role is None else role, board_id, item_id),
            )
        return self.board(board_id)

    def remove(self, board_id: str, item_id: str, *, version: int | None = None) -> Board:
        """Take an item off a board. Raises as :meth:`add`."""
        with self._changing(board_id, version) as (connection, board):
            _item(board, item_id)
            connection.execute("DELETE FROM items WHERE board_id = ? AND item_id = ?", (board_id, item_id))
        return self.board(board_id)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Give the file, None where no board was ever made."""
        if not self._path.is_file():
            yield None
            return
        with KIND.errors(self._path), closing(connect_read_only(self._path)) as connection:
            KIND.check_version(connection, self._path)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with (
            self._plainly(),
            closing(KIND.open_for_writing(self._path)) as connection,
            KIND.transaction(connection, self._path),
        ):
            yield connection

    @contextmanager
    def _changing(self, board_id: str, version: int | None) -> Iterator[tuple[sqlite3.Connection, Board]]:
        """Give a board to change, its version counted up at the end."""
        if not self._path.is_file():
            raise _no_board(board_id)
        with self._writing() as connection:
            board = _read(connection, board_id)
            if version not in (None, board.version):
                raise ConflictError(
                    f"the board {board.title!r} was changed meanwhile: look at it anew, then try again",
                    current=board_to_json(board),
                )
            yield connection, board
            connection.execute(
                "UPDATE boards SET version = version + 1, changed_s = ? WHERE board_id = ?",
                (time.time(), board_id),
            )

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Say in plain words that a library is read-only."""
        try:
            yield
        except LibraryError as error:
            cause = error.__cause__
            name = cause.sqlite_errorname if isinstance(cause, sqlite3.OperationalError) else ""
            if name.startswith(_READ_ONLY) or not os.access(self._path.parent, os.W_OK):
                raise LibraryError(
                    f"the library {self._path.parent} is read-only for this server: boards cannot be changed"
                ) from error
            raise


def board_to_json(board: Board) -> dict[str, object]:
    """Return a board as data for JSON, as it is stored."""
    items = [{**asdict(item), "place": _place_to_json(item.place)} for item in board.items]
    return {**asdict(board), "items": items}


def _place_to_json(place: BoardPlace) -> dict[str, object]:
    return {**asdict(place), "box": list(place.box.as_tuple())}


def _read(connection: sqlite3.Connection, board_id: str) -> Board:
    row = connection.execute(f"SELECT {_BOARD} FROM boards WHERE board_id = ?", (board_id,)).fetchone()  # noqa: S608
    if row is None:
        raise _no_board(board_id)
    rows = connection.execute(
        f"SELECT {_ITEM} FROM items WHERE board_id = ? ORDER BY position, item_id",  # noqa: S608 (constants)
        (board_id,),
    )
    return replace(Board(*row), items=tuple(map(_to_item, rows)))


def _to_item(row: Sequence[str | int]) -> BoardItem:
    item_id, panel_id, book_id, page_file, box, title, page_no, panel_no, note, role = row
    place = BoardPlace(str(book_id), str(page_file), Box(*json.loads(str(box))))
    return BoardItem(
        item_id=str(item_id),
        panel_id=str(panel_id),
        place=place,
        title=str(title),
        page_no=int(page_no),
        panel_no=int(panel_no),
        note=str(note),
        role=str(role),
    )


def _insert(connection: sqlite3.Connection, board_id: str, item: BoardItem) -> None:
    place = item.place
    box = json.dumps(place.box.as_tuple())
    found = (item.item_id, item.panel_id, place.book_id, place.page_file, box)
    told = (item.title, item.page_no, item.panel_no, item.note, item.role)
    connection.execute(
        f"INSERT INTO items (board_id, position, {_ITEM}) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (board_id, *found, *told),
    )


def _put_in_order(connection: sqlite3.Connection, board_id: str, order: Iterable[str]) -> None:
    connection.executemany(
        "UPDATE items SET position = ? WHERE board_id = ? AND item_id = ?",
        [(position, board_id, item_id) for position, item_id in enumerate(order)],
    )


def _item(board: Board, item_id: str) -> BoardItem:
    found = next((item for item in board.items if item.item_id == item_id), None)
    if found is None:
        raise NotFoundError(f"the board {board.title!r} has no item {item_id[:60]!r}")
    return found


def _no_board(board_id: str) -> NotFoundError:
    return NotFoundError(f"there is no board {board_id[:60]!r}")
