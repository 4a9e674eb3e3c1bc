"""The stand-by encoder finds altered copies, and knows what it does not know."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.encoders.standby import StandbyPictureEncoder
from schemas.labels import PageLabel
from schemas.records import RgbImage

ENCODER = StandbyPictureEncoder()


def scene(number: int) -> RgbImage:
    """Draw a panel of hills, a sun and figures, different for each number."""
    rng = np.random.default_rng(number)
    image = np.full((240, 320, 3), rng.integers(120, 255, 3), np.uint8)
    for _ in range(7):
        center = tuple(map(int, rng.integers(0, (320, 240))))
        axes = tuple(map(int, rng.integers(12, 90, 2)))
        colour = tuple(map(int, rng.integers(0, 255, 3)))
        cv2.ellipse(image, center, axes, int(rng.integers(180)), 0, 360, colour, -1)
        cv2.ellipse(image, center, axes, int(rng.integers(180)), 0, 360, (0, 0, 0), 3)
    return image


def recompressed(image: RgbImage) -> RgbImage:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def halved(image: RgbImage) -> RgbImage:
    return cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def cropped(image: RgbImage, share: float = 0.1) -> RgbImage:
    height, width = image.shape[:2]
    return image[int(height * share) :, int(width * share / 2) : int(width * (1 - share / 2))]


def greyed(image: RgbImage) -> RgbImage:
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def tinted(image: RgbImage) -> RgbImage:
    return (image * np.array([1.0, 0.85, 0.65])).astype(np.uint8)


def recall_at_1(images: Sequence[RgbImage], alter: Callable[[RgbImage], RgbImage]) -> float:
    stored = ENCODER.encode_images(images)
    asked = ENCODER.encode_images([alter(image) for image in images])
    return float(((asked @ stored.T).argmax(axis=1) == np.arange(len(images))).mean())


ALTERATIONS = {f.__name__: f for f in (recompressed, halved, cropped, greyed, tinted)}


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS)
def test_altered_copy_finds_its_original(alter: Callable[[RgbImage], RgbImage]) -> None:
    assert recall_at_1([scene(n) for n in range(60)], alter) >= 0.95


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS)
def test_altered_copy_scores_above_the_floor(alter: Callable[[RgbImage], RgbImage]) -> None:
    images = [scene(n) for n in range(20)]
    scores = (ENCODER.encode_images(images) * ENCODER.encode_images([alter(i) for i in images])).sum(axis=1)
    assert (scores > ENCODER.score_floor).mean() >= 0.95


def test_unrelated_scenes_score_below_the_floor() -> None:
    rows = ENCODER.encode_images([scene(n) for n in range(60)])
    scores = (rows @ rows.T)[~np.eye(60, dtype=bool)]
    assert (scores < ENCODER.score_floor).mean() > 0.99
    assert abs(scores.mean()) < 0.2


def test_colour_tells_equal_drawings_apart() -> None:
    red, blue = (np.full((60, 60, 3), colour, np.uint8) for colour in ((200, 40, 40), (40, 40, 200)))
    for image in (red, blue):
        cv2.circle(image, (30, 30), 15, (255, 255, 255), -1)
    rows = ENCODER.encode_images([red, blue, red.copy()])
    assert rows[0] @ rows[2] > rows[0] @ rows[1] + 0.1


def test_noise_of_compression_on_a_blank_page_counts_little() -> None:
    rng = np.random.default_rng(0)
    blank = np.full((200, 200, 3), 250, np.uint8)
    noisy = [blank + rng.integers(-1, 2, blank.shape).astype(np.uint8) for _ in range(2)]
    rows = ENCODER.encode_images([blank, *noisy, scene(1)])
    assert rows[1] @ rows[2] > 0.5
    assert rows[0] @ rows[3] < 0.5


def labelled_panels(corpus: Path, limit: int) -> list[RgbImage]:
    panels: list[RgbImage] = []
    for file in sorted((corpus / "labels").rglob("*.json"))[::4]:
        label = PageLabel.from_json(json.loads(file.read_text(encoding="utf-8")))
        page = cv2.cvtColor(cv2.imread(str(corpus / label.image)), cv2.COLOR_BGR2RGB)
        for panel in label.panels:
            x0, y0, x1, y1 = (max(0, side) for side in panel.box)
            panels.append(page[y0:y1, x0:x1])
    return panels[:limit]


@pytest.mark.corpus
def test_altered_panels_of_real_comics_find_their_original(corpus: Path) -> None:
    panels = labelled_panels(corpus, limit=70)
    assert len(panels) == 70
    assert {name: recall_at_1(panels, alter) for name, alter in ALTERATIONS.items()} == pytest.approx(
        dict.fromkeys(ALTERATIONS, 1.0), abs=0.05
    )
