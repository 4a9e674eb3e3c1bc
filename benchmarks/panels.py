"""Panels and their time beside those of a rival, in one run and on one thread.

    python -m benchmarks.panels --labels DIR --images DIR

The rival is Kumiko, if a ``kumiko`` command is on the path; each page is a process of its own, so its
time includes a start, which is measured on a blank page and taken off. Without it there are our
figures alone; ``longbox eval pages`` says more about them.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from indexer.evaluation.labelled import LabelledPage, decode, find_pages
from indexer.evaluation.panels import PageScore, PanelFigures, read_and_score, score_page, summarise
from indexer.evaluation.scores import evaluate
from models.panels import ClassicalPanelDetector
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import RgbImage

BLANK_PX = 64


def run_kumiko(command: str, picture: RgbImage, direction: ReadingDirection) -> tuple[tuple[Box, ...], float]:
    """Let Kumiko read a picture; returns its panels in its order, and CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        cv2.imwrite(str(path), picture[:, :, ::-1])
        options = ["--rtl"] if direction is ReadingDirection.RTL else []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run([command, "-i", str(path), *options], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    try:
        panels = json.loads(run.stdout)[0]["panels"]
    except (ValueError, LookupError):
        panels = []
    height, width = picture.shape[:2]
    corners = ((x, y, x + w, y + h) for x, y, w, h in panels)
    return tuple(Box.from_pixels(box, width_px=width, height_px=height) for box in corners), cpu_s


def with_kumiko(command: str) -> Callable[[LabelledPage], PageScore]:
    """Return what reads and scores a page with Kumiko, its start not counted."""
    blank = np.full((BLANK_PX, BLANK_PX, 3), 255, np.uint8)
    start_s = min(run_kumiko(command, blank, ReadingDirection.LTR)[1] for _ in range(3))

    def read(page: LabelledPage) -> PageScore:
        found, cpu_s = run_kumiko(command, decode(page.picture), page.label.direction)
        return score_page(page, found, cpu_s=max(0.0, cpu_s - start_s))

    return read


def row(name: str, figures: PanelFigures) -> str:
    """Return one line of the table."""
    return (
        f"{name:12} F1@.5 {figures.f1_50:.3f}  @.75 {figures.f1_75:.3f}  exact {figures.exact:.3f}  "
        f"{figures.pages} pages  {figures.cpu_s_per_page:.3f} CPU s/page"
    )


def main() -> int:
    """Run the benchmark; 1 where there was nothing to score."""
    parser = argparse.ArgumentParser(description="Time and score the panel detector beside a rival.")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    detector, kumiko = ClassicalPanelDetector(), shutil.which("kumiko")
    pages = list(find_pages(options.labels, options.images))
    ours = summarise(evaluate(pages, lambda page: read_and_score(page, detector)).scores)
    if not ours.pages:
        print(f"no labelled page below {options.labels}", file=sys.stderr)
        return 1
    print(row("longbox", ours))
    if kumiko is None:
        print("kumiko is not installed: no rival in this run")
        return 0
    theirs = summarise(evaluate(pages, with_kumiko(kumiko)).scores)
    print(row("kumiko", theirs))
    print(
        f"longbox / kumiko: F1@.5 × {ours.f1_50 / max(theirs.f1_50, 1e-9):.2f}, "
        f"CPU × {ours.cpu_s_per_page / max(theirs.cpu_s_per_page, 1e-9):.2f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
