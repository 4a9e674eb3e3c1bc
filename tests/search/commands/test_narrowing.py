"""Filters: what books say of themselves, how panels look, and negations of all of it."""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import QueryError
from schemas.facets import FacetValue
from schemas.messages import KNOWN_TRAITS, SearchFilters, SearchRequest
from schemas.tables import PANELS
from search.box.grammar import expand
from search.filtering import masks
from search.filtering.filters import OF_BOOKS, panel_condition
from search.filtering.masks import passing_rows
from search.library import Library, open_library
from search.state.vectors import row_ids
from tests.search import builders
from tests.search.builders import FORMAT, BookSpec, PageSpec, PanelSpec, panel_key
from tests.search.conftest import fake_encoders

TEX = BookSpec(
    "Tex",
    (
        PageSpec(
            (PanelSpec("they run", lightness=0.2, colourfulness=0.01, aspect=0.5, tags=("night", "rain")),),
            page_type="cover",
        ),
        PageSpec((PanelSpec("they run", lightness=0.9, colourfulness=0.02, aspect=1.0),)),
    ),
    series="Tex Willer",
    language="it",
    year=1948,
    creators=("Gian Luigi Bonelli", "Aurelio Galleppini"),
    characters=("Tex", "Kit Carson"),
    licence="All rights reserved",
)
PEPPER = BookSpec(
    "Pepper",
    (PageSpec((PanelSpec("they run", lightness=0.5, colourfulness=0.3, aspect=2.0), PanelSpec(""))),),
    series="Pepper & Carrot",
    language="fr",
    year=2014,
    creators=("David Revoy",),
    characters=("Pepper", "Carrot"),
    licence="CC BY 4.0",
)
BARE = BookSpec(
    "Bare",
    (PageSpec((PanelSpec("they run", lightness=0.5, colourfulness=0.0, aspect=0.95),)),),
    language=None,
)
NIGHT, DAY, COLOUR, GREY = panel_key(TEX, 1), panel_key(TEX, 2), panel_key(PEPPER, 1), panel_key(BARE, 1)
ALL = {NIGHT, DAY, COLOUR, GREY}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = builders.create(tmp_path_factory.mktemp("shelf") / "lib", TEX, PEPPER, BARE)
    with open_library(path, encoders=fake_encoders()) as library:
        yield library


def found(library: Library, box: str, **parts: object) -> set[str]:
    request = SearchRequest(text=box, collapse_duplicates=False, **parts)  # type: ignore[arg-type]
    return {hit.panel_id for hit in library.search(expand(request)).hits}


@pytest.mark.parametrize(
    ("typed", "panels"),
    [
        ("series:tex", {NIGHT, DAY}),
        ('series:"Tex Willer"', {NIGHT, DAY}),
        ("series:TEX-WILLER", {NIGHT, DAY}),
        ("-series:tex", {COLOUR, GREY}),
        ("series:tex series:pepper", {NIGHT, DAY, COLOUR}),
        ("creator:bonelli", {NIGHT, DAY}),
        ("creator:revoy", {COLOUR}),
        ("-creator:revoy", {NIGHT, DAY, GREY}),
        ("character:kit", {NIGHT, DAY}),
        ("character:carrot -character:kit", {COLOUR}),
        ("licence:cc-by", {COLOUR}),
        ("-license:cc", {NIGHT, DAY, GREY}),
        ("lang:fr", {COLOUR}),
        ("-lang:fr", {NIGHT, DAY, GREY}),
        (f"book:{TEX.book_id}", {NIGHT, DAY}),
        (f"-book:{TEX.book_id}", {COLOUR, GREY}),
        ("type:cover", {NIGHT}),
        ("-type:cover", {DAY, COLOUR, GREY}),
        ("year:..1950", {NIGHT, DAY}),
        ("page:2", {DAY}),
        ("is:dark", {NIGHT}),
        ("is:light", {DAY}),
        ("is:dark is:light", {NIGHT, DAY}),
        ("is:bw", {NIGHT, DAY, GREY}),
        ("is:colour", {COLOUR}),
        ("-is:dark", {DAY, COLOUR, GREY}),
        ("is:portrait", {NIGHT}),
        ("is:square", {DAY, GREY}),
        ("is:landscape", {COLOUR}),
        ("is:bw -is:square", {NIGHT}),
    ],
)
def test_fields_keep_what_they_name(shelf: Library, typed: str, panels: set[str]) -> None:
    assert found(shelf, f"they run {typed}") == panels


def test_a_value_is_first_taken_as_it_is_spelt(tmp_path: Path) -> None:
    books = (replace(TEX, name="A", series="Tex"), replace(TEX, name="B", series="Tex Willer"))
    with open_library(builders.create(tmp_path / "lib", *books), encoders=fake_encoders()) as library:
        assert {hit.title for hit in library.search(expand(SearchRequest(text="run series:Tex"))).hits} == {
            "A"
        }
        assert {hit.title for hit in library.search(expand(SearchRequest(text="run series:wil"))).hits} == {
            "B"
        }
        assert {hit.title for hit in library.search(expand(SearchRequest(text="run series:te"))).hits} == {
            "A",
            "B",
        }


