"""How surely panels are told apart by colour and light: ``python -m benchmarks.traits CORPUS``.

Labelled panels of works known to be in colour or black-and-white, and the latter again as they come
from yellowed paper: tinted, darker at the edges, noisy, JPEG.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from indexer.stages.pictures import measure_panel
from models.pictures import crop
from schemas.geometry import Box
from schemas.records import RgbImage
from search.filtering.traits import COLOURFUL, DARK, LIGHT

PAPERS = ((250, 240, 215), (240, 222, 180), (225, 200, 150))
INK = np.array([40, 32, 28], np.float32) / 255


def panels_of(corpus: Path, work: str) -> Iterator[RgbImage]:
    """Give the labelled panels of a work."""
    for file in sorted((corpus / "labels" / work).rglob("*.json")):
        label = json.loads(file.read_text("utf-8"))
        page = cv2.imread(str(corpus / label["image"]))
        if page is None:
            continue
        image = np.ascontiguousarray(cv2.cvtColor(page, cv2.COLOR_BGR2RGB), np.uint8)
        height, width = image.shape[:2]
        for panel in label["panels"]:
            yield crop(image, Box.from_pixels(panel["box"], width_px=width, height_px=height))


def yellowed(image: RgbImage, paper: tuple[int, int, int], rng: np.random.Generator) -> RgbImage:
    """Print a picture on old paper and scan it."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., np.newaxis] / 255
    aged = INK + (np.array(paper, np.float32) / 255 - INK) * grey
    height, width = image.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width]
    inwards = np.minimum.reduce([ys / height, 1 - ys / height, xs / width, 1 - xs / width])
    browned = np.exp(-12 * inwards)[..., np.newaxis] * np.array([0.05, 0.1, 0.2])
    noisy = aged * (1 - browned) + rng.normal(0, 0.025, aged.shape)
    scanned = (np.clip(noisy, 0, 1) * 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(scanned, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 60])
    return np.ascontiguousarray(cv2.cvtColor(cv2.imdecode(data, 1), cv2.COLOR_BGR2RGB), np.uint8)


def report(name: str, pictures: list[RgbImage]) -> None:
    """Print which traits the panels get."""
    looks = [measure_panel(picture) for picture in pictures]
    bw = sum(look.colourfulness < COLOURFUL for look in looks)
    dark, light = (
        sum(look.lightness < DARK for look in looks),
        sum(look.lightness >= LIGHT for look in looks),
    )
    print(f"{name}: {len(looks)} panels, {bw} bw, {dark} dark, {light} light")


def main() -> None:
    """Measure all works."""
    corpus, rng = Path(sys.argv[1]), np.random.default_rng(0)
    grey = list(panels_of(corpus, "tori-no-me"))
    report("tori-no-me (bw)", grey)
    for paper in PAPERS:
        report(f"tori-no-me on paper {paper}", [yellowed(picture, paper, rng) for picture in grey])
    for work in ("pepper-and-carrot", "page-blanche", "climate-frogs"):
        report(f"{work} (colour)", list(panels_of(corpus, work)))


if __name__ == "__main__":
    main()
