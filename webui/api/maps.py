"""Maps: what is known of them, their points in binary tiles, and what lies under a point.

A tile is a column after the other, little-endian: ``count`` and ``first`` as uint32, then for each
point x and y as uint16 (0 to 65,535 from one side of the map to the other), its cluster as int16
(-1: none) and, where a ``colour`` was asked for, the code of its value as uint16 (65,535: none,
65,534: a rare one). Points of a tile are numbered from ``first``.
"""

import gzip
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from typing import Annotated, Literal

import flask
import msgspec
import numpy as np
from flask.typing import ResponseReturnValue
from msgspec import Meta
from numpy.typing import NDArray

from indexer.maps.keeping import MapWish, drop_map, keep_map, plan_map
from schemas.areas import LONGEST_AREA, MapArea
from schemas.errors import ConfigError, NotFoundError, QueryError
from schemas.maps import MapCluster, MapFacts
from search.state.maps import LEVELS, FacetLegend, HeldMap, MapShelf, Place, legend
from webui.jobs.chore import ChoreState
from webui.openapi.routes import NOTHING, Answer, Routes
from webui.state import site

routes = Routes("maps")

TILE = "application/vnd.longbox.tile"
KEPT_S = 24 * 3600
MAX_PLACES = 200
"""Panels of a region that are named in one answer: as many as a board takes at once."""
_PACKED_FROM, _PACKING = 1_000, 1

Colour = Literal["cluster", "series", "book", "language", "page_type", "decade", "lettering"]
State = Annotated[str, Meta(max_length=64, description="The `state` of the map that points are numbered in.")]


@dataclass(frozen=True, slots=True)
class MapSummary:
    """A map in a list; see MapFacts."""

    name: str
    side: str
    method: str
    made: str
    panels: int
    places: int
    placed: int
    without_vector: int


@dataclass(frozen=True, slots=True)
class MapList:
    """The maps of a library, by name, and how far one is that is being made."""

    maps: tuple[MapSummary, ...]
    making: ChoreState


class NewMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A map to be made, or brought in step where it is there; what is not said is as usual.

    ``side`` is look, meaning, fused, description, or several joined by ``+``.
    """

    name: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    side: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    method: Literal["umap", "pca", "tsne"] | None = None
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 42
    refit: bool = False


@dataclass(frozen=True, slots=True)
class MapDetail:
    """A map: ``state`` changes whenever the numbers of its points do, ``levels`` are of detail."""

    name: str
    side: str
    method: str
    made: str
    panels: int
    places: int
    placed: int
    without_vector: int
    state: str
    levels: int
    parameters: Mapping[str, str | int | float]
    versions: Mapping[str, str]
    quality: Mapping[str, float]
    clusters: tuple[MapCluster, ...]
    facets: tuple[FacetLegend, ...]


@dataclass(frozen=True, slots=True)
class MapSelection:
    """How many panels lie in a region of a map, and the first of them where they were asked for."""

    panels: int
    places: tuple[Place, ...] = ()


class TileQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What colours the points, and in which state of the map."""

    colour: Colour = "cluster"
    state: State = ""


class PointQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """In which state of the map."""

    state: State = ""


class AreaQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The corners of a polygon, and the state of the map."""

    area: Annotated[
        str, Meta(max_length=LONGEST_AREA, description="Corners x,y;x,y;x,y, numbers from 0 to 1.")
    ]
    state: State = ""


class SelectionQuery(AreaQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which panels are to be named."""

    places: Annotated[int, Meta(ge=0, le=MAX_PLACES, description="So many panels are named.")] = 0


@routes.get("/maps", Answer(MapList))
def maps() -> ResponseReturnValue:
    """List the maps of the library."""
    shelf().look_again()
    found = [_summary(facts) for facts in shelf().facts()]
    return flask.jsonify({"maps": found, "making": asdict(site().chores["map"].state)})


@routes.post("/maps", Answer(ChoreState, status=202), body=NewMap, cost=20)
def make_map(body: NewMap) -> ResponseReturnValue:
    """Begin to make a map, or to place what is new on one; what runs goes on. See the chore `map`."""
    home = site().home
    wish = MapWish(body.name, body.side, body.method, body.seed, is_refit=body.refit)
    try:
        plan_map(home, wish)  # says at once what cannot be
    except ConfigError as error:
        raise QueryError(str(error)) from error
    return flask.jsonify(asdict(site().chores["map"].start(partial(keep_map, home, wish)))), 202


@routes.delete("/maps/<name>", NOTHING, errors=(404,))
def delete_map(name: str) -> ResponseReturnValue:
    """Drop a map."""
    _held(name, "")
    drop_map(site().home, name)
    shelf().look_again()
    return "", 204


@routes.get("/maps/<name>", Answer(MapDetail))
def map_detail(name: str) -> ResponseReturnValue:
    """Say all that is known of a map: clusters with their names, facets to colour it by."""
    return flask.jsonify(asdict(detail_of(name)))


