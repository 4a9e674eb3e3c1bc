"""Many people at once: fifty users search, page on, open hits and go on, for a minute.

Builds the library of ``benchmarks.search``, starts ``longbox serve`` on it, and lets users walk: words
into the box, the page of hits with a picture or two, more hits, the page of a hit, its likes. Between
two steps a user looks at what came for a while (``--think``, on average; 0 lets all ask without pause).

    python -m benchmarks.load [--panels 100000] [--users 50] [--seconds 60] [--think 1] [--json]

Prints requests a second, errors, times of answers of each kind, and the server's memory at the start,
in the middle and at the end. Exit 1 where a request failed.
"""

import argparse
import http.client
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote, urlencode

import numpy as np

from benchmarks.search import build
from benchmarks.web import Server, draw_thumbnails, serving

PICTURES_SEEN = 2
"""Thumbnails that a step asks for; a browser keeps the others, or does not come to them."""
WARM_UP_S, LOOK_S = 3.0, 1.0


@dataclass(slots=True)
class Log:
    """What happened: seconds by kind of request, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def note(self, kind: str, seconds: float) -> None:
        """Add an answer; appending is safe between threads."""
        self.taken.setdefault(kind, []).append(seconds)


class User:
    """One person with a browser: a connection that is kept, and words to look for."""

    def __init__(self, server: Server, texts: Sequence[str], *, seed: int, think_s: float) -> None:
        self._server, self._texts, self._think_s = server, texts, think_s
        self._chance = random.Random(seed)  # noqa: S311 - no secret, only variety
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=60)

    def walk(self, until: float, log: Log) -> None:
        """Search until the time is over."""
        while time.monotonic() < until:
            for kind, path in self._visit(log):
                if time.monotonic() >= until:
                    return
                self._ask(kind, path, log)
                time.sleep(self._chance.expovariate(1 / self._think_s) if self._think_s else 0)

    def _visit(self, log: Log) -> Iterator[tuple[str, str]]:
        words = " ".join(self._chance.choice(self._texts).split()[:5])
        yield "hits as HTML", f"/?{urlencode({'q': words})}"
        found = json.loads(self._ask("search", f"/api/v1/search?{urlencode({'q': words})}", log) or "{}")
        for hit in found.get("hits", [])[:PICTURES_SEEN]:
            self._ask("thumbnail", f"/api/v1/thumbnails/{quote(hit['page_id'])}", log)
        if found.get("cursor"):
            yield "more hits", f"/api/v1/search?{urlencode({'q': words, 'cursor': found['cursor']})}"
        if found.get("hits"):
            hit = self._chance.choice(found["hits"])
            yield "page as HTML", f"/pages/{quote(hit['page_id'])}?panel={hit['panel_no']}"
            yield "similar", f"/api/v1/panels/{quote(hit['panel_id'])}/similar"

    def _ask(self, kind: str, path: str, log: Log) -> bytes | None:
        """Return what came; None, and a note, for anything but 200 (a thumbnail may be missing)."""
        started = time.perf_counter()
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            log.errors.append(f"{path}: {error!r}")
            self._connection.close()
            return None
        log.note(kind, time.perf_counter() - started)
        if answer.status == http.client.OK:
            return body
        if not (kind == "thumbnail" and answer.status == http.client.NOT_FOUND):
            log.errors.append(f"{path}: {answer.status} {body[:120]!r}")
        return None


def main() -> int:
    """Run the benchmark."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        texts = build(Path(folder), options.panels)
        draw_thumbnails(Path(folder))
        with serving(Path(folder)) as server:
            figures = _measure(server, texts, options)
    print(json.dumps(figures, indent=1) if options.json else _told(figures))
    return int(bool(figures["errors"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between two steps, on average")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(server: Server, texts: Sequence[str], options: argparse.Namespace) -> dict[str, object]:
    users = [User(server, texts, seed=seed, think_s=options.think) for seed in range(options.users)]
    time.sleep(server.warm_s)
    users[0].walk(time.monotonic() + WARM_UP_S, Log())
    log, over, memory = Log(), Event(), list[float]()
    watch = Thread(target=_watch, args=(server, over, memory))
    watch.start()
    started = time.monotonic()
    with ThreadPoolExecutor(options.users) as crowd:
        list(crowd.map(lambda user: user.walk(started + options.seconds, log), users))
    over.set()
    watch.join()
    return _figures(log, memory, time.monotonic() - started)


def _watch(server: Server, over: Event, memory: list[float]) -> None:
    while not over.wait(LOOK_S):
        memory.append(server.memory_mb())


def _figures(log: Log, memory: Sequence[float], seconds: float) -> dict[str, object]:
    everything = [taken for kind in log.taken.values() for taken in kind]
    return {
        "requests": len(everything),
        "requests_s": round(len(everything) / seconds, 1),
        "errors": len(log.errors),
        "first_errors": log.errors[:3],
        "p50_ms": _percentile(everything, 50),
        "p95_ms": _percentile(everything, 95),
        "kinds": {
            kind: {"asked": len(taken), "p50_ms": _percentile(taken, 50), "p95_ms": _percentile(taken, 95)}
            for kind, taken in sorted(log.taken.items())
        },
        "memory_mb": [round(memory[at]) for at in (0, len(memory) // 2, -1)] if memory else [],
    }


def _percentile(taken: Sequence[float], share: int) -> float:
    return round(float(np.percentile(taken, share)) * 1000.0, 1) if taken else float("nan")


def _told(figures: dict[str, object]) -> str:
    lines = [
        f"{figures['requests']} requests, {figures['requests_s']} a second, {figures['errors']} errors; "
        f"p50 {figures['p50_ms']} ms, p95 {figures['p95_ms']} ms; memory {figures['memory_mb']} MB"
    ]
    kinds = figures["kinds"]
    if isinstance(kinds, dict):
        lines += [
            f"{kind:14} {said['asked']:6}  p50 {said['p50_ms']:7.1f} ms  p95 {said['p95_ms']:7.1f} ms"
            for kind, said in kinds.items()
        ]
    return "\n".join([*lines, *map(str, list(figures["first_errors"]))])  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
