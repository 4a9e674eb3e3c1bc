"""The audit over HTTP and as a page: begun, looked at, decided on."""

import shutil
import time

import pytest

from webui import WebConfig, create_app
from webui.app import close_app


@pytest.fixture
def curator(audited, tmp_path):
    """A client on a library that was audited."""
    app = create_app(WebConfig(library=shutil.copytree(audited, tmp_path / "library")))
    with app.test_client() as client:
        yield client
    close_app(app)


def told(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_the_report_is_told_by_kind_and_each_filter_is_a_search(curator):
    report = told(curator, "audit")
    assert {"near-books", "contained-book", "watermark", "blank"} <= {one["kind"] for one in report["kinds"]}
    assert report["total"] == sum(one["count"] for one in report["kinds"])
    (books,) = told(curator, "audit?kind=near-books")["findings"]
    found = told(curator, f"search?q={books['filter']}&limit=100&duplicates=true")["hits"]
    assert {hit["book_id"] for hit in found} == set(books["items"])


def test_a_copy_is_left_out_listed_and_brought_back(curator):
    (books,) = told(curator, "audit?kind=near-books")["findings"]
    merged = curator.post("/api/v1/audit/decisions", json={"action": "merge", "targets": ["near-books"]})
    assert merged.get_json()["books"] == books["items"][1:]
    assert [one["book_id"] for one in told(curator, "audit/decisions")["books"]] == books["items"][1:]
    hits = told(curator, f"search?q={books['filter']}&limit=100")["hits"]
    assert {hit["book_id"] for hit in hits} == set(books["items"][:1])
    assert 'data-act="restore"' in curator.get("/audit?kind=near-books").get_data(as_text=True)
    curator.post("/api/v1/audit/decisions", json={"action": "restore", "targets": ["near-books"]})
    assert told(curator, "audit/decisions") == {"books": [], "pages": []}


def test_an_audit_is_begun_and_comes_to_its_end(curator):
    before = told(curator, "audit")["made"]
    answer = curator.post("/api/v1/audit", json={"copies": False})
    assert (answer.status_code, answer.get_json()["running"]) == (202, True)
    until = time.monotonic() + 60
    while told(curator, "audit")["state"]["running"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    after = told(curator, "audit")
    assert after["state"]["problem"] == ""
    assert after["made"] >= before
    assert not {one["kind"] for one in after["kinds"]} & {"near-books", "near-pages"}


def test_the_page_shows_findings_with_pictures_and_what_can_be_done(curator):
    page = curator.get("/audit?kind=near-books").get_data(as_text=True)
    assert "Books that are the same" in page
    assert "/api/v1/thumbnails/" in page
    assert 'data-act="merge"' in page
    assert "/?audit=near-books-" in page


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"action": "burn", "targets": ["blank"]}, 400),
        ({"action": "exclude", "targets": []}, 400),
        ({"action": "exclude", "targets": ["no-such-finding"]}, 404),
        ({"action": "merge", "targets": ["blank"]}, 400),
    ],
)
def test_what_cannot_be_decided_is_said(curator, body, status):
    answer = curator.post("/api/v1/audit/decisions", json=body)
    assert (answer.status_code, bool(answer.get_json()["error"]["message"])) == (status, True)


def test_a_library_that_was_not_audited_says_how(client):
    assert told(client, "audit")["made"] is None
    assert "longbox audit" in client.get("/audit").get_data(as_text=True)
    assert client.get("/audit?kind=nothing&offset=-5").status_code == 200
