"""Catalogues for reading apps: by the rules of their specifications, and leading where they say."""

import io
import re
import shutil
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image

from schemas.records import Credit
from search.answers.cards_of_books import BookCard
from tests.webui.opds.rules import (
    ACQUISITION,
    ACQUISITION_MEDIA,
    ATOM,
    DC,
    NAVIGATION_MEDIA,
    OPENSEARCH,
    check_acquisition_feed,
    check_navigation_feed,
    check_opds2_feed,
    links,
)
from webui import WebConfig, create_app
from webui.opds import atom, json_feed
from webui.opds.catalogue import Entry, Feed, Link


def fetch(client, address, media):
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.content_type.startswith(media)
    return answer


def test_root_leads_to_books_in_both_orders(client):
    found = check_navigation_feed(fetch(client, "/opds", NAVIGATION_MEDIA).data)
    assert len(found) == 2
    for address in found:
        assert len(check_acquisition_feed(fetch(client, address, ACQUISITION_MEDIA).data)) == 3


def test_books_lead_to_their_page_file_and_cover(client):
    entries = check_acquisition_feed(client.get("/opds/books").data)
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert titles == ["Moons", "The <script>alert(1)</script> Lamp", "Trains"]
    entry = entries[0]
    assert entry.findtext(f"{DC}issued") == "1988"
    assert entry.findtext(f"{DC}language") == "en"
    assert entry.find(f"{ATOM}category").get("term") == "Night"
    assert "Moons" in client.get(links(entry, "alternate")[0].get("href")).get_data(as_text=True)
    book = client.get(links(entry, ACQUISITION)[0].get("href"), buffered=True)
    assert book.mimetype == links(entry, ACQUISITION)[0].get("type") == "application/vnd.comicbook+zip"
    for rel in ("http://opds-spec.org/image", "http://opds-spec.org/image/thumbnail"):
        cover = client.get(links(entry, rel)[0].get("href"))
        assert Image.open(io.BytesIO(cover.data)).format == "JPEG"


def test_search_leads_to_the_very_page_and_panel(client):
    feed = fetch(client, "/opds/search?q=red+umbrella", ACQUISITION_MEDIA).data
    entry = check_acquisition_feed(feed)[0]
    hit = client.get("/api/v1/search?q=red+umbrella").get_json()["hits"][0]
    assert entry.findtext(f"{ATOM}id") == f"urn:longbox:panel:{hit['panel_id']}"
    address = urlsplit(links(entry, "alternate")[0].get("href"))
    assert address.fragment == f"panel-{hit['panel_no']}"
    page = client.get(f"{address.path}?{address.query}").get_data(as_text=True)
    assert re.search(rf'id="panel-{hit["panel_no"]}"[^>]*class="lit"', page)
    assert "red umbrella" in entry.findtext(f"{ATOM}summary").lower()


@pytest.mark.parametrize(("start", "check"), [("/opds", "atom"), ("/opds/v2", "json")])
def test_pages_of_books_lead_to_each_other(client, monkeypatch, start, check):
    monkeypatch.setattr("webui.opds.routes.BOOKS_A_PAGE", 2)

    def page(address):
        answer = client.get(address)
        if check == "json":
            feed = check_opds2_feed(answer.get_json())
            assert feed["metadata"]["numberOfItems"] == 3
            titles = [one["metadata"]["title"] for one in feed["publications"]]
            return titles, {link["rel"]: link["href"] for link in feed["links"]}
        entries, feed = check_acquisition_feed(answer.data), fromstring(answer.data)
        assert feed.findtext(f"{OPENSEARCH}totalResults") == "3"
        titles = [entry.findtext(f"{ATOM}title") for entry in entries]
        return titles, {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}

    first, on = page(f"{start}/books")
    assert len(first) == 2
    assert "previous" not in on
    assert on["next"] == on["last"]
    second, back = page(on["next"])
    assert len(second) == 1
    assert "next" not in back
    assert page(back["previous"])[0] == first == page(back["first"])[0]


def test_pages_of_hits_lead_on_without_losing_or_repeating_any(client, monkeypatch):
    monkeypatch.setattr("webui.opds.routes.HITS_A_PAGE", 2)
    seen, address = [], "/opds/search?q=umbrella+train"
    while address:
        answer = client.get(address)
        seen += [entry.findtext(f"{ATOM}id") for entry in check_acquisition_feed(answer.data)]
        onward = links(fromstring(answer.data), "next")
        address = onward[0].get("href") if onward else None
    found = client.get("/api/v1/search?q=umbrella+train&limit=50").get_json()["hits"]
    assert sorted(seen) == sorted(f"urn:longbox:panel:{hit['panel_id']}" for hit in found)


