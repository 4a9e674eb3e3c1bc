"""Maps are looked after like the rest of a library: verified, repaired, backed up and restored."""

from pathlib import Path

import pytest

from indexer.care.backup import back_up
from indexer.care.repair import repair
from indexer.care.report import verify_library
from indexer.care.restore import restore
from indexer.care.sealing import seal
from indexer.care.snapshots import delete_snapshot, restore_snapshot, take_snapshot
from indexer.library.ledger import Ledger
from indexer.maps.making import MapPlan, make_map
from indexer.maps.table import find_map, has_maps, list_maps, read_points
from schemas.maps import MAPS, MapFacts
from tests.indexer.care.harm import flip_a_bit, largest_file, table_of


@pytest.fixture
def made(library: Path) -> MapFacts:
    return make_map(library, MapPlan("look", "look", method="pca"))


def findings(library: Path) -> dict[str, str]:
    return {finding.check: finding.message for finding in verify_library(library, sample=5).findings}


def test_a_library_with_a_map_is_well_and_its_rows_are_counted(library: Path, made: MapFacts) -> None:
    found = verify_library(library, sample=5)
    assert found.findings == ()
    assert found.unsealed > 0
    with Ledger.open(library) as ledger:
        seal(library, ledger)
    assert verify_library(library, sample=5).unsealed == 0
    assert made.panels == 18


def test_a_flipped_bit_in_a_map_is_found_and_repair_sets_the_maps_aside(
    library: Path, made: MapFacts
) -> None:
    with Ledger.open(library) as ledger:
        seal(library, ledger)
    flip_a_bit(largest_file(library, MAPS))
    assert "maps.lance" in findings(library)["checksums"]
    done = repair(library, sample=5)
    assert any("make them anew with 'longbox map'" in line for line in done)
    assert not has_maps(library)
    assert findings(library) == {}
    assert make_map(library, MapPlan("look", "look", method="pca")).clusters == made.clusters


def test_lost_points_and_points_outside_of_the_map_are_found(library: Path, made: MapFacts) -> None:
    table = table_of(library, MAPS)
    table.update(where="panel_id != '' AND cluster = 0", values={"x": 7.0})
    assert "lie nowhere" in findings(library)["maps"]
    table.delete("x = 7.0")
    assert "has not the points that it names" in findings(library)["maps"]


def test_backup_and_restore_bring_the_maps_along(library: Path, made: MapFacts, tmp_path: Path) -> None:
    report = back_up(library, tmp_path / "backup")
    assert report.rows[MAPS] == made.panels + 1
    before = read_points(library, made).sort_by("panel_id")
    restore(tmp_path / "backup", tmp_path / "again")
    assert list_maps(tmp_path / "again") == [made]
    assert read_points(tmp_path / "again", made).sort_by("panel_id") == before
    assert verify_library(tmp_path / "again", sample=5).findings == ()


def test_a_backup_of_before_the_map_takes_no_map_along(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    make_map(library, MapPlan("look", "look", method="pca"))
    restore(tmp_path / "backup", library)
    assert not has_maps(library)


def test_snapshots_leave_the_maps_alone(library: Path, made: MapFacts) -> None:
    take_snapshot(library, "before")
    other = make_map(library, MapPlan("second", "look", method="pca"))
    restore_snapshot(library, "before")
    assert [facts.name for facts in list_maps(library)] == ["look", "second"]
    assert find_map(library, "second") == other
    delete_snapshot(library, "before")
    assert findings(library) == {}
