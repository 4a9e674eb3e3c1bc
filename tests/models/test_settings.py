from pathlib import Path

import pytest

from models.settings import Settings
from schemas.errors import ConfigError


def settings(**fields: object) -> Settings:
    return Settings(fields, "tiny.json")


def test_fields_are_read_by_type() -> None:
    fields = settings(a="x", b=2, c=0.5, d=[1, 2.5], e={"f": "g"}, h=False)
    assert fields.text("a") == "x"
    assert fields.integer("b", low=0, high=9) == 2
    assert fields.number("c", low=0, high=1) == 0.5
    assert fields.numbers("d", (0.0, 0.0), low=0, high=9) == (1.0, 2.5)
    assert fields.table("e").choice("f", ("g", "h")) == "g"
    assert fields.flag("h", default=True) is False
    fields.refuse_unknown()


def test_a_default_stands_in_for_a_missing_or_null_field() -> None:
    fields = settings(a=None)
    assert fields.text("a", "usual") == "usual"
    assert "a" not in fields
    assert fields.number("b", 3, low=0, high=9) == 3


@pytest.mark.parametrize("value", [True, "1", None, [], 2**2000, -1, float("nan"), float("inf")])
def test_what_is_no_number_in_range_is_refused(value: object) -> None:
    for read in (Settings.number, Settings.integer):
        with pytest.raises(ConfigError, match=r"tiny\.json: 'a'"):
            read(settings(a=value), "a", low=0, high=9)


@pytest.mark.parametrize("value", [0, 1, "true", []])
def test_what_is_neither_true_nor_false_is_refused(value: object) -> None:
    with pytest.raises(ConfigError, match=r"tiny\.json: 'a' must be true or false"):
        settings(a=value).flag("a")


def test_an_inner_table_is_named_in_full() -> None:
    with pytest.raises(ConfigError, match=r"tiny\.json: e: 'f' is missing"):
        settings(e={}).table("e").text("f")


def test_a_misspelt_field_is_refused_and_the_known_ones_are_listed() -> None:
    fields = settings(wdith=3)
    fields.integer("width", 1, low=0, high=9)
    with pytest.raises(ConfigError, match="no field 'wdith'; known: width"):
        fields.refuse_unknown()


def test_a_field_asked_for_with_in_is_known() -> None:
    fields = settings()
    assert "a" not in fields
    fields.refuse_unknown()


def test_a_file_of_json_is_read(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"a": "é"}', encoding="utf-8")
    assert Settings.read(tmp_path / "s.json").text("a") == "é"
