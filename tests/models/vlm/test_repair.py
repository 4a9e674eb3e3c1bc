import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vlm.repair import mend_json, read_forgivingly, repair_json
from schemas.errors import PageReadingError

PAGE = {
    "overall_summary": "Rosa leaves.",
    "panels": [
        {"panel_number": 1, "caption": None, "speakers": [{"character": "Rosa", "dialogue": "No."}]},
        {"panel_number": 2, "caption": "Later…", "speakers": [], "box_2d": [0, 10, 500.5, 990]},
    ],
    "summary": {"characters": ["Rosa", "Ben"], "plot": "x"},
}

keys = st.text(max_size=12)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
containers = st.lists(json_values, min_size=1, max_size=4) | st.dictionaries(keys, json_values, min_size=1)
spoken = st.text("abc xyz,.!?'’é:", min_size=1, max_size=20).filter(lambda text: text.strip(" ,:"))


@given(json_values, st.sampled_from([None, 2]), st.booleans())
def test_valid_json_is_never_changed(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    mended = mend_json(text)
    assert mended.value == value
    assert not mended.changed
    assert not mended.truncated


@given(containers, st.sampled_from([None, 2]), st.booleans())
def test_the_parser_that_forgives_reads_valid_json_as_json_does(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    mended = read_forgivingly(json.dumps(value, indent=indent, ensure_ascii=ascii_only))
    assert mended.value == json.loads(json.dumps(value))
    assert not mended.truncated


@given(
    containers,
    st.sampled_from(["```json\n{}\n```", "```\n{}```", "Here it is:\n{}\nHope it helps!", "```json\n{}"]),
)
def test_fences_and_prose_around_are_dropped(value: object, around: str) -> None:
    assert repair_json(around.replace("{}", json.dumps(value))) == value


@given(st.text(max_size=200))
def test_any_text_gives_a_value_or_the_right_error(text: str) -> None:
    with suppress(PageReadingError):
        repair_json(text)


@given(st.text("{}[]\",:\\n'a1 ", max_size=60))
def test_any_heap_of_brackets_and_quotes_gives_a_value_or_the_right_error(text: str) -> None:
    with suppress(PageReadingError):
        repair_json(text)


@given(spoken, spoken, spoken)
def test_quotes_inside_a_dialogue_are_kept(before: str, quoted: str, after: str) -> None:
    line = f'{before}"{quoted.strip(" ,:")}" {after.strip(" ,:")}'
    text = '{"panels": [{"caption": "' + line + '", "actions": ["walks"]}], "plot": "x"}'
    assert repair_json(text) == {"panels": [{"caption": line, "actions": ["walks"]}], "plot": "x"}


@pytest.mark.parametrize(
    "line",
    ['"No", she said, "never"', 'He said "no", then "yes" and left', 'The sign "EXIT": closed', '"Stop!"',
     'a "b"', '"a" b', 'He said "[sic]" loudly', 'It\'s "5" o\'clock', 'a 6" nail'],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 2])
def test_quotes_wherever_they_stand_are_kept(line: str, indent: int | None) -> None:
    marked = json.dumps({"text": "@", "next": [{"text": "@", "n": 1}], "last": "@"}, indent=indent)
    assert repair_json(marked.replace("@", line)) == {
        "text": line,
        "next": [{"text": line, "n": 1}],
        "last": line,
    }


def test_quotes_inside_items_of_a_list_are_kept() -> None:
    text = '{"dialogue": ["He said "no" and left", "Why?"], "plot": "The "end""}'
    assert repair_json(text) == {"dialogue": ['He said "no" and left', "Why?"], "plot": 'The "end"'}


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('["Not "yes", "no", never", "Why?"]', ['Not "yes", "no", never', "Why?"]),
        ('[""Yes", he said", "Why?"]', ['"Yes", he said', "Why?"]),
        ('["a 6" nail",\n "b"]', ['a 6" nail', "b"]),
        ('["a "b"", "c"]', ['a "b"', "c"]),
    ],
)
def test_a_pair_of_quotes_inside_an_item_does_not_end_it(text: str, items: list[str]) -> None:
    assert repair_json(text) == items


