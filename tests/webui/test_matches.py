"""Matches over HTTP and as a page: asked about, decided on, searched by, taken back."""

import shutil

import pytest

from indexer.catalogue.importing import import_dump
from tests.indexer.catalogue.test_import import ROWS, write_sqlite
from webui import WebConfig, create_app
from webui.app import close_app

HOSTILE = {"issue_id": 70, "genre": "horror", "characters": "<b>Moth</b> [Mo Thayer]; Owl"}


@pytest.fixture
def bare(lamps_library, tmp_path):
    """A client on a library without a catalogue."""
    app = create_app(WebConfig(library=shutil.copytree(lamps_library, tmp_path / "library")))
    with app.test_client() as client:
        yield client
    close_app(app)


@pytest.fixture
def client(bare, tmp_path):
    """The same with a catalogue in which one book may be two issues."""
    import_dump(write_sqlite(tmp_path / "dump", {**ROWS, "gcd_story": [HOSTILE]}), tmp_path / "library")
    return bare


def test_a_library_without_a_catalogue_says_how_to_get_one(bare):
    page = bare.get("/matches")
    assert page.status_code == 200
    assert "longbox catalogue import" in page.text
    answer = bare.get("/api/v1/matches")
    assert answer.status_code == 404
    assert "longbox catalogue import" in answer.get_json()["error"]["message"]


def test_an_answer_fills_the_book_and_its_facets_at_once_and_is_not_asked_again(client):
    told = client.get("/api/v1/matches").get_json()
    (asked,) = told["asked"]
    assert [one["issue_id"] for one in asked["issues"]] == [70, 80]
    assert "Night 1 (1988)" in client.get("/matches").text
    verdict = {"book_id": asked["book_id"], "verdict": "yes", "issue_id": 70}
    done = client.post("/api/v1/matches", json={"verdicts": [verdict]})
    assert done.status_code == 200, done.get_data(as_text=True)
    assert done.get_json()["decided"][0]["decided_by"] == "person"
    found = client.get("/api/v1/search?genre=horror").get_json()["hits"]
    assert {hit["title"] for hit in found} == {"Moons"}
    typed = client.get("/api/v1/search", query_string={"q": 'character:"mo thayer"'}).get_json()["hits"]
    assert {hit["title"] for hit in typed} == {"Moons"}
    facets = client.get("/api/v1/facets").get_json()
    assert [one["value"] for one in facets["genres"]] == ["horror"]
    page = client.get(f"/books/{asked['book_id']}").text
    assert "&lt;b&gt;Moth" in page
    assert "<b>Moth" not in page
    assert client.get("/api/v1/matches").get_json()["asked"] == []
    assert "<b>Moth" not in client.get("/?genre=horror").text
    gone = client.delete(f"/api/v1/matches/{asked['book_id']}")
    assert gone.get_json() == {"forgotten": 1}
    assert client.get("/api/v1/search?genre=horror").get_json()["hits"] == []
    assert client.delete(f"/api/v1/matches/{asked['book_id']}").status_code == 404


def test_answers_of_the_wrong_shape_are_refused(client):
    for body in ({}, {"verdicts": []}, {"verdicts": [{"book_id": "x", "verdict": "perhaps"}]}):
        assert client.post("/api/v1/matches", json=body).status_code == 400
    unknown = {"verdicts": [{"book_id": "x", "verdict": "yes"}]}
    assert client.post("/api/v1/matches", json=unknown).status_code == 404
