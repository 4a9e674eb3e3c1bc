"""Pictures that are no comic pages: no exception, the whole page or no panel, in bounded time."""

import time

import numpy as np
import pytest

from models.panels import ClassicalPanelDetector
from schemas.geometry import Box
from tests.models.panels.drawn import gentle_photo, text_page

DETECTOR = ClassicalPanelDetector()
MAX_CPU_S = 5.0
"""Far above what any takes: a strip of 20,000 px about one."""


def flat(height: int, width: int, grey: int) -> np.ndarray:
    return np.full((height, width, 3), grey, np.uint8)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


PICTURES = {
    "blank page": flat(1400, 1000, 255),
    "grey page": flat(1400, 1000, 128),
    "black page": flat(1400, 1000, 0),
    "one pixel": flat(1, 1, 90),
    "one row": noise(1, 900),
    "one column": noise(900, 1),
    "blank strip": flat(20_000, 800, 255),
    "strip of noise": noise(20_000, 400),
    "wide strip of noise": noise(300, 20_000),
    "photograph": gentle_photo(np.random.default_rng(1)),
    "text": text_page(np.random.default_rng(2)),
    "noise": noise(1400, 1000),
    "two colours of noise": (noise(1400, 1000) > 127).astype(np.uint8) * 255,
}


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_no_comic_is_one_picture_or_none(name):
    start = time.process_time()
    layout = DETECTOR.detect(PICTURES[name])
    assert time.process_time() - start < MAX_CPU_S
    assert len(layout.panels) <= 1
    assert all(panel.box.iou(Box.whole_page()) > 0.9 for panel in layout.panels)
    assert 0.0 <= layout.confidence <= 1.0


@pytest.mark.parametrize("name", ["blank page", "blank strip", "text"])
def test_nothing_is_found_where_nothing_is_drawn(name):
    assert DETECTOR.detect(PICTURES[name]).panels == ()
