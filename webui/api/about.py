"""What the server says of itself: the OpenAPI document, a page for people, and whether it is well."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import flask
from flask.typing import ResponseReturnValue

from webui.openapi.document import document
from webui.openapi.routes import Answer, Endpoint, Routes
from webui.security.gate import gate
from webui.security.scopes import Scope
from webui.state import site

routes = Routes("about")
root_routes = Routes("about", prefix="")


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the server is well; how much it serves is told only to who may read it."""

    status: str
    books: int | None = None
    pages: int | None = None
    panels: int | None = None


@routes.get("/openapi.json", Answer(dict[str, Any]), scope=Scope.OPEN, cost=0.2)
def openapi() -> ResponseReturnValue:
    """Describe this API as OpenAPI 3.1."""
    return flask.jsonify(described(declared()))


@root_routes.get("/healthz", Answer(Health), scope=Scope.OPEN, cost=0.2)
def health() -> ResponseReturnValue:
    """Say whether the library can be used."""
    stats = site().library.stats()
    told = stats.to_json() if gate().visitor().may(Scope.READ) else {}
    return flask.jsonify({"status": "ok", **told})


def declared() -> tuple[Endpoint, ...]:
    """Return the declared routes of the app that handles this request."""
    endpoints: tuple[Endpoint, ...] = flask.current_app.extensions["longbox.endpoints"]
    return endpoints


@cache
def described(endpoints: tuple[Endpoint, ...]) -> dict[str, Any]:
    """Return the OpenAPI document of routes."""
    return document(endpoints, version=_version())


def _version() -> str:
    try:
        return version("longbox")
    except PackageNotFoundError:  # run from a checkout
        return "0"
