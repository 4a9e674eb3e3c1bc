from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reading_order import sort_reading_order
from schemas.geometry import Box
from schemas.labels import ReadingDirection

LTR, RTL, TTB = ReadingDirection.LTR, ReadingDirection.RTL, ReadingDirection.TTB


def grid(rows: int, columns: int, *, gap_x: float = 0.02, gap_y: float = 0.02) -> list[Box]:
    width, height = (0.9 - gap_x * (columns - 1)) / columns, (0.9 - gap_y * (rows - 1)) / rows
    return [
        Box.clipped(x := 0.05 + c * (width + gap_x), y := 0.05 + r * (height + gap_y), x + width, y + height)
        for r in range(rows)
        for c in range(columns)
    ]


def mirrored(boxes: list[Box]) -> list[Box]:
    return [Box.clipped(1 - b.x1, b.y0, 1 - b.x0, b.y1) for b in boxes]


def test_no_box_and_one_box():
    assert sort_reading_order([], direction=LTR) == ()
    assert sort_reading_order([Box.whole_page()], direction=RTL) == (0,)


def test_ltr_grid_reads_tier_by_tier():
    assert sort_reading_order(grid(3, 2), direction=LTR) == (0, 1, 2, 3, 4, 5)


def test_rtl_page_orders_right_panel_first():
    assert sort_reading_order(grid(2, 2), direction=RTL) == (1, 0, 3, 2)


def test_vertical_strip_reads_from_top_to_bottom():
    boxes = [Box(0.2, 0.6, 0.9, 0.8), Box(0.0, 0.0, 0.6, 0.2), Box(0.4, 0.25, 1.0, 0.5)]
    assert sort_reading_order(boxes, direction=TTB, aspect=0.1) == (1, 2, 0)


@pytest.mark.parametrize("direction", [LTR, RTL])
def test_order_does_not_depend_on_the_order_of_the_input(direction):
    boxes = grid(2, 2)
    expected = [boxes[i] for i in sort_reading_order(boxes, direction=direction)]
    for shuffled in permutations(boxes):
        assert [shuffled[i] for i in sort_reading_order(shuffled, direction=direction)] == expected


def test_tall_panel_beside_two_stacked_ones_is_read_by_its_side():
    tall_left = [Box(0.0, 0.0, 0.48, 1.0), Box(0.52, 0.0, 1.0, 0.48), Box(0.52, 0.52, 1.0, 1.0)]
    assert sort_reading_order(tall_left, direction=LTR) == (0, 1, 2)
    assert sort_reading_order(tall_left, direction=RTL) == (1, 2, 0)


def test_tiers_a_little_out_of_step_are_read_across():
    left = [Box(0.0, 0.0, 0.49, 0.44), Box(0.0, 0.46, 0.49, 1.0)]
    right = [Box(0.51, 0.0, 1.0, 0.54), Box(0.51, 0.56, 1.0, 1.0)]
    assert sort_reading_order([*left, *right], direction=ReadingDirection.LTR) == (0, 2, 1, 3)


def test_jitter_of_a_few_percent_does_not_break_tiers():
    boxes = [Box(0.05, 0.07, 0.48, 0.5), Box(0.52, 0.04, 0.95, 0.47), Box(0.05, 0.49, 0.95, 0.95)]
    assert sort_reading_order(boxes, direction=LTR) == (0, 1, 2)


def test_leaning_gutters_let_boxes_overlap():
    boxes = [Box(0.05, 0.05, 0.55, 0.45), Box(0.45, 0.05, 0.95, 0.45), Box(0.05, 0.42, 0.95, 0.95)]
    assert sort_reading_order(boxes, direction=LTR) == (0, 1, 2)


def test_inset_follows_the_panel_it_lies_in():
    boxes = [Box(0.6, 0.1, 0.9, 0.3), Box(0.05, 0.05, 0.95, 0.5), Box(0.05, 0.55, 0.95, 0.95)]
    assert sort_reading_order(boxes, direction=LTR) == (1, 0, 2)


def test_insets_of_insets_are_nested_too():
    boxes = [Box(0.3, 0.3, 0.4, 0.4), Box(0.2, 0.2, 0.6, 0.6), Box.whole_page(), Box(0.7, 0.7, 0.9, 0.9)]
    assert sort_reading_order(boxes, direction=LTR) == (2, 1, 0, 3)


def test_equal_boxes_are_all_kept():
    box = Box(0.1, 0.1, 0.5, 0.5)
    assert sorted(sort_reading_order([box, box, box], direction=LTR)) == [0, 1, 2]


def test_spread_is_read_page_by_page():
    left = [Box(0.02, 0.05, 0.47, 0.4), Box(0.02, 0.45, 0.47, 0.95)]
    right = [Box(0.53, 0.05, 0.98, 0.6), Box(0.53, 0.65, 0.98, 0.95)]
    assert sort_reading_order([*left, *right], direction=LTR, aspect=1.4) == (0, 1, 2, 3)
    assert sort_reading_order([*left, *right], direction=RTL, aspect=1.4) == (2, 3, 0, 1)


def test_landscape_strip_of_even_panels_is_no_spread():
    assert sort_reading_order(grid(2, 4), direction=LTR, aspect=1.6) == tuple(range(8))


def test_four_panel_strips_are_read_column_by_column():
    boxes = grid(4, 2, gap_x=0.12, gap_y=0.02)
    assert sort_reading_order(boxes, direction=RTL) == (1, 3, 5, 7, 0, 2, 4, 6)


def test_pinwheel_starts_in_the_corner_and_turns_with_the_eye():
    boxes = [
        Box(0.0, 0.0, 0.6, 0.3),
        Box(0.65, 0.0, 1.0, 0.6),
        Box(0.0, 0.35, 0.3, 1.0),
        Box(0.35, 0.35, 0.6, 0.6),
        Box(0.35, 0.65, 1.0, 1.0),
    ]
    order = sort_reading_order(boxes, direction=LTR)
    assert order[0] == 0
    assert order[-1] == 4
    assert sort_reading_order(mirrored(boxes), direction=RTL) == order


@st.composite
def page_boxes(draw) -> list[Box]:
    numbers = st.integers(0, 20)
    count = draw(st.integers(0, 9))
    return [Box.clipped(*(draw(numbers) / 20 for _ in range(4))) for _ in range(count)]


@given(page_boxes(), st.sampled_from(list(ReadingDirection)), st.floats(0.02, 8.0))
def test_any_boxes_give_a_permutation(boxes, direction, aspect):
    order = sort_reading_order(boxes, direction=direction, aspect=aspect)
    assert sorted(order) == list(range(len(boxes)))


@given(st.integers(0, 10_000))
def test_tiers_with_small_jitter_are_read_in_order(seed):
    rng = np.random.default_rng(seed)
    boxes, y = [], 0.03
    for height in rng.uniform(0.18, 0.28, 3):
        count = int(rng.integers(1, 4))
        width = 0.94 / count
        for column in range(count):
            x = 0.03 + column * width
            shift = rng.uniform(-0.008, 0.008, 4)
            boxes.append(
                Box.clipped(
                    x + 0.01 + shift[0],
                    y + shift[1],
                    x + width - 0.01 + shift[2],
                    y + height + shift[3],
                )
            )
        y += height + 0.03
    assert sort_reading_order(boxes, direction=LTR) == tuple(range(len(boxes)))
    assert sort_reading_order(mirrored(boxes), direction=RTL) == tuple(range(len(boxes)))
