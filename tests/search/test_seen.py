"""Searching by what is seen: tags of pictures and descriptions of page readers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.errors import QueryError
from schemas.messages import SearchFilters, SearchRequest
from search.encoding import Encoders
from search.legs.descriptions import DESCRIPTION
from search.legs.tags import named_tags
from search.library import Library, open_library
from search.query import MEANING_FLOOR, STRANGE_FLOOR, plan_of
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

SEEN = BookSpec(
    "Seen",
    (
        PageSpec((PanelSpec("run", tags=("night", "rain")), PanelSpec("run", tags=("black and white",)))),
        PageSpec((PanelSpec("run", description="An old sailor mends his net\nHarbour at dawn"),)),
        PageSpec((PanelSpec("run", tags=("night",), colour=(0, 1, 0)), PanelSpec("run"))),
    ),
)
NIGHT_AND_RAIN, BLACK_AND_WHITE = panel_key(SEEN, 1, 1), panel_key(SEEN, 1, 2)
SAILOR, NIGHT = panel_key(SEEN, 2, 1), panel_key(SEEN, 3, 1)


class Tagger(SeeingEncoder):
    """Knows the tags of the books above by name."""

    tags = ("black and white", "night", "rain")

    def encode_and_tag(self, images: object) -> object:
        raise AssertionError("a search reads no tags")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = builders.create(tmp_path_factory.mktemp("seen") / "lib", SEEN)
    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: Tagger())  # type: ignore[arg-type, return-value]
    with open_library(path, encoders=encoders) as library:
        yield library


def found(library: Library, text: str = "run", **filters: tuple[str, ...]) -> set[str]:
    request = SearchRequest(
        text=text,
        filters=SearchFilters(**filters),  # type: ignore[arg-type]
        collapse_duplicates=False,
    )
    return {hit.panel_id for hit in library.search(request).hits}


def test_tags_narrow_a_search_and_all_must_hold(seen: Library) -> None:
    assert found(seen, tags=("night",)) == {NIGHT_AND_RAIN, NIGHT}
    assert found(seen, tags=("night", "rain")) == {NIGHT_AND_RAIN}
    assert found(seen, tags=(" Night ",)) == {NIGHT_AND_RAIN, NIGHT}


def test_a_part_of_a_tag_is_no_tag(seen: Library) -> None:
    assert found(seen, tags=("white",)) == set()
    assert found(seen, tags=("night|rain'--",)) == set()


def test_unwanted_tags_leave_what_has_none(seen: Library) -> None:
    assert found(seen, not_tags=("night",)) == {BLACK_AND_WHITE, SAILOR, panel_key(SEEN, 3, 2)}


def test_facets_count_tags(seen: Library) -> None:
    assert [(facet.value, facet.count) for facet in seen.facets().tags] == [
        ("night", 2),
        ("black and white", 1),
        ("rain", 1),
    ]


def test_a_tag_that_nothing_has_is_answered_with_those_there_are(seen: Library) -> None:
    response = seen.search(SearchRequest(text="run", filters=SearchFilters(tags=("nigth",))))
    assert response.notes == ("tags in this library: night, black and white, rain",)


def test_a_named_tag_lifts_what_has_it_and_says_so(seen: Library) -> None:
    request = SearchRequest(text="run nights", collapse_duplicates=False, min_score=0.0)
    hits = {hit.panel_id: hit for hit in seen.search(request).hits}
    assert hits[NIGHT].legs["tags"].share > 0
    assert hits[NIGHT].score > hits[panel_key(SEEN, 3, 2)].score
    assert "tags" not in hits[BLACK_AND_WHITE].legs
    assert hits[NIGHT].tags == ("night",)


def test_a_tag_alone_finds_nothing_that_no_other_side_found(seen: Library) -> None:
    # "run" stands in every panel: read as candidates of the words, and too little of what was asked.
    request = SearchRequest(text="run gribbolux vantrey ostramil at night", collapse_duplicates=False)
    assert all(set(hit.legs) != {"tags"} for hit in seen.search(request).hits)


def test_tags_can_be_left_out_by_weight(seen: Library) -> None:
    request = SearchRequest(text="run nights", collapse_duplicates=False, min_score=0.0, weights={"tags": 0})
    assert all("tags" not in hit.legs for hit in seen.search(request).hits)


def test_words_name_tags_in_the_plural_and_tags_of_several_words_whole() -> None:
    known = ("black and white", "boy", "night", "speech")
    assert named_tags("Boys in black, and in white", known) == ("black and white", "boy")
    assert named_tags("white nightmares", known) == ()


def test_descriptions_are_found_by_word_and_by_meaning(seen: Library) -> None:
    hit = seen.search(SearchRequest(text="sailor mends net")).hits[0]
    assert hit.panel_id == SAILOR
    assert hit.legs["description_words"].score == 1.0
    assert hit.legs["description"].share > 0
    assert hit.description.startswith("An old sailor")


def test_made_up_words_must_lie_nearer_to_a_description_than_known_ones(seen: Library) -> None:
    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: Tagger())  # type: ignore[arg-type, return-value]

    def floor(words: str) -> float:
        plan = plan_of(SearchRequest(text=words), seen.snapshot(), encoders)
        return next(probe.floor for probe in plan.probes if probe.leg == DESCRIPTION)

    assert floor("sailor net") == MEANING_FLOOR
    assert floor("gribbolux vantrey") == STRANGE_FLOOR


def test_descriptions_can_be_left_out_by_weight(seen: Library) -> None:
    request = SearchRequest(text="sailor mends net", weights={"description": 0})
    assert seen.search(request).hits == ()


def test_a_library_from_before_tags_says_so_and_is_searched_without(tmp_path: Path) -> None:
    old = replace(FORMAT, format_version=2)
    path = builders.create(tmp_path / "lib", SEEN, library=old)
    encoders = Encoders(old, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: Tagger())  # type: ignore[arg-type, return-value]
    with open_library(path, encoders=encoders) as library:
        assert NIGHT in found(library, "run night")
        assert library.facets().tags == ()
        with pytest.raises(QueryError, match="longbox migrate"):
            found(library, tags=("night",))
