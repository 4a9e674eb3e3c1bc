"""Indexing, as whole processes: pages a second, peak memory, and a second run over an unchanged library.

Run from the project folder, with the open comics beside it for real pages (else drawn ones)::

    python benchmarks/ingest.py                      # 1,000 small books, 20 real pages
    python benchmarks/ingest.py --books 200 --pages 8

Processor seconds are printed beside wall seconds: they hold on a busy machine too.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
LONGBOX = (sys.executable, "-c", "from webui.cli import main; main()")
CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took, and what it printed last."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    printed: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=int, default=1_000, help="small books of one page")
    parser.add_argument("--pages", type=int, default=20, help="real pages for the throughput")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        scratch = Path(folder)
        real = real_pages(scratch / "real", options.pages)
        throughput(real, scratch, "without OCR", "--reader", "none")
        throughput(real, scratch, "with OCR")
        many_books(scratch, options.books)


def throughput(pages: Path, scratch: Path, label: str, *arguments: str) -> None:
    """Print pages a second: measured, and for free cores as the processor time tells."""
    start = run(sys.executable, "-c", "import indexer.indexing, lancedb, rapidocr, models.encoders.minilm")
    cost = run(*LONGBOX, "index", str(pages), "--library", str(scratch / label), "--json", *arguments)
    told = json.loads(cost.printed)
    each = (cost.cpu_s - start.cpu_s) / told["pages"]
    print(
        f"{label:12}  {told['pages']} pages: {told['pages'] / told['seconds']:.2f} pages/s measured, "
        f"{each:.2f} processor s/page = {CORES / each:.2f} pages/s on {CORES} free cores, "
        f"peak {cost.peak_mb:.0f} MB"
    )


def many_books(scratch: Path, count: int) -> None:
    """Print memory for a tenth and for all books, and the time of a run over the unchanged library."""
    few, many = small_books(scratch / "few", count // 10), small_books(scratch / "many", count)
    small = index_small(few, scratch / "library of few")
    large = index_small(many, scratch / "library of many")
    print(
        f"memory        {count // 10} books {small.peak_mb:.0f} MB, {count} books {large.peak_mb:.0f} MB: "
        f"{large.peak_mb / small.peak_mb:.2f} times"
    )
    again = index_small(many, scratch / "library of many")
    if json.loads(again.printed)["unchanged"] != count:
        raise SystemExit(f"the second run was not idle: {again.printed}")
    peer = run(sys.executable, "-c", "import lancedb")
    print(
        f"unchanged     {count} books: {again.wall_s:.2f} s, {again.cpu_s:.2f} processor s, "
        f"{again.cpu_s / peer.cpu_s:.2f} times 'import lancedb'"
    )


def index_small(books: Path, library: Path) -> Cost:
    """Index books without OCR."""
    return run(*LONGBOX, "index", str(books), "--library", str(library), "--reader", "none", "--json")


def run(*command: str) -> Cost:
    """Run a process to its end; raises CalledProcessError with what it said."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # wait4 tells the peak of this very child; RUSAGE_CHILDREN only that of the largest so far.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        if process.stdout is None:
            raise RuntimeError("no output to read")
        printed = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, printed)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s, cpu_s, usage.ru_maxrss / 1024, printed)


def real_pages(folder: Path, count: int) -> Path:
    """Copy pages of Pepper & Carrot, or draw noisy ones where the corpus is missing."""
    folder.mkdir()
    pages = sorted(CORPUS.glob("pepper-and-carrot/*/*.jpg"))
    step = max(1, len(pages) // count)
    for number, page in enumerate(pages[::step][:count]):
        shutil.copy(page, folder / f"{number:03d}.jpg")
    for number in range(0 if pages else count):
        cv2.imwrite(str(folder / f"{number:03d}.jpg"), noise(number, 1400, 992))
    return folder


def small_books(folder: Path, count: int) -> Path:
    """Draw books of one page each."""
    for number in range(count):
        book = folder / f"book {number:05d}"
        book.mkdir(parents=True)
        cv2.imwrite(str(book / "1.png"), noise(number, 300, 200))
    return folder


def noise(seed: int, height: int, width: int) -> np.ndarray:
    """Draw coarse random colours: no two seeds look alike."""
    cells = np.random.default_rng(seed).integers(0, 256, (6, 4, 3), dtype=np.uint8)
    return cv2.resize(cells, (width, height), interpolation=cv2.INTER_NEAREST)


if __name__ == "__main__":
    main()
