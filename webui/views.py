"""The pages of the web UI, rendered on the server: search, book list, book, page.

Everything works without JavaScript; ``static/longbox.js`` adds dropping pictures and keys.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from models.pictures import encode_webp
from schemas.errors import NotFoundError, QueryError
from schemas.messages import SearchHit, SearchResponse
from search.details import BookDetail
from webui import parsing
from webui.forms import FormState, address_of
from webui.shapes import outline, tile_class
from webui.state import site

views = flask.Blueprint("views", __name__)

HITS_A_PAGE = 30
BOOKS_A_PAGE = 60
BOOKS_ON_START = 14
"""Two rows of a desktop window."""
DIRECTIONS = {"ltr": "read left to right", "rtl": "read right to left", "ttb": "read top to bottom"}


@views.get("/")
def home() -> ResponseReturnValue:
    """Show the search form and, where something is asked, the hits."""
    arguments = flask.request.args.copy()
    if not all(value.strip() for _, value in arguments.items(multi=True)):
        return flask.redirect(address_of(arguments))  # a form sends its empty fields: a short address is kept
    try:
        if not parsing.asks_something(arguments):
            parsing.check_names(arguments)
            return _render_start(arguments)
        return _render_hits(arguments, _search(arguments))
    except QueryError as error:
        return _render_hits(arguments, None, problem=str(error)), 400
    except NotFoundError as error:  # an example panel that is gone, or a picture that is forgotten
        for key in ("like", "picture"):
            arguments.poplist(key)
        return _render_hits(arguments, None, problem=str(error)), 404


@views.post("/")
def search_by_picture() -> ResponseReturnValue:
    """Take a dropped picture, remember it, and go on to the address of that search."""
    arguments = flask.request.form.copy()
    picture = parsing.uploaded_picture()
    if picture is not None:
        arguments["picture"] = site().query_pictures.remember(picture)
    return flask.redirect(address_of(arguments), code=303)


@views.get("/query-pictures/<name>")
def query_picture(name: str) -> ResponseReturnValue:
    """Send back a picture that somebody searches by, for the form to show."""
    webp, _, _ = encode_webp(site().query_pictures.recall(name), max_side_px=240, quality=80)
    return flask.Response(webp, mimetype="image/webp")


@views.get("/books")
def books() -> ResponseReturnValue:
    """Show the books of the library."""
    offset, _ = parsing.page_window(flask.request.args, default_limit=BOOKS_A_PAGE, max_limit=BOOKS_A_PAGE)
    listing = site().library.books(offset=offset, limit=BOOKS_A_PAGE)
    return flask.render_template("books.html", listing=listing, offset=offset, step=BOOKS_A_PAGE)


@views.get("/books/<book_id>")
def book(book_id: str) -> ResponseReturnValue:
    """Show a book and its pages."""
    detail = site().library.book(book_id)
    return flask.render_template("book.html", book=detail, facts=tuple(_facts(detail)))


@views.get("/pages/<path:page_id>")
def page(page_id: str) -> ResponseReturnValue:
    """Show a page; ``?panel=3`` marks its third panel in reading order."""
    lit = parsing.optional_integer(flask.request.args, "panel")
    detail = site().library.page(page_id)
    came_from = _search_address(flask.request.args.get("from", ""))
    return flask.render_template(
        "page.html",
        page=detail,
        lit=lit,
        marked=next((panel for panel in detail.panels if panel.panel_no == lit), None),
        came_from=came_from,
        back=came_from or flask.url_for("views.home"),
        outline=outline,
    )


def _search(arguments: parsing.Arguments) -> SearchResponse:
    picture = parsing.recalled_picture(arguments)
    return site().library.search(parsing.search_request(arguments, picture, default_limit=HITS_A_PAGE))


def _render_start(arguments: parsing.Arguments) -> str:
    library = site().library
    return flask.render_template(
        "start.html",
        form=FormState(arguments),
        facets=library.facets(),
        stats=library.stats(),
        recent=library.books(limit=BOOKS_ON_START, order="recent"),
    )


def _render_hits(
    arguments: parsing.Arguments, response: SearchResponse | None, *, problem: str | None = None
) -> str:
    return flask.render_template(
        "hits.html",
        form=FormState(arguments),
        facets=site().library.facets(),
        response=response,
        problem=problem,
        more=_link_to_more(arguments, response),
        hit_link=_hit_link,
        tile_class=tile_class,
    )


def _hit_link(hit: SearchHit) -> str:
    page = flask.url_for("views.page", page_id=hit.page_id)
    asked = flask.request.args.copy()
    asked.poplist("cursor")  # back leads to the best hits, not to the middle of the list
    query = urlencode({"panel": hit.panel_no, "from": address_of(asked)})
    return f"{page}?{query}#panel-{hit.panel_no}"


def _facts(book: BookDetail) -> Iterator[str]:
    """Say in a few words what is known of a book, the most telling first."""
    if book.series and book.series not in book.title:
        yield f"{book.series} {book.number or ''}".strip()
    yield from (str(fact) for fact in (book.year, book.publisher, book.language, book.licence) if fact)
    yield f"{book.page_count:,} {'page' if book.page_count == 1 else 'pages'}"
    yield f"{book.panel_count:,} {'panel' if book.panel_count == 1 else 'panels'}"
    yield DIRECTIONS.get(book.direction, book.direction)


def _link_to_more(arguments: parsing.Arguments, response: SearchResponse | None) -> str | None:
    if response is None or response.cursor is None:
        return None
    onward = arguments.copy()
    onward["cursor"] = response.cursor
    return address_of(onward)


def _search_address(address: str) -> str:
    """Return a way back to the search that led here: only ever a search page of this server."""
    return address if address.startswith("/?") else ""
