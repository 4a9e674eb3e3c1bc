"""Running the peers, each in a process of its own: what one holds in memory is not another's."""

import multiprocessing
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from schemas.errors import BackendUnavailableError
from search.bench.clock import CLIENTS, Limits, measure, peak_mb
from search.bench.peers import Peer, TooSlowError, load_peer
from search.bench.questions import Questions
from search.bench.vectors import open_vectors

VECTORS_FILE = "vectors.npy"
NARROWED, HYBRID = "_filtered", "_hybrid"
"""What the names of figures end in that were measured with a filter that keeps 1 %, or asking all sides."""

MOST_BYTES, BYTES_A_NUMBER = 4_000_000_000, 8
"""What answers at the same time may take in memory, and what one takes for each number of all vectors."""

Figures = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds that one engine may take to build, and for each kind of question."""

    build_s: float
    ask_s: float


def run_peers(names: Iterable[str], folder: Path, bounds: Bounds) -> Iterator[tuple[str, Figures]]:
    """Measure the peers by name, on the material in ``folder``; one left out says why."""
    context = multiprocessing.get_context("spawn")
    for name in names:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run_peer, args=(theirs, name, folder, bounds), name=name)
        process.start()
        theirs.close()
        try:
            yield name, mine.recv()
        except EOFError:
            process.join()
            yield name, {"left_out": f"its process ended with {process.exitcode}: too little memory?"}
        finally:
            process.join()


def _run_peer(answer: Connection, name: str, folder: Path, bounds: Bounds) -> None:
    try:
        answer.send(measure_peer(load_peer(name), folder, bounds))
    except (BackendUnavailableError, TooSlowError) as error:
        answer.send({"left_out": str(error)})


def clients_of(peer: Peer, numbers: int) -> int:
    """Return how many may ask at a time: eight copies of a million vectors would fill the memory."""
    fitting = MOST_BYTES // (BYTES_A_NUMBER * numbers) if peer.copies_all else CLIENTS
    return max(1, min(CLIENTS, fitting))


def measure_peer(peer: Peer, folder: Path, bounds: Bounds) -> Figures:
    """Build a peer in this process and ask it. Raises TooSlowError."""
    vectors, questions = open_vectors(folder / VECTORS_FILE), Questions.read(folder)
    started = time.perf_counter()
    size_mb = peer.build(vectors, folder, seconds=bounds.build_s)
    figures: dict[str, float | str] = {
        "build_s": round(time.perf_counter() - started, 2),
        "size_mb": round(size_mb, 1),
    }

    def plainly(number: int) -> list[int]:
        rows: list[int] = peer.ask(questions.vectors[number], None).tolist()
        return rows

    def narrowed(number: int) -> list[int]:
        rows: list[int] = peer.ask(questions.vectors[number], questions.series[number]).tolist()
        return rows

    limits = Limits(bounds.ask_s, clients=clients_of(peer, vectors.size))
    figures |= measure(plainly, questions.answers, numbers=questions.plain, limits=limits).to_json()
    if peer.has_filters:
        timing = measure(narrowed, questions.narrowed_answers, numbers=questions.narrowed, limits=limits)
        figures |= timing.to_json(suffix=NARROWED)
    return {**figures, "peak_mb": round(peak_mb())}
