"""The catalogues' addresses: a root, books, and searches, in both versions; and OpenSearch."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from xml.etree.ElementTree import Element, SubElement

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta
from werkzeug.datastructures import MultiDict

from schemas.errors import NotFoundError
from schemas.messages import MAX_QUERY_CHARACTERS
from webui import parsing
from webui.opds import atom, json_feed
from webui.opds.catalogue import Feed, Link, book_entry, latest, panel_entry
from webui.openapi.routes import Answer, Routes
from webui.state import site

routes = Routes("opds", prefix="")

BOOKS_A_PAGE, HITS_A_PAGE = 50, 20
OPENSEARCH_MEDIA = "application/opensearchdescription+xml"
SUGGESTIONS_MEDIA = "application/x-suggestions+json"
SUGGESTED = 8
_NAMES = {"title": "Books by title", "recent": "Latest books"}


class BooksQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which books, and in which order."""

    offset: Annotated[int, Meta(ge=0, le=2**31 - 1, description="Books to skip.")] = 0
    order: Literal["title", "recent"] = "title"


class HitsQuery2(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to search for, as OPDS 2.0 calls it."""

    query: Annotated[str, Meta(min_length=1, max_length=MAX_QUERY_CHARACTERS, description="Words.")]
    cursor: Annotated[str, Meta(max_length=MAX_QUERY_CHARACTERS, description="Where to go on.")] | None = None


class HitsQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to search for."""

    q: Annotated[str, Meta(min_length=1, max_length=MAX_QUERY_CHARACTERS, description="Words.")]
    cursor: Annotated[str, Meta(max_length=MAX_QUERY_CHARACTERS, description="Where to go on.")] | None = None


@routes.get("/opds", Answer(media=atom.NAVIGATION))
def opds() -> ResponseReturnValue:
    """Show the root of the catalogue (OPDS 1.2)."""
    choices = [
        (f"urn:longbox:books:{order}", name, Link("subsection", _books(order), atom.ACQUISITION_FEED, name))
        for order, name in _NAMES.items()
    ]
    return _xml(atom.to_navigation(_root("opds", atom.NAVIGATION), choices), atom.NAVIGATION)


@routes.get("/opds/books", Answer(media=atom.ACQUISITION_FEED), query=BooksQuery)
def opds_books(asked: BooksQuery) -> ResponseReturnValue:
    """List books (OPDS 1.2)."""
    return _xml(atom.to_atom(_book_feed(asked, "opds", atom.ACQUISITION_FEED)), atom.ACQUISITION_FEED)


@routes.get("/opds/search", Answer(media=atom.ACQUISITION_FEED), query=HitsQuery)
def opds_search(asked: HitsQuery) -> ResponseReturnValue:
    """List the panels that a search finds, each with its place in its book (OPDS 1.2)."""
    feed = _hit_feed(asked.q, asked.cursor, "opds", atom.ACQUISITION_FEED)
    return _xml(atom.to_atom(feed), atom.ACQUISITION_FEED)


@routes.get("/opds/v2", Answer(dict[str, Any], media=json_feed.MEDIA))
def opds2() -> ResponseReturnValue:
    """Show the root of the catalogue (OPDS 2.0)."""
    choices = [
        Link("subsection", _books(order, "opds2"), json_feed.MEDIA, name) for order, name in _NAMES.items()
    ]
    return _json(json_feed.to_navigation(_root("opds2", json_feed.MEDIA), choices))


@routes.get("/opds/v2/books", Answer(dict[str, Any], media=json_feed.MEDIA), query=BooksQuery)
def opds2_books(asked: BooksQuery) -> ResponseReturnValue:
    """List books (OPDS 2.0)."""
    return _json(json_feed.to_json(_book_feed(asked, "opds2", json_feed.MEDIA)))


@routes.get("/opds/v2/search", Answer(dict[str, Any], media=json_feed.MEDIA), query=HitsQuery2)
def opds2_search(asked: HitsQuery2) -> ResponseReturnValue:
    """List the panels that a search finds, each with its place in its book (OPDS 2.0)."""
    return _json(json_feed.to_json(_hit_feed(asked.query, asked.cursor, "opds2", json_feed.MEDIA)))


@routes.get("/opds/v2/books/<book_id>", Answer(dict[str, Any], media=json_feed.PUBLICATION))
def opds2_book(book_id: str) -> ResponseReturnValue:
    """Show a book by itself (OPDS 2.0)."""
    cards = site().library.cards([book_id])
    if not cards:
        raise NotFoundError(f"the library has no book {book_id[:100]!r}")
    return _json(json_feed.to_publication(book_entry(cards[0])), json_feed.PUBLICATION)


@routes.get("/opds/v2/panels/<path:panel_id>", Answer(dict[str, Any], media=json_feed.PUBLICATION))
def opds2_panel(panel_id: str) -> ResponseReturnValue:
    """Show a panel by itself (OPDS 2.0)."""
    (panel,) = site().library.panels([panel_id])
    (card,) = site().library.cards([panel.place.book_id])
    return _json(json_feed.to_publication(panel_entry(panel, card)), json_feed.PUBLICATION)


@routes.get("/opensearch.xml", Answer(media=OPENSEARCH_MEDIA))
def opensearch() -> ResponseReturnValue:
    """Describe the search to browsers and reading apps (OpenSearch 1.1)."""
    root = Element(f"{{{atom.OPENSEARCH}}}OpenSearchDescription")
    for name, value in (
        ("ShortName", "Longbox"),
        ("Description", "Search the comics of this library"),
        ("InputEncoding", "UTF-8"),
        ("OutputEncoding", "UTF-8"),
    ):
        SubElement(root, f"{{{atom.OPENSEARCH}}}{name}").text = value
    base = flask.request.host_url.rstrip("/")
    icon = SubElement(root, f"{{{atom.OPENSEARCH}}}Image", type="image/svg+xml")
    icon.text = base + flask.url_for("static", filename="longbox.svg")
    for media, address in (
        ("text/html", flask.url_for("views.home")),
        (atom.ACQUISITION_FEED, flask.url_for("api.opds_search")),
    ):
        template = f"{base}{address}?q={{searchTerms}}"
        SubElement(root, f"{{{atom.OPENSEARCH}}}Url", type=media, template=template, rel="results")
    template = f"{base}{flask.url_for('api.opensearch_suggest')}?q={{searchTerms}}"
    told = {"type": SUGGESTIONS_MEDIA, "template": template, "rel": "suggestions"}
    SubElement(root, f"{{{atom.OPENSEARCH}}}Url", told)
    return _xml(atom.written(root), OPENSEARCH_MEDIA)


@routes.get(
    "/opensearch/suggest",
    Answer(list[Any], media=SUGGESTIONS_MEDIA),
    query=HitsQuery,
    cost=0.2,
)
def opensearch_suggest(asked: HitsQuery) -> ResponseReturnValue:
    """Complete what is typed into a browser's address bar (OpenSearch Suggestions 1.1)."""
    found = site().library.suggest(asked.q, limit=SUGGESTED)
    response = flask.jsonify([asked.q, [suggestion.query for suggestion in found]])
    response.content_type = SUGGESTIONS_MEDIA
    return response


def _root(start: str, media: str) -> Feed:
    links = (Link("self", flask.url_for(f"api.{start}"), media), *_constant_links(start, media))
    return Feed("urn:longbox:catalogue", "Longbox", links, (), _now())


def _book_feed(asked: BooksQuery, start: str, media: str) -> Feed:
    order = asked.order
    listing = site().library.books(offset=asked.offset, limit=BOOKS_A_PAGE, order=order)
    cards = site().library.cards([book.book_id for book in listing.books])
    entries = tuple(map(book_entry, cards))
    last = max(0, (listing.total - 1) // BOOKS_A_PAGE * BOOKS_A_PAGE)
    pages = [("self", asked.offset), ("first", 0), ("last", last)]
    if asked.offset > 0:
        pages.append(("previous", max(0, asked.offset - BOOKS_A_PAGE)))
    if asked.offset + BOOKS_A_PAGE < listing.total:
        pages.append(("next", asked.offset + BOOKS_A_PAGE))
    links = [Link(rel, _books(order, start, offset=offset), media) for rel, offset in pages]
    return Feed(
        urn=f"urn:longbox:books:{order}",
        title=_NAMES[order],
        links=(*links, *_constant_links(start, media)),
        entries=entries,
        updated=latest(entries) if entries else _now(),
        total=listing.total,
        offset=asked.offset,
        a_page=BOOKS_A_PAGE,
    )


def _hit_feed(words: str, cursor: str | None, start: str, media: str) -> Feed:
    arguments: parsing.Arguments = MultiDict({"q": words, "cursor": cursor or ""})
    found = site().library.search(parsing.search_request(arguments, None, default_limit=HITS_A_PAGE))
    panels = site().library.panels([hit.panel_id for hit in found.hits])
    cards = {card.book_id: card for card in site().library.cards([hit.book_id for hit in found.hits])}
    entries = tuple(panel_entry(panel, cards[panel.place.book_id]) for panel in panels)
    pages: list[tuple[str, str | None]] = [("self", cursor), ("first", None)]
    if found.cursor is not None:
        pages.append(("next", found.cursor))
    named = "query" if media == json_feed.MEDIA else "q"
    links = [
        Link(rel, _search_address(start, {named: words, "cursor": place}), media) for rel, place in pages
    ]
    return Feed(
        urn=f"urn:longbox:search:{flask.request.query_string.decode('ascii', 'replace')}",
        title=f"Panels for {words}",
        links=(*links, *_constant_links(start, media)),
        entries=entries,
        updated=latest(entries) if entries else _now(),
        total=found.total if found.total_is_exact else None,
        a_page=HITS_A_PAGE,
    )


def _search_address(start: str, values: dict[str, Any]) -> str:
    return flask.url_for(f"api.{start}_search", **values)


def _constant_links(start: str, media: str) -> Sequence[Link]:
    """Return the links that every feed has: the root, and how to search."""
    is_atom = media != json_feed.MEDIA
    root = Link("start", flask.url_for(f"api.{start}"), atom.NAVIGATION if is_atom else media, "Longbox")
    if is_atom:
        return root, Link("search", flask.url_for("api.opensearch"), OPENSEARCH_MEDIA, "Search")
    return root, Link("search", flask.url_for("api.opds2_search") + "{?query}", media, "Search")


def _books(order: str, start: str = "opds", *, offset: int = 0) -> str:
    return flask.url_for(f"api.{start}_books", order=order, offset=offset or None)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _xml(data: bytes, media: str) -> flask.Response:
    return flask.Response(data, content_type=f"{media};charset=utf-8")


def _json(data: dict[str, Any], media: str = json_feed.MEDIA) -> flask.Response:
    response = flask.jsonify(data)
    response.content_type = media
    return response
