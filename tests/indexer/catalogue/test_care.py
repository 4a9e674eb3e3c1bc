"""Catalogue, covers, matches and elements through backups, snapshots, migration, checks and reindexing."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.care.backup import back_up
from indexer.care.keepsakes import damage_of_keepsakes
from indexer.care.migration import migrate
from indexer.care.restore import restore
from indexer.care.snapshots import delete_snapshot, restore_snapshot, take_snapshot
from indexer.care.verify import examine
from indexer.care.verify import judge as findings_of
from indexer.catalogue.cli import catalogue
from indexer.catalogue.coverfile import COVERS_FILE, cover_picture, covers_of, read_covers
from indexer.catalogue.deciding import Judged, accept_sure, judge, read_matches
from indexer.catalogue.importing import import_dump, renew_catalogue
from indexer.catalogue.matching import match_books
from indexer.catalogue.store import open_catalogue
from indexer.elements.labels import ELEMENTS_FILE, Elements
from indexer.running.indexing import Scope, index_library
from schemas.config import IndexOptions
from schemas.elements import Element
from schemas.errors import BackupError, LibraryFormatError
from schemas.filters import SearchFilters
from schemas.matches import CATALOGUE_FILE, MATCHES_FILE
from schemas.messages import SearchRequest
from search.library import open_library
from tests.comics import write_cbz
from tests.indexer.catalogue.test_import import ROWS, issues_of, write_sqlite

STORY = {
    "issue_id": 70,
    "genre": "horror",
    "pencils": "A. Pen",
    "synopsis": "A moon falls.",
    "characters": "Moth [Mo Thayer]; Night Watch [Owl; Wren; Kestrel]",
}
FILES = (CATALOGUE_FILE, MATCHES_FILE, ELEMENTS_FILE, COVERS_FILE)


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    """A folder with two books."""
    folder = tmp_path / "comics"
    folder.mkdir()
    write_cbz(folder / "moons.cbz", [["A paper moon"], ["Hold it"]], title="Moons", series="Night")
    write_cbz(folder / "trains.cbz", [["So am I"]], title="Trains", year=2005)
    return folder


@pytest.fixture
def library(comics: Path, tmp_path: Path) -> Path:
    """A library of them with all that a catalogue brings; "Moons" is matched."""
    library = tmp_path / "library"
    index_library([comics], library, IndexOptions())
    import_dump(write_sqlite(tmp_path / "dump", {**ROWS, "gcd_story": [STORY]}), library)
    with open_library(library) as opened:
        (tmp_path / "70.webp").write_bytes(opened.thumbnail(f"{moons(library)}/00001"))
    read_covers(library, tmp_path)
    judge(library, [Judged(moons(library), "yes", 70)], replaces=True)  # the file says another year
    Elements(library).add(Element("Moth", "character"))
    return library


def moons(library: Path) -> str:
    return next(one.book_id for one in match_books(library) if one.title == "Moons")


def found(library: Path, **filters: object) -> set[str]:
    with open_library(library) as opened:
        request = SearchRequest(filters=SearchFilters(**filters), limit=50)  # type: ignore[arg-type]
        return {hit.title for hit in opened.search(request).hits}


def check_whole(library: Path) -> None:
    """Check that the match shows, is found by, and that nothing of it is lost."""
    assert found(library, characters=("Mo Thayer",)) == {"Moons"}
    assert found(library, teams=("Night Watch",)) == {"Moons"}
    assert found(library, genres=("horror",)) == {"Moons"}
    assert found(library, creators=("A. Pen",)) == {"Moons"}
    assert found(library, year_to=1988) == {"Moons"}
    assert [one.issue_id for one in read_matches(library).matches] == [70]
    assert [one.name for one in Elements(library).all()] == ["Moth"]
    assert cover_picture(library, 70)
    assert covers_of(library).of_issues[70].vector is not None


def test_a_backup_a_snapshot_and_a_migration_keep_all_of_it(library: Path, tmp_path: Path) -> None:
    back_up(library, tmp_path / "backup")
    before = (tmp_path / "backup" / CATALOGUE_FILE).stat().st_ino
    back_up(library, tmp_path / "backup")
    assert (tmp_path / "backup" / CATALOGUE_FILE).stat().st_ino == before  # linked, not copied again
    restore(tmp_path / "backup", tmp_path / "again")
    check_whole(tmp_path / "again")
    take_snapshot(library, "one")
    restore_snapshot(library, "one")
    delete_snapshot(library, "one")
    check_whole(library)
    migrate(library)
    check_whole(library)
    assert findings_of(examine(library)) == ()


@pytest.mark.parametrize("name", FILES)
def test_damage_of_any_is_found_and_no_sound_backup_is_replaced(
    library: Path, tmp_path: Path, name: str
) -> None:
    back_up(library, tmp_path / "backup")
    whole = (tmp_path / "backup" / name).read_bytes()
    for beside in library.glob(f"{name}-*"):
        beside.unlink()
    damaged = (library / name).read_bytes()
    (library / name).write_bytes(damaged[:100] + b"\x5a" * (len(damaged) - 100))
    (told,) = damage_of_keepsakes(library)
    assert name in told
    assert told in [one.message for one in findings_of(examine(library))]
    with pytest.raises(BackupError, match="an older backup stays"):
        back_up(library, tmp_path / "backup")
    assert (tmp_path / "backup" / name).read_bytes() == whole
    restore(tmp_path / "backup", library)
    check_whole(library)


def test_a_match_follows_its_book_through_changes_and_goes_with_it(library: Path, comics: Path) -> None:
    moved = comics / "a" / "moons of paper.cbz"
    moved.parent.mkdir()
    (comics / "moons.cbz").rename(moved)
    index_library([comics], library, IndexOptions())
    check_whole(library)
    before = moons(library)
    write_cbz(moved, [["Another moon"], ["Hold it"], ["Fast"]], title="Moons", series="Night")
    index_library([comics], library, IndexOptions())
    assert moons(library) != before  # the content is another one: known by its path
    check_whole(library)
    assert accept_sure(library) == []  # it is decided on
    index_library([comics], library, IndexOptions())
    check_whole(library)
    moved.unlink()
    index_library([comics], library, IndexOptions(), scope=Scope(prune=True))
    assert found(library, genres=("horror",)) == set()
    with open_library(library) as opened:
        told = opened.facets()
    assert [one.value for values in (told.genres, told.teams, told.characters) for one in values] == []
    assert [one.value for one in told.years] == ["2005"]
    write_cbz(moved, [["Another moon"], ["Hold it"], ["Fast"]], title="Moons", series="Night")
    index_library([comics], library, IndexOptions())
    check_whole(library)  # it is back, and so is what was decided


def test_a_catalogue_of_before_is_read_told_and_renewed(library: Path, tmp_path: Path) -> None:
    path = library / CATALOGUE_FILE
    connection = sqlite3.connect(path, isolation_level=None)
    for table in ("gcd_story_credit", "gcd_story_character", "gcd_credit_type", "alias"):
        connection.execute(f"DROP TABLE {table}")
    connection.executescript(
        "CREATE TABLE old AS SELECT issue_id, title, genre, characters, synopsis, 0 AS deleted, script,"
        " pencils, inks, colors, letters FROM gcd_story; DROP TABLE gcd_story;"
        "ALTER TABLE old RENAME TO gcd_story; UPDATE gcd_series SET folded = lower(name);"
        "PRAGMA user_version = 0"
    )
    connection.close()
    wanted = issues_of(library, "Night", "1")[0]
    assert wanted.creators == (("pencils", "A. Pen"),)
    told = CliRunner().invoke(catalogue, ["match", "--library", str(library)])
    assert "longbox catalogue renew" in told.output
    with open_catalogue(library) as known:
        assert known.issues_like("The Night", "1") == []
    done = CliRunner().invoke(catalogue, ["renew", "--library", str(library)])
    assert "as this Longbox imports one" in done.output
    assert renew_catalogue(library) is False
    assert issues_of(library, "The Night", "1")[0] == wanted
    told = CliRunner().invoke(catalogue, ["match", "--library", str(library)])
    assert "renew" not in told.output
    check_whole(library)
    connection = sqlite3.connect(path, isolation_level=None)
    assert ("moth", "Mo Thayer") in connection.execute("SELECT * FROM alias").fetchall()
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryFormatError, match="newer Longbox"), open_catalogue(library):
        pass
    assert renew_catalogue(tmp_path) is False
