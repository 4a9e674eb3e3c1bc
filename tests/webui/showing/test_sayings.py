"""What a tile shows of the lettering: matches apart, cut at words."""

from dataclasses import replace

import pytest

from schemas.geometry import Box
from schemas.messages import SearchHit
from webui.showing.sayings import LEAD, LONGEST, pieces_of

HIT = SearchHit(
    *("b/00001#01", "b/00001", "b", "Title", "/b.cbz", 1, "p.png", 1),
    box=Box.whole_page(),
    score=1.0,
    legs={},
    text="",
    page_type="story",
)


def shown(text, *highlights):
    return [
        (piece.text, piece.is_match) for piece in pieces_of(replace(HIT, text=text, highlights=highlights))
    ]


def test_matches_stand_apart():
    assert shown("a red umbrella", (2, 5)) == [("a ", False), ("red", True), (" umbrella", False)]


def test_text_without_matches_is_shown_from_its_beginning():
    assert shown("one\ntwo") == [("one two", False)]


def test_long_text_begins_at_a_word_before_the_longest_match():
    text = "a " + "word " * 30 + "lighthouse keeper"
    at = text.index("lighthouse")
    pieces = shown(text, (0, 1), (at, at + 10))
    assert pieces[0] == ("…", False)
    assert ("lighthouse", True) in pieces
    assert pieces[1][0].startswith("word ")
    assert len(pieces[1][0]) <= LEAD


def test_text_that_goes_on_says_so():
    pieces = shown("word " * 100)
    assert pieces[-1] == ("…", False)
    assert len(pieces[0][0]) == LONGEST


@pytest.mark.parametrize("highlights", [((0, 3), (2, 5)), ((0, 5), (0, 5))])
def test_matches_that_overlap_repeat_nothing(highlights):
    assert "".join(text for text, _ in shown("abcdefg", *highlights)) == "abcdefg"
