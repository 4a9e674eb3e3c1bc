"""How fast the web side answers over HTTP: waitress on loopback, one client, a warm library.

Builds the library of ``benchmarks.search`` with thumbnails, starts ``longbox serve`` on it, and
asks fifty different questions of each kind.

    python -m benchmarks.web [--panels 10000] [--library PATH] [--json]

Peer: a static file of the same server, so that what remains is the work behind the address.
"""

import argparse
import http.client
import io
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from PIL import Image

from benchmarks.search import build
from models.pictures import encode_webp
from schemas.tables import ASSETS, BOOKS, page_id

ASKED = 50
"""Questions of a kind; all differ, so that none is answered from memory."""
SEED = 7
TEXT_BOUND_MS = 50.0
"""What a warm query may take (issue 2), at 10,000 panels."""
BOUNDARY = "longbox-benchmark"
ADDRESS = re.compile(r"http://([\d.]+):(\d+)/")


@dataclass(frozen=True, slots=True)
class Question:
    """One HTTP request."""

    path: str
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the answers of one kind took, in milliseconds."""

    kind: str
    p50_ms: float
    p95_ms: float
    bytes_mean: int


def main() -> None:
    """Run the benchmark."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        library = options.library or Path(folder)
        texts = _words_of(library) if options.library else build(library, options.panels)
        if not options.library:
            draw_thumbnails(library)
        with serving(library) as server:
            connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
            time.sleep(server.warm_s)
            timings = [_time(connection, kind, asked) for kind, asked in _questions(connection, texts)]
    _print(timings, as_json=options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=10_000)
    parser.add_argument("--library", type=Path, help="ask this library instead of a synthetic one")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _words_of(library: Path) -> list[str]:
    import search

    with search.open(library) as opened:
        texts = opened.snapshot().rows("panels", ["text"])["text"].to_pylist()
    return [text for text in texts if len(text.split()) > 2] * ASKED


def draw_thumbnails(library: Path) -> None:
    """Give the pages of the first book thumbnails of the size that indexing makes."""
    import lancedb

    database = lancedb.connect(str(library))
    book = database.open_table(BOOKS).search().limit(1).to_list()[0]["book_id"]
    noise = np.random.default_rng(SEED)
    rows = []
    for page in range(1, ASKED + 1):
        coarse = Image.fromarray(noise.integers(0, 255, (24, 16, 3), dtype=np.uint8))
        picture = np.asarray(coarse.resize((427, 640)))
        webp, width, height = encode_webp(picture, max_side_px=640, quality=80)
        rows.append(
            {
                "asset_id": page_id(book, page),
                "book_id": book,
                "width_px": width,
                "height_px": height,
                "webp": webp,
            }
        )
    database.open_table(ASSETS).add(rows)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started, and how long it is given to read into memory what searches need."""

    host: str
    port: int
    process: int
    warm_s: float = 12.0

    def memory_mb(self) -> float:
        """Return what it holds in memory now."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii", errors="replace")
        held = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return float(held.split()[1]) / 1024


@contextmanager
def serving(library: Path) -> Iterator[Server]:
    """Serve a library with ``longbox serve`` meanwhile."""
    command = [
        *(sys.executable, "-c", "from webui.cli import main; main()"),
        *("serve", "--library", str(library), "--port", "0"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            said = server.stdout.readline() if server.stdout else ""
            address = ADDRESS.search(said)
            if address is None:
                raise RuntimeError(f"longbox serve did not start: {said!r}")
            yield Server(address[1], int(address[2]), server.pid)
        finally:
            server.terminate()


def _questions(
    connection: http.client.HTTPConnection, texts: Sequence[str]
) -> Iterator[tuple[str, list[Question]]]:
    rng = np.random.default_rng(SEED)
    lines = [" ".join(texts[i].split()[:7]) for i in rng.choice(len(texts), 3 * ASKED, replace=False)]
    book = json.loads(_ask(connection, Question("/api/v1/books?limit=1")))["books"][0]
    pages = [page_id(book["book_id"], 1 + i % book["page_count"]) for i in range(ASKED)]
    yield "static file", [Question("/static/longbox.svg")] * ASKED
    yield "search, text", [Question(_search("/api/v1/search", q=line)) for line in lines[:ASKED]]
    yield (
        "search, dialogue",
        [Question(_search("/api/v1/search", dialogue=line)) for line in lines[ASKED : 2 * ASKED]],
    )
    yield "search, picture", [Question("/api/v1/search", _form(rng)) for _ in range(ASKED)]
    yield "hits as HTML", [Question(_search("/", q=line)) for line in lines[2 * ASKED :]]
    yield "page", [Question(f"/api/v1/pages/{page}") for page in pages]
    yield "page as HTML", [Question(f"/pages/{page}?panel=1") for page in pages]
    yield "thumbnail", [Question(f"/api/v1/thumbnails/{page}") for page in pages]


def _search(path: str, **asked: str) -> str:
    return f"{path}?{urlencode(asked)}"


def _form(rng: np.random.Generator) -> bytes:
    """Return a multipart form with a PNG of smooth noise, the size of a cropped panel."""
    coarse = Image.fromarray(rng.integers(0, 255, (12, 9, 3), dtype=np.uint8))
    picture = io.BytesIO()
    coarse.resize((360, 480)).save(picture, "PNG")
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=picture; filename=crop.png\r\n"
        "Content-Type: image/png\r\n\r\n"
    )
    return head.encode() + picture.getvalue() + f"\r\n--{BOUNDARY}--\r\n".encode()


def _time(connection: http.client.HTTPConnection, kind: str, questions: Sequence[Question]) -> Timing:
    _ask(connection, questions[0])
    taken, sizes = [], []
    for question in questions:
        started = time.perf_counter()
        sizes.append(len(_ask(connection, question)))
        taken.append((time.perf_counter() - started) * 1000.0)
    p50, p95 = (float(value) for value in np.percentile(taken, [50, 95]))
    return Timing(kind, p50, p95, sum(sizes) // len(sizes))


def _ask(connection: http.client.HTTPConnection, question: Question) -> bytes:
    if question.body is None:
        connection.request("GET", question.path)
    else:
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        connection.request("POST", question.path, question.body, kind)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{question.path} answered {answer.status}: {body[:200]!r}")
    return body


def _print(timings: Sequence[Timing], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({t.kind: {"p50_ms": t.p50_ms, "p95_ms": t.p95_ms} for t in timings}, indent=1))
        return
    floor = timings[0].p50_ms
    for timing in timings:
        bound = f"  (at most {TEXT_BOUND_MS:.0f} ms)" if timing.kind.startswith("search") else ""
        print(
            f"{timing.kind:17} p50 {timing.p50_ms:6.1f} ms  p95 {timing.p95_ms:6.1f} ms  "
            f"{timing.p50_ms / floor:5.1f} x static  {timing.bytes_mean / 1000:6.1f} kB{bound}"
        )


if __name__ == "__main__":
    main()
