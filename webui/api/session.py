"""Who the server takes the visitor for, and the token that changes must show."""

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from webui.openapi.routes import Answer, Routes
from webui.security.gate import gate
from webui.security.scopes import Scope

routes = Routes("session")


@dataclass(frozen=True, slots=True)
class Session:
    """The visitor: by which key, how known, and what that may do.

    ``csrf_token`` goes into X-CSRF-Token of every change that a page makes; ``needs_key`` says
    whether the server lets in nobody without a key.
    """

    name: str
    how: str
    scope: str
    csrf_token: str
    needs_key: bool


@routes.get("/session", Answer(Session), scope=Scope.OPEN, cost=0.2)
def session() -> ResponseReturnValue:
    """Say who is asking, and what they may do."""
    visitor = gate().visitor()
    told = Session(visitor.name, visitor.how.value, visitor.scope.value, gate().token(), not gate().is_open)
    response = flask.jsonify(told)
    response.cache_control.no_store = True
    return response
