"""Drawn casts have known places, and maps are scored against them."""

import numpy as np
import pytest

pytest.importorskip("skia")

from models.training.characters.cast import draw_cast, draw_panels
from models.training.characters.covers import draw_covers
from models.training.characters.leaks import LeakPlan, score_leaks
from models.training.characters.pointing import PointingPlan, score_maps
from schemas.geometry import Box
from schemas.records import TextLine
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


class KnownTitles:
    """Knows where titles stand on these covers, and sees none on one whose top is drawn."""

    def read_lines(self, page: np.ndarray) -> tuple[TextLine, ...]:
        edge = page[2].astype(int)
        is_band = (np.abs(edge - np.median(edge, axis=0)).max(axis=1) < 12).mean() > 0.5
        return (TextLine(Box(0.22, 0.04, 0.96, 0.17), "OWL", 0.9),) if is_band else ()


def test_leaks_are_told_before_and_after_masking() -> None:
    plan = LeakPlan(characters=2, covers=40, free=12, maps=2, seed=2)
    score = score_leaks(FakePictureEncoder(), KnownTitles(), plan)
    assert score.found > 0.8
    assert score.wrongly < 0.2
    for leak in (score.before, score.after):
        assert 0 <= leak.relevance_inside <= 1
        assert 0 < leak.mean_ap_without_logos <= 1
    assert 0.15 < score.area < 0.35


def test_covers_say_what_is_printed_on_them_and_some_are_free() -> None:
    covers = draw_covers(30, characters=3, leak=0.7, seed=5)
    free = [cover for cover in covers if not cover.dress]
    assert 2 <= len(free) <= 18
    assert {kind for cover in covers for kind, _ in cover.dress} == {"title", "corner", "barcode"}
    assert all(cover.names and len(cover.places) == len(cover.names) for cover in covers)
