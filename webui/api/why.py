"""Why a panel answers: a map of what in its picture speaks for words or for an element."""

from dataclasses import dataclass
from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from models.pictures import encode_png
from models.why.painting import laid_over, layer_of
from schemas.errors import ConfigError, QueryError
from schemas.messages import MAX_QUERY_CHARACTERS
from search.why import Asked, Why
from webui.openapi.routes import Answer, Routes
from webui.pictures import etag
from webui.reasons import visitor_is_gone
from webui.state import site

routes = Routes("why")
_PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Reason:
    """What in a panel speaks for what was asked.

    ``heat`` has a list a row of cells over the whole picture, from 0 to 1; ``peak`` is the place that
    counts most, across and down, ``method`` how the map was made; ``notes`` is what pictures cannot tell.
    """

    panel_id: str
    about: str
    method: str
    score: float
    peak: tuple[float, float]
    heat: tuple[tuple[float, ...], ...]
    notes: tuple[str, ...]


class WhyQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is to be explained: words as typed into the search box, or an element by its name."""

    q: Annotated[str, Meta(max_length=MAX_QUERY_CHARACTERS)] = ""
    element: Annotated[str, Meta(max_length=100)] = ""
    method: Literal["auto", "inside", "occlusion"] = "auto"


class MapQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The same, and whether the map is drawn over the panel, or alone to be laid over it."""

    q: Annotated[str, Meta(max_length=MAX_QUERY_CHARACTERS)] = ""
    element: Annotated[str, Meta(max_length=100)] = ""
    method: Literal["auto", "inside", "occlusion"] = "auto"
    alone: Literal["yes", "no"] = "no"


@routes.get("/panels/<path:panel_id>/why", Answer(Reason), query=WhyQuery, cost=10)
def why(panel_id: str, asked: WhyQuery) -> ResponseReturnValue:
    """Say which parts of a panel speak for words, for a panel like it (like:ID) or for an element."""
    return flask.jsonify(_explained(panel_id, asked).to_json())


@routes.get("/panels/<path:panel_id>/why.png", Answer(media=_PNG), query=MapQuery, cost=10)
def why_map(panel_id: str, asked: MapQuery) -> ResponseReturnValue:
    """Draw that map: over the panel, or alone and clear where nothing speaks."""
    found = _explained(panel_id, asked)
    height, width = found.picture.shape[:2]
    drawn = (
        layer_of(found.heat, width, height) if asked.alone == "yes" else laid_over(found.picture, found.heat)
    )
    data = encode_png(drawn)
    response = flask.Response(data, mimetype=_PNG)
    response.set_etag(etag(data))
    response.cache_control.private = response.cache_control.no_cache = True
    return response


def _explained(panel_id: str, asked: WhyQuery | MapQuery) -> Why:
    try:
        return site().reasons.explain(
            panel_id, Asked(asked.q, asked.element), asked.method, visitor_is_gone()
        )
    except ConfigError as error:
        raise QueryError(str(error)) from error
