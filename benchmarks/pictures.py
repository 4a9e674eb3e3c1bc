"""How well a picture encoder finds labelled panels: by their captions, and by altered copies of them.

    python -m benchmarks.pictures --corpus ../shared/corpus [--encoder longbox-mini] [--scenes 1000]

Peers: chance, and the stand-by descriptor for the altered copies. ``--scenes`` also draws scenes
that no training has seen, over the named drawings of the corpus, and asks for each by its caption.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.protocols import PictureEncoder
from models.registry import load_picture_encoder
from schemas.records import FloatMatrix, RgbImage

HELD_BACK_SEED = 9000  # shards of a training are seeded from 0
WITHIN = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class LabelledPanels:
    """Panels cut out of their pages, what is seen in them, and their works."""

    pictures: Sequence[RgbImage]
    captions: Sequence[str]
    works: Sequence[str]


def read_panels(corpus: Path) -> LabelledPanels:
    """Read every captioned panel under ``corpus/labels``."""
    pictures, captions, works = [], [], []
    for path in sorted((corpus / "labels").rglob("*.json")):
        label = json.loads(path.read_text(encoding="utf-8"))
        page = cv2.cvtColor(cv2.imread(str(corpus / label["image"])), cv2.COLOR_BGR2RGB)
        for panel in label["panels"]:
            if panel.get("caption"):
                x0, y0, x1, y1 = (max(0, int(value)) for value in panel["box"])
                pictures.append(np.ascontiguousarray(page[y0:y1, x0:x1]))
                captions.append(panel["caption"])
                works.append(label["image"].partition("/")[0])
    return LabelledPanels(pictures, captions, works)


def ranks(queries: FloatMatrix, rows: FloatMatrix) -> NDArray[np.intp]:
    """Return how many rows each query prefers to its own."""
    scores = queries @ rows.T
    return (scores > np.diag(scores)[:, None]).sum(axis=1)


def cropped(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Cut up to a fifth off the width and off the height."""
    height, width = picture.shape[:2]
    top, left = rng.uniform(0, 0.2, 2)
    bottom, right = rng.uniform(0, 0.2 - top), rng.uniform(0, 0.2 - left)
    return picture[
        int(height * top) : height - int(height * bottom), int(width * left) : width - int(width * right)
    ]


