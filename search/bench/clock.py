"""The clock: how long an engine takes for its answers, one after the other and from several clients."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.bench.questions import recall

CLIENTS = 8
LEAST_ASKED = 5
"""Questions that even a slow engine is asked."""

Ask = Callable[[int], Sequence[int]]
"""Answers question number n with row numbers, best first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long questions are asked, and the process that answers: this one where it is None."""

    seconds: float
    process: int | None = None
    clients: int = CLIENTS


@dataclass(frozen=True, slots=True)
class Timing:
    """How an engine answered. ``qps`` is of one client, ``qps_clients`` of ``clients`` at a time.

    ``cpu_ms`` is processor time an answer to one client: it holds on a busy machine too.
    """

    p50_ms: float
    p95_ms: float
    cpu_ms: float
    qps: float
    qps_clients: float
    recall: float
    asked: int
    clients: int

    def to_json(self, *, suffix: str = "") -> dict[str, float]:
        """Return JSON-ready figures, names ending in ``suffix``."""
        figures = {
            "p50_ms": round(self.p50_ms, 2),
            "p95_ms": round(self.p95_ms, 2),
            "cpu_ms": round(self.cpu_ms, 2),
            "qps": round(self.qps, 1),
            f"qps_{self.clients}_clients": round(self.qps_clients, 1),
            "asked": self.asked,
        }
        if not np.isnan(self.recall):
            figures["recall@10"] = round(self.recall, 4)
        return {name + suffix: value for name, value in figures.items()}


def measure(ask: Ask, answers: Sequence[Sequence[int]], *, numbers: Sequence[int], limits: Limits) -> Timing:
    """Ask questions for at most so many seconds, a third of them from several clients.

    Args:
        ask: The engine; it is asked each number once.
        answers: Right answers of the first of them.
        numbers: Questions to ask, in order.
        limits: How long, and whose processor time counts.
    """
    alone = list(numbers[: 2 * len(numbers) // 3])
    ask(numbers[-1])
    taken: list[float] = []
    found: list[Sequence[int]] = []
    end, cpu_s = time.perf_counter() + 2 * limits.seconds / 3, cpu_seconds(limits.process)
    for number in alone:
        started = time.perf_counter()
        found.append(ask(number))
        taken.append(time.perf_counter() - started)
        if time.perf_counter() > end and len(taken) >= LEAST_ASKED:
            break
    cpu_s = cpu_seconds(limits.process) - cpu_s
    fitting = int(limits.clients * limits.seconds / 3 / np.mean(taken))
    together = numbers[len(alone) : -1][: max(LEAST_ASKED, fitting)]
    p50, p95 = np.percentile(np.array(taken) * 1000.0, [50, 95]).tolist()
    return Timing(
        p50_ms=p50,
        p95_ms=p95,
        cpu_ms=1000.0 * cpu_s / len(taken),
        qps=len(taken) / sum(taken),
        qps_clients=_throughput(ask, together, limits.clients),
        recall=recall(found, answers),
        asked=len(taken) + len(together),
        clients=limits.clients,
    )


def _throughput(ask: Ask, numbers: Sequence[int], count: int) -> float:
    with ThreadPoolExecutor(count) as clients:
        started = time.perf_counter()
        list(clients.map(ask, numbers))
        return len(numbers) / (time.perf_counter() - started)


def cpu_seconds(process: int | None = None) -> float:
    """Return the processor time of a process, nan where nothing tells; of this one without a number."""
    if process is None:
        return time.process_time()
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return float("nan")
    user, system = fields.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def peak_mb(process: int | None = None) -> float:
    """Return the most memory a process held, nan where nothing tells; this one without a number."""
    status = Path("/proc") / ("self" if process is None else str(process)) / "status"
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return float("nan")
    held = next((line for line in lines if line.startswith("VmHWM:")), "VmHWM: nan kB")
    return float(held.split()[1]) / 1024
