"""Stories as rows: made with their book, made anew when its pages are retyped, never half so."""

import shutil
from pathlib import Path

import pytest

from indexer.care.repair import repair
from indexer.care.report import verify_library
from indexer.library.export import current_rows, export_tables, open_table
from indexer.library.ledger import Ledger
from indexer.library.retyping import correct_pages, set_page_types
from indexer.library.rewriting import finish_rewriting
from indexer.library.rows import retyped, with_column
from indexer.library.store import LibraryWriter
from schemas.errors import LibraryFormatError
from schemas.labels import PageType
from schemas.tables import BOOKS, PAGES, PANELS, STORIES, LibraryFormat, read_revision
from tests.indexer.builders import Models, contents, rows, run_index, write_book

PAGE_COUNT = 8
LETTERED = "It was a dark"
"""What the fake reader finds large on every page."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one book, and the library of it."""
    folder = tmp_path_factory.mktemp("stories")
    write_book(folder / "comics" / "anthology.cbz", seed=3, pages=PAGE_COUNT)
    run_index(folder / "comics", folder / "library")
    return folder


@pytest.fixture
def comics(shelf: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shelf / "comics", tmp_path / "comics", copy_function=shutil.copy2))


@pytest.fixture
def library(shelf: Path, tmp_path: Path, comics: Path) -> Path:
    """That library, of books that lie where this test may change them."""
    copied = Path(shutil.copytree(shelf / "library", tmp_path / "library"))
    run_index(comics, copied)
    return copied


def wrong(library: Path) -> set[str]:
    """What verify finds, but for the names of the fakes, which no registry knows."""
    return {found.check for found in verify_library(library, sample=0).findings} - {"encoders"}


def pages_of(library: Path) -> list[str]:
    return [str(row["page_id"]) for row in rows(library, PAGES)]


def as_two_stories(library: Path) -> dict[str, PageType]:
    """A cover, a story of three pages with an advertisement within, another one of three."""
    kinds = [PageType.COVER, PageType.FIRST_PAGE, PageType.ADVERTISEMENT, PageType.STORY]
    kinds += [PageType.FIRST_PAGE, PageType.STORY, PageType.STORY, PageType.TEXT]
    return dict(zip(pages_of(library), kinds, strict=True))


def told(library: Path) -> list[tuple[object, ...]]:
    names = ("number", "first_page", "last_page", "page_count", "panel_count", "page_type", "title")
    return [tuple(row[name] for name in names) for row in rows(library, STORIES)]


def test_a_book_comes_with_its_stories_and_a_judgement_of_whether_it_is_a_comic(library: Path) -> None:
    [book], stories = rows(library, BOOKS), rows(library, STORIES)
    assert book["story_count"] == len(stories) >= 1
    assert 0.0 <= float(str(book["comic"])) <= 1.0
    assert {story["ingest_rev"] for story in stories} == {book["ingest_rev"]}


def test_retyped_pages_make_other_stories_at_once(library: Path) -> None:
    set_page_types(library, as_two_stories(library))
    panels = [row["panel_count"] for row in rows(library, PAGES)]
    assert (
        told(library)
        == [
            (1, 2, 4, 2, panels[1] + panels[3], "story", LETTERED),  # type: ignore[operator]
            (2, 5, 7, 3, sum(map(int, map(str, panels[4:7]))), "story", LETTERED),
        ]
    )
    assert not wrong(library)


def test_a_retyped_book_is_up_to_date_and_keeps_its_stories_when_read_anew(
    library: Path, comics: Path
) -> None:
    set_page_types(library, as_two_stories(library))
    models = Models()
    assert run_index(comics, library, models).unchanged == 1
    assert models.loads == 0
    before = told(library)
    with Ledger.open(library) as ledger:
        ledger.mark_damaged([str(row["book_id"]) for row in rows(library, BOOKS)])
    run_index(comics, library)
    assert told(library) == before


