"""Page streams in the CoSMo format as corrections: taken whole or not at all, kept in further readings."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.exchange.cli import import_vectors
from indexer.exchange.cosmo import export_cosmo
from indexer.exchange.cosmo_import import import_cosmo
from schemas.errors import ExchangeError
from schemas.tables import PAGES, STORIES
from tests.indexer.builders import rows, run_index, write_book


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cosmo")
    write_book(folder / "comics" / "anthology.cbz", seed=3, pages=6)
    run_index(folder / "comics", folder / "library")
    return folder


@pytest.fixture
def library(shelf: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shelf / "library", tmp_path / "library"))


def book(name: str, **ranges: Any) -> dict[str, Any]:
    return {"hash_code": name, **ranges}


def span(start: int, end: int, title: str = "") -> dict[str, Any]:
    return {"title": title, "page_start": start, "page_end": end}


def written(path: Path, *books: dict[str, Any]) -> Path:
    path.write_text(json.dumps(list(books)), encoding="utf-8")
    return path


def types_of(library: Path) -> list[str]:
    return [str(row["page_type"]) for row in rows(library, PAGES)]


TWO_STORIES = {
    "covers": [span(0, 0, "Front")],
    "stories": [span(1, 2, "The Lamp"), span(4, 5, "The Wind")],
    "advertisements": [span(3, 3)],
}
EXPECTED = ["cover", "first-page", "story", "advertisement", "first-page", "story"]


@pytest.mark.parametrize("name", ["anthology", "ANTHOLOGY.cbz", "id", "beginning of the id"])
def test_pages_and_titles_are_taken_by_any_name_of_the_book(library: Path, tmp_path: Path, name: str) -> None:
    book_id = str(rows(library, PAGES)[0]["book_id"])
    named = {"id": book_id, "beginning of the id": book_id[:8]}.get(name, name)
    report = import_cosmo(written(tmp_path / "labels.json", book(named, **TWO_STORIES)), library)
    assert (report.books, report.pages, report.titles, report.unknown) == (1, 6, 2, ())
    assert types_of(library) == EXPECTED
    assert [row["title"] for row in rows(library, STORIES)] == ["The Lamp", "The Wind"]


def test_what_was_taken_outlives_reading_the_book_anew(shelf: Path, library: Path, tmp_path: Path) -> None:
    import_cosmo(written(tmp_path / "labels.json", book("anthology", **TWO_STORIES)), library)
    comics = Path(shutil.copytree(shelf / "comics", tmp_path / "comics"))
    run_index(comics, library)
    assert types_of(library) == EXPECTED


def test_an_export_comes_back_as_it_went(library: Path, tmp_path: Path) -> None:
    import_cosmo(written(tmp_path / "labels.json", book("anthology", **TWO_STORIES)), library)
    export_cosmo(library, tmp_path / "out")
    (made,) = (tmp_path / "out").rglob("*.json")
    report = import_cosmo(made, library)
    assert (report.books, report.pages) == (1, 6)
    assert types_of(library) == EXPECTED


@pytest.mark.parametrize(
    ("books", "says"),
    [
        ([book("nobody", **TWO_STORIES)], "has no book 'nobody'"),
        ([book("anthology", stories=[span(1, 6)])], "ends with page 5"),
        ([book("anthology", **TWO_STORIES), book("anthology.cbz", **TWO_STORIES)], "twice"),
        ([book("anthology", stories=[span(1, 2)], horoscopes=[span(3, 3)])], "horoscopes"),
        ([book("anthology", stories=[span(-3, 1)])], "page_start"),
        ([{"title": "without a name"}], "hash_code"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(
    library: Path, tmp_path: Path, books: list[dict[str, Any]], says: str
) -> None:
    before = types_of(library)
    path = written(tmp_path / "labels.json", *books)
    with pytest.raises(ExchangeError, match=says):
        import_cosmo(path, library)
    assert types_of(library) == before


@pytest.mark.parametrize("text", ["", "[{", "7", '"text"', "[1, 2]"])
def test_what_is_no_list_of_books_is_refused(library: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExchangeError, match=r"labels\.json"):
        import_cosmo(path, library)


def test_the_command_passes_over_strangers_where_it_is_told_to(library: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "labels.json", book("nobody", **TWO_STORIES), book("anthology", **TWO_STORIES))
    base = [str(path), "--library", str(library), "--json"]
    refused = CliRunner().invoke(import_vectors, base)
    assert refused.exit_code != 0
    told = CliRunner().invoke(import_vectors, [*base, "--known-only"], catch_exceptions=False)
    assert json.loads(told.output) == {"books": 1, "pages": 6, "titles": 2, "unknown": ["nobody"]}
    assert types_of(library) == EXPECTED
    wrong = CliRunner().invoke(import_vectors, [*base, "--prune"])
    assert "GROUP of page vectors" in wrong.output
