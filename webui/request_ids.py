"""A name for each request, in its answer, in errors and in the logs."""

import re
import secrets

import flask

HEADER = "X-Request-Id"
_SOUND = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id() -> str:
    """Return the name of this request: the client's where it is a plain word, else one of our own."""
    if "request_id" not in flask.g:
        given = flask.request.headers.get(HEADER, "")
        flask.g.request_id = given if _SOUND.fullmatch(given) else secrets.token_hex(8)
    return str(flask.g.request_id)


def name_answer(response: flask.Response) -> flask.Response:
    """Write the request's name into its answer."""
    response.headers[HEADER] = request_id()
    return response
