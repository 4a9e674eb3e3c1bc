"""The reader: a book, one of its pages, and the whole book as one strip."""

from collections.abc import Iterator

import flask
from flask.typing import ResponseReturnValue

from schemas.streams import is_no_comic
from search.answers.details import BookDetail
from webui import parsing
from webui.addresses import search_address
from webui.i18n import say, spoken
from webui.showing import labels
from webui.state import site
from webui.views.blueprint import views

CREDITS_SHOWN = 12


@views.get("/books/<book_id>")
def book(book_id: str) -> ResponseReturnValue:
    """Show a book and its pages."""
    detail = site().library.book(book_id)
    return flask.render_template(
        "book.html", book=detail, facts=tuple(_facts(detail)), details=tuple(_details(detail))
    )


@views.get("/books/<book_id>/scroll")
def strip(book_id: str) -> ResponseReturnValue:
    """Show all pages of a book below each other, as webtoons are read; ``#page-3`` begins at the third."""
    return flask.render_template("strip.html", book=site().library.book(book_id))


@views.get("/pages/<path:page_id>")
def page(page_id: str) -> ResponseReturnValue:
    """Show a page; ``?panel=3`` marks its third panel in reading order."""
    lit = parsing.optional_integer(flask.request.args, "panel")
    detail = site().library.page(page_id)
    came_from = search_address(flask.request.args.get("from", ""))
    return flask.render_template(
        "page.html",
        page=detail,
        lit=lit,
        marked=next((panel for panel in detail.panels if panel.panel_no == lit), None),
        came_from=came_from,
        back=came_from or flask.url_for("views.book", book_id=detail.book_id),
    )


def _facts(book: BookDetail) -> Iterator[str]:
    """Say in a few words what is known of a book, the most telling first."""
    count = spoken().count
    if book.series and book.series not in book.title:
        yield f"{book.series} {book.number or ''}".strip()
    yield from (str(fact) for fact in (book.year, book.publisher) if fact)
    if book.language:
        yield labels.language(book.language)
    yield from (fact for fact in (book.licence,) if fact)
    yield count("{n} page", "{n} pages", book.page_count)
    yield count("{n} panel", "{n} panels", book.panel_count)
    yield labels.direction(book.direction)
    if is_no_comic(book.comic):
        yield say("not a comic")


def _details(book: BookDetail) -> Iterator[tuple[str, str]]:
    """Yield what else a book says of itself, each with its name."""
    people = ", ".join(f"{credit.name} ({credit.role})" for credit in book.creators[:CREDITS_SHOWN])
    named = (
        (say("Creators"), people),
        (say("Characters"), ", ".join(book.characters)),
        (say("Genres"), ", ".join(book.genres)),
        (say("Tags"), ", ".join(book.tags)),
        (say("Story arc"), book.story_arc or ""),
        (say("Age rating"), book.age_rating or ""),
        (say("A comic"), "" if book.comic is None else f"{book.comic:.0%}"),
        (say("File"), book.source),
    )
    return ((name, value) for name, value in named if value)
