from models.text.scripts import is_cjk, vertical_cjk_share
from schemas.geometry import Box
from schemas.records import TextLine


def line(text: str, *, vertical: bool) -> TextLine:
    return TextLine(Box(0.1, 0.1, 0.2, 0.2), text, 1.0, vertical=vertical)


def test_share_counts_glyphs_and_ignores_alphabets() -> None:
    lines = [
        line("約束忘れて", vertical=True),
        line("中央口", vertical=False),
        line("EXIT 12", vertical=False),
        line("駅前", vertical=False),
    ]
    assert vertical_cjk_share(lines) == 0.5


def test_page_without_cjk_has_no_share() -> None:
    assert vertical_cjk_share([line("HELLO", vertical=True)]) == 0.0
    assert vertical_cjk_share([]) == 0.0


def test_script_is_that_of_most_letters() -> None:
    assert is_cjk("あと10分")
    assert is_cjk("え?")
    assert not is_cjk("OK、")
    assert not is_cjk("...")
    assert not is_cjk("안녕")
