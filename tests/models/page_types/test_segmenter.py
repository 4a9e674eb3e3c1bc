"""The segmenter that comes with the package."""

import time

import cv2
import numpy as np

from models.page_types.evidence import PageEvidence
from models.page_types.features import COLUMNS, features_of
from models.page_types.looks import LOOK_SIZE, look_of
from models.page_types.segmenter import POSITION, load_segmenter
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import TextLine

GRID = tuple(Box(0.05, 0.05 + 0.3 * k, 0.95, 0.33 + 0.3 * k) for k in range(3))
LINE = TextLine(Box(0.3, 0.1, 0.5, 0.12), "WHERE IS THE KEY?", 0.9)
PAGE = PageEvidence(0.7, GRID, (LINE,), None, None)


def test_an_omnibus_of_three_thousand_pages_takes_milliseconds_a_page() -> None:
    model = load_segmenter()
    started = time.process_time()
    found = model.segment([PAGE] * 3000)
    assert len(found.types) == 3000
    assert (time.process_time() - started) / 3000 < 0.005


def test_a_type_set_by_hand_holds() -> None:
    fixed = [None] * 5 + [PageType.COVER] + [None] * 4
    assert load_segmenter().segment([PAGE] * 10, fixed).types[5] is PageType.COVER


def test_looks_are_finite_for_any_picture() -> None:
    for shape in ((1, 1, 3), (3, 4000, 3), (900, 600, 3)):
        look = look_of(np.full(shape, 200, np.uint8))
        assert look.shape == (LOOK_SIZE,)
        assert np.isfinite(look).all()


def test_the_baseline_knows_nothing_but_the_place() -> None:
    model = load_segmenter(POSITION)
    bare = PageEvidence(1.4, (), None, None, None)
    assert model.segment([PAGE] * 12).types == model.segment([bare] * 12).types


def test_a_drawing_that_goes_on_over_the_edge_of_a_page_is_a_seam() -> None:
    chance = np.random.default_rng(2)
    small = chance.integers(0, 255, (15, 12, 1), dtype=np.uint8)
    strip = cv2.resize(np.repeat(small, 3, axis=2), (480, 2400), interpolation=cv2.INTER_LINEAR)
    slices = [strip[start : start + 800] for start in (0, 800, 1600)]
    seams = features_of([PageEvidence(0.6, (), None, look_of(one), None) for one in slices])
    mixed = features_of([PageEvidence(0.6, (), None, look_of(slices[at]), None) for at in (2, 0, 1)])
    after = COLUMNS.index("seam_after")
    assert (seams[:2, after] > 0.5).all()
    assert seams[2, after] == 0
    assert mixed[0, after] < 0.5 < mixed[1, after]
