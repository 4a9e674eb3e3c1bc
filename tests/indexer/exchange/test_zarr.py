"""Vectors as Zarr arrays: written whole, read back, opened by plain zarr; odd groups are refused."""

from pathlib import Path

import numpy as np
import pytest
import zarr

from indexer.exchange import page_vectors
from indexer.exchange import zarr as exchange
from indexer.exchange.page_vectors import PageVectors, read_zarr
from indexer.exchange.zarr import export_zarr
from schemas.errors import ExchangeError, LibraryError
from schemas.tables import PAGES, PANELS
from tests.indexer.builders import rows, run_index, write_book


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zarr")
    for seed in (1, 2):
        write_book(folder / "books" / f"b{seed}.cbz", seed=seed, pages=3)
    run_index(folder / "books", folder / "library")
    return folder / "library"


@pytest.fixture
def group(library: Path, tmp_path: Path) -> Path:
    return export_zarr(library, tmp_path / "out").path


@pytest.mark.parametrize("side", ["fused", "picture", "text"])
@pytest.mark.parametrize("chunk", [4, 1_000])
def test_arrays_hold_the_vectors_of_the_library(library, tmp_path, side, chunk, monkeypatch):
    for module in (exchange, page_vectors):
        monkeypatch.setattr(module, "CHUNK_PAGES", chunk)  # six pages in two chunks
    written = export_zarr(library, tmp_path / "out", side=side)
    assert written.items == {"pages": 6, "panels": 12}
    parts = list(read_zarr(written.path))
    assert [len(part.page_ids) for part in parts] == ([4, 2] if chunk == 4 else [6])
    stored = {row["panel_id"]: row for row in rows(library, PANELS)}
    pages = {row["page_id"]: row for row in rows(library, PAGES)}
    assert [page for part in parts for page in part.page_ids] == sorted(pages)
    for part in parts:
        for k, page in enumerate(part.page_ids):
            assert part.reading_order[k].tolist() == [0, 1]
            for n in range(2):
                row = stored[f"{page}#{n + 1:02d}"]
                vector = row[f"vector_{side}"]  # the second panel says nothing
                assert part.panel_mask[k, n] == (vector is not None)
                assert part.panel_embeddings[k, n] == pytest.approx(vector or [0.0] * 64, abs=1e-3)
                assert part.panel_coordinates[k, n] == pytest.approx(row["box"])
            if side != "text":
                assert part.page_embeddings[k] == pytest.approx(pages[page][f"vector_{side}"], abs=1e-3)
            assert part.books[k].endswith(".cbz")


def test_plain_zarr_opens_the_group(group):
    opened = zarr.open_group(group, mode="r")
    assert opened.attrs["side"] == "fused"
    assert opened["panel_embeddings"].attrs["_ARRAY_DIMENSIONS"] == ["page", "panel", "dim"]
    assert opened["panel_embeddings"].dtype == np.float32
    assert opened["page_ids"].shape == (6,)


def test_a_new_export_replaces_the_former_whole(library, tmp_path, monkeypatch):
    first = export_zarr(library, tmp_path).path
    before = sorted(path.relative_to(first) for path in first.rglob("*"))
    monkeypatch.setattr(exchange, "_array", broken_array)
    with pytest.raises(LibraryError, match="No space left"):
        export_zarr(library, tmp_path)
    assert sorted(path.relative_to(first) for path in first.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["longbox.zarr"]


def broken_array(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("panel_embeddings", np.zeros((6, 2), np.float32), "must be an array over page, panel, dim"),
        ("page_embeddings", np.zeros((5, 384), np.float32), "too many, or not as the others"),
        ("panel_coordinates", np.zeros((6, 2, 3), np.float32), "too many, or not as the others"),
        ("panel_mask", np.zeros((6, 2), np.float32), "not what it is for"),
        ("page_embeddings", np.full((6, 384), np.nan, np.float32), "not finite"),
    ],
)
def test_odd_arrays_are_refused(group, name, array, why):
    opened = zarr.open_group(group, mode="a", use_consolidated=False)
    del opened[name]
    opened.create_array(name, data=array)
    zarr.consolidate_metadata(group)
    with pytest.raises(ExchangeError, match=why):
        list(read_zarr(group))


def test_what_is_no_group_is_refused(tmp_path, group):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ExchangeError, match="no group of page vectors"):
            list(read_zarr(path))


def test_all_parts_are_described():
    assert set(page_vectors.DIMENSIONS) == set(PageVectors.__dataclass_fields__)


def test_long_paths_are_kept_whole(tmp_path: Path):
    folder = tmp_path.joinpath(*["a" * 200] * 3)
    write_book(folder / "b.cbz", seed=3, pages=1)
    run_index(folder, tmp_path / "library")
    [part] = read_zarr(export_zarr(tmp_path / "library", tmp_path / "out").path)
    assert part.books.tolist() == [str(folder / "b.cbz")]
