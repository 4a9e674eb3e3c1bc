"""The daemon killed with SIGKILL at random moments, while files change and readers read.

Counts books that readers lost, doubled keys and books of mixed readings, and compares the library
in the end, row for row, with one that ``longbox index`` makes of the same folder. Run from the
project folder (200 kills take about half an hour)::

    python -m benchmarks.kills --kills 200
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from indexer.daemon.status import DaemonState, DaemonStatus, published

LONGBOX = (sys.executable, "-c", "from webui.cli import main; main()")
KEYS = {
    "books": "book_id",
    "pages": "page_id",
    "panels": "panel_id",
    "assets": "asset_id",
    "stories": "story_id",
}
LASTING, CHANGING = 4, 4
"""Books that are never touched, and books that are replaced, renamed and deleted."""
CHANGE_S = 0.8
"""Time between two changes: a daemon that is up is nearly always at work."""
LONGEST_LIFE_S = 9.0
END_S = 600.0


def main() -> None:
    """Measure and print; exit code 1 if anything was lost, doubled, mixed or different."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=LONGEST_LIFE_S, help="seconds a daemon may live")
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--read", nargs=1, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read_until_told(options.read[0])
        return
    with tempfile.TemporaryDirectory(prefix="longbox-kills-") as folder:
        raise SystemExit(0 if measure(Path(folder), options) else 1)


def measure(scratch: Path, options: argparse.Namespace) -> bool:
    """Kill, let it end well, and compare."""
    chance = random.Random(options.seed)  # noqa: S311 (repeatable, not secret)
    shelf = Shelf(scratch)
    library, started = scratch / "library", time.monotonic()
    readers = [start_reader(library) for _ in range(options.readers)]
    moments: Counter[str] = Counter()
    for _ in range(options.kills):
        with start_daemon(library, shelf.comics) as daemon:
            end = time.monotonic() + chance.uniform(0.3, options.longest)
            while (left_s := end - time.monotonic()) > 0:
                time.sleep(min(left_s, CHANGE_S))
                shelf.change(chance)
            moments[state_of(library, daemon.pid)] += 1
            daemon.kill()
        shelf.change(chance)
    finish(library, shelf.comics)
    told = [stop_reader(reader) for reader in readers]
    run("index", shelf.every, "--library", scratch / "every")
    run("index", shelf.comics, "--library", scratch / "fresh")
    result = judge(told, scratch)
    result |= {"kills": options.kills, "killed_while": dict(moments), "changes": shelf.changes}
    result["seconds"] = round(time.monotonic() - started)
    print(json.dumps(result))
    return not (result["lost"] or result["doubled"] or result["mixed"]) and bool(result["same_final_store"])


def judge(told: list[dict[str, object]], scratch: Path) -> dict[str, object]:
    """Compare what readers saw with what each content really holds, and the library with a fresh one."""
    real = {name: counts(scratch / "every", name) for name in ("pages", "panels")}
    seen = {tuple(item) for reader in told for item in reader["seen"]}
    mixed = [
        (name, book_id, count, revisions)
        for name, book_id, count, revisions in seen
        if revisions != 1 or count != real[name].get(book_id)
    ]
    here, fresh = rows(scratch / "library"), rows(scratch / "fresh")
    return {
        "reads": sum(int(str(reader["reads"])) for reader in told),
        "lost": sum(int(str(reader["lost"])) for reader in told),
        "doubled": sum(int(str(reader["doubled"])) for reader in told),
        "mixed": len(mixed),
        "rows": {name: len(found) for name, found in here.items()},
        "same_final_store": here == fresh,
    }


