"""What both versions of OPDS show: entries with links, gathered into feeds with pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import flask

from search.answers.cards_of_books import BookCard
from search.answers.places import PlacedPanel
from webui.downloads import MEDIA_OF_CONTAINER

ACQUISITION = "http://opds-spec.org/acquisition"
IMAGE, THUMBNAIL = "http://opds-spec.org/image", "http://opds-spec.org/image/thumbnail"
JPEG, HTML = "image/jpeg", "text/html"
"""Catalogues know JPEG, PNG and GIF only."""
_CROP_SIDE_PX = 800
_SHOWN_TEXT = 300


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go on to."""

    rel: str
    href: str
    media: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A book, or a panel of one. ``own`` is the address of the entry itself in OPDS 2.0."""

    urn: str
    title: str
    updated: datetime
    summary: str
    card: BookCard
    links: tuple[Link, ...]
    own: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of entries; ``total`` is None where it is not known exactly."""

    urn: str
    title: str
    links: tuple[Link, ...]
    entries: tuple[Entry, ...]
    updated: datetime
    total: int | None = None
    offset: int | None = None
    a_page: int | None = None


def book_entry(card: BookCard) -> Entry:
    """Return a book as an entry."""
    cover = f"{card.book_id}/00001"
    links = (
        Link("alternate", flask.url_for("views.book", book_id=card.book_id), HTML, card.title),
        _acquisition(card, flask.url_for("views.book", book_id=card.book_id)),
        *_images(flask.url_for("api.picture", page_id=cover, side=1400, format="jpeg"), cover),
    )
    own = flask.url_for("api.opds2_book", book_id=card.book_id)
    urn = f"urn:longbox:book:{card.book_id}"
    return Entry(urn, card.title, _time_of(card), card.summary or "", card, links, own)


def panel_entry(panel: PlacedPanel, card: BookCard) -> Entry:
    """Return a panel as an entry that leads to it on its page."""
    anchor = f"panel-{panel.panel_no}"
    page = flask.url_for("views.page", page_id=panel.page_id, panel=panel.panel_no, _anchor=anchor)
    title = f"{panel.title}, page {panel.page_no}, panel {panel.panel_no}"
    crop = flask.url_for("api.crop", panel_id=panel.panel_id, side=_CROP_SIDE_PX, format="jpeg")
    links = (Link("alternate", page, HTML, title), _acquisition(card, page), *_images(crop, panel.panel_id))
    summary = panel.text.replace("\n", " ")[:_SHOWN_TEXT]
    own = flask.url_for("api.opds2_panel", panel_id=panel.panel_id)
    return Entry(f"urn:longbox:panel:{panel.panel_id}", title, _time_of(card), summary, card, links, own)


def latest(entries: Sequence[Entry]) -> datetime:
    """Return when the newest entry was changed; the beginning of time where there is none."""
    return max((entry.updated for entry in entries), default=datetime.fromtimestamp(0, UTC))


def _acquisition(card: BookCard, otherwise: str) -> Link:
    """Return where the book's file is, or where it can be read where it is no single file."""
    media = MEDIA_OF_CONTAINER.get(card.container)
    if media is None:
        return Link(ACQUISITION, otherwise, HTML, "Read")
    return Link(ACQUISITION, flask.url_for("api.book_file", book_id=card.book_id), media)


def _images(picture: str, asset_id: str) -> Iterator[Link]:
    yield Link(IMAGE, picture, JPEG)
    yield Link(THUMBNAIL, flask.url_for("api.thumbnail", asset_id=asset_id, format="jpeg"), JPEG)


def _time_of(card: BookCard) -> datetime:
    return datetime.fromtimestamp(card.mtime_ns // 10**9, UTC)
