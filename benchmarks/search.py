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

from models.registry import load_text_encoder
from schemas.messages import SearchFilters, SearchRequest
from schemas.tables import PANELS
from search.bench.material import panel_of, texts, usual_format, write_library
from search.bench.vectors import Source, open_vectors, write_vectors
from search.library import Library, open_library
from webui.commands.bench import index_library

SEED = 20
ASKED = 20
"""Questions of a kind; all differ, so that none is answered from memory."""


def main() -> None:
    """Run the benchmark."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        path = Path(folder)
        said = build(path, options.panels)
        print(f"library: {options.panels:,} panels; 2 cores are shared, read the ratios")
        with open_library(path) as library:
            warm(library, said, options.rounds)
        cold(path, said[0], options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def build(path: Path, panels: int) -> list[str]:
    """Write a library and return the texts of its panels."""
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        write_vectors(Path(folder) / "vectors.npy", Source(), panels)
        write_library(path, open_vectors(Path(folder) / "vectors.npy"), usual_format())
    index_library(path)
    return [text for block in texts(panels) for text in block]


def warm(library: Library, said: list[str], rounds: int) -> None:
    """Time searches of a library that is open and has been asked before."""
    rng = np.random.default_rng(SEED + 1)
    chosen = [said[i] for i in rng.choice(len(said), ASKED, replace=False)]
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
        "example": [SearchRequest(like=(panel_of(7 * i),)) for i in range(ASKED)],
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


if __name__ == "__main__":
    main()
