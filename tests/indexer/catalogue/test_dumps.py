"""Dumps that lie: torn, of another version, damaged in one row; none becomes a smaller catalogue."""

import gzip
import os
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.catalogue.dump import rows_of
from indexer.catalogue.importing import import_dump
from indexer.catalogue.mysql import mysql_rows
from indexer.catalogue.store import open_catalogue
from indexer.catalogue.tables import TABLES, Found
from schemas.errors import ExchangeError, LibraryError
from schemas.matches import CATALOGUE_FILE
from tests.indexer.catalogue.dumps import TAIL, mysql_text, write_mysql
from tests.indexer.catalogue.test_import import ROWS, issues_of, write_csv, write_sqlite

RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
NEWER = {
    **ROWS,
    "gcd_story": [{"id": 9, "issue_id": 70, "genre": "horror", "characters": "", "pencils": ""}],
    "gcd_credit_type": [{"id": 7, "name": "pencils, inks"}, {"id": 6, "name": "editing"}],
    "gcd_creator_name_detail": [{"id": 4, "name": "A. Pen"}],
    "gcd_story_credit": [
        {"id": 1, "story_id": 9, "creator_id": 4, "credit_type_id": 7, "deleted": 0},
        {"id": 2, "story_id": 9, "creator_id": 4, "credit_type_id": 6, "deleted": 0},
    ],
    "gcd_character_role": [{"id": 2, "name": "villain"}],
    "gcd_character_name_detail": [
        {"id": 5, "name": "Moth", "character_id": 1},
        {"id": 6, "name": "Mo Thayer", "character_id": 1},
    ],
    "gcd_story_character": [
        {"story_id": 9, "character_id": 5, "role_id": 2, "is_flashback": 0, "is_origin": 1, "notes": ""}
    ],
}


@pytest.fixture
def known(tmp_path: Path) -> bytes:
    """The catalogue that is there before."""
    import_dump(write_sqlite(tmp_path / "before"), tmp_path)
    return (tmp_path / CATALOGUE_FILE).read_bytes()


def check_refused(dump: Path, library: Path, message: str, known: bytes) -> None:
    with pytest.raises(ExchangeError, match=message):
        import_dump(dump, library)
    assert (library / CATALOGUE_FILE).read_bytes() == known
    assert not (library / f"{CATALOGUE_FILE}.part").exists()


def test_a_mysql_dump_says_what_a_sqlite_dump_says_also_packed(tmp_path: Path) -> None:
    counts = import_dump(write_sqlite(tmp_path / "dump.db"), tmp_path)
    wanted = issues_of(tmp_path, "Night", None)
    plain = write_mysql(tmp_path / "dump.sql", ROWS)
    with gzip.open(tmp_path / "dump.sql.gz", "wb") as packed:
        packed.write(plain.read_bytes())
    with zipfile.ZipFile(tmp_path / "dump.zip", "w") as archive:
        archive.write(plain, "2026-11-01.sql")
    for dump in (plain, tmp_path / "dump.sql.gz", tmp_path / "dump.zip"):
        (tmp_path / CATALOGUE_FILE).unlink()
        assert import_dump(dump, tmp_path) == counts
        assert issues_of(tmp_path, "Night", None) == wanted


@pytest.mark.parametrize("write", [write_sqlite, write_mysql])
def test_people_in_rows_of_their_own_are_read_as_those_in_lists_are(tmp_path: Path, write: object) -> None:
    import_dump(write(tmp_path / "dump", NEWER), tmp_path)  # type: ignore[operator]
    first = issues_of(tmp_path, "Night", "1")[0]
    assert first.creators == (("pencils", "A. Pen"), ("inks", "A. Pen"))
    assert [(one.name, one.roles) for one in first.characters] == [("Moth", ("origin", "villain"))]
    with open_catalogue(tmp_path) as catalogue:
        assert not catalogue.is_outdated
    import sqlite3

    connection = sqlite3.connect(tmp_path / CATALOGUE_FILE)
    assert connection.execute("SELECT * FROM alias ORDER BY folded").fetchall() == [
        ("mo thayer", "Moth"),
        ("moth", "Mo Thayer"),
    ]
    connection.close()


@given(
    st.lists(
        st.tuples(st.text(max_size=40), st.none() | st.text("'\\\",();%_\n\r\0nZ0-#/*`é漢", max_size=30)),
        min_size=1,
        max_size=6,
    )
)
@RELAXED
def test_any_text_comes_out_of_a_mysql_dump_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str | None]]
) -> None:
    said = [(name.encode("utf-8", "ignore").decode(), number) for name, number in said]
    series = [{"id": at, "name": name, "year_began": number} for at, (name, number) in enumerate(said)]
    issues = [{"id": 1, "series_id": 0, "number": "1"}]
    dump = tmp_path_factory.mktemp("dump") / "dump.sql"
    write_mysql(dump, {"gcd_series": series, "gcd_issue": issues})
    found = [one.row for one in rows_of(dump) if one.table == "gcd_series"]
    assert found == [(str(at), name, number, None, None) for at, (name, number) in enumerate(said)]


