"""A large library that is held in memory answers as one read from the disk, and as a small one."""

from collections.abc import Iterator
from pathlib import Path

import lancedb
import numpy as np
import pytest

from schemas.messages import SearchFilters, SearchRequest
from schemas.tables import BOOKS, PANELS
from search.library import Library, open_library
from search.state.changes import ChangedVectors
from search.state.held import HeldRows
from search.state.vectors import VectorColumn
from search.state.warmth import kept_warm
from tests.search.conftest import fake_encoders

REQUESTS = (
    SearchRequest(text="the potion of genius"),
    SearchRequest(dialogue="nothing ever works with me"),
    SearchRequest(picture=np.full((9, 9, 3), (250, 20, 20), np.uint8)),
    SearchRequest(text="dragon", filters=SearchFilters(series=("Witch Tales",))),
    SearchRequest(text="薬"),
)


@pytest.fixture
def large(folder: Path) -> Iterator[Library]:
    """The shared library, in which every table counts as large."""
    with open_library(folder, encoders=fake_encoders(), resident_rows=0) as opened:
        yield opened


def answers(library: Library) -> list[list[tuple[str, float, str]]]:
    return [
        [(hit.panel_id, pytest.approx(hit.score, abs=0.01), hit.page_file) for hit in response.hits]
        for response in map(library.search, REQUESTS)
    ]


def test_warm_and_cold_answer_alike(library: Library, large: Library) -> None:
    cold = answers(large)
    assert cold == answers(library)
    large.warm()
    with open_library(large.path, encoders=fake_encoders(), resident_rows=0) as warm:
        warm.warm()
        assert answers(warm) == cold


def test_vectors_beyond_the_memory_given_stay_on_the_disk(large: Library) -> None:
    large.warm(memory_bytes=0)
    assert not large.snapshot().vectors(PANELS, "vector_text").is_in_memory
    large.warm()
    assert large.snapshot().vectors(PANELS, "vector_text").is_in_memory


def test_a_held_column_finds_what_the_database_finds(folder: Path) -> None:
    table = lancedb.connect(str(folder)).open_table(PANELS)
    column = VectorColumn(table, "vector_picture", resident_rows=0)
    asked = np.array([[0.9, 0.1, 0.3], [0.1, 0.2, 0.9]], np.float32)
    before = [column.nearest(vector, k=2) for vector in asked]
    assert column.bytes_to_hold() > 0
    column.hold()
    assert column.bytes_to_hold() == 0
    together = column.nearest_to_each(asked, k=2)
    for vector, old, many in zip(asked, before, together, strict=True):
        rows, scores = column.nearest(vector, k=2)
        assert rows.tolist() == old[0].tolist() == many[0].tolist()
        assert np.allclose(scores, old[1], atol=5e-3)


def test_a_change_of_books_alone_keeps_the_panels_in_memory(folder: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "lib"
    shutil.copytree(folder, copy)
    with open_library(copy, encoders=fake_encoders(), refresh_seconds=0, resident_rows=0) as library:
        library.warm()
        before = library.snapshot()
        lancedb.connect(str(copy)).open_table(BOOKS).update(values={"title": "Another"})
        after = library.snapshot()
        assert after is not before
        assert after.vectors(PANELS, "vector_text").is_in_memory
        assert library.search(REQUESTS[0]).hits[0].title == "Another"


@pytest.mark.parametrize("crowded", [0, 5_000])
def test_a_change_of_panels_is_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crowded: int
) -> None:
    """Rows written anew and rows deleted, twice, with and without sorting them in between."""
    import shutil

    monkeypatch.setattr("search.state.changes.FOLLOWED_SHARE", 10.0)
    monkeypatch.setattr("search.state.changes.CROWDED_ROWS", crowded)
    monkeypatch.setattr("search.state.held.CROWDED_ROWS", crowded)
    copy = tmp_path / "lib"
    shutil.copytree(folder, copy)
    database = lancedb.connect(str(copy))
    panels, books = database.open_table(PANELS), database.open_table(BOOKS)
    ids = panels.search().select(["panel_id"]).limit(100).to_arrow()["panel_id"].to_pylist()
    with open_library(copy, encoders=fake_encoders(), refresh_seconds=0, resident_rows=0) as library:
        library.warm()
        for number in range(2):
            panels.update(where=f"panel_id = '{ids[number]}'", values={"page_type": "cover"})
            panels.update(where=f"panel_id = '{ids[number + 2]}'", values={"text": "Where is the dragon?"})
            panels.delete(f"panel_id = '{ids[number + 4]}'")
            books.update(values={"title": f"Another {number}"})
            column = library.snapshot().vectors(PANELS, "vector_text")
            assert column.is_in_memory
            library.settle()
            with open_library(copy, encoders=fake_encoders(), resident_rows=0) as fresh:
                assert answers(library) == answers(fresh)
                assert [facts(library, request) for request in REQUESTS] == [
                    facts(fresh, request) for request in REQUESTS
                ]
        assert isinstance(library.snapshot().vectors(PANELS, "vector_text").held, ChangedVectors) == bool(
            crowded
        )


def facts(library: Library, request: SearchRequest) -> list[tuple[str, str, str]]:
    return [(hit.panel_id, hit.page_type, hit.text) for hit in library.search(request).hits]


def test_a_compaction_that_moves_every_row_is_not_followed(folder: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "lib"
    shutil.copytree(folder, copy)
    database = lancedb.connect(str(copy))
    with open_library(copy, encoders=fake_encoders(), refresh_seconds=0, resident_rows=0) as library:
        library.warm()
        before = answers(library)
        database.open_table(PANELS).update(values={"year": 1999})
        database.open_table(BOOKS).update(values={"year": 1999})
        assert not library.snapshot().vectors(PANELS, "vector_text").is_in_memory
        assert answers(library) == before


def test_a_library_is_warmed_beside_what_goes_on(large: Library) -> None:
    import time

    with kept_warm(large):
        end = time.monotonic() + 20
        while not large.snapshot().vectors(PANELS, "vector_text").is_in_memory:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_held_rows_are_found_by_id_and_by_key(folder: Path) -> None:
    table = lancedb.connect(str(folder)).open_table(PANELS)
    by_id = HeldRows.read(table, ["panel_id", "series"])
    all_ids = by_id.rows["_rowid"].to_pylist()
    wanted = [all_ids[3], 10**12, all_ids[0]]
    rows = by_id.find(wanted)
    assert rows["_rowid"].to_pylist() == [all_ids[3], all_ids[0]]
    assert rows["series"].to_pylist() == [by_id.rows["series"][3].as_py(), by_id.rows["series"][0].as_py()]
    by_key = HeldRows.read(table, ["panel_id", "text"], key="panel_id")
    panel = rows["panel_id"][0].as_py()
    assert by_key.find([panel, "none"])["panel_id"].to_pylist() == [panel]
    assert len(by_key.find([])) == 0
    assert by_id.knows(["panel_id"])
    assert not by_id.knows(["panel_id", "text"])
