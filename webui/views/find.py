"""The start page and the search page."""

from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from models.pictures import encode_webp
from schemas.errors import NotFoundError, QueryError
from schemas.messages import SearchHit, SearchResponse
from webui import parsing
from webui.showing.facet_panel import facet_groups, year_bars
from webui.showing.forms import FormState, address_of
from webui.showing.reasons import reasons_of
from webui.showing.sayings import pieces_of
from webui.state import site
from webui.views.blueprint import views

HITS_A_PAGE = 30
PICTURED = ("like", "unlike", "picture", "also_picture", "crop")
BOOKS_ON_START = 14
"""Two rows of a desktop window."""


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
        for key in PICTURED:
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


@views.get("/picture")
def picture_form() -> ResponseReturnValue:
    """Show the form to search by a picture: for browsers without JavaScript."""
    return flask.render_template("picture.html", form=FormState(flask.request.args.copy()))


@views.get("/query-pictures/<name>")
def query_picture(name: str) -> ResponseReturnValue:
    """Send back a picture that somebody searches by, for the form to show."""
    webp, _, _ = encode_webp(site().query_pictures.recall(name), max_side_px=240, quality=80)
    return flask.Response(webp, mimetype="image/webp")


def _search(arguments: parsing.Arguments) -> SearchResponse:
    picture = parsing.recalled_picture(arguments)
    arguments = arguments.copy()
    arguments["facets"] = "yes"
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
    facets = response.facets if response and response.facets else site().library.facets()
    return flask.render_template(
        "hits.html",
        form=FormState(arguments),
        groups=facet_groups(facets, arguments),
        years=year_bars(facets, arguments),
        response=response,
        problem=problem,
        more=_link_to_more(arguments, response),
        hit_link=_hit_link,
        reasons_of=reasons_of,
        pieces_of=pieces_of,
    )


def _hit_link(hit: SearchHit) -> str:
    page = flask.url_for("views.page", page_id=hit.page_id)
    asked = flask.request.args.copy()
    asked.poplist("cursor")  # back leads to the best hits, not to the middle of the list
    query = urlencode({"panel": hit.panel_no, "from": address_of(asked)})
    return f"{page}?{query}#panel-{hit.panel_no}"


def _link_to_more(arguments: parsing.Arguments, response: SearchResponse | None) -> str | None:
    if response is None or response.cursor is None:
        return None
    onward = arguments.copy()
    onward["cursor"] = response.cursor
    return address_of(onward)
