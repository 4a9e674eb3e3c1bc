import itertools

import pytest

from models.drawing.frames import bounds, mirrored, pixel_box, rectangle, shared_area, shrunk
from models.drawing.layout import place_frames
from models.drawing.layouts import LAYOUTS
from schemas.labels import ReadingDirection

PAGE = (1000, 1414)


def frames_of(name: str, direction: ReadingDirection = ReadingDirection.LTR):
    layout = LAYOUTS[name]
    return place_frames(layout, layout.page_size(PAGE), direction, ["border"] * len(layout.cells))


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_frames_lie_on_the_page_and_are_large_enough_to_draw(name):
    width, height = LAYOUTS[name].page_size(PAGE)
    for polygon in frames_of(name):
        box = bounds(polygon)
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height
        assert box.width > 150
        assert box.height > 150


def upright(name: str) -> bool:
    """Say whether all corners are right angles: only then do bounding boxes tell of overlap."""
    return all(
        abs(a[0] - b[0]) < 1e-9 or abs(a[1] - b[1]) < 1e-9
        for cell in LAYOUTS[name].cells
        for a, b in zip(cell, cell[1:] + cell[:1], strict=True)
    )


@pytest.mark.parametrize("name", sorted(filter(upright, LAYOUTS)))
def test_upright_frames_overlap_only_where_one_is_an_inset(name):
    boxes = [bounds(polygon) for polygon in frames_of(name)]
    for (i, a), (j, b) in itertools.combinations(enumerate(boxes), 2):
        if not {i, j} & LAYOUTS[name].insets:
            assert shared_area(a, b) == pytest.approx(0, abs=1.0)


def test_gutters_have_the_width_the_layout_says():
    left, right = (bounds(p) for p in frames_of("grid-4")[:2])
    assert right.x0 - left.x1 == pytest.approx(LAYOUTS["grid-4"].gutter * PAGE[0], abs=0.01)


def test_shared_lines_leave_no_gutter():
    left, right = (bounds(p) for p in frames_of("shared-6")[:2])
    assert right.x0 == pytest.approx(left.x1, abs=0.01)


def test_slanted_gutters_stay_parallel():
    upper, lower = frames_of("slant-2")
    fall_above = (upper[2][1] - upper[3][1]) / (upper[2][0] - upper[3][0])
    fall_below = (lower[1][1] - lower[0][1]) / (lower[1][0] - lower[0][0])
    assert fall_above == pytest.approx(fall_below, abs=1e-6)
    assert fall_above > 0.1


@pytest.mark.parametrize("name", ["classic-6", "slant-5", "tall-left-4", "koma-8", "bleed-4"])
def test_rtl_pages_are_the_mirror_image(name):
    width, _ = LAYOUTS[name].page_size(PAGE)
    for ltr, rtl in zip(frames_of(name), frames_of(name, ReadingDirection.RTL), strict=True):
        a, b = bounds(ltr), bounds(rtl)
        assert (width - a.x1, a.y0, width - a.x0, a.y1) == pytest.approx((b.x0, b.y0, b.x1, b.y1))


def test_rtl_page_puts_the_first_panel_on_the_right():
    first, second = (bounds(p) for p in frames_of("grid-4", ReadingDirection.RTL)[:2])
    assert first.x0 > second.x1


def test_two_column_koma_is_read_down_each_column():
    boxes = [bounds(p) for p in frames_of("koma-8")]
    assert all(box.x1 < boxes[4].x0 for box in boxes[:4])
    assert [box.y0 for box in boxes[:4]] == sorted(box.y0 for box in boxes[:4])


def test_bleed_reaches_the_edge_of_the_paper():
    (box,) = (bounds(p) for p in frames_of("bleed-1"))
    assert (box.x0, box.y0, box.x1, box.y1) == (0, 0, *PAGE)


def test_a_single_bleed_frame_leaves_its_neighbours_in_the_margin():
    first, second = place_frames(LAYOUTS["two-tiers"], PAGE, ReadingDirection.LTR, ["bleed", "border"])
    assert bounds(first).x0 == 0
    assert bounds(second).x0 > 0


def test_insets_lie_inside_their_parent():
    parent, *insets = (bounds(p) for p in frames_of("inset-3"))
    for inset in insets:
        assert parent.x0 < inset.x0 < inset.x1 < parent.x1
        assert parent.y0 < inset.y0 < inset.y1 < parent.y1


def test_spread_is_two_pages_wide_and_strip_sets_its_own_height():
    assert LAYOUTS["spread-4"].page_size(PAGE) == (2000, 1414)
    assert LAYOUTS["strip-4"].page_size((800, 1)) == (800, 2400)


def test_wrong_number_of_panels_is_named():
    with pytest.raises(ValueError, match=r"grid-4.*4 frames, not 2"):
        place_frames(LAYOUTS["grid-4"], PAGE, ReadingDirection.LTR, ["border"] * 2)


def test_mirror_keeps_corners_clockwise_from_top_left():
    assert mirrored(rectangle(1, 2, 3, 4), 10) == ((7, 2), (9, 2), (9, 4), (7, 4))


def test_shrinking_moves_every_side_by_its_own_distance():
    inner = shrunk(rectangle(0, 0, 10, 10), lambda a, b: 2.0 if a[1] == b[1] == 0 else 1.0)
    assert bounds(inner) == bounds(rectangle(1, 2, 9, 9))


def test_pixel_boxes_are_clipped_and_never_empty():
    assert pixel_box(bounds(rectangle(-5, -5, 2000, 2000)), (100, 50)) == (0, 0, 100, 50)
    assert pixel_box(bounds(rectangle(200, 20.1, 300, 20.2)), (100, 50)) == (99, 20, 100, 21)
