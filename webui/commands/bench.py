"""Longbox as an engine of ``longbox bench search``: a library served over HTTP, asked from outside."""

import http.client
import json
import logging
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import local
from urllib.parse import urlencode

from schemas.errors import BenchmarkError
from schemas.tables import FORMAT_VERSION, table_names
from search.bench.clock import Ask, Limits, measure, peak_mb
from search.bench.material import row_of, usual_format, write_library
from search.bench.questions import Answers, K, Questions
from search.bench.running import HYBRID, NARROWED, VECTORS_FILE, Bounds, Figures
from search.bench.vectors import open_vectors

LIBRARY_FOLDER = "library"
THREADS, TIMEOUT_S = 8, 600
BATCH = 128
"""Vectors sent together."""
MEANING_ALONE = (("weight", "words=0"), ("weight", "look=0"), ("weight", "fused=0"), ("min_score", "0"))
"""One column of vectors, without a floor: what the peers search."""


def build_library(folder: Path) -> float:
    """Write and index the library of the vectors in ``folder``; returns seconds."""
    started = time.perf_counter()
    path = folder / LIBRARY_FOLDER
    write_library(path, open_vectors(folder / VECTORS_FILE), usual_format())
    index_library(path)
    return time.perf_counter() - started


def index_library(path: Path) -> None:
    """Give a library the indexes that it has after indexing comics."""
    import lancedb

    from indexer.library.upkeep import Upkeep

    database = lancedb.connect(str(path))
    names = table_names(FORMAT_VERSION)
    Upkeep({name: database.open_table(name) for name in names}).finish()


def measure_longbox(folder: Path, bounds: Bounds) -> Figures:
    """Serve the library in ``folder`` and ask it over HTTP, as the page does."""
    questions, library = Questions.read(folder), folder / LIBRARY_FOLDER
    size_mb = sum(file.stat().st_size for file in library.rglob("*") if file.is_file()) / 1e6
    with _served(folder) as server, closing(_Client(server.port, questions)) as client:
        figures: dict[str, float | str] = {
            "size_mb": round(size_mb, 1),
            "warm_s": round(server.warm_s, 2),
        }
        for suffix, ask, numbers, answers in client.kinds():
            limits = Limits(bounds.ask_s, server.process)
            timing = measure(ask, answers, numbers=numbers, limits=limits)
            figures |= timing.to_json(suffix=suffix)
        figures["qps_batched"] = round(client.batched(), 1)
        return {**figures, "peak_mb": round(peak_mb(server.process))}


@dataclass(frozen=True, slots=True)
class _Server:
    process: int
    port: int
    warm_s: float


class _Client:
    """Asks questions by number; every thread has a connection of its own."""

    def __init__(self, port: int, questions: Questions) -> None:
        self._port, self._questions = port, questions
        self._mine, self._opened = local(), ExitStack()

    def close(self) -> None:
        self._opened.close()

    def kinds(self) -> Iterator[tuple[str, Ask, range, Answers]]:
        """Yield what the figures' names end in, what asks, the questions, and right answers of the first."""
        asked = self._questions
        yield "", self.plainly, asked.plain, asked.answers
        yield NARROWED, self.narrowed, asked.narrowed, asked.narrowed_answers
        yield HYBRID, self.hybrid, asked.hybrid, []

    def plainly(self, number: int) -> list[int]:
        return self._ask([("q", self._questions.lines[number]), *MEANING_ALONE])

    def batched(self) -> float:
        """Return answers a second when vectors are sent together."""
        vectors = self._questions.vectors.round(5).tolist()
        started = time.perf_counter()
        for start in range(0, len(vectors), BATCH):
            body = json.dumps({"vectors": vectors[start : start + BATCH], "k": K})
            self._answer("POST", "/api/v1/nearest", body)
        return len(vectors) / (time.perf_counter() - started)

    def narrowed(self, number: int) -> list[int]:
        series = ("series", self._questions.series[number])
        return self._ask([("q", self._questions.lines[number]), *MEANING_ALONE, series])

    def hybrid(self, number: int) -> list[int]:
        return self._ask([("q", self._questions.lines[number])])

    def _ask(self, parameters: list[tuple[str, str]]) -> list[int]:
        body = self._answer("GET", f"/api/v1/search?{urlencode([*parameters, ('limit', str(K))])}")
        return [row_of(hit["panel_id"]) for hit in json.loads(body)["hits"]]

    def _answer(self, method: str, path: str, body: str | None = None) -> bytes:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
            self._opened.callback(connection.close)
            self._mine.connection = connection
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        said: bytes = answer.read()
        if answer.status != http.client.OK:
            raise BenchmarkError(f"the server answered {answer.status}: {said[:200]!r}")
        return said


@contextmanager
def _served(folder: Path) -> Iterator[_Server]:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(theirs, folder), name="longbox", daemon=True)
    process.start()
    theirs.close()
    try:
        port, warm_s = mine.recv()
        yield _Server(process.pid or 0, port, warm_s)
    except EOFError as error:
        raise BenchmarkError("the server ended before it began: is there too little memory?") from error
    finally:
        process.terminate()
        process.join()


def _serve(ready: Connection, folder: Path) -> None:
    """Serve until ended, with encoders that answer the questions with their planned vectors."""
    from waitress.server import create_server

    from search.bench.questions import planned_encoders
    from search.library import open_library
    from search.state.warmth import warm
    from webui import WebConfig, create_app
    from webui.commands.serve_cli import one_thread_a_product

    logging.getLogger("waitress").setLevel(logging.ERROR)
    one_thread_a_product()
    path = folder / LIBRARY_FOLDER
    with open_library(path) as plain:
        encoders = planned_encoders(plain.format, Questions.read(folder))
    library = open_library(path, encoders=encoders)
    started = time.perf_counter()
    warm(library)
    warm_s = time.perf_counter() - started
    taken = socket.create_server(("127.0.0.1", 0))
    with closing(
        create_server(create_app(WebConfig(path), library), sockets=[taken], threads=THREADS)
    ) as server:
        ready.send((taken.getsockname()[1], warm_s))
        server.run()
