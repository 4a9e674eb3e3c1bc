"""The REST API: what it finds, and what it says to bad input."""

import base64
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.errors import BackendUnavailableError
from tests.comics import write_cbz


def hits(response):
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()["hits"]


def png(size=(64, 48), colour="teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def assert_error(response, status, code):
    assert response.status_code == status
    error = response.get_json()["error"]
    assert set(error) == {"status", "code", "message", "request_id"}
    assert (error["status"], error["code"]) == (status, code)
    assert "\n" not in error["message"]
    return error["message"]


def test_line_of_dialogue_finds_its_panel(client):
    hit = hits(client.get("/api/v1/search", query_string={"dialogue": "Where is my red umbrella?"}))[0]
    assert (hit["page_file"], hit["page_no"], hit["panel_no"]) == ("p02.png", 2, 1)
    assert "umbrella" in hit["text"].lower()
    assert hit["source"].endswith("lamps.cbz")


def test_words_are_narrowed_by_facets(client):
    both = {hit["title"] for hit in hits(client.get("/api/v1/search?q=late+umbrella"))}
    late = {hit["title"] for hit in hits(client.get("/api/v1/search?q=late+umbrella&year_from=2000"))}
    assert len(both) == 2
    assert late == {"Trains"}


def test_picture_of_a_panel_finds_it_by_form_and_by_json(client):
    panel = hits(client.get("/api/v1/search?dialogue=Ask+the+harbour+cat"))[0]
    webp = client.get(f"/api/v1/thumbnails/{panel['panel_id'].replace('#', '%23')}").data
    form = client.post("/api/v1/search", data={"picture": (io.BytesIO(webp), "crop.webp")})
    body = client.post("/api/v1/search", json={"picture": base64.b64encode(webp).decode(), "limit": 3})
    assert hits(form)[0]["panel_id"] == hits(body)[0]["panel_id"] == panel["panel_id"]


def test_search_by_example_leaves_the_example_out(client):
    panel = hits(client.get("/api/v1/search?q=umbrella"))[0]["panel_id"]
    found = [
        hit["panel_id"] for hit in hits(client.post("/api/v1/search", json={"like": [panel], "min_score": 0}))
    ]
    assert found
    assert panel not in found


def test_cursor_pages_through_all_hits_once(client):
    asked = {"q": "the umbrella cat train", "min_score": "0", "limit": "2"}
    seen, cursor = [], None
    for _ in range(10):
        page = client.get(
            "/api/v1/search", query_string=asked | ({"cursor": cursor} if cursor else {})
        ).get_json()
        seen += [hit["panel_id"] for hit in page["hits"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page["total"]


@pytest.mark.parametrize("sent", ["form", "json"])
def test_picture_search_is_continued_by_get_under_the_name_it_got(client, sent):
    picture = png()
    asked = {"min_score": "0", "limit": "2"}
    if sent == "form":
        body = {"data": asked | {"picture": (io.BytesIO(picture), "crop.png")}}
    else:
        body = {"json": asked | {"picture": base64.b64encode(picture).decode()}}
    answer = client.post("/api/v1/search", **body).get_json()
    token, seen = answer["picture"], [hit["panel_id"] for hit in answer["hits"]]
    while answer["cursor"]:
        onward = asked | {"picture": token, "cursor": answer["cursor"]}
        answer = client.get("/api/v1/search", query_string=onward).get_json()
        assert answer["picture"] == token
        seen += [hit["panel_id"] for hit in answer["hits"]]
    assert len(seen) == len(set(seen)) == answer["total"] > 2


def test_search_without_a_picture_names_none(client):
    assert client.get("/api/v1/search?q=umbrella").get_json()["picture"] is None


def test_nonsense_finds_nothing(client):
    assert hits(client.get("/api/v1/search?q=xqzv+blorp+wug")) == []


def test_books_pages_and_panels_lead_to_each_other(client):
    listing = client.get("/api/v1/books").get_json()
    assert listing["total"] == 3
    lamps = next(book for book in listing["books"] if "Lamp" in book["title"])
    book = client.get(f"/api/v1/books/{lamps['book_id']}").get_json()
    page = client.get(f"/api/v1/pages/{book['pages'][1]['page_id']}").get_json()
    assert page["previous_page_id"] == book["pages"][0]["page_id"]
    first = page["panels"][0]["panel_id"]
    panel = client.get(f"/api/v1/panels/{first.replace('#', '%23')}").get_json()
    assert panel["next_panel_id"] == page["panels"][1]["panel_id"]


def test_page_picture_is_read_from_its_book_and_revalidates(client):
    page = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]["page_id"]
    answer = client.get(f"/api/v1/pictures/{page}?side=800")
    picture = decode_picture(answer.data, name="page", limits=PictureLimits())
    assert picture.height_px == 800
    again = client.get(f"/api/v1/pictures/{page}?side=800", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@contextmanager
def moved_away(source: Path) -> Iterator[None]:
    """Rename a book for a while, and take away what a test put in its place."""
    hidden = source.with_suffix(".away")
    source.rename(hidden)
    try:
        yield
    finally:
        hidden.replace(source)


def test_page_picture_falls_back_to_the_thumbnail_when_the_book_is_gone(client):
    page = hits(client.get("/api/v1/search?q=tickets"))[0]
    with moved_away(Path(page["source"])):
        answer = client.get(f"/api/v1/pictures/{page['page_id']}?side=2200")
    assert_is_thumbnail_for_now(client, answer, page["page_id"])


def test_page_picture_is_never_taken_from_another_book_at_the_same_path(client):
    page = hits(client.get("/api/v1/search?q=tickets"))[0]
    source = Path(page["source"])
    with moved_away(source):
        write_cbz(source, [["Something else"], ["Of the same names"]], title="Other")
        answer = client.get(f"/api/v1/pictures/{page['page_id']}?side=2200")
    assert_is_thumbnail_for_now(client, answer, page["page_id"])


def test_page_picture_falls_back_to_the_thumbnail_when_no_reader_is_installed(client, monkeypatch):
    def unavailable(*_: object, **__: object) -> None:
        raise BackendUnavailableError("libarchive is missing")

    monkeypatch.setattr("webui.pictures.open_container", unavailable)
    page_id = hits(client.get("/api/v1/search?q=tickets"))[0]["page_id"]
    assert_is_thumbnail_for_now(client, client.get(f"/api/v1/pictures/{page_id}?side=2200"), page_id)


def assert_is_thumbnail_for_now(client, answer, page_id):
    assert answer.status_code == 200
    assert answer.data == client.get(f"/api/v1/thumbnails/{page_id}").data
    assert answer.cache_control.no_store


def test_pictures_are_asked_for_anew_since_their_ids_may_come_to_mean_others(client):
    page_id = hits(client.get("/api/v1/search?q=umbrella"))[0]["page_id"]
    for address in (f"/api/v1/thumbnails/{page_id}", f"/api/v1/pictures/{page_id}"):
        answer = client.get(address)
        assert answer.cache_control.no_cache
        assert answer.cache_control.max_age is None
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=x&limit=0",
        "q=x&limit=9999",
        "q=x&limit=many",
        "q=x&limit=99999999999999999999",
        "q=x&year_from=soon",
        "q=x&year_from=2001&year_to=1999",
        "q=x&has_text=perhaps",
        "q=x&group=shelf",
        "q=x&min_score=2",
        "q=x&min_score=nan",
        "q=x&cursor=forged",
        "q=x&colour=red",
        "q=" + "y" * 5_000,
    ],
)
def test_bad_parameter_is_one_clear_line(client, query):
    assert assert_error(client.get(f"/api/v1/search?{query}"), 400, "query")


@pytest.mark.parametrize("body", [[], "text", 7, {"q": {"a": 1}}, {"picture": 5}, {"picture": "%%%"}, None])
def test_bad_body_is_one_clear_line(client, body):
    assert assert_error(client.post("/api/v1/search", json=body), 400, "query")


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"q": "x", "min_score": NaN}'])
def test_body_that_is_no_sound_json_is_one_clear_line(client, body):
    answer = client.post("/api/v1/search", data=body, content_type="application/json")
    assert assert_error(answer, 400, "query")


