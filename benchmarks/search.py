"""How fast a library is searched, warm and cold, next to named peers in the same run.

Builds a library of synthetic panels (text with the word frequencies of language, clustered
vectors), asks it a fixed set of questions, and prints percentiles.

    python -m benchmarks.search [--panels 10000] [--rounds 5]

Peers: a plain numpy scan of the same vectors for the warm search; ``python -c 'import lancedb'``
for the whole process of a cold one.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.fusion import load_fusion
from models.fusion.closure import DIM
from models.registry import load_picture_encoder, load_text_encoder
from models.text.cleaning import fold
from schemas.config import IndexOptions
from schemas.messages import SearchFilters, SearchRequest
from schemas.tables import (
    ASSETS,
    BOOKS,
    PAGES,
    PANELS,
    LibraryFormat,
    assets_schema,
    books_schema,
    page_id,
    pages_schema,
    panel_id,
    panels_schema,
)
from search.library import Library, open_library

SEED = 20
PANELS_A_PAGE, PAGES_A_BOOK = 6, 40
CLUSTERS, SPREAD = 200, 0.7
VOCABULARY, ZIPF = 5_000, 1.0
ASKED = 20
"""Questions of a kind; all differ, so that none is answered from memory."""
COMMON = (
    *("the", "to", "you", "a", "of", "and", "i", "is", "it", "that", "in", "my", "we", "me", "not", "for"),
    *("what", "this", "have", "be", "are", "on", "your", "do", "with", "no", "know", "was", "get", "here"),
)
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "zu",
    "sh",
    "th",
    "an",
)

Rng = np.random.Generator


def main() -> None:
    """Run the benchmark."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        path = Path(folder)
        texts = build(path, options.panels)
        print(f"library: {options.panels:,} panels; 2 cores are shared, read the ratios")
        with open_library(path) as library:
            warm(library, texts, options.rounds)
        cold(path, texts[0], options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def build(path: Path, panels: int) -> list[str]:
    """Write a library and return the texts of its panels."""
    import lancedb

    rng = np.random.default_rng(SEED)
    words = _vocabulary(rng)
    odds = 1.0 / np.arange(1, len(words) + 1) ** ZIPF
    texts = [_lettering(rng, words, odds / odds.sum()) for _ in range(panels)]
    usual = IndexOptions()
    said, drawn = load_text_encoder(usual.text_encoder).spec, load_picture_encoder(usual.picture_encoder).spec
    library = LibraryFormat(said, drawn, load_fusion(drawn, said).spec)
    database = lancedb.connect(str(path))
    places = [_place(i) for i in range(panels)]
    pages = sorted({(book, page) for book, page, _ in places})
    database.create_table(PANELS, _panel_table(library, places, texts, rng))
    database.create_table(PAGES, _page_table(library, pages, rng))
    database.create_table(BOOKS, _book_table(library, sorted({book for book, _ in pages})))
    database.create_table(ASSETS, schema=assets_schema(library))
    _index(database.open_table(PANELS))
    return texts


def warm(library: Library, texts: list[str], rounds: int) -> None:
    """Time searches of a library that is open and has been asked before."""
    rng = np.random.default_rng(SEED + 1)
    chosen = [texts[i] for i in rng.choice(len(texts), ASKED, replace=False)]
    lines = [" ".join(text.split()[:7]) for text in chosen]
    picture = np.asarray(rng.integers(0, 255, (256, 256, 3)), np.uint8)
    some = SearchFilters(series=("series 1", "series 2"))
    kinds: dict[str, list[SearchRequest]] = {
        "words": [SearchRequest(text=line) for line in lines],
        "two words": [SearchRequest(text=" ".join(line.split()[:2])) for line in lines],
        "dialogue": [SearchRequest(dialogue=line) for line in lines],
        "dialogue, typos": [SearchRequest(dialogue=line.replace("a", "o", 2)) for line in lines],
        "words, filtered": [SearchRequest(text=line, filters=some) for line in lines],
        "picture": [SearchRequest(picture=np.roll(picture, i, axis=0)) for i in range(ASKED)],
        "example": [SearchRequest(like=(panel_id(*_place(7 * i)),)) for i in range(ASKED)],
        "nonsense": [SearchRequest(text=f"xqzv blorp wug {i}") for i in range(ASKED)],
    }
    scan = _brute_force(library, lines, rounds)
    print(f"{'numpy scan':16} p50 {scan:6.1f} ms (encode one line, 2 matrices, best 20)")
    for name, requests in kinds.items():
        library.search(requests[0])
        taken = [_milliseconds(partial(library.search, request)) for request in requests]
        p50, p95 = np.percentile(taken, [50, 95])
        print(f"{name:16} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  {p50 / scan:4.1f} x scan")


def cold(path: Path, line: str, rounds: int) -> None:
    """Time a search as a whole process against the import of LanceDB alone."""
    longbox = str(Path(sys.executable).with_name("longbox"))
    ours = [longbox, "search", line, "--library", str(path), "--json"]
    peer = [sys.executable, "-c", "import lancedb"]
    times: dict[str, list[float]] = {"import lancedb": [], "longbox search": []}
    for _ in range(rounds):
        times["import lancedb"].append(_milliseconds(lambda: _run(peer)))
        times["longbox search"].append(_milliseconds(lambda: _run(ours)))
    base, mine = (statistics.median(values) for values in times.values())
    print(f"{'cold process':16} {mine:6.0f} ms against {base:6.0f} ms of import lancedb: {mine / base:.2f} x")


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000.0


def _brute_force(library: Library, lines: list[str], rounds: int) -> float:
    snapshot = library.snapshot()
    encoder = load_text_encoder("minilm")
    rows = snapshot.rows(PANELS, ["vector_text", "vector_picture"])
    matrices = [
        np.asarray(rows[name].combine_chunks().flatten().to_numpy(), np.float32).reshape(rows.num_rows, -1)
        for name in rows.column_names
    ]

    def scan(line: str) -> None:
        vector = encoder.encode_texts([line])[0]
        for matrix in matrices:
            np.argsort(-(matrix @ vector))[:20]

    scan(lines[0])
    return statistics.median(_milliseconds(partial(scan, line)) for line in lines * rounds)


def _vocabulary(rng: Rng) -> list[str]:
    made = {"".join(rng.choice(SYLLABLES, rng.integers(2, 5))) for _ in range(2 * VOCABULARY)}
    return [*COMMON, *sorted(made - set(COMMON))[:VOCABULARY]]


def _lettering(rng: Rng, words: list[str], odds: NDArray[np.float64]) -> str:
    balloons = []
    for _ in range(rng.integers(1, 4)):
        balloon = " ".join(rng.choice(words, rng.integers(3, 12), p=odds))
        balloons.append(balloon.capitalize() + str(rng.choice([".", "!", "?", "..."])))
    return "\n".join(balloons)


def _place(i: int) -> tuple[str, int, int]:
    page, panel = divmod(i, PANELS_A_PAGE)
    book, page = divmod(page, PAGES_A_BOOK)
    return f"{book:024x}", page + 1, panel + 1


def _vectors(rng: Rng, rows: int, dim: int) -> pa.Array:
    middles = rng.normal(size=(CLUSTERS, dim))
    matrix = middles[rng.integers(0, CLUSTERS, rows)] + SPREAD * rng.normal(size=(rows, dim))
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    flat: NDArray[np.float16] = matrix.astype(np.float16).reshape(-1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), dim)


