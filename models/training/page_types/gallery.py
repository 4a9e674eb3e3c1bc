"""Open drawings for the gallery: panels, illustrations and small things of a corpus, by who drew them.

Only what may train weights that are given away is looked at (CC BY, CC0, Apache); the model card names it.
"""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from models.drawing.streams.art import PAINTED_PX, Gallery
from schemas.records import RgbImage

PANELS, STORYBOOKS, EMOJI, CHARACTERS = (
    "pepper-and-carrot",
    "african-storybook",
    "drawings/emoji",
    "drawings/characters",
)
_PER_HAND, _STORYBOOK_HANDS, _THINGS = 90, 12, 220
_LEAST_PX = 60


def open_gallery(corpus: Path, seed: int) -> Gallery:
    """Return what a corpus holds of these; an empty gallery where it holds none."""
    rng = random.Random(f"gallery/{seed}")  # noqa: S311 (pictures, not secrets)
    hands = {f"open-{number}": art for number, art in enumerate(_storybooks(corpus, rng)) if len(art) > 20}
    panels = _panels(corpus, rng)
    if panels:
        hands["open-panels"] = panels
    return Gallery(hands, _things(corpus, rng))


def joined(*galleries: Gallery) -> Gallery:
    """Return one gallery of several."""
    hands = {name: art for gallery in galleries for name, art in gallery.hands.items()}
    return Gallery(hands, [thing for gallery in galleries for thing in gallery.objects])


def _panels(corpus: Path, rng: random.Random) -> list[RgbImage]:
    found = []
    for label in sorted((corpus / "labels" / PANELS).rglob("*.json")):
        told = json.loads(label.read_text(encoding="utf-8"))
        found += [(corpus / told["image"], panel["box"]) for panel in told["panels"]]
    chosen = rng.sample(found, k=min(len(found), 2 * _PER_HAND))
    art = [_cut(path, box) for path, box in chosen]
    return [picture for picture in art if picture is not None]


def _cut(path: Path, box: Sequence[int]) -> RgbImage | None:
    picture = _read(path)
    if picture is None:
        return None
    x0, y0, x1, y1 = box
    return _small(picture[y0:y1, x0:x1])


def _storybooks(corpus: Path, rng: random.Random) -> list[list[RgbImage]]:
    """Return illustrations by illustrator, the most busy ones in groups of one hand each."""
    index = corpus / STORYBOOKS / "pairs.json"
    if not index.is_file():
        return []
    by_hand: dict[str, list[Path]] = defaultdict(list)
    for row in json.loads(index.read_text(encoding="utf-8")):
        by_hand[str(row.get("illustrator", ""))].append(corpus / STORYBOOKS / str(row["image"]))
    busy = sorted(by_hand.values(), key=len, reverse=True)[:_STORYBOOK_HANDS]
    return [
        [
            art
            for path in rng.sample(paths, k=min(len(paths), _PER_HAND))
            if (art := _small(_read(path))) is not None
        ]
        for paths in busy
    ]


def _things(corpus: Path, rng: random.Random) -> list[RgbImage]:
    paths = [*sorted((corpus / EMOJI).glob("*.png")), *sorted((corpus / CHARACTERS).rglob("*.png"))]
    read = [_small(_read(path)) for path in rng.sample(paths, k=min(len(paths), _THINGS))]
    return [thing for thing in read if thing is not None]


def _read(path: Path) -> RgbImage | None:
    if not path.is_file():
        return None
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.ndim != 3:
        return None
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:].astype(np.float32) / 255
        pixels = (pixels[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return np.ascontiguousarray(pixels[..., ::-1]).astype(np.uint8)


def _small(picture: RgbImage | None) -> RgbImage | None:
    if picture is None or min(picture.shape[:2]) < _LEAST_PX:
        return None
    scale = PAINTED_PX / (picture.shape[0] * picture.shape[1]) ** 0.5
    if scale >= 1:
        return picture
    size = max(8, round(picture.shape[1] * scale)), max(8, round(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
