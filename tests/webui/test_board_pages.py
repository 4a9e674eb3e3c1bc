"""Boards as a browser without JavaScript gets them."""

import shutil

import pytest

from indexer.running.indexing import Scope, index_library
from schemas.config import IndexOptions
from tests.comics import write_cbz
from tests.webui.test_pages import html
from webui import WebConfig, create_app

OPTIONS = IndexOptions(workers=1, reader="none")


@pytest.fixture
def place(tmp_path):
    """A client on a library of one book, and the folder of the book."""
    comics = tmp_path / "comics"
    comics.mkdir()
    write_cbz(comics / "moon.cbz", [["A paper moon", "Hold the ladder"]], title="Moon &lt;b&gt;")
    index_library([comics], tmp_path / "library", OPTIONS)
    with create_app(WebConfig(library=tmp_path / "library")).test_client() as client:
        yield client, comics


def make(client, title="Night"):
    book = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
    panels = [f"{book}/00001#01", f"{book}/00001#02"]
    return client.post("/api/v1/boards", json={"title": title, "panels": panels}).get_json()["board_id"]


def test_library_without_boards_says_what_one_is_for(place):
    client, _ = place
    page = html(client.get("/boards"))
    assert "No boards yet." in page
    assert "press b" in page


def test_board_shows_its_panels_in_order_with_links_to_their_pages(place):
    client, _ = place
    page = html(client.get(f"/boards/{make(client)}"))
    first, second = page.index("panel=1#panel-1"), page.index("panel=2#panel-2")
    assert first < second
    for form in ("zip", "csv", "json"):
        assert f"export?format={form}" in page
    assert "More like these" in page


def test_names_of_boards_and_books_are_escaped(place):
    client, _ = place
    board = make(client, title='"><script>alert(1)</script>')
    for address in ("/boards", f"/boards/{board}"):
        page = html(client.get(address))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_panel_that_is_gone_is_said_to_be(place):
    client, comics = place
    board = make(client)
    shutil.rmtree(comics)
    comics.mkdir()
    write_cbz(comics / "other.cbz", [["Something else"]], title="Other")
    library = comics.parent / "library"
    index_library([comics], library, OPTIONS, scope=Scope(prune=True))
    with create_app(WebConfig(library=library)).test_client() as later:
        page = html(later.get(f"/boards/{board}"))
    assert page.count("Not in the library now") == 2
    assert "More like these" not in page


def test_board_that_is_not_there_is_a_page_that_helps(place):
    client, _ = place
    assert "Leaf through the books" in html(client.get("/boards/nowhere"), 404)
