"""Libraries built straight from the Arrow schemas: the read side is tested without the write side."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.index import FTS

from models.text.cleaning import fold
from schemas.labels import PageType
from schemas.records import FloatMatrix, RgbImage
from schemas.streams import stories_of
from schemas.tables import (
    ASSETS,
    BOOKS,
    PAGES,
    PANELS,
    STORIES,
    STORIES_SINCE,
    EncoderSpec,
    LibraryFormat,
    assets_schema,
    books_schema,
    page_id,
    pages_schema,
    panel_id,
    panels_schema,
    stories_schema,
    story_id,
    tag_line,
)

TEXT_SPEC = EncoderSpec(name="fake-words", dim=1024, preprocessing="hashed words")
PICTURE_SPEC = EncoderSpec(name="fake-colours", dim=3, preprocessing="mean colour")
FORMAT = LibraryFormat(TEXT_SPEC, PICTURE_SPEC)
THUMBNAIL = b"RIFF\x24\x00\x00\x00WEBPVP8 fake"


class FakeTextEncoder:
    """Texts that share words are near: each word is one of 1024 hashed directions."""

    spec = TEXT_SPEC

    def __init__(self) -> None:
        self.batches = 0

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        self.batches += 1
        matrix = np.zeros((len(texts), TEXT_SPEC.dim), np.float32)
        for row, text in zip(matrix, texts, strict=True):
            for word in re.findall(r"\w+", fold(text)):
                row[_hash(word) % TEXT_SPEC.dim] += 1.0
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        return (matrix / np.where(norms > 0, norms, 1.0)).astype(np.float32)


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])


class FakePictureEncoder:
    """Pictures of like mean colour are near; no text tower."""

    spec = PICTURE_SPEC
    text_tower = None
    score_floor = 0.9
    words_range = (0.2, 1.0)

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        means = np.array([image.reshape(-1, 3).mean(axis=0) + 1.0 for image in images], np.float32)
        means = means.reshape(-1, 3)
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)


class ColourWords:
    """A text tower that knows the names of three colours."""

    spec = PICTURE_SPEC

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        names = ("red", "green", "blue")
        return np.asarray([[float(name in text) for name in names] for text in texts], np.float32)


class SeeingEncoder(FakePictureEncoder):
    """Pictures and the names of their colours in one space."""

    text_tower = ColourWords()  # type: ignore[assignment]


@dataclass(frozen=True)
class PanelSpec:
    """A panel to be built: its lettering, its colour (a direction in the fake picture space), its hash."""

    text: str = ""
    colour: tuple[float, float, float] | None = None
    phash: int | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    lightness: float | None = None
    colourfulness: float | None = None
    aspect: float = 1.0


@dataclass(frozen=True)
class PageSpec:
    panels: tuple[PanelSpec, ...]
    page_type: str = "story"
    colour: tuple[float, float, float] | None = None
    stray: str = ""
    title: str | None = None
    """Of the story that begins here."""


@dataclass(frozen=True)
class BookSpec:
    """A book to be built; ``name`` gives its id and title."""

    name: str
    pages: tuple[PageSpec, ...]
    series: str | None = None
    language: str | None = "en"
    year: int | None = None
    direction: str = "ltr"
    status: str = "ready"
    ingest_rev: str = "rev1"
    creators: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    licence: str | None = None
    comic: float | None = None
    book_id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book_id", hashlib.sha256(self.name.encode()).hexdigest()[:24])


def book_of(name: str, *texts: str, **facets: object) -> BookSpec:
    """A book with one page a text, one panel a page."""
    return BookSpec(name, tuple(PageSpec((PanelSpec(text),)) for text in texts), **facets)  # type: ignore[arg-type]


def panel_key(book: BookSpec, page_no: int, panel_no: int = 1) -> str:
    return panel_id(book.book_id, page_no, panel_no)


def create(
    path: Path,
    *books: BookSpec,
    indexed: bool = True,
    library: LibraryFormat = FORMAT,
    vectors: bool = True,
) -> Path:
    """Build a library of these books."""
    database = lancedb.connect(str(path))
    schemas = {BOOKS: books_schema, PAGES: pages_schema, PANELS: panels_schema, ASSETS: assets_schema}
    if library.format_version >= STORIES_SINCE:
        schemas[STORIES] = stories_schema
    for name, schema in schemas.items():
        database.create_table(name, schema=schema(library))
    for book in books:
        add(path, book, vectors=vectors)
    if indexed and any(book.pages for book in books):
        index(path)
    return path


def add(path: Path, book: BookSpec, *, listed: bool = True, vectors: bool = True) -> None:
    """Write a book as the indexer does: panels, pages, thumbnails, and ``books`` last."""
    database = lancedb.connect(str(path))
    library = LibraryFormat.from_metadata(database.open_table(BOOKS).schema.metadata)
    if library.format_version >= STORIES_SINCE:
        _add(database, STORIES, stories_schema(library), _story_rows(book))
    _add(database, PANELS, panels_schema(library), _panel_rows(book, vectors=vectors))
    _add(database, PAGES, pages_schema(library), _page_rows(book))
    _add(database, ASSETS, assets_schema(library), _asset_rows(book))
    if listed:
        list_book(path, book)


def list_book(path: Path, book: BookSpec) -> None:
    """Enter a book into the table of contents."""
    database = lancedb.connect(str(path))
    library = LibraryFormat.from_metadata(database.open_table(BOOKS).schema.metadata)
    _add(database, BOOKS, books_schema(library), [_book_row(book)])


def index(path: Path) -> None:
    """Make the full-text indexes of the store design."""
    panels = lancedb.connect(str(path)).open_table(PANELS)
    options = {"stem": False, "remove_stop_words": False}
    panels.create_index("text", config=FTS(base_tokenizer="icu", with_position=True, **options))
    ngram = FTS(base_tokenizer="ngram", ngram_min_length=1, ngram_max_length=2, **options)
    panels.create_index("text_folded", config=ngram)
    if panels.count_rows("description IS NOT NULL"):
        panels.create_index(
            "description", config=FTS(base_tokenizer="icu", stem=True, remove_stop_words=False)
        )


def _add(database: lancedb.DBConnection, name: str, schema: pa.Schema, rows: list[dict[str, object]]) -> None:
    if rows:
        whole = [{column: row.get(column) for column in schema.names} for row in rows]
        database.open_table(name).add(pa.Table.from_pylist(whole, schema=schema))


def _book_row(book: BookSpec) -> dict[str, object]:
    return {
        "book_id": book.book_id,
        "source": f"/comics/{book.name}.cbz",
        "container": "cbz",
        "size_bytes": 1000,
        "mtime_ns": 0,
        "status": book.status,
        "title": book.name,
        "series": book.series,
        "year": book.year,
        "language": book.language,
        "direction": book.direction,
        "direction_evidence": "test",
        "creators": [{"role": "writer", "name": name} for name in book.creators],
        "characters": list(book.characters),
        "licence": book.licence,
        "page_count": len(book.pages),
        "panel_count": sum(len(page.panels) for page in book.pages),
        "story_count": len(_story_rows(book)),
        "comic": book.comic,
        "ingest_rev": book.ingest_rev,
    }


def _story_rows(book: BookSpec) -> list[dict[str, object]]:
    parts = stories_of([PageType(page.page_type) for page in book.pages])
    return [
        {
            "story_id": story_id(book.book_id, number),
            "book_id": book.book_id,
            "number": number,
            "first_page": part.start + 1,
            "last_page": part.end + 1,
            "page_type": part.page_type.value,
            "title": book.pages[part.start].title,
            "page_count": part.length,
            "panel_count": sum(len(page.panels) for page in book.pages[part.start : part.end + 1]),
            "confidence": 1.0,
            "ingest_rev": book.ingest_rev,
        }
        for number, part in enumerate(parts, start=1)
    ]


def _page_rows(book: BookSpec) -> list[dict[str, object]]:
    return [
        {
            "page_id": page_id(book.book_id, no),
            "book_id": book.book_id,
            "page_no": no,
            "page_file": f"p{no:02d}.png",
            "sha256": f"{no:064x}",
            "width_px": 800,
            "height_px": 1200,
            "page_type": page.page_type,
            "page_type_confidence": 1.0,
            "layout_confidence": 1.0,
            "panel_count": len(page.panels),
            "is_spread": False,
            "phash": 0,
            "darkness": 0.1,
            "saturation": 0.5,
            "text": "\n".join([*(panel.text for panel in page.panels), page.stray]),
            "stray_texts": [_text_cell(page.stray)] if page.stray else [],
            "vector_picture": _colour_vector(page.colour),
            "ingest_rev": book.ingest_rev,
        }
        for no, page in enumerate(book.pages, start=1)
    ]


def _panel_rows(book: BookSpec, *, vectors: bool) -> list[dict[str, object]]:
    places = [
        (page_no, page, panel_no, panel)
        for page_no, page in enumerate(book.pages, start=1)
        for panel_no, panel in enumerate(page.panels, start=1)
    ]
    encoded = FakeTextEncoder().encode_texts([panel.text for *_, panel in places]).astype(np.float16)
    described = FakeTextEncoder().encode_texts([panel.description for *_, panel in places]).astype(np.float16)
    return [
        {
            "panel_id": panel_id(book.book_id, page_no, panel_no),
            "page_id": page_id(book.book_id, page_no),
            "book_id": book.book_id,
            "page_no": page_no,
            "panel_no": panel_no,
            "box": [0.1, 0.1 * panel_no, 0.5, 0.1 * panel_no + 0.08],
            "confidence": 1.0,
            "series": book.series,
            "language": book.language,
            "direction": book.direction,
            "page_type": page.page_type,
            "year": book.year,
            "has_text": bool(panel.text),
            "text": panel.text,
            "text_folded": fold(panel.text),
            "texts": [_text_cell(panel.text)] if panel.text else [],
            "description": panel.description or None,
            "tags": list(panel.tags),
            "tag_line": tag_line(panel.tags),
            "lightness": panel.lightness,
            "colourfulness": panel.colourfulness,
            "aspect": panel.aspect,
            "phash": _hash(panel_id(book.book_id, page_no, panel_no)) if panel.phash is None else panel.phash,
            "vector_picture": _colour_vector(panel.colour),
            "vector_text": vector if panel.text and vectors else None,
            "vector_description": seen if panel.description and vectors else None,
            "ingest_rev": book.ingest_rev,
        }
        for (page_no, page, panel_no, panel), vector, seen in zip(places, encoded, described, strict=True)
    ]


def _text_cell(text: str) -> dict[str, object]:
    return {
        "box": [0.2, 0.2, 0.4, 0.3],
        "text": text,
        "raw_text": text,
        "kind": "dialogue",
        "confidence": 0.9,
        "speaker": None,
    }


def _asset_rows(book: BookSpec) -> list[dict[str, object]]:
    return [
        {
            "asset_id": row["page_id"],
            "book_id": book.book_id,
            "width_px": 8,
            "height_px": 12,
            "webp": THUMBNAIL,
        }
        for row in _page_rows(book)
    ]


def _colour_vector(colour: tuple[float, float, float] | None) -> object:
    if colour is None:
        return None
    vector = np.asarray(colour, np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float16)
