"""The one shape of every error, and how errors of Longbox become answers.

For programs ``{"error": {"status", "code", "message", "request_id"}}``, for people a page that says
the same and where to go on.
"""

import http.client
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from schemas.errors import (
    BackendUnavailableError,
    ConfigError,
    ConflictError,
    DaemonError,
    LibraryError,
    LongboxError,
    NotFoundError,
    PictureError,
    PictureTooLargeError,
    QueryError,
    StoppedError,
)
from webui.request_ids import request_id

logger = logging.getLogger(__name__)

FOR_PROGRAMS = ("/api/", "/healthz", "/opds", "/opensearch")
"""Addresses that answer in JSON, errors too."""

STATUS_OF_ERROR: tuple[tuple[type[LongboxError], int], ...] = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (PictureTooLargeError, 413),
    (PictureError, 415),
    (QueryError, 400),
    (DaemonError, 503),
    (ConfigError, 503),
    (LibraryError, 503),
    (BackendUnavailableError, 503),
    (StoppedError, 503),
)

HINTS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "That is larger than the server accepts: send a smaller picture, or fewer things at once.",
    500: "That is a fault of Longbox itself; the server's log names it.",
}


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """What went wrong: ``code`` is a slug for programs, ``message`` one line for people."""

    status: int
    code: str
    message: str
    request_id: str


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """The body of every error."""

    error: ErrorFacts


class Refusal(HTTPException):
    """An answer that is no result: ``slug`` for programs, headers as given."""

    def __init__(
        self, status: int, slug: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        """Take what the answer will say."""
        super().__init__(message)
        self.code, self.slug, self.extra_headers = status, slug, dict(headers or {})


def register_errors(app: flask.Flask) -> None:
    """Let an app answer every error in the one shape."""
    app.register_error_handler(LongboxError, _answer_error)
    app.register_error_handler(HTTPException, _answer_http_error)


def answer(status: int, code: str, message: str) -> flask.Response:
    """Answer with an error: JSON for programs, a page for people."""
    if is_for_programs():
        response = flask.jsonify(asdict(ErrorAnswer(ErrorFacts(status, code, message, request_id()))))
    else:
        heading = http.client.responses.get(status, "Error").capitalize()
        page = flask.render_template("error.html", status=status, heading=heading, message=message)
        response = flask.make_response(page)
    response.status_code = status
    return response


def is_for_programs() -> bool:
    """Say whether this request expects JSON."""
    return flask.request.path.startswith(FOR_PROGRAMS)


def status_of(error: LongboxError) -> int:
    """Return the status of an error of Longbox."""
    return next((code for kind, code in STATUS_OF_ERROR if isinstance(error, kind)), 500)


def facts_of(error: LongboxError) -> dict[str, object]:
    """Return an error in the one shape, for a place inside an answer."""
    return asdict(ErrorFacts(status_of(error), error.reason, str(error), request_id()))


def _answer_error(error: LongboxError) -> ResponseReturnValue:
    status = status_of(error)
    if status == 500:
        logger.error("request %s: %s", request_id(), error)
    response = answer(status, error.reason, str(error))
    if isinstance(error, ConflictError) and is_for_programs():
        shown = flask.json.loads(response.get_data())
        response.set_data(flask.json.dumps({**shown, "current": error.current}))
    return response


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):
        return _answer_foreign_host()
    status = error.code or 500
    if status < 400:  # a redirect is no error
        return error.get_response()
    if isinstance(error, Refusal):
        response = answer(status, error.slug, error.description or error.slug)
        response.headers.update(error.extra_headers)
        return response
    code = (error.name or "error").lower().replace(" ", "-")
    response = answer(status, code, HINTS.get(status, error.description or error.name))
    for name in ("Allow", "Content-Range"):
        value = dict(error.get_headers()).get(name)
        if value is not None:
            response.headers[name] = value
    return response


def _answer_foreign_host() -> flask.Response:
    """Refuse a name that is none of ours, without a page: its links could not be built."""
    message = "This server does not answer to that host name."
    if is_for_programs():
        return answer(400, "foreign-host", message)
    return flask.Response(f"{message}\n", 400, mimetype="text/plain")
