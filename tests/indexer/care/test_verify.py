"""Whatever is wrong with a library is found, named, and comes with the way out."""

import json
import shutil
from pathlib import Path

import lancedb
import numpy as np
import pytest
from click.testing import CliRunner
from lancedb.index import IvfSq

from indexer.care.cli import verify
from indexer.care.report import Verification, verify_library
from indexer.library.ledger import Ledger
from indexer.library.lock import LOCK_FILE, writer_lock
from schemas.errors import LibraryFormatError, LibraryNotFoundError
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS, STORIES
from tests.indexer.builders import rows, run_index, write_book
from tests.indexer.care.harm import book_ids, flip_a_bit, index_folder, largest_file, replace_bytes, table_of


def look(library: Path) -> Verification:
    return verify_library(library, sample=10)


def checks(library: Path) -> set[str]:
    found = look(library).findings
    assert all("\n" not in finding.message for finding in found)
    return {finding.check for finding in found}


def test_a_sound_library_is_well_and_counted(library: Path) -> None:
    found = look(library)
    assert found.findings == ()
    assert found.counts == {BOOKS: 3, PAGES: 9, PANELS: 18, ASSETS: 27, STORIES: 3}
    assert found.unsealed == 0
    assert {(recall.column, recall.index) for recall in found.recalls} >= {("vector_picture", None)}


@pytest.mark.parametrize("name", [BOOKS, PAGES, PANELS, ASSETS, STORIES])
@pytest.mark.parametrize("position", [0.01, 0.5, 0.99])
def test_one_flipped_bit_in_any_table_is_found_and_its_file_named(
    library: Path, name: str, position: float
) -> None:
    harmed = largest_file(library, name)
    flip_a_bit(harmed, position)
    [told] = [f.message for f in look(library).findings if f.check == "checksums"]
    assert harmed.name in told
    assert "verify --repair" in told


def test_a_flipped_bit_in_an_index_is_found(library: Path) -> None:
    flip_a_bit(max(index_folder(library, PANELS).iterdir(), key=lambda path: path.stat().st_size))
    assert "checksums" in checks(library)


def test_a_flipped_bit_in_a_picture_names_its_book_alone(library: Path) -> None:
    [page, *_] = [row for row in rows(library, ASSETS) if "#" not in str(row["asset_id"])]
    webp = bytes(page["webp"])  # type: ignore[call-overload]
    replace_bytes(library, ASSETS, webp, webp[:40] + bytes([webp[40] ^ 1]) + webp[41:])
    [told] = [f.message for f in look(library).findings if f.check == "contents"]
    [source] = [row["source"] for row in rows(library, BOOKS) if row["book_id"] == page["book_id"]]
    assert str(source) in told
    assert "longbox index" in told


def test_a_lost_file_of_a_table_is_found(library: Path) -> None:
    largest_file(library, PAGES).unlink()
    assert checks(library) >= {"tables"}


def test_a_lost_index_is_found(library: Path) -> None:
    shutil.rmtree(index_folder(library, PANELS))
    assert "checksums" in checks(library)


def test_rows_that_are_gone_are_a_miscount_and_a_change(library: Path) -> None:
    table_of(library, PANELS).delete(f"book_id = '{book_ids(library)[0]}' and panel_no = 2")
    found = look(library)
    assert {finding.check for finding in found.findings} == {"contents", "counts", "orphans"}
    [told] = [f.message for f in found.findings if f.check == "counts"]
    assert "panels has not the rows that 1 books name" in told


def test_rows_of_books_that_are_not_there_are_orphans(library: Path) -> None:
    table_of(library, BOOKS).delete(f"book_id = '{book_ids(library)[0]}'")
    found = look(library)
    orphans = [f.message for f in found.findings if f.check == "orphans"]
    assert [told.split()[2] for told in orphans] == ["3", "6", "1", "9"]
    [told] = [f.message for f in found.findings if f.check == "ledger"]
    assert "sources whose books are not there" in told


def test_rows_that_a_killed_run_left_are_no_orphans_as_the_next_run_looks_after_them(library: Path) -> None:
    lost = book_ids(library)[0]
    with Ledger.open(library) as ledger:
        ledger.unsettle([lost])
        ledger.forget(next(entry.source for entry in ledger.entries_of(lost)))
    table_of(library, BOOKS).delete(f"book_id = '{lost}'")
    assert checks(library) == set()


def test_thumbnails_without_a_panel_and_panels_without_one_are_found(library: Path) -> None:
    assets = table_of(library, ASSETS)
    [first, *_] = [row["asset_id"] for row in rows(library, ASSETS)]
    stray = f"{book_ids(library)[0]}/00099"
    assets.update(where=f"asset_id = '{first}'", values={"asset_id": stray})
    messages = [f.message for f in look(library).findings if f.check == "orphans"]
    assert any(stray in told for told in messages)
    assert any(f"no thumbnail of {first}" in told for told in messages)


def test_doubled_keys_are_found(library: Path) -> None:
    panels = table_of(library, PANELS)
    panels.add(panels.search().limit(1).to_arrow())
    assert checks(library) >= {"duplicates"}


