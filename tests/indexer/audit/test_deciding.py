"""What a curator decides: hidden from searches, kept through indexing again, and taken back."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import search
from indexer.audit.cli import audit
from indexer.audit.deciding import decide, decisions
from indexer.audit.files import write_report
from indexer.care.backup import back_up
from indexer.care.restore import restore
from indexer.running.indexing import index_library
from schemas.audit import AuditReport, Finding
from schemas.config import IndexOptions
from schemas.errors import LibraryError, LibraryFormatError, NotFoundError, QueryError
from schemas.filters import SearchFilters
from schemas.messages import NearestRequest, SearchRequest
from tests.audits import packed, page, write_book

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


def test_a_decision_holds_when_the_book_is_read_anew(library: Path, audited: Path) -> None:
    decide(library, "exclude", [ids(library)["other"]])
    decide(library, "reindex", [ids(library)["other"]])
    assert index_library([audited.parent / "comics"], library, QUIET).indexed == 1
    assert "other" not in shown(library)


def test_decisions_hold_when_a_file_changes_and_are_taken_back_by_the_ids_they_are_listed_under(
    tmp_path: Path,
) -> None:
    comics, library = tmp_path / "comics", tmp_path / "library"
    comics.mkdir()
    first, second = packed(page(1)), packed(page(2))
    for name in ("hidden", "paged"):
        write_book(comics / f"{name}.cbz", [first, second])
        first, second = packed(page(3)), packed(page(4))
    index_library([comics], library, QUIET)
    before = ids(library)
    decide(library, "exclude", [before["hidden"], f"{before['paged']}/00001"])
    write_book(comics / "hidden.cbz", [packed(page(1)), packed(page(5))])
    write_book(comics / "paged.cbz", [packed(page(6)), packed(page(3)), packed(page(4))])
    index_library([comics], library, QUIET)
    assert set(before.values()).isdisjoint(ids(library).values())
    pages = found_pages(library)
    assert pages == {("paged", 1), ("paged", 3)}  # the page that was left out is the second by now
    done = decide(library, "restore", [before["hidden"], f"{before['paged']}/00001"])
    assert (len(done.books), len(done.pages)) == (1, 1)
    assert not decisions(library)
    assert {title for title, _ in found_pages(library)} == {"hidden", "paged"}


def found_pages(library: Path) -> set[tuple[str, int]]:
    with search.open(library) as opened:
        request = SearchRequest(filters=SearchFilters(page_from=1), limit=100, collapse_duplicates=False)
        return {(hit.title, hit.page_no) for hit in opened.search(request).hits}


def test_pages_that_are_the_same_are_left_out_each_by_itself(tmp_path: Path) -> None:
    comics, library = tmp_path / "comics", tmp_path / "library"
    comics.mkdir()
    write_book(comics / "thrice.cbz", [packed(page(7))] * 3)
    index_library([comics], library, QUIET)
    pages = [f"{ids(library)['thrice']}/{number:05d}" for number in (1, 2, 3)]
    decide(library, "exclude", pages[1:])
    assert found_pages(library) == {("thrice", 1)}
    decide(library, "restore", pages[2:])
    assert found_pages(library) == {("thrice", 1), ("thrice", 3)}


def test_what_a_finding_names_and_is_gone_by_now_is_passed_over(library: Path) -> None:
    gone, here = f"{'0' * 24}/00001", f"{ids(library)['alone']}/00002"
    report = AuditReport("2026-11-26", 1, 1, 1, (Finding("blank", (gone, here), {"pages": 2}),))
    write_report(library, report)
    assert decide(library, "exclude", ["blank"]).pages == (here,)


def test_answers_follow_a_decision_at_once_and_cursors_of_before_are_refused(library: Path) -> None:
    request = SearchRequest(filters=SearchFilters(page_from=1), limit=3, collapse_duplicates=False)
    with search.open(library, refresh_seconds=0) as opened:
        before, counted = opened.search(request), opened.facets()
        decide(library, "exclude", [before.hits[0].book_id])
        assert opened.facets() != counted
        assert opened.search(request).total < before.total
        with pytest.raises(QueryError, match="left out of searches has changed"):
            opened.search(replace(request, cursor=before.cursor))


def test_copies_that_are_left_out_take_no_place_among_the_nearest(library: Path) -> None:
    with search.open(library, refresh_seconds=0) as opened:
        vector = opened.snapshot().rows("panels", ["vector_picture"])["vector_picture"].combine_chunks()
        asked = NearestRequest(vectors=np.array([vector[0].as_py()], np.float32), side="look", k=10)
        shown_before = [one.panel_id for one in opened.nearest(asked)[0]]
        decide(library, "exclude", sorted({panel.partition("/")[0] for panel in shown_before[:4]}))
        left = opened.nearest(asked)[0]
        hidden = {panel.partition("/")[0] for panel in shown_before[:4]}
        rest = sum(shown(library).values())
        assert len(left) == min(10, rest)
        assert not {one.panel_id.partition("/")[0] for one in left} & hidden


def test_a_damaged_report_costs_a_search_for_findings_and_nothing_else(library: Path) -> None:
    with search.open(library) as opened:
        opened.warm()
        warm = opened.snapshot()
        (library / "audit.json").write_text("{", "utf-8")
        with pytest.raises(LibraryError, match="make it anew"):
            opened.query("audit:blank")
        assert opened.snapshot() is warm


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
    book = ids(library)["alone"]
    (library / "curation.json").write_text("{", "utf-8")
    with pytest.raises(LibraryFormatError, match="restore the file from a backup"):
        decide(library, "exclude", [book])
    assert (library / "curation.json").read_text("utf-8") == "{"


def test_the_command_does_and_lists(library: Path) -> None:
    book = ids(library)["alone"]
    where = ["--library", str(library)]
    done = CliRunner().invoke(audit, [book, *where, "--apply", "exclude"])
    assert (done.exit_code, "1 book left out" in done.output) == (0, True)
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
