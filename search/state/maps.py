"""Maps as they are shown: points in levels of detail, what colours them, and what lies in a region.

Points are kept in order of the level at which they show first, and of the tile they lie in. A level
is spatially even: one more point for each cell of an ever finer grid. So a view asks for a few tiles
of each level up to its own, and never holds more than it can show.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.areas import MapArea
from schemas.errors import NotFoundError, QueryError
from schemas.maps import MAPS, MapFacts
from schemas.places import store_trouble
from schemas.tables import PANELS, panel_id
from search.state.columns import NO_NUMBER, CodedColumn
from search.state.vectors import ALL_ROWS

if TYPE_CHECKING:
    from lancedb import DBConnection
    from lancedb.table import Table

    from search.state.snapshot import Snapshot

LEVELS = 7
GRID = 256
"""Cells along a side of the coarsest grid, each four screen pixels wide when the whole map is shown."""
SHOWN_AT_ONCE = 100_000
"""Points up to which a map has one level: they are all shown at once."""
MAX_COLOURS = 254
STEPS = 65_535
"""Places are sent as whole numbers: so many steps from one side of the map to the other."""
NONE_CODE, OTHER_CODE = 65_535, 65_534
FACETS = ("series", "book", "language", "page_type", "decade", "lettering")
REFRESH_SECONDS = 1.0
SEED = 9

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Colouring:
    """Values of a facet with their counts, the most frequent first, and a code a point.

    A code is the number of the value, :data:`OTHER_CODE` for a rare one, :data:`NONE_CODE` for none.
    """

    values: tuple[tuple[str, int], ...]
    codes: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class LegendValue:
    """A value that colours points: what it is called, and how many panels have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class FacetLegend:
    """A facet that colours a map; the code of a value is its number here."""

    name: str
    values: tuple[LegendValue, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel lies on a map; ``point`` is its number there."""

    panel_id: str
    point: int
    x: float
    y: float
    cluster: int


@dataclass(frozen=True, slots=True)
class HeldMap:
    """A map of the panels of one snapshot, in the order in which points are sent.

    ``rows`` are those of the snapshot's columns; ``starts`` are the places of the first points of
    each tile, by ``keys``. ``state`` changes whenever numbers of points do.
    """

    facts: MapFacts
    state: str
    rows: Rows
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    clusters: NDArray[np.int16]
    levels: int
    keys: Rows
    starts: Rows

    def tile(self, level: int, column: int, row: int) -> slice:
        """Return which points show first at a level, in one of its 2^level by 2^level tiles."""
        key = _tile_key(np.array([level]), np.array([column]), np.array([row]))[0]
        spot = int(np.searchsorted(self.keys, key))
        if spot == len(self.keys) or self.keys[spot] != key:
            return slice(0, 0)
        end = int(self.starts[spot + 1]) if spot + 1 < len(self.starts) else len(self.rows)
        return slice(int(self.starts[spot]), end)

    def inside(self, area: MapArea) -> NDArray[np.bool_]:
        """Say of each point whether it lies in a region, by the even-odd rule."""
        if not area.corners:
            return np.asarray(self.clusters == area.cluster)
        corners = np.array(area.corners)
        low, high = corners.min(axis=0), corners.max(axis=0)
        near = (self.x >= low[0]) & (self.x <= high[0]) & (self.y >= low[1]) & (self.y <= high[1])
        spots = np.flatnonzero(near)
        x, y = self.x[spots].astype(np.float64), self.y[spots].astype(np.float64)
        within = np.zeros(len(spots), bool)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y0 != y1:
                crosses = (y0 > y) != (y1 > y)
                within ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
        near[spots] = within
        return np.asarray(near)

    def positions(self, points: slice) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        """Return the places of points in steps of the map's side."""
        x, y = (np.rint(values[points] * STEPS).astype(np.uint16) for values in (self.x, self.y))
        return x, y


class MapShelf:
    """The maps of one snapshot, read when they are asked for; a map made meanwhile is noticed."""

    def __init__(self, snapshot: "Snapshot", database: "DBConnection") -> None:
        self._snapshot, self._database = snapshot, database
        self._lock = Lock()
        self._table: Table | None = None
        self._version, self._looked_at = -1, float("-inf")
        self._facts: dict[str, MapFacts] = {}
        self._held: dict[str, HeldMap] = {}
        self._colours: dict[tuple[str, str], Colouring] = {}

    def look_again(self) -> None:
        """Ask for news at once, however fresh the last look is."""
        with self._lock:
            self._looked_at = float("-inf")

    def facts(self) -> tuple[MapFacts, ...]:
        """Return what is known of all maps, by name."""
        with self._lock:
            self._refresh()
            return tuple(self._facts.values())

    def get(self, name: str) -> HeldMap:
        """Return a map. Raises NotFoundError."""
        with self._lock:
            self._refresh()
            if name not in self._facts:
                known = ", ".join(self._facts) or "none: make one with 'longbox map'"
                raise NotFoundError(f"there is no map {name[:60]!r}; there are: {known}")
            if name not in self._held:
                self._held[name] = self._read(self._facts[name])
            return self._held[name]

    def colouring(self, name: str, facet: str) -> Colouring:
        """Return the values of a facet on a map. Raises NotFoundError, QueryError."""
        if facet not in FACETS:
            raise QueryError(f"a map is coloured by {', '.join(FACETS)}, not by {facet[:40]!r}")
        held = self.get(name)
        key = (held.state, facet)
        if key not in self._colours:
            self._colours[key] = _coloured(_coded(self._snapshot, facet), held.rows)
        return self._colours[key]

    def panel(self, name: str, point: int) -> Place:
        """Return the panel of a point. Raises NotFoundError."""
        held = self.get(name)
        if not 0 <= point < len(held.rows):
            raise NotFoundError(f"the map {name!r} has no point {point}")
        return self._place(held, point)

    def place(self, name: str, panel: str) -> Place:
        """Return where a panel lies. Raises NotFoundError."""
        held = self.get(name)
        row = self._row_of(panel)
        spots = np.flatnonzero(held.rows == row) if row is not None else np.zeros(0, np.int64)
        if not len(spots):
            raise NotFoundError(f"the panel {panel[:60]!r} has no place on the map {name!r}")
        return self._place(held, int(spots[0]))

    def row_ids_in(self, area: MapArea) -> list[int]:
        """Return the row ids of the panels in a region. Raises NotFoundError."""
        held = self.get(area.map)
        found: list[int] = self._snapshot.columns.row_ids[held.rows[held.inside(area)]].tolist()
        return found

    def places(self, held: HeldMap, points: NDArray[np.intp]) -> Iterator[Place]:
        """Give the panels of points of one state of a map, whatever becomes of the map meanwhile."""
        return (self._place(held, int(point)) for point in points)

    def _place(self, held: HeldMap, point: int) -> Place:
        panel = self._snapshot.columns.panel_id(int(held.rows[point]))
        x, y = float(held.x[point]), float(held.y[point])
        return Place(panel, point, round(x, 6), round(y, 6), int(held.clusters[point]))

    def _row_of(self, panel: str) -> int | None:
        columns = self._snapshot.columns
        book, _, rest = panel.partition("/")
        page, _, number = rest.partition("#")
        if book not in columns.books.values or not (page.isdecimal() and number.isdecimal()):
            return None
        mine = columns.books.codes == columns.books.values.index(book)
        mine &= (columns.page_nos == int(page)) & (columns.panel_nos == int(number))
        current = np.intersect1d(np.flatnonzero(mine), self._snapshot.current_rows)
        return int(current[0]) if len(current) and panel_id(book, int(page), int(number)) == panel else None

    def _refresh(self) -> None:
        """Look, at most once a second, whether maps were made or dropped."""
        now = time.monotonic()
        if now - self._looked_at < REFRESH_SECONDS:
            return
        self._looked_at = now
        try:
            table = self._database.open_table(MAPS)
        except ValueError as error:  # LanceDB's word for a table that is not there
            if store_trouble(error) is not None:
                raise
            self._table, self._version, self._facts, self._held = None, -1, {}, {}
            return
        if table.version == self._version:
            return
        table.checkout(table.version)
        rows = table.search().where("facts IS NOT NULL").select(["facts"]).limit(ALL_ROWS).to_arrow()
        known = sorted(map(MapFacts.from_json, rows["facts"].to_pylist()), key=lambda facts: facts.name)
        self._table, self._version = table, table.version
        self._facts, self._held, self._colours = {facts.name: facts for facts in known}, {}, {}

    def _read(self, facts: MapFacts) -> HeldMap:
        """Read the points whose panels are there, and put them in order."""
        from lancedb.expr import col, lit

        if self._table is None:
            raise NotFoundError(f"there is no map {facts.name!r}")
        where = col("revision").eq(lit(facts.revision)).and_(col("panel_id").ne(lit("")))
        query = self._table.search().where(where).select(["panel_id", "x", "y", "cluster"])
        points = query.limit(ALL_ROWS).to_arrow()
        rows = rows_of_panels(self._snapshot, points["panel_id"])
        there = rows >= 0
        arrays = (points[name].to_numpy()[there] for name in ("x", "y", "cluster"))
        known = self._snapshot.curation_stamp
        versions = (self._version, *self._snapshot.versions.values(), facts.revision, known)
        state = sha256(repr(versions).encode()).hexdigest()[:16]
        return _ordered(facts, state, rows[there], *arrays)


def rows_of_panels(snapshot: "Snapshot", panels: pa.ChunkedArray) -> Rows:
    """Return the rows of the snapshot's columns that panels stand in, -1 for those that are not there."""
    columns = snapshot.columns
    known = snapshot.table(PANELS).search().select(["panel_id"]).with_row_id(True).limit(ALL_ROWS).to_arrow()
    rows = columns.rows_of(known["_rowid"].to_pylist())
    counts = np.zeros(len(columns.row_ids), bool)
    counts[snapshot.current_rows] = True
    stays = counts[rows]
    ids = known["panel_id"].filter(pa.array(stays)).combine_chunks()
    spots = pc.fill_null(pc.index_in(panels, ids), -1).to_numpy().astype(np.int64)
    return np.asarray(np.append(rows[stays], -1)[spots], np.int64)


def _ordered(
    facts: MapFacts,
    state: str,
    rows: Rows,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    clusters: NDArray[np.int32],
) -> HeldMap:
    levels = _levels(x, y)
    keys = _tile_key(levels, *(_cells(values, 2**levels) for values in (x, y)))
    # Along x within a tile: neighbours differ little, so that they compress.
    order = np.lexsort((rows, x, keys))
    keys = keys[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
    return HeldMap(
        facts,
        state,
        rows[order],
        x[order],
        y[order],
        clusters[order].astype(np.int16),
        int(levels.max()) + 1 if len(levels) else 1,
        keys[starts],
        starts,
    )


def _cells(values: NDArray[np.float32], count: NDArray[np.int64] | int) -> Rows:
    return np.asarray(np.minimum((values * count).astype(np.int64), np.asarray(count) - 1), np.int64)


def _tile_key(levels: Rows, columns: Rows, rows: Rows) -> Rows:
    return (levels << 40) | (rows << 20) | columns


def _levels(x: NDArray[np.float32], y: NDArray[np.float32]) -> Rows:
    """Return at which level each point shows first: one more a cell of an ever finer grid."""
    levels = np.zeros(len(x), np.int64)
    if len(x) <= SHOWN_AT_ONCE:
        return levels
    left = np.random.default_rng(SEED).permutation(len(x))
    shown = np.zeros(0, np.int64)
    for level in range(LEVELS):
        side = GRID * 2**level
        cells = _cells(x[left], side) * side + _cells(y[left], side)
        taken = _cells(x[shown], side) * side + _cells(y[shown], side)
        first = np.zeros(len(left), bool)
        first[np.unique(cells, return_index=True)[1]] = True
        first &= ~np.isin(cells, taken)
        if level == LEVELS - 1:
            first[:] = True
        levels[left[first]] = level
        shown, left = np.concatenate([shown, left[first]]), left[~first]
    return levels


def _coloured(column: CodedColumn, rows: Rows) -> Colouring:
    codes = column.codes[rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(column.values))
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], column.values[code]))
    shown = order[:MAX_COLOURS]
    told = np.full(len(column.values) + 1, OTHER_CODE, np.uint16)
    told[shown] = np.arange(len(shown))
    told[-1] = NONE_CODE
    return Colouring(tuple((column.values[code], int(counts[code])) for code in shown), told[codes])


def _coded(snapshot: "Snapshot", facet: str) -> CodedColumn:
    """Return what is known of all panels under a facet."""
    columns = snapshot.columns
    if facet in columns.facets:
        return columns.facets[facet]
    if facet == "lettering":
        return CodedColumn(("no text", "text"), columns.has_text.astype(np.int32))
    if facet == "book":
        return columns.books
    decades = np.where(columns.years == NO_NUMBER, NO_NUMBER, columns.years // 10 * 10)
    values = np.unique(decades[decades != NO_NUMBER])
    codes = np.where(decades == NO_NUMBER, -1, np.searchsorted(values, decades)).astype(np.int32)
    return CodedColumn(tuple(str(value) for value in values.tolist()), codes)


def legend(shelf: MapShelf, name: str, titles: Mapping[str, str]) -> Iterator[FacetLegend]:
    """Give each facet that tells panels of a map apart, with its values; books go by their ``titles``."""
    for facet in FACETS:
        found = shelf.colouring(name, facet).values
        if len(found) > 1:
            named = titles if facet == "book" else {}
            yield FacetLegend(facet, tuple(LegendValue(v, named.get(v, v), count) for v, count in found))
