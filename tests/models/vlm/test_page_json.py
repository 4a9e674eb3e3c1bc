import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vlm.page_json import (
    MAX_CHARACTERS,
    MAX_PANELS,
    page_from_json,
    page_to_json,
    read_page_json,
    to_page_layout,
)
from schemas.errors import PageReadingError
from schemas.geometry import Box
from schemas.vlm import (
    PageReading,
    PageSummary,
    PanelReading,
    ReadCharacter,
    ReadSpeech,
    ReadText,
)
from tests.models.vlm.chat_server import PAGE

ROSA = ReadSpeech("Rosa", "A letter?", "dialogue")


def panel_of(**fields: object) -> PanelReading:
    (panel,) = page_from_json({"panels": [{"description": "x", **fields}]}).panels
    return panel


def test_every_field_of_version_2_is_read() -> None:
    reading = page_from_json(PAGE)
    assert reading.overall_summary == "Rosa finds the letter."
    assert reading.summary == PageSummary(("Rosa",), "kitchen", "She goes.", ("A letter?",))
    assert reading.panels == (
        PanelReading(
            panel_number=1,
            caption="Morning.",
            description="A woman in a kitchen.",
            speakers=(ROSA,),
            key_elements=("letter",),
            actions=("reads",),
            box=Box(0, 0, 1, 0.5),
            texts=(ReadText("dialogue", "Rosa", "A letter?", Box(0.05, 0.05, 0.3, 0.15)),),
            characters=(ReadCharacter("Rosa", Box(0.4, 0.1, 0.7, 0.5)),),
        ),
        PanelReading(2, "", "She leaves.", actions=("leaves",), box=Box(0, 0.5, 1, 1)),
    )
    assert reading.complete
    assert not reading.repaired


def test_version_1_has_no_boxes() -> None:
    old = {"box_2d", "text_content", "characters"}
    page = {**PAGE, "panels": [{k: v for k, v in p.items() if k not in old} for p in PAGE["panels"]]}
    reading = page_from_json(page)
    assert [panel.box for panel in reading.panels] == [None, None]
    assert page_to_json(reading)["panels"][0].keys() == page["panels"][0].keys()


def test_texts_and_characters_of_the_page_are_read_too() -> None:
    reading = page_from_json({**PAGE, "text_content": [{"text": "THE END"}], "characters": ["Ben"]})
    assert reading.texts == (ReadText("", "", "THE END"),)
    assert reading.characters == (ReadCharacter("Ben"),)
    assert page_from_json(page_to_json(reading)) == reading


@pytest.mark.parametrize(
    ("value", "speakers"),
    [
        (None, ()),
        ({"character": "Rosa", "dialogue": "A letter?", "speech_type": "dialogue"}, (ROSA,)),
        ({"Rosa": "No.", "Ben": "Yes."}, (ReadSpeech("Rosa", "No."), ReadSpeech("Ben", "Yes."))),
        ({"1": {"character": "Rosa", "dialogue": "No."}}, (ReadSpeech("Rosa", "No."),)),
        (["No."], (ReadSpeech("", "No."),)),
        ("No.", (ReadSpeech("", "No."),)),
        ([{"character": None, "dialogue": "No."}, None, {}, []], (ReadSpeech("", "No."),)),
        ([3.5], (ReadSpeech("", "3.5"),)),
        ([{"character": "Rosa", "dialogue": ["One.", "Two."]}], (ReadSpeech("Rosa", "One. Two."),)),
        ([{"character": "Rosa", "dialogue": None, "speech_type": None}], (ReadSpeech("Rosa", ""),)),
        (True, ()),
    ],
)  # fmt: skip
def test_speakers_in_any_shape_are_read(value: object, speakers: tuple) -> None:
    assert panel_of(speakers=value).speakers == speakers


@pytest.mark.parametrize(
    ("value", "characters"),
    [
        (None, ()),
        (["Rosa", None, ""], (ReadCharacter("Rosa"),)),
        ({"Rosa": [0, 0, 500, 500]}, (ReadCharacter("Rosa", Box(0, 0, 0.5, 0.5)),)),
        ({"name": "Rosa", "box_2d": None}, (ReadCharacter("Rosa"),)),
    ],
)
def test_characters_in_any_shape_are_read(value: object, characters: tuple) -> None:
    assert panel_of(characters=value).characters == characters


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (["a", "b", {"c": 1}], "a b"),
        (12, "12"),
        (True, ""),
        ({"text": "a"}, ""),
        (float("nan"), ""),
        (10**4000, ""),
        ("a\x00b\ud800c\nd", "a b�c\nd"),
        ("x" * 100_000, "x" * MAX_CHARACTERS),
    ],
    ids=str,
)
def test_a_text_in_any_shape_is_read(value: object, expected: str) -> None:
    assert panel_of(caption=value).caption == expected


@pytest.mark.parametrize(
    "value",
    [[100, 200, 300, 400], ["100", "200.0", " 300", "400 "], "[100, 200, 300, 400]", [300, 400, 100, 200],
     {"ymin": 100, "xmin": 200, "ymax": 300, "xmax": "400"}, [0.1, 0.2, 0.3, 0.4], (100.0, 200, 300, 400)],
)  # fmt: skip
def test_boxes_in_any_shape_are_read(value: object) -> None:
    box = panel_of(box_2d=list(value) if isinstance(value, tuple) else value).box
    assert box is not None
    assert box.as_tuple() == pytest.approx((0.2, 0.1, 0.4, 0.3))


