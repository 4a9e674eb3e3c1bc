"""Lines that must stand in a panel as typed."""

from collections.abc import Iterator

import pytest

from schemas.messages import Phrase, SearchRequest
from search.box.grammar import expand
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec, book_of, panel_key
from tests.search.conftest import KOREAN, MANGA, WITCH, fake_encoders

LINES = book_of(
    "Lines",
    "Basta così, andiamo",
    "Così basta, credo",
    "bastava poco",
    "I don’t know the way",
    "the way I don't know",
    "an ever longer text that says basta così somewhere in the middle of it and goes on",
)
GUTTER = BookSpec("Gutter", (PageSpec((PanelSpec("one"), PanelSpec("two")), stray="said beside them"),))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = builders.create(tmp_path_factory.mktemp("lines") / "lib", LINES, GUTTER, MANGA, KOREAN, WITCH)
    with open_library(path, encoders=fake_encoders()) as library:
        yield library


def found(library: Library, box: str) -> list[str]:
    return [hit.panel_id for hit in library.search(expand(SearchRequest(text=box))).hits]


def said(number: int) -> str:
    return panel_key(LINES, number)


def test_exact_line_keeps_its_order_and_the_shortest_panel_leads(lines: Library) -> None:
    assert found(lines, '"basta così"') == [said(1), said(6)]


def test_exact_word_is_no_part_of_a_longer_one(lines: Library) -> None:
    assert set(found(lines, '"basta"')) == {said(1), said(2), said(6)}


def test_prefix_lets_the_last_word_go_on(lines: Library) -> None:
    assert set(found(lines, '"basta*"')) == {said(1), said(2), said(3), said(6)}
    assert found(lines, '"così basta, cre*"') == [said(2)]


def test_fuzzy_line_is_forgiven_its_typing_errors(lines: Library) -> None:
    assert found(lines, '~"bsta così andiamo"')[0] == said(1)
    assert found(lines, '"bsta così andiamo"') == []


def test_apostrophes_are_alike_however_they_were_read(lines: Library) -> None:
    assert set(found(lines, '''"I don't know"''')) == {said(4), said(5)}


def test_exact_line_of_scripts_without_spaces(lines: Library) -> None:
    assert found(lines, '"うまくいか"') == [panel_key(MANGA, 1)]
    assert found(lines, '"물약을 마셨*"') == [panel_key(KOREAN, 1)]
    assert found(lines, '"うまく猫"') == []


def test_words_beside_an_exact_line_only_order_what_holds_it(lines: Library) -> None:
    hits = lines.search(expand(SearchRequest(text='"basta così" longer text that says'))).hits
    assert [hit.panel_id for hit in hits] == [said(6), said(1)]
    assert {"exact", "words"} <= set(hits[0].legs)


def test_two_lines_must_both_be_there(lines: Library) -> None:
    assert found(lines, '"basta così" "goes on"') == [said(6)]
    assert found(lines, '"basta così" "not at all"') == []


def test_line_in_the_gutter_is_found_in_the_nearest_panel(lines: Library) -> None:
    assert found(lines, '"said beside"') in ([panel_key(GUTTER, 1, 1)], [panel_key(GUTTER, 1, 2)])


def test_a_condition_holds_whatever_the_sides_weigh(lines: Library) -> None:
    request = SearchRequest(phrases=(Phrase("basta così"),), weights={"words": 0.0}, min_score=0.0)
    assert {hit.panel_id for hit in lines.search(request).hits} == {said(1), said(6)}


def test_marks_only_the_line_itself(lines: Library) -> None:
    hit = lines.search(expand(SearchRequest(text='"basta così"'))).hits[0]
    assert [hit.text[start:end] for start, end in hit.highlights] == ["Basta così"]
