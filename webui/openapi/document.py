"""The OpenAPI 3.1 document of declared routes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from webui.errors import ErrorAnswer
from webui.openapi.routes import JSON, Answer, Endpoint
from webui.openapi.shapes import as_sent
from webui.security.scopes import Scope

OPENAPI = "3.1.0"
_REFERENCE = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_ALWAYS = (400, 429, 503)
"""Any address may be asked under a wrong name or with wrong parameters, too often, or in a bad moment."""
_PROTECTED = (401, 403)
_MEANING = {
    201: "Made.",
    204: "Done; there is nothing to tell.",
    206: "The range asked for.",
    304: "What you have is still right.",
    400: "The request is not as declared here, or comes under a foreign host name.",
    401: "A key is needed, or the one given is none of ours.",
    403: "The key may not do that, or the request comes from a page of another site.",
    404: "There is no such thing.",
    409: "It was changed meanwhile; `current` is how it stands now.",
    412: "It is not in the state that If-Match names.",
    413: "Larger than the server accepts.",
    415: "Not of a type that is taken.",
    416: "There is no such range.",
    429: "Too much at once: see Retry-After.",
    503: "The library or something that is needed cannot be used just now.",
}
_SECURITY_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key of `longbox keys add`."},
    "name_and_key": {
        "type": "http",
        "scheme": "basic",
        "description": "For OPDS readers: the key as password.",
    },
    "login": {"type": "apiKey", "in": "cookie", "name": "longbox", "description": "A login of the web UI."},
}


def document(endpoints: Sequence[Endpoint], *, version: str) -> dict[str, Any]:
    """Return the document."""
    kinds = [kind for endpoint in endpoints for kind in _kinds_of(endpoint)]
    shapes, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    known = _Shapes(dict(zip(map(repr, kinds), shapes, strict=True)), as_sent(components))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        place = paths.setdefault(path_of(endpoint), {})
        place[endpoint.method.lower()] = _operation(endpoint, known)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Longbox",
            "version": version,
            "summary": "Semantic search in comics.",
            "description": "Every error has the shape of ErrorAnswer; every answer carries X-Request-Id.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": known.components, "securitySchemes": _SECURITY_SCHEMES},
    }


def path_of(endpoint: Endpoint) -> str:
    """Return an address as OpenAPI writes it."""
    return _PARAMETER.sub(r"{\1}", endpoint.rule)


def statuses_of(endpoint: Endpoint) -> tuple[int, ...]:
    """Return every status that a route may answer with."""
    found = {endpoint.answer.status, *_ALWAYS, *endpoint.errors}
    found |= set(_PROTECTED) if endpoint.scope is not Scope.OPEN else set()
    found |= {404} if "<" in endpoint.rule else set()
    found |= {206, 304, 416} if endpoint.answer.partial else set()
    found |= {413, 415} if endpoint.body is not None else set()
    return tuple(sorted(found))


class _Shapes:
    """Schemas of messages by their types."""

    def __init__(self, shapes: dict[str, Any], components: dict[str, Any]) -> None:
        self._shapes, self.components = shapes, components

    def of(self, kind: Any) -> dict[str, Any]:
        return dict(self._shapes[repr(kind)])

    def properties(self, kind: Any) -> dict[str, Any]:
        name = self._shapes[repr(kind)]["$ref"].rpartition("/")[2]
        return dict(self.components[name])


def _kinds_of(endpoint: Endpoint) -> Iterator[Any]:
    yield ErrorAnswer
    given = (endpoint.query, endpoint.body, endpoint.answer.kind, endpoint.form and endpoint.form.fields)
    yield from (kind for kind in given if kind is not None)


def _operation(endpoint: Endpoint, shapes: _Shapes) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "security": [] if endpoint.scope is Scope.OPEN else [{name: []} for name in _SECURITY_SCHEMES],
        "x-scope": endpoint.scope.value,
        "parameters": [*_in_path(endpoint), *_in_query(endpoint, shapes), *_in_headers(endpoint)],
        "responses": {str(status): _response(endpoint, status, shapes) for status in statuses_of(endpoint)},
    }
    if endpoint.description:
        operation["description"] = endpoint.description
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": dict(_bodies(endpoint, shapes))}
    return operation


def _in_path(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in _PARAMETER.findall(endpoint.rule):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _in_query(endpoint: Endpoint, shapes: _Shapes) -> Iterator[dict[str, Any]]:
    if endpoint.query is None:
        return
    whole = shapes.properties(endpoint.query)
    for name, schema in whole["properties"].items():
        told = {key: value for key, value in schema.items() if key != "description"}
        parameter = {"name": name, "in": "query", "required": name in whole["required"], "schema": told}
        if "description" in schema:
            parameter["description"] = schema["description"]
        yield parameter


def _in_headers(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in endpoint.headers:
        yield {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}


def _bodies(endpoint: Endpoint, shapes: _Shapes) -> Iterator[tuple[str, Any]]:
    yield JSON, {"schema": shapes.of(endpoint.body)}
    if endpoint.form is not None:
        fields = shapes.properties(endpoint.form.fields)["properties"]
        file = {"type": "string", "format": "binary"}
        whole = {"type": "object", "properties": {**fields, endpoint.form.file: file}}
        yield "multipart/form-data", {"schema": whole}


def _response(endpoint: Endpoint, status: int, shapes: _Shapes) -> dict[str, Any]:
    response: dict[str, Any] = {"description": _MEANING.get(status, "What was asked for.")}
    if status in (endpoint.answer.status, 206):
        response["content"] = _content(endpoint.answer, shapes)
    elif status >= 400:
        response["content"] = {JSON: {"schema": shapes.of(ErrorAnswer)}}
    if not response.get("content", True):
        del response["content"]
    return response


def _content(answer: Answer, shapes: _Shapes) -> dict[str, Any]:
    if answer.status == 204:
        return {}
    if answer.kind is not None:
        return {answer.media: {"schema": shapes.of(answer.kind)}}
    return {media: {} for media in (answer.media, *answer.others)}
