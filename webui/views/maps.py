"""The map: all panels at once, what is alike side by side; and its clusters as a table."""

import json
from dataclasses import asdict
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from models.mapping.layouts import installed_methods
from schemas.errors import NotFoundError
from schemas.maps import SIDES as COLUMNS
from schemas.maps import MapCluster, MapFacts
from schemas.tables import PANELS
from webui.addresses import search_address
from webui.api.maps import detail_of, shelf
from webui.i18n import noted, say
from webui.state import site
from webui.views.blueprint import views

SIDES = {
    "look": noted("Looks alike"),
    "meaning": noted("Says alike"),
    "fused": noted("Alike in all"),
    "description": noted("Described alike"),
}
FACETS = {
    "cluster": noted("Cluster"),
    "series": noted("Series"),
    "book": noted("Book"),
    "language": noted("Language"),
    "page_type": noted("Page type"),
    "decade": noted("Decade"),
    "lettering": noted("Lettering"),
}


@views.get("/map")
def map_page() -> ResponseReturnValue:
    """Show a map: ``?name=`` which, ``?panel=`` with a panel marked."""
    shelf().look_again()  # one may have been made this moment
    known, making = shelf().facts(), _making()
    if not known:
        return flask.render_template("map.html", facts=None, maps=(), **making)
    name = flask.request.args.get("name") or _first(known)
    held = shelf().get(name)
    panel = flask.request.args.get("panel", "")
    return flask.render_template(
        "map.html",
        facts=held.facts,
        maps=known,
        told=json.dumps(_told(name, panel)),
        facets={key: say(label) for key, label in FACETS.items()},
        side_name=_side_name,
        cluster_link=lambda cluster: _cluster_link(held.facts, cluster),
        came_from=search_address(flask.request.args.get("from", "")),
        **making,
    )


@views.app_context_processor
def _known_to_templates() -> dict[str, object]:
    return {"has_map": lambda: bool(shelf().facts())}


def _making() -> dict[str, object]:
    """Return what a map can be made of here, and how far one is."""
    snapshot = site().library.snapshot()
    there = set(snapshot.table(PANELS).schema.names)
    if not snapshot.is_described:
        there.discard(COLUMNS["description"])
    sides = {side: say(SIDES[side]) for side, column in COLUMNS.items() if column in there}
    usual = "fused" if "fused" in sides else "look"
    return {
        "sides": sides,
        "usual": usual,
        "methods": installed_methods(),
        "state": site().chores["map"].state,
    }


def _first(known: tuple[MapFacts, ...]) -> str:
    """Return the map that is shown unless one is named: the one of most panels."""
    return max(known, key=lambda facts: (facts.panels, facts.method == "umap")).name


def _told(name: str, panel: str) -> dict[str, object]:
    """Return what the browser needs to draw a map, and where a panel lies on it."""
    told: dict[str, object] = asdict(detail_of(name))
    try:
        place = shelf().place(name, panel) if panel else None
    except NotFoundError:
        return {**told, "marked": None, "lost": True}
    return {**told, "marked": place and {"x": place.x, "y": place.y}, "lost": False}


def _side_name(facts: MapFacts) -> str:
    return " + ".join(say(SIDES[part]) for part in facts.side.split("+"))


def _cluster_link(facts: MapFacts, cluster: MapCluster) -> str:
    return f"{flask.url_for('views.home')}?{urlencode({'map': facts.name, 'cluster': cluster.number})}"