@pytest.mark.parametrize(
    "value",
    [None, [], [1, 2, 3], [1, 2, 3, 4, 5], "nowhere", [None] * 4, [True] * 4, ["a", "b", "c", "d"], {}, 7,
     [5, 5, 5, 5], [0, 0, 0, 0], [float("nan")] * 4, [0, 0, float("inf"), 9], [10**400] * 4, [[1], 2, 3, 4]],
    ids=str,
)  # fmt: skip
def test_what_is_no_box_is_none(value: object) -> None:
    assert panel_of(box_2d=value).box is None


def test_a_box_beyond_the_page_is_clipped() -> None:
    assert panel_of(box_2d=[-50, 500, 1200, 1001]).box == Box(0.5, 0, 1, 1)


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), ("3", 3), ("Panel 3", 3), (3.0, 3), (None, 1), ("first", 1), (True, 1), (-4, 1), (10**30, 1),
     ([], 1)],
)  # fmt: skip
def test_a_panel_without_a_sound_number_takes_its_position(value: object, number: int) -> None:
    assert panel_of(panel_number=value).panel_number == number


PANELS = [{"description": "a"}, {"description": "b"}]


@pytest.mark.parametrize(
    "value",
    [
        {"panels": PANELS},
        {"panels": {"panel_1": PANELS[0], "panel_2": PANELS[1]}},
        {"panels": [None, *PANELS, "x", {}]},
        {"page": {"panels": PANELS}},
        {"overall_summary": None, "panels": PANELS, "summary": None},
        [{"panels": PANELS}],
        PANELS,
    ],
)
def test_a_page_in_any_shape_is_read(value: object) -> None:
    assert [panel.description for panel in page_from_json(value).panels] == ["a", "b"]


@pytest.mark.parametrize("value", [{"panels": PANELS[0]}, PANELS[0]])
def test_a_single_panel_is_a_list_of_one(value: object) -> None:
    assert [panel.description for panel in page_from_json(value).panels] == ["a"]


def test_a_summary_that_is_a_sentence_is_the_plot() -> None:
    assert page_from_json({"panels": [], "summary": "They meet."}).summary == PageSummary(plot="They meet.")


def test_a_summary_of_tables_is_read() -> None:
    summary = {"characters": [{"name": "Rosa"}, None], "dialogue": [{"character": "Rosa", "dialogue": "No."}]}
    assert page_from_json({"summary": summary, "panels": []}).summary == PageSummary(
        ("Rosa",), dialogue=("No.",)
    )


def test_a_flood_of_panels_is_cut() -> None:
    assert len(page_from_json({"panels": PANELS * 1000}).panels) == MAX_PANELS


@pytest.mark.parametrize(
    "value",
    [None, 3, "", [], {}, {"panels": []}, {"panels": None}, {"answer": 42}, {"panels": "none"}, [[1]], True],
)
def test_what_says_nothing_of_a_page_is_refused(value: object) -> None:
    with pytest.raises(PageReadingError, match="says nothing of a page") as caught:
        page_from_json(value)
    assert caught.value.defect == "no-page"


def test_an_answer_that_breaks_off_is_marked() -> None:
    text = json.dumps(PAGE)
    reading = read_page_json(text[: text.index("She leaves.") + 3])
    assert not reading.complete
    assert reading.repaired
    assert reading.panels[0] == page_from_json(PAGE).panels[0]
    assert reading.panels[1].description == "She"


def test_json_inside_a_json_string_is_read() -> None:
    assert read_page_json(json.dumps(json.dumps(PAGE))) == page_from_json(PAGE)


FIELDS = (
    *("panels", "summary", "overall_summary", "box_2d", "speakers", "characters"),
    *("text_content", "caption", "dialogue", "name", "x"),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=20,
)


@given(anything)
def test_any_json_gives_a_page_that_survives_a_round_trip_or_the_right_error(value: object) -> None:
    try:
        reading = page_from_json(value)
    except PageReadingError:
        return
    again = page_from_json(json.loads(json.dumps(page_to_json(reading))))
    assert len(again.panels) == len(reading.panels)
    assert again.summary == reading.summary


words = st.text("abcé 12.", min_size=1, max_size=10).map(str.strip).filter(bool)
grid = st.integers(0, 1000)
boxes = st.none() | st.builds(
    lambda x, y: Box(min(x) / 1000, min(y) / 1000, max(x) / 1000, max(y) / 1000),
    st.lists(grid, min_size=2, max_size=2, unique=True),
    st.lists(st.integers(2, 1000), min_size=2, max_size=2, unique=True),
)
panels = st.builds(
    PanelReading,
    panel_number=st.integers(1, 50),
    caption=words,
    description=words,
    speakers=st.tuples(st.builds(ReadSpeech, words, words, words)),
    actions=st.tuples(words),
    box=boxes,
    texts=st.tuples(st.builds(ReadText, words, words, words, boxes)),
    characters=st.tuples(st.builds(ReadCharacter, words, boxes)),
)


@given(
    st.builds(PageReading, words, st.tuples(panels, panels), st.builds(PageSummary, st.tuples(words), words))
)
def test_a_page_written_and_read_is_the_same(reading: PageReading) -> None:
    assert page_from_json(json.loads(json.dumps(page_to_json(reading)))) == reading


def test_layout_takes_the_boxes() -> None:
    layout = to_page_layout(page_from_json(PAGE))
    assert layout is not None
    assert [region.box for region in layout.panels] == [Box(0, 0, 1, 0.5), Box(0, 0.5, 1, 1)]


def test_layout_is_less_sure_where_a_box_is_missing() -> None:
    whole = to_page_layout(page_from_json(PAGE))
    part = to_page_layout(page_from_json({"panels": [PAGE["panels"][0], {"description": "x"}]}))
    assert whole is not None
    assert part is not None
    assert len(part.panels) == 1
    assert part.confidence < whole.confidence


def test_there_is_no_layout_without_boxes() -> None:
    assert to_page_layout(page_from_json({"panels": PANELS})) is None