def test_second_version_says_the_same_in_json(client):
    root = check_opds2_feed(fetch(client, "/opds/v2", json_feed.MEDIA).get_json(force=True))
    for link in root["navigation"]:
        assert len(check_opds2_feed(client.get(link["href"]).get_json(force=True))["publications"]) == 3
    book = client.get("/opds/v2/books").get_json(force=True)["publications"][0]
    assert book["metadata"]["title"] == "Moons"
    assert book["metadata"]["readingProgression"] == "rtl"
    assert book["metadata"]["belongsTo"]["series"][0]["name"] == "Night"
    (template,) = [link["href"] for link in root["links"] if link["rel"] == "search"]
    assert template.endswith("{?query}")
    found = check_opds2_feed(client.get(template.replace("{?query}", "?query=umbrella")).get_json(force=True))
    links_of = {link["rel"]: link["href"] for link in found["publications"][0]["links"]}
    assert "#panel-" in links_of["alternate"]
    for publication in (book, found["publications"][0]):
        (own,) = [link["href"] for link in publication["links"] if link["rel"] == "self"]
        alone = client.get(own)
        assert alone.mimetype == json_feed.PUBLICATION
        assert alone.get_json(force=True) == publication
    assert client.get("/opds/v2/books/none").status_code == 404
    assert client.get("/opds/v2/panels/none").status_code == 404


def test_nothing_found_is_a_feed_without_entries(client):
    assert check_acquisition_feed(client.get("/opds/search?q=xqzv+blorp").data) == []
    assert (
        check_opds2_feed(client.get("/opds/v2/search?query=xqzv+blorp").get_json(force=True))["publications"]
        == []
    )


@pytest.mark.parametrize("query", ["", "?q=", "?q=x&cursor=forged", "?q=x&more=1", f"?q={'x' * 3_000}"])
def test_bad_search_is_one_clear_line(client, query):
    for address in (f"/opds/search{query}", f"/opds/v2/search{query.replace('q=', 'query=')}"):
        answer = client.get(address)
        assert answer.status_code == 400
        assert answer.get_json()["error"]["code"] == "query"


def test_opensearch_description_is_found_and_its_addresses_search(client):
    assert 'href="/opensearch.xml"' in client.get("/").get_data(as_text=True)
    root = fromstring(fetch(client, "/opensearch.xml", "application/opensearchdescription+xml").data)
    assert root.tag == f"{OPENSEARCH}OpenSearchDescription"
    name, told = (root.findtext(f"{OPENSEARCH}{n}") for n in ("ShortName", "Description"))
    assert 0 < len(name) <= 16  # OpenSearch 1.1: the ShortName element
    assert 0 < len(told) <= 1024
    urls = root.findall(f"{OPENSEARCH}Url")
    assert {url.get("type") for url in urls} >= {"text/html", ACQUISITION_MEDIA}
    for url in urls:
        assert "{searchTerms}" in url.get("template")
        assert urlsplit(url.get("template")).netloc
        assert client.get(url.get("template").replace("{searchTerms}", "umbrella")).status_code == 200


def test_browser_completes_what_is_typed(client):
    answer = client.get("/opensearch/suggest?q=where+is")
    assert answer.mimetype == "application/x-suggestions+json"
    typed, offered = answer.get_json(force=True)
    assert typed == "where is"
    assert any("umbrella" in line.lower() for line in offered)
    shown = client.get("/api/v1/suggest?q=where+is").get_json()["suggestions"]
    assert [one["query"] for one in shown] == offered
    assert client.get("/api/v1/suggest").get_json() == {"suggestions": []}
    assert client.get("/api/v1/suggest?q=x&limit=0").status_code == 400


def test_reader_without_a_key_is_asked_for_a_password(library_path, tmp_path):
    library = shutil.copytree(library_path, tmp_path / "library")
    answer = create_app(WebConfig(library=library, needs_key=True)).test_client().get("/opds")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


HOSTILE = 'A \x00\x0b\ud800\ufffe <b>&"bold"</b> ]]>'


def hostile_feed() -> Feed:
    card = BookCard(
        book_id="b" * 24,
        title=HOSTILE,
        container="folder",
        mtime_ns=0,
        page_count=0,
        direction="ttb",
        series=HOSTILE,
        number="nan",
        publisher=HOSTILE,
        summary=HOSTILE,
        language=HOSTILE,
        year=99_999,
        month=13,
        day=32,
        licence=HOSTILE,
        creators=(Credit("writer", HOSTILE), Credit("cover", HOSTILE), Credit("", "")),
    )
    link = Link(ACQUISITION, "/books/x", "text/html", HOSTILE)
    others = (Link("alternate", "/x", "text/html"), Link("http://opds-spec.org/image", "/y", "image/jpeg"))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    entry = Entry("urn:longbox:book:x", HOSTILE, moment, HOSTILE, card, (link, *others), "/z")
    own = (Link("self", "/opds", atom.NAVIGATION), Link("start", "/opds", atom.NAVIGATION))
    return Feed("urn:x", HOSTILE, own, (entry,), entry.updated, total=1, offset=0, a_page=50)


def test_metadata_with_any_character_and_number_makes_sound_feeds():
    (entry,) = check_acquisition_feed(atom.to_atom(hostile_feed()))
    assert '<b>&"bold"</b> ]]>' in entry.findtext(f"{ATOM}title")
    feed = check_opds2_feed(json_feed.to_json(hostile_feed()))
    metadata = feed["publications"][0]["metadata"]
    assert "published" not in metadata
    assert "position" not in metadata["belongsTo"]["series"][0]
