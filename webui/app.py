"""Puts the Flask app together: the library, the blueprints, headers and the error pages."""

import http.client
import re
from functools import partial
from typing import cast

import flask
from werkzeug.exceptions import HTTPException, SecurityError

import search
from schemas.errors import (
    BackendUnavailableError,
    LibraryError,
    LongboxError,
    NotFoundError,
    PictureError,
    PictureTooLargeError,
    QueryError,
)
from search.library import Library
from webui import WebConfig
from webui.api import api
from webui.maps import map_api
from webui.pictures import PagePictures, QueryPictures, stored_page
from webui.state import Site
from webui.views import views

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_PORT = re.compile(r":\d+\Z")

FOR_PROGRAMS = ("/api/", "/healthz")
"""Addresses that answer in JSON, errors too."""

STATUS_OF_ERROR: tuple[tuple[type[LongboxError], int], ...] = (
    (NotFoundError, 404),
    (PictureTooLargeError, 413),
    (PictureError, 415),
    (QueryError, 400),
    (LibraryError, 503),
    (BackendUnavailableError, 503),
)


def build_app(config: WebConfig, library: Library | None) -> flask.Flask:
    """Make the app; a library not given is opened here, so that a wrong one is known at once."""
    app = flask.Flask("webui", template_folder="templates", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = config.max_upload_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = config.max_upload_bytes
    app.extensions["longbox"] = Site(
        library=library or search.open(config.library, pages=stored_page),
        page_pictures=PagePictures(capacity_bytes=config.picture_cache_bytes),
        query_pictures=QueryPictures(capacity_bytes=config.query_picture_bytes),
    )
    app.before_request(partial(_refuse_foreign_host, frozenset(map(str.lower, config.trusted_hosts))))
    app.register_blueprint(views)
    app.register_blueprint(api, url_prefix="/api/v1")
    app.register_blueprint(map_api, url_prefix="/api/v1")
    app.add_url_rule("/healthz", view_func=_health)
    app.after_request(_secure)
    app.register_error_handler(LongboxError, _answer_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.jinja_env.globals["library_path"] = str(config.library)
    return app


def _health() -> flask.typing.ResponseReturnValue:
    site = cast("Site", flask.current_app.extensions["longbox"])
    return flask.jsonify({"status": "ok", **site.library.stats().to_json()})


def _refuse_foreign_host(trusted: frozenset[str]) -> None:
    """Raise SecurityError for a name that is none of ours.

    Werkzeug's own TRUSTED_HOSTS cuts names at their first colon, so that no IPv6 address passes.
    """
    name = _PORT.sub("", flask.request.host).lower()
    if name not in trusted:
        raise SecurityError(f"{name!r} is none of this server's names")


def _secure(response: flask.Response) -> flask.Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _answer_error(error: LongboxError) -> flask.typing.ResponseReturnValue:
    status = next((code for kind, code in STATUS_OF_ERROR if isinstance(error, kind)), 500)
    return _answer(status, error.reason, str(error))


def _answer_http_error(error: HTTPException) -> flask.typing.ResponseReturnValue:
    if isinstance(error, SecurityError):
        return _answer_foreign_host()
    status = error.code or 500
    if status < 400:  # a redirect is no error
        return error.get_response()
    code = (error.name or "error").lower().replace(" ", "-")
    return _answer(status, code, HINTS.get(status, error.description or error.name))


def _answer_foreign_host() -> flask.typing.ResponseReturnValue:
    """Refuse a name that is none of ours, without a page: its links could not be built."""
    message = "This server does not answer to that host name."
    if flask.request.path.startswith(FOR_PROGRAMS):
        return _answer(400, "foreign-host", message)
    return flask.Response(f"{message}\n", 400, mimetype="text/plain")


HINTS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "That is larger than the server accepts; send a smaller picture.",
    500: "That is a fault of Longbox itself; the server's log names it.",
}


def _answer(status: int, code: str, message: str) -> flask.typing.ResponseReturnValue:
    if flask.request.path.startswith(FOR_PROGRAMS):
        body = {"error": {"status": status, "code": code, "message": message}}
        return flask.jsonify(body), status
    heading = http.client.responses.get(status, "Error").capitalize()
    return flask.render_template("error.html", status=status, heading=heading, message=message), status
