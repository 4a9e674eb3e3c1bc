"""Drawn casts have known places, and maps are scored against them."""

import numpy as np
import pytest

pytest.importorskip("skia")

from models.training.characters.cast import draw_cast, draw_panels
from models.training.characters.pointing import PointingPlan, score_maps
from tests.fakes import FakePictureEncoder


def test_cast_recurs_in_known_places_and_is_drawn_alike_again() -> None:
    cast = draw_cast(3, seed=4)
    panels = draw_panels(cast, 12, seed=5)
    again = draw_panels(cast, 12, seed=5)
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(panels, again, strict=True))
    assert {name for one in panels for name in one.places} == {"p0", "p1", "p2"}
    assert all(1 <= len(one.places) <= 2 for one in panels)
    assert all(0 < box.area < 1 for one in panels for box in one.places.values())


def test_score_stands_beside_chance_and_says_what_cannot_be_measured() -> None:
    score = score_maps(FakePictureEncoder(), PointingPlan(characters=2, panels=30, maps=4, seed=2))
    assert score.maps == 4
    assert 0 <= score.pointing_game <= 1
    assert 0 < score.by_chance < 1
    assert 0 <= score.deletion <= 1
    assert score.alike_with_random_weights is None
    assert score.to_json()["method"] == "occlusion"