def test_rows_are_read_across_the_borders_of_what_is_taken_in(tmp_path: Path) -> None:
    names = [f"It's a {'long ' * (at % 40)}name; ({at}) \\ '" for at in range(4_000)]
    series = [{"id": at, "name": name} for at, name in enumerate(names)]
    dump = write_mysql(
        tmp_path / "d.sql",
        {"gcd_series": series, "gcd_issue": [{"id": 1, "series_id": 0, "number": "1"}]},
    )
    for chunk in (997, 65_536, 10**7):
        found = list(mysql_rows(dump, chunk=chunk))
        assert [one.row[1] for one in found[:-1]] == names
        assert found[-1] == Found("gcd_issue", found[-1].place, ("1", "0", "1", *[None] * 4))


def test_columns_may_be_named_with_the_rows_and_come_in_any_order(tmp_path: Path) -> None:
    dump = tmp_path / "d.sql"
    dump.write_text(
        "# by hand\nINSERT INTO gcd_issue (number, id, series_id) VALUES ('1', 5, 7);\n"
        "insert ignore into `gcd`.`gcd_series` (`id`,`name`) values (7, _utf8mb4'Ni''ght'), (8, 0x4d6f)"
        "\n;\n/* the end */"
    )
    assert [one.row[:3] for one in rows_of(dump)] == [
        ("5", "7", "1"),
        ("7", "Ni'ght", None),
        ("8", "Mo", None),
    ]
    assert import_dump(dump, tmp_path)["gcd_series"] == 2


