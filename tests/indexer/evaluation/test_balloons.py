"""Whole, split, fused and missed balloons, their kinds and their order, on hand-made pages."""

import pytest

from indexer.evaluation.balloons import (
    Grouping,
    figures_by_kind,
    kind_accuracy,
    order_accuracy,
    score_balloons,
    share_of,
)
from indexer.evaluation.transcripts import Transcript, TrueText
from schemas.geometry import Box
from schemas.labels import TextKind
from schemas.records import TextLine, TextRegion

FIRST, SECOND = Box(0.1, 0.1, 0.4, 0.3), Box(0.6, 0.1, 0.9, 0.3)
TALK = Transcript(
    (
        TrueText("WHO GOES THERE?", FIRST, 0, TextKind.DIALOGUE),
        TrueText("NOBODY", SECOND, 0, TextKind.CAPTION),
    ),
    (Box.whole_page(),),
)
WHO = TextLine(Box(0.15, 0.12, 0.35, 0.18), "WHO GOES", 0.9)
THERE = TextLine(Box(0.15, 0.20, 0.35, 0.26), "THERE?", 0.9)
NOBODY = TextLine(Box(0.65, 0.15, 0.85, 0.2), "NOBODY", 0.9)


def region(*lines: TextLine, kind: TextKind = TextKind.DIALOGUE) -> TextRegion:
    box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    text = "\n".join(line.text for line in lines)
    return TextRegion(box, text, text, 0.9, kind)


def score(*regions: TextRegion):
    return score_balloons((WHO, THERE, NOBODY), regions, [regions], TALK)


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([[WHO, THERE], [NOBODY]], [Grouping.WHOLE, Grouping.WHOLE]),
        ([[WHO], [THERE], [NOBODY]], [Grouping.SPLIT, Grouping.WHOLE]),
        ([[WHO, THERE, NOBODY]], [Grouping.FUSED, Grouping.FUSED]),
        ([[WHO], [THERE, NOBODY]], [Grouping.FUSED, Grouping.FUSED]),
        ([[WHO, THERE]], [Grouping.WHOLE, Grouping.MISSED]),
        ([], [Grouping.MISSED, Grouping.MISSED]),
    ],
)
def test_balloon_is_whole_split_fused_or_missed(regions, expected):
    scores = score(*(region(*lines) for lines in regions))
    assert [balloon.grouping for balloon in scores] == expected


def test_line_of_no_balloon_spoils_the_region_it_is_in():
    page_number = TextLine(Box(0.2, 0.31, 0.3, 0.35), "12", 0.9)
    spoilt = region(WHO, THERE, page_number)
    (first, _) = score_balloons((WHO, THERE, page_number), [spoilt], [[spoilt]], TALK)
    assert first.grouping is Grouping.FUSED


def test_kinds_are_counted_where_a_balloon_was_read():
    scores = score(region(WHO, THERE, kind=TextKind.SIGN))
    assert kind_accuracy(scores) == 0.0
    figures = figures_by_kind(scores)
    assert figures["dialogue"].to_json() == {
        "balloons": 1,
        "whole": 1.0,
        "split": 0.0,
        "fused": 0.0,
        "missed": 0.0,
        "found": {"dialogue": 0.0, "caption": 0.0, "sound_effect": 0.0, "sign": 1.0, "unknown": 0.0},
    }
    assert figures["caption"].groupings["missed"] == 1.0
    assert sum(figures["caption"].found.values()) == 0.0


def test_order_is_right_when_regions_follow_as_their_texts_do():
    said, answered = region(WHO, THERE), region(NOBODY)
    assert order_accuracy(score(said, answered)) == 1.0
    assert order_accuracy(score(answered, said)) == 0.0
    assert order_accuracy(score(said)) is None


def test_texts_without_a_place_or_kind_say_nothing():
    placeless = Transcript((TrueText("tok"),))
    assert score_balloons((NOBODY,), [region(NOBODY)], [[]], placeless) == ()
    kindless = Transcript((TrueText("NOBODY", SECOND),))
    scores = score_balloons((NOBODY,), [region(NOBODY)], [[region(NOBODY)]], kindless)
    assert share_of(scores, Grouping.WHOLE) == 1.0
    assert kind_accuracy(scores) is None
    assert figures_by_kind(scores) == {}
