"""Page streams and the CoSMo format."""

import pytest

from schemas.errors import ConfigError
from schemas.labels import PageType as P
from schemas.streams import (
    StreamLabel,
    read_streams,
    segments_of,
    stories_of,
    stream_from_json,
    stream_to_json,
)

TYPES = (
    P.COVER,
    P.FIRST_PAGE,
    P.STORY,
    P.ADVERTISEMENT,
    P.STORY,
    P.FIRST_PAGE,
    None,
    P.TEXTSTORY,
    P.BACK_COVER,
)


def test_a_book_comes_back_as_it_was_written() -> None:
    told = stream_to_json(StreamLabel("abc", TYPES, "A title"), {1: "The Lighthouse"})
    assert told["stories"] == [
        {"title": "The Lighthouse", "page_start": 1, "page_end": 2},
        {"title": "", "page_start": 4, "page_end": 4},
        {"title": "", "page_start": 5, "page_end": 5},
    ]
    back = stream_from_json(told)
    assert [kind if kind is not P.FIRST_PAGE else P.STORY for kind in back.types if kind] == [
        kind if kind is not P.FIRST_PAGE else P.STORY for kind in TYPES if kind
    ]
    assert segments_of(back.types) == segments_of(TYPES)


def test_a_story_goes_on_behind_an_advertisement() -> None:
    assert [(part.start, part.end) for part in stories_of(TYPES)] == [(1, 4), (5, 5), (7, 7)]


@pytest.mark.parametrize("start", [-1, 20_000, "1", None])
def test_a_range_that_is_none_is_refused_by_name(start: object) -> None:
    with pytest.raises(ValueError, match="'covers' of abc"):
        stream_from_json({"hash_code": "abc", "covers": [{"page_start": start, "page_end": 3}]})


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"title": "no name"}', b'[{"hash_code": "a", "art": {}}]'])
def test_a_file_that_is_none_is_a_clear_error(data: bytes) -> None:
    with pytest.raises(ConfigError, match="CoSMo"):
        read_streams(data)
