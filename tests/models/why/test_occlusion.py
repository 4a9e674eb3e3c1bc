"""Occlusion finds the part that a score hangs on, whatever the encoder."""

import numpy as np
import pytest

from models.elements.probe import Probe
from models.encoders.rows import unit_rows
from models.why.explaining import explain, toward
from models.why.occlusion import occlude
from models.why.painting import laid_over, layer_of
from models.why.records import HeatMap, heat_of
from models.why.sanity import deletion, likeness
from schemas.errors import ConfigError, StoppedError
from schemas.geometry import Box
from tests.fakes import FakePictureEncoder


class RedEncoder(FakePictureEncoder):
    """Knows how much of a picture is red, and nothing else."""

    def encode_images(self, images):
        self.batches.append(len(images))
        red = [float(((image[..., 0] > 150) & (image[..., 1] < 110)).mean()) for image in images]
        return unit_rows(np.array([[share, 0.2] for share in red], np.float32))


RED = Probe(np.array([1.0, 0.0], np.float32), 0.0, "test")
SPOT = Box(0.6, 0.15, 0.85, 0.4)


def picture(box: Box | None = SPOT, height: int = 180, width: int = 240) -> np.ndarray:
    image = np.full((height, width, 3), (200, 210, 220), np.uint8)
    image[::7] = 120
    if box is not None:
        x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
        image[y0:y1, x0:x1] = (230, 20, 30)
    return image


@pytest.mark.parametrize("spot", [SPOT, Box(0.0, 0.0, 0.25, 0.3), Box(0.75, 0.7, 1.0, 1.0)])
def test_map_points_at_what_the_score_hangs_on(spot: Box) -> None:
    heat = occlude(picture(spot), RedEncoder(), RED)
    x, y = heat.peak()
    assert spot.x0 <= x <= spot.x1
    assert spot.y0 <= y <= spot.y1
    assert heat.share_inside((spot,)) > 2 * spot.area
    assert heat.score > 0.2


def test_map_of_a_picture_without_it_is_empty() -> None:
    heat = occlude(picture(None), RedEncoder(), RED)
    assert not heat.values.any()
    assert heat.share_inside((SPOT,)) == 0.0


def test_cost_does_not_grow_with_the_picture() -> None:
    small, large = RedEncoder(), RedEncoder()
    occlude(picture(height=90, width=120), small, RED)
    occlude(picture(height=1500, width=2000), large, RED)
    assert sum(small.batches) == sum(large.batches) <= 160
    assert max(large.batches) <= 16


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (3, 3)])
def test_pictures_of_any_shape_have_a_map(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    heat = occlude(image, FakePictureEncoder(), toward(np.ones(64, np.float32) / 8))
    assert heat.values.ndim == 2
    assert np.isfinite(heat.values).all()
    assert layer_of(heat, 40, 30).shape == (30, 40, 4)


def test_work_ends_when_asked_to() -> None:
    encoder, asked = RedEncoder(), iter([False, True])
    with pytest.raises(StoppedError):
        occlude(picture(), encoder, RED, stopped=lambda: next(asked))
    assert sum(encoder.batches) <= 2 + 16


def test_encoder_that_hides_its_network_says_so() -> None:
    with pytest.raises(ConfigError, match="ask for occlusion"):
        explain(picture(), RedEncoder(), RED, method="inside")
    assert explain(picture(), RedEncoder(), RED).method == "occlusion"


def test_covering_by_the_map_takes_the_score_sooner_than_at_random() -> None:
    encoder = RedEncoder()
    heat = occlude(picture(), encoder, RED)
    good = deletion(picture(), encoder, RED, heat)
    assert good.by_map < 0.6 * good.at_random
    wrong = HeatMap(1 - heat.values, "wrong", heat.score)
    assert deletion(picture(), encoder, RED, wrong).by_map > good.at_random


def test_likeness_compares_the_order_of_places() -> None:
    rng = np.random.default_rng(1)
    one = heat_of(rng.random((20, 20)), "x", 1.0)
    squared = heat_of(one.values**2, "x", 1.0)
    other = heat_of(rng.random((20, 20)), "x", 1.0)
    assert likeness(one, squared) == pytest.approx(1.0)
    assert abs(likeness(one, other)) < 0.2
    assert likeness(one, heat_of(np.zeros((20, 20)), "x", 0.0)) == 0.0


def test_drawn_map_is_warm_where_it_counts_and_clear_elsewhere() -> None:
    heat = occlude(picture(), RedEncoder(), RED)
    layer = layer_of(heat, 240, 180)
    assert layer[50, 175, 3] > 120
    assert layer[170, 10, 3] < 20
    assert laid_over(picture(), heat).shape == (180, 240, 3)
