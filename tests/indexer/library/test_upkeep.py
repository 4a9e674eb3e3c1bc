"""When tables are compacted, and what becomes of old versions."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import lancedb
import pyarrow as pa
import pytest

from indexer.care.pruning import prune
from indexer.library import upkeep
from indexer.library.store import LibraryWriter
from indexer.library.upkeep import CONFLICT_RETRIES, is_behind, optimize
from schemas.tables import ASSETS, PAGES, PANELS
from tests.indexer.builders import KEYS, rows
from tests.indexer.library.test_store import FORMAT, A, B, put


class NoTags:
    def list(self) -> dict[str, object]:
        return {}


class Contested:
    """A table whose first commits conflict until it looks at the newest version."""

    def __init__(self, conflicts: int, message: str = "Commit conflict for version 7") -> None:
        self.conflicts = conflicts
        self.message = message
        self.refreshed = 0
        self.tags = NoTags()
        self.uri = "/nowhere"

    def optimize(self, *, cleanup_older_than: timedelta) -> None:
        if self.conflicts > self.refreshed:
            raise RuntimeError(self.message)

    def checkout_latest(self) -> None:
        self.refreshed += 1


def test_a_conflict_is_tried_again_on_the_newest_version() -> None:
    table = Contested(conflicts=2)
    optimize(table)  # type: ignore[arg-type]
    assert table.refreshed == 2


def test_a_conflict_that_stays_is_an_error_in_the_end() -> None:
    table = Contested(conflicts=99)
    with pytest.raises(RuntimeError, match="conflict"):
        optimize(table)  # type: ignore[arg-type]
    assert table.refreshed == CONFLICT_RETRIES - 1


def test_another_error_is_not_tried_again() -> None:
    table = Contested(conflicts=1, message="No space left on device (os error 28)")
    with pytest.raises(RuntimeError, match="No space"):
        optimize(table)  # type: ignore[arg-type]
    assert table.refreshed == 0


def fragments(library: Path, name: str) -> int:
    stats = cast("dict[str, dict[str, int]]", lancedb.connect(str(library)).open_table(name).stats())
    return stats["fragment_stats"]["num_fragments"]


def versions(library: Path, name: str) -> int:
    return len(lancedb.connect(str(library)).open_table(name).list_versions())


def test_a_small_table_is_compacted_after_each_run(tmp_path: Path) -> None:
    writer = LibraryWriter.open(tmp_path / "library", FORMAT)
    for number in range(6):
        put(writer, f"{number:024x}")
        writer.finish()
        # Lance merges no file that an index knows with one that it does not know yet.
        assert fragments(tmp_path / "library", PANELS) <= 2


def test_a_large_table_is_not_rewritten_for_one_book_but_its_old_versions_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SMALL_ROWS", 0)
    writer = LibraryWriter.open(tmp_path / "library", FORMAT, keep_versions=timedelta(0))
    for number in range(5):
        put(writer, f"{number:024x}")
        writer.finish()
    assert fragments(tmp_path / "library", PANELS) == 5
    assert {versions(tmp_path / "library", name) for name in KEYS} == {1}
    assert len(rows(tmp_path / "library", PANELS)) == 5


def test_a_table_half_of_which_is_deleted_is_compacted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SMALL_ROWS", 0)
    library = tmp_path / "library"
    writer = LibraryWriter.open(library, FORMAT, keep_versions=timedelta(milliseconds=1))
    put(writer, A, pages=40)
    put(writer, B, pages=40)
    writer.finish()
    size = data_bytes(library)
    writer.remove_books([A])
    time.sleep(0.01)
    writer.finish()
    assert len(rows(library, ASSETS)) == 80
    assert data_bytes(library) < 0.7 * size


def data_bytes(library: Path) -> int:
    return sum(path.stat().st_size for path in (library / "assets.lance" / "data").iterdir())


def test_versions_of_the_last_minutes_stay_for_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SMALL_ROWS", 0)
    writer = LibraryWriter.open(tmp_path / "library", FORMAT)
    put(writer, A)
    reader = lancedb.connect(str(tmp_path / "library")).open_table(PANELS)
    reader.checkout(reader.version)
    for number in range(3):
        put(writer, f"{number:024x}", replaced=(A,))
        writer.finish()
    assert reader.to_arrow()["book_id"].to_pylist() == [A]


def test_pruning_spares_named_versions_and_the_newest(tmp_path: Path) -> None:
    table = lancedb.connect(str(tmp_path)).create_table("t", pa.table({"k": [0]}))
    for number in range(1, 6):
        table.delete("k >= 0")
        table.add(pa.table({"k": [number]}))
    kept = table.version - 4
    assert prune(tmp_path / "t.lance", [kept], older_than=timedelta(0)) == table.version - 2
    assert table.to_arrow()["k"].to_pylist() == [5]
    table.checkout(kept)
    assert table.to_arrow()["k"].to_pylist() == [3]
    assert len(list((tmp_path / "t.lance" / "data").iterdir())) == 2


def test_the_version_a_library_at_rest_was_read_at_stays_after_the_next_write(tmp_path: Path) -> None:
    table = lancedb.connect(str(tmp_path)).create_table("t", pa.table({"k": [0]}))
    for path in (tmp_path / "t.lance").rglob("*.*"):
        os.utime(path, (1, 1))
    reader = lancedb.connect(str(tmp_path)).open_table("t")
    reader.checkout(reader.version)
    table.delete("k >= 0")
    optimize(table, timedelta(minutes=1))
    assert reader.to_arrow()["k"].to_pylist() == [0]


def test_what_a_killed_writer_left_half_written_goes_with_the_next_pruning(tmp_path: Path) -> None:
    table = lancedb.connect(str(tmp_path)).create_table("t", pa.table({"k": [0, 1]}))
    table.delete("k = 0")
    folder = tmp_path / "t.lance"
    halves = [folder / kind / ".tmpNqvE14" for kind in ("data", "_deletions", "_transactions")]
    for half in halves:
        half.write_bytes(b"half")
    assert prune(folder, [], older_than=timedelta(0)) == table.version - 1
    assert not any(half.exists() for half in halves)
    assert table.to_arrow()["k"].to_pylist() == [1]


def test_pruning_where_nothing_is_does_nothing(tmp_path: Path) -> None:
    assert prune(tmp_path / "none.lance", [], older_than=timedelta(0)) == 0


@pytest.mark.parametrize(
    ("unindexed", "indexed", "behind"),
    [(10_000, 0, False), (10_001, 0, True), (10_001, 1_000_000, False), (60_000, 1_000_000, True)],
)
def test_an_index_may_leave_out_ten_thousand_rows_or_a_twentieth(
    unindexed: int, indexed: int, behind: bool
) -> None:
    assert is_behind(unindexed, indexed) is behind


def test_large_tables_take_turns_unless_it_is_urgent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = timedelta(seconds=0.5)
    writer = LibraryWriter.open(tmp_path / "library", FORMAT, keep_versions=keep)
    put(writer, A, pages=60)
    put(writer, B, pages=20)
    writer.finish()
    monkeypatch.setattr(upkeep, "SMALL_ROWS", 0)
    writer.remove_books([B])
    for compacted in ([], [PANELS], [PANELS, PAGES]):
        # At first the files of all tables are new, as after a compaction.
        time.sleep(0 if not compacted else 0.6)
        writer.finish()
        assert [name for name in (PANELS, PAGES) if stored(tmp_path / "library", name) == 60] == compacted


def stored(library: Path, name: str) -> int:
    """Rows that lie in a table's files, deleted ones included."""
    files = cast("dict[str, Any]", lancedb.connect(str(library)).open_table(name).stats())["fragment_stats"]
    return int(files["lengths"]["mean"] * files["num_fragments"])