@dataclass
class Shelf:
    """A folder of small books that change; ``every`` keeps each content there ever was."""

    scratch: Path
    changes: int = 0
    contents: int = 0
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write the first books."""
        for number in range(LASTING):
            self.write(f"lasting {number}.cbz")
        for number in range(CHANGING):
            self.names.append(f"changing {number}.cbz")
            self.write(self.names[-1])

    @property
    def comics(self) -> Path:
        """The folder that the daemon watches."""
        return self.scratch / "comics"

    @property
    def every(self) -> Path:
        """The folder of all contents."""
        return self.scratch / "all contents"

    def change(self, chance: random.Random) -> None:
        """Replace, rename, delete or bring back one of the changing books."""
        self.changes += 1
        index = chance.randrange(CHANGING)
        path = self.comics / self.names[index]
        deed = chance.choice(("replace", "replace", "rename", "delete"))
        if deed == "delete":
            path.unlink(missing_ok=True)
        elif deed == "rename" and path.exists():
            self.names[index] = f"changing {index} renamed {self.changes}.cbz"
            path.rename(self.comics / self.names[index])
        else:
            self.write(self.names[index])

    def write(self, name: str) -> None:
        """Write a book of new content, a few pages of coarse random colours."""
        self.contents += 1
        colours = np.random.default_rng(self.contents)
        for folder in (self.comics, self.every):
            folder.mkdir(exist_ok=True)
        kept = self.every / f"{self.contents}.cbz"
        with zipfile.ZipFile(kept, "w") as archive:
            for page_no in range(int(colours.integers(2, 6))):
                noise = colours.integers(0, 256, (6, 4, 3), dtype=np.uint8)
                page = cv2.resize(noise, (120, 180), interpolation=cv2.INTER_NEAREST)
                archive.writestr(f"p{page_no:03}.png", cv2.imencode(".png", page)[1].tobytes())
        (self.comics / name).write_bytes(kept.read_bytes())


def start_daemon(library: Path, comics: Path) -> "subprocess.Popen[bytes]":
    """Start the command, impatient."""
    habits = ("--settle", "0.2", "--survey", "1", "--grace", "0.5", "--prune")
    command = [*LONGBOX, "daemon", "--library", str(library), "--watch", str(comics), *habits]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def finish(library: Path, comics: Path) -> None:
    """Let a daemon come to rest, and stop it."""
    with start_daemon(library, comics) as daemon:
        until = time.monotonic() + END_S
        while not is_at_rest(status := published(library), surveys=5):
            if time.monotonic() > until or daemon.poll() is not None:
                raise SystemExit(f"the last daemon came to no rest: {status}")
            time.sleep(0.2)
        daemon.send_signal(signal.SIGTERM)
        if daemon.wait(60) != 0:
            raise SystemExit("the last daemon ended badly")


def state_of(library: Path, pid: int) -> str:
    """Say what a daemon is at; "starting" before it has said so."""
    status = published(library)
    return status.state.value if status is not None and status.pid == pid else DaemonState.STARTING.value


def is_at_rest(status: DaemonStatus | None, *, surveys: int) -> bool:
    """Say whether a daemon has looked that many times and found nothing more to do."""
    return status is not None and status.surveys >= surveys and status.state is DaemonState.IDLE


def run(*arguments: str | Path) -> None:
    """Run a command to its end."""
    subprocess.run([*LONGBOX, *map(str, arguments), "--json"], check=True, stdout=subprocess.DEVNULL)


def start_reader(library: Path) -> "subprocess.Popen[bytes]":
    """Start a reader of its own process."""
    command = [sys.executable, "-m", "benchmarks.kills", "--read", str(library)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def stop_reader(reader: "subprocess.Popen[bytes]") -> dict[str, object]:
    """Return what a reader saw."""
    reader.send_signal(signal.SIGTERM)
    printed, _ = reader.communicate(timeout=60)
    return dict(json.loads(printed))


def read_until_told(library: Path) -> None:
    """Read the tables again and again; print what was seen when SIGTERM comes."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    seen: Counter[tuple[str, str, int, int]] = Counter()
    reads = lost = doubled = 0
    lasting: set[str] = set()
    while not stopping:
        time.sleep(0.05)
        if not (library / "books.lance").is_dir():
            continue
        books = table(library, "books", ["book_id", "source"])
        here = {row["book_id"] for row in books if Path(row["source"]).name.startswith("lasting")}
        lost += len(lasting - here)
        lasting |= here
        reads += 1
        for name in ("pages", "panels"):
            found = table(library, name, [KEYS[name], "book_id", "ingest_rev"])
            doubled += len(found) - len({row[KEYS[name]] for row in found})
            for book_id in {row["book_id"] for row in found}:
                own = [row["ingest_rev"] for row in found if row["book_id"] == book_id]
                seen[name, book_id, len(own), len(set(own))] += 1
    print(json.dumps({"reads": reads, "lost": lost, "doubled": doubled, "seen": list(seen)}))


def table(library: Path, name: str, columns: list[str]) -> list[dict[str, str]]:
    """Return some columns of a table as it is now; nothing while it is being made."""
    import lancedb

    try:
        found = lancedb.connect(str(library)).open_table(name)
    except (ValueError, OSError):
        return []
    return list(found.search().select(columns).limit(None).to_arrow().to_pylist())


def counts(library: Path, name: str) -> Counter[str]:
    """Return how many rows each content has."""
    return Counter(row["book_id"] for row in table(library, name, ["book_id"]))


def rows(library: Path) -> dict[str, list[dict[str, object]]]:
    """Return everything that a library holds, in the order of its keys."""
    import lancedb

    database = lancedb.connect(str(library))
    found = {name: database.open_table(name).search().limit(None).to_arrow().to_pylist() for name in KEYS}
    return {name: sorted(found[name], key=lambda row: str(row[KEYS[name]])) for name in KEYS}


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(Path.cwd())
    main()
