"""The commands, as a user calls them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import lancedb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from indexer.commands import cli
from schemas.errors import LibraryFormatError
from schemas.tables import BOOKS, PANELS, LibraryFormat
from tests.indexer.builders import page_picture, png, rows, run_index, write_book, write_cbz


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    write_book(tmp_path / "comics" / "one.cbz", seed=1)
    (tmp_path / "comics" / "bad\n.cbz").write_bytes(b"nothing")
    write_cbz(tmp_path / "comics" / "partial.cbz", [png(page_picture(1)), b"no picture"])
    return tmp_path / "comics"


@pytest.fixture
def library(comics: Path, tmp_path: Path) -> Path:
    run_index(comics, tmp_path / "library")
    return tmp_path / "library"


def index_for_real(*arguments: str | Path) -> dict[str, object]:
    result = CliRunner().invoke(cli.index, [*map(str, arguments), "--reader", "none", "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return {"exit_code": result.exit_code, **json.loads(result.stdout)}


def test_index_with_the_real_models_says_what_became_of_everything(comics: Path, tmp_path: Path) -> None:
    told = index_for_real(comics, "--library", tmp_path / "new")
    assert (told["exit_code"], told["indexed"], told["unchanged"], told["pages"]) == (0, 2, 0, 3)
    [failed] = told["failed"]  # type: ignore[misc]
    assert failed["reason"] == "not-a-comic"
    [partial] = told["partial"]  # type: ignore[misc]
    assert partial["failures"][0]["page_no"] == 2
    assert index_for_real(comics, "--library", tmp_path / "new")["unchanged"] == 2


def test_index_fails_when_nothing_asked_for_is_in_the_library(comics: Path, tmp_path: Path) -> None:
    told = index_for_real(comics / "bad\n.cbz", "--library", tmp_path / "new")
    assert (told["exit_code"], told["indexed"]) == (1, 0)


def test_direction_and_reader_are_remembered_until_another_is_given(comics: Path, tmp_path: Path) -> None:
    def index(*options: str) -> tuple[str, int]:
        called = CliRunner().invoke(cli.index, [*map(str, (comics, "--library", new)), *options, "--json"])
        return called.stderr, json.loads(called.stdout)["indexed"]

    new = tmp_path / "new"
    assert index("--reader", "none", "--direction", "rtl") == ("", 2)
    write_book(comics / "three.cbz", seed=3)
    said, read = index()
    assert read == 1
    assert said == "reading direction rtl as in the last run; --direction auto undoes it\n"
    assert {row["direction"] for row in rows(new, BOOKS)} == {"rtl"}
    said, read = index("--direction", "auto")
    assert said == "the books in PATHS are read again: --direction rtl is now auto\n"
    assert read == 3
    assert {row["direction"] for row in rows(new, BOOKS)} == {"ltr"}
    assert index()[0] == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--library", "x"],
        ["nowhere", "--library", "x"],
        [".", "--library", "x", "--direction", "up"],
        [".", "--library", "x", "--workers", "-1"],
        ["."],
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli.index, arguments)
    assert result.exit_code == 2
    assert "Usage" in result.output


def test_status_lists_every_failure_with_its_reason_on_one_line(library: Path) -> None:
    result = CliRunner().invoke(cli.status, ["--library", str(library)])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[1].strip() == "2 books, 3 pages, 6 panels"
    assert lines[2].strip() == "sources: 1 ready, 1 partial, 1 failed"
    assert any("failed (not-a-comic)" in line and "bad .cbz" in line for line in lines)
    assert any("picture (unreadable-picture)" in line for line in lines)


def test_status_tells_a_lost_file_of_a_table_in_one_line_and_fails(library: Path) -> None:
    for path in (library / "pages.lance" / "data").iterdir():
        path.unlink()
    result = CliRunner().invoke(cli.status, ["--library", str(library)])
    assert result.exit_code == 1
    [damage] = [line for line in result.output.splitlines() if line.startswith("  damaged:")]
    assert "'pages'" in damage
    assert "index again" in damage
    assert ".rs" not in damage


def test_status_tells_a_lost_table(library: Path) -> None:
    shutil.rmtree(library / "panels.lance")
    result = CliRunner().invoke(cli.status, ["--library", str(library), "--json"])
    assert result.exit_code == 1
    assert "'panels'" in json.loads(result.output)["damage"]


def test_status_tells_rows_that_are_gone(library: Path) -> None:
    lancedb.connect(str(library)).open_table(PANELS).delete("panel_no = 2")
    told = json.loads(CliRunner().invoke(cli.status, ["--library", str(library), "--json"]).output)
    assert told["damage"].startswith("the table 'panels' has not the rows that 2 of 2 books name")


def test_status_as_json(library: Path) -> None:
    told = json.loads(CliRunner().invoke(cli.status, ["--library", str(library), "--json"]).output)
    assert told["sources"] == {"ready": 1, "partial": 1, "failed": 1, "missing": 0}
    assert (told["books"], told["settled"]) == (2, True)
    assert told["damage"] is None
    assert told["encoder"] == {"picture": "longbox-mini", "text": "minilm"}


def test_export_writes_what_the_library_holds_with_its_format(library: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(cli.export, [str(out), "--library", str(library), "--json"])
    rows = json.loads(result.output)["rows"]
    assert rows == {"books": 2, "pages": 3, "panels": 6, "assets": 9, "stories": rows["stories"]}
    panels = pq.read_table(out / "panels.parquet")
    assert len(panels) == 6
    assert LibraryFormat.from_metadata(panels.schema.metadata).picture_encoder.name == "fake-picture"
    assert sorted(path.name for path in out.iterdir()) == [
        "assets.parquet",
        "books.parquet",
        "pages.parquet",
        "panels.parquet",
        "stories.parquet",
    ]


def test_export_of_one_table(library: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli.export, [str(tmp_path / "out"), "--library", str(library), "--table", "books"]
    )
    assert "books.parquet: 2 rows" in result.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["books.parquet"]


@pytest.mark.parametrize("form", ["parquet", "coco", "dataspec", "vlm"])
def test_export_of_a_damaged_library_is_refused_in_one_line(library: Path, tmp_path: Path, form: str) -> None:
    for path in (library / "pages.lance" / "data").iterdir():
        path.unlink()
    result = CliRunner().invoke(
        cli.export, [str(tmp_path / "out"), "--library", str(library), "--format", form]
    )
    assert isinstance(result.exception, LibraryFormatError)
    assert "index again" in str(result.exception)


def test_doctor_names_every_backend_and_how_to_get_what_is_missing() -> None:
    told = json.loads(CliRunner().invoke(cli.doctor, ["--json"]).output)
    by_name = {backend["name"]: backend for backend in told["backends"]}
    assert by_name["classical"]["available"]
    assert all(backend["remedy"] for backend in told["backends"] if not backend["available"])
    words = CliRunner().invoke(cli.doctor).output
    assert all(name in words for name in by_name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status", "--library", "{tmp}/none"], "there is no library"),
        (["export", "{tmp}/out", "--library", "{tmp}/none"], "there is no library"),
        (["index", "{tmp}/comics", "--library", "{tmp}/comics"], "holds other files"),
        (["index", "{tmp}/comics", "--library", "{tmp}/library", "--encoder", "x"], "no picture encoder 'x'"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_1(
    library: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    command = [sys.executable, "-c", "from webui.cli import main; main()"]
    filled = [argument.format(tmp=tmp_path) for argument in arguments]
    result = subprocess.run([*command, *filled], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.corpus
@pytest.mark.slow
def test_a_vertical_manga_is_read_from_top_to_bottom(corpus: Path, tmp_path: Path) -> None:
    told = index_for_real(corpus / "tori-no-me", "--library", tmp_path / "new")
    assert (told["indexed"], told["pages"], told["partial"]) == (1, 11, [])
    [book] = rows(tmp_path / "new", BOOKS)
    assert book["direction"] == "ttb"
    assert int(str(book["panel_count"])) > 33
