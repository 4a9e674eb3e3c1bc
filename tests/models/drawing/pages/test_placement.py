import itertools

import pytest

from models.drawing.art.geometry import Rect
from models.drawing.frames import rectangle, shared_area
from models.drawing.placement import Ground, Item, Wish, place

PANEL = rectangle(0, 0, 600, 400)
HEADS = (Rect(120, 180, 200, 280), Rect(400, 180, 480, 280))
MOUTHS = ((160, 260), (440, 260))


def balloons(count: int, size=(150, 70)) -> list[Item]:
    return [Item((size,), Wish.SPEAKER, MOUTHS[k % 2]) for k in range(count)]


def rects(items, ground=None) -> list[Rect]:
    placement = place(items, ground or Ground(PANEL, HEADS))
    assert placement is not None
    return [spot.rect for spot in placement.spots]


def test_lettering_overlaps_neither_heads_nor_itself():
    placed = rects(balloons(4))
    for a, b in itertools.combinations(placed, 2):
        assert shared_area(a, b) == 0
    assert all(shared_area(rect, head) == 0 for rect in placed for head in HEADS)


def test_lettering_stays_inside_the_panel():
    for rect in rects(balloons(4)):
        assert rect.x0 >= 0
        assert rect.y0 >= 0
        assert rect.x1 <= 600
        assert rect.y1 <= 400


def test_balloons_stand_near_their_speakers():
    first, second = rects(balloons(2))
    assert abs(first.center[0] - MOUTHS[0][0]) < abs(first.center[0] - MOUTHS[1][0])
    assert abs(second.center[0] - MOUTHS[1][0]) < abs(second.center[0] - MOUTHS[0][0])


def test_first_speaker_is_read_first_even_from_the_wrong_side():
    right_speaks_first = [
        Item(((150, 70),), Wish.SPEAKER, MOUTHS[1]),
        Item(((150, 70),), Wish.SPEAKER, MOUTHS[0]),
    ]
    first, second = rects(right_speaks_first)
    assert second.y0 >= first.y1 - 0.25 * 70 or second.center[0] > first.center[0]
    assert second.center[1] >= first.center[1] - 0.2 * 70


@pytest.mark.parametrize("right_to_left", [False, True])
def test_opening_caption_takes_the_first_corner(right_to_left):
    (rect,) = rects([Item(((120, 50),), Wish.OPENING)], Ground(PANEL, (), (), right_to_left))
    assert rect.y0 < 20
    assert (rect.x1 > 580) if right_to_left else (rect.x0 < 20)


def test_closing_caption_takes_the_last_corner():
    (rect,) = rects([Item(((120, 50),), Wish.CLOSING)], Ground(PANEL, ()))
    assert rect.x1 > 580
    assert rect.y1 > 380


def test_slanted_panels_keep_lettering_inside_the_slant():
    triangle_like = ((300.0, 0.0), (600.0, 0.0), (600.0, 400.0), (0.0, 400.0))
    (rect,) = rects([Item(((200, 60),), Wish.OPENING)], Ground(triangle_like, ()))
    edge_at_top = 300 * (1 - rect.y0 / 400)
    assert rect.x0 >= edge_at_top - 6


def test_a_smaller_shape_is_taken_where_the_best_does_not_fit():
    placement = place([Item(((700, 70), (300, 90)), Wish.SPEAKER, MOUTHS[0])], Ground(PANEL, HEADS))
    assert placement is not None
    (spot,) = placement.spots
    assert spot.size_index == 1


def test_what_cannot_fit_is_refused():
    assert place(balloons(30), Ground(PANEL, HEADS)) is None
    assert place([Item(((10, 900),), Wish.ANYWHERE)], Ground(PANEL, ())) is None
