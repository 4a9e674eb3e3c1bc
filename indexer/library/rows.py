"""Records to Arrow: the one place that knows how a book becomes rows of the library's tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indexer.library.stories import StoryPage, story_rows
from models.text.cleaning import fold
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import Book, Page, Panel, PanelRegion, TextRegion
from schemas.tables import (
    LibraryFormat,
    assets_schema,
    books_schema,
    page_id,
    pages_schema,
    panel_id,
    panels_schema,
    tag_line,
)

Vector = NDArray[np.float32]
Cell = object
_INT32_MAX = 2**31 - 1
ASSET_CHUNK = 256
"""Thumbnails a commit: about 5 MB, so that the thickest book is never held in memory."""


@dataclass(frozen=True, slots=True)
class BookVectors:
    """Vectors of a book, float32, L2 norm 1. A page or panel that is not there has none.

    Keys are a page number, or page and panel number, both from 1.
    """

    page_pictures: Mapping[int, Vector] = field(default_factory=dict)
    panel_pictures: Mapping[tuple[int, int], Vector] = field(default_factory=dict)
    panel_texts: Mapping[tuple[int, int], Vector] = field(default_factory=dict)
    panel_descriptions: Mapping[tuple[int, int], Vector] = field(default_factory=dict)
    page_fused: Mapping[int, Vector] = field(default_factory=dict)
    panel_fused: Mapping[tuple[int, int], Vector] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small WebP picture of a page (``panel_no`` None) or of a panel; sizes in pixels."""

    page_no: int
    panel_no: int | None
    width_px: int
    height_px: int
    webp: bytes

    def asset_id(self, book_id: str) -> str:
        """Return the key of the picture: that of its page or panel."""
        if self.panel_no is None:
            return page_id(book_id, self.page_no)
        return panel_id(book_id, self.page_no, self.panel_no)


@dataclass(frozen=True, slots=True)
class BookRows:
    """A book as rows of the five tables; thumbnails come in chunks of whole pages, and only once."""

    book: pa.Table
    pages: pa.Table
    panels: pa.Table
    stories: pa.Table
    assets: Iterator[pa.Table]


def to_rows(
    book: Book,
    pages: Sequence[Page],
    vectors: BookVectors,
    thumbnails: Iterable[Thumbnail],
    *,
    ingest_rev: str,
    library: LibraryFormat,
) -> BookRows:
    """Return a whole book as rows.

    Args:
        book: what is known of the book.
        pages: its pages in order, with their panels in reading order.
        vectors: vectors of pages and panels.
        thumbnails: pictures of pages and panels, in page order; drawn from as the rows are.
        ingest_rev: hash of content, stages and options; equal revisions hold equal rows.
        library: the library that the rows are for.
    """
    told = [StoryPage.of(page) for page in pages]
    stories = story_rows(book.book_id, told, ingest_rev=ingest_rev, library=library)
    return BookRows(
        book=book_row(book, story_count=len(stories), ingest_rev=ingest_rev, library=library),
        pages=page_rows(book, pages, vectors, ingest_rev=ingest_rev, library=library),
        panels=panel_rows(book, pages, vectors, ingest_rev=ingest_rev, library=library),
        stories=stories,
        assets=_asset_chunks(book.book_id, thumbnails, library),
    )


def book_row(book: Book, *, story_count: int, ingest_rev: str, library: LibraryFormat) -> pa.Table:
    """Return the one row of ``books``."""
    told = book.metadata
    row: dict[str, Cell] = {
        "book_id": book.book_id,
        "source": book.source,
        "container": book.container,
        "size_bytes": book.size_bytes,
        "mtime_ns": book.mtime_ns,
        "status": book.status.value,
        "title": book.title,
        "direction": book.direction.value,
        "direction_evidence": book.direction_evidence,
        "page_count": book.page_count,
        "panel_count": book.panel_count,
        "story_count": story_count,
        "comic": book.comic,
        "failures": [asdict(failure) for failure in book.failures],
        "creators": [{"role": credit.role, "name": credit.name} for credit in told.credits],
        "metadata_formats": list(told.formats),
        "ingest_rev": ingest_rev,
    }
    row |= {name: getattr(told, name) for name in _TOLD_TEXTS}
    row |= {name: _int32(getattr(told, name)) for name in _TOLD_NUMBERS}
    row |= {name: list(getattr(told, name)) for name in _TOLD_LISTS}
    return _table([row], books_schema(library))


