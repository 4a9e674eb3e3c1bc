"""The write side of the library: LanceDB tables, replaced book by book.

A commit is atomic for one table only, so ``books`` is the table of contents: it is written last,
and readers count a page or panel only while its book is there. A killed writer therefore leaves
either the old book or the new one, never a mixture; what it leaves besides is swept up by
:meth:`LibraryWriter.remove_leftovers` at the next start.

Every write goes through ``merge_insert`` with the table's primary key set and ``use_index(False)``:
without both, LanceDB duplicates keys silently when writers meet or a BTREE index is behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from indexer.library.faults import reading, writing
from indexer.library.rows import BookRows
from indexer.library.spaces import check_encoders
from indexer.library.upkeep import KEEP_VERSIONS, Upkeep, indexes_of
from indexer.remote.lease import check_lease
from indexer.remote.state import connect, has_table, shown, tables_at
from schemas.config import MIB
from schemas.errors import LibraryError, LibraryFormatError
from schemas.records import StageFailure
from schemas.tables import (
    ASSETS,
    BOOKS,
    PAGES,
    PANELS,
    STORIES,
    STORIES_SINCE,
    LibraryFormat,
    assets_schema,
    books_schema,
    page_id,
    pages_schema,
    panels_schema,
    stories_schema,
    table_names,
)

if TYPE_CHECKING:
    from lancedb import DBConnection
    from lancedb.expr import Expr
    from lancedb.table import Table

KEYS = {
    BOOKS: "book_id",
    PAGES: "page_id",
    PANELS: "panel_id",
    ASSETS: "asset_id",
    STORIES: "story_id",
}
"""Primary key of each table. ``books`` comes last where order matters: see :data:`CREATION_ORDER`."""
CREATION_ORDER = (ASSETS, STORIES, PANELS, PAGES, BOOKS)
REWRITE_ORDER = (PAGES, STORIES, PANELS, BOOKS)
"""Pages first: what they say of their types is what the others can be made anew from."""
CACHE_BYTES = 64 * MIB
"""Bound of LanceDB's two caches: by default they grow with every commit of a long run."""

_SCHEMAS = {
    BOOKS: books_schema,
    PAGES: pages_schema,
    PANELS: panels_schema,
    ASSETS: assets_schema,
    STORIES: stories_schema,
}
_COPIED_TO_PANELS = ("series", "year")
DAMAGED_SUFFIX = ".damaged"
"""Of a table that was set aside."""
_OWN_FILES = re.compile(
    r"(books|pages|panels|assets|stories|maps|elements)\.(lance|damaged)|(maps|elements|writer)\.lock"
    r"|(catalogue|curation|matches|rights)\.lock"
    r"|(ledger|queue|boards|elements|catalogue|covers)\.sqlite.*|(audit|curation|matches|rights)\.json.*|longbox\.log.*"
    r"|audit\.log.*|keys\.json.*|backup\.json|snapshots|generated|daemon.*"
    r"|store\..*|published\.sqlite.*|writers(\.lance)?"
)
BOOK_ID = re.compile(r"[0-9a-f]{24}")
_PRIMARY_KEY = {b"lance-schema:unenforced-primary-key:position": b"1"}


@dataclass(frozen=True, slots=True)
class StoredBook:
    """What the library says of a book it holds."""

    book_id: str
    source: str
    status: str
    title: str
    series: str | None
    number: str | None
    volume: int | None
    year: int | None
    size_bytes: int
    mtime_ns: int
    page_count: int
    panel_count: int
    failures: tuple[StageFailure, ...]
    ingest_rev: str
    story_count: int = 0

    @classmethod
    def of(cls, row: pa.Table) -> StoredBook:
        """Return what the library says of a book once its row of ``books`` is stored."""
        return _to_stored(row.select(_stored_in(row.schema)).to_pylist()[0])

    def amended(self, changes: Mapping[str, str | int | None]) -> StoredBook:
        """Return what the library says once these values are changed."""
        known: dict[str, Any] = {name: changes[name] for name in _STORED if name in changes}
        return replace(self, **known)


