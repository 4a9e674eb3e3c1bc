"""Score the panel detector, and its rival where one is installed, on any folder of labels.

    python benchmarks/panels.py --labels DIR --images DIR [--json] [--worst N OUT] [--rival]

``--labels`` is searched for ``*.json`` in the label format of ``schemas.labels``; ``image`` in a label is
relative to ``--images``. A work is the first folder below ``--labels``. Works on one thread. With
``--rival`` Kumiko, if a ``kumiko`` command is on the path, reads the same pages in the same run.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from models.panels import ClassicalPanelDetector
from models.panels.measures import (
    IOU_LEVELS,
    PanelCounts,
    count_panels,
    is_exact,
    kendall_tau,
    match_panels,
    order_is_exact,
)
from models.reading_order import sort_reading_order
from schemas.geometry import Box
from schemas.labels import PageLabel
from schemas.records import RgbImage

OVERLAY_WIDTH_PX = 700
TRUE_COLOUR, FOUND_COLOUR = (0, 170, 0), (0, 0, 230)


@dataclass(frozen=True, slots=True)
class PageScore:
    """How one page was read; ``order`` holds the true positions of the matched panels as read."""

    name: str
    counts: tuple[PanelCounts, PanelCounts, PanelCounts]
    exact: bool
    order: tuple[int, ...]
    cpu_s: float
    found: tuple[Box, ...]
    true: tuple[Box, ...]

    @property
    def errors(self) -> float:
        """Missed and superfluous panels, those of loose fit a little."""
        at_half, at_three_quarters = (c.predicted + c.true - 2 * c.matched for c in self.counts[:2])
        return at_half + 0.3 * at_three_quarters


@dataclass(slots=True)
class WorkScore:
    """Sums over the pages of a work."""

    pages: list[PageScore] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Return the figures of a table row."""
        totals = [sum((p.counts[i] for p in self.pages), PanelCounts()) for i in range(len(IOU_LEVELS))]
        complete = [p for p in self.pages if p.true and len(p.order) == len(p.true)]
        count = max(1, len(self.pages))
        return {
            "f1_50": totals[0].f1,
            "f1_75": totals[1].f1,
            "f1_90": totals[2].f1,
            "exact": sum(p.exact for p in self.pages) / count,
            "order_exact": sum(order_is_exact(p.order) for p in complete) / max(1, len(complete)),
            "kendall_tau": sum(kendall_tau(p.order) for p in complete) / max(1, len(complete)),
            "pages": float(len(self.pages)),
            "panels": float(totals[0].true),
            "cpu_s_per_page": sum(p.cpu_s for p in self.pages) / count,
        }


def labelled_pages(labels: Path, images: Path) -> Iterator[tuple[str, PageLabel, RgbImage]]:
    """Yield work, label and picture of every labelled page; skips what is no label or has no picture."""
    for path in sorted(labels.rglob("*.json")):
        try:
            label = PageLabel.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, AttributeError):
            continue
        picture = cv2.imread(str(images / label.image))
        if picture is None:
            print(f"no picture {images / label.image}: skipped", file=sys.stderr)
            continue
        parts = path.relative_to(labels).parts
        yield parts[0] if len(parts) > 1 else labels.name, label, np.ascontiguousarray(picture[:, :, ::-1])


def true_boxes(label: PageLabel) -> tuple[Box, ...]:
    """Return the labelled boxes, page-relative."""
    width, height = label.size
    return tuple(Box.from_pixels(p.box, width_px=width, height_px=height) for p in label.panels)


def score_page(label: PageLabel, found: tuple[Box, ...], cpu_s: float) -> PageScore:
    """Compare found boxes, in reading order, with the label."""
    true = true_boxes(label)
    matched = sorted(match_panels(found, true, IOU_LEVELS[0]))
    return PageScore(
        name=label.image,
        counts=(
            count_panels(found, true, IOU_LEVELS[0]),
            count_panels(found, true, IOU_LEVELS[1]),
            count_panels(found, true, IOU_LEVELS[2]),
        ),
        exact=is_exact(found, true),
        order=tuple(index for _, index in matched),
        cpu_s=cpu_s,
        found=found,
        true=true,
    )


def read_page(detector: ClassicalPanelDetector, label: PageLabel, picture: RgbImage) -> PageScore:
    """Detect and order the panels of a page, timed."""
    start = time.process_time()
    layout = detector.detect(picture, direction=label.direction)
    boxes = [panel.box for panel in layout.panels]
    order = sort_reading_order(boxes, direction=label.direction, aspect=picture.shape[1] / picture.shape[0])
    cpu_s = time.process_time() - start
    return score_page(label, tuple(boxes[i] for i in order), cpu_s)


