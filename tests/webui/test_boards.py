"""Boards over the API: two tabs, panels that are gone and come back, and files to take along."""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

import search
from indexer.running.indexing import Scope, index_library
from schemas.config import IndexOptions
from tests.comics import write_cbz
from tests.webui.test_api import assert_error, hits
from webui import WebConfig, create_app

OPTIONS = IndexOptions(workers=1, reader="none")


@pytest.fixture
def client(library_path: Path, tmp_path: Path) -> Iterator[FlaskClient]:
    """A client on a copy: boards change the library's folder."""
    library = tmp_path / "library"
    shutil.copytree(library_path, library)
    with create_app(WebConfig(library=library)).test_client() as client:
        yield client


@pytest.fixture
def panels(client) -> list[str]:
    return [hit["panel_id"] for hit in hits(client.get("/api/v1/search?q=umbrella&min_score=0"))][:4]


def make(client, panels=(), title="Rain") -> dict:
    answer = client.post("/api/v1/boards", json={"title": title, "panels": list(panels)})
    assert answer.status_code == 201, answer.get_json()
    assert answer.headers["Location"].endswith(answer.get_json()["board_id"])
    return answer.get_json()


def shown(board) -> list[str]:
    return [item["panel_id"] for item in board["items"]]


def test_board_is_made_filled_ordered_and_taken_away(client, panels):
    board = make(client, panels[:2])
    address = f"/api/v1/boards/{board['board_id']}"
    board = client.post(f"{address}/items", json={"panels": [panels[2]], "at": 0, "note": "wet"}).get_json()
    assert shown(board) == [panels[2], panels[0], panels[1]]
    assert board["items"][0]["note"] == "wet"
    order = [item["item_id"] for item in reversed(board["items"])]
    change = {"version": board["version"], "order": order, "title": "Snow"}
    board = client.patch(address, json=change).get_json()
    assert (board["title"], shown(board)) == ("Snow", [panels[1], panels[0], panels[2]])
    board = client.delete(f"{address}/items/{order[0]}").get_json()
    assert shown(board) == [panels[0], panels[2]]
    (listed,) = client.get("/api/v1/boards").get_json()["boards"]
    assert (listed["title"], listed["item_count"], listed["cover_panel_id"]) == ("Snow", 2, panels[0])
    assert client.delete(address).status_code == 204
    assert_error(client.get(address), 404, "not-found")


def test_two_tabs_on_one_board_never_overwrite_each_other_unseen(client, panels):
    board = make(client, panels[:1])
    address = f"/api/v1/boards/{board['board_id']}"
    version = board["version"]
    assert client.patch(address, json={"version": version, "title": "One tab"}).status_code == 200
    refused = client.patch(address, json={"version": version, "title": "Other tab"})
    assert "meanwhile" in assert_error(refused, 409, "conflict")
    current = refused.get_json()["current"]
    assert (current["title"], shown(current)) == ("One tab", panels[:1])
    again = client.patch(address, json={"version": current["version"], "title": "Other tab"})
    assert again.get_json()["title"] == "Other tab"


def test_version_may_be_told_by_if_match(client, panels):
    board = make(client, panels[:1])
    address = f"/api/v1/boards/{board['board_id']}"
    tag = client.get(address).headers["ETag"]
    item = f"{address}/items/{board['items'][0]['item_id']}"
    assert client.patch(item, json={"note": "a"}, headers={"If-Match": tag}).status_code == 200
    for change in (
        client.patch(item, json={"note": "b"}, headers={"If-Match": tag}),
        client.post(f"{address}/items", json={"panels": panels[1:2]}, headers={"If-Match": tag}),
        client.delete(item, headers={"If-Match": tag}),
        client.delete(address, headers={"If-Match": tag}),
    ):
        assert_error(change, 409, "conflict")
    assert_error(client.patch(item, json={"note": "b"}), 400, "query")
    assert_error(client.patch(item, json={"note": "b"}, headers={"If-Match": "soon"}), 400, "query")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "  "},
        {"title": 7},
        {"title": "x" * 201},
        {"title": "x", "note": "n" * 5_001},
        {"title": "x", "more": 1},
        {"title": "x", "panels": ["p"] * 201},
        {"title": "x", "panels": "p"},
        [],
    ],
)
def test_impossible_boards_are_refused(client, body):
    assert_error(client.post("/api/v1/boards", json=body), 400, "query")
    assert client.get("/api/v1/boards").get_json()["boards"] == []


