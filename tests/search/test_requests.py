"""What a request refuses before anything is searched."""

import pytest

from schemas.errors import QueryError
from schemas.messages import (
    MAX_FACET_CHARACTERS,
    MAX_FACET_VALUES,
    SearchFilters,
    SearchRequest,
    weights_from,
)

HALF = "half \ud800 a character"


@pytest.mark.parametrize(
    "part", [{"text": HALF}, {"dialogue": HALF}, {"like": (HALF,)}, {"cursor": HALF}, {"without": HALF}]
)
def test_half_a_character_is_refused_by_the_name_of_its_part(part: dict[str, object]) -> None:
    with pytest.raises(QueryError, match=f"^{next(iter(part))} holds half a character at place 6"):
        SearchRequest(**{"text": "x", **part})  # type: ignore[arg-type]


@pytest.mark.parametrize("facet", ["series", "languages", "page_types", "not_page_types", "book_ids"])
def test_facets_are_bounded_in_number_length_and_soundness(facet: str) -> None:
    SearchFilters(**{facet: ("v" * MAX_FACET_CHARACTERS,) * MAX_FACET_VALUES})  # type: ignore[arg-type]
    for values in (("v",) * (MAX_FACET_VALUES + 1), ("v" * (MAX_FACET_CHARACTERS + 1),), (HALF,)):
        with pytest.raises(QueryError, match=facet):
            SearchFilters(**{facet: values})  # type: ignore[arg-type]


def test_years_in_the_wrong_order_are_refused_and_one_year_is_a_range() -> None:
    assert SearchFilters(year_from=1999, year_to=1999).year_to == 1999
    with pytest.raises(QueryError, match="no year lies from 2001 to 1999"):
        SearchFilters(year_from=2001, year_to=1999)


@pytest.mark.parametrize("weights", [{"smell": 1.0}, {"look": -1.0}, {"look": 11.0}, {"look": float("nan")}])
def test_weights_are_bounded_and_of_sides_that_exist(weights: dict[str, float]) -> None:
    with pytest.raises(QueryError, match=r"smell|the weight of look must be between 0 and 10"):
        SearchRequest(text="x", weights=weights)


def test_weights_are_read_from_words() -> None:
    assert weights_from(["look=2", "words=0"]) == {"look": 2.0, "words": 0.0}
    for wrong in ("look", "look=", "look=much"):
        with pytest.raises(QueryError, match="write for example look=2"):
            weights_from([wrong])
