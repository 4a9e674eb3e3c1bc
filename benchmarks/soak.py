"""A day of replacing books, compressed: disk against live data, and memory, over time.

Run from the project folder::

    python -m benchmarks.soak                                # 1,000 replacements of 1,000 books
    python -m benchmarks.soak --replacements 10000

Small synthetic books with vectors and thumbnails of real size are replaced, each by one of another
content, as a daemon does: a few books, then the end of a run. In 24 hours with 10,000 replacements
the ten minutes for which old versions are kept are 69 replacements: here they are kept for the time
that so many take. Live data is the library as it was first written, indexed and compacted.
"""

import argparse
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np

from indexer.care.report import verify_library
from indexer.care.sealing import seal
from indexer.library.ledger import Ledger
from indexer.library.rows import BookVectors, Thumbnail, Vector, to_rows
from indexer.library.store import LibraryWriter
from indexer.library.upkeep import KEEP_VERSIONS
from indexer.running.process import share_arenas
from schemas.geometry import Box
from schemas.labels import BookStatus, PageType, ReadingDirection
from schemas.records import Book, BookMetadata, Page, Panel, PanelRegion, TextRegion
from schemas.tables import EncoderSpec, LibraryFormat

DIM = 384
PAGES, PANELS = 4, 4
THUMBNAIL_BYTES = 8_000
DAY_S = 86_400
A_DAY = 10_000
"""Replacements of a day."""
RUN_BOOKS, RUNS_LOOKED_AT = 20, 8
"""Books between two ends of a run, and runs that tell how fast it goes."""
FORMAT = LibraryFormat(
    text_encoder=EncoderSpec("soak-text", dim=DIM, preprocessing="none"),
    picture_encoder=EncoderSpec("soak-picture", dim=DIM, preprocessing="none"),
    fusion=EncoderSpec("soak-fusion", dim=DIM, preprocessing="none"),
)
WORDS = np.array(["lamp", "night", "harbour", "cat", "moon", "ladder", "train", "ticket", "paper", "wind"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replacements", type=int, default=1_000)
    parser.add_argument("--books", type=int, default=1_000, help="books in the library")
    parser.add_argument("--keep", type=float, help="seconds that old versions are kept")
    parser.add_argument("--cut", type=int, default=10, help="lines printed")
    options = parser.parse_args()
    share_arenas()
    with tempfile.TemporaryDirectory(prefix="longbox-soak-") as folder:
        soak(Path(folder) / "library", options)


def soak(library: Path, options: argparse.Namespace) -> None:
    """Fill a library, replace its books over and over, and print a line now and then."""
    held = [f"{number:024x}" for number in range(options.books)]
    with Ledger.open(made(library)) as ledger:
        write(library, ledger, held, replaced=[None] * len(held), keep_s=0.001)
        write(library, ledger, [], replaced=[], keep_s=0.001)
        live = size_of(library)
        print(f"{options.books} books, {live / 1e6:.0f} MB live")
        ratios = replace_books(library, ledger, held, live, options)
    middle, most = np.quantile(ratios, [0.5, 0.95])
    print(f"disk / live: median {middle:.2f}, 95 % {most:.2f}, max {max(ratios):.2f}")
    started = time.perf_counter()
    verification = verify_library(library, sample=20)
    wrong = [f for f in verification.findings if f.check != "ledger"]  # these books have no files
    print(f"verify: {verification.counts}, {len(wrong)} findings, {time.perf_counter() - started:.1f} s")


def replace_books(
    library: Path, ledger: Ledger, held: list[str], live: int, options: argparse.Namespace
) -> list[float]:
    """Replace the books in turn and return disk against live data after each run."""
    started, keep_s, ratios = time.perf_counter(), float(options.keep or 1.0), []
    lately: deque[float] = deque([started], maxlen=RUNS_LOOKED_AT)
    every = max(1, options.replacements // RUN_BOOKS // options.cut)
    for done in range(0, options.replacements, RUN_BOOKS):
        old = [held[(done + n) % len(held)] for n in range(RUN_BOOKS)]
        new = [f"{options.books + done + n:024x}" for n in range(RUN_BOOKS)]
        write(library, ledger, new, replaced=old, keep_s=keep_s)
        for n, book_id in enumerate(new):
            held[(done + n) % len(held)] = book_id
        ratios.append(size_of(library) / live)
        lately.append(time.perf_counter())
        each_s = (lately[-1] - started) / (done + RUN_BOOKS)
        if options.keep is None:  # by the speed of these minutes: that of a shared machine changes
            now_s = (lately[-1] - lately[0]) / RUN_BOOKS / (len(lately) - 1)
            keep_s = KEEP_VERSIONS.total_seconds() / DAY_S * A_DAY * now_s
        if (done // RUN_BOOKS + 1) % every == 0:
            disk, memory = f"disk {ratios[-1]:5.2f} x live", f"memory {resident_mb():6.0f} MB"
            print(f"{done + RUN_BOOKS:7} replaced, {1 / each_s:5.1f}/s  {disk}  {memory}", flush=True)
    return ratios


def made(library: Path) -> Path:
    """Make the folder."""
    library.mkdir()
    return library


def write(
    library: Path, ledger: Ledger, new: list[str], *, replaced: list[str | None], keep_s: float
) -> None:
    """Do what a run does: open, replace books, end."""
    writer = LibraryWriter.open(library, FORMAT, keep_versions=timedelta(seconds=keep_s))
    for book_id, old in zip(new, replaced, strict=True):
        book, pages, vectors, thumbnails = content_of(book_id)
        out = [old] if old is not None else []
        with ledger.unsettling([book_id, *out]):
            rows = to_rows(book, pages, vectors, thumbnails, ingest_rev=book_id, library=FORMAT)
            writer.replace_book(rows, replaced=out)
    writer.finish()
    seal(library, ledger)


def content_of(book_id: str) -> tuple[Book, list[Page], BookVectors, Iterator[Thumbnail]]:
    """Make up a book; each id has another content."""
    random = np.random.default_rng(int(book_id, 16))
    pages = [page_of(number, random) for number in range(1, PAGES + 1)]
    keys = [(page.page_no, panel.panel_no) for page in pages for panel in page.panels]
    vectors = BookVectors(
        page_pictures={page.page_no: unit(random) for page in pages},
        page_fused={page.page_no: unit(random) for page in pages},
        panel_pictures={key: unit(random) for key in keys},
        panel_texts={key: unit(random) for key in keys},
        panel_fused={key: unit(random) for key in keys},
    )
    thumbnails = (
        Thumbnail(page_no, panel_no, 64, 64, random.bytes(THUMBNAIL_BYTES))
        for page_no in range(1, PAGES + 1)
        for panel_no in (None, *range(1, PANELS + 1))
    )
    return book_of(book_id), pages, vectors, thumbnails


def book_of(book_id: str) -> Book:
    """Return a book's own record."""
    return Book(
        book_id=book_id,
        source=f"/comics/{book_id}.cbz",
        container="cbz",
        size_bytes=1,
        mtime_ns=1,
        title=book_id,
        direction=ReadingDirection.LTR,
        direction_evidence="",
        page_count=PAGES,
        panel_count=PAGES * PANELS,
        status=BookStatus.READY,
        metadata=BookMetadata(series="Soak", year=2000),
    )


def page_of(page_no: int, random: np.random.Generator) -> Page:
    """Return a page of panels with some words each."""
    panels = []
    for panel_no in range(1, PANELS + 1):
        text = " ".join(random.choice(WORDS, 6))
        region = TextRegion(Box(0, 0, 1, 1), text, text, confidence=0.9)
        panels.append(Panel(page_no, panel_no, PanelRegion(Box.whole_page(), 1.0), (region,), phash=7))
    return Page(
        page_no=page_no,
        page_file=f"p{page_no}.png",
        sha256="0" * 64,
        width_px=10,
        height_px=20,
        page_type=PageType.STORY,
        page_type_confidence=0.5,
        layout_confidence=1.0,
        panels=tuple(panels),
    )


def unit(random: np.random.Generator) -> Vector:
    """Return a random direction."""
    vector = random.standard_normal(DIM).astype(np.float32)
    return vector / np.linalg.norm(vector)


def size_of(folder: Path) -> int:
    """Return the bytes of all files, whoever needs them."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def resident_mb() -> float:
    """Return the memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