def test_a_stated_title_is_that_of_the_story_on_whose_first_page_it_was_put_and_stays(
    library: Path, comics: Path
) -> None:
    pages = pages_of(library)
    correct_pages(library, as_two_stories(library), {pages[4]: "The Lamp"})
    assert [row["title"] for row in rows(library, STORIES)] == [LETTERED, "The Lamp"]
    with Ledger.open(library) as ledger:
        ledger.mark_damaged([str(row["book_id"]) for row in rows(library, BOOKS)])
    assert run_index(comics, library).indexed == 1
    assert [row["title"] for row in rows(library, STORIES)] == [LETTERED, "The Lamp"]
    correct_pages(library, {}, {pages[4]: None})
    assert [row["title"] for row in rows(library, STORIES)] == [LETTERED, LETTERED]


@pytest.mark.parametrize("written", [1, 2, 3])
def test_dead_between_the_tables_of_a_retyping_no_reader_sees_a_mixture_and_the_next_run_ends_it(
    library: Path, comics: Path, tmp_path: Path, written: int
) -> None:
    whole = Path(shutil.copytree(library, tmp_path / "whole"))
    set_page_types(whole, as_two_stories(whole))
    before = {name: rows(library, name) for name in (PAGES, STORIES, PANELS)}
    die_while_retyping(library, written)
    books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev"])
    for name in (PAGES, STORIES, PANELS):
        key = {PAGES: "page_id", STORIES: "story_id", PANELS: "panel_id"}[name]
        table = open_table(library, name)
        kinds = ["first_page"] if name == STORIES else ["page_type"]
        seen = current_rows(table, books, [key, "book_id", "ingest_rev", *kinds]).to_pylist()
        old = {row[key]: row[kinds[0]] for row in before[name]}
        assert all(old[row[key]] == row[kinds[0]] for row in seen)
    run_index(comics, library)
    assert told(library) == told(whole)
    assert contents(library) == contents(whole)
    assert not wrong(library)


def die_while_retyping(library: Path, written: int) -> None:
    """Leave a library as a process does that is killed after ``written`` of the four tables."""
    known = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata)
    store = LibraryWriter.open(library, known)
    [book] = rows(library, BOOKS)
    book_id, kinds = str(book["book_id"]), as_two_stories(library)
    with Ledger.open(library) as ledger:
        by_picture = {str(row["sha256"]): kinds[str(row["page_id"])] for row in rows(library, PAGES)}
        ledger.remember_corrections(by_picture, {})
        ledger.unsettle([book_id])
    revision = f"{read_revision(str(book['ingest_rev']))}+torn"
    tables = {}
    for name in (PAGES, STORIES, PANELS)[:written]:
        found = store.rows_of(name, book_id)
        found = found if name == STORIES else retyped(found, kinds)
        tables[name] = with_column(found, "ingest_rev", [revision] * len(found))
    store.rewrite_book(book_id, tables)


def test_what_is_whole_or_was_never_stored_is_left_alone(library: Path) -> None:
    known = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata)
    before, store = contents(library), LibraryWriter.open(library, known)
    with Ledger.open(library) as ledger:
        ledger.unsettle(["0" * 24, str(rows(library, BOOKS)[0]["book_id"])])
        assert not finish_rewriting(store, ledger)
    assert contents(library) == before


def test_a_lost_table_of_stories_is_made_anew_from_the_pages(library: Path) -> None:
    set_page_types(library, as_two_stories(library))
    before = told(library)
    shutil.rmtree(library / "stories.lance")
    with pytest.raises(LibraryFormatError, match="lost its table 'stories'"):
        verify_library(library, sample=0)
    assert any("made the stories of 1 books anew" in line for line in repair(library, sample=0))
    assert told(library) == before
    assert not wrong(library)


def test_stories_are_exported_with_the_other_tables(library: Path, tmp_path: Path) -> None:
    written = export_tables(library, tmp_path / "out")
    assert written[STORIES] == len(rows(library, STORIES))