@pytest.mark.parametrize("side", ["0", "-1", "big", "99999"])
def test_impossible_picture_size_is_refused(client, side):
    page = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]["page_id"]
    assert_error(client.get(f"/api/v1/pictures/{page}?side={side}"), 400, "query")


def test_query_of_100_kb_is_refused(client):
    message = assert_error(client.post("/api/v1/search", json={"q": "z" * 100_000}), 400, "query")
    assert message.startswith("q has 100,000 characters")


@pytest.mark.parametrize(
    "key", ["q", "dialogue", "like", "series", "book", "cursor", "group", "limit", "\ud800"]
)
def test_half_a_character_is_refused_wherever_it_stands(client, key):
    body = json.dumps({"q": "umbrella", key: "\ud800 hi"})
    answer = client.post("/api/v1/search", data=body, content_type="application/json")
    assert_error(answer, 400, "query")


def test_thousands_of_filter_values_are_refused(client):
    message = assert_error(
        client.post("/api/v1/search", json={"q": "x", "series": ["a"] * 5_000}), 400, "query"
    )
    assert "at most 100" in message


def test_picture_bomb_is_refused_before_it_is_decoded(client):
    header = bytearray(png())
    header[16:24] = (20_000).to_bytes(4, "big") * 2  # 400 Mpx declared
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    response = client.post("/api/v1/search", data={"picture": (io.BytesIO(bytes(header)), "bomb.png")})
    assert_error(response, 413, "picture-too-large")


