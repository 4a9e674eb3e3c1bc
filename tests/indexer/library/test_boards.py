"""Boards: in order, bounded, never overwritten unseen, and kept by every way a library is copied."""

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.care.backup import back_up
from indexer.care.restore import restore
from indexer.care.verify import examine, judge
from indexer.library.boards import BOARDS_FILE, BoardChange, Boards
from indexer.running.indexing import index_library
from schemas.boards import MAX_ITEMS, BoardItem, BoardPlace
from schemas.config import IndexOptions
from schemas.errors import ConflictError, LibraryError, LibraryFormatError, NotFoundError, QueryError
from schemas.geometry import Box


def item(number: int, *, note: str = "") -> BoardItem:
    place = BoardPlace("b" * 24, f"p{number}.png", Box(0.1, 0.123456789, 0.5, 0.6))
    return BoardItem("", f"{'b' * 24}/{number:05d}#01", place, "Moons", number, 1, note=note)


@pytest.fixture
def boards(tmp_path: Path) -> Boards:
    return Boards(tmp_path)


def pages(board) -> list[int]:
    return [item.page_no for item in board.items]


def test_no_board_leaves_no_file(boards, tmp_path):
    assert boards.summaries() == ()
    with pytest.raises(NotFoundError):
        boards.board("none")
    assert not list(tmp_path.iterdir())


def test_board_is_read_back_as_it_was_made(boards):
    made = boards.create("  Rain  ", "wet scenes")
    board = boards.add(made.board_id, [item(1, note="the best"), item(2)])
    assert (board.title, board.note, board.version) == ("Rain", "wet scenes", 2)
    assert board == boards.board(made.board_id)
    assert [(one.note, one.place) for one in board.items] == [
        ("the best", item(1).place),
        ("", item(2).place),
    ]
    (summary,) = boards.summaries()
    assert (summary.title, summary.item_count, summary.cover_panel_id) == ("Rain", 2, item(1).panel_id)


def test_panels_go_to_the_place_asked_for_and_only_once(boards):
    board_id = boards.create("Rain").board_id
    boards.add(board_id, [item(1), item(2), item(1)])
    board = boards.add(board_id, [item(3), item(2)], at=1)
    assert pages(board) == [1, 3, 2]


def test_order_title_and_notes_change(boards):
    board_id = boards.create("Rain").board_id
    board = boards.add(board_id, [item(1), item(2), item(3)])
    order = tuple(one.item_id for one in reversed(board.items))
    board = boards.change(board_id, BoardChange(title="Snow", order=order), version=board.version)
    assert (board.title, pages(board)) == ("Snow", [3, 2, 1])
    board = boards.change_item(board_id, order[1], note="cold", role="style", version=board.version)
    assert (board.items[1].note, board.items[1].role) == ("cold", "style")
    assert pages(boards.remove(board_id, order[0])) == [2, 1]
    boards.delete(board_id)
    assert boards.summaries() == ()


def test_change_on_an_older_version_is_refused_with_the_present_state(boards):
    board_id = boards.create("Rain").board_id
    boards.change(board_id, BoardChange(title="Snow"), version=1)
    with pytest.raises(ConflictError) as refused:
        boards.change(board_id, BoardChange(title="Hail"), version=1)
    assert (refused.value.current["title"], refused.value.current["version"]) == ("Snow", 2)
    assert boards.board(board_id).title == "Snow"


def test_many_writers_lose_nothing(boards):
    board_id = boards.create("Rain").board_id
    writers = [threading.Thread(target=boards.add, args=(board_id, [item(n)])) for n in range(12)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    board = boards.board(board_id)
    assert sorted(pages(board)) == list(range(12))
    assert board.version == 13


@pytest.mark.parametrize(
    ("title", "note"), [("", ""), ("  ", ""), ("x" * 201, ""), ("x", "n" * 5_001), ("\ud800", "")]
)
def test_impossible_titles_and_notes_are_refused(boards, title, note):
    with pytest.raises(QueryError):
        boards.create(title, note)


def test_board_is_bounded(boards):
    board_id = boards.create("Rain").board_id
    boards.add(board_id, [item(n) for n in range(MAX_ITEMS)])
    with pytest.raises(QueryError, match="at most 1,000 panels"):
        boards.add(board_id, [item(MAX_ITEMS)])
    assert len(boards.board(board_id).items) == MAX_ITEMS


def test_wrong_order_is_refused_whole(boards):
    board = boards.add(boards.create("Rain").board_id, [item(1), item(2)])
    ids = [one.item_id for one in board.items]
    for order in (ids[:1], [*ids, "more"], [ids[0], ids[0]]):
        with pytest.raises(QueryError, match="every item"):
            boards.change(board.board_id, BoardChange(title="X", order=tuple(order)), version=2)
    assert boards.board(board.board_id).title == "Rain"


def test_unknown_board_or_item_is_named(boards):
    board_id = boards.create("Rain").board_id
    with pytest.raises(NotFoundError, match="no item 'nope'"):
        boards.remove(board_id, "nope")
    with pytest.raises(NotFoundError, match="no board 'other'"):
        boards.add("other", [item(1)])


def test_damaged_file_is_one_line_that_says_what_to_do(boards, tmp_path):
    (tmp_path / BOARDS_FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(LibraryFormatError, match="restore it from a backup"):
        boards.summaries()
    with pytest.raises(LibraryFormatError, match="restore it from a backup"):
        boards.create("Rain")


def test_library_that_cannot_be_written_says_that_it_is_read_only(boards, tmp_path, monkeypatch):
    board_id = boards.create("Rain").board_id

    class ReadOnly(sqlite3.Connection):
        def execute(self, statement, *values):
            if statement.startswith("BEGIN"):
                super().execute("PRAGMA query_only=ON")
            return super().execute(statement, *values)

    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", lambda *args, **more: connect(*args, **more, factory=ReadOnly))
    with pytest.raises(LibraryError, match="read-only for this server"):
        boards.add(board_id, [item(1)])
    assert boards.board(board_id).items == ()


def test_boards_travel_with_backup_and_restore_and_are_verified(tmp_path):
    library, backup, other = (tmp_path / name for name in ("library", "backup", "other"))
    index_library([], library, IndexOptions(workers=1))
    boards = Boards(library)
    board = boards.add(boards.create("Rain").board_id, [item(1)])
    assert judge(examine(library, sample=0)) == ()
    back_up(library, backup)
    restore(backup, other)
    assert Boards(other).board(board.board_id) == board


def test_boards_stay_when_a_backup_without_any_is_restored(tmp_path):
    library, backup = tmp_path / "library", tmp_path / "backup"
    index_library([], library, IndexOptions(workers=1))
    back_up(library, backup)
    made = Boards(library).create("Rain")
    restore(backup, library)
    assert [one.board_id for one in Boards(library).summaries()] == [made.board_id]


def test_verify_names_damaged_boards(tmp_path):
    library = tmp_path / "library"
    index_library([], library, IndexOptions(workers=1))
    boards = Boards(library)
    board_id = boards.create("Rain").board_id
    for _ in range(20):
        boards.add(board_id, [replace(item(n), note="x" * 900) for n in range(40)])
    path = library / BOARDS_FILE
    whole = bytearray(path.read_bytes())
    whole[5_000:9_000] = b"\xff" * 4_000
    path.write_bytes(whole)
    (finding,) = judge(examine(library, sample=0))
    assert finding.check == "boards"
    assert "restore it from a backup" in finding.message
