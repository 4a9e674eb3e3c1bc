"""Panels as a probe sees them: ids and vectors in order, and which of them labels speak of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from indexer.library.export import current_rows, open_table
from indexer.library.faults import reading
from indexer.maps.material import columns_of, vectors_of
from models.encoders.rows import unit_rows
from schemas.boards import BoardPlace
from schemas.elements import Answer, ElementLabel
from schemas.errors import NotFoundError
from schemas.geometry import Box
from schemas.records import FloatMatrix
from schemas.tables import BOOKS, PAGES, PANELS, LibraryFormat

SAME_PLACE = 0.5
"""Share that a panel detected anew must have in common with the labelled one (IoU)."""
_SIDE_ENCODERS = {"look": "picture", "meaning": "text", "description": "text", "fused": "fusion"}
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Pages:
    """Pages by what they hold and by id."""

    sha256: Mapping[str, str]
    files: Mapping[str, str]
    with_sha256: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Panels:
    """The panels of a library that have a vector, in order of their ids; vectors are unit rows (n, dim).

    A panel is named by its place in this order.
    """

    library: Path
    format: LibraryFormat
    encoder: str
    rows: pa.Table
    vectors: FloatMatrix

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.vectors)

    def ids(self, rows: Rows) -> list[str]:
        """Return the ids of some of them."""
        found: list[str] = self.rows["panel_id"].take(pa.array(rows)).to_pylist()
        return found

    def books(self, rows: Rows) -> list[str]:
        """Return the ids of the books of some of them."""
        found: list[str] = self.rows["book_id"].take(pa.array(rows)).to_pylist()
        return found

    def places(self, panel_ids: Sequence[str]) -> Rows:
        """Return where panels stand, -1 for those that are not there or have no vector."""
        return self.places_of(pa.chunked_array([pa.array(list(panel_ids), pa.string())]))

    def places_of(self, panel_ids: pa.ChunkedArray) -> Rows:
        """Return the same for a column of ids."""
        found = pc.index_in(panel_ids, self.rows["panel_id"].combine_chunks())
        return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int64)

    def label(self, panel_id: str, answer: Answer) -> ElementLabel:
        """Return a label for a panel as it stands. Raises NotFoundError."""
        spot = int(self.places([panel_id])[0])
        if spot < 0:
            raise NotFoundError(f"the library has no panel {panel_id[:100]!r}: take an id from a hit")
        row = self.rows.slice(spot, 1).to_pylist()[0]
        pages = self._pages
        place = BoardPlace(row["book_id"], pages.files.get(row["page_id"], ""), Box.clipped(*row["box"]))
        return ElementLabel(panel_id, place, pages.sha256.get(row["page_id"], ""), answer)

    def find(self, labels: Sequence[ElementLabel]) -> Rows:
        """Return where the labelled panels stand today, -1 for those that are gone.

        By id where page and place are the same still, else by what the page holds and the place on it.
        """
        spots = self.places([label.panel_id for label in labels])
        pages = self._pages
        for number, label in enumerate(labels):
            if spots[number] < 0 or not self._is_same(int(spots[number]), label, pages):
                spots[number] = self._elsewhere(label, pages)
        return spots

    def _is_same(self, spot: int, label: ElementLabel, pages: _Pages) -> bool:
        if pages.sha256.get(self._page_ids[spot]) != label.page_sha256:
            return False
        return self._share(spot, label.place) >= SAME_PLACE

    def _share(self, spot: int, place: BoardPlace) -> float:
        return Box.clipped(*self._boxes[spot].tolist()).iou(place.box)

    def _elsewhere(self, label: ElementLabel, pages: _Pages) -> int:
        places = [
            (
                Box.clipped(*self._boxes[spot].tolist()).iou(label.place.box),
                self._is_of(spot, label.place, pages),
                spot,
            )
            for page in pages.with_sha256.get(label.page_sha256, ())
            for spot in self._of_page.get(page, ())
        ]
        share, _, spot = max(places, default=(0.0, 0, -1))
        return spot if share >= SAME_PLACE else -1

    def _is_of(self, spot: int, place: BoardPlace, pages: _Pages) -> int:
        """Count what a panel has in common with a place: equal pages can lie in many books."""
        page = self._page_ids[spot]
        return (page.partition("/")[0] == place.book_id) + (pages.files.get(page) == place.page_file)

    @cached_property
    def _page_ids(self) -> list[str]:
        found: list[str] = self.rows["page_id"].to_pylist()
        return found

    @cached_property
    def _boxes(self) -> NDArray[np.float64]:
        flat = np.concatenate([np.zeros(0), *(c.flatten().to_numpy() for c in self.rows["box"].chunks)])
        return flat.reshape(-1, 4)

    @cached_property
    def _of_page(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for spot, page in enumerate(self._page_ids):
            found[page].append(spot)
        return found

    @cached_property
    def _pages(self) -> _Pages:
        columns = ["page_id", "sha256", "page_file"]
        with reading(self.library, PAGES):
            rows = open_table(self.library, PAGES).search().select(columns).limit(None).to_arrow()
        ids, sums, files = (rows[name].to_pylist() for name in columns)
        by_sum: dict[str, list[str]] = defaultdict(list)
        for page, digest in zip(ids, sums, strict=True):
            by_sum[digest].append(page)
        return _Pages(dict(zip(ids, sums, strict=True)), dict(zip(ids, files, strict=True)), by_sum)


def read_panels(library: Path, side: str) -> Panels:
    """Read the panels of a library and their vectors of one side.

    Raises:
        LibraryNotFoundError, LibraryFormatError: there is no library, or it is damaged.
        ConfigError: the library has no such side.
    """
    table = open_table(library, PANELS)
    columns = columns_of(side, table.schema.names)
    keys = ["panel_id", "book_id", "page_id", "ingest_rev", "box", "text_folded"]
    with reading(library, PANELS):
        books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev"])
        rows = current_rows(table, books, [*keys, *columns]).sort_by("panel_id")
    known = LibraryFormat.from_metadata(table.schema.metadata)
    parts = [vectors_of(rows[column]) for column in columns]
    vectors = unit_rows(np.hstack(parts)) if len(parts) > 1 else parts[0]
    has_vector = np.asarray(vectors.any(axis=1))
    if not has_vector.all():
        rows, vectors = rows.filter(pa.array(has_vector)), vectors[has_vector]
    return Panels(library, known, encoder_named(known, side), rows.drop_columns(columns), vectors)


def encoder_named(known: LibraryFormat, side: str) -> str:
    """Return what makes the vectors of a side: each part with its encoder."""
    ids = known.encoder_ids
    return "+".join(f"{part}:{ids.get(_SIDE_ENCODERS.get(part, ''), '')}" for part in side.split("+"))
