import json
from pathlib import Path

import pytest

from schemas.errors import NotFoundError, QueryError
from schemas.facets import FacetValue
from schemas.tables import page_id
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import THUMBNAIL, book_of, panel_key
from tests.search.conftest import WITCH, fake_encoders


def test_page_shows_its_panels_in_reading_order_and_its_neighbours(library: Library) -> None:
    page = library.page(page_id(WITCH.book_id, 2))
    assert [panel.panel_no for panel in page.panels] == [1, 2, 3]
    assert page.panels[0].text == "A dragon sleeps in the kitchen"
    assert page.panels[0].texts[0].kind == "dialogue"
    assert page.previous_page_id == page_id(WITCH.book_id, 1)
    assert page.next_page_id == page_id(WITCH.book_id, 3)
    assert (page.title, page.source, page.page_file) == ("Witch", "/comics/Witch.cbz", "p02.png")
    assert (page.width_px, page.height_px, page.page_count, page.direction) == (800, 1200, 3, "ltr")


def test_first_and_last_page_have_one_neighbour(library: Library) -> None:
    assert library.page(page_id(WITCH.book_id, 1)).previous_page_id is None
    assert library.page(page_id(WITCH.book_id, 3)).next_page_id is None


def test_panel_neighbours_cross_the_page(library: Library) -> None:
    panel = library.panel(panel_key(WITCH, 1, 2))
    assert panel.previous_panel_id == panel_key(WITCH, 1, 1)
    assert panel.next_panel_id == panel_key(WITCH, 2, 1)
    assert panel.panel.text == "The potion of Genius"
    assert panel.series == "Witch Tales"


def test_book_shows_its_pages(library: Library) -> None:
    book = library.book(WITCH.book_id)
    assert [page.page_type for page in book.pages] == ["story", "story", "advertisement"]
    assert (book.title, book.year, book.failures, book.genres) == ("Witch", 1999, (), ())


def test_books_are_listed_by_title_in_slices(library: Library) -> None:
    first = library.books(offset=0, limit=3)
    assert [book.title for book in first.books] == ["Manga", "Manhwa", "Noisy"]
    assert first.total == 4
    assert [book.title for book in library.books(offset=3, limit=3).books] == ["Witch"]
    assert first.books[0].cover_id == page_id(first.books[0].book_id, 1)


def test_latest_books_come_first_on_demand(library: Library) -> None:
    assert len(library.books(order="recent").books) == 4


def test_books_are_sorted_by_year_and_by_length(library: Library) -> None:
    assert [book.title for book in library.books(order="year").books][:2] == ["Noisy", "Witch"]
    assert library.books(order="pages").books[-1].title == "Manhwa"


def test_books_are_sifted_by_words_of_title_or_series_and_by_state(library: Library) -> None:
    assert [book.title for book in library.books(matching="tales WITCH").books] == ["Witch"]
    assert library.books(matching="man").total == 2
    assert library.books(matching="witch nowhere").total == 0
    assert library.books(status="missing").total == 0
    assert library.books(status="ready").total == 4


@pytest.mark.parametrize("bounds", [{"offset": -1}, {"limit": 0}, {"limit": 501}, {"order": "size"}])
def test_impossible_bounds_are_refused(library: Library, bounds: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        library.books(**bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "item",
    [
        "",
        "x",
        "x/00001",
        "x/00001#01",
        f"{WITCH.book_id}/99999",
        f"{WITCH.book_id}/00001#99",
        "' or 1=1 --",
        "é" * 500,
    ],
)
def test_what_is_not_there_is_not_found(library: Library, item: str) -> None:
    for look in (library.book, library.page, library.panel, library.thumbnail):
        with pytest.raises(NotFoundError, match="the library has no") as caught:
            look(item)
        assert len(str(caught.value)) < 160


def test_thumbnail_is_the_stored_picture(library: Library) -> None:
    assert library.thumbnail(page_id(WITCH.book_id, 1)) == THUMBNAIL


def test_facets_count_panels(library: Library) -> None:
    facets = library.facets()
    assert facets.series == (FacetValue("Witch Tales", 6),)
    assert facets.languages == (FacetValue("en", 9), FacetValue("ja", 3), FacetValue("ko", 2))
    assert facets.page_types == (FacetValue("story", 13), FacetValue("advertisement", 1))
    assert facets.years == (FacetValue("1999", 6), FacetValue("2005", 3))


def test_facets_follow_the_library(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", book_of("One", "a", series="First"))
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        assert library.facets() is library.facets()
        builders.add(path, book_of("Two", "b", series="Second"))
        assert [facet.value for facet in library.facets().series] == ["First", "Second"]


def test_everything_shown_is_json(library: Library) -> None:
    panel = panel_key(WITCH, 2, 1)
    shown = (
        library.stats(),
        library.facets(),
        library.books(),
        library.book(WITCH.book_id),
        library.page(page_id(WITCH.book_id, 2)),
        library.panel(panel),
    )
    data = [json.loads(json.dumps(item.to_json())) for item in shown]
    assert data[5]["panel_id"] == panel
    assert data[4]["panels"][0]["box"] == [0.1, 0.1, 0.5, 0.18]
