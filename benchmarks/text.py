"""Lettering on real comics: words found, time against plain rapidocr, lines in the right panel.

Words are counted each time they stand there; ``distinct`` is the recall of each once a page, and its F1.

Run from the project folder, with the open comics beside it::

    python benchmarks/text.py                 # every 4th page, with plain rapidocr in the same run
    python benchmarks/text.py --every 1 --no-plain --misses
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from models.panels.detector import ClassicalPanelDetector
from models.text.assignment import assign_to_panels
from models.text.measures import MatchScore, distinct_words, score_words, words_of
from models.text.rapid import RapidTextReader
from models.text.regions import group_lines
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import PanelRegion, RgbImage, TextLine

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
STRIP_PANELS = 3
"""Every Mimi & Eunice strip has three panels of one width."""
THIRDS = [
    PanelRegion(Box(k / STRIP_PANELS, 0.0, (k + 1) / STRIP_PANELS, 1.0), 1.0) for k in range(STRIP_PANELS)
]


@dataclass(frozen=True, slots=True)
class Sample:
    """A page with its transcript; ``balloons`` only where the corpus has boxes."""

    path: Path
    words: tuple[str, ...]
    balloons: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a set of pages came to."""

    score: MatchScore
    distinct: MatchScore
    cpu_s: float
    pages: int

    def row(self, name: str) -> str:
        """Return one line of the table."""
        score = self.score
        return (
            f"{name:34} {score.precision:6.3f} {score.recall:6.3f} {score.f1:6.3f} "
            f"{self.distinct.recall:8.3f} {self.distinct.f1:6.3f} "
            f"{self.cpu_s / max(self.pages, 1):8.3f} {self.pages:6}"
        )


def main() -> None:
    """Parse the options, read, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--every", type=int, default=4, help="take every n-th page")
    parser.add_argument("--no-plain", action="store_true", help="leave plain rapidocr out")
    parser.add_argument("--misses", action="store_true", help="print the words missed and added a page")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    reader = RapidTextReader()
    print(
        f"{'':34} {'prec.':>6} {'recall':>6} {'F1':>6} {'distinct':>8} {'F1':>6} {'CPU s/p':>8} {'pages':>6}"
    )
    for work, samples in (("pepper-and-carrot", stories()), ("mimi-and-eunice", strips())):
        chosen = samples[:: options.every]
        ours = measure(chosen, lambda page: _texts(reader.read_lines(page)), show=options.misses)
        print(ours.row(work))
        if not options.no_plain:
            plain = measure(chosen, plain_rapidocr())
            print(plain.row(f"{work}, plain rapidocr"))
            print(f"{'  CPU ratio':34} {ours.cpu_s / plain.cpu_s:.2f}")
    for name, detect in (("detected", detected_panels()), ("ideal", lambda _: THIRDS)):
        right, lines = lines_in_their_panel(strips()[:: options.every], reader, detect)
        print(f"lines in the right panel, mimi-and-eunice, {name} panels: {right / lines:.3f} of {lines}")


def stories() -> list[Sample]:
    """Return the Pepper & Carrot pages that are labelled as story and have a transcript."""
    samples = []
    for label in sorted((CORPUS / "labels" / "pepper-and-carrot").rglob("*.json")):
        data = json.loads(label.read_text("utf-8"))
        path = CORPUS / data["image"]
        transcript = path.with_suffix(".json")
        if data["page_type"] != "story" or not transcript.is_file():
            continue
        words = words_of(" ".join(json.loads(transcript.read_text("utf-8"))["texts"]))
        samples.append(Sample(path, tuple(words)))
    return samples


def strips() -> list[Sample]:
    """Return the Mimi & Eunice strips."""
    samples = []
    for transcript in sorted((CORPUS / "mimi-and-eunice").glob("*.json")):
        data = json.loads(transcript.read_text("utf-8"))
        width, height = (round(side) for side in data["size"])
        words = words_of(" ".join(region["text"] for region in data["regions"]))
        boxes = tuple(
            Box.from_pixels(region["box"], width_px=width, height_px=height) for region in data["regions"]
        )
        samples.append(Sample(transcript.with_suffix(".jpg"), tuple(words), boxes))
    return samples


def measure(
    samples: Sequence[Sample], read: Callable[[RgbImage], Sequence[str]], *, show: bool = False
) -> Outcome:
    """Read each page and compare its words with the transcript; decoding is not timed."""
    score = distinct = MatchScore()
    cpu_s = 0.0
    for sample in samples:
        page = load(sample.path)
        start = time.process_time()
        texts = read(page)
        cpu_s += time.process_time() - start
        words = words_of("\n".join(texts))
        score += score_words(words, sample.words)
        distinct += score_words(distinct_words(words), distinct_words(sample.words))
        if show:
            missed, added = Counter(sample.words) - Counter(words), Counter(words) - Counter(sample.words)
            print(f"  {sample.path.relative_to(CORPUS)}: missed {dict(missed)}, added {dict(added)}")
    return Outcome(score, distinct, cpu_s, len(samples))


def plain_rapidocr() -> Callable[[RgbImage], Sequence[str]]:
    """Return rapidocr as it comes, on one thread."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Global.log_level": "error"}
    )
    return lambda page: list(engine(np.ascontiguousarray(page[:, :, ::-1])).txts or ())


def detected_panels() -> Callable[[RgbImage], Sequence[PanelRegion]]:
    """Return the classical detector as a function from a page to panels."""
    detector = ClassicalPanelDetector()
    return lambda page: detector.detect(page).panels


def lines_in_their_panel(
    samples: Sequence[Sample],
    reader: RapidTextReader,
    detect: Callable[[RgbImage], Sequence[PanelRegion]],
) -> tuple[int, int]:
    """Count the lines of known balloons whose region went to the panel of that balloon."""
    right = total = 0
    for sample in samples:
        page = load(sample.path)
        lines = reader.read_lines(page)
        placed = dict(_placed(page, lines, detect(page)))
        for line in lines:
            balloon = next((box for box in sample.balloons if box.contains(line.box.center)), None)
            if balloon is not None:
                total += 1
                right += placed.get(line) == _third(balloon)
    return right, total


def _placed(
    page: RgbImage, lines: Sequence[TextLine], panels: Sequence[PanelRegion]
) -> Iterator[tuple[TextLine, int]]:
    regions = group_lines(lines, direction=ReadingDirection.LTR, page=page, panels=panels)
    owned, _ = assign_to_panels(regions, panels, direction=ReadingDirection.LTR)
    for panel, texts in zip(panels, owned, strict=True):
        for region in texts:
            for line in lines:
                if region.box.contains(line.box.center) and line.text in region.raw_text:
                    yield line, _third(panel.box)


def _third(box: Box) -> int:
    return int(box.center[0] * STRIP_PANELS)


def _texts(lines: Sequence[TextLine]) -> list[str]:
    return [line.text for line in lines]


def load(path: Path) -> RgbImage:
    """Decode a page to RGB."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise FileNotFoundError(path)
    return np.asarray(picture, np.uint8)


if __name__ == "__main__":
    main()
