import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.cleaning import fold, is_noise, join_lines
from schemas.geometry import Box
from schemas.records import TextLine


def line(text: str, confidence: float = 0.99) -> TextLine:
    return TextLine(Box(0.1, 0.1, 0.3, 0.2), text, confidence)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["THIS IS AN EXTRA-", "ORDINARY DAY"], "THIS IS AN EXTRAORDINARY DAY"),
        (["an extra-", "ordinary day"], "an extraordinary day"),
        (["BUT THEN-", "oh no"], "BUT THEN- oh no"),
        (["WAIT -", "WHAT?"], "WAIT - WHAT?"),
        (["soft\u00ad", "hyphen"], "softhyphen"),
        (["twenty-", "2"], "twenty- 2"),
        (["  two   spaces ", "\tand a tab"], "two spaces and a tab"),
        (["閉館まであと", "10分しかない。"], "閉館まであと10分しかない。"),
        (["約束、", "忘れてないよ"], "約束、忘れてないよ"),
        (["", "one", ""], "one"),
        (["\ufb01ne \uff21\uff22\uff23"], "fine ABC"),
        ([], ""),
    ],
)
def test_lines_join_to_running_text(lines: list[str], expected: str) -> None:
    assert join_lines(lines) == expected


def test_fold_meets_stored_text_whatever_its_case_and_width() -> None:
    assert fold("ＳＴＲＡßE  Été\n") == "strasse été"
    assert fold("ｶﾞ") == "ガ"


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_doubtful_lone_glyph_is_noise_and_a_sure_one_is_not() -> None:
    assert is_noise(line("o", 0.6))
    assert not is_noise(line("I", 0.97))


def test_specks_are_noise_but_shouted_marks_are_said() -> None:
    assert is_noise(line("-"))
    assert is_noise(line("."))
    assert not is_noise(line("?!"))
    assert not is_noise(line("..."))
    assert not is_noise(line("!"))
