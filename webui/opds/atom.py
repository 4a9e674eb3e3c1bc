"""OPDS 1.2: feeds as Atom (RFC 4287), with Dublin Core and OpenSearch beside it."""

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from search.answers.cards_of_books import BookCard
from webui.opds.catalogue import Entry, Feed, Link

NAVIGATION = "application/atom+xml;profile=opds-catalog;kind=navigation"
ACQUISITION_FEED = "application/atom+xml;profile=opds-catalog;kind=acquisition"
ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/terms/"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_AUTHORS = ("writer", "author", "artist", "penciller", "illustrator")
_NAMESPACES = {"": ATOM, "dc": DC, "opensearch": OPENSEARCH}
for _prefix, _address in _NAMESPACES.items():
    register_namespace(_prefix, _address)


def to_atom(feed: Feed) -> bytes:
    """Return a feed of books or panels."""
    root = _feed(feed.urn, feed.title, feed.updated, feed.links)
    numbers = (("totalResults", feed.total), ("startIndex", feed.offset), ("itemsPerPage", feed.a_page))
    for name, number in numbers:
        if number is not None:
            counted = number + 1 if name == "startIndex" else number  # OpenSearch counts from 1
            _text(root, OPENSEARCH, name, str(counted))
    for entry in feed.entries:
        _add_entry(root, entry)
    return written(root)


def to_navigation(feed: Feed, choices: Iterable[tuple[str, str, Link]]) -> bytes:
    """Return a feed that leads to others: each choice is an id, a line of text and a link with a title."""
    root = _feed(feed.urn, feed.title, feed.updated, feed.links)
    for urn, told, link in choices:
        entry = SubElement(root, f"{{{ATOM}}}entry")
        _facts(entry, urn, link.title or "", feed.updated)
        _text(entry, ATOM, "content", told).set("type", "text")
        _add_link(entry, link)
    return written(root)


def plain(text: str) -> str:
    """Return text that XML can hold: metadata may bring any character."""
    return "".join(c if _is_allowed(ord(c)) else " " for c in text)


def _is_allowed(code: int) -> bool:
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def _feed(urn: str, title: str, updated: datetime, links: Iterable[Link]) -> Element:
    root = Element(f"{{{ATOM}}}feed")
    _facts(root, urn, title, updated)
    _text(SubElement(root, f"{{{ATOM}}}author"), ATOM, "name", "Longbox")
    for link in links:
        _add_link(root, link)
    return root


def _facts(parent: Element, urn: str, title: str, updated: datetime) -> None:
    _text(parent, ATOM, "id", urn)
    _text(parent, ATOM, "title", title)
    _text(parent, ATOM, "updated", updated.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _add_entry(root: Element, entry: Entry) -> None:
    place = SubElement(root, f"{{{ATOM}}}entry")
    _facts(place, entry.urn, entry.title, entry.updated)
    card = entry.card
    for name in dict.fromkeys(credit.name for credit in card.creators if credit.role in _AUTHORS):
        _text(SubElement(place, f"{{{ATOM}}}author"), ATOM, "name", name)
    told = (("identifier", entry.urn), ("language", card.language), ("publisher", card.publisher))
    for name, value in (*told, ("issued", _issued(card))):
        if value:
            _text(place, DC, name, value)
    if card.licence:
        _text(place, ATOM, "rights", card.licence)
    if card.series:
        SubElement(place, f"{{{ATOM}}}category", term=plain(card.series), label=plain(card.series))
    if entry.summary:
        _text(place, ATOM, "summary", entry.summary).set("type", "text")
    for link in entry.links:
        _add_link(place, link)


def _issued(card: BookCard) -> str | None:
    """Return the date as far as it is known: W3CDTF allows a year alone."""
    if card.year is None or not 0 < card.year < 10_000:
        return None
    parts = [f"{card.year:04d}"]
    if card.month and 1 <= card.month <= 12:
        parts.append(f"{card.month:02d}")
        if card.day and 1 <= card.day <= 31:
            parts.append(f"{card.day:02d}")
    return "-".join(parts)


def _add_link(parent: Element, link: Link) -> None:
    told = {"rel": link.rel, "href": link.href, "type": link.media}
    if link.title:
        told["title"] = plain(link.title)
    SubElement(parent, f"{{{ATOM}}}link", told)


def _text(parent: Element, namespace: str, name: str, value: str) -> Element:
    child = SubElement(parent, f"{{{namespace}}}{name}")
    child.text = plain(value)
    return child


def written(root: Element) -> bytes:
    """Return a document as UTF-8."""
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
