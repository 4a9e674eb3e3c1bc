"""The pages of the web UI, as a browser without JavaScript gets them."""

import io
import re
import shutil

from PIL import Image

import search
from webui import WebConfig, create_app


def html(response, status=200):
    assert response.status_code == status, response.get_data(as_text=True)[:400]
    return response.get_data(as_text=True)


def test_start_page_shows_the_books(client):
    page = html(client.get("/"))
    assert "9 panels on 6 pages of 3 books" in page
    assert "Trains" in page


def test_empty_library_says_what_to_do(empty_client):
    assert "longbox index" in html(empty_client.get("/"))
    assert "longbox index" in html(empty_client.get("/books"))


def test_hits_link_to_the_page_with_the_panel_marked_and_back(client):
    page = html(client.get("/?q=umbrella"))
    link = re.search(r'class="panel" href="([^"]+)"', page)[1].replace("&amp;", "&")
    reader = html(client.get(link))
    assert reader.count('class="lit"') >= 1
    assert 'href="/?q=umbrella"' in reader
    assert "red umbrella" in reader


def test_reader_turns_pages_and_lists_panels_in_reading_order(client):
    page = html(client.get("/?dialogue=Ask+the+harbour+cat"))
    link = re.search(r'class="panel" href="([^"]+)"', page)[1].replace("&amp;", "&")
    reader = html(client.get(link))
    assert 'rel="prev"' in reader
    assert 'rel="next"' not in reader
    order = [reader.index(line) for line in ("red umbrella", "harbour cat", "never answers")]
    assert order == sorted(order)


def test_metadata_is_escaped_everywhere(client):
    book = next(b for b in client.get("/api/v1/books").get_json()["books"] if "Lamp" in b["title"])
    assert "<script>" in book["title"]
    page_id = client.get(f"/api/v1/books/{book['book_id']}").get_json()["pages"][0]["page_id"]
    for address in ("/", "/books", f"/books/{book['book_id']}", f"/pages/{page_id}", "/?q=umbrella"):
        page = html(client.get(address))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_unknown_parameter_is_named_rather_than_ignored(client):
    page = html(client.get("/?text=umbrella"), 400)
    assert "unknown parameter &#39;text&#39;; known are q," in page


def test_empty_fields_of_the_form_leave_the_address(client):
    answer = client.get("/?q=red+umbrella&dialogue=&series=&year_from=+")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?q=red+umbrella")
    assert client.get("/?q=&series=").headers["Location"] == "/"


def test_query_is_escaped_in_the_form(client):
    assert 'value="&#34;&gt;&lt;b&gt;"' in html(client.get("/", query_string={"q": '"><b>'}), 400)


def test_right_to_left_book_has_its_next_page_on_the_left(client):
    page = client.get("/api/v1/search?q=paper+moon").get_json()["hits"][0]["page_id"]
    reader = html(client.get(f"/pages/{page}"))
    assert 'data-direction="rtl"' in reader
    assert re.search(r'rel="next"[^>]*aria-label="Page 2"', reader)
    assert reader.index('rel="next"') < reader.index('<span class="place">')
    book = html(client.get(f"/books/{page.split('/')[0]}"))
    assert 'dir="rtl"' in book
    assert "read right to left" in book


def test_example_is_shown_in_the_form_and_can_be_removed(client):
    panel = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]["panel_id"]
    page = html(client.get("/", query_string={"q": "train", "like": panel, "year_from": "1990"}))
    assert f'name="like" value="{panel}"' in page
    assert 'href="/?q=train&amp;year_from=1990" aria-label="Search without' in page


def test_example_that_is_gone_leaves_a_form_to_go_on_with(client):
    page = html(client.get("/?q=train&like=gone"), 404)
    assert "gone" in page
    assert 'value="train"' in page


def test_panel_that_is_not_on_the_page_is_named(client):
    page = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]["page_id"]
    assert "has no panel 77" in html(client.get(f"/pages/{page}?panel=77"))
    assert "Panel must be a whole number" in html(client.get(f"/pages/{page}?panel=two"), 400)


def test_library_that_vanishes_is_503_until_it_is_back(library_path, tmp_path):
    library = tmp_path / "library"
    shutil.copytree(library_path, library)
    opened = search.open(library, refresh_seconds=0.0)
    with create_app(WebConfig(library=library), opened).test_client() as client:
        html(client.get("/"))
        library.rename(tmp_path / "away")
        assert "Service unavailable" in html(client.get("/?q=umbrella"), 503)
        for address in ("/healthz", "/api/v1/search?q=umbrella", "/api/v1/books"):
            assert client.get(address).get_json()["error"]["status"] == 503
        (tmp_path / "away").rename(library)
        assert "umbrella" in html(client.get("/?q=umbrella"))


def test_nothing_found_offers_ways_on(client):
    page = html(client.get("/?q=xqzv+blorp+wug&year_from=1990"))
    assert "Nothing in this library matches that" in page
    assert "Search without the filters" in page


def test_bad_query_shows_the_reason_beside_the_form(client):
    page = html(client.get("/?q=umbrella&year_from=soon"), 400)
    assert "year_from must be a whole number" in page
    assert 'value="umbrella"' in page


def test_dropped_picture_gets_an_address_that_can_be_reloaded(client):
    panel = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]["panel_id"]
    webp = client.get(f"/api/v1/thumbnails/{panel.replace('#', '%23')}").data
    answer = client.post("/", data={"picture": (io.BytesIO(webp), "drop.webp")})
    assert answer.status_code == 303
    for _ in range(2):
        found = html(client.get(answer.headers["Location"]))
        assert panel.replace("#", "%23") in found
    shown = re.search(r"/query-pictures/[\w-]+", found)[0]
    assert Image.open(io.BytesIO(client.get(shown).data)).format == "WEBP"


def test_back_link_never_leaves_the_server(client):
    page = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]["page_id"]
    for foreign in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        reader = html(client.get(f"/pages/{page}", query_string={"from": foreign}))
        links = re.findall(r'(?:href|src|action)="([^"]*)"', reader)
        assert links
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)


def test_error_page_helps_and_every_answer_carries_the_security_headers(client):
    response = client.get("/pages/none/00001")
    assert "Leaf through the books" in html(response, 404)
    for answer in (response, client.get("/"), client.get("/api/v1/books")):
        assert "script" not in answer.headers["Content-Security-Policy"].replace("default-src", "")
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_need_nothing_inline_so_that_the_policy_holds(client):
    page_id = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]["page_id"]
    for address in ("/", "/?q=umbrella", "/books", f"/pages/{page_id}?panel=1"):
        page = html(client.get(address))
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]* src=)", page)
        assert not re.search(r'(?:src|href)="https?://', page)


def test_picture_without_hits_is_not_told_to_use_other_words(client):
    noise = io.BytesIO()
    Image.new("RGB", (40, 40), "black").save(noise, "PNG")
    noise.seek(0)
    there = client.post("/", data={"picture": (noise, "noise.png")}).headers["Location"]
    page = html(client.get(f"{there}&series=none"))
    assert "Nothing in this library" in page
    assert "part of the picture" in page
    assert "other words" not in page
