"""Maps over HTTP: what is known of them, their points in binary tiles, and what lies under a point.

A tile is a column after the other, little-endian: ``count`` and ``first`` as uint32, then for each
point x and y as uint16 (0 to 65,535 from one side of the map to the other), its cluster as int16
(-1: none) and, where a ``colour`` was asked for, the code of its value as uint16 (65,535: none,
65,534: a rare one). Points of a tile are numbered from ``first``.
"""

import gzip
import struct
from dataclasses import asdict

import flask
import numpy as np
from flask.typing import ResponseReturnValue

from schemas.areas import MapArea
from schemas.errors import NotFoundError, QueryError
from schemas.maps import MapFacts
from search.maps import LEVELS, HeldMap, MapShelf, Place, legend
from webui.state import site

map_api = flask.Blueprint("map_api", __name__)

TILE = "application/vnd.longbox.tile"
KEPT_S = 24 * 3600
_PACKED_FROM, _PACKING = 1_000, 1


def shelf() -> MapShelf:
    """Return the maps of the library as it stands."""
    return site().library.snapshot().maps


@map_api.get("/maps")
def maps() -> ResponseReturnValue:
    """List the maps of the library."""
    return flask.jsonify({"maps": [_summary(facts) for facts in shelf().facts()]})


@map_api.get("/maps/<name>")
def map_facts(name: str) -> ResponseReturnValue:
    """Say all that is known of a map: clusters with their names, facets to colour it by, levels of detail."""
    return flask.jsonify(told_of(name))


@map_api.get("/maps/<name>/tiles/<int:level>/<int:column>/<int:row>")
def tile(name: str, level: int, column: int, row: int) -> ResponseReturnValue:
    """Send the points that show first at a level of detail, in one of its tiles."""
    held = _held(name)
    if level >= LEVELS or max(column, row) >= 2**level:
        raise NotFoundError(f"the map {name!r} has no tile {level}/{column}/{row}")
    colour = flask.request.args.get("colour", "")
    points = held.tile(level, column, row)
    columns = [*held.positions(points), held.clusters[points]]
    if colour and colour != "cluster":
        columns.append(shelf().colouring(name, colour).codes[points])
    body = struct.pack("<II", points.stop - points.start, points.start)
    body += b"".join(np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"))) for values in columns)
    return _tile(body)


@map_api.get("/maps/<name>/points/<int:point>")
def map_point(name: str, point: int) -> ResponseReturnValue:
    """Name the panel of a point."""
    _held(name)
    return flask.jsonify(asdict(shelf().panel(name, point)))


@map_api.get("/maps/<name>/panels/<path:panel_id>")
def map_place(name: str, panel_id: str) -> ResponseReturnValue:
    """Say where a panel lies."""
    return flask.jsonify(asdict(place_of(name, panel_id)))


@map_api.get("/maps/<name>/selection")
def selection(name: str) -> ResponseReturnValue:
    """Count the panels in a region: ``area=x,y;x,y;x,y``, the corners of a polygon."""
    area = MapArea.parse(name, flask.request.args.get("area", ""))
    return flask.jsonify({"panels": int(_held(name).inside(area).sum())})


def place_of(name: str, panel_id: str) -> Place:
    """Return where a panel lies on a map. Raises NotFoundError."""
    return shelf().place(name, panel_id)


def told_of(name: str) -> dict[str, object]:
    """Return what there is to say of a map. Raises NotFoundError."""
    snapshot = site().library.snapshot()
    held = snapshot.maps.get(name)
    titles = {book.book_id: book.title for book in snapshot.books.values()}
    return {
        **_summary(held.facts),
        "panels": len(held.rows),
        "state": held.state,
        "levels": held.levels,
        "parameters": dict(held.facts.parameters),
        "versions": dict(held.facts.versions),
        "quality": dict(held.facts.quality),
        "clusters": [asdict(cluster) for cluster in held.facts.clusters],
        "facets": list(legend(snapshot.maps, name, titles)),
    }


def _summary(facts: MapFacts) -> dict[str, object]:
    shown = ("name", "side", "method", "made", "panels", "places", "placed", "without_vector")
    told = asdict(facts)
    return {name: told[name] for name in shown}


def _held(name: str) -> HeldMap:
    """Return a map, in the state that the caller knows. Raises NotFoundError."""
    held = shelf().get(name)
    state = flask.request.args.get("state")
    if state is not None and state != held.state:
        raise NotFoundError(f"the map {name!r} has changed since: load it again")
    unknown = set(flask.request.args) - {"state", "colour", "area"}
    if unknown:
        raise QueryError(f"unknown parameter {sorted(unknown)[0]!r}; known are state, colour, area")
    return held


def _tile(body: bytes) -> flask.Response:
    """Answer with a tile, packed where the browser likes that; with its state named it never changes."""
    is_packed = len(body) >= _PACKED_FROM and "gzip" in flask.request.accept_encodings
    response = flask.Response(gzip.compress(body, _PACKING, mtime=0) if is_packed else body, mimetype=TILE)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.private = True
    if "state" in flask.request.args:
        response.cache_control.max_age = KEPT_S
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response


