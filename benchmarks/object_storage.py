"""What object storage costs: the same books indexed and searched in a folder and on a local S3 server.

    python -m benchmarks.object_storage [--books 12] [--pages 10] [--json]

The server is moto's, in this process, on the same cores: it knows no network, so requests are counted too.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

LONGBOX = (sys.executable, "-c", "from webui.cli import main; main()")
QUERIES = ("a castle at night", "two people talk", "rain", "a dog runs", "somebody laughs", "the sea")
ROUNDS = 5
ASK = """
import json, sys, time
import search
from schemas.messages import SearchRequest
library = search.open(sys.argv[1])
library.warm()
queries = json.loads(sys.argv[2])
for query in queries:
    library.search(SearchRequest(text=query))
print("warm", flush=True)
sys.stdin.readline()
times = []
for n in range(int(sys.argv[3])):
    for query in queries:
        started = time.perf_counter()
        library.search(SearchRequest(text=f"{query} {n}"))
        times.append(1000 * (time.perf_counter() - started))
print(json.dumps(times))
"""


class CountedStore:
    """moto's S3 behind a counter of requests."""

    def __init__(self) -> None:
        """Take a free port."""
        import logging
        from threading import Thread

        from moto.server import create_backend_app
        from werkzeug.serving import make_server

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.requests = 0
        self._app = create_backend_app("s3")
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.endpoint = f"http://127.0.0.1:{self._server.port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.requests += 1
        return self._app(environ, start)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def _store(state: Path) -> Iterator[CountedStore]:
    from pyarrow.fs import S3FileSystem

    store = CountedStore()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_ENDPOINT_URL": store.endpoint,
        "AWS_ALLOW_HTTP": "true",
        "LONGBOX_STATE": str(state),
    }
    host = store.endpoint.partition("://")[2]
    files = S3FileSystem(
        endpoint_override=host, scheme="http", region="us-east-1", allow_bucket_creation=True
    )
    files.create_dir("shelf")
    try:
        yield store
    finally:
        store.close()


def _draw_books(folder: Path, books: int, pages: int) -> None:
    folder.mkdir()
    random = np.random.default_rng(0)
    for book in range(books):
        with zipfile.ZipFile(folder / f"book {book:03d}.cbz", "w") as archive:
            for page in range(pages):
                coarse = random.integers(0, 256, (9, 6, 3), dtype=np.uint8)
                picture = cv2.resize(coarse, (600, 900), interpolation=cv2.INTER_NEAREST)
                picture[445:455], picture[:, 295:305] = 255, 255
                archive.writestr(f"p{page:03d}.png", cv2.imencode(".png", picture)[1].tobytes())


def _index(comics: Path, library: str) -> float:
    started = time.perf_counter()
    command = [*LONGBOX, "index", str(comics), "--library", library, "--reader", "none", "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _ask(library: str, store: CountedStore) -> tuple[list[float], float]:
    """Return milliseconds of warm searches, and requests of each."""
    command = [sys.executable, "-c", ASK, library, json.dumps(QUERIES), str(ROUNDS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        process.stdout.readline()
        before = store.requests
        told = process.communicate("go\n")[0]
    return json.loads(told), (store.requests - before) / (ROUNDS * len(QUERIES))


def measure(books: int, pages: int) -> dict[str, dict[str, float]]:
    """Return figures of both places, by name."""
    figures = {}
    with tempfile.TemporaryDirectory() as name, _store(Path(name) / "state") as store:
        comics = Path(name) / "comics"
        _draw_books(comics, books, pages)
        for place, library in (("folder", f"{name}/library"), ("s3", "s3://shelf/library")):
            before = store.requests
            first = _index(comics, library)
            requests = store.requests - before
            again = _index(comics, library)
            times, each = _ask(library, store)
            figures[place] = {
                "index_s": round(first, 2),
                "index_requests_a_book": round(requests / books, 1),
                "unchanged_s": round(again, 2),
                "search_p50_ms": round(statistics.median(times), 2),
                "search_p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
                "search_requests": round(each, 2),
            }
    return figures


def main() -> None:
    """Print the figures, and the ratios of the store to the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, default=12)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = measure(given.books, given.pages)
    if given.json:
        print(json.dumps(figures))
        return
    for figure, folder in figures["folder"].items():
        far = figures["s3"][figure]
        ratio = f"  {far / folder:.2f} ×" if folder else ""
        print(f"{figure:24} folder {folder:>9}   s3 {far:>9}{ratio}")


if __name__ == "__main__":
    main()