_TOLD_TEXTS = (
    "series",
    "number",
    "publisher",
    "summary",
    "language",
    "licence",
    "story_arc",
    "age_rating",
    "format",
)
_TOLD_NUMBERS = ("volume", "year", "month", "day")
_TOLD_LISTS = ("genres", "tags", "characters", "teams", "locations")


def page_rows(
    book: Book, pages: Sequence[Page], vectors: BookVectors, *, ingest_rev: str, library: LibraryFormat
) -> pa.Table:
    """Return the rows of ``pages``, in page order."""
    rows = [
        {
            "page_id": page_id(book.book_id, page.page_no),
            "book_id": book.book_id,
            "page_no": page.page_no,
            "page_file": page.page_file,
            "sha256": page.sha256,
            "width_px": page.width_px,
            "height_px": page.height_px,
            "page_type": page.page_type.value,
            "page_type_confidence": page.page_type_confidence,
            "layout_confidence": page.layout_confidence,
            "panel_count": len(page.panels),
            "is_spread": page.is_spread,
            "degraded": page.degraded,
            "phash": page.phash,
            "darkness": page.darkness,
            "saturation": page.saturation,
            "text": page_text(page),
            "stray_texts": _text_cells(page.stray_texts),
            "ingest_rev": ingest_rev,
        }
        for page in pages
    ]
    columns = {
        "vector_picture": [vectors.page_pictures.get(page.page_no) for page in pages],
        "vector_fused": [vectors.page_fused.get(page.page_no) for page in pages],
    }
    return _table(rows, pages_schema(library), columns)


def panel_rows(
    book: Book, pages: Sequence[Page], vectors: BookVectors, *, ingest_rev: str, library: LibraryFormat
) -> pa.Table:
    """Return the rows of ``panels``, in reading order."""
    pairs = [(page, panel) for page in pages for panel in page.panels]
    rows = [_panel_cells(book, page, panel) | {"ingest_rev": ingest_rev} for page, panel in pairs]
    keys = [(page.page_no, panel.panel_no) for page, panel in pairs]
    columns = {
        "vector_picture": [vectors.panel_pictures.get(key) for key in keys],
        "vector_text": [vectors.panel_texts.get(key) for key in keys],
        "vector_description": [vectors.panel_descriptions.get(key) for key in keys],
        "vector_fused": [vectors.panel_fused.get(key) for key in keys],
    }
    return _table(rows, panels_schema(library), columns)


def asset_rows(book_id: str, thumbnails: Iterable[Thumbnail], *, library: LibraryFormat) -> pa.Table:
    """Return rows of ``assets``."""
    rows = [
        {
            "asset_id": picture.asset_id(book_id),
            "book_id": book_id,
            "width_px": picture.width_px,
            "height_px": picture.height_px,
            "webp": picture.webp,
        }
        for picture in thumbnails
    ]
    return _table(rows, assets_schema(library))


def _asset_chunks(
    book_id: str, thumbnails: Iterable[Thumbnail], library: LibraryFormat
) -> Iterator[pa.Table]:
    chunk: list[Thumbnail] = []
    for picture in thumbnails:
        if len(chunk) >= ASSET_CHUNK and picture.page_no != chunk[-1].page_no:
            yield asset_rows(book_id, chunk, library=library)
            chunk = []
        chunk.append(picture)
    if chunk:
        yield asset_rows(book_id, chunk, library=library)


def retyped(rows: pa.Table, kinds: Mapping[str, PageType]) -> pa.Table:
    """Return rows of pages or panels, those whose page is named with its type; sure as a person is."""
    pages, types = rows["page_id"].to_pylist(), rows["page_type"].to_pylist()
    named = [kinds[page].value if page in kinds else kind for page, kind in zip(pages, types, strict=True)]
    rows = with_column(rows, "page_type", named)
    if "page_type_confidence" not in rows.schema.names:
        return rows
    sure = rows["page_type_confidence"].to_pylist()
    told = [1.0 if page in kinds else value for page, value in zip(pages, sure, strict=True)]
    return with_column(rows, "page_type_confidence", told)


