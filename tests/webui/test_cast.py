"""The cast of a book over the API: gathered, named, searched for; and what is refused."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.instances.cli import cast
from webui import WebConfig, create_app


@pytest.fixture(scope="module")
def drawn(drawn_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    copy = tmp_path_factory.mktemp("cast") / "library"
    shutil.copytree(drawn_library, copy)
    with create_app(WebConfig(library=copy)).test_client() as client:
        client.library = copy  # type: ignore[attr-defined]
        yield client


def most_panels(client: FlaskClient) -> str:
    books = client.get("/api/v1/books").get_json()["books"]
    return max(books, key=lambda book: book["panel_count"])["book_id"]


def test_cast_is_gathered_named_once_and_found_by_its_name(drawn: FlaskClient) -> None:
    book = most_panels(drawn)
    told = drawn.get(f"/api/v1/books/{book}/cast").get_json()
    group = told["groups"][0]
    assert group["panels"] >= 2
    assert len({member["panel_id"] for member in group["members"]}) == len(group["members"])
    for member in group["members"]:
        x0, y0, x1, y1 = member["box"]
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1
    left_out = group["members"][-1]["panel_id"]
    kept = group["members"][0]["panel_id"]
    body = {"group": group["group_id"], "name": "Ada", "without": [left_out]}
    made = drawn.post(f"/api/v1/books/{book}/cast", json=body)
    assert made.status_code == 201
    assert made.get_json()["kind"] == "character"
    hits = drawn.get("/api/v1/search", query_string={"element": "Ada", "limit": 100}).get_json()["hits"]
    found = {hit["panel_id"] for hit in hits}
    assert kept in found
    assert left_out not in found


def test_book_page_leads_to_its_cast(drawn: FlaskClient) -> None:
    book = most_panels(drawn)
    assert f"/books/{book}/cast" in drawn.get(f"/books/{book}").get_data(as_text=True)
    assert 'id="groups"' in drawn.get(f"/books/{book}/cast").get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"group": "nobody", "name": "Ada"}, 404),
        ({"group": "1", "name": "<b>"}, 400),
        ({"group": "1"}, 400),
        ({"group": "1", "name": "text"}, 400),
    ],
)
def test_what_cannot_be_named_is_refused(drawn: FlaskClient, body: dict[str, str], status: int) -> None:
    assert drawn.post(f"/api/v1/books/{most_panels(drawn)}/cast", json=body).status_code == status


def test_unknown_book_has_no_cast(drawn: FlaskClient) -> None:
    assert drawn.get("/api/v1/books/nobody/cast").status_code == 404
    assert drawn.get("/books/nobody/cast").status_code == 404


def test_command_names_a_group_and_draws_a_sheet(drawn: FlaskClient, tmp_path: Path) -> None:
    library, book = str(drawn.library), most_panels(drawn)  # type: ignore[attr-defined]
    sheet = tmp_path / "cast.png"
    told = CliRunner().invoke(cast, [book, "--library", library, "--sheet", str(sheet), "--name", "1=Bo"])
    assert told.exit_code == 0, told.output
    assert "groups in" in told.output
    assert "has:Bo" in told.output
    assert sheet.read_bytes().startswith(b"\x89PNG")
    assert CliRunner().invoke(cast, [book, "--library", library, "--name", "Bo"]).exit_code == 2
