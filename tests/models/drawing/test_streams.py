"""Books for page streams: the same again for a seed, every kind, every line on its page."""

import numpy as np
import pytest

from models.drawing.dice import dice
from models.drawing.streams.art import Gallery, painted_gallery
from models.drawing.streams.plans import KINDS, plan_after, random_kind, random_plan
from models.drawing.streams.press import Press
from schemas.labels import PageType as P


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return painted_gallery(1, fresh=True, per_hand=2)


def test_a_seed_prints_the_same_book_again(gallery: Gallery) -> None:
    one, two = Press(gallery, 3).book(5), Press(gallery, 3).book(5)
    assert [page.page_type for page in one.pages] == [page.page_type for page in two.pages]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(one.pages, two.pages, strict=True))
    assert any(page.lines for page in one.pages)


def test_every_kind_of_book_can_be_planned() -> None:
    for kind in KINDS:
        plans = [random_plan(dice(kind, number), kind) for number in range(20)]
        assert all(plans)
        assert len({tuple(leaf.kind for leaf in plan) for plan in plans}) > 3


def test_a_plan_follows_the_pages_of_a_real_book() -> None:
    types = (P.COVER, P.FIRST_PAGE, P.STORY, P.ADVERTISEMENT)
    plan = plan_after(dice(1), types)
    assert tuple(leaf.kind for leaf in plan) == types
    assert [leaf.opens for leaf in plan] == [False, True, False, False]


def test_a_scroll_is_one_strip_cut_into_slices_that_opens_once(gallery: Gallery) -> None:
    numbers = [number for number in range(90) if random_kind(dice("stream", 3, number)) == "scroll"][:2]
    for book in (Press(gallery, 3).book(number) for number in numbers):
        assert book.kind == "scroll"
        assert len({page.picture.shape[1] for page in book.pages}) == 1
        assert [page.page_type for page in book.pages].count(P.FIRST_PAGE) == 1
        assert sum(page.opens for page in book.pages) == 1
        assert any(page.lines for page in book.pages)
        boxes = [line.box for page in book.pages for line in page.lines]
        assert all(0 <= box.y0 < box.y1 <= 1 for box in boxes)