_STORED = list(StoredBook.__dataclass_fields__)


def _stored_in(schema: pa.Schema) -> list[str]:
    """Return those columns that a library of this format has."""
    return [name for name in _STORED if name in schema.names]


def prepare_folder(path: Path) -> None:
    """Make the folder of a library; an existing one must be a library or empty.

    Raises:
        LibraryFormatError: the folder holds something else; nothing in it was touched.
        LibraryError: it is no folder, or cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        names = [child.name for child in path.iterdir()]
    except FileExistsError as error:
        raise LibraryError(f"{path} is a file: give a folder for the library") from error
    except OSError as error:
        raise LibraryError(f"cannot make the library {path}: {error.strerror}") from error
    for there in (names, _names_on_store(path)):
        if there and not any(map(is_own_file, there)):
            raise LibraryFormatError(
                f"{shown(path)} holds other files and is no Longbox library: give an empty or a new folder"
            )


def _names_on_store(path: Path) -> list[str]:
    tables = tables_at(path)
    return [] if isinstance(tables, Path) else [child.name for child in tables.glob("*")]


def is_own_file(name: str) -> bool:
    """Say whether a file or folder of this name is a library's."""
    return _OWN_FILES.fullmatch(name) is not None


def has_tables(path: Path) -> bool:
    """Say whether all tables of its format lie in the folder; cheap where none is missing."""
    if not all(has_table(path, name) for name in table_names(STORIES_SINCE - 1)):
        return False
    return has_table(path, STORIES) or _format_of(connect(path), path).format_version < STORIES_SINCE


