"""The pages of the web UI, rendered on the server: search, book list, book, page.

Everything works without JavaScript; ``static/longbox.js`` adds dropping pictures and keys.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from models.pictures import encode_webp
from schemas.errors import QueryError
from schemas.labels import PageType
from schemas.messages import SearchHit, SearchResponse
from search.details import PageDetail, PanelSummary
from webui import parsing
from webui.state import site

views = flask.Blueprint("views", __name__)

HITS_A_PAGE = 30
BOOKS_A_PAGE = 60


@views.get("/")
def home() -> ResponseReturnValue:
    """Show the search form and, where something is asked, the hits."""
    arguments = flask.request.args.copy()
    if not parsing.asks_something(arguments):
        return _render_start(arguments)
    try:
        return _render_hits(arguments, _search(arguments))
    except QueryError as error:
        return _render_hits(arguments, None, problem=str(error)), 400


@views.post("/")
def search_by_picture() -> ResponseReturnValue:
    """Take a dropped picture, remember it, and go on to the address of that search."""
    arguments = flask.request.form.copy()
    picture = parsing.uploaded_picture()
    if picture is not None:
        arguments["picture"] = site().query_pictures.remember(picture)
    return flask.redirect(_address_of(arguments), code=303)


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
    return flask.render_template("book.html", book=site().library.book(book_id))


@views.get("/pages/<path:page_id>")
def page(page_id: str) -> ResponseReturnValue:
    """Show a page; ``?panel=3`` marks its third panel in reading order."""
    detail = site().library.page(page_id)
    lit = flask.request.args.get("panel", type=int)
    marked = next((panel for panel in detail.panels if panel.panel_no == lit), None)
    return flask.render_template(
        "page.html",
        page=detail,
        marked=marked,
        back=_search_address(flask.request.args.get("from", "")),
        outline=_outline,
    )


@dataclass(frozen=True, slots=True)
class FormState:
    """What the search form shows."""

    arguments: parsing.Arguments
    page_types: tuple[str, ...] = tuple(kind.value for kind in PageType)

    def first(self, key: str) -> str:
        """Return a parameter's first value, empty where it is absent."""
        return self.arguments.get(key, "")

    def has(self, key: str, value: str) -> bool:
        """Say whether a parameter holds a value."""
        return value in self.arguments.getlist(key)

    @property
    def is_filtered(self) -> bool:
        """Say whether any facet narrows the search."""
        facets = (*parsing.FACETS, "year_from", "year_to", "has_text")
        return any(value for key in facets for value in self.arguments.getlist(key))


def _search(arguments: parsing.Arguments) -> SearchResponse:
    token = arguments.get("picture")
    picture = site().query_pictures.recall(token) if token else None
    return site().library.search(parsing.search_request(arguments, picture, default_limit=HITS_A_PAGE))


def _render_start(arguments: parsing.Arguments) -> str:
    library = site().library
    return flask.render_template(
        "start.html",
        form=FormState(arguments),
        facets=library.facets(),
        stats=library.stats(),
        recent=library.books(offset=0, limit=12),
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
        address=flask.request.full_path,
        hit_link=_hit_link,
    )


def _hit_link(hit: SearchHit) -> str:
    page = flask.url_for("views.page", page_id=hit.page_id)
    return f"{page}?{urlencode({'panel': hit.panel_no, 'from': flask.request.full_path})}"


def _outline(panel: PanelSummary, page: PageDetail) -> str:
    """Return a panel's corners in page pixels, as the points of an SVG polygon."""
    x0, y0, x1, y1 = panel.box.as_tuple()
    corners = panel.polygon or ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return " ".join(f"{x * page.width_px:.1f},{y * page.height_px:.1f}" for x, y in corners)


def _link_to_more(arguments: parsing.Arguments, response: SearchResponse | None) -> str | None:
    if response is None or response.cursor is None:
        return None
    onward = arguments.copy()
    onward["cursor"] = response.cursor
    return _address_of(onward)


def _address_of(arguments: parsing.Arguments) -> str:
    given = [(key, value) for key, value in arguments.items(multi=True) if value.strip()]
    return f"{flask.url_for('views.home')}?{urlencode(given)}"


def _search_address(address: str) -> str:
    """Return a way back to the search that led here: only ever a search page of this server."""
    return address if address.startswith("/?") else flask.url_for("views.home")
