"""Hostile and unlucky input, end to end: a proper status, the one error shape, and a server that goes on."""

import base64
import io
import json
import os
import shutil
import socket
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from tests.comics import page_with, write_cbz
from tests.webui.serving import Served
from tests.webui.test_api import assert_error, hits, png
from webui import WebConfig, create_app

OPTIONS = IndexOptions(workers=1, reader="none")
MB = 1_000_000


def bomb() -> bytes:
    """A small PNG that declares 400 million pixels."""
    header = bytearray(png())
    header[16:24] = (20_000).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    return bytes(header)


@pytest.mark.parametrize("key", ["q", "dialogue", "cursor", "series", "nonsense"])
def test_query_of_ten_megabytes_is_refused_in_a_line(client, key):
    message = assert_error(client.post("/api/v1/search", json={key: "z" * 10 * MB}), 400, "query")
    assert len(message) < 700  # it names all parameters there are
    answer = client.get("/api/v1/search", query_string={key: "z" * MB})
    assert len(assert_error(answer, 400, "query")) < 2_000


@pytest.mark.parametrize(
    "route", ["boards", "jobs", "search/batch", "boards/x/items"], ids=lambda route: route.replace("/", "-")
)
def test_body_of_ten_megabytes_is_refused(client, route):
    answer = client.post(f"/api/v1/{route}", json={"title": "z" * 10 * MB, "note": "z"})
    assert answer.status_code in (400, 413)
    assert len(answer.get_json()["error"]["message"]) < 500


@pytest.fixture
def port(library_path: Path):
    """A real server, for what a test client cannot send."""
    served = Served(library_path)
    yield int(served.base.rpartition(":")[2])
    served.kill()


def raw(port: int, *parts: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))
        except (ConnectionError, OSError):
            return b""


HOST = b"Host: localhost\r\nConnection: close\r\n"


@pytest.mark.slow
def test_address_of_ten_megabytes_and_broken_requests_leave_the_server_well(port):
    for request in (
        b"GET /?q=" + b"z" * 10 * MB + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"z" * 10 * MB + b"\r\n" + HOST + b"\r\n",
        b"POST /api/v1/search HTTP/1.1\r\nContent-Length: -5\r\n" + HOST + b"\r\n",
        b"POST /api/v1/search HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\nzz\r\n",
        b"POST /api/v1/search HTTP/1.1\r\nContent-Length: 99999999\r\n" + HOST + b"\r\n" + b"z" * 5 * MB,
        b"\x00\xff\r\n\r\n",
    ):
        assert b" 200 " not in raw(port, request)[:20]
    well = raw(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
    assert b" 200 OK" in well
    assert b'"panels":9' in well


def cursor_of(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "forged",
        "=" * 20,
        "A" * 5_000,
        "\u2603",
        cursor_of(),
        cursor_of(1, 1, "x", 0, 200, 0),
        cursor_of(10**30, 1, "x", 0, 200, 0),
        cursor_of(1, 1, "x", -1, 200, 0),
        cursor_of(1, 1, "x", 0, 10**9, 0),
        cursor_of(True, 1, "x", 0, 200, 0),
        cursor_of([], {}, "x", 0, 200, 0),
        cursor_of(999_999, 999_999, "x", 0, 200, 0),
    ],
)
def test_forged_cursor_is_refused_everywhere(client, cursor):
    panel = hits(client.get("/api/v1/search?q=umbrella"))[0]["panel_id"].replace("#", "%23")
    for address in ("/api/v1/search?q=umbrella", f"/api/v1/panels/{panel}/similar?limit=2"):
        assert_error(client.get(f"{address}&cursor={quote(cursor)}"), 400, "query")
    for address, name in (("/opds/search", "q"), ("/opds/v2/search", "query")):
        assert_error(client.get(address, query_string={name: "umbrella", "cursor": cursor}), 400, "query")


def test_picture_bomb_is_refused_by_every_way_in(client):
    packed = base64.b64encode(bomb()).decode()
    form = {"picture": (io.BytesIO(bomb()), "bomb.png")}
    assert_error(client.post("/api/v1/search", data=form), 413, "picture-too-large")
    assert_error(client.post("/api/v1/search", json={"picture": packed}), 413, "picture-too-large")
    batch = client.post("/api/v1/search/batch", json={"searches": [{"picture": packed}]}).get_json()
    assert batch["answers"][0]["error"]["code"] == "picture-too-large"
    page = client.post("/", data={"picture": (io.BytesIO(bomb()), "bomb.png")})
    assert page.status_code == 413
    assert "Traceback" not in page.get_data(as_text=True)


