"""What a curator decides: hidden from searches, kept through indexing again, and taken back."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import search
from indexer.audit.cli import audit
from indexer.audit.deciding import decide, decisions
from indexer.care.backup import back_up
from indexer.care.restore import restore
from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from schemas.errors import LibraryFormatError, NotFoundError, QueryError
from schemas.filters import SearchFilters
from schemas.messages import SearchRequest

QUIET = IndexOptions(workers=1, reader="none")


@pytest.fixture
def library(audited: Path, tmp_path: Path) -> Path:
    return shutil.copytree(audited, tmp_path / "library")


def shown(library: Path) -> dict[str, int]:
    """Return how many panels of each book a search can find, by title."""
    with search.open(library) as opened:
        request = SearchRequest(filters=SearchFilters(page_from=1), limit=100, collapse_duplicates=False)
        found: dict[str, int] = {}
        for hit in opened.search(request).hits:
            found[hit.title] = found.get(hit.title, 0) + 1
        return found


def ids(library: Path) -> dict[str, str]:
    with search.open(library) as opened:
        return {book.title: book.book_id for book in opened.books().books}


def test_an_excluded_book_is_found_no_more_stays_listed_and_comes_back(library: Path) -> None:
    book, before = ids(library)["alone"], shown(library)
    assert decide(library, "exclude", [book]).books == (book,)
    assert shown(library) == {title: count for title, count in before.items() if title != "alone"}
    assert "alone" in ids(library)
    decide(library, "restore", [book])
    assert shown(library) == before


def test_a_decision_holds_when_the_book_is_read_anew_and_when_its_content_changes(
    library: Path, audited: Path
) -> None:
    comics = audited.parent / "comics"
    decide(library, "exclude", [ids(library)["other"]])
    decide(library, "reindex", [ids(library)["other"]])
    report = index_library([comics], library, QUIET)
    assert report.indexed == 1
    assert "other" not in shown(library)


def test_a_page_is_left_out_alone(library: Path) -> None:
    before, page = shown(library), f"{ids(library)['alone']}/00001"
    assert decide(library, "exclude", [page]).pages == (page,)
    left = shown(library)
    assert 0 < left["alone"] < before["alone"]
    assert {title: count for title, count in left.items() if title != "alone"} == {
        title: count for title, count in before.items() if title != "alone"
    }


def test_copies_of_a_finding_are_merged_into_the_first(library: Path) -> None:
    assert decide(library, "merge", ["near-books"]).books == (ids(library)["issue again"],)
    assert "issue again" not in shown(library)
    (mark,) = decisions(library).books
    assert mark.copy_of is not None
    assert mark.copy_of.book_id == ids(library)["issue"]
    decide(library, "restore", ["near-books"])
    assert not decisions(library)


def test_a_finding_of_copies_spares_the_first(library: Path) -> None:
    decide(library, "exclude", ["near-books"])
    found = shown(library)
    assert "issue" in found
    assert "issue again" not in found


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda at: decide(at, "exclude", []), QueryError, "name what it is about"),
        (lambda at: decide(at, "exclude", ["no-such"]), NotFoundError, "no book, page or finding"),
        (lambda at: decide(at, "exclude", ["0" * 24]), NotFoundError, "no book"),
        (lambda at: decide(at, "exclude", [f"{ids(at)['alone']}/00099"]), NotFoundError, "no page"),
        (lambda at: decide(at, "merge", [ids(at)["alone"]]), QueryError, "say which book"),
        (lambda at: decide(at, "merge", ["blank"]), QueryError, "only books are merged"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    library: Path, ask: Callable[[Path], object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        ask(library)
    assert not decisions(library)


def test_a_damaged_file_of_decisions_is_named_and_left_alone(library: Path) -> None:
    (library / "curation.json").write_text("{", "utf-8")
    with pytest.raises(LibraryFormatError, match="restore the file from a backup"):
        decide(library, "exclude", [ids(library)["alone"]])
    assert (library / "curation.json").read_text("utf-8") == "{"


def test_the_command_does_and_lists(library: Path) -> None:
    book = ids(library)["alone"]
    where = ["--library", str(library)]
    done = CliRunner().invoke(audit, [book, *where, "--apply", "exclude"])
    assert (done.exit_code, "1 books left out" in done.output) == (0, True)
    assert book in CliRunner().invoke(audit, [*where, "--decided"]).output
    assert CliRunner().invoke(audit, [book, *where]).exit_code == 2
    last = CliRunner().invoke(audit, [*where, "--last"])
    assert "Books that are the same (1)" in last.output


def test_a_backup_takes_decisions_along(library: Path, tmp_path: Path) -> None:
    decide(library, "exclude", [ids(library)["alone"]])
    back_up(library, tmp_path / "backup")
    decide(library, "restore", [ids(library)["alone"]])
    (library / "curation.json").unlink()
    restore(tmp_path / "backup", library)
    assert "alone" not in shown(library)
