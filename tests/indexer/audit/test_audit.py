"""The audit of a library indexed for real: what it finds, and searches narrowed to each finding."""

import json
import re
import shutil

import pytest

import search
from indexer.audit.files import read_report
from indexer.audit.making import audit_library
from indexer.audit.page import write_page
from schemas.audit import KINDS, AuditReport, Finding, check_finding_id, level_of
from schemas.errors import LibraryError, LibraryFormatError, LibraryNotFoundError, NotFoundError, QueryError


@pytest.fixture(scope="module")
def report(audited) -> AuditReport:
    found = read_report(audited)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def titles(audited) -> dict[str, str]:
    with search.open(audited) as library:
        return {book.book_id: book.title for book in library.books().books}


def of_kind(report: AuditReport, kind: str, titles: dict[str, str]) -> list[list[str]]:
    """Items of each finding as title and page number."""
    return [
        [
            titles[item.partition("/")[0]] + item[24:].partition("#")[0].replace("/0000", " ")
            for item in one.items
        ]
        for one in report.named(kind)
    ]


def test_copies_and_issues_within_a_collection_are_found(report, titles):
    assert of_kind(report, "near-books", titles) == [["issue", "issue again"]]
    inside = of_kind(report, "contained-book", titles)
    assert sorted(inside) == [["collection", "issue"], ["collection", "issue again"]]
    facts = report.named("contained-book")[0].facts
    assert (facts["first"], facts["last"], facts["pages"]) == (5, 9, 5)


def test_a_page_of_many_books_is_no_copy_of_a_book(report, titles):
    (pages,) = of_kind(report, "watermark", titles)
    assert sorted(pages) == ["alone 4", "issue 6", "other 4"]
    assert of_kind(report, "near-pages", titles) == []


def test_blank_pages_are_told_and_are_copies_of_nothing(report, titles):
    (blank,) = of_kind(report, "blank", titles)
    assert sorted(blank) == ["alone 2", "other 2"]
    double = [item for found in report.findings if KINDS[found.kind].copies for item in found.items]
    assert not {item for item in double if item[24:] == "/00002" and titles[item[:24]] in ("alone", "other")}


def test_each_filter_finds_exactly_the_panels_of_its_finding(audited, report):
    with search.open(audited) as library:
        every = [hit.panel_id for hit in library.query("page:>=1", limit=100).hits]
        whole = library.stats().panels
        for found in report.findings:
            hits = [hit.panel_id for hit in library.query(found.filter, limit=100).hits]
            expected = {
                panel
                for panel in _all_panels(library)
                if panel in found.items or panel[:30] in found.items or panel[:24] in found.items
            }
            assert set(hits) == expected, found.finding_id
            assert len(hits) == len(set(hits))
            rest = library.query(f"-{found.filter} page:>=1", limit=100)
            assert not {hit.panel_id for hit in rest.hits} & expected
        assert len(every) < whole  # copies are folded, but not for an audit
        both = {hit.panel_id for hit in library.query("audit:near-books audit:watermark", limit=100).hits}
        assert len(both) == 32 + 4


def _all_panels(library: search.Library) -> list[str]:
    books = library.books().books
    pages = [page for book in books for page in library.book(book.book_id).pages]
    return [panel.panel_id for page in pages for panel in library.page(page.page_id).panels]


def test_filters_that_name_nothing_are_refused(audited, tmp_path):
    with search.open(audited) as library:
        with pytest.raises(QueryError, match="there is no audit:"):
            library.query("audit:smells")
        with pytest.raises(NotFoundError, match="has no finding 'blank-00000000'"):
            library.query("audit:blank-00000000")
        assert library.query("audit:dark").hits == ()
    bare = tmp_path / "bare"
    shutil.copytree(audited, bare)
    (bare / "audit.json").unlink()
    with search.open(bare) as library, pytest.raises(NotFoundError, match="not audited yet"):
        library.query("audit:blank")


@pytest.mark.parametrize("data", ["", "[]", "{", '{"findings": 3}', '{"findings": [{"kind": "x"}]}'])
def test_a_damaged_report_says_how_to_make_it_anew(audited, tmp_path, data):
    copy = shutil.copytree(audited, tmp_path / "library")
    (copy / "audit.json").write_text(data)
    with pytest.raises(LibraryFormatError, match="make it anew with 'longbox audit'"):
        read_report(copy)
    with search.open(copy) as library, pytest.raises(LibraryError, match="make it anew"):
        library.query("audit:blank")


def test_the_report_is_a_page_by_itself_and_everything_in_it_is_escaped(audited, report, tmp_path):
    hostile = Finding("non-comic", report.findings[0].items[:1], {"title": "<script>x", "reason": "a&b"})
    told = AuditReport("now<b>", 1, 2, 3, (hostile, *report.findings), {"look <i>": 1.0}, notes=("<p>",))
    write_page(audited, told, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in html
    for told_plainly in ("&lt;script&gt;x", "a&amp;b", "now&lt;b&gt;", "look &lt;i&gt;", "&lt;p&gt;"):
        assert told_plainly in html
    assert html.count('<img src="data:image/webp;base64,') >= 10
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", html)
    for found in report.findings:
        assert found.filter in html


def test_the_same_library_is_told_of_in_the_same_words(audited, report, tmp_path):
    again = audit_library(shutil.copytree(audited, tmp_path / "library"), with_copies=False)
    plain = [found for found in report.findings if found.kind in ("blank", "dark", "landscape", "white")]
    assert [
        found for found in again.findings if found.kind in ("blank", "dark", "landscape", "white")
    ] == plain
    assert AuditReport.from_json(json.dumps(report.to_json()).encode()) == report


def test_no_library_is_no_library(tmp_path):
    with pytest.raises(LibraryNotFoundError):
        audit_library(tmp_path / "nothing")


def test_ids_of_findings_go_by_what_they_are_about():
    first, second = Finding("blank", ("a" * 24,)), Finding("blank", ("b" * 24,))
    assert first.finding_id != second.finding_id
    assert Finding("blank", ("a" * 24,)).finding_id == first.finding_id
    assert [check_finding_id(name) for name in (first.finding_id, "blank")] == [first.finding_id, "blank"]
    assert [level_of(one) for one in ("a", "a/1", "a/1#1")] == ["book", "page", "panel"]