@routes.get(
    "/maps/<name>/tiles/<int:level>/<int:column>/<int:row>", Answer(media=TILE), query=TileQuery, cost=0.2
)
def map_tile(name: str, level: int, column: int, row: int, asked: TileQuery) -> ResponseReturnValue:
    """Send the points that show first at a level of detail, in one of its 2^level by 2^level tiles.

    Columns follow each other, little-endian: count and first as uint32; x and y as uint16 from 0 to
    65535; the cluster as int16, -1 for none; where a colour other than the cluster is asked for, the
    number of its value as uint16, 65535 for none and 65534 for a rare one. Points are numbered from
    first.
    """
    held = _held(name, asked.state)
    if level >= LEVELS or max(column, row) >= 2**level:
        raise NotFoundError(f"the map {name[:60]!r} has no tile {level}/{column}/{row}")
    points = held.tile(level, column, row)
    columns = [*held.positions(points), held.clusters[points]]
    if asked.colour != "cluster":
        columns.append(shelf().colouring(name, asked.colour).codes[points])
    body = struct.pack("<II", points.stop - points.start, points.start)
    body += b"".join(values.astype(values.dtype.newbyteorder("<")).tobytes() for values in columns)
    return _tile(body, is_final=bool(asked.state))


@routes.get("/maps/<name>/points/<int:point>", Answer(Place), query=PointQuery, cost=0.1)
def map_point(name: str, point: int, asked: PointQuery) -> ResponseReturnValue:
    """Name the panel of a point."""
    _held(name, asked.state)
    return flask.jsonify(asdict(shelf().panel(name, point)))


@routes.get("/maps/<name>/panels/<path:panel_id>", Answer(Place))
def map_place(name: str, panel_id: str) -> ResponseReturnValue:
    """Say where a panel lies on a map."""
    return flask.jsonify(asdict(shelf().place(name, panel_id)))


@routes.get("/maps/<name>/selection", Answer(MapSelection), query=SelectionQuery)
def map_selection(name: str, asked: SelectionQuery) -> ResponseReturnValue:
    """Count the panels in a region of a map, and name some of them."""
    held, points = _chosen(name, asked)
    places = tuple(shelf().places(held, points[: asked.places]))
    return flask.jsonify(asdict(MapSelection(len(points), places)))


@routes.get("/maps/<name>/selection.csv", Answer(media="text/csv"), query=AreaQuery, cost=10)
def map_selection_csv(name: str, asked: AreaQuery) -> ResponseReturnValue:
    """Send all panels in a region of a map as a table: panel_id, x, y, cluster."""
    held, points = _chosen(name, asked)
    places = shelf().places(held, points)
    lines = (f"{place.panel_id},{place.x:g},{place.y:g},{place.cluster}\r\n" for place in places)
    response = flask.Response(chain(("panel_id,x,y,cluster\r\n",), lines), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}-selection.csv")
    return response


def _chosen(name: str, asked: AreaQuery) -> tuple[HeldMap, NDArray[np.intp]]:
    """Return a map and its points in a region. Raises NotFoundError, QueryError."""
    area, held = MapArea.parse(name, asked.area), _held(name, asked.state)
    return held, np.flatnonzero(held.inside(area))


def shelf() -> MapShelf:
    """Return the maps of the library as it stands."""
    return site().library.snapshot().maps


def detail_of(name: str) -> MapDetail:
    """Return what there is to say of a map. Raises NotFoundError."""
    snapshot = site().library.snapshot()
    held = snapshot.maps.get(name)
    titles = {book.book_id: book.title for book in snapshot.books.values()}
    facts = held.facts
    return MapDetail(
        **{**_summary(facts), "panels": len(held.rows)},  # type: ignore[arg-type]
        state=held.state,
        levels=held.levels,
        parameters=facts.parameters,
        versions=facts.versions,
        quality=facts.quality,
        clusters=facts.clusters,
        facets=tuple(legend(snapshot.maps, name, titles)),
    )


def _summary(facts: MapFacts) -> dict[str, str | int]:
    names = tuple(MapSummary.__dataclass_fields__)
    return {name: getattr(facts, name) for name in names}


def _held(name: str, state: str) -> HeldMap:
    """Return a map in the state that the caller knows. Raises NotFoundError."""
    held = shelf().get(name)
    if state and held.state != state:
        raise NotFoundError(f"the map {name[:60]!r} has changed since: load it again")
    return held


def _tile(body: bytes, *, is_final: bool) -> flask.Response:
    """Answer with a tile, packed where the browser likes that; in a state that is named it never changes."""
    is_packed = len(body) >= _PACKED_FROM and flask.request.accept_encodings["gzip"] > 0
    response = flask.Response(gzip.compress(body, _PACKING, mtime=0) if is_packed else body, mimetype=TILE)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.private = True
    if is_final:
        response.cache_control.max_age = KEPT_S
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response
