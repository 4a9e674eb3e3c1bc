"""What the search form shows of a query: its words, its facets, and the pictures it goes by."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import flask

from webui import parsing


@dataclass(frozen=True, slots=True)
class Example:
    """A picture that is searched by; ``without`` is the address of the search that leaves it out."""

    key: str
    value: str
    name: str
    picture: str
    without: str


@dataclass(frozen=True, slots=True)
class FormState:
    """A query as the form shows it."""

    arguments: parsing.Arguments

    def first(self, key: str) -> str:
        """Return a parameter's first value, empty where it is absent."""
        return self.arguments.get(key, "")

    def has(self, key: str, value: str) -> bool:
        """Say whether a parameter holds a value."""
        return value in self.arguments.getlist(key)

    @property
    def is_filtered(self) -> bool:
        """Say whether any facet narrows the search."""
        return any(value for key in parsing.NARROWING for value in self.arguments.getlist(key))

    @property
    def unfiltered(self) -> str:
        """The address of this search without its facets."""
        return address_of(_without(self.arguments, *parsing.NARROWING))

    @property
    def examples(self) -> tuple[Example, ...]:
        """The pictures searched by."""
        return tuple(_examples(self.arguments))


def address_of(arguments: parsing.Arguments) -> str:
    """Return the address of a search, empty parameters left out."""
    given = [(key, value) for key, value in arguments.items(multi=True) if value.strip()]
    start = flask.url_for("views.home")
    return f"{start}?{urlencode(given)}" if given else start


def _examples(arguments: parsing.Arguments) -> Iterator[Example]:
    token = arguments.get("picture", "")
    if token:
        shown = flask.url_for("views.query_picture", name=token)
        yield Example("picture", token, "your picture", shown, address_of(_without(arguments, "picture")))
    liked = list(filter(None, arguments.getlist("like")))
    for panel in liked:
        fewer = _without(arguments, "like")
        fewer.setlist("like", [other for other in liked if other != panel])
        shown = flask.url_for("api.thumbnail", asset_id=panel)
        yield Example("like", panel, "panels like this", shown, address_of(fewer))


def _without(arguments: parsing.Arguments, *keys: str) -> parsing.Arguments:
    fewer = arguments.copy()
    for key in (*keys, "cursor"):
        fewer.poplist(key)
    return fewer
