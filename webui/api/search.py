"""Searching: by the parameters of an address, by JSON, by a form, many at once, and by vectors."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from schemas.answers import Suggestion
from schemas.errors import LongboxError
from schemas.messages import (
    MAX_LIMIT,
    MAX_QUERY_CHARACTERS,
    MAX_VECTORS,
    Neighbour,
    SearchRequest,
    SearchResponse,
)
from schemas.records import RgbImage
from search.answers.offering import MAX_SUGGESTIONS
from webui import parsing
from webui.api.parameters import SearchBody, SearchQuery
from webui.errors import ErrorFacts, facts_of
from webui.openapi.routes import Answer, Form, Routes
from webui.security.scopes import Scope
from webui.state import site

routes = Routes("search")

MAX_BATCH = 32
MAX_DIM = 4_096
_DEFAULT_SIMILAR = 20


@dataclass(frozen=True, slots=True)
class SearchAnswer(SearchResponse):
    """Hits, and under ``picture`` the name by which the picture searched by can be asked for again."""

    picture: str | None = None


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One of many searches: what it found, or what was wrong with it."""

    found: SearchResponse | None
    error: ErrorFacts | None


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """Answers in the order of the searches."""

    answers: tuple[BatchItem, ...]


class Batch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Searches to be made one after the other."""

    searches: Annotated[tuple[dict[str, Any], ...], Meta(min_length=1, max_length=MAX_BATCH)]


Vector = Annotated[tuple[float, ...], Meta(min_length=1, max_length=MAX_DIM)]


class Nearest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Vectors of the library's own encoder, and how many nearest panels each is to find."""

    vectors: Annotated[tuple[Vector, ...], Meta(min_length=1, max_length=MAX_VECTORS)]
    side: str = "meaning"
    k: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] = 10


@dataclass(frozen=True, slots=True)
class NearestAnswer:
    """The nearest panels to each vector, best first."""

    nearest: tuple[tuple[Neighbour, ...], ...]


class SimilarQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How many panels like one, and where to go on."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] = _DEFAULT_SIMILAR
    cursor: str | None = None
    min_score: Annotated[float, Meta(ge=0, le=1)] | None = None


class SuggestQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What stands in the box, and how many ways to go on are wanted."""

    q: Annotated[str, Meta(max_length=MAX_QUERY_CHARACTERS, description="What was typed so far.")] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_SUGGESTIONS)] = 10


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Ways to go on from what was typed, the likeliest first."""

    suggestions: tuple[Suggestion, ...]


@routes.get("/suggest", Answer(Suggestions), query=SuggestQuery, cost=0.2)
def suggest(asked: SuggestQuery) -> ResponseReturnValue:
    """Say what somebody may be typing: series, titles, people, tags, and lines that begin so."""
    found = site().library.suggest(asked.q, limit=asked.limit)
    return flask.jsonify({"suggestions": [suggestion.to_json() for suggestion in found]})


@routes.get("/search", Answer(SearchAnswer), query=SearchQuery, is_read_by_view=True, errors=(404,))
def search_by_query() -> ResponseReturnValue:
    """Search by the parameters of the address."""
    arguments = flask.request.args.copy()
    return _search(arguments, parsing.recalled_picture(arguments))


@routes.post(
    "/search",
    Answer(SearchAnswer),
    body=SearchBody,
    form=Form(SearchQuery, file="picture"),
    is_read_by_view=True,
    errors=(404,),
    scope=Scope.READ,
    max_bytes=None,
)
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


@routes.post("/search/batch", Answer(BatchAnswer), body=Batch, scope=Scope.READ, cost=8, max_bytes=None)
def search_batch(body: Batch) -> ResponseReturnValue:
    """Make many searches in one request.

    Each has the fields of SearchBody. One that cannot be answered says so in its own place, the
    others are answered all the same.
    """
    return flask.jsonify({"answers": [_one_of_batch(search) for search in body.searches]})


def _one_of_batch(search: dict[str, Any]) -> dict[str, object]:
    try:
        arguments, picture = parsing.arguments_from_json(json.dumps(search).encode())
        found = site().library.search(parsing.search_request(arguments, picture))
    except LongboxError as error:
        return {"found": None, "error": facts_of(error)}
    return {"found": found.to_json(), "error": None}


@routes.get("/panels/<path:panel_id>/similar", Answer(SearchResponse), query=SimilarQuery)
def similar(panel_id: str, asked: SimilarQuery) -> ResponseReturnValue:
    """Find panels like one that is stored, itself left out."""
    request = SearchRequest(
        like=(panel_id,), limit=asked.limit, cursor=asked.cursor, min_score=asked.min_score
    )
    return flask.jsonify(site().library.search(request).to_json())


@routes.post(
    "/nearest",
    Answer(NearestAnswer),
    body=Nearest,
    is_read_by_view=True,
    scope=Scope.READ,
    cost=4,
    max_bytes=None,
)
def nearest() -> ResponseReturnValue:
    """Find the nearest panels to each of many vectors: ids and cosines, in the order of the vectors."""
    found = site().library.nearest(parsing.nearest_from_json(flask.request.get_data()))
    return flask.jsonify({"nearest": [[panel.to_json() for panel in panels] for panels in found]})
