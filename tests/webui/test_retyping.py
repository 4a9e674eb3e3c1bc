"""What a page is can be said over the API and in the reader, and is kept."""

import shutil

import pytest

from webui import WebConfig, create_app
from webui.app import close_app


@pytest.fixture
def writer(library_path, tmp_path):
    app = create_app(WebConfig(library=shutil.copytree(library_path, tmp_path / "library")))
    with app.test_client() as client:
        yield client
    close_app(app)


def first_page(client) -> str:
    book = client.get("/api/v1/books").get_json()["books"][0]["book_id"]
    return f"{book}/00001"


def test_a_page_is_what_somebody_says_it_is(writer):
    page = first_page(writer)
    told = writer.patch(f"/api/v1/pages/{page}", json={"page_type": "advertisement"}).get_json()
    assert (told["page_type"], told["page_type_confidence"]) == ("advertisement", 1.0)
    hits = writer.get("/api/v1/search?page_type=advertisement&limit=50").get_json()["hits"]
    assert {hit["page_id"] for hit in hits} == {page}
    shown = writer.get(f"/pages/{page}").get_data(as_text=True)
    assert '<option value="advertisement" selected>' in shown
    assert writer.patch(f"/api/v1/pages/{page}", json={"page_type": None}).status_code == 200


@pytest.mark.parametrize(
    ("page", "body", "status"),
    [
        ("nowhere/00001", {"page_type": "cover"}, 404),
        (None, {"page_type": "poster"}, 400),
        (None, {}, 400),
    ],
)
def test_what_is_no_page_and_no_type_is_refused(writer, page, body, status):
    answer = writer.patch(f"/api/v1/pages/{page or first_page(writer)}", json=body)
    assert (answer.status_code, "message" in answer.get_json()["error"]) == (status, True)


def test_stories_follow_what_pages_are_said_to_be_and_are_listed_searched_and_shown(writer):
    book = writer.get("/api/v1/books").get_json()["books"][0]["book_id"]
    pages = [page["page_id"] for page in writer.get(f"/api/v1/books/{book}").get_json()["pages"]]
    for page in pages:
        writer.patch(f"/api/v1/pages/{page}", json={"page_type": "first-page"})
    listed = writer.get(f"/api/v1/stories?book={book}").get_json()
    assert [one["first_page"] for one in listed["stories"]] == list(range(1, len(pages) + 1))
    story = listed["stories"][0]
    hits = writer.get(f"/api/v1/search?story={story['story_id']}&limit=50").get_json()["hits"]
    assert {hit["page_id"] for hit in hits} == {pages[0]}
    assert {hit["story_id"] for hit in hits} == {story["story_id"]}
    shown = writer.get(f"/books/{book}").get_data(as_text=True)
    assert f"/?story={story['story_id']}" in shown.replace("%7E", "~")
    assert writer.get(f"/?story={story['story_id']}").status_code == 200
    assert writer.get("/api/v1/stories?book=nowhere").status_code == 404
    assert writer.get("/api/v1/stories?limit=0").status_code == 400
    others, comics, every = (
        writer.get(f"/api/v1/books{asked}").get_json()["total"] for asked in ("?comic=no", "?comic=yes", "")
    )
    assert others + comics == every > 0