class LibraryWriter:
    """The only writer of a library. Hold :func:`indexer.library.lock.writer_lock` while one exists."""

    def __init__(self, path: Path, tables: dict[str, Table], *, keep_versions: timedelta) -> None:
        self._path = path
        self._tables = tables
        self._upkeep = Upkeep(tables, tables_at(path), keep_versions=keep_versions)

    @classmethod
    def open(cls, path: Path, library: LibraryFormat, *, keep_versions: timedelta = KEEP_VERSIONS) -> Self:
        """Open the library in ``path`` or make it; old versions stay for ``keep_versions``.

        Raises:
            EncoderMismatchError: it was made with other encoders.
            LibraryFormatError: it is damaged, of a newer format, or no library.
            LibraryError: it cannot be written.
        """
        import lancedb

        prepare_folder(path)
        session = lancedb.Session(index_cache_size_bytes=CACHE_BYTES, metadata_cache_size_bytes=CACHE_BYTES)
        with writing(path):
            database = connect(path, session)
            made = _format_of(database, path) if has_table(path, BOOKS) else library
            names = [name for name in CREATION_ORDER if name in table_names(made.format_version)]
            lacking = replace(library, format_version=made.format_version)
            tables = {name: _open_table(database, path, name, lacking) for name in names}
        for table in tables.values():
            check_encoders(path, LibraryFormat.from_metadata(table.schema.metadata), library)
        return cls(path, tables, keep_versions=keep_versions)

    @property
    def format(self) -> LibraryFormat:
        """What the library says of itself: an older one may lack what was asked for."""
        return LibraryFormat.from_metadata(self._tables[BOOKS].schema.metadata)

    def stored_books(self) -> dict[str, StoredBook]:
        """Return every book of the library by its id."""
        with reading(self._path, BOOKS):
            known = _stored_in(self._tables[BOOKS].schema)
            found = self._tables[BOOKS].search().select(known).limit(None)
            rows = found.to_arrow().to_pylist()
        return {row["book_id"]: _to_stored(row) for row in rows}

    def replace_book(self, rows: BookRows, *, replaced: Sequence[str] = ()) -> None:
        """Write a book whole, and drop the books it replaces, so that no reader sees a mixture.

        Args:
            rows: the book.
            replaced: ids of older contents of the same source; they leave the table of contents in
                the commit in which the new book enters it.

        Raises:
            LibraryError: the disk is full or fails; the library still holds what it held before.
        """
        book_id = str(rows.book["book_id"][0])
        for checked in (book_id, *replaced):
            check_book_id(checked)
        old = [other for other in replaced if other != book_id]
        check_lease(self._path)
        with writing(self._path):
            for name, table in ((STORIES, rows.stories), (PANELS, rows.panels), (PAGES, rows.pages)):
                if name in self._tables:
                    self._merge(name, table, _is_book(book_id))
            self._replace_assets(book_id, rows.assets)
            check_lease(self._path)
            self._merge(BOOKS, rows.book, _any_book(old) if old else None)
        self._delete_rows(old)
        with writing(self._path):
            self._upkeep.after_book()

    def is_whole(self, book: StoredBook) -> bool:
        """Say whether all pages, panels and stories of a book are there and of its own revision."""
        counts = {PAGES: book.page_count, PANELS: book.panel_count, STORIES: book.story_count}
        for name, count in counts.items():
            if name not in self._tables:
                continue
            with reading(self._path, name):
                rows = self._tables[name].search().where(_is_book(book.book_id)).select(["ingest_rev"])
                revisions = rows.limit(None).to_arrow()["ingest_rev"].to_pylist()
            if len(revisions) != count or set(revisions) - {book.ingest_rev}:
                return False
        return True

    def amend_book(self, book_id: str, changes: Mapping[str, str | int | None]) -> None:
        """Change single values of a book's row (its path, state, names) and their copies in its panels."""
        check_book_id(book_id)
        copied = {name: value for name, value in changes.items() if name in _COPIED_TO_PANELS}
        check_lease(self._path)
        with writing(self._path):
            if copied:
                self._amend(PANELS, book_id, copied)
            self._amend(BOOKS, book_id, changes)

    def _amend(self, name: str, book_id: str, changes: Mapping[str, str | int | None]) -> None:
        rows = self._tables[name].search().where(_is_book(book_id)).limit(None).to_arrow()
        for column, value in changes.items():
            index = rows.schema.get_field_index(column)
            field = rows.schema.field(index)
            rows = rows.set_column(index, field, pa.array([value] * len(rows), field.type))
        self._merge(name, rows, None)

    def rows_of(self, name: str, book_id: str) -> pa.Table:
        """Return the rows of a book in a table, in no particular order."""
        check_book_id(book_id)
        with reading(self._path, name):
            return self._tables[name].search().where(_is_book(book_id)).limit(None).to_arrow()

    def rewrite_book(self, book_id: str, tables: Mapping[str, pa.Table]) -> None:
        """Write rows of a book that is there anew, all of another revision, its row of ``books`` last."""
        check_book_id(book_id)
        check_lease(self._path)
        with writing(self._path):
            for name in REWRITE_ORDER:
                if name in tables and name in self._tables:
                    self._merge(name, tables[name], _is_book(book_id))

    def remove_books(self, book_ids: Sequence[str]) -> None:
        """Take books out: first from the table of contents, then their rows."""
        if not book_ids:
            return
        for book_id in book_ids:
            check_book_id(book_id)
        check_lease(self._path)
        with writing(self._path):
            self._tables[BOOKS].delete(_any_book(book_ids))
        self._delete_rows(book_ids)

    def remove_leftovers(self, book_ids: Sequence[str]) -> None:
        """Delete rows of those books that are not in the table of contents: a killed writer's."""
        if not book_ids:
            return
        stored = self.stored_books()
        self._delete_rows([book_id for book_id in book_ids if book_id not in stored])

    def delete_where(self, name: str, condition: Expr) -> None:
        """Delete rows of a table, whatever book they are of."""
        with writing(self._path):
            self._tables[name].delete(condition)

    def drop_index(self, name: str, column: str) -> None:
        """Drop the index of a column; :meth:`finish` makes a new one."""
        with writing(self._path):
            self._tables[name].drop_index(indexes_of(self._tables[name])[column].name)

    def finish(self) -> None:
        """Make or extend the indexes and compact the tables, as far as it pays. Call once a run."""
        check_lease(self._path)
        with writing(self._path):
            self._upkeep.finish()

    def _replace_assets(self, book_id: str, chunks: Iterator[pa.Table]) -> None:
        """Write thumbnails in chunks; each chunk owns a range of keys and clears what was there."""
        start = page_id(book_id, 0)
        chunk = next(chunks, self._tables[ASSETS].schema.empty_table())
        for following in chunks:
            end = str(following[KEYS[ASSETS]][0])
            self._merge(ASSETS, chunk, _is_between(book_id, start, end))
            start, chunk = end, following
        self._merge(ASSETS, chunk, _is_between(book_id, start, None))

    def _merge(self, name: str, rows: pa.Table, owned: Expr | None) -> None:
        """Insert or update rows by key; stored rows in ``owned`` that are not among them go."""
        _check_unique(rows[KEYS[name]])
        table = self._tables[name]
        # An older library has no fused vectors and gets none: its tables keep their columns.
        rows = rows.select(table.schema.names).replace_schema_metadata(table.schema.metadata)
        merge = (
            table.merge_insert(KEYS[name])
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .use_index(False)
        )
        if owned is not None:
            merge = merge.when_not_matched_by_source_delete(owned)
        # "null" lets missing vectors pass; indexer.library.rows has made every bad vector a missing one.
        merge.execute(rows, on_bad_vectors="null")

    def _delete_rows(self, book_ids: Sequence[str]) -> None:
        if not book_ids:
            return
        with writing(self._path):
            for name in (PANELS, PAGES, STORIES, ASSETS):
                if name in self._tables:
                    self._tables[name].delete(_any_book(book_ids))


