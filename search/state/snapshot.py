"""A library as it stood at one moment: every table pinned at a version.

One search reads one snapshot from beginning to end, so a writer never shows it half a change.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.places import is_store_uri
from schemas.tables import (
    ASSETS,
    BOOKS,
    MEASURED_SINCE,
    MEASURES,
    PAGES,
    PANELS,
    SEEN_SINCE,
    STORIES_SINCE,
    LibraryFormat,
)
from search.answers.cards import PanelCards
from search.filtering.elements import FoundElements
from search.filtering.findings import Findings, are_of
from search.legs.words import SAMPLE_PANELS, Lexicon
from search.state.catalogue import COLUMNS as CATALOGUE_COLUMNS
from search.state.catalogue import Catalogue
from search.state.cells import RowIds
from search.state.changes import Change
from search.state.columns import PanelColumns
from search.state.curated import Beside, LeftOut, left_out
from search.state.entries import SEARCHABLE, BookEntry, PageEntry
from search.state.held import HeldRows
from search.state.maps import MapShelf
from search.state.matched import MatchedBooks
from search.state.memory import give_back_memory
from search.state.stories import StoryShelf
from search.state.tables import open_table, pinned
from search.state.vectors import (
    ALL_ROWS,
    DESCRIPTION_VECTOR,
    FUSED_VECTOR,
    PICTURE_VECTOR,
    RESIDENT_ROWS,
    TEXT_VECTOR,
    PassingRows,
    VectorColumn,
    row_ids,
)

if TYPE_CHECKING:
    from lancedb import DBConnection
    from lancedb.expr import Expr
    from lancedb.table import Table

Versions = dict[str, int]
_NO_PAGE = PageEntry("", 1, 1)
_PAGE_FACTS = ("page_id", "page_file", "width_px", "height_px")
_PANEL_FACTS = (
    *("panel_id", "book_id", "ingest_rev", "phash", "text", "tags"),
    *("page_no", "panel_no", "box", "page_type", "series", "description"),
)
"""What ranking and hits need of a panel: 0.2 GB a million panels, and 10 ms less a search."""
_SEARCHED = (
    *((PANELS, name) for name in (TEXT_VECTOR, PICTURE_VECTOR, FUSED_VECTOR, DESCRIPTION_VECTOR)),
    (PAGES, PICTURE_VECTOR),
)
"""Columns of vectors, in the order in which they are worth memory."""


class Snapshot:
    """Pinned tables of one library, and what is worked out from them once.

    Values worked out lazily are safe to share between threads: they are made under a lock.
    """

    def __init__(
        self,
        database: "DBConnection",
        versions: Versions | None = None,
        *,
        former: "Snapshot | None" = None,
        resident_rows: int = RESIDENT_ROWS,
        beside: Beside | None = None,
    ) -> None:
        """Pin ``database`` at ``versions``, or at its newest state.

        What ``former`` holds in memory is taken over, of a large table also where it has changed a
        little since. A table of more than ``resident_rows`` rows is large: it is read as a whole only by
        :meth:`warm`. ``beside`` holds the decisions of a curator and the last report of an audit.
        """
        beside = beside or Beside.of(None)
        self.curation_stamp = beside.stamp()
        self._curation, self._matches = beside.curation.read(), beside.matches.read()
        self._aliases = beside.aliases
        self.findings = Findings(self, beside.report)
        self._resident_rows = resident_rows
        self._database = database
        self._wanted = versions or {}
        self._tables: dict[str, Table] = {}
        self._vectors: dict[tuple[str, str], VectorColumn] = {}
        self._passing: dict[str, PassingRows] = {}
        self._held: dict[str, HeldRows] = {}
        self._row_ids: dict[str, RowIds] = {}
        """Of large tables that are held: what a later state is compared with."""
        self._former_columns: PanelColumns | None = None
        self._pages: dict[str, PageEntry] = {}
        self._lock = Lock()
        self._opening = Lock()
        """Apart, since what is made under the other lock opens tables."""
        # First of all, and unpinned: a newer library should say so, whatever else it has or lacks.
        self.format = LibraryFormat.from_metadata(open_table(database, BOOKS).schema.metadata)
        # Panels before books: a book counts only once its row is there, so books may never be older.
        self.versions = {name: self.table(name).version for name in (PANELS, BOOKS)}
        if former is not None:
            self._take_over(former)

    def table(self, name: str) -> "Table":
        """Return a pinned table. Raises QueryError where that version is gone, LibraryFormatError."""
        with self._opening:
            if name not in self._tables:
                self._tables[name] = pinned(open_table(self._database, name), self._wanted.get(name))
            return self._tables[name]

    def is_large(self, name: str) -> bool:
        """Say whether a table is too large to be read as a whole for one search."""
        return self.table(name).count_rows() > self._resident_rows

    @cached_property
    def books(self) -> dict[str, BookEntry]:
        """Books whose panels may be found, by id."""
        columns = ["book_id", "title", "source", "series", "status", "ingest_rev"]
        rows = self.table(BOOKS).search().select(columns).limit(ALL_ROWS).to_arrow().to_pylist()
        return {row["book_id"]: BookEntry(**row) for row in rows if row["status"] in SEARCHABLE}

    @property
    def knows_seen(self) -> bool:
        """Say whether panels have tags and described ones vectors: libraries of before have neither."""
        return self.format.format_version >= SEEN_SINCE

    @property
    def knows_traits(self) -> bool:
        """Say whether panels were measured: light, colour, shape."""
        return self.format.format_version >= MEASURED_SINCE

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is known of the books."""
        told = (*CATALOGUE_COLUMNS, "comic") if self.knows_stories else CATALOGUE_COLUMNS
        return Catalogue.of(self.rows(BOOKS, told), SEARCHABLE, self.matched, self._names_of)

    @property
    def knows_stories(self) -> bool:
        """Say whether stories are kept, and how surely a book is a comic."""
        return self.format.format_version >= STORIES_SINCE

    @cached_property
    def stories(self) -> StoryShelf:
        """The stories of the books."""
        return StoryShelf(self)

    def _names_of(self, character: str) -> tuple[str, ...]:
        """Return other names of a character, as elements and the catalogue tell them."""
        return (*self.elements.aliases_of(character), *self._aliases.others(character))

    @cached_property
    def matched(self) -> MatchedBooks:
        """The issues that books are."""
        return MatchedBooks.of(self._matches, {book: entry.source for book, entry in self.books.items()})

    @cached_property
    def years(self) -> NDArray[np.int64]:
        """The year of each row of :attr:`columns`, those that issues tell among them."""
        return self.catalogue.years_of(self.columns)

    @cached_property
    def maps(self) -> MapShelf:
        """The maps of the library, with the panels as they stand here."""
        return MapShelf(self, self._database)

    @cached_property
    def elements(self) -> FoundElements:
        """Which panels have which elements, with the panels as they stand here."""
        return FoundElements(self, self._database)

    @cached_property
    def cards(self) -> PanelCards:
        """Panels read so far."""
        return PanelCards(self)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Words of the library and how rare they are."""
        with self._lock:
            panels = self.table(PANELS)
            column = panels.search().select(["text"]).limit(SAMPLE_PANELS).to_arrow()["text"]
            return Lexicon.of(column.to_pylist())

    @cached_property
    def description_lexicon(self) -> Lexicon:
        """Words of the descriptions and how rare they are."""
        with self._lock:
            query = self.table(PANELS).search().where("description IS NOT NULL").select(["description"])
            return Lexicon.of(query.limit(SAMPLE_PANELS).to_arrow()["description"].to_pylist())

    @cached_property
    def tag_lexicon(self) -> Lexicon:
        """How rare the tags of pictures are."""
        with self._lock:
            lists = self.table(PANELS).search().select(["tags"]).limit(SAMPLE_PANELS).to_arrow()["tags"]
            return Lexicon(len(lists), Counter(tag for tags in lists.to_pylist() for tag in tags or ()))

    @cached_property
    def is_described(self) -> bool:
        """Say whether a page reader described any panel."""
        return self.knows_seen and self.table(PANELS).count_rows("description IS NOT NULL") > 0

    @cached_property
    def columns(self) -> PanelColumns:
        """Where panels stand in their books, and what they can be narrowed by."""
        with self._lock:
            former, self._former_columns = self._former_columns, None
            followed = None if former is None else former.followed(self.table(PANELS))
            measures = MEASURES if self.knows_traits else ()
            return followed or PanelColumns.read(self.table(PANELS), tags=self.knows_seen, measures=measures)

    @cached_property
    def current_rows(self) -> NDArray[np.int64]:
        """Rows of :attr:`columns` whose books can be searched and are whole, without what is left out."""
        shown = {
            book: entry.ingest_rev for book, entry in self.books.items() if book not in self.left_out.books
        }
        rows = self.columns.rows_of_states(shown)
        if self.left_out.pages:
            rows = rows[~are_of(self.columns, self.left_out.pages)[rows]]
        return rows

    @property
    def state(self) -> tuple[int, ...]:
        """What answers depend on: the versions of the tables, and what a curator left out."""
        return (*self.versions.values(), *self.curation_stamp)

    @cached_property
    def left_out(self) -> LeftOut:
        """Books and pages that a curator hid from searches; they are listed and read as ever."""
        return left_out(self, self._curation)

    def keep_passing(self, where: "Expr", make: Callable[[], NDArray[np.int64]]) -> None:
        """Remember which panels pass a filter, where the columns in memory tell."""
        if "columns" in self.__dict__ or self._former_columns:  # else reading them takes longer than a scan
            with self._lock:
                passing = self._passing_rows(PANELS)
            passing.keep(where, make)

    def _passing_rows(self, table: str) -> PassingRows:
        return self._passing.setdefault(table, PassingRows(self.table(table)))

    def vectors(self, table: str, column: str) -> VectorColumn:
        """Return a column of vectors, ready for nearest neighbours."""
        with self._lock:
            key = (table, column)
            if key not in self._vectors:
                passing = self._passing_rows(table)
                self._vectors[key] = VectorColumn(
                    self.table(table), column, passing=passing, resident_rows=self._resident_rows
                )
            return self._vectors[key]

    def warm(self, memory_bytes: int) -> None:
        """Read into memory what searches need, columns of vectors as far as ``memory_bytes`` go."""
        self.lexicon.weight("")
        _ = self.stories.all
        is_far = is_store_uri(self._database.uri)  # where each look costs a request
        for table, columns, key in ((PANELS, _PANEL_FACTS, None), (PAGES, _PAGE_FACTS, "page_id")):
            if (is_far or self.is_large(table)) and table not in self._held:
                self._held[table] = HeldRows.read(self.table(table), columns, key=key)
                self._row_ids[table] = row_ids(self.table(table))
                give_back_memory()
        searched = list(self._columns_worth_memory())
        spare = memory_bytes - sum(column.bytes_to_hold() for column in searched)
        for column in searched:
            if (needed := column.bytes_to_hold()) <= memory_bytes:
                exact = column.exact_bytes()
                column.hold(exact=exact <= spare)
                memory_bytes -= needed
                spare -= exact if exact <= spare else 0
                give_back_memory()

    def _columns_worth_memory(self) -> Iterator[VectorColumn]:
        for table, name in _SEARCHED:
            if name in self.table(table).schema.names and (name != DESCRIPTION_VECTOR or self.is_described):
                yield self.vectors(table, name)

    def _take_over(self, former: "Snapshot") -> None:
        self._former_columns = former.__dict__.get("columns", former._former_columns)
        for name in (PANELS, PAGES):
            if name not in former._tables:
                continue
            if former.table(name).version == self.table(name).version:
                self._vectors |= {key: held for key, held in former._vectors.items() if key[0] == name}
                self._held |= {table: held for table, held in former._held.items() if table == name}
                self._row_ids |= {table: ids for table, ids in former._row_ids.items() if table == name}
                if name == PANELS and "columns" in former.__dict__:
                    self.__dict__["columns"] = former.columns
            elif name in former._row_ids:
                self._follow(former, name)

    def _follow(self, former: "Snapshot", name: str) -> None:
        """Read what is new in a large table beside what is in memory of it."""
        table, ids = self.table(name), row_ids(self.table(name))
        change = Change.between(former._row_ids[name], ids)
        if change is None:
            return
        self._row_ids[name] = ids
        if name in former._held:
            self._held[name] = former._held[name].followed(change, table)
        for (owner, column), held in former._vectors.items():
            if owner == name and held.is_in_memory:
                self.vectors(name, column).follow(held, change)

    def settle(self) -> None:
        """Sort what came late into what is held of large tables; searches go on meanwhile."""
        for column in list(self._vectors.values()):
            column.settle()
        for name, held in list(self._held.items()):
            if held.is_crowded:
                self._held[name] = held.settled(self._row_ids[name])

    def is_current(self, book_id: str, ingest_rev: str) -> bool:
        """Say whether a row belongs to a book as it stands, not to one half written or removed."""
        book = self.books.get(book_id)
        return book is not None and book.ingest_rev == ingest_rev

    def pages(self, page_ids: Iterable[str]) -> dict[str, PageEntry]:
        """Return what a hit needs to know of each page."""
        wanted = set(page_ids)
        if missing := wanted - self._pages.keys():
            fresh = self._read_pages(sorted(missing))
            with self._lock:
                if len(self._pages) + len(fresh) > max(RESIDENT_ROWS, len(fresh)):
                    self._pages = {}
                self._pages |= fresh
                return {page: self._pages.get(page, fresh.get(page, _NO_PAGE)) for page in wanted}
        return {page: self._pages.get(page, _NO_PAGE) for page in wanted}

    def _read_pages(self, missing: Sequence[str]) -> dict[str, PageEntry]:
        held = self._held.get(PAGES)
        if held is not None:
            rows = held.find(missing).select(list(_PAGE_FACTS))
        else:
            where = is_one_of("page_id", missing) if self.is_large(PAGES) else None
            rows = self.rows(PAGES, _PAGE_FACTS, where)
        ids, *facts = (rows[name].to_pylist() for name in _PAGE_FACTS)
        return dict(zip(ids, (PageEntry(*fact) for fact in zip(*facts, strict=True)), strict=True))

    def rows(self, table: str, columns: Sequence[str], where: "Expr | None" = None) -> pa.Table:
        """Return the named columns of all rows that pass ``where``."""
        query = self.table(table).search().select(list(columns)).limit(ALL_ROWS)
        return (query if where is None else query.where(where)).to_arrow()

    def take(self, table: str, row_ids: Sequence[int], columns: Sequence[str]) -> pa.Table:
        """Return the named columns and ``_rowid`` of rows by their ids, in no particular order."""
        held = self._held.get(table)
        if held is not None and held.knows(columns):
            return held.find(row_ids).select([*columns, "_rowid"])
        query = self.table(table).take_row_ids(list(row_ids))
        return query.select(list(columns)).with_row_id().to_arrow()

    def latest_versions(self) -> Versions:
        """Return the versions the library has now; they differ from ``versions`` after a write."""
        return {name: open_table(self._database, name).version for name in (PANELS, BOOKS)}

    def asset(self, asset_id: str) -> bytes | None:
        """Return a thumbnail as WebP, None where there is none."""
        found = self.rows(ASSETS, ["webp"], is_one_of("asset_id", [asset_id]))["webp"]
        return bytes(found[0].as_py()) if len(found) else None


def is_one_of(column: str, values: Sequence[str | int]) -> "Expr":
    """Return the condition that a column holds one of the values."""
    from lancedb.expr import col, lit

    return col(column).isin([lit(value) for value in values])
