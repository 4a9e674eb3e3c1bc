"""One declaration a route: its address, what it takes and gives, and who may ask.

What is taken is described by msgspec types with bounds. The same types read a request and make
the OpenAPI document, so that neither can say something else than the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any

import flask
import msgspec
from flask.typing import ResponseReturnValue

from schemas.config import MIB
from webui.openapi.reading import read_body, read_query
from webui.security.scopes import Scope

View = Callable[..., ResponseReturnValue]
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route gives: a ``kind`` of message as JSON, or something of another ``media`` type.

    ``others`` are further media types that can be asked for, ``partial`` says that ranges and
    conditions are honoured (206, 304, 416).
    """

    kind: Any = None
    status: int = 200
    media: str = JSON
    others: tuple[str, ...] = ()
    partial: bool = False


NOTHING = Answer(status=204)


@dataclass(frozen=True, slots=True)
class Form:
    """A body that a form may send instead of JSON: its fields, and the field that carries a file."""

    fields: Any
    file: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route. ``rule`` is Flask's, ``errors`` statuses beyond those any route may give.

    ``cost`` is what a request takes from a visitor's allowance, ``max_bytes`` bounds its body where that
    is to be smaller than the app allows.
    """

    method: str
    rule: str
    tag: str
    view: View
    answer: Answer
    query: type[msgspec.Struct] | None = None
    body: Any = None
    form: Form | None = None
    is_read_by_view: bool = False
    headers: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()
    scope: Scope = Scope.READ
    cost: float = 1.0
    max_bytes: int | None = MIB

    @property
    def name(self) -> str:
        """The name of the view."""
        return self.view.__name__

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (getdoc(self.view) or "").partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """What more there is to say."""
        return (getdoc(self.view) or "").partition("\n")[2].strip()

    def handle(self, **path: str) -> ResponseReturnValue:
        """Read the request as declared and answer it. Raises QueryError for what is not as declared."""
        given: dict[str, object] = dict(path)
        if self.max_bytes is not None and self.form is None:
            flask.request.max_content_length = self.max_bytes
        if not self.is_read_by_view:
            if self.query is not None:
                given["asked"] = read_query(self.query, flask.request.args)
            if self.body is not None:
                given["body"] = read_body(self.body, flask.request)
        return self.view(**given)


@dataclass(slots=True)
class Routes:
    """The routes of one resource. ``prefix`` comes before every rule."""

    tag: str
    prefix: str = "/api/v1"
    endpoints: list[Endpoint] = field(default_factory=list)

    def get(self, rule: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """Declare a route that only reads."""
        return self._declare("GET", rule, answer, more)

    def post(self, rule: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """Declare a route that takes a body; it changes something unless its scope says otherwise."""
        return self._declare("POST", rule, answer, {"scope": Scope.WRITE, **more})

    def patch(self, rule: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """Declare a route that changes a part of something."""
        return self._declare("PATCH", rule, answer, {"scope": Scope.WRITE, **more})

    def delete(self, rule: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """Declare a route that takes something away."""
        return self._declare("DELETE", rule, answer, {"scope": Scope.WRITE, **more})

    def _declare(
        self, method: str, rule: str, answer: Answer, more: dict[str, Any]
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            self.endpoints.append(Endpoint(method, self.prefix + rule, self.tag, view, answer, **more))
            return view

        return declare

    def register(self, app: flask.Flask, blueprint: str) -> None:
        """Put the routes into an app, under ``blueprint.view`` for ``url_for``."""
        for endpoint in self.endpoints:
            app.add_url_rule(
                endpoint.rule,
                endpoint=f"{blueprint}.{endpoint.name}",
                view_func=endpoint.handle,
                methods=[endpoint.method],
            )
