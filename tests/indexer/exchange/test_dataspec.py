"""DataSpec v0.3: round trips and files that lie."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.exchange.dataspec import SpecPage, SpecPanel, SpecTexts, page_to_json, read_page, read_pages
from indexer.exchange.fields import read_json
from schemas.errors import ExchangeError
from schemas.labels import TextKind

# A busy machine is slow, not wrong.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SIDES = st.floats(0.1, 5_000, allow_nan=False) | st.integers(1, 5_000)
RECTS = st.tuples(SIDES, SIDES, SIDES, SIDES)
WORDS = st.lists(st.text(), max_size=3).map(tuple)
PANELS = st.builds(
    SpecPanel,
    RECTS,
    st.builds(SpecTexts, WORDS, WORDS, WORDS),
    st.lists(RECTS, max_size=2).map(tuple),
    st.none() | st.floats(0, 1),
)
PAGES = st.builds(
    SpecPage, st.text(), st.lists(PANELS, max_size=4).map(tuple), st.none() | st.text(), st.none() | st.text()
)
PAGE = {
    "page_image_path": "p.jpg",
    "panels": [{"panel_coords": [1, 2, 30, 40], "text": {"dialogue": ["Hi"]}}],
}


@PATIENT
@given(PAGES)
def test_page_survives_the_round_trip(page):
    assert read_page(json.loads(json.dumps(page_to_json(page)))) == page


@PATIENT
@given(PAGES)
def test_list_of_pages_survives_the_round_trip(page):
    assert read_pages([page_to_json(page)] * 2) == (page, page)


def test_panels_are_put_into_their_reading_order():
    panels = [{"panel_coords": [n, 0, 5, 5], "reading_order": 3 - n} for n in range(3)]
    page = read_page({"page_image_path": "p", "panels": panels})
    assert [panel.order for panel in page.panels] == [1, 2, 3]
    assert [panel.rect[0] for panel in page.panels] == [2, 1, 0]


def test_order_of_the_list_stands_where_a_panel_has_no_place():
    panels = [{"panel_coords": [0, 0, 5, 5], "reading_order": 2}, {"panel_coords": [9, 0, 5, 5]}]
    page = read_page({"page_image_path": "p", "panels": panels})
    assert [panel.rect[0] for panel in page.panels] == [0, 9]


def test_texts_are_sorted_by_kind():
    texts = [
        (TextKind.DIALOGUE, "Hi"),
        (TextKind.CAPTION, "Later"),
        (TextKind.SOUND_EFFECT, "BANG"),
        (TextKind.UNKNOWN, "Who?"),
        (TextKind.SIGN, "Exit"),
    ]
    assert SpecTexts.sorted_by_kind(texts) == SpecTexts(("Hi", "Who?"), ("Later",), ("BANG", "Exit"))


@pytest.mark.parametrize("kind", TextKind)
def test_text_of_every_kind_has_its_list(kind):
    sorted_ = SpecTexts.sorted_by_kind([(kind, "x")])
    assert [sorted_.dialogue, sorted_.narration, sorted_.sfx].count(("x",)) == 1


def test_panel_without_text_and_unknown_fields_pass():
    page = read_page(PAGE | {"licence": "CC0", "panels": [{"panel_coords": [1, 2, 3, 4], "mood": "calm"}]})
    assert page.panels == (SpecPanel((1, 2, 3, 4)),)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"page_image_path": None}, "'page_image_path' must be a string"),
        ({"panels": {}}, "'panels' must be a list"),
        ({"panels": [[1, 2, 3, 4]]}, "panel 1 must be a JSON object, not list"),
        ({"panels": [{"panel_coords": [1, 2, 3]}]}, "'panel_coords' must be"),
        ({"panels": [{"panel_coords": [1, 2, 3, "4"]}]}, "'panel_coords' must be"),
        ({"panels": [{"panel_coords": [1, 2, 3, 4], "text": "Hi"}]}, "'text' must be a JSON object"),
        ({"panels": [{"panel_coords": [1, 2, 3, 4], "text": {"sfx": "BANG"}}]}, "'sfx' must be a list"),
        ({"panels": [{"panel_coords": [1, 2, 3, 4], "text": {"sfx": [1]}}]}, "list of strings"),
        ({"panels": [{"panel_coords": [1, 2, 3, 4], "confidence": -1}]}, "'confidence' must be a number"),
        ({"panels": [{"panel_coords": [1, 2, 3, 4], "reading_order": 1}] * 2}, "the same 'reading_order'"),
        ({"panels": [{"panel_coords": [1, 2, 3, 4], "character_coords": [[1]]}]}, "'character_coords' must"),
    ],
)
def test_hostile_page_is_refused_with_item_and_field(change, told):
    with pytest.raises(ExchangeError, match=told):
        read_pages([PAGE, PAGE | change], where="pages.json")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_file_that_is_no_json_is_an_error_of_ours(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ExchangeError, match="is no JSON"):
        read_json(tmp_path / "a.json")
    with pytest.raises(ExchangeError, match="cannot be read"):
        read_json(tmp_path / "gone.json")