@pytest.mark.parametrize("end", range(1, len(json.dumps(PAGE))))
def test_a_text_that_breaks_off_keeps_what_came_before(end: int) -> None:
    whole = json.dumps(PAGE, ensure_ascii=False)
    if end >= len(whole):
        return
    try:
        mended = mend_json(whole[:end])
    except PageReadingError:
        assert end < len('{"overall_summary": ')
        return
    assert mended.truncated
    assert _is_prefix(mended.value, PAGE)


def _is_prefix(part: object, whole: object) -> bool:
    """Say whether all that a broken text gives was there, apart from the piece at its end."""
    match part, whole:
        case dict(), dict():
            return all(key in whole and _is_prefix(value, whole[key]) for key, value in part.items())
        case list(), list():
            return all(_is_prefix(*pair) for pair in zip(part, whole, strict=False))
        case str(), str():
            return whole.startswith(part)
        case (None, _):
            return True
        case (int() | float(), int() | float()):
            return str(whole).startswith(str(part).removesuffix(".0"))
        case _:
            return part == whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a": "it\'s \- a \_b\_"}', {"a": "it's - a _b_"}),
        (r'{"a": "C:\path \u12 \uD83D\uDE00"}', {"a": "C:\\path \\u12 😀"}),
        ('{"a": "two\nlines\tand a tab"}', {"a": "two\nlines\tand a tab"}),
        ('{"a": 1, "b": [1, 2, ], }', {"a": 1, "b": [1, 2]}),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}),
        ('{"a": "x"\n "b": "y"}', {"a": "x", "b": "y"}),
        ('["x"\n "y"]', ["x", "y"]),
        ("{'a': 'it's', 'b': None, 'c': True}", {"a": "it's", "b": None, "c": True}),
        ('{a: "y", b_c: "x"}', {"a": "y", "b_c": "x"}),
        ('{"a": , "b": 2}', {"a": None, "b": 2}),
        ('{"a": wild text, "b": 2}', {"a": "wild text", "b": 2}),
        ('{"a": [{"b": 1], "c": 2}', {"a": [{"b": 1}], "c": 2}),
        ('{"a": ["x", "y"}, "c": 2', {"a": ["x", "y"]}),
        ('{"a": 12 monkeys, "b": -1.5e3}', {"a": "12 monkeys", "b": -1500.0}),
        ('{"a": 1, "b": ' + "9" * 5000 + "}", {"a": 1, "b": float("inf")}),
        ('<think>{"a": 0} or [1, 2, 3, 4, 5]?</think>{"a": 1}}', {"a": 1}),
        ('perhaps {"a": 0, "b": 2}</think>{"a": 1}', {"a": 1}),
        ('<think>{"a": 1, "b": 2}</think>', {"a": 1, "b": 2}),
        ('{"a": "the tag </think> [1, 2]" "b": 3}', {"a": "the tag </think> [1, 2]", "b": 3}),
        ('Here it is: {"a": "</think>", "b": [3]}', {"a": "</think>", "b": [3]}),
        ('Panels [1] and {two}: {"a": 1, "b": 2};', {"a": 1, "b": 2}),
        ('{"a": 1}{"b": 2, "c": 3}', {"b": 2, "c": 3}),
    ],
)  # fmt: skip
def test_common_mistakes_are_mended(text: str, value: object) -> None:
    mended = mend_json(text)
    assert mended.value == value
    assert mended.changed


@pytest.mark.parametrize("text", ["", " ", "I cannot help with that.", "{}{}", "{", "]", "```json\n```"])
def test_text_without_content_is_refused(text: str) -> None:
    with pytest.raises(PageReadingError, match="holds no JSON"):
        read_forgivingly(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_endless_nesting_is_refused(text: str) -> None:
    with pytest.raises(PageReadingError, match="nests without end"):
        repair_json(text)


@pytest.mark.parametrize(
    "text",
    ['{"a": "' + '" ' * 200_000, '{"a": "' + '", ' * 100_000, "{" * 30 + '"' * 300_000,
     '["' + '"\n' * 200_000,
     '{"a" ' + '"a" ' * 100_000, '{"a": "' + '",\n\n\n"' * 60_000,
     "{x" * 200_000, "<think>{" * 200_000, '{"a": [' + "1 " * 200_000, '{"' + "\\" * 300_000],
)  # fmt: skip
def test_hostile_text_takes_linear_time(text: str) -> None:
    start = time.process_time()
    with suppress(PageReadingError):
        repair_json(text)
    assert time.process_time() - start < 5
