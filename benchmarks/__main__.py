"""``make bench``: every measurement one after the other, the long ones on real comics where they are.

    python -m benchmarks            # all
    python -m benchmarks search     # those named

What needs the open comics beside the project says so and is left out where they are missing.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
LONGBOX = (sys.executable, "-c", "from webui.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One benchmark module, or command, with its arguments; ``before`` prepares its material."""

    module: str
    arguments: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    needs_corpus: bool = False

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.module.rpartition(".")[2]

    @property
    def command(self) -> tuple[str, ...]:
        """What runs it: commands of Longbox are called ``longbox.NAME`` here."""
        if self.module.startswith("longbox."):
            return (*LONGBOX, "bench", self.name, *self.arguments)
        return (sys.executable, "-m", self.module, *self.arguments)


def measurements(scratch: Path) -> Iterator[Measurement]:
    """Yield them in order; the ones that share material name the same folders."""
    drawn, library = str(scratch / "drawn"), str(scratch / "library")
    draw = (*LONGBOX, "sample", drawn)
    comics = str(CORPUS / "pepper-and-carrot")
    index = (*LONGBOX, "index", comics, "--library", library)
    told = ("--library", library, "--corpus", comics)
    yield Measurement("benchmarks.search")
    yield Measurement("benchmarks.web", ("--panels", "100000"))
    yield Measurement("benchmarks.map_paint")
    yield Measurement("benchmarks.narrowing")
    yield Measurement("benchmarks.traits", (str(CORPUS),), needs_corpus=True)
    yield Measurement("benchmarks.load")
    yield Measurement("benchmarks.duplicates", ("--corpus", str(CORPUS)), needs_corpus=True)
    yield Measurement("benchmarks.gate", ("--corpus", str(CORPUS)), needs_corpus=True)
    yield Measurement("longbox.search", ("--rows", "100000"))
    yield Measurement("longbox.ingest", ("--books", "1000"))
    yield Measurement("longbox.ingest", ("--comics", comics), needs_corpus=True)
    yield Measurement("benchmarks.colouring")
    yield Measurement("benchmarks.leaks")
    yield Measurement("benchmarks.elements")
    yield Measurement("benchmarks.catalogue", ("--series", "20000"))
    yield Measurement("benchmarks.watch")
    yield Measurement("benchmarks.kills", ("--kills", "40"))
    yield Measurement("benchmarks.soak")
    yield Measurement("benchmarks.panels", ("--labels", f"{drawn}/labels", "--images", drawn), (draw,))
    yield Measurement(
        "benchmarks.panels",
        ("--labels", str(CORPUS / "labels"), "--images", str(CORPUS)),
        needs_corpus=True,
    )
    yield Measurement("benchmarks.pictures", ("--corpus", str(CORPUS), "--scenes", "1000"), needs_corpus=True)
    yield Measurement("benchmarks.lettering", ("200",))
    yield Measurement("benchmarks.text", needs_corpus=True)
    yield Measurement("benchmarks.dialogue", told, (index,), needs_corpus=True)
    yield Measurement("benchmarks.floors", told, (index,), needs_corpus=True)


def main() -> int:
    """Run them; 1 where one failed."""
    wanted = set(sys.argv[1:])
    failed = False
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        for measurement in measurements(Path(folder)):
            if wanted and measurement.name not in wanted:
                continue
            print(f"\n── {measurement.name} {' '.join(measurement.arguments)}", flush=True)
            if measurement.needs_corpus and not CORPUS.is_dir():
                print(f"left out: the open comics are not at {CORPUS}")
                continue
            failed |= not _run(measurement)
    return int(failed)


def _run(measurement: Measurement) -> bool:
    for command in measurement.before:
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
            return False
    return subprocess.run(measurement.command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
