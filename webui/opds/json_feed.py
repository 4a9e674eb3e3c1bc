"""OPDS 2.0: feeds as JSON, publications as in the Readium Web Publication Manifest."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from search.answers.cards_of_books import BookCard
from webui.opds.catalogue import IMAGE, THUMBNAIL, Entry, Feed, Link

MEDIA = "application/opds+json"
PUBLICATION = "application/opds-publication+json"
_PROGRESSIONS = ("ltr", "rtl")
_ROLES = {
    "writer": "author",
    "author": "author",
    "artist": "artist",
    "penciller": "penciler",
    "inker": "inker",
    "colorist": "colorist",
    "letterer": "letterer",
    "translator": "translator",
    "editor": "editor",
    "illustrator": "illustrator",
}
"""Roles as the manifest calls them; all others are contributors."""


def to_json(feed: Feed) -> dict[str, Any]:
    """Return a feed of books or panels."""
    metadata: dict[str, Any] = {"title": feed.title, "modified": feed.updated.isoformat()}
    if feed.total is not None:
        metadata["numberOfItems"] = feed.total
    if feed.a_page is not None:
        metadata["itemsPerPage"] = feed.a_page
        if feed.offset is not None:
            metadata["currentPage"] = feed.offset // feed.a_page + 1
    publications = [to_publication(entry) for entry in feed.entries]
    return {"metadata": metadata, "links": [_link(link) for link in feed.links], "publications": publications}


def to_navigation(feed: Feed, choices: Iterable[Link]) -> dict[str, Any]:
    """Return a feed that leads to others."""
    return {
        "metadata": {"title": feed.title, "modified": feed.updated.isoformat()},
        "links": [_link(link) for link in feed.links],
        "navigation": [_link(link) for link in choices],
    }


def to_publication(entry: Entry) -> dict[str, Any]:
    """Return a book or panel by itself, as a feed also holds it."""
    images = [link for link in entry.links if link.rel in (IMAGE, THUMBNAIL)]
    own = Link("self", entry.own, PUBLICATION)
    others = [own, *(link for link in entry.links if link not in images)]
    return {
        "metadata": _metadata(entry),
        "links": [_link(link) for link in others],
        "images": [{"href": link.href, "type": link.media} for link in images],
    }


def _metadata(entry: Entry) -> dict[str, Any]:
    card = entry.card
    told: dict[str, Any] = {
        "@type": "http://schema.org/ComicIssue",
        "title": entry.title,
        "identifier": entry.urn,
        "modified": entry.updated.isoformat(),
        "language": card.language,
        "publisher": card.publisher,
        "published": _published(card),
        "description": entry.summary,
        "numberOfPages": card.page_count or None,
        "readingProgression": card.direction if card.direction in _PROGRESSIONS else None,
        **_contributors(card),
    }
    if card.series:
        told["belongsTo"] = {"series": [_series(card)]}
    return {name: value for name, value in told.items() if value}


def _contributors(card: BookCard) -> dict[str, list[dict[str, str]]]:
    people: dict[str, list[dict[str, str]]] = defaultdict(list)
    for credit in card.creators:
        role = _ROLES.get(credit.role, "contributor")
        if credit.name and {"name": credit.name} not in people[role]:
            people[role].append({"name": credit.name})
    return dict(people)


def _series(card: BookCard) -> dict[str, Any]:
    told: dict[str, Any] = {"name": card.series}
    try:
        told["position"] = float(card.number or "")
    except ValueError:
        return told
    return told if 0 <= told["position"] < 1e9 else {"name": card.series}


def _published(card: BookCard) -> str | None:
    """Return the day where it is known: the manifest knows no year alone."""
    try:
        return date(card.year or 0, card.month or 0, card.day or 0).isoformat()
    except ValueError:
        return None


def _link(link: Link) -> dict[str, Any]:
    told: dict[str, Any] = {"rel": link.rel, "href": link.href, "type": link.media}
    if link.title:
        told["title"] = link.title
    if "{" in link.href:
        told["templated"] = True
    return told