def _to_stored(row: dict[str, Any]) -> StoredBook:
    failures = tuple(StageFailure(**failure) for failure in row["failures"] or ())
    return StoredBook(**(row | {"failures": failures}))


def check_book_id(book_id: str) -> None:
    """Raise ValueError unless the id is 24 hexadecimal digits: ids end up in SQL."""
    if not BOOK_ID.fullmatch(book_id):
        raise ValueError(f"a book id is 24 hexadecimal digits, got {book_id!r}")


def _format_of(database: DBConnection, path: Path) -> LibraryFormat:
    """Return what a library says of itself. Raises LibraryFormatError."""
    with reading(path, BOOKS):
        return LibraryFormat.from_metadata(database.open_table(BOOKS).schema.metadata)


def _open_table(database: DBConnection, path: Path, name: str, library: LibraryFormat) -> Table:
    if not has_table(path, name):
        return database.create_table(name, schema=_with_primary_key(_SCHEMAS[name](library), KEYS[name]))
    with reading(path, name):
        return database.open_table(name)


def _with_primary_key(schema: pa.Schema, key: str) -> pa.Schema:
    """Declare the primary key in the schema itself: a table is never there without it."""
    index = schema.get_field_index(key)
    return schema.set(index, schema.field(index).with_metadata(_PRIMARY_KEY))


def _check_unique(keys: pa.ChunkedArray) -> None:
    """Refuse doubled keys: LanceDB would insert every one of them."""
    if len(keys.unique()) != len(keys):
        raise ValueError("rows of one book have doubled keys")


def _is_book(book_id: str) -> Expr:
    from lancedb.expr import col, lit

    return col("book_id").eq(lit(book_id))


def _is_between(book_id: str, start: str, end: str | None) -> Expr:
    """Select a book's thumbnails by their keys: from ``start`` to before ``end``, None for its last."""
    from lancedb.expr import col, lit

    key = col(KEYS[ASSETS])
    owned = _is_book(book_id).and_(key.gte(lit(start)))
    return owned if end is None else owned.and_(key.lt(lit(end)))


def _any_book(book_ids: Sequence[str]) -> Expr:
    return reduce(lambda left, right: left.or_(right), (_is_book(book_id) for book_id in book_ids))