def test_mixed_revisions_are_found(library: Path) -> None:
    table_of(library, PAGES).update(where="page_no = 1", values={"ingest_rev": "older"})
    [told] = [f.message for f in look(library).findings if f.check == "revisions"]
    assert "pages" in told


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 3.0])
def test_vectors_that_are_no_numbers_or_of_a_wrong_length_are_found(library: Path, value: float) -> None:
    row = rows(library, PANELS)[0]
    stored = np.asarray(row["vector_picture"], np.float16)
    replace_bytes(library, PANELS, stored.tobytes(), np.full_like(stored, value).tobytes())
    [told] = [f.message for f in look(library).findings if f.check == "vectors"]
    assert "panels.vector_picture" in told
    assert str(row["panel_id"]) in told


def test_tables_of_different_encoders_are_found(library: Path, tmp_path: Path) -> None:
    panels = table_of(library, PANELS).to_arrow()
    told = json.loads(panels.schema.metadata[b"longbox"])
    told["picture_encoder"]["name"] = "another"
    changed = panels.replace_schema_metadata({b"longbox": json.dumps(told).encode()})
    shutil.rmtree(library / "panels.lance")
    lancedb.connect(str(library)).create_table(PANELS, data=changed, on_bad_vectors="null")
    [message] = [f.message for f in look(library).findings if f.check == "encoders"]
    assert "panels was written with other encoders" in message
    assert "restore a backup" in message


def test_a_ledger_that_names_another_encoder_is_found(library: Path) -> None:
    with Ledger.open(library) as ledger:
        ledger.set_note("picture_encoder", "someone else's")
    [message] = [f.message for f in look(library).findings if f.check == "encoders"]
    assert "someone else's" in message


def test_books_without_a_source_are_found(library: Path) -> None:
    with Ledger.open(library) as ledger:
        ledger.forget(ledger.entries()[0].source)
    [message] = [f.message for f in look(library).findings if f.check == "ledger"]
    assert "book 0.cbz" in message


def test_a_missing_index_is_found(library: Path) -> None:
    table_of(library, PANELS).drop_index("series_idx")
    [message] = [f.message for f in look(library).findings if f.check == "indexes"]
    assert "panels.series" in message


def test_recall_is_measured_through_the_index_where_there_is_one(tmp_path: Path) -> None:
    library = big_library(tmp_path)
    found = {recall.column: recall for recall in look(library).recalls if recall.table == PANELS}
    assert found["vector_picture"].index is not None
    assert found["vector_picture"].queries == 10
    assert found["vector_picture"].recall >= 0.98
    assert found["vector_text"].index is None


def big_library(tmp_path: Path) -> Path:
    """A library with an index of vectors: enough panels for one are made by hand."""
    for seed in range(40):
        write_book(tmp_path / "comics" / f"{seed}.cbz", seed=seed, pages=4)
    run_index(tmp_path / "comics", tmp_path / "library")
    table_of(tmp_path / "library", PANELS).create_index(
        "vector_picture", config=IvfSq(distance_type="cosine", num_partitions=4)
    )
    return tmp_path / "library"


def test_a_run_going_on_is_no_damage(library: Path) -> None:
    with writer_lock(library):
        with Ledger.open(library) as ledger:
            ledger.set_note("settled", "0")
        found = look(library)
    assert found.is_being_written
    assert found.findings == ()


def test_an_old_ledger_without_checksums_is_no_damage_but_said(library: Path) -> None:
    with Ledger.open(library) as ledger:
        ledger.drop_file_sums(ledger.file_sums())
        ledger.drop_digests(ledger.digests())
    found = look(library)
    assert found.findings == ()
    assert found.unsealed > 3


@pytest.mark.parametrize("harm", ["nothing", "lock of a dead process", "no lock"])
def test_a_library_is_read_whatever_its_lock_says(library: Path, harm: str) -> None:
    if harm == "no lock":
        (library / LOCK_FILE).unlink()
    if harm == "lock of a dead process":
        (library / LOCK_FILE).write_text("4194399")
    assert look(library).findings == ()


def test_no_library_is_said(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError, match="longbox index"):
        look(tmp_path)


def test_a_lost_table_is_said(library: Path) -> None:
    shutil.rmtree(library / "pages.lance")
    with pytest.raises(LibraryFormatError, match="lost its table 'pages'"):
        look(library)


def test_the_command_prints_a_line_a_finding_and_fails(library: Path) -> None:
    sound = CliRunner().invoke(verify, ["--library", str(library)])
    assert sound.exit_code == 0
    assert sound.output.splitlines()[-1] == "  all is well"
    assert "no index, compared with every vector: exact" in sound.output
    flip_a_bit(largest_file(library, PANELS))
    harmed = CliRunner().invoke(verify, ["--library", str(library), "--json"])
    assert harmed.exit_code == 1
    told = json.loads(harmed.output)
    assert not told["ok"]
    assert told["findings"][0]["check"] == "checksums"