HTML = '<img src=x onerror=alert(1)>"&'


def test_markup_in_metadata_and_file_names_is_shown_as_text(tmp_path):
    folder = tmp_path / "comics"
    folder.mkdir()
    escaped = HTML.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    write_cbz(folder / f"{HTML.replace('/', '')}.cbz", [["a", "b"]], title=escaped, series=escaped)
    index_library([folder], tmp_path / "library", OPTIONS)
    with create_app(WebConfig(library=tmp_path / "library", comics=(tmp_path,))).test_client() as client:
        book = client.get("/api/v1/books").get_json()["books"][0]
        assert HTML in book["title"]
        page = client.get(f"/api/v1/books/{book['book_id']}").get_json()["pages"][0]["page_id"]
        panel = client.get(f"/api/v1/pages/{page}").get_json()["panels"][0]["panel_id"]
        board = client.post(
            "/api/v1/boards", json={"title": HTML, "note": HTML, "panels": [panel]}
        ).get_json()
        pages = ["/", "/books", f"/books/{book['book_id']}", f"/pages/{page}", "/api", "/boards"]
        pages += [f"/boards/{board['board_id']}", f"/?q={HTML.replace('&', '%26')}", f"/?like={panel}"]
        for address in pages:
            answer = client.get(address.replace("#", "%23"))
            assert answer.status_code in (200, 404), address
            assert "<img src=x" not in answer.get_data(as_text=True), address
        for address in ("/opds/books", "/opds/v2/books", f"/api/v1/boards/{board['board_id']}"):
            assert client.get(address).mimetype != "text/html"
            assert client.get(address).headers["X-Content-Type-Options"] == "nosniff"
        name = client.get(f"/api/v1/books/{book['book_id']}/file", buffered=True).headers[
            "Content-Disposition"
        ]
        assert "\n" not in name


def test_page_that_cannot_be_read_is_shown_by_its_thumbnail(tmp_path):
    """The file keeps its size and time, so only reading it tells that it is damaged."""
    folder = tmp_path / "comics"
    folder.mkdir()
    book = write_cbz(folder / "book.cbz", [["a"], ["b"]], title="Book")
    index_library([folder], tmp_path / "library", OPTIONS)
    before = book.stat()
    whole = bytearray(book.read_bytes())
    start = whole.index(b"IDAT")
    whole[start - 8 : start + 4_000] = b"\xff" * 4_008
    book.write_bytes(whole)
    os.utime(book, ns=(before.st_atime_ns, before.st_mtime_ns))
    with create_app(WebConfig(library=tmp_path / "library")).test_client() as client:
        book_id = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
        page = client.get(f"/api/v1/books/{book_id}").get_json()["pages"][0]["page_id"]
        answer = client.get(f"/api/v1/pictures/{page}?side=800")
        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.data)).format == "WEBP"
        assert answer.cache_control.no_store
        assert client.get(f"/pages/{page}").status_code == 200


def test_book_with_an_unreadable_page_is_served_without_it(tmp_path):
    folder = tmp_path / "comics"
    folder.mkdir()
    with zipfile.ZipFile(folder / "book.cbz", "w") as book:
        book.writestr("p1.png", page_with(["a"], seed=1))
        book.writestr("p2.png", b"no picture at all")
    index_library([folder], tmp_path / "library", OPTIONS)
    with create_app(WebConfig(library=tmp_path / "library")).test_client() as client:
        book_id = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
        detail = client.get(f"/api/v1/books/{book_id}").get_json()
        assert detail["status"] == "partial"
        assert detail["failures"][0]["page_no"] == 2
        (entry,) = client.get("/api/v1/quarantine").get_json()["books"]
        assert (entry["status"], entry["book_id"]) == ("partial", book_id)
        assert_error(client.get(f"/api/v1/pictures/{book_id}/00002"), 404, "not-found")
        assert client.get(f"/books/{book_id}").status_code == 200


def test_same_book_twice_is_listed_as_such(tmp_path):
    folder = tmp_path / "comics"
    folder.mkdir()
    first = write_cbz(folder / "one.cbz", [["a"]], title="Book")
    shutil.copy(first, folder / "two.cbz")
    index_library([folder], tmp_path / "library", OPTIONS)
    with create_app(WebConfig(library=tmp_path / "library")).test_client() as client:
        told = client.get("/api/v1/duplicates").get_json()
    assert told["total"] == 1
    assert told["books"][0]["sources"] == [str(folder / "one.cbz"), str(folder / "two.cbz")]