def read_page_with_kumiko(command: str, label: PageLabel, picture: RgbImage) -> PageScore:
    """Let Kumiko read the page as a process of its own; its CPU time includes its start."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        cv2.imwrite(str(path), picture[:, :, ::-1])
        options = ["--rtl"] if label.direction.value == "rtl" else []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run([command, "-i", str(path), *options], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    height, width = picture.shape[:2]
    try:
        panels = json.loads(run.stdout)[0]["panels"]
    except (ValueError, LookupError):
        panels = []
    boxes = tuple(
        Box.from_pixels((x, y, x + w, y + h), width_px=width, height_px=height) for x, y, w, h in panels
    )
    return score_page(label, boxes, cpu_s)


def draw_overlay(score: PageScore, picture: RgbImage, out: Path) -> None:
    """Write the page with true panels in green and found ones, numbered, in red."""
    height, width = picture.shape[:2]
    scale = min(1.0, OVERLAY_WIDTH_PX / width)
    canvas = cv2.resize(picture[:, :, ::-1], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = canvas.shape[:2]
    for boxes, colour, thickness in ((score.true, TRUE_COLOUR, 6), (score.found, FOUND_COLOUR, 2)):
        for number, box in enumerate(boxes, start=1):
            x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
            cv2.rectangle(canvas, (x0, y0), (x1, y1), colour, thickness)
            if boxes is score.found:
                cv2.putText(canvas, str(number), (x0 + 6, y0 + 26), 0, 0.9, colour, 2)
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), canvas)


def report(title: str, works: dict[str, WorkScore]) -> dict[str, object]:
    """Print a table of all works and return the same figures as data."""
    overall = WorkScore([page for work in works.values() for page in work.pages])
    rows = {**{name: work.summary() for name, work in works.items()}, "overall": overall.summary()}
    print(f"{title:22} F1@.5  @.75   @.9  exact  order   tau  pages panels  CPU s/page", file=sys.stderr)
    for name, row in rows.items():
        print(
            f"{name:22} {row['f1_50']:.3f} {row['f1_75']:.3f} {row['f1_90']:.3f}  {row['exact']:.3f} "
            f" {row['order_exact']:.3f} {row['kendall_tau']:.3f} {row['pages']:6.0f} {row['panels']:6.0f} "
            f" {row['cpu_s_per_page']:.3f}",
            file=sys.stderr,
        )
    return {"overall": rows.pop("overall"), "works": rows}


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Score panel detection and reading order.")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on stdout")
    parser.add_argument("--worst", nargs=2, metavar=("N", "OUT"), help="draw the N worst pages into OUT")
    parser.add_argument("--rival", action="store_true", help="let Kumiko read the same pages")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 where there was nothing to score."""
    options = parse(arguments)
    cv2.setNumThreads(1)
    kumiko = shutil.which("kumiko") if options.rival else None
    detector = ClassicalPanelDetector()
    ours: dict[str, WorkScore] = {}
    theirs: dict[str, WorkScore] = {}
    for work, label, picture in labelled_pages(options.labels, options.images):
        ours.setdefault(work, WorkScore()).pages.append(read_page(detector, label, picture))
        if kumiko:
            rival = read_page_with_kumiko(kumiko, label, picture)
            theirs.setdefault(work, WorkScore()).pages.append(rival)
    if not ours:
        print(f"no labelled page below {options.labels}", file=sys.stderr)
        return 1
    figures: dict[str, object] = report(detector.name, ours)
    if kumiko:
        figures["kumiko"] = report("kumiko", theirs)
    if options.worst:
        draw_worst(ours, options.images, int(options.worst[0]), Path(options.worst[1]))
    if options.json:
        print(json.dumps(figures, indent=1))
    return 0


def draw_worst(works: dict[str, WorkScore], images: Path, count: int, out: Path) -> None:
    """Draw the pages with the most errors."""
    pages = sorted((p for work in works.values() for p in work.pages), key=lambda p: -p.errors)
    for rank, page in enumerate(pages[:count]):
        picture = cv2.imread(str(images / page.name))
        if picture is not None and page.errors:
            name = f"{rank:03d}-{page.name.replace('/', '_')}.png"
            draw_overlay(page, np.ascontiguousarray(picture[:, :, ::-1]), out / name)


if __name__ == "__main__":
    sys.exit(main())