def test_every_torn_mysql_dump_is_told(tmp_path: Path, known: bytes) -> None:
    whole = mysql_text(ROWS).encode()
    dump = tmp_path / "torn.sql"
    for size in range(0, len(whole) - len(TAIL) + 3, 7):
        dump.write_bytes(whole[:size])
        with pytest.raises(ExchangeError, match=r"ends too early|has no gcd_"):
            import_dump(dump, tmp_path)
    packed = gzip.compress(whole)
    for size in (2, 20, len(packed) // 2, len(packed) - 1):
        dump.write_bytes(packed[:size])
        check_refused(dump, tmp_path, "ends too early", known)
    with zipfile.ZipFile(dump, "w") as archive:
        archive.writestr("a.sql", whole)
    data = dump.read_bytes()
    for size in (4, len(data) // 2, len(data) - 1):
        dump.write_bytes(data[:size])
        check_refused(dump, tmp_path, "ends too early", known)
    dump.write_bytes(data.replace(b"Lantern Press", b"Lantern Prass"))
    check_refused(dump, tmp_path, "is damaged", known)  # its checksum


def test_one_damaged_row_is_named_by_table_and_line(tmp_path: Path, known: bytes) -> None:
    sql = mysql_text(ROWS)
    line = sql[: sql.index("(80,")].count("\n") + 1
    dump = tmp_path / "d.sql"
    for was, broken, message in (
        ("(80,8,", "(80,", rf"line {line:,}, in gcd_issue: a row has not one value for each of 5"),
        ("(80,8,", "(80,'eight',", rf"in gcd_issue at {line:,}, series_id is 'eight'"),
        ("(80,8,", "(NULL,8,", rf"in gcd_issue at {line:,}, id is 'None'"),
        ("(80,8,", "(80,99999999999999999999,", "series_id is '9999"),
        ("(80,8,", "(80,eight(),", "ends too early"),
    ):
        dump.write_text(sql.replace(was, broken))
        check_refused(dump, tmp_path, message, known)
    dump.write_bytes(sql.replace("Lantern Press", "L#ntern").encode().replace(b"L#n", b"L\xffn"))
    check_refused(dump, tmp_path, r"in gcd_publisher: a value is not in UTF-8", known)
    dump.write_text(sql.replace("CREATE TABLE `gcd_series`", "CREATE TABLE `gcd_serials`"))
    check_refused(dump, tmp_path, "has no CREATE TABLE for gcd_series", known)
    dump.write_text(sql.replace("`name`", "`title`"))
    check_refused(dump, tmp_path, r"has no gcd_publisher\.name", known)


def test_a_csv_file_that_was_cut_or_has_rows_of_other_lengths_is_told(tmp_path: Path, known: bytes) -> None:
    folder = write_csv(tmp_path / "csv")
    path = folder / "gcd_issue.csv"
    whole = path.read_bytes()
    for data, message in (
        (whole[:-4], r"gcd_issue\.csv ends too early, in its last line"),
        (whole.replace(b"70,7,1,1988-03-00,0", b"70,7"), r"csv is damaged at line 2: 2 fields.*names 5"),
        (whole.replace(b"70,7,1,", b"70,7,1,1,"), "damaged at line 2: 6 fields"),
        (whole.replace(b"70,7,", b"70,seven,"), "in gcd_issue at 2, series_id is 'seven'"),
        (whole.replace(b"70,7,", b"70,,"), "series_id is 'None'"),
        (whole.replace(b"70,7,1,", b'70,7,"1,'), "ends too early"),
        (whole.replace(b"series_id", b"serial_id"), r"has no gcd_issue\.series_id"),
        (b"", r"has no gcd_issue\.id"),
    ):
        path.write_bytes(data)
        check_refused(folder, tmp_path, message, known)
    path.write_bytes(whole.replace(b"\r\n", b"\n\n"))
    assert import_dump(folder, tmp_path)["gcd_issue"] == 2


def test_a_table_cut_between_two_rows_is_told_by_what_belongs_to_the_missing_ones(
    tmp_path: Path, known: bytes
) -> None:
    for table, message in (
        ("gcd_series", "rows of gcd_issue belong to rows that gcd_series does not hold"),
        ("gcd_issue", "rows of gcd_story belong to rows that gcd_issue does not hold"),
    ):
        cut = {**ROWS, table: ROWS[table][-1:]}
        check_refused(write_sqlite(tmp_path / f"{table}.db", cut), tmp_path, message, known)


def test_other_tables_of_another_version_are_told_too(tmp_path: Path, known: bytes) -> None:
    for table, column in (("gcd_story", "issue_id"), ("gcd_publisher", "id"), ("gcd_publisher", "name")):
        rows = [{key: value for key, value in row.items() if key != column} for row in ROWS[table]]
        dump = write_sqlite(tmp_path / f"{table}-{column}.db", {**ROWS, table: rows})
        check_refused(dump, tmp_path, rf"has no {table}\.{column}", known)


def test_every_torn_sqlite_dump_is_told(tmp_path: Path, known: bytes) -> None:
    whole = write_sqlite(tmp_path / "dump.db").read_bytes()
    dump = tmp_path / "torn.db"
    for size in range(0, len(whole), 509):
        dump.write_bytes(whole[:size])
        with pytest.raises(ExchangeError):
            import_dump(dump, tmp_path)
    assert (tmp_path / CATALOGUE_FILE).read_bytes() == known


@given(st.data())
@RELAXED
def test_whatever_is_damaged_raises_nothing_but_a_clear_word(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    write = data.draw(st.sampled_from([write_mysql, write_sqlite]))
    whole = bytearray(write(folder / "dump", NEWER).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    (folder / "dump").write_bytes(whole)
    try:
        counts = import_dump(folder / "dump", folder)
    except ExchangeError:
        assert not (folder / CATALOGUE_FILE).exists()
    else:
        assert counts["gcd_issue"] > 0
    assert not (folder / f"{CATALOGUE_FILE}.part").exists()


def test_other_files_are_told_apart(tmp_path: Path, known: bytes) -> None:
    packed = tmp_path / "packed.gz"
    with gzip.open(packed, "wb") as file:
        file.write(write_sqlite(tmp_path / "dump.db").read_bytes())
    check_refused(packed, tmp_path, "unpack it first", known)
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as two:
        two.writestr("a.sql", "x")
        two.writestr("b.SQL", "x")
    check_refused(archive, tmp_path, "holds 2 files .sql", known)
    endless = tmp_path / "endless.sql"
    endless.write_bytes(mysql_text(ROWS).encode()[:-40] + b"INSERT INTO `x` VALUES ('" + b"a" * (20 << 20))
    check_refused(endless, tmp_path, "longer than", known)


@pytest.mark.parametrize("how", ["full", "killed"])
def test_a_full_disk_or_a_kill_leaves_the_catalogue_of_before(tmp_path: Path, known: bytes, how: str) -> None:
    issues = [{"id": at, "series_id": 7, "number": "1" * 200} for at in range(20_000)]
    dump = write_sqlite(tmp_path / "large.db", {**ROWS, "gcd_issue": issues})
    code = (
        "import sys; from pathlib import Path; from indexer.catalogue.importing import import_dump\n"
        "import_dump(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    limit = 1 << 20

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if how == "killed" else signal.SIG_IGN)

    done = subprocess.run(
        [sys.executable, "-c", code, str(dump), str(tmp_path)],
        preexec_fn=bounded,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        check=False,
    )
    assert done.returncode != 0
    if how == "full":
        assert LibraryError.__name__ in done.stderr
        assert "free some space" in done.stderr
    assert (tmp_path / CATALOGUE_FILE).read_bytes() == known
    import_dump(dump, tmp_path)  # what a kill left does not matter
    assert not (tmp_path / f"{CATALOGUE_FILE}.part").exists()


def test_every_table_has_the_columns_it_needs() -> None:
    assert all(len(set(columns)) == len(columns) for columns in TABLES.values())
