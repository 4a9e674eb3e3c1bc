"""The cast of a book: who is drawn, from panel to panel, and naming them."""

from dataclasses import asdict, dataclass
from typing import Annotated

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.instances.casting import BookCast, name_group
from schemas.geometry import Box
from search.answers.crops import inside
from webui.api.elements import ElementSummary, Name, PanelId, summary, taught
from webui.openapi.routes import Answer, Routes
from webui.reasons import visitor_is_gone
from webui.state import site

routes = Routes("cast")


@dataclass(frozen=True, slots=True)
class CastMember:
    """Somebody in a panel; ``box`` is left, top, right, bottom on the page, from 0 to 1."""

    panel_id: str
    page_id: str
    box: tuple[float, float, float, float]
    kind: str


@dataclass(frozen=True, slots=True)
class CastGroup:
    """The same figure in several panels, as far as can be seen."""

    group_id: str
    panels: int
    members: tuple[CastMember, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in a book, those in most panels first; ``alone`` were seen once."""

    book_id: str
    found_by: str
    panels: int
    alone: int
    groups: tuple[CastGroup, ...]


class NamedGroup(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A group and what it is called; panels that do not belong to it are said not to show it."""

    group: Annotated[str, Meta(min_length=1, max_length=40)]
    name: Name
    without: Annotated[tuple[PanelId, ...], Meta(max_length=3_000)] = ()


@routes.get("/books/<book_id>/cast", Answer(Cast), cost=20)
def cast(book_id: str) -> ResponseReturnValue:
    """Gather who is drawn in a book: the same figure from panel to panel. It takes seconds, once."""
    with taught():
        return flask.jsonify(asdict(_told(site().casts.of(book_id, visitor_is_gone()))))


@routes.post(
    "/books/<book_id>/cast", Answer(ElementSummary, status=201), body=NamedGroup, errors=(404,), cost=40
)
def name_cast(book_id: str, body: NamedGroup) -> ResponseReturnValue:
    """Name a group: it becomes an element, or is added to the one of that name."""
    with taught():
        found = site().casts.of(book_id, visitor_is_gone())
        facts = name_group(site().home, found, body.group, body.name, without=body.without)
    return flask.jsonify(asdict(summary(facts.name))), 201


def _told(found: BookCast) -> Cast:
    ids = list(dict.fromkeys(one.panel_id for group in found.groups for one in group.members))
    placed = {panel.panel_id: panel for panel in site().library.panels(ids)} if ids else {}
    groups = []
    for group in found.groups:
        members = []
        for one in group.members:
            panel = placed[one.panel_id]
            x0, y0, x1, y1 = (round(side, 4) for side in inside(panel.place.box, Box(*one.box)).as_tuple())
            members.append(CastMember(one.panel_id, panel.page_id, (x0, y0, x1, y1), one.kind))
        groups.append(CastGroup(group.group_id, group.panels, tuple(members)))
    return Cast(found.book_id, found.found_by, found.panels, found.alone, tuple(groups))