def test_upload_that_is_no_picture_is_refused(client):
    response = client.post("/api/v1/search", data={"picture": (io.BytesIO(b"%PDF-1.7 no"), "page.png")})
    assert_error(response, 415, "unreadable-picture")


def test_unknown_things_are_404(client):
    for address in (
        "books/nope",
        "pages/nope/00001",
        "panels/nope",
        "thumbnails/nope",
        "pictures/x",
        "nowhere",
    ):
        assert_error(client.get(f"/api/v1/{address}"), 404, "not-found")


def test_search_by_a_forgotten_picture_is_404(client):
    assert_error(client.get("/api/v1/search?picture=gone"), 404, "not-found")


def test_wrong_method_is_405(client):
    assert_error(client.delete("/api/v1/search"), 405, "method-not-allowed")


def test_too_large_a_body_is_413(client):
    response = client.post("/api/v1/search", data=b" " * (33 * 1024 * 1024), content_type="application/json")
    assert_error(response, 413, "request-entity-too-large")


def test_health_counts_the_library(client):
    assert client.get("/healthz").get_json()["panels"] == 9


def test_foreign_host_name_is_refused(client):
    foreign = {"Host": "evil.example"}
    assert_error(client.get("/api/v1/books", headers=foreign), 400, "foreign-host")
    for address in ("/", "/static/css/base.css"):
        assert client.get(address, headers=foreign).status_code == 400


def test_vectors_find_the_panels_they_are_of(client):
    from models.registry import load_text_encoder

    lines = ["Hold the ladder", "where is my red umbrella"]
    vectors = load_text_encoder("minilm").encode_texts(lines).tolist()
    answer = client.post("/api/v1/nearest", json={"vectors": vectors, "k": 3}).get_json()["nearest"]
    assert [len(panels) for panels in answer] == [3, 3]
    best = client.get(f"/api/v1/panels/{answer[1][0]['panel_id'].replace('#', '%23')}").get_json()
    assert "umbrella" in best["text"].lower()
    assert [panel["cosine"] for panel in answer[1]] == sorted((p["cosine"] for p in answer[1]), reverse=True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"vectors": []},
        {"vectors": [[1, 2], [3]]},
        {"vectors": [[1.0, 2.0]]},
        {"vectors": [[0.0] * 383 + [float("nan")]]},
        {"vectors": [[0.1] * 384], "side": "smell"},
        {"vectors": [[0.1] * 384], "side": ["look"]},
        {"vectors": [[0.1] * 384], "k": 0},
        {"vectors": [[0.1] * 384], "k": "many"},
        {"vectors": [[0.1] * 384], "more": 1},
        {"vectors": [[0.1] * 384] * 1001},
        {"vectors": [[1e300] * 384]},
        {"vectors": [[0.0] * 384]},
    ],
    ids=range(14),
)
def test_what_is_no_vector_is_refused(client, body):
    assert_error(client.post("/api/v1/nearest", json=body), 400, "query")