def with_column(rows: pa.Table, name: str, values: Sequence[object]) -> pa.Table:
    """Return rows with a column of these values."""
    index = rows.schema.get_field_index(name)
    field = rows.schema.field(index)
    return rows.set_column(index, field, pa.array(values, field.type))


def page_text(page: Page) -> str:
    """Return all lettering of a page: the panels' in reading order, then what lies in none."""
    parts = [panel.text for panel in page.panels] + [region.text for region in page.stray_texts]
    return "\n".join(part for part in parts if part)


def _panel_cells(book: Book, page: Page, panel: Panel) -> dict[str, Cell]:
    region: PanelRegion = panel.region
    told = book.metadata
    return {
        "panel_id": panel_id(book.book_id, page.page_no, panel.panel_no),
        "page_id": page_id(book.book_id, page.page_no),
        "book_id": book.book_id,
        "page_no": page.page_no,
        "panel_no": panel.panel_no,
        "box": region.box.as_tuple(),
        "polygon": region.polygon,
        "parent_no": None if region.parent is None else region.parent + 1,
        "confidence": region.confidence,
        "series": told.series,
        "language": told.language,
        "direction": book.direction.value,
        "page_type": page.page_type.value,
        "year": _int32(told.year),
        "has_text": bool(panel.text),
        "text": panel.text,
        "text_folded": fold(panel.text),
        "description": panel.description or None,
        "texts": _text_cells(panel.texts),
        "tags": list(panel.tags),
        "tag_line": tag_line(panel.tags),
        "lightness": panel.look.lightness if panel.look else None,
        "colourfulness": panel.look.colourfulness if panel.look else None,
        "aspect": _aspect(page, region.box),
        "phash": panel.phash,
    }


def _aspect(page: Page, box: Box) -> float:
    """Return width over height of a panel as drawn, at least a pixel each."""
    return max(box.width * page.width_px, 1.0) / max(box.height * page.height_px, 1.0)


def _text_cells(regions: Iterable[TextRegion]) -> list[dict[str, Cell]]:
    return [
        {
            "box": region.box.as_tuple(),
            "text": region.text,
            "raw_text": region.raw_text,
            "kind": region.kind.value,
            "confidence": region.confidence,
            "speaker": region.speaker,
        }
        for region in regions
    ]


def _int32(value: int | None) -> int | None:
    """Return a number that fits its column; a book that claims the year 10**12 claims none."""
    return value if value is not None and abs(value) <= _INT32_MAX else None


def _table(
    rows: Sequence[Mapping[str, Cell]],
    schema: pa.Schema,
    vectors: Mapping[str, Sequence[Vector | None]] | None = None,
) -> pa.Table:
    """Build a table; vectors go in as whole columns, since lists of 384 numbers a row are slow."""
    given = vectors or {}
    arrays = [
        _vector_column(given[column.name], column.type)
        if column.name in given
        else pa.array([_storable(row.get(column.name)) for row in rows], column.type)
        for column in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _storable(value: Cell) -> Cell:
    """Replace what UTF-8 cannot hold: lone surrogates, as hostile JSON and old file names bring."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value


def _vector_column(vectors: Sequence[Vector | None], column: pa.DataType) -> pa.Array:
    """Return float16 vectors; one that is missing, not finite or without length becomes null."""
    dim = column.list_size
    flat = np.zeros((len(vectors), dim), np.float16)
    missing = np.ones(len(vectors), np.bool_)
    for index, vector in enumerate(vectors):
        if vector is not None and np.isfinite(vector).all() and vector.any():
            flat[index], missing[index] = vector, False
    values = pa.array(flat.reshape(-1), pa.float16())
    return pa.FixedSizeListArray.from_arrays(values, dim, mask=pa.array(missing))
