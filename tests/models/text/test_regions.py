import time

import pytest

from models.text.regions import group_lines
from schemas.geometry import Box
from schemas.labels import ReadingDirection, TextKind
from schemas.records import PanelRegion, TextLine, TextRegion
from tests.models.text.drawing import art_page, balloon, box, letter, line

LTR, RTL = ReadingDirection.LTR, ReadingDirection.RTL


def texts(regions: tuple[TextRegion, ...]) -> list[str]:
    return [region.text for region in regions]


def test_stacked_lines_of_one_balloon_are_one_region_read_downwards() -> None:
    lines = [line("TRAP!", (110, 126, 170, 148)), line("IT IS A", (100, 100, 180, 122))]
    (region,) = group_lines(lines, direction=LTR)
    assert region.text == "IT IS A TRAP!"
    assert region.raw_text == "IT IS A\nTRAP!"
    assert region.box == lines[0].box.union(lines[1].box)
    assert region.kind is TextKind.UNKNOWN


def test_pieces_of_one_row_are_joined_from_left_to_right() -> None:
    lines = [line("world", (170, 101, 220, 121)), line("hello", (100, 100, 160, 120))]
    assert texts(group_lines(lines, direction=RTL)) == ["hello world"]


def test_distant_lines_and_lines_of_other_size_stay_apart() -> None:
    lines = [
        line("near", (100, 100, 180, 120)),
        line("far below", (100, 200, 200, 220)),
        line("BOOM", (100, 225, 300, 300)),
    ]
    assert texts(group_lines(lines, direction=LTR)) == ["near", "far below", "BOOM"]


def test_word_broken_over_two_lines_is_joined_and_kept_raw() -> None:
    lines = [line("EXTRA-", (100, 100, 180, 120)), line("ORDINARY", (95, 124, 190, 144))]
    (region,) = group_lines(lines, direction=LTR)
    assert region.text == "EXTRAORDINARY"
    assert region.raw_text == "EXTRA-\nORDINARY"


def test_columns_run_right_to_left_whatever_the_page_does() -> None:
    lines = [
        line("忘れてないよ", (100, 100, 125, 250), vertical=True),
        line("約束、", (130, 100, 155, 180), vertical=True),
    ]
    (region,) = group_lines(lines, direction=LTR)
    assert region.text == "約束、忘れてないよ"


def test_regions_of_a_tier_start_on_the_side_where_the_page_does() -> None:
    lines = [line("west", (50, 100, 150, 120)), line("east", (400, 102, 500, 122))]
    assert texts(group_lines(lines, direction=LTR)) == ["west", "east"]
    assert texts(group_lines(lines, direction=RTL)) == ["east", "west"]


def test_outline_between_touching_balloons_keeps_them_apart() -> None:
    page = art_page()
    balloon(page, (200, 200), (120, 40))
    balloon(page, (200, 272), (120, 36))
    lines = [letter(page, "FIRST ONE", (140, 228)), letter(page, "SECOND ONE", (130, 260))]
    assert texts(group_lines(lines, direction=LTR)) == ["FIRST ONE SECOND ONE"]
    assert texts(group_lines(lines, direction=LTR, page=page)) == ["FIRST ONE", "SECOND ONE"]


def test_lines_in_two_panels_are_never_one_region() -> None:
    lines = [line("LEFT HALF", (180, 100, 296, 120)), line("RIGHT HALF", (304, 100, 420, 120))]
    panels = [PanelRegion(Box(0, 0, 0.495, 1), 1.0), PanelRegion(Box(0.505, 0, 1, 1), 1.0)]
    assert texts(group_lines(lines, direction=LTR)) == ["LEFT HALF RIGHT HALF"]
    assert texts(group_lines(lines, direction=LTR, panels=panels)) == ["LEFT HALF", "RIGHT HALF"]


def test_noise_is_dropped_and_nothing_gives_nothing() -> None:
    assert group_lines([line("-", (10, 10, 20, 20))], direction=LTR) == ()
    assert group_lines([], direction=LTR) == ()


def test_confidence_is_weighed_by_letters() -> None:
    lines = [
        line("abcdef", (100, 100, 180, 120), confidence=1.0),
        line("gh", (120, 122, 150, 142), confidence=0.6),
    ]
    (region,) = group_lines(lines, direction=LTR)
    assert region.confidence == pytest.approx(0.9)


def test_kinds_follow_the_paper() -> None:
    page = art_page()
    balloon(page, (150, 150), (110, 60))
    box(page, (312, 105, 535, 165))
    box(page, (70, 600, 165, 660), (60, 20, 20))
    lines = [
        letter(page, "WHO GOES", (80, 145)),
        letter(page, "THERE?", (100, 172)),
        letter(page, "Meanwhile, at home", (330, 145)),
        letter(page, "OPEN", (90, 640), ink=(255, 255, 255)),
        letter(page, "BOOM", (200, 420), scale=3.0),
    ]
    kinds = {region.text: region.kind for region in group_lines(lines, direction=LTR, page=page)}
    assert kinds == {
        "WHO GOES THERE?": TextKind.DIALOGUE,
        "Meanwhile, at home": TextKind.CAPTION,
        "OPEN": TextKind.SIGN,
        "BOOM": TextKind.SOUND_EFFECT,
    }


def test_page_full_of_lines_is_grouped_in_bounded_time() -> None:
    page = art_page()
    lines: list[TextLine] = [
        line(
            f"line {index}",
            (20 + 110 * (index % 5), 4 * (index // 5), 120 + 110 * (index % 5), 4 * (index // 5) + 3),
        )
        for index in range(900)
    ]
    start = time.process_time()
    group_lines(lines, direction=LTR, page=page)
    assert time.process_time() - start < 20
