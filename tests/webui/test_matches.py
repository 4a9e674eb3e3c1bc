"""Matches over HTTP and as a page: asked about, decided on, searched by, taken back."""

import shutil

import pytest

from indexer.catalogue.coverfile import read_covers
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


def test_the_whole_library_is_asked_about_a_part_at_a_time(client, tmp_path, lamps_library):
    library = tmp_path / "library"
    named = [{"id": 9, "name": "Trains"}, {"id": 10, "name": "Lamp"}]
    issues = [{"id": 90, "series_id": 9, "number": "1"}]
    rows = {"gcd_series": [*ROWS["gcd_series"], *named], "gcd_issue": [*ROWS["gcd_issue"], *issues]}
    import_dump(write_sqlite(tmp_path / "more", rows), library)
    first = client.get("/api/v1/matches?count=1").get_json()
    second = client.get("/api/v1/matches?count=1&offset=1").get_json()
    assert (first["total"], first["decided_total"]) == (2, 0)
    assert [one["asked"][0]["title"] for one in (first, second)] == ["Moons", "Trains"]
    assert second["asked"][0]["issues"][0]["reasons"] == ["the file is named so"]
    assert client.get("/api/v1/matches?offset=5").get_json()["asked"] == []
    assert "Back to the first" in client.get("/matches?offset=40").text
    assert client.get("/matches?offset=-3").status_code == 200
    assert client.get("/matches?offset=x").status_code == 200
    for issue, book in ((70, first), (90, second)):
        verdict = {"book_id": book["asked"][0]["book_id"], "verdict": "yes", "issue_id": issue}
        assert client.post("/api/v1/matches", json={"verdicts": [verdict]}).status_code == 200
    told = client.get("/api/v1/matches?decided_count=1").get_json()
    assert (told["total"], told["decided_total"]) == (0, 2)
    assert [one["issue_id"] for one in told["decided"]] == [90]  # the latest first
    assert client.get("/api/v1/matches?decided_offset=1").get_json()["decided"][0]["issue_id"] == 70


def test_the_cover_of_an_issue_is_shown_beside_the_book(client, tmp_path):
    folder = tmp_path / "covers"
    folder.mkdir()
    book = client.get("/api/v1/matches").get_json()["asked"][0]["book_id"]
    (folder / "80.webp").write_bytes(client.get(f"/api/v1/thumbnails/{book}/00001").data)
    read_covers(tmp_path / "library", folder)
    (asked,) = client.get("/api/v1/matches").get_json()["asked"]
    assert [(one["issue_id"], one["has_cover"]) for one in asked["issues"]] == [(80, True), (70, False)]
    page = client.get("/matches").text
    assert "/api/v1/covers/80" in page
    assert "The cover of Night 1 (2015)" in page
    picture = client.get("/api/v1/covers/80")
    assert picture.mimetype == "image/webp"
    again = client.get("/api/v1/covers/80", headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    for wrong in ("70", "x", "٣", "9" * 40):
        assert client.get(f"/api/v1/covers/{wrong}").status_code == 404
