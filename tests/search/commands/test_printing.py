import numpy as np
import pytest

from schemas.geometry import Box
from schemas.messages import LegScore, SearchFilters, SearchHit, SearchRequest, SearchResponse
from search.commands.printing import MAX_SHOWN_TEXT, describe

BOLD = "\x1b[1m"


def hit(text: str, **more: int) -> SearchHit:
    return SearchHit(
        panel_id="b/00002#01",
        page_id="b/00002",
        book_id="b",
        title="Witch",
        source="/comics/w.cbz",
        page_no=2,
        page_file="p02.jpg",
        panel_no=1,
        box=Box.whole_page(),
        score=0.5,
        legs={"words": LegScore(3, 0.75, 0.5)},
        text=text,
        page_type="story",
        **more,  # type: ignore[arg-type]
    )


def shown(request: SearchRequest, *hits: SearchHit, **more: object) -> str:
    return describe(request, SearchResponse(hits, 12.4, "minilm+standby", len(hits), **more))  # type: ignore[arg-type]


def test_words_that_were_searched_for_are_bold_even_with_a_slip() -> None:
    text = shown(SearchRequest(text="potion of genius"), hit("The p0tion of Genius"))
    assert f"{BOLD}p0tion" in text
    assert f"{BOLD}Genius" in text
    assert f"{BOLD}The" not in text


def test_long_lettering_is_cut_around_the_match() -> None:
    text = shown(SearchRequest(text="dragon"), hit("word " * 100 + "dragon " + "tail " * 100))
    line = next(line for line in text.splitlines() if "dragon" in line)
    assert "… word word word" in line
    assert line.rstrip("”").endswith("…")
    assert len(line) < MAX_SHOWN_TEXT + 40


def test_groups_and_duplicates_are_counted() -> None:
    text = shown(SearchRequest(text="potion"), hit("potion", group_size=4, duplicates=2))
    assert "4 hits here, 2 near-identical" in text
    assert "words #3 (0.75)" in text


def test_more_hits_and_notes_are_told() -> None:
    text = shown(
        SearchRequest(text="potion"), hit("potion"), total_is_exact=False, cursor="abc", notes=("no meaning",)
    )
    assert "1 of more than 1 hits in 12 ms" in text
    assert "--cursor abc" in text
    assert "note: no meaning" in text


@pytest.mark.parametrize(
    ("request_", "hint"),
    [
        (SearchRequest(text="x"), "--min-score 0"),
        (SearchRequest(text="x", min_score=0.1), "fewer or other words"),
        (SearchRequest(picture=np.zeros((4, 4, 3), np.uint8)), "a larger or closer part of the picture, or"),
        (SearchRequest(like=("b/00001#01",)), "other example panels, or --min-score 0"),
        (SearchRequest(text="x", filters=SearchFilters(series=("y",))), "without the filters"),
        (SearchRequest(text="x", cursor="abc"), "no further hits"),
    ],
)
def test_nothing_found_comes_with_a_hint(request_: SearchRequest, hint: str) -> None:
    assert hint in shown(request_)