def _panel_table(
    library: LibraryFormat, places: list[tuple[str, int, int]], texts: list[str], rng: Rng
) -> pa.Table:
    rows = [
        {
            "panel_id": panel_id(book, page, panel),
            "page_id": page_id(book, page),
            "book_id": book,
            "page_no": page,
            "panel_no": panel,
            "box": [0.1, 0.1, 0.9, 0.5],
            "confidence": 1.0,
            "series": f"series {int(book, 16) % 9}",
            "language": "en",
            "direction": "ltr",
            "page_type": "story",
            "year": 1990 + int(book, 16) % 30,
            "has_text": True,
            "text": text,
            "text_folded": fold(text),
            "texts": [],
            "tags": [],
            "tag_line": "",
            "phash": int(rng.integers(0, 2**63)),
            "ingest_rev": "1",
        }
        for (book, page, panel), text in zip(places, texts, strict=True)
    ]
    schema = panels_schema(library)
    vectors = {
        "vector_picture": _vectors(rng, len(rows), library.picture_encoder.dim),
        "vector_text": _vectors(rng, len(rows), library.text_encoder.dim),
        "vector_fused": _vectors(rng, len(rows), DIM),
    }
    return _table(rows, schema, vectors)


def _page_table(library: LibraryFormat, pages: list[tuple[str, int]], rng: Rng) -> pa.Table:
    rows = [
        {
            "page_id": page_id(book, page),
            "book_id": book,
            "page_no": page,
            "page_file": f"p{page:03d}.jpg",
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
        for book, page in pages
    ]
    vectors = {
        "vector_picture": _vectors(rng, len(rows), library.picture_encoder.dim),
        "vector_fused": _vectors(rng, len(rows), DIM),
    }
    return _table(rows, pages_schema(library), vectors)


def _book_table(library: LibraryFormat, books: list[str]) -> pa.Table:
    rows = [
        {
            "book_id": book,
            "source": f"/comics/{book}.cbz",
            "container": "cbz",
            "size_bytes": 1,
            "mtime_ns": 1,
            "status": "ready",
            "title": f"Book {int(book, 16)}",
            "direction": "ltr",
            "direction_evidence": "drawn",
            "page_count": PAGES_A_BOOK,
            "panel_count": PAGES_A_BOOK * PANELS_A_PAGE,
            "ingest_rev": "1",
        }
        for book in books
    ]
    return _table(rows, books_schema(library), {})


def _table(rows: list[dict[str, object]], schema: pa.Schema, vectors: dict[str, pa.Array]) -> pa.Table:
    columns = [
        vectors[field.name]
        if field.name in vectors
        else pa.array([row.get(field.name) for row in rows], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _index(panels: object) -> None:
    from lancedb.index import FTS, Bitmap, BTree
    from lancedb.table import Table

    if not isinstance(panels, Table):
        raise TypeError("no table")
    words = FTS(base_tokenizer="icu", stem=False, remove_stop_words=False, with_position=True)
    letters = FTS(
        base_tokenizer="ngram", ngram_min_length=1, ngram_max_length=2, stem=False, remove_stop_words=False
    )
    panels.create_index("text", config=words)
    panels.create_index("text_folded", config=letters)
    for column in ("series", "language", "page_type", "direction", "has_text"):
        panels.create_index(column, config=Bitmap())
    for column in ("year", "book_id"):
        panels.create_index(column, config=BTree())


if __name__ == "__main__":
    main()
