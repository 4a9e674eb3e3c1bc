"""The map file: rows, neighbours and pictures that other tools understand."""

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from indexer.exchange.atlas import FILE, export_atlas
from schemas.errors import LibraryError, LibraryNotFoundError
from tests.indexer.builders import run_index, write_book


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("atlas")
    for seed in (1, 2):
        write_book(folder / "in" / f"{seed}.cbz", seed=seed, pages=1)
    run_index(folder / "in", folder / "lib")
    return folder / "lib"


def test_every_panel_has_a_place_neighbours_and_its_picture(library: Path, tmp_path: Path) -> None:
    written = export_atlas(library, tmp_path / "out")
    assert written.items == {"panels": 4, "pictures": 4}
    rows = pq.read_table(tmp_path / "out" / FILE).to_pylist()
    assert len({row["panel_id"] for row in rows}) == 4
    for number, row in enumerate(rows):
        assert sorted([*row["neighbors"]["ids"], number]) == [0, 1, 2, 3]
        assert row["neighbors"]["distances"] == sorted(row["neighbors"]["distances"])
        assert isinstance(row["x"], float)
        assert Image.open(io.BytesIO(row["image"]["bytes"])).format == "WEBP"
        assert row["text"].startswith("It was a dark") or row["panel_id"].endswith("#02")
    assert {row["book"] for row in rows} == {"1", "2"}


def test_an_export_in_the_library_itself_is_refused(library: Path) -> None:
    with pytest.raises(LibraryError, match="another folder"):
        export_atlas(library, library / "out")


def test_without_a_library_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError):
        export_atlas(tmp_path / "none", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_failed_export_leaves_no_half_file(library: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(LibraryError, match="cannot write"):
        export_atlas(library, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
