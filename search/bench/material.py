"""A library of made-up panels: text with the word frequencies of language, vectors, books and pages."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.encoders.minilm import package_folder
from models.fusion import load_fusion
from models.registry import load_picture_encoder, load_text_encoder
from models.text.cleaning import fold
from schemas.config import IndexOptions
from schemas.tables import (
    ASSETS,
    BOOKS,
    PAGES,
    PANELS,
    STORIES,
    LibraryFormat,
    assets_schema,
    books_schema,
    page_id,
    pages_schema,
    panel_id,
    panels_schema,
    stories_schema,
    story_id,
)
from search.bench.vectors import BLOCK_ROWS, Float16Matrix

if TYPE_CHECKING:
    from lancedb import DBConnection

SEED = 20
PANELS_A_PAGE, PAGES_A_BOOK, SERIES = 6, 16, 100
ZIPF = 1.0
COMMON = (
    *("the", "to", "you", "a", "of", "and", "i", "is", "it", "that", "in", "my", "we", "me", "not", "for"),
    *("what", "this", "have", "be", "are", "on", "your", "do", "with", "no", "know", "was", "get", "here"),
)

Rng = np.random.Generator


def usual_format() -> LibraryFormat:
    """Return the format of a library that is indexed without options."""
    usual = IndexOptions()
    said, drawn = load_text_encoder(usual.text_encoder).spec, load_picture_encoder(usual.picture_encoder).spec
    return LibraryFormat(said, drawn, load_fusion(drawn, said).spec)


def write_library(path: Path, vectors: Float16Matrix, library: LibraryFormat) -> None:
    """Write one panel a vector, without indexes.

    Panel ``i`` has vector ``i`` among what is said; among what is drawn, and fused, it has those of
    other panels, so that each side of a search finds panels of its own.
    """
    import lancedb

    database = lancedb.connect(str(path))
    rows = len(vectors)
    panels = panels_schema(library)
    database.create_table(PANELS, _panel_batches(vectors, panels), schema=panels, on_bad_vectors="null")
    pages = -(-rows // PANELS_A_PAGE)
    _write_pages(database, vectors, library, pages)
    books = -(-pages // PAGES_A_BOOK)
    database.create_table(BOOKS, _table(_book_rows(books), books_schema(library), {}))
    database.create_table(STORIES, _table(_story_rows(books), stories_schema(library), {}))
    database.create_table(ASSETS, schema=assets_schema(library))


def panel_of(row: int) -> str:
    """Return the id of the panel that has a vector."""
    return panel_id(*_place(row))


def row_of(panel: str) -> int:
    """Return the number of the vector that a panel has."""
    page, _, number = panel.partition("#")
    book, _, page_no = page.partition("/")
    return (int(book, 16) * PAGES_A_BOOK + int(page_no) - 1) * PANELS_A_PAGE + int(number) - 1


def series_of(row: int) -> str:
    """Return the series of that panel: one of a hundred."""
    return _series(row // (PANELS_A_PAGE * PAGES_A_BOOK))


def rows_of_series(name: str, rows: int) -> NDArray[np.int64]:
    """Return the numbers of all panels of a series."""
    books = np.arange(rows) // (PANELS_A_PAGE * PAGES_A_BOOK)
    return np.flatnonzero(books % SERIES == int(name.rpartition(" ")[2]))


def texts(rows: int) -> Iterator[list[str]]:
    """Yield the lettering of all panels, a block at a time."""
    rng = np.random.default_rng(SEED)
    words = np.array(_vocabulary(rng), dtype=object)
    odds = np.asarray(1.0 / np.arange(1, len(words) + 1) ** ZIPF, np.float64)
    odds /= odds.sum()
    for start in range(0, rows, BLOCK_ROWS):
        yield _lettering(rng, words, odds, min(BLOCK_ROWS, rows - start))


def _lettering(rng: Rng, words: NDArray[np.object_], odds: NDArray[np.float64], panels: int) -> list[str]:
    """Return a text of one to three balloons for each panel."""
    balloons = rng.integers(1, 4, panels)
    lengths = rng.integers(3, 12, balloons.sum())
    drawn = words[rng.choice(len(words), lengths.sum(), p=odds)].tolist()
    ends = np.concatenate([[0], lengths.cumsum()]).tolist()
    marks = rng.choice([".", "!", "?", "..."], len(lengths)).tolist()
    said = [
        " ".join(drawn[a:b]).capitalize() + mark for (a, b), mark in zip(pairwise(ends), marks, strict=True)
    ]
    bounds = np.concatenate([[0], balloons.cumsum()]).tolist()
    return ["\n".join(said[a:b]) for a, b in pairwise(bounds)]


def _vocabulary(rng: Rng) -> list[str]:
    """Return English words, as the text encoder knows them whole: made-up ones would look like nothing."""
    pieces = json.loads((package_folder() / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    whole = sorted(word for word in pieces if len(word) > 2 and word.isascii() and word.isalpha())
    rest = sorted(set(whole) - set(COMMON))
    return [*COMMON, *(rest[i] for i in rng.permutation(len(rest)))]


def _place(row: int) -> tuple[str, int, int]:
    page, panel = divmod(row, PANELS_A_PAGE)
    book, page = divmod(page, PAGES_A_BOOK)
    return f"{book:024x}", page + 1, panel + 1


def _series(book: int) -> str:
    return f"series {book % SERIES}"


def _panel_batches(vectors: Float16Matrix, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    rows = len(vectors)
    for number, block in enumerate(texts(rows)):
        places = np.arange(number * BLOCK_ROWS, number * BLOCK_ROWS + len(block))
        sides = {"vector_text": 0, "vector_picture": rows // 3, "vector_fused": 2 * rows // 3}
        columns = {name: _column(vectors[(places + shift) % rows]) for name, shift in sides.items()}
        known = [name for name in columns if name in schema.names]
        yield from _table(
            _panel_rows(places, block), schema, {name: columns[name] for name in known}
        ).to_batches()


def _column(matrix: Float16Matrix) -> pa.Array:
    flat = pa.array(np.ascontiguousarray(matrix).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, matrix.shape[1])


def _panel_rows(places: NDArray[np.int64], lettering: Sequence[str]) -> list[dict[str, object]]:
    rng = np.random.default_rng(int(places[0]))
    hashes = rng.integers(1, 2**63, len(places)).tolist()
    rows: list[dict[str, object]] = []
    for row, text, phash in zip(places.tolist(), lettering, hashes, strict=True):
        book, page, panel = _place(row)
        number = int(book, 16)
        rows.append(
            {
                "panel_id": panel_id(book, page, panel),
                "page_id": page_id(book, page),
                "book_id": book,
                "page_no": page,
                "panel_no": panel,
                "box": [0.1, 0.1, 0.9, 0.5],
                "confidence": 1.0,
                "series": _series(number),
                "language": "en",
                "direction": "ltr",
                "page_type": "story",
                "year": 1990 + number % 30,
                "has_text": True,
                "text": text,
                "text_folded": fold(text),
                "texts": [],
                "tags": [],
                "tag_line": "",
                "phash": phash,
                "ingest_rev": "1",
            }
        )
    return rows


def _write_pages(
    database: "DBConnection", vectors: Float16Matrix, library: LibraryFormat, pages: int
) -> None:
    schema = pages_schema(library)

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, pages, BLOCK_ROWS):
            block = range(start, min(start + BLOCK_ROWS, pages))
            column = _column(vectors[start : start + len(block)])
            sides = {name: column for name in ("vector_picture", "vector_fused") if name in schema.names}
            yield from _table([_page_row(page) for page in block], schema, sides).to_batches()

    database.create_table(PAGES, batches(), schema=schema)


def _page_row(page: int) -> dict[str, object]:
    book, number, _ = _place(page * PANELS_A_PAGE)
    return {
        "page_id": page_id(book, number),
        "book_id": book,
        "page_no": number,
        "page_file": f"p{number:03d}.jpg",
        "sha256": "0" * 64,
        "width_px": 1000,
        "height_px": 1500,
        "page_type": "story",
        "page_type_confidence": 1.0,
        "layout_confidence": 1.0,
        "panel_count": PANELS_A_PAGE,
        "is_spread": False,
        "phash": 0,
        "darkness": 0.2,
        "saturation": 0.3,
        "text": "",
        "ingest_rev": "1",
    }


def _book_rows(books: int) -> list[dict[str, object]]:
    return [
        {
            "book_id": f"{book:024x}",
            "source": f"/comics/{book}.cbz",
            "container": "cbz",
            "size_bytes": 1,
            "mtime_ns": 1,
            "status": "ready",
            "title": f"Book {book}",
            "series": _series(book),
            "direction": "ltr",
            "direction_evidence": "drawn",
            "page_count": PAGES_A_BOOK,
            "panel_count": PAGES_A_BOOK * PANELS_A_PAGE,
            "story_count": 1,
            "ingest_rev": "1",
        }
        for book in range(books)
    ]


def _story_rows(books: int) -> list[dict[str, object]]:
    """Return a story a book, untitled as most are."""
    return [
        {
            "story_id": story_id(f"{book:024x}", 1),
            "book_id": f"{book:024x}",
            "number": 1,
            "first_page": 1,
            "last_page": PAGES_A_BOOK,
            "page_type": "story",
            "page_count": PAGES_A_BOOK,
            "panel_count": PAGES_A_BOOK * PANELS_A_PAGE,
            "confidence": 1.0,
            "ingest_rev": "1",
        }
        for book in range(books)
    ]


def _table(
    rows: Sequence[Mapping[str, object]], schema: pa.Schema, vectors: Mapping[str, pa.Array]
) -> pa.Table:
    columns = [
        vectors[field.name]
        if field.name in vectors
        else pa.array([row.get(field.name) for row in rows], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