def recoloured(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Turn all hues; every second time lose them to sepia."""
    if rng.random() < 0.5:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
        return (grey * np.array([1, 0.92, 0.75])).astype(np.uint8)
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + int(rng.integers(15, 165))) % 180
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB), np.uint8)


def rescanned(picture: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Halve, turn by up to 2°, yellow, blur, add noise, recompress at quality 35."""
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    size = small.shape[1], small.shape[0]
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), rng.uniform(-2, 2), 1.03)
    turned = cv2.warpAffine(small, turn, size, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    paper = rng.uniform(0.75, 1.1) * np.array([1, rng.uniform(0.9, 1), rng.uniform(0.8, 0.95)])
    noisy = turned * paper + rng.normal(0, 8, turned.shape) + rng.uniform(-10, 20)
    soft = cv2.GaussianBlur(np.clip(noisy, 0, 255).astype(np.uint8), (3, 3), 0.8)
    _, data = cv2.imencode(".jpg", soft, [cv2.IMWRITE_JPEG_QUALITY, 35])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def flipped(picture: RgbImage, _: np.random.Generator) -> RgbImage:
    """Mirror."""
    return np.ascontiguousarray(picture[:, ::-1])


ALTERATIONS: tuple[Callable[[RgbImage, np.random.Generator], RgbImage], ...] = (
    *(cropped, recoloured, rescanned, flipped),
)


def report_captions(encoder: PictureEncoder, panels: LabelledPanels, rows: FloatMatrix) -> None:
    """Print how often a caption finds its panel, over all and by work."""
    if encoder.text_tower is None:
        print("caption -> panel: the encoder knows no words")
        return
    found = ranks(encoder.text_tower.encode_texts(panels.captions), rows)
    works = np.array(panels.works)
    for name in ("all", *sorted(set(panels.works))):
        own = found if name == "all" else found[works == name]
        print(f"caption -> panel, {name} ({len(own)} queries, {len(rows)} panels): {recalls(own)}")
    print(f"  chance: R@10 {10 / len(rows):.1%}")


def report_copies(encoder: PictureEncoder, panels: LabelledPanels, rows: FloatMatrix) -> None:
    """Print how often an altered copy finds its panel; as in a search, its mirror image is asked too."""
    for alter in ALTERATIONS:
        rng = np.random.default_rng(0)
        copies = [alter(picture, rng) for picture in panels.pictures]
        scores = encoder.encode_images(copies) @ rows.T
        mirrored = encoder.encode_images([flipped(copy, rng) for copy in copies]) @ rows.T
        both = np.maximum(scores, mirrored)
        plain, asked = ((part > np.diag(part)[:, None]).sum(axis=1) for part in (scores, both))
        told = f"R@1 {np.mean(plain < 1):.1%}, mirror too {np.mean(asked < 1):.1%}"
        print(f"{alter.__name__} -> panel, {encoder.spec.name}: {told}")


def report_scenes(encoder: PictureEncoder, corpus: Path, count: int) -> None:
    """Print how often the caption of a newly drawn scene finds it among the others."""
    from models.training.encoder.captions import captions
    from models.training.encoder.drawings import read_drawings
    from models.training.encoder.pictures import make_sample

    if encoder.text_tower is None:
        return
    rng = random.Random(f"longbox-mini/{HELD_BACK_SEED}")  # noqa: S311 - pictures, not secrets
    drawings = read_drawings(corpus)
    samples = [make_sample(rng, drawings) for _ in range(count)]
    sentences = [captions(sample.facts, rng)[0] for sample in samples]
    rows = encoder.encode_images([sample.picture for sample in samples])
    found = ranks(encoder.text_tower.encode_texts(sentences), rows)
    print(f"caption -> drawn scene ({count}): {recalls(found)}")


def report_times(name: str, encoder: PictureEncoder, pictures: Sequence[RgbImage]) -> None:
    """Print milliseconds a panel on one thread, the median of some batches, and the cold load."""
    batches = [pictures[start : start + 32] for start in range(0, min(len(pictures), 192), 32)]
    times = []
    for batch in batches:
        begun = time.perf_counter()
        encoder.encode_images(batch)
        times.append((time.perf_counter() - begun) / len(batch) * 1e3)
    print(f"{name}: {np.median(times):.1f} ms a panel in batches of 32, best {min(times):.1f}")
    code = (
        "import time, numpy, cv2; from models.registry import load_picture_encoder as load\n"
        f"begun = time.perf_counter(); load({name!r}); print(time.perf_counter() - begun)"
    )
    loads = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3)]
    print(f"{name}: loaded in {min(loads):.2f} s by a new process")


def recalls(found: NDArray[np.intp]) -> str:
    """Return the recalls of ranks, counted from 0, in words."""
    shares = (f"R@{within} {np.mean(found < within):.1%}" for within in WITHIN)
    return ", ".join((*shares, f"median rank {np.median(found) + 1:.0f}"))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--encoder", default="longbox-mini")
    parser.add_argument("--scenes", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    panels = read_panels(options.corpus)
    encoder = load_picture_encoder(options.encoder)
    rows = encoder.encode_images(panels.pictures)
    report_captions(encoder, panels, rows)
    report_copies(encoder, panels, rows)
    standby = load_picture_encoder("standby")
    report_copies(standby, panels, standby.encode_images(panels.pictures))
    if options.scenes:
        report_scenes(encoder, options.corpus, options.scenes)
    report_times(options.encoder, encoder, panels.pictures)


if __name__ == "__main__":
    main()
