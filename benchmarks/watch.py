"""How soon a new book can be searched while the daemon runs: by its pictures, and by its words.

Draws a book of thirty pages, drops it into a watched folder, and looks as a reader does::

    python -m benchmarks.watch
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.kills import LONGBOX, is_at_rest, table
from indexer.daemon.status import published

PAGES = 30
LONGEST_S = 600.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=int, default=2, help="one after the other; the first warms up")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-watch-") as folder:
        scratch = Path(folder)
        comics, library = scratch / "comics", scratch / "library"
        comics.mkdir()
        command = [*LONGBOX, "daemon", "--library", str(library), "--watch", str(comics), "--survey", "3600"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as daemon:
            for number in range(options.books):
                wait_for_rest(library, surveys=1)
                print(json.dumps(measure(draw_book(scratch, seed=number + 1), comics, library)))
            daemon.send_signal(signal.SIGTERM)


def measure(book: Path, comics: Path, library: Path) -> dict[str, float | None]:
    """Drop a book into the folder, and return after how many seconds readers find it."""
    before = {row["book_id"] for row in table(library, "books", ["book_id"])}
    started, seen = time.monotonic(), dict[str, float | None](pictures_s=None, words_s=None)
    shutil.move(book, comics / f"{len(before)}.cbz")
    while None in seen.values():
        if time.monotonic() - started > LONGEST_S:
            raise SystemExit(f"not all was found in {LONGEST_S:.0f} s: {seen}")
        here = {row["book_id"] for row in table(library, "books", ["book_id"])} - before
        panels = table(library, "panels", ["book_id", "has_text"]) if here else []
        new = [row for row in panels if row["book_id"] in here]
        passed_s = round(time.monotonic() - started, 1)
        if new and seen["pictures_s"] is None:
            seen["pictures_s"] = passed_s
        if any(row["has_text"] for row in new):
            seen["words_s"] = passed_s
        time.sleep(0.2)
    return seen


def draw_book(scratch: Path, *, seed: int) -> Path:
    """Draw the sample, and make one book of its first thirty pages."""
    drawn, book = scratch / f"drawn {seed}", scratch / f"{seed}.cbz"
    command = [*LONGBOX, "sample", str(drawn), "--seed", str(seed), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    pictures = sorted(path for path in drawn.rglob("*") if path.suffix in (".png", ".jpg", ".webp"))
    with zipfile.ZipFile(book, "w") as archive:
        for number, picture in enumerate(pictures[:PAGES]):
            archive.write(picture, f"p{number:03}{picture.suffix}")
    return book


def wait_for_rest(library: Path, *, surveys: int) -> None:
    """Wait until the daemon has nothing to do."""
    until = time.monotonic() + LONGEST_S
    while not is_at_rest(published(library), surveys=surveys):
        if time.monotonic() > until:
            raise SystemExit("the daemon came to no rest")
        time.sleep(0.2)


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(Path.cwd())
    sys.exit(main())
