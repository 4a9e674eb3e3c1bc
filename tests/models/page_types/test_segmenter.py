"""The segmenter that comes with the package."""

import time

import numpy as np

from models.page_types.evidence import PageEvidence
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
