"""The library page and its statistics, as a browser without JavaScript gets them."""

import os
import shutil
from pathlib import Path

import pytest

from indexer.daemon.status import DaemonState, DaemonStatus, Reading, publish
from indexer.daemon.tasks import Aim, TaskState
from schemas.facets import FacetValue
from tests.webui.test_pages import html
from webui import WebConfig, create_app
from webui.showing.plots import bars, columns


@pytest.fixture
def own_client(library_path: Path, tmp_path: Path):
    """A client on a copy of the library that a test may change, and the copy."""
    library = shutil.copytree(library_path, tmp_path / "library")
    with create_app(WebConfig(library=library)).test_client() as client:
        yield client, library


def test_books_are_sifted_and_sorted_by_the_address(client):
    page = html(client.get("/books?q=moo"))
    assert "Moons" in page
    assert "Trains" not in page
    by_year = html(client.get("/books?order=year"))
    assert by_year.index("Trains") < by_year.index("Moons")


def test_title_that_no_book_has_leads_back_to_all_books(client):
    page = html(client.get("/books?q=zeppelin"))
    assert "No book is called that." in page
    assert 'href="/books"' in page


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/books?order=size", "order is title, recent, year, pages"),
        ("/books?state=lost", "state is partial, missing, failed, copies"),
        ("/books?offset=-1", "offset must be 0 or more"),
        ("/books?offset=x", "must be a whole number"),
    ],
)
def test_impossible_wishes_are_answered_with_what_is_possible(client, address, reason):
    assert reason in html(client.get(address), 400).replace("<p>O", "<p>o").replace("<p>S", "<p>s")


def test_page_past_the_last_book_leads_back_to_the_first(client):
    assert "There are only 3 books." in html(client.get("/books?offset=60"))


def test_daemon_at_work_is_shown_with_what_it_reads(own_client):
    client, library = own_client
    assert "data-live" not in html(client.get("/books"))
    reading = (Reading("/comics/<b>.cbz", Aim.WORDS, pages=3, page_count=12),)
    queue = {TaskState.READING: 1, TaskState.WAITING: 4, TaskState.QUARANTINED: 2}
    publish(
        library,
        DaemonStatus(
            os.getpid(),
            DaemonState.WORKING,
            ("/comics",),
            queue=queue,
            reading=reading,
            pages_per_s=1.5,
            eta_s=600,
            away=("/mnt/away is not there",),
        ),
    )
    for address in ("/books", "/books/progress"):
        page = html(client.get(address))
        assert 'data-live="working"' in page
        assert "5 books to go" in page
        assert "3 / 12" in page
        assert "&lt;b&gt;.cbz" in page
        assert "/mnt/away is not there" in page
    assert client.get("/books/progress").headers["Cache-Control"] == "no-store"


def test_daemon_that_is_stuck_says_why(own_client):
    client, library = own_client
    publish(library, DaemonStatus(os.getpid(), DaemonState.BLOCKED, ("/comics",), trouble="the disk is full"))
    page = html(client.get("/books/progress"))
    assert "Blocked" in page
    assert "the disk is full" in page


def test_library_without_a_ledger_shows_its_books(own_client):
    client, library = own_client
    (library / "ledger.sqlite").unlink()
    assert "Moons" in html(client.get("/books"))


def test_statistics_count_pages(client):
    page = html(client.get("/statistics"))
    assert "<b>6</b>pages" in page
    assert "1988 2, 1999 2, 2005 2" in page


def test_book_page_offers_reading_scrolling_and_searching_in_it(client):
    book = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
    page = html(client.get(f"/books/{book}"))
    for way in (f"/pages/{book}/00001", f"/books/{book}/scroll", f"/?book={book}"):
        assert f'href="{way}"' in page


def test_search_in_a_book_keeps_to_it(client):
    book = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
    start = html(client.get(f"/?book={book}"))
    assert f'<input type="hidden" name="book" value="{book}">' in start
    assert "Moons" in html(client.get(f"/?q=umbrella&book={book}"))  # the chip says its title


def test_strip_shows_every_page_and_loads_later_ones_when_they_come(client):
    book = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
    strip = html(client.get(f"/books/{book}/scroll"))
    assert strip.count('<figure id="page-') == 2
    assert 'width="800" height="1100"' in strip


def test_bars_are_measured_against_the_longest():
    drawn = bars((FacetValue("a", 4), FacetValue("b", 1)), str.upper)
    assert [(bar.label, bar.size) for bar in drawn] == [("A", 100.0), ("B", 25.0)]
    assert bars(()) == ()


def test_years_without_pages_leave_a_gap_and_long_times_are_drawn_in_spans():
    some = (FacetValue("1990", 2), FacetValue("1992", 4))
    assert [(bar.label, bar.size) for bar in columns(some)] == [
        ("1990", 50.0),
        ("1991", 0.0),
        ("1992", 100.0),
    ]
    century = columns((FacetValue("1900", 1), FacetValue("1999", 3)), most=10)
    assert len(century) == 10
    assert (century[0].label, century[-1].count) == ("1900–1909", 3)
    assert columns(()) == ()
