import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import lancedb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import QueryError
from schemas.messages import SearchRequest
from schemas.tables import BOOKS, PANELS
from search.answers.continuing import PLACES, RANKINGS, no_rankings
from search.answers.paging import MAX_DEPTH, Cursor
from search.execution import Ranking
from search.library import Library, open_library
from search.state.opening import identity_of
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec, book_of
from tests.search.conftest import fake_encoders

POTIONS = 330
"""More than one look of 200 candidates finds."""


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a word that stands in many panels, all a little different."""
    pages = tuple(
        PageSpec(
            tuple(
                PanelSpec(f"potion number {page * 6 + n} of the wizard {'very ' * (n % 3)}old")
                for n in range(6)
            )
        )
        for page in range(POTIONS // 6)
    )
    return builders.create(tmp_path_factory.mktemp("paging") / "lib", BookSpec("Potions", pages))


def all_pages(library: Library, **parts: object) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        response = library.search(SearchRequest(**parts, cursor=cursor))  # type: ignore[arg-type]
        pages.append([hit.panel_id for hit in response.hits])
        cursor = response.cursor
        if cursor is None:
            return pages


@pytest.mark.parametrize("limit", [7, 50, 199])
def test_paging_shows_every_panel_once(long_folder: Path, limit: int) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        pages = all_pages(library, text="potion", limit=limit)
    shown = [panel for page in pages for panel in page]
    assert len(shown) == len(set(shown)) == POTIONS
    assert all(len(page) <= limit for page in pages)


def test_first_page_says_that_more_may_exist(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        response = library.search(SearchRequest(text="potion"))
    assert 200 <= response.total < POTIONS
    assert not response.total_is_exact


def test_grouped_paging_shows_every_page_once(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        pages = all_pages(library, text="potion", group_by="page", limit=9)
    shown = [panel.partition("#")[0] for page in pages for panel in page]
    assert len(shown) == len(set(shown)) == POTIONS // 6


def test_paging_goes_on_unmoved_while_a_writer_adds_books(tmp_path: Path) -> None:
    pages = tuple(PageSpec((PanelSpec(f"potion {n} of the wizard"),)) for n in range(60))
    path = builders.create(tmp_path / "lib", BookSpec("First", pages))
    with open_library(path, encoders=fake_encoders()) as library:
        undisturbed = [panel for page in all_pages(library, text="potion", limit=10) for panel in page]
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        response = library.search(SearchRequest(text="potion", limit=10))
        shown = [hit.panel_id for hit in response.hits]
        while response.cursor is not None:
            builders.add(path, book_of(f"later {len(shown)}", "potion potion", "a potion"))
            response = library.search(SearchRequest(text="potion", limit=10, cursor=response.cursor))
            shown += [hit.panel_id for hit in response.hits]
        assert shown == undisturbed
        assert library.search(SearchRequest(text="potion", limit=200)).total > len(undisturbed)


def test_cursor_goes_on_in_another_process(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        first = library.search(SearchRequest(text="potion", limit=20))
        second = library.search(SearchRequest(text="potion", limit=20, cursor=first.cursor))
    with open_library(long_folder, encoders=fake_encoders()) as fresh:
        again = fresh.search(SearchRequest(text="potion", limit=20, cursor=first.cursor))
    assert [hit.panel_id for hit in again.hits] == [hit.panel_id for hit in second.hits]


def test_offset_jumps_to_the_same_hits_as_paging(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        first = library.search(SearchRequest(text="potion", limit=20))
        paged = library.search(SearchRequest(text="potion", limit=20, cursor=first.cursor))
        jumped = library.search(SearchRequest(text="potion", limit=20), offset=20)
    assert [hit.panel_id for hit in jumped.hits] == [hit.panel_id for hit in paged.hits]


def test_offset_beyond_the_end_finds_nothing_and_ends(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        response = library.search(SearchRequest(text="potion"), offset=5_000)
    assert response.hits == ()
    assert response.cursor is None


def test_cursor_of_another_search_is_refused(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        cursor = library.search(SearchRequest(text="potion")).cursor
        with pytest.raises(QueryError, match="another search"):
            library.search(SearchRequest(text="wizard", cursor=cursor))


def test_cursor_of_versions_that_are_gone_has_expired(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        cursor = library.search(SearchRequest(text="potion")).cursor
        assert cursor is not None
        gone = replace(Cursor.decode(cursor, name_of(long_folder)), panels_version=999_999)
        with pytest.raises(QueryError, match="expired"):
            library.search(SearchRequest(text="potion", cursor=gone.encode(name_of(long_folder))))


def name_of(path: Path) -> str:
    """What cursors of a library are sealed with."""
    return str(identity_of(path))


def test_a_changed_cursor_is_refused(long_folder: Path) -> None:
    with open_library(long_folder, encoders=fake_encoders()) as library:
        cursor = library.search(SearchRequest(text="potion")).cursor
        assert cursor is not None
        data = json.loads(base64.urlsafe_b64decode(cursor + "=="))
        data[3] += 1
        forged = base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")
        with pytest.raises(QueryError, match="was changed, or is of another library: search again"):
            library.search(SearchRequest(text="potion", cursor=forged))


def test_a_cursor_of_another_library_of_equal_versions_is_refused(long_folder: Path, tmp_path: Path) -> None:
    other = builders.create(tmp_path / "lib", book_of("Other", *["another potion"] * 3))
    with open_library(long_folder, encoders=fake_encoders()) as library:
        cursor = library.search(SearchRequest(text="potion")).cursor
    with (
        open_library(other, encoders=fake_encoders()) as library,
        pytest.raises(QueryError, match="of another library"),
    ):
        library.search(SearchRequest(text="potion", cursor=cursor))


def replaced(path: Path, book: BookSpec) -> None:
    """Put a book in its own place, as the writer does: two states of it for a while, then one."""
    database = lancedb.connect(str(path))
    builders.add(path, book, listed=False)
    database.open_table(BOOKS).delete(f"book_id = '{book.book_id}'")
    builders.list_book(path, book)
    database.open_table(PANELS).delete(f"book_id = '{book.book_id}' AND ingest_rev != '{book.ingest_rev}'")


def test_a_cursor_whose_files_are_gone_has_expired_and_is_no_damage(tmp_path: Path) -> None:
    books = [book_of(f"Book {n}", *(f"potion {n} {m}" for m in range(30))) for n in range(3)]
    path = builders.create(tmp_path / "lib", *books)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        first = library.search(SearchRequest(text="potion", limit=10))
        for book in books:
            replaced(path, replace(book, ingest_rev="rev2"))
        for name in (PANELS, BOOKS):
            table = lancedb.connect(str(path)).open_table(name)
            table.optimize(cleanup_older_than=timedelta(milliseconds=1), delete_unverified=True)
        with pytest.raises(QueryError, match="have expired, the library has moved on: search again"):
            library.search(SearchRequest(text="potion", limit=10, cursor=first.cursor))
        assert len(library.search(SearchRequest(text="potion", limit=10)).hits) == 10


@pytest.mark.slow
def test_ten_thousand_hits_are_shown_once_each_while_a_writer_replaces_books(tmp_path: Path) -> None:
    books = [
        BookSpec(
            f"Book {n:03d}",
            tuple(
                PageSpec(tuple(PanelSpec(f"potion {n} {page} {m} brewed") for m in range(10)))
                for page in range(10)
            ),
        )
        for n in range(101)
    ]
    path = builders.create(tmp_path / "lib", *books)
    done, turns = Event(), 0

    def write() -> None:
        nonlocal turns
        while not done.is_set():
            replaced(path, replace(books[turns % len(books)], ingest_rev=f"rev{turns + 2}"))
            turns += 1

    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        request = SearchRequest(text="potion", limit=200, collapse_duplicates=False)
        response = library.search(request)
        seen = [hit.panel_id for hit in response.hits]
        writer = Thread(target=write)
        writer.start()
        try:
            while response.cursor is not None:
                response = library.search(replace(request, cursor=response.cursor))
                seen += [hit.panel_id for hit in response.hits]
        finally:
            done.set()
            writer.join()
        assert library._rankings.size <= PLACES
    assert turns > 3
    assert len(seen) == len(set(seen)) == 10_100


numbers = st.integers(1, 2**40)
cursors = st.builds(
    Cursor,
    panels_version=numbers,
    books_version=numbers,
    digest=st.text("0123456789abcdef", min_size=24, max_size=24),
    offset=st.integers(0, 10_000),
    base=st.integers(200, 1000),
    depth=st.integers(0, MAX_DEPTH),
)


@given(cursors, st.text(max_size=20))
def test_cursors_survive_their_journey(cursor: Cursor, library: str) -> None:
    assert Cursor.decode(cursor.encode(library), library) == cursor
    with pytest.raises(QueryError, match="another library"):
        Cursor.decode(cursor.encode(library), f"{library}.")


@given(
    st.text(max_size=1_200)
    | st.binary(max_size=200).map(lambda data: base64.urlsafe_b64encode(data).decode())
)
def test_garbage_is_no_cursor(word: str) -> None:
    with pytest.raises(QueryError, match="no cursor"):
        Cursor.decode(word)


json_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@given(st.lists(json_values, min_size=5, max_size=8) | st.dictionaries(st.text(), json_values))
def test_forged_cursors_are_refused_or_within_bounds(data: object) -> None:
    word = base64.urlsafe_b64encode(json.dumps(data).encode()).decode()
    try:
        cursor = Cursor.decode(word)
    except QueryError:
        return
    assert 200 <= cursor.base <= 1000
    assert 0 <= cursor.depth <= MAX_DEPTH


def test_lists_kept_for_cursors_are_few_or_short() -> None:
    kept = no_rankings()
    for key in range(2 * RANKINGS):
        kept.get((key,), lambda: Ranking((), 0, is_complete=True))
    assert len(kept) == RANKINGS
