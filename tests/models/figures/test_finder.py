"""The finder of figures and heads, and the pictures it learns from."""

import random

import numpy as np
import pytest

from models.figures import load_finder
from models.figures.finder import NetworkFinder, map_of
from schemas.errors import WeightsError


@pytest.fixture(scope="module")
def scenes() -> list[object]:
    from models.training.figures.scenes import painted

    rng = random.Random(77)
    return [painted(rng) for _ in range(12)]


def test_figures_of_painted_scenes_are_found(scenes) -> None:
    import cv2

    shared = union = 0.0
    for scene in scenes:
        found = cv2.resize(load_finder().find(scene.picture).figure, scene.figure.shape[::-1]) > 0.5
        shared += float((found & (scene.figure > 0)).sum())
        union += float((found | (scene.figure > 0)).sum())
    assert shared / union > 0.6


def test_nobody_is_found_on_bare_paper() -> None:
    found = load_finder().find(np.full((200, 300, 3), 240, np.uint8))
    assert found.figures == ()
    assert found.share < 0.02


def test_two_heads_that_touch_are_two() -> None:
    import cv2

    head = np.zeros((64, 64), np.float32)
    for x in (22, 40):
        cv2.circle(head, (x, 20), 10, 1.0, -1)
    figure = np.zeros((64, 64), np.float32)
    figure[10:60, 12:50] = 1.0
    found = map_of(figure, head)
    assert len(found.heads) == 2
    assert len(found.figures) == 1
    assert len(found.figures[0].heads) == 2


def test_damaged_weights_are_refused(tmp_path) -> None:
    path = tmp_path / "figures.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(WeightsError):
        NetworkFinder(path)
