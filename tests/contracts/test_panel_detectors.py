"""What every panel detector keeps to, whatever the picture."""

import time

import numpy as np
import pytest

from models.panels import ClassicalPanelDetector
from models.protocols import PanelDetector
from schemas.geometry import Box
from schemas.labels import ReadingDirection


@pytest.fixture(params=[ClassicalPanelDetector])
def detector(request) -> PanelDetector:
    return request.param()


def _noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _flat(height: int, width: int, value: int) -> np.ndarray:
    return np.full((height, width, 3), value, dtype=np.uint8)


HOSTILE = {
    "white": _flat(900, 600, 255),
    "black": _flat(900, 600, 0),
    "grey": _flat(900, 600, 128),
    "one pixel": _flat(1, 1, 9),
    "two pixels": _noise(2, 2),
    "one column": _noise(3000, 1),
    "one row": _noise(1, 3000),
    "sliver": _noise(7, 900),
    "noise": _noise(1200, 850),
    "tall strip": _flat(20_000, 400, 255),
    "tall noise": _noise(20_000, 60),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_picture_makes_a_detector_fail_or_leave_the_page(detector, name):
    layout = detector.detect(HOSTILE[name])
    assert 0.0 <= layout.confidence <= 1.0
    assert len(layout.panels) <= 64
    for index, panel in enumerate(layout.panels):
        assert panel.box.area > 0
        assert 0.0 <= panel.confidence <= 1.0
        assert panel.parent is None or (panel.parent != index and 0 <= panel.parent < len(layout.panels))
        assert panel.polygon is None or len(panel.polygon) >= 3


@pytest.mark.parametrize("name", ["white", "black", "grey", "tall strip"])
def test_a_blank_page_has_no_panel(detector, name):
    assert detector.detect(HOSTILE[name]).panels == ()


def test_noise_is_one_picture_or_none(detector):
    panels = detector.detect(HOSTILE["noise"]).panels
    assert len(panels) <= 1
    assert all(p.box.iou(Box.whole_page()) > 0.9 for p in panels)


def test_the_page_is_not_changed_and_the_answer_repeats(detector):
    page = _noise(300, 200)
    before = page.copy()
    first = detector.detect(page, direction=ReadingDirection.LTR)
    assert detector.detect(page, direction=ReadingDirection.LTR) == first
    assert np.array_equal(page, before)


def test_time_is_bounded_for_a_very_long_strip(detector):
    start = time.process_time()
    detector.detect(_noise(20_000, 300))
    assert time.process_time() - start < 20


def test_the_name_is_stable_and_short(detector):
    assert detector.name == type(detector)().name
    assert detector.name == detector.name.strip().lower()
