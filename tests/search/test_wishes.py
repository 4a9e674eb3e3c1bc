"""Weighted words, several pictures, regions of stored pages, filters alone, and what answers carry."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models.pictures import encode_webp
from schemas.errors import ContainerError, NotFoundError, QueryError
from schemas.geometry import Box
from schemas.messages import (
    MAX_PARTS,
    Crop,
    Phrase,
    SearchFilters,
    SearchRequest,
    SearchResponse,
    Wish,
    phrase_from,
    wish_from,
)
from schemas.records import RgbImage
from search.answers.crops import CropReader, inside
from search.answers.details import PageDetail
from search.encoding import Encoders
from search.library import Library, open_library
from search.query import digest
from tests.search import builders
from tests.search.builders import (
    FORMAT,
    BookSpec,
    FakeTextEncoder,
    PageSpec,
    PanelSpec,
    SeeingEncoder,
    panel_key,
)
from tests.search.conftest import WITCH

RAIN, SNOW, BOTH = 1, 2, 3
WEATHER = BookSpec(
    "Weather",
    (
        PageSpec((PanelSpec("rain falls", colour=(1, 0, 0)), PanelSpec("snow falls", colour=(0, 1, 0)))),
        PageSpec(
            (PanelSpec("rain and snow", colour=(1, 1, 0)), PanelSpec("a cat in the rain", colour=(0, 0, 1)))
        ),
    ),
)


def key(number: int) -> str:
    return panel_key(WEATHER, 1 + (number - 1) // 2, 1 + (number - 1) % 2)


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = builders.create(tmp_path_factory.mktemp("weather") / "lib", WEATHER)
    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: SeeingEncoder())
    with open_library(path, encoders=encoders) as library:
        yield library


def ids(response: SearchResponse) -> list[str]:
    return [hit.panel_id for hit in response.hits]


def test_what_meets_both_texts_leads_and_legs_are_told_apart(weather: Library) -> None:
    hits = weather.search(SearchRequest(text="rain", texts=(Wish("snow"),))).hits
    assert hits[0].panel_id == key(BOTH)
    assert {"words", "words#2", "meaning", "meaning#2"} <= set(hits[0].legs)


def test_the_heavier_text_decides(weather: Library) -> None:
    def first(rain: float, snow: float) -> str:
        wishes = (Wish("rain falls", rain), Wish("snow falls", snow))
        hits = weather.search(SearchRequest(texts=wishes)).hits
        return next(hit.panel_id for hit in hits if hit.panel_id in (key(RAIN), key(SNOW)))

    assert first(3.0, 1.0) == key(RAIN)
    assert first(1.0, 3.0) == key(SNOW)


def test_each_dislike_drops_what_says_it(weather: Library) -> None:
    request = SearchRequest(text="rain", negatives=(Wish("snow"), Wish("cat", 2.0)))
    assert ids(weather.search(request)) == [key(RAIN)]


def colour(red: int, green: int, blue: int) -> RgbImage:
    return np.full((8, 8, 3), (red, green, blue), np.uint8)


def test_several_pictures_are_looked_for_by_their_middle(weather: Library) -> None:
    both = SearchRequest(pictures=(colour(255, 0, 0), colour(0, 255, 0)))
    assert ids(weather.search(both))[0] == key(BOTH)
    one = weather.search(SearchRequest(picture=colour(255, 0, 0)))
    assert one.hits == weather.search(SearchRequest(pictures=(colour(255, 0, 0),))).hits


def red_left_green_right() -> RgbImage:
    page = np.zeros((120, 80, 3), np.uint8)
    page[:, :40, 0] = page[:, 40:, 1] = 255
    return page


def test_a_crop_is_cut_from_its_page_within_bounds(weather: Library) -> None:
    asked: list[tuple[str, int]] = []

    def pages(page: PageDetail, *, max_side_px: int) -> RgbImage:
        asked.append((page.page_id, max_side_px))
        return red_left_green_right()

    page_id = key(RAIN).partition("#")[0]
    reader = CropReader(weather.snapshot(), pages)
    assert (reader.read(Crop(page_id, Box(0, 0, 0.5, 1))) == (255, 0, 0)).all()
    assert (reader.read(Crop(page_id, Box(0.5, 0, 1, 1))) == (0, 255, 0)).all()
    assert asked == [(page_id, 1_400)] * 2
    # The panel spans .1 to .5 of the page: the right half of it is red too, and no wider than that.
    assert reader.read(Crop(key(RAIN), Box(0.5, 0, 1, 1))).shape[1] == pytest.approx(16, abs=1)


def test_a_crop_falls_back_to_the_thumbnail_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    webp, _, _ = encode_webp(red_left_green_right(), max_side_px=120, quality=90)
    monkeypatch.setattr(builders, "THUMBNAIL", webp)
    path = builders.create(tmp_path / "lib", WEATHER)

    def gone(_page: PageDetail, *, max_side_px: int) -> RgbImage:
        raise ContainerError(f"weather.cbz is not found, {max_side_px}")

    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: SeeingEncoder())
    crop = Crop.parse(f"{key(SNOW).partition('#')[0]}@0.55,0,1,1")
    with open_library(path, encoders=encoders, pages=gone) as library:
        response = library.search(SearchRequest(crops=(crop,)))
        assert ids(response)[0] == key(SNOW)
        assert response.notes[0].startswith("the crop was cut from a thumbnail: weather.cbz is not found")
        with pytest.raises(NotFoundError, match="no page 'nowhere'"):
            library.search(SearchRequest(crops=(Crop.parse("nowhere"),)))


@pytest.mark.parametrize("text", ["p@0,0,1", "p@0,0,1,2", "p@0,0,x,1", "p@0.5,0.5,0.5,0.9", "@0,0,1,1", ""])
def test_no_region_is_refused_with_the_way_to_write_one(text: str) -> None:
    with pytest.raises(QueryError, match="PAGE_ID@x0,y0,x1,y1"):
        Crop.parse(text)


def test_regions_and_weights_and_lines_are_read_from_words() -> None:
    assert str(Crop.parse("b/00001#02@0.1,0.25,0.5,1")) == "b/00001#02@0.1,0.25,0.5,1"
    assert Crop.parse("b/00001") == Crop("b/00001", Box.whole_page())
    assert wish_from("2:rain") == Wish("rain", 2.0)
    assert wish_from("10:30 is late") == Wish("10:30 is late")
    assert wish_from("what: rain") == Wish("what: rain")
    assert [phrase_from(text) for text in ("a b", "a b*", "~a b")] == [
        Phrase("a b"),
        Phrase("a b", "prefix"),
        Phrase("a b", "fuzzy"),
    ]
    assert [phrase_from(text) for text in ('"a b"', '"a b*"', '~"a b"')] == [
        Phrase("a b"),
        Phrase("a b", "prefix"),
        Phrase("a b", "fuzzy"),
    ]
    assert inside(Box(0.5, 0.5, 1, 1), Box(0.5, 0, 1, 0.5)) == Box(0.75, 0.5, 1, 0.75)


@pytest.mark.parametrize(
    "parts",
    [
        {"texts": (Wish("a"),) * (MAX_PARTS + 1)},
        {"phrases": (Phrase("a"),) * (MAX_PARTS + 1)},
        {"pictures": (colour(0, 0, 0),) * (MAX_PARTS + 1)},
        {"window": 99},
    ],
)
def test_parts_are_bounded(parts: dict[str, object]) -> None:
    with pytest.raises(QueryError, match=r"at most 8|between 0 and 10"):
        SearchRequest(text="x", **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("weight", [0.0, -1.0, 11.0, float("nan")])
def test_a_wish_has_a_weight_that_counts(weight: float) -> None:
    with pytest.raises(QueryError, match="must be above 0 and at most 10"):
        Wish("rain", weight)


def test_every_part_of_a_request_changes_its_digest() -> None:
    plain = SearchRequest(text="x")
    others = [
        SearchRequest(text="x", texts=(Wish("y"),)),
        SearchRequest(text="x", texts=(Wish("y", 2.0),)),
        SearchRequest(text="x", negatives=(Wish("y"),)),
        SearchRequest(text="x", phrases=(Phrase("y"),)),
        SearchRequest(text="x", phrases=(Phrase("y", "prefix"),)),
        SearchRequest(text="x", pictures=(colour(1, 2, 3),)),
        SearchRequest(text="x", crops=(Crop("p", Box.whole_page()),)),
        SearchRequest(run=(plain, plain)),
        SearchRequest(run=(plain, SearchRequest(text="x", without="y"))),
        SearchRequest(text="x", filters=SearchFilters(traits=("dark",))),
    ]
    assert len({digest(request) for request in (plain, *others)}) == len(others) + 1
    assert digest(SearchRequest(text="x", limit=3, window=2, facets=True)) == digest(plain)


def test_filters_alone_list_panels_in_reading_order(library: Library) -> None:
    request = SearchRequest(filters=SearchFilters(series=("Witch Tales",), has_text=True))
    response = library.search(request)
    assert ids(response) == sorted(ids(response))
    assert len(response.hits) == 5
    assert response.total_is_exact
    first = library.search(SearchRequest(filters=SearchFilters(has_text=True), limit=3))
    second = library.search(
        SearchRequest(filters=SearchFilters(has_text=True), limit=200, cursor=first.cursor)
    )
    assert not set(ids(first)) & set(ids(second))
    assert [hit.title for hit in (*first.hits, *second.hits)] == sorted(
        hit.title for hit in (*first.hits, *second.hits)
    )


def test_window_names_the_panels_before_and_after_within_the_book(library: Library) -> None:
    (hit,) = library.search(SearchRequest(text="dragon kitchen", window=2)).hits[:1]
    assert hit.before == (panel_key(WITCH, 1, 1), panel_key(WITCH, 1, 2))
    assert hit.after == (panel_key(WITCH, 2, 2), panel_key(WITCH, 2, 3))
    first = library.search(SearchRequest(text="nothing ever works with me", window=3)).hits[0]
    assert first.before == ()
    assert len(first.after) == 3
    assert library.search(SearchRequest(text="dragon kitchen")).hits[0].after == ()


def test_answers_say_how_long_each_stage_took_and_what_made_the_vectors(library: Library) -> None:
    response = library.search(SearchRequest(text="broom", facets=True))
    assert {"encode", "legs", "rank", "hits", "facets"} <= set(response.timings_ms)
    assert sum(response.timings_ms.values()) <= response.took_ms + 1.0
    assert response.encoders == {"text": "fake-words", "picture": "fake-colours"}


def test_highlights_point_into_the_text(library: Library) -> None:
    hit = library.search(SearchRequest(text="potion")).hits[0]
    assert [hit.text[start:end].lower() for start, end in hit.highlights] == ["potion"]


def test_an_unliked_panel_turns_words_and_pictures_away_from_it(weather: Library) -> None:
    def scores(**parts: object) -> dict[str, float]:
        request = SearchRequest(min_score=0.0, weights={"words": 0}, **parts)  # type: ignore[arg-type]
        return {
            hit.panel_id: hit.legs["look"].score for hit in weather.search(request).hits if "look" in hit.legs
        }

    yellow = colour(255, 255, 0)
    plain, turned = scores(picture=yellow), scores(picture=yellow, unlike=(key(SNOW),))
    assert key(SNOW) not in turned
    assert turned[key(BOTH)] < plain[key(BOTH)]
    assert turned[key(RAIN)] > plain[key(RAIN)]
    with pytest.raises(NotFoundError, match="no panel 'nowhere'"):
        scores(picture=yellow, unlike=("nowhere",))
