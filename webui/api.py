"""The REST API: HTTP to messages and back, nothing more.

Every answer is JSON, every error ``{"error": {"status", "code", "message"}}``.
"""

from pathlib import Path

import flask
from flask.typing import ResponseReturnValue

from schemas.errors import BackendUnavailableError, ContainerError, PictureError, QueryError
from schemas.records import RgbImage
from webui import parsing
from webui.pictures import PageSource, etag
from webui.state import site

api = flask.Blueprint("api", __name__)

DEFAULT_SIDE_PX, MAX_SIDE_PX = 1400, 10_000


@api.get("/search")
def search_by_query() -> ResponseReturnValue:
    """Search by the parameters of the query string."""
    arguments = flask.request.args.copy()
    return _search(arguments, parsing.recalled_picture(arguments))


@api.post("/search")
def search_by_body() -> ResponseReturnValue:
    """Search by a JSON object, or by a form that carries a picture file."""
    if flask.request.is_json:
        arguments, picture = parsing.arguments_from_json(flask.request.get_data())
    else:
        arguments = flask.request.form.copy()
        picture = parsing.uploaded_picture()
        if picture is None:
            picture = parsing.recalled_picture(arguments)
    return _search(arguments, picture)


def _search(arguments: parsing.Arguments, picture: RgbImage | None) -> ResponseReturnValue:
    """Answer with the hits; ``picture`` names the picture asked by, for the next page by GET."""
    found = site().library.search(parsing.search_request(arguments, picture))
    token = None if picture is None else site().query_pictures.remember(picture)
    return flask.jsonify({**found.to_json(), "picture": token})


@api.post("/nearest")
def nearest() -> ResponseReturnValue:
    """Find the nearest panels to each of many vectors: ids and cosines, in the order of the vectors."""
    found = site().library.nearest(parsing.nearest_from_json(flask.request.get_data()))
    return flask.jsonify({"nearest": [[panel.to_json() for panel in panels] for panels in found]})


@api.get("/books")
def books() -> ResponseReturnValue:
    """List books in order of title."""
    offset, limit = parsing.page_window(flask.request.args, default_limit=50, max_limit=500)
    return flask.jsonify(site().library.books(offset=offset, limit=limit).to_json())


@api.get("/books/<book_id>")
def book(book_id: str) -> ResponseReturnValue:
    """Show one book and its pages."""
    return flask.jsonify(site().library.book(book_id).to_json())


@api.get("/pages/<path:page_id>")
def page(page_id: str) -> ResponseReturnValue:
    """Show one page with its panels in reading order."""
    return flask.jsonify(site().library.page(page_id).to_json())


@api.get("/panels/<path:panel_id>")
def panel(panel_id: str) -> ResponseReturnValue:
    """Show one panel and its neighbours in reading order."""
    return flask.jsonify(site().library.panel(panel_id).to_json())


@api.get("/facets")
def facets() -> ResponseReturnValue:
    """Show the values that a search can be narrowed to, with counts."""
    return flask.jsonify(site().library.facets().to_json())


@api.get("/thumbnails/<path:asset_id>")
def thumbnail(asset_id: str) -> ResponseReturnValue:
    """Send the stored thumbnail of a page or a panel."""
    return _picture(site().library.thumbnail(asset_id))


@api.get("/pictures/<path:page_id>")
def picture(page_id: str) -> ResponseReturnValue:
    """Send a page, read from its book; its thumbnail where the book is gone, or another one by now."""
    asked = parsing.optional_integer(flask.request.args, "side")
    side_px = DEFAULT_SIDE_PX if asked is None else asked
    if not 1 <= side_px <= MAX_SIDE_PX:
        raise QueryError(f"side is the longest side in pixels, between 1 and {MAX_SIDE_PX:,}")
    detail = site().library.page(page_id)
    origin = PageSource(page_id, Path(detail.source), detail.fingerprint, detail.page_file)
    try:
        webp = site().page_pictures.page(origin, side_px=side_px)
    except (ContainerError, PictureError, BackendUnavailableError):
        makeshift = _picture(site().library.thumbnail(page_id))
        makeshift.cache_control.no_store = True  # the book may be back at the next look
        return makeshift
    return _picture(webp)


def _picture(webp: bytes) -> flask.Response:
    """Answer with a picture that is asked for anew each time, and sent only where it has changed.

    An id is no promise of a picture: indexing again with other settings numbers panels anew.
    """
    response = flask.Response(webp, mimetype="image/webp")
    response.set_etag(etag(webp))
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.make_conditional(flask.request)
    return response
