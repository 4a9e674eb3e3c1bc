"""Titles of books."""

import pytest

from indexer.stages.titles import title_from_name, title_of
from schemas.records import BookMetadata


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("/c/Captain_Science_001_(1950)_(Digital)_[scanner].cbz", "Captain Science 001"),
        ("/c/ep02", "ep02"),
        ("/c/Vol. 3.5", "Vol. 3.5"),
        ("/c/(only tags).cbz", "(only tags)"),
        ("/c/猫の本.CBR", "猫の本"),
    ],
)
def test_a_file_name_is_made_readable(source: str, title: str) -> None:
    assert title_from_name(source) == title


def test_a_stated_title_comes_first_then_series_and_number() -> None:
    assert title_of(BookMetadata(title="T", series="S"), "/c/x.cbz") == "T"
    assert title_of(BookMetadata(series="S", number="3"), "/c/x.cbz") == "S #3"
    assert title_of(BookMetadata(series="S"), "/c/x.cbz") == "S"
    assert title_of(BookMetadata(), "/c/x.cbz") == "x"
