"""Dumps of the Grand Comics Database: read whole or not at all, matched to books."""

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.catalogue.cli import catalogue
from indexer.catalogue.importing import import_dump
from indexer.catalogue.matching import match_books
from indexer.catalogue.store import Issue, open_catalogue
from schemas.errors import ExchangeError, NotFoundError
from schemas.matches import CATALOGUE_FILE

ROWS = {
    "gcd_publisher": [{"id": 1, "name": "Lantern Press"}],
    "gcd_series": [
        {"id": 7, "name": "Night", "year_began": 1988, "publisher_id": 1},
        {"id": 8, "name": "Night", "year_began": 2015, "publisher_id": 1},
    ],
    "gcd_issue": [
        {"id": 70, "series_id": 7, "number": "1", "key_date": "1988-03-00", "deleted": 0},
        {"id": 71, "series_id": 7, "number": "2", "key_date": "1988-04-00", "deleted": 1},
        {"id": 80, "series_id": 8, "number": "1", "key_date": "2015-01-00", "deleted": 0},
    ],
    "gcd_story": [
        {
            "issue_id": 70,
            "genre": "horror; humor",
            "characters": "Moth [Mo Thayer]; Owl (villain)",
            "pencils": "A. Pen",
        },
        {"issue_id": 70, "genre": "humor", "characters": "Owl (villain)", "inks": "B. Ink ?"},
    ],
}


def write_sqlite(path: Path, rows: dict[str, list[dict[str, object]]] = ROWS) -> Path:
    connection = sqlite3.connect(path)
    for table, content in rows.items():
        columns = list(dict.fromkeys(name for row in content for name in row))
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        values = [[row.get(name) for name in columns] for row in content]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", values)
    connection.commit()
    connection.close()
    return path


def write_csv(folder: Path) -> Path:
    folder.mkdir()
    for table, content in ROWS.items():
        columns = list(dict.fromkeys(name for row in content for name in row))
        with (folder / f"{table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(content)
    return folder


def issues_of(library: Path, series: str, number: str | None) -> list[Issue]:
    with open_catalogue(library) as known:
        return [known.whole(one) for one in known.issues_like(series, number)]


@pytest.mark.parametrize("write", [write_sqlite, write_csv])
def test_issues_come_with_what_their_stories_say_and_deleted_ones_do_not(
    tmp_path: Path, write: object
) -> None:
    counts = import_dump(write(tmp_path / "dump"), tmp_path)  # type: ignore[operator]
    assert counts == {"gcd_publisher": 1, "gcd_series": 2, "gcd_issue": 2, "gcd_story": 2}
    first, second = issues_of(tmp_path, "NIGHT", "1")
    assert (first.year, second.year, first.publisher) == (1988, 2015, "Lantern Press")
    assert first.genres == ("horror", "humor")
    assert first.creators == (("pencils", "A. Pen"), ("inks", "B. Ink"))
    assert [(one.name, one.aliases, one.roles) for one in first.characters] == [
        ("Moth", ("Mo Thayer",), ()),
        ("Owl", (), ("villain",)),
    ]
    assert issues_of(tmp_path, "Night", "2") == []


def test_a_dump_of_another_version_or_a_torn_one_leaves_the_catalogue_as_it_was(tmp_path: Path) -> None:
    import_dump(write_sqlite(tmp_path / "dump"), tmp_path)
    before = (tmp_path / CATALOGUE_FILE).read_bytes()
    other = write_sqlite(
        tmp_path / "other", {"gcd_series": [{"id": 1, "title": "Night"}], "gcd_issue": [{"id": 1}]}
    )
    torn = tmp_path / "torn"
    torn.write_bytes((tmp_path / "dump").read_bytes()[:5_000])
    text = tmp_path / "text"
    text.write_text("no dump")
    empty = write_sqlite(tmp_path / "empty", {**ROWS, "gcd_issue": [{**ROWS["gcd_issue"][1]}]})
    (tmp_path / "folder").mkdir()
    for dump, message in (
        (other, r"has no gcd_series\.name"),
        (torn, "ends too early"),
        (text, "is no SQLite dump"),
        (empty, "holds no issue"),
        (tmp_path / "folder", r"has no gcd_series\.id"),
    ):
        with pytest.raises(ExchangeError, match=message):
            import_dump(dump, tmp_path)
    assert (tmp_path / CATALOGUE_FILE).read_bytes() == before
    assert not (tmp_path / f"{CATALOGUE_FILE}.part").exists()


def test_columns_that_nothing_depends_on_may_be_missing(tmp_path: Path) -> None:
    slim = {
        "gcd_series": [{"id": 7, "name": "Night"}],
        "gcd_issue": [{"id": 70, "series_id": 7, "number": "1"}],
    }
    import_dump(write_sqlite(tmp_path / "dump", slim), tmp_path)  # type: ignore[arg-type]
    (issue,) = issues_of(tmp_path, "Night", None)
    assert (issue.year, issue.publisher, issue.characters) == (None, None, ())


def test_a_book_is_matched_by_series_and_year_and_the_others_are_not(
    lamps_library: Path, tmp_path: Path
) -> None:
    import shutil

    library = tmp_path / "library"
    shutil.copytree(lamps_library, library)
    with pytest.raises(NotFoundError, match="longbox catalogue import"):
        match_books(library)
    dump = write_sqlite(tmp_path / "dump")
    assert CliRunner().invoke(catalogue, ["import", str(dump), "--library", str(library)]).exit_code == 0
    told = CliRunner().invoke(catalogue, ["match", "--library", str(library), "--json"])
    found = {one["title"]: one for one in json.loads(told.output)["matches"]}
    assert found["Moons"]["issue"]["issue_id"] == 70
    assert 0.6 < found["Moons"]["confidence"] < 0.8  # without a number it is no more than likely
    assert not found["Moons"]["is_sure"]
    assert found["Trains"]["issue"] is None
    assert (
        "not in the catalogue" in CliRunner().invoke(catalogue, ["match", "--library", str(library)]).output
    )
