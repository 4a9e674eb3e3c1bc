"""After a repair and one more run a library is as it was before the harm."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from indexer.care.cli import verify
from indexer.care.repair import repair
from indexer.care.report import verify_library
from indexer.library.ledger import Ledger
from indexer.library.lock import writer_lock
from schemas.errors import LibraryBusyError, LibraryNotFoundError
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS, STORIES
from tests.indexer.builders import Models, contents, rows, run_index
from tests.indexer.care.conftest import OPTIONS
from tests.indexer.care.harm import book_ids, flip_a_bit, index_folder, replace_bytes, table_of


def mend(library: Path) -> tuple[str, ...]:
    return repair(library, sample=10)


def checks(library: Path) -> set[str]:
    return {finding.check for finding in verify_library(library, sample=10).findings}


def assert_heals(library: Path, comics: Path, original: Path, *, read: int) -> None:
    """Repair, index again, and find the library equal to the one that was never harmed."""
    mend(library)
    models = Models()
    report = run_index(comics, library, models, options=OPTIONS)
    assert report.indexed == read
    assert checks(library) == set()
    assert contents(library) == contents(original / "library")


@pytest.mark.parametrize("name", [PAGES, PANELS, ASSETS])
def test_a_lost_data_file_costs_its_rows_until_the_next_run(
    library: Path, comics: Path, original: Path, name: str
) -> None:
    for path in (library / f"{name}.lance" / "data").iterdir():
        path.unlink()
    assert_heals(library, comics, original, read=3)


def test_a_lost_table_of_contents_is_read_again(library: Path, comics: Path, original: Path) -> None:
    for path in (library / "books.lance" / "data").iterdir():
        path.unlink()
    assert_heals(library, comics, original, read=3)


@pytest.mark.parametrize("name", [BOOKS, PAGES, PANELS, ASSETS, STORIES])
def test_a_lost_table_is_made_anew(library: Path, comics: Path, original: Path, name: str) -> None:
    shutil.rmtree(library / f"{name}.lance")
    assert_heals(library, comics, original, read=3)


@pytest.mark.parametrize("name", [BOOKS, PANELS])
def test_a_table_that_cannot_be_opened_is_set_aside_and_made_anew(
    library: Path, comics: Path, original: Path, name: str
) -> None:
    for path in (library / f"{name}.lance" / "_versions").iterdir():
        path.write_bytes(b"")
    assert_heals(library, comics, original, read=3)
    assert (library / f"{name}.damaged").is_dir()


def test_a_flipped_bit_costs_the_reading_of_its_book_alone(
    library: Path, comics: Path, original: Path
) -> None:
    webp = bytes(rows(library, ASSETS)[0]["webp"])  # type: ignore[call-overload]
    replace_bytes(library, ASSETS, webp, webp[:40] + bytes([webp[40] ^ 1]) + webp[41:])
    assert checks(library) == {"checksums", "contents"}
    done = mend(library)
    assert "wrote assets anew" in done
    assert checks(library) == {"contents"}
    assert_heals(library, comics, original, read=1)


def test_a_book_with_damage_stays_searchable_until_it_is_read_again(library: Path) -> None:
    row = rows(library, PANELS)[0]
    stored = np.asarray(row["vector_picture"], np.float16)
    replace_bytes(library, PANELS, stored.tobytes(), np.full_like(stored, 7).tobytes())
    before = [panel["panel_id"] for panel in rows(library, PANELS)]
    mend(library)
    assert [panel["panel_id"] for panel in rows(library, PANELS)] == before


def test_a_damaged_index_is_made_anew_without_reading_a_book(
    library: Path, comics: Path, original: Path
) -> None:
    flip_a_bit(max(index_folder(library, PANELS).iterdir(), key=lambda path: path.stat().st_size))
    assert any("made the index of panels." in line for line in mend(library))
    assert checks(library) == set()
    assert_heals(library, comics, original, read=0)


def test_lost_and_missing_indexes_are_made_anew(library: Path, comics: Path, original: Path) -> None:
    shutil.rmtree(index_folder(library, PANELS))
    table_of(library, PAGES).drop_index("page_id_idx")
    mend(library)
    assert checks(library) == set()


def test_orphans_doubles_and_strays_go(library: Path, comics: Path, original: Path) -> None:
    panels, assets = table_of(library, PANELS), table_of(library, ASSETS)
    panels.add(panels.search().limit(3).to_arrow(), on_bad_vectors="null")
    first = rows(library, ASSETS)[0]["asset_id"]
    assets.update(where=f"asset_id = '{first}'", values={"asset_id": f"{book_ids(library)[0]}/00099"})
    ghost = panels.search().limit(1).to_arrow().to_pylist()[0]
    ghost |= {"panel_id": "f" * 24 + "/00001#01", "book_id": "f" * 24}
    panels.add(pa.Table.from_pylist([ghost], panels.schema), on_bad_vectors="null")
    done = mend(library)
    assert "removed 3 doubled rows from panels" in done
    assert "removed rows of 1 books that are not there from panels" in done
    assert "removed 1 thumbnails of nothing" in done
    assert_heals(library, comics, original, read=1)


def test_mixed_revisions_are_read_again(library: Path, comics: Path, original: Path) -> None:
    table_of(library, PAGES).update(
        where=f"book_id = '{book_ids(library)[1]}' and page_no = 1", values={"ingest_rev": "older"}
    )
    assert_heals(library, comics, original, read=1)


def test_rows_of_a_book_whose_file_is_gone_are_kept_and_the_damage_still_told(
    library: Path, tmp_path: Path
) -> None:
    table_of(library, PANELS).delete(f"book_id = '{book_ids(library)[0]}' and panel_no = 2")
    mend(library)
    empty = tmp_path / "nothing"
    empty.mkdir()
    run_index(empty, library, options=OPTIONS)
    assert checks(library) == {"contents", "counts"}
    assert len(rows(library, BOOKS)) == 3


def test_ledger_and_tables_are_brought_together(library: Path, comics: Path, original: Path) -> None:
    with Ledger.open(library) as ledger:
        ledger.forget(ledger.entries()[0].source)
        ledger.set_note("picture_encoder", "another")
    table_of(library, BOOKS).delete(f"book_id = '{book_ids(library)[2]}'")
    assert_heals(library, comics, original, read=1)


def test_a_sound_library_is_left_as_it_is(library: Path, original: Path) -> None:
    assert mend(library) == ()
    assert contents(library) == contents(original / "library")
    assert checks(library) == set()


def test_a_library_being_written_is_not_repaired(library: Path) -> None:
    with writer_lock(library), pytest.raises(LibraryBusyError):
        mend(library)


def test_nothing_is_made_where_no_library_is(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError):
        mend(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_did_and_whether_all_is_well_now(library: Path) -> None:
    table_of(library, PANELS).drop_index("series_idx")
    result = CliRunner().invoke(verify, ["--library", str(library), "--repair"])
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "made the missing index of panels.series"
    assert result.output.splitlines()[-1] == "  all is well"