def test_a_name_that_nothing_has_is_answered_with_those_there_are(shelf: Library) -> None:
    response = shelf.search(expand(SearchRequest(text="run creator:moebius")))
    assert response.hits == ()
    assert response.notes == (
        "no creator is called 'moebius'; there are: Aurelio Galleppini, David Revoy, Gian Luigi Bonelli",
    )


def test_facets_count_what_books_say_and_how_panels_look(shelf: Library) -> None:
    facets = shelf.facets()
    assert facets.creators[0] == FacetValue("Aurelio Galleppini", 2)
    assert FacetValue("Pepper", 2) in facets.characters
    assert facets.licences == (FacetValue("All rights reserved", 2), FacetValue("CC BY 4.0", 2))
    counted = {facet.value: facet.count for facet in facets.traits}
    assert counted == {
        "bw": 3,
        "colour": 1,
        "dark": 1,
        "light": 1,
        "portrait": 1,
        "landscape": 1,
        "square": 3,
    }
    assert facets.lettering == (FacetValue("text", 4), FacetValue("no text", 1))


def test_facets_within_a_result_count_its_hits_alone(shelf: Library) -> None:
    request = SearchRequest(text="they run", facets=True, limit=1, collapse_duplicates=False)
    response = shelf.search(replace(request, filters=SearchFilters(creators=("bonelli",))))
    assert response.total == 2
    assert response.facets is not None
    assert response.facets.series == (FacetValue("Tex Willer", 2),)
    assert response.facets.years == (FacetValue("1948", 2),)
    assert shelf.search(request).facets != response.facets
    assert shelf.search(replace(request, facets=False)).facets is None


def test_half_written_books_are_not_counted(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", TEX)
    builders.add(path, replace(PEPPER), listed=False)
    builders.add(path, replace(TEX, ingest_rev="rev2"), listed=False)
    with open_library(path, encoders=fake_encoders()) as library:
        assert library.facets().series == (FacetValue("Tex Willer", 2),)


def test_a_library_from_before_measures_says_so_and_is_searched_without(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", TEX, PEPPER, library=replace(FORMAT, format_version=3))
    with open_library(path, encoders=fake_encoders()) as library:
        assert found(library, "they run series:tex") == {NIGHT, DAY}
        assert library.facets().traits == ()
        with pytest.raises(QueryError, match=r"before panels were measured .* 'longbox migrate'"):
            found(library, "they run is:dark")


names = st.sampled_from(["tex", "Tex Willer", "pepper", "kit", "revoy", "cc", "it", "nobody", ""])
values = st.lists(names, max_size=2).map(tuple)
traits = st.lists(st.sampled_from(KNOWN_TRAITS), max_size=2).map(tuple)
tags = st.lists(st.sampled_from(["night", "rain", "none"]), max_size=1).map(tuple)
kept = st.builds(
    SearchFilters,
    **dict.fromkeys(["series", "not_series", "creators", "not_creators", "characters", "licences"], values),
    not_languages=values,
    page_types=st.sampled_from([(), ("cover",), ("story", "cover")]),
    not_page_types=st.sampled_from([(), ("cover",)]),
    traits=traits,
    not_traits=traits,
    tags=tags,
    not_tags=tags,
    year_from=st.none() | st.integers(1940, 1960),
    year_to=st.none() | st.integers(1960, 2020),
    page_from=st.none() | st.integers(1, 2),
    has_text=st.none() | st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept)
def test_columns_in_memory_let_pass_what_the_condition_lets_pass(
    shelf: Library, filters: SearchFilters
) -> None:
    snapshot = shelf.snapshot()
    where = panel_condition(filters, snapshot)
    scanned = row_ids(snapshot.table(PANELS), where)
    assert passing_rows(filters, snapshot).tolist() == scanned.tolist()


def test_a_filter_is_known_without_a_scan_once_columns_are_in_memory(shelf: Library) -> None:
    shelf.facets()
    snapshot, made = shelf.snapshot(), []
    where = panel_condition(SearchFilters(traits=("landscape",), page_to=77), snapshot)
    assert where is not None
    snapshot.keep_passing(where, lambda: made.append(1) or np.zeros(0, np.int64))  # type: ignore[func-returns-value]
    assert made
    assert snapshot.vectors(PANELS, "vector_text")._passing.of(where).tolist() == []


def test_every_filter_is_known_to_the_columns_in_memory() -> None:
    """A new filter that only the condition knew would let the wrong panels pass beside words."""
    source = inspect.getsource(masks)
    by_facet = {f"{sign}{name}" for _, name in OF_BOOKS for sign in ("", "not_")}
    assert {name for name in SearchFilters.__slots__ if f"filters.{name}" not in source} == by_facet