def test_unknown_panels_are_named_and_nothing_is_made(client):
    answer = client.post("/api/v1/boards", json={"title": "x", "panels": ["nope/00001#01"]})
    assert "nope/00001#01" in assert_error(answer, 404, "not-found")
    assert client.get("/api/v1/boards").get_json()["boards"] == []


def test_panel_of_a_deleted_book_is_shown_as_gone_and_found_again_when_the_book_returns(tmp_path):
    books, library = tmp_path / "books", tmp_path / "library"
    books.mkdir()
    one = write_cbz(books / "one.cbz", [["Rain", "Snow"]], title="One")
    write_cbz(books / "two.cbz", [["Hail"]], title="Two")
    index_library([books], library, OPTIONS)
    opened = search.open(library, refresh_seconds=0.0)
    with create_app(WebConfig(library=library), opened).test_client() as client:
        listed = client.get("/api/v1/books").get_json()["books"]
        book = client.get(f"/api/v1/books/{listed[0]['book_id']}").get_json()
        page = client.get(f"/api/v1/pages/{book['pages'][0]['page_id']}").get_json()
        board = make(client, [panel["panel_id"] for panel in page["panels"]])
        address = f"/api/v1/boards/{board['board_id']}"
        stored = one.read_bytes()
        one.unlink()
        index_library([books], library, OPTIONS, scope=Scope(prune=True))
        gone = client.get(address).get_json()
        assert [item["state"] for item in gone["items"]] == ["gone", "gone"]
        assert gone["items"][0]["title"] == "One"
        exported = client.get(f"{address}/export", buffered=True)
        assert zipfile.ZipFile(io.BytesIO(exported.data)).namelist() == [
            *("credits.txt", "board.csv", "board.json")
        ]
        one.write_bytes(stored)
        index_library([books], library, OPTIONS)
        back = client.get(address).get_json()
    assert [item["state"] for item in back["items"]] == ["present", "present"]
    assert shown(back) == shown(board)


def test_zip_has_pictures_under_our_own_names_and_credits(client, panels):
    board = make(client, panels[:3], title="Rain & <b>Snow</b> ../../etc")
    answer = client.get(f"/api/v1/boards/{board['board_id']}/export", buffered=True)
    assert answer.mimetype == "application/zip"
    assert "rain-b-snow-b-etc.zip" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    pictures = [f"pictures/{n:04d}.webp" for n in (1, 2, 3)]
    assert archive.namelist() == [*pictures, "credits.txt", "board.csv", "board.json"]
    for name in pictures:
        assert Image.open(io.BytesIO(archive.read(name))).format == "WEBP"
    credits_ = archive.read("credits.txt").decode()
    assert "licence:" in credits_
    assert board["items"][0]["title"] in credits_
    assert json.loads(archive.read("board.json"))["title"] == board["title"]
    again = client.get(f"/api/v1/boards/{board['board_id']}/export", buffered=True)
    assert again.data == answer.data


def test_table_holds_every_panel_and_no_formula(client, panels):
    board = make(client, panels[:2])
    item = board["items"][1]["item_id"]
    address = f"/api/v1/boards/{board['board_id']}"
    note = '=HYPERLINK("http://evil.example")'
    client.patch(f"{address}/items/{item}", json={"version": board["version"], "note": note})
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"{address}/export?format=csv").get_data(as_text=True)))
    )
    assert [row["panel_id"] for row in rows] == panels[:2]
    assert rows[1]["note"] == f"'{note}"
    told = client.get(f"{address}/export?format=json").get_json()
    assert told["items"][1]["note"] == note
    assert told["credits"]
