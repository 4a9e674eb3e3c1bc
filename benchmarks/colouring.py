"""How near drawn panels come to their true colours, greyed or inked and coloured by others of their book.

    python -m benchmarks.colouring [--panels 40] [--comics FOLDER]

Draws the sample comics (or takes them from FOLDER), takes panels with somebody in them, and colours each
by three panels of other pages that show the same people. Prints the mean CIEDE2000 to the truth, beside
leaving it grey (or white), and beside giving all of it the mean colour of the examples. Less is nearer.
"""

import argparse
import json
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import load_finder
from models.generation.artificer.colouring import ColourExample, colour_by_example, painted
from models.generation.artificer.lines import ink_of
from models.generation.artificer.sheet import Sheet, flattened
from models.pictures import decode_picture, resize_to
from schemas.config import PictureLimits
from schemas.records import RgbImage

SIDE_PX, LEAST_PX, EXAMPLES, SEED = 512, 120, 3, 1
_COLOURED = 15.0
"""Mean difference of the channels under which a panel has no colours to find again."""
Lab = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel of a labelled book: who and where."""

    page: str
    people: frozenset[str]
    place: str
    time: str
    picture: RgbImage

    def likeness(self, other: "Shown") -> float:
        """Return how much two panels show the same."""
        shared, further = len(self.people & other.people), len(other.people - self.people)
        return (
            2.0 * shared - 0.5 * further + 0.6 * (self.place == other.place) + 0.4 * (self.time == other.time)
        )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=40)
    parser.add_argument("--comics", type=Path, help="A folder that 'longbox sample' drew.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        comics = options.comics or drawn_comics(Path(folder))
        cases = [case for book in sorted((comics / "labels").iterdir()) for case in _cases(comics, book.name)]
    random.Random(SEED).shuffle(cases)  # noqa: S311 - a choice of panels, no secret
    cases = cases[: options.panels]
    print(f"{len(cases)} panels, {EXAMPLES} examples each: mean CIEDE2000 to the true colours")
    for name, made in _ways().items():
        apart = [_difference(made(truth, examples), truth) for truth, examples in cases]
        print(f"  {name:28} {np.mean(apart):5.1f}")


def drawn_comics(folder: Path) -> Path:
    """Draw the sample comics."""
    from indexer.samples.sample import write_sample

    write_sample(folder / "comics", container="cbz")
    return folder / "comics"


def _ways() -> dict[str, Callable[[RgbImage, Sequence[RgbImage]], RgbImage]]:
    finder = load_finder()

    def by_example(truth: RgbImage, examples: Sequence[RgbImage]) -> RgbImage:
        return colour_by_example(greyed(truth), [ColourExample(one) for one in examples], finder, 0)

    def inked(truth: RgbImage, examples: Sequence[RgbImage]) -> RgbImage:
        layers = Sheet.of(_lined(truth)).layers([ColourExample(one) for one in examples], None, finder, 0)
        return flattened([layers[0], layers[-1]])

    return {
        "in grey, left so": lambda truth, _: greyed(truth),
        "in grey, the mean colour": _mean_colour,
        "in grey, by example": by_example,
        "in lines, left so": lambda truth, _: _lined(truth),
        "in lines, by example": inked,
    }


def _cases(comics: Path, book: str) -> Iterator[tuple[RgbImage, list[RgbImage]]]:
    """Give panels in colour, each with those of other pages that show most of the same."""
    panels = list(labelled(comics, book))
    for panel in panels:
        others = sorted(
            (one for one in panels if one.page != panel.page), key=lambda one: -panel.likeness(one)
        )
        is_coloured = float(np.ptp(panel.picture.astype(np.int16), axis=2).mean()) >= _COLOURED
        if is_coloured and others and others[0].people & panel.people:
            yield panel.picture, [one.picture for one in others[:EXAMPLES]]


def labelled(comics: Path, book: str) -> Iterator[Shown]:
    """Give the panels of a labelled book that show somebody."""
    with zipfile.ZipFile(comics / f"{book}.cbz") as archive:
        files = {PurePath(name).stem: name for name in archive.namelist()}
        for path in sorted((comics / "labels" / book).glob("*.json")):
            told = json.loads(path.read_text("utf-8"))
            stem = PurePath(told["image"]).stem
            if stem not in files:
                continue
            page = decode_picture(archive.read(files[stem]), name=stem, limits=PictureLimits()).image
            scale = page.shape[1] / told["size"][0]
            for one in told["panels"]:
                x0, y0, x1, y1 = (round(value * scale) for value in one["box"])
                if one.get("characters") and min(x1 - x0, y1 - y0) >= LEAST_PX:
                    picture = resize_to(page[y0:y1, x0:x1], SIDE_PX)
                    people = frozenset(one["characters"])
                    yield Shown(stem, people, one.get("place", ""), one.get("time", ""), picture)


def greyed(picture: RgbImage) -> RgbImage:
    """Return a picture without its colours."""
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def _lined(picture: RgbImage) -> RgbImage:
    return np.repeat(np.round(255.0 * (1.0 - ink_of(picture)))[..., None].astype(np.uint8), 3, axis=2)


def _mean_colour(truth: RgbImage, examples: Sequence[RgbImage]) -> RgbImage:
    mean = np.mean([_lab(one)[..., 1:].reshape(-1, 2).mean(axis=0) for one in examples], axis=0)
    return painted(greyed(truth), np.broadcast_to(mean.astype(np.float32), (8, 8, 2)).copy())


def _lab(picture: RgbImage) -> Lab:
    return cv2.cvtColor(picture.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB).astype(np.float64)


def _difference(made: RgbImage, truth: RgbImage) -> float:
    return float(ciede2000(_lab(made), _lab(truth)).mean())


def ciede2000(one: Lab, other: Lab) -> Lab:
    """Return the difference of Lab colours (…, 3); (…). Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(lab, -1, 0) for lab in (one, other))
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + 180) % 360 - 180)
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_h = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    light = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    chroma, tint = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * weight
    angle = np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2)))
    bend = -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)) * np.sin(angle)
    parts = (l2 - l1) / light, (c2 - c1) / chroma, hue / tint
    return np.sqrt(np.maximum(sum(part**2 for part in parts) + bend * parts[1] * parts[2], 0))


if __name__ == "__main__":
    main()
