"""Which files belong to a version of a table."""

from pathlib import Path

import lancedb
import pytest

from indexer.care.files import FileSum, copy_file, files_of
from schemas.errors import LibraryFormatError
from schemas.tables import PANELS
from tests.indexer.builders import KEYS, rows
from tests.indexer.care.harm import table_of


@pytest.mark.parametrize("name", KEYS)
def test_the_files_of_a_version_are_all_that_reading_it_needs(
    library: Path, tmp_path: Path, name: str
) -> None:
    table = table_of(library, name)
    for path in files_of(library, name, table.version):
        copy_file(library / path, tmp_path / "copy" / path)
    assert rows(tmp_path / "copy", name) == rows(library, name)
    copied = lancedb.connect(str(tmp_path / "copy")).open_table(name)
    assert len(list(copied.list_indices())) == len(list(table.list_indices()))
    copied.optimize()
    assert copied.count_rows() == table.count_rows()


def test_files_that_a_compaction_replaced_belong_to_the_older_version_alone(library: Path) -> None:
    table = table_of(library, PANELS)
    table.delete("panel_no = 2 and page_no = 1")
    before, version = set(files_of(library, PANELS, table.version)), table.version
    table.optimize()
    after = set(files_of(library, PANELS, table.version))
    assert {path for path in after if "/data/" in path}.isdisjoint(before)
    assert set(files_of(library, PANELS, version)) == before
    assert any("_deletions" in path for path in before)
    assert {path.split("/")[2] for path in after if "_indices" in path} == {
        str(index.index_uuid) for index in table.list_indices()
    }


def test_files_that_a_killed_writer_left_half_written_belong_to_no_version(library: Path) -> None:
    table = table_of(library, PANELS)
    table.delete("panel_no = 2 and page_no = 1")
    before = files_of(library, PANELS, table.version)
    index = next(path for path in before if "_indices" in path).rpartition("/")[0]
    for folder in ("panels.lance/data", "panels.lance/_deletions", "panels.lance/_transactions", index):
        (library / folder / ".tmpNqvE14").write_bytes(b"half")
    for foreign in ("panels.lance/_deletions/copy.arrow", "panels.lance/_indices/copy/index.idx"):
        (library / foreign).parent.mkdir(exist_ok=True)
        (library / foreign).write_bytes(b"not of Lance")
    assert files_of(library, PANELS, table.version) == before


def test_a_version_that_is_gone_is_said(library: Path) -> None:
    with pytest.raises(LibraryFormatError, match=r"version 99 .*'panels' is gone"):
        files_of(library, PANELS, 99)


def test_a_copy_is_checked_while_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"pages" * 1000)
    assert copy_file(tmp_path / "a", tmp_path / "deep" / "b") == FileSum.of(tmp_path / "a")
    assert (tmp_path / "deep" / "b").read_bytes() == (tmp_path / "a").read_bytes()
