"""The daemon keeps a library in step with its folders, and ends with what ``index`` makes."""

import shutil
from pathlib import Path

import pytest

from schemas.tables import BOOKS
from tests.indexer.builders import comic_info, contents, rows, run_index, write_book
from tests.indexer.daemon.running import daemon


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    folder = tmp_path / "comics"
    write_book(folder / "one.cbz", seed=1, pages=3)
    write_book(folder / "two.cbz", seed=2, files=comic_info(Series="Moon", Number="4", Year="1987"))
    shutil.copy(folder / "two.cbz", folder / "two again.cbz")
    (folder / "bad.cbz").write_bytes(b"no book at all")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def sources(library: Path) -> dict[str, str]:
    return {Path(str(row["source"])).name: str(row["status"]) for row in rows(library, BOOKS)}


def test_what_it_takes_in_equals_an_index_row_for_row(comics: Path, library: Path, tmp_path: Path) -> None:
    with daemon(comics, library) as running:
        running.wait_until_idle()
        write_book(comics / "three.cbz", seed=3, pages=4)
        running.wait_for(lambda: "three.cbz" in sources(library))
        write_book(comics / "one.cbz", seed=9, pages=1)
        running.wait_until_idle()
    run_index(comics, tmp_path / "fresh")
    assert contents(library) == contents(tmp_path / "fresh")
    again = run_index(comics, library)
    assert (again.indexed, again.unchanged) == (0, 4)
