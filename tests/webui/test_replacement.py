"""Another library takes the place of the one that is served: never stale, never mixed."""

import threading
from pathlib import Path

import pytest

from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from tests.comics import write_cbz
from tests.webui.test_api import assert_error
from webui import WebConfig, create_app

OPTIONS = IndexOptions(workers=1, reader="none")


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two libraries written in the same way, so that even their versions are the same."""
    for name in ("rain", "snow"):
        folder = tmp_path / f"comics-{name}"
        folder.mkdir()
        write_cbz(
            folder / "book.cbz", [[name, name], [name]], title=name.title(), year=1 + len(name) + ord(name[0])
        )
        index_library([folder], tmp_path / name, OPTIONS)
    return tmp_path / "rain", tmp_path / "snow"


def titles(client) -> list[str]:
    return [book["title"] for book in client.get("/api/v1/books").get_json()["books"]]


def swap(served: Path, other: Path) -> None:
    aside = served.with_name("aside")
    served.rename(aside)
    other.rename(served)
    aside.rename(other)


def test_server_goes_on_with_the_new_library_at_once(two):
    served, other = two
    with create_app(WebConfig(library=served)).test_client() as client:
        assert titles(client) == ["Rain"]
        book = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
        page = client.get(f"/api/v1/books/{book}").get_json()["pages"][0]["page_id"]
        panel = client.get(f"/api/v1/pages/{page}").get_json()["panels"][0]["panel_id"].replace("#", "%23")
        cursor = client.get(f"/api/v1/panels/{panel}/similar?min_score=0&limit=1").get_json()["cursor"]
        addresses = [f"/api/v1/{kind}/{page}" for kind in ("pages", "pictures", "thumbnails")]
        addresses += [f"/api/v1/{kind}/{panel}" for kind in ("panels", "crops", "thumbnails")]
        assert all(client.get(address).status_code == 200 for address in addresses)
        swap(served, other)
        assert titles(client) == ["Snow"]
        assert client.get("/api/v1/facets").get_json()["series"]
        for address in addresses:
            assert_error(client.get(address), 404, "not-found")
        going_on = client.get(f"/api/v1/panels/{panel}/similar?min_score=0&limit=1&cursor={cursor}")
        assert going_on.status_code in (400, 404)
        swap(served, other)
        assert titles(client) == ["Rain"]
        assert all(client.get(address).status_code == 200 for address in addresses)


def test_no_answer_is_mixed_while_libraries_are_swapped(two):
    served, other = two
    app = create_app(WebConfig(library=served))
    done, odd = threading.Event(), []

    def ask() -> None:
        client = app.test_client()
        while not done.is_set():
            answer = client.get("/api/v1/books")
            if answer.status_code != 200:
                if answer.status_code != 503:
                    odd.append(answer.get_json())
                continue
            (book,) = answer.get_json()["books"]
            detail = client.get(f"/api/v1/books/{book['book_id']}")
            if detail.status_code == 200 and detail.get_json()["title"] != book["title"]:
                odd.append((book, detail.get_json()))
            if f"comics-{book['title'].lower()}" not in book["source"]:
                odd.append(book)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        swap(served, other)
        threading.Event().wait(0.05)
    done.set()
    for thread in threads:
        thread.join()
    assert odd == []
    assert titles(app.test_client()) == ["Rain"]


def test_answer_made_while_the_library_was_replaced_is_no_answer(two, monkeypatch):
    served, other = two
    app = create_app(WebConfig(library=served))
    read = app.extensions["longbox"].library.books

    def read_and_swap(**how):
        found = read(**how)
        swap(served, other)
        return found

    monkeypatch.setattr("search.library.Library.books", lambda _self, **how: read_and_swap(**how))
    answer = app.test_client().get("/api/v1/books")
    assert_error(answer, 503, "library-replaced")
    assert answer.headers["Retry-After"] == "1"
