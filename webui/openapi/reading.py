"""Reads a query or a body into a declared type, and says in one line what is wrong with it."""

import re
from typing import Any

import flask
import msgspec
from werkzeug.datastructures import MultiDict

from schemas.errors import QueryError
from webui.errors import Refusal

_PLACE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<place>.*)`)?\Z", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`\Z", re.DOTALL)
_SHOWN = 60


def read_query(kind: type[msgspec.Struct], arguments: MultiDict[str, str]) -> msgspec.Struct:
    """Read the parameters of an address; empty ones count as absent. Raises QueryError."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    given: dict[str, object] = {}
    for name in arguments:
        values = [value for value in arguments.getlist(name) if value.strip()]
        if name in fields and not values:
            continue
        repeats = name in fields and isinstance(fields[name].default, tuple)
        given[name] = values if repeats or not values else values[0]
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise QueryError(_in_words(str(error), fields)) from error


def read_body(kind: Any, request: flask.Request) -> Any:
    """Read a JSON body. Raises QueryError, or Refusal 415 where the body says it is no JSON."""
    if not request.is_json:
        raise Refusal(415, "no-json", "send JSON, under Content-Type: application/json")
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except msgspec.ValidationError as error:
        raise QueryError(_in_words(str(error), {})) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise QueryError("the body is no sound JSON") from error


def _in_words(message: str, known: dict[str, Any]) -> str:
    found = _PLACE.match(message)
    what, place = (found["what"], found["place"]) if found else (message, None)
    unknown = _UNKNOWN.match(what)
    if unknown:
        names = f"; known are {', '.join(known)}" if known else ""
        return f"unknown parameter {unknown['name'][:_SHOWN]!r}{names}"
    what = what.replace("`", "")
    return f"{place.lstrip('.')}: {what[:1].lower()}{what[1:]}" if place else what
