"""Indexing as whole processes, beside what any indexer must do at least and beside plain reading.

Processor seconds are told beside wall seconds: they hold on a busy machine too.
"""

import io
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from schemas.errors import BenchmarkError, plain_cause
from schemas.records import RgbImage

LONGBOX = (sys.executable, "-c", "from webui.cli import main; main()")
PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"))
PDF_SCALE = 2.0
"""144 dots an inch: a printed page becomes some 1,200 x 1,600 pixels."""

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took, and what it printed last."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    printed: str


def run(*command: str) -> Cost:
    """Run a process to its end. Raises BenchmarkError where it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # wait4 tells the peak of this very child; RUSAGE_CHILDREN only that of the largest so far.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        if process.stdout is None:
            raise RuntimeError("no output to read")
        printed = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - started
    if process.returncode:
        said = plain_cause(RuntimeError(printed.strip()))
        raise BenchmarkError(f"{' '.join(command[-4:])} ended with {process.returncode}: {said}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s, cpu_s, usage.ru_maxrss / 1024, printed)


def pages_of(comics: Path) -> Iterator[RgbImage]:
    """Decode the pages of CBZ and PDF files and of folders of pictures, as plainly as can be."""
    for file in sorted(path for path in comics.rglob("*") if path.is_file()):
        if file.suffix.lower() in PICTURES:
            yield _decoded(file.read_bytes())
        elif file.suffix.lower() in (".cbz", ".zip"):
            with zipfile.ZipFile(file) as archive:
                names = [name for name in archive.namelist() if Path(name).suffix.lower() in PICTURES]
                yield from (_decoded(archive.read(name)) for name in names)
        elif file.suffix.lower() == ".pdf":
            yield from _pdf_pages(file)


def _decoded(data: bytes) -> RgbImage:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"), np.uint8)


def _pdf_pages(file: Path) -> Iterator[RgbImage]:
    import pypdfium2

    with pypdfium2.PdfDocument(file) as document:
        for page in document:
            yield np.asarray(page.render(scale=PDF_SCALE).to_pil().convert("RGB"), np.uint8)


def decode(comics: Path) -> None:
    """Decode all pages and print their number: no indexer does less."""
    sys.stdout.write(json.dumps({"pages": sum(1 for _ in pages_of(comics))}))


def read_plainly(comics: Path) -> None:
    """Read the lettering of all pages with rapidocr as it comes, on one thread; print their number."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Global.log_level": "error"}
    )
    pages = 0
    for page in pages_of(comics):
        engine(cv2.cvtColor(page, cv2.COLOR_RGB2BGR))
        pages += 1
    sys.stdout.write(json.dumps({"pages": pages}))


def measure(comics: Path, scratch: Path, *, ocr: bool) -> Iterator[tuple[str, Figures]]:
    """Yield each engine with its figures, Longbox first.

    Raises:
        BenchmarkError: the folder holds no page that all engines can read.
    """
    if next(pages_of(comics), None) is None:
        raise BenchmarkError(f"{comics} holds no CBZ, PDF or pictures for the peers: name another folder")
    size_mb = sum(file.stat().st_size for file in comics.rglob("*") if file.is_file()) / 1e6
    ways: dict[str, tuple[str, ...]] = {"longbox": ()} if ocr else {}
    for name, arguments in {**ways, "longbox_without_ocr": ("--reader", "none")}.items():
        library = ("--library", str(scratch / name))
        yield name, _figures(run(*LONGBOX, "index", str(comics), *library, "--json", *arguments), size_mb)
    for name, peer in (("decode_only", "decode"), ("plain_rapidocr", "read_plainly"))[: 2 if ocr else 1]:
        imports = f"from pathlib import Path; from indexer.commands.bench import {peer}"
        code = f"{imports}; {peer}(Path({str(comics)!r}))"
        cost = run(sys.executable, "-c", code)
        yield name, _figures(cost, size_mb)


def _figures(cost: Cost, size_mb: float) -> Figures:
    pages = int(json.loads(cost.printed)["pages"])
    return {
        "pages": pages,
        "pages_s": round(pages / cost.wall_s, 2),
        "mb_s": round(size_mb / cost.wall_s, 2),
        "cpu_s_page": round(cost.cpu_s / max(pages, 1), 3),
        "peak_mb": round(cost.peak_mb),
    }


def measure_many(scratch: Path, books: int) -> Figures:
    """Index small books of one page: memory against a tenth of them, and a second, idle run.

    Raises:
        BenchmarkError: the second run was not idle.
    """
    few, many = small_books(scratch / "few", books // 10), small_books(scratch / "many", books)
    small, large = (_index_small(folder, scratch / f"library of {folder.name}") for folder in (few, many))
    again = _index_small(many, scratch / "library of many")
    if json.loads(again.printed)["unchanged"] != books:
        raise BenchmarkError(f"the second run over {books} unchanged books was not idle: {again.printed}")
    peer = run(sys.executable, "-c", "import lancedb")
    return {
        "books": books,
        "books_s": round(books / large.wall_s, 1),
        "peak_mb": round(large.peak_mb),
        "peak_against_a_tenth": round(large.peak_mb / small.peak_mb, 2),
        "unchanged_s": round(again.wall_s, 2),
        "unchanged_cpu_against_import_lancedb": round(again.cpu_s / peer.cpu_s, 2),
    }


def small_books(folder: Path, count: int) -> Path:
    """Draw folders of one page each, no two alike."""
    for number in range(count):
        book = folder / f"book {number:05d}"
        book.mkdir(parents=True)
        cells = np.random.default_rng(number).integers(0, 256, (6, 4, 3), dtype=np.uint8)
        cv2.imwrite(str(book / "1.png"), cv2.resize(cells, (200, 300), interpolation=cv2.INTER_NEAREST))
    return folder


def _index_small(books: Path, library: Path) -> Cost:
    return run(*LONGBOX, "index", str(books), "--library", str(library), "--reader", "none", "--json")
