"""Alignment of panels: the assignment against brute force, the scores on cases made by hand."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.alignment import (
    Alignment,
    PanelView,
    align_page,
    align_panels,
    best_assignment,
    perfect_share,
    text_similarity,
)
from schemas.geometry import Box
from schemas.records import Panel, PanelRegion, TextRegion
from schemas.vlm import PanelReading, ReadSpeech, ReadText

# A busy machine is slow, not wrong.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TOP, MIDDLE, BOTTOM = Box(0, 0, 1, 0.3), Box(0, 0.35, 1, 0.6), Box(0, 0.65, 1, 1)
WORTHS = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.floats(-5, 5, allow_nan=False), min_size=columns, max_size=columns), max_size=5
    )
)


def pairs(alignment: Alignment) -> list[tuple[int, int]]:
    return [(match.detected, match.read) for match in alignment.matches]


def brute_force(worth: list[list[float]]) -> float:
    rows, columns = len(worth), len(worth[0])
    if rows <= columns:
        return max(
            sum(worth[i][j] for i, j in enumerate(chosen)) for chosen in permutations(range(columns), rows)
        )
    return brute_force([list(column) for column in zip(*worth, strict=True)])


@PATIENT
@given(WORTHS)
def test_assignment_is_as_good_as_brute_force(worth):
    chosen = best_assignment(worth)
    if not worth:
        assert chosen == ()
        return
    assert len(chosen) == min(len(worth), len(worth[0]))
    assert len({i for i, _ in chosen}) == len({j for _, j in chosen}) == len(chosen)
    assert sum(worth[i][j] for i, j in chosen) == pytest.approx(brute_force(worth))


def test_greedy_choice_is_given_up_for_a_better_whole():
    assert best_assignment([[0.9, 0.8], [0.8, 0.1]]) == ((0, 1), (1, 0))


def test_a_hundred_panels_are_assigned_at_once():
    size = 100
    worth = [[float((i * 37 + j * 61) % 101) for j in range(size)] for i in range(size)]
    assert len(best_assignment(worth)) == size


def test_equal_panels_match_in_order_and_the_page_is_perfect():
    views = [PanelView(TOP, "one"), PanelView(MIDDLE, "two"), PanelView(BOTTOM, "three")]
    alignment = align_panels(views, views)
    assert pairs(alignment) == [(0, 0), (1, 1), (2, 2)]
    assert all(match.score == pytest.approx(1.0) for match in alignment.matches)
    assert alignment.is_perfect


def test_boxes_beat_the_order_of_the_list():
    detected = [PanelView(TOP), PanelView(MIDDLE), PanelView(BOTTOM)]
    alignment = align_panels(detected, [PanelView(BOTTOM), PanelView(TOP), PanelView(MIDDLE)])
    assert pairs(alignment) == [(0, 1), (1, 2), (2, 0)]


def test_missing_panel_shifts_nothing():
    detected = [PanelView(TOP, "rain again"), PanelView(MIDDLE, "who is there"), PanelView(BOTTOM, "nobody")]
    read = [PanelView(text="who is there?"), PanelView(text="Nobody.")]
    alignment = align_panels(detected, read)
    assert pairs(alignment) == [(1, 0), (2, 1)]
    assert alignment.only_detected == (0,)
    assert not alignment.is_perfect


def test_panel_that_only_the_reader_saw_is_kept():
    alignment = align_panels([PanelView(TOP)], [PanelView(TOP), PanelView(BOTTOM)])
    assert pairs(alignment) == [(0, 0)]
    assert alignment.only_read == (1,)


def test_panels_that_share_nothing_stay_apart():
    alignment = align_panels([PanelView(TOP, "good morning")], [PanelView(BOTTOM, "XKZQJ")])
    assert alignment == Alignment((), (0,), (0,))


def test_order_alone_pairs_panels_without_boxes_and_text():
    assert pairs(align_panels([PanelView(TOP), PanelView(BOTTOM)], [PanelView(), PanelView()])) == [
        (0, 0),
        (1, 1),
    ]


@pytest.mark.parametrize(("detected", "read"), [([], []), ([PanelView(TOP)], []), ([], [PanelView(TOP)])])
def test_empty_sides(detected, read):
    alignment = align_panels(detected, read)
    assert alignment.matches == ()
    assert (len(alignment.only_detected), len(alignment.only_read)) == (len(detected), len(read))


@PATIENT
@given(
    st.lists(st.sampled_from([PanelView(TOP), PanelView(BOTTOM, "a"), PanelView(None, "b"), PanelView()])),
    st.lists(st.sampled_from([PanelView(TOP, "a"), PanelView(MIDDLE), PanelView(None, "b")])),
)
def test_every_panel_is_matched_once_or_kept(detected, read):
    alignment = align_panels(detected, read)
    left = [match.detected for match in alignment.matches] + list(alignment.only_detected)
    right = [match.read for match in alignment.matches] + list(alignment.only_read)
    assert sorted(left) == list(range(len(detected)))
    assert sorted(right) == list(range(len(read)))
    assert all(0 <= match.score <= 1 + 1e-9 for match in alignment.matches)


def test_records_of_both_sides_are_understood():
    region = TextRegion(Box(0.1, 0.1, 0.2, 0.2), "GO HOME", "GO HOME", 0.9)
    panels = [Panel(1, 1, PanelRegion(TOP, 0.9)), Panel(1, 2, PanelRegion(BOTTOM, 0.9), (region,))]
    read = [
        PanelReading(1, speakers=(ReadSpeech("Rosa", "Go home!"),)),
        PanelReading(2, box=TOP, texts=(ReadText("dialogue", "", "unheard"),)),
    ]
    assert pairs(align_page(panels, read)) == [(0, 1), (1, 0)]


def test_text_similarity_forgives_misread_letters_and_needs_no_spaces():
    assert text_similarity("It's raining!", "ITS RAINING") == 1.0
    assert text_similarity("raining", "raimng") > 0.5
    assert text_similarity("雨が降る", "雨が降った") > 0.4
    assert text_similarity("?", "!") == 0.0
    assert text_similarity("a", "A") == 1.0


def test_share_of_perfect_pages():
    assert perfect_share([Alignment(()), Alignment((), (0,))]) == 0.5
    assert perfect_share([]) == 1.0


def test_alignment_is_stored_with_its_scores():
    stored = align_panels([PanelView(TOP), PanelView(BOTTOM)], [PanelView(TOP)]).to_json()
    assert stored == {
        "matches": [{"detected": 0, "read": 0, "score": 1.0}],
        "only_detected": [1],
        "only_read": [],
    }
