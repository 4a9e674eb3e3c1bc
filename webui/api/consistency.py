"""Whether a sequence keeps its people: reports, and another go at a panel that stands out."""

from dataclasses import asdict
from typing import Annotated, Any

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from schemas.errors import NotFoundError
from webui.consistency import JOB
from webui.generation.job import StudioJob
from webui.openapi.routes import Answer, Routes
from webui.reasons import visitor_is_gone
from webui.state import site

routes = Routes("generation")

Target = Annotated[str, Meta(min_length=5, max_length=210, pattern="^(job|story|book):")]


class ConsistencyQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to compare: ``job:ID`` of the studio, ``story:ID`` or ``book:ID`` of the library."""

    of: Target


class PanelAnew(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A panel of a report that is to be made anew, by its number."""

    of: Target
    panel: Annotated[int, Meta(ge=1, le=1_000)]


@routes.get("/consistency", Answer(dict[str, Any]), query=ConsistencyQuery, errors=(404,), cost=20)
def consistency(asked: ConsistencyQuery) -> ResponseReturnValue:
    """Say of everybody in a sequence how alike they are from panel to panel, and which panels stand out."""
    return flask.jsonify(site().reports.of(asked.of, visitor_is_gone()).to_json())


@routes.post("/consistency/anew", Answer(StudioJob, status=202), body=PanelAnew, errors=(404,), cost=20)
def panel_anew(body: PanelAnew) -> ResponseReturnValue:
    """Have a panel that stands out made anew: the next seed, everybody as in the other panels."""
    request = site().reports.of(body.of, visitor_is_gone()).anew.get(body.panel)
    if request is None:
        raise NotFoundError(f"panel {body.panel} does not stand out, or was not made here")
    of = body.of.removeprefix(JOB) if body.of.startswith(JOB) else ""
    job = site().studio.start(request, of=of, panel=body.panel if of else 0)
    return flask.jsonify(asdict(job)), 202
