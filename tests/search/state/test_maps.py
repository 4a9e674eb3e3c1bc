"""Maps as they are shown: levels of detail, colours, regions, and the filter that they make."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.maps.making import MapPlan, make_map
from indexer.maps.table import map_writer
from schemas.areas import MAX_CORNERS, MapArea
from schemas.errors import NotFoundError, QueryError
from schemas.messages import SearchFilters, SearchRequest
from search.library import Library, open_library
from search.state import maps as held_maps
from search.state.maps import NONE_CODE, OTHER_CODE, MapShelf, legend
from tests.indexer.maps.libraries import FIRST, LATE, SECOND, add, kind_of, remove, write
from tests.search.conftest import fake_encoders

WHOLE = MapArea("look", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write(tmp_path_factory.mktemp("maps") / "lib", FIRST, SECOND)
    make_map(path, MapPlan("look", "look", method="pca"))
    return path


@pytest.fixture
def opened(mapped: Path) -> Iterator[Library]:
    with open_library(mapped, encoders=fake_encoders(), refresh_seconds=0) as library:
        yield library


@pytest.fixture
def shelf(opened: Library) -> MapShelf:
    return opened.snapshot().maps


def square(shelf: MapShelf, cluster: int) -> MapArea:
    """A region around one cluster."""
    x0, y0, x1, y1 = shelf.get("look").facts.clusters[cluster].extent
    x0, y0, x1, y1 = (float(np.clip(v, 0, 1)) for v in (x0 - 1e-4, y0 - 1e-4, x1 + 1e-4, y1 + 1e-4))
    return MapArea("look", ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def test_all_points_of_a_small_map_are_in_one_tile(shelf: MapShelf) -> None:
    held = shelf.get("look")
    assert held.levels == 1
    assert held.tile(0, 0, 0) == slice(0, 80)
    panels = {shelf.panel("look", point).panel_id for point in range(80)}
    assert len(panels) == 80


def test_levels_of_a_large_map_are_even_and_hold_every_point_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    heaps = 0.5 + 0.04 * rng.standard_normal((60_000, 2))
    places = np.clip(np.concatenate([heaps, rng.random((60_000, 2))]), 0, 1).astype(np.float32)
    x, y = places.T
    levels = held_maps._levels(x, y)
    assert levels.max() > 0
    first = levels == 0
    cells = held_maps._cells(x, 256) * 256 + held_maps._cells(y, 256)
    assert len(np.unique(cells[first])) == first.sum() == len(np.unique(cells))
    in_heap = np.arange(120_000) < 60_000
    assert first[in_heap].mean() < 0.5 * first[~in_heap].mean()  # the heap is no denser than the rest
    held = held_maps._ordered(None, "s", np.arange(120_000), x, y, np.zeros(120_000, np.int32))  # type: ignore[arg-type]
    seen = []
    for level in range(held.levels):
        for row in range(2**level):
            for column in range(2**level):
                part = held.tile(level, column, row)
                side = 2**level
                assert ((held.x[part] * side).astype(int).clip(max=side - 1) == column).all()
                seen.append(held.rows[part])
    assert np.array_equal(np.sort(np.concatenate(seen)), np.arange(120_000))


def test_a_region_is_the_inside_of_its_polygon(shelf: MapShelf) -> None:
    held = shelf.get("look")
    assert held.inside(WHOLE).sum() == 80
    triangle = held.inside(MapArea("look", ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))))
    below = held.x + held.y < 1.0
    assert np.array_equal(triangle, below)
    hourglass = MapArea("look", ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)))
    assert np.array_equal(held.inside(hourglass), np.abs(held.x - 0.5) > np.abs(held.y - 0.5))


def test_colours_number_the_values_by_how_frequent_they_are(shelf: MapShelf) -> None:
    facets = {facet.name: facet for facet in legend(shelf, "look", {FIRST.book_id: "Harbours"})}
    assert set(facets) == {"series", "book", "language", "decade"}
    assert {(value.label, value.count) for value in facets["series"].values} == {("Sea", 40), ("Rail", 40)}
    assert "Harbours" in {value.label for value in facets["book"].values}
    codes = shelf.colouring("look", "decade").codes
    for point, code in enumerate(codes.tolist()):
        decade = "1990" if shelf.panel("look", point).panel_id.startswith(FIRST.book_id) else "2010"
        assert facets["decade"].values[code].value == decade
    with pytest.raises(QueryError, match="coloured by series"):
        shelf.colouring("look", "smell")


def test_values_that_are_rare_or_missing_have_codes_of_their_own() -> None:
    values = tuple(f"v{number:03d}" for number in range(300))
    codes = np.concatenate([np.arange(300), np.arange(10), [-1]]).astype(np.int32)
    found = held_maps._coloured(held_maps.CodedColumn(values, codes), np.arange(len(codes)))
    assert len(found.values) == held_maps.MAX_COLOURS
    assert found.codes[-1] == NONE_CODE
    assert (found.codes == OTHER_CODE).sum() == 300 - held_maps.MAX_COLOURS
    assert found.values[0] == ("v000", 2)


def test_panels_know_their_place_and_points_their_panel(shelf: MapShelf) -> None:
    place = shelf.panel("look", 17)
    assert shelf.place("look", place.panel_id) == place
    with pytest.raises(NotFoundError, match="no place"):
        shelf.place("look", "0" * 24 + "/00001#01")
    with pytest.raises(NotFoundError, match="no point"):
        shelf.panel("look", 80)
    with pytest.raises(NotFoundError, match="there are: look"):
        shelf.get("smell")


@pytest.mark.parametrize("text", ["", "gulls boat", "soup"])
def test_a_search_is_narrowed_to_a_region(opened: Library, shelf: MapShelf, text: str) -> None:
    for cluster in range(4):
        area = square(shelf, cluster)
        request = SearchRequest(text=text, filters=SearchFilters(areas=(area,)), limit=100, min_score=0.0)
        found = [hit.panel_id for hit in opened.search(replace_duplicates(request)).hits]
        inside = {
            shelf.panel("look", point).panel_id for point in np.flatnonzero(shelf.get("look").inside(area))
        }
        assert set(found) <= inside
        if not text:
            assert set(found) == inside
            assert len({kind_of(panel) for panel in found}) == 1


def replace_duplicates(request: SearchRequest) -> SearchRequest:
    from dataclasses import replace

    return replace(request, collapse_duplicates=False)


def test_a_cluster_is_a_region_too_and_regions_add_up(opened: Library, shelf: MapShelf) -> None:
    def found(*areas: MapArea) -> int:
        request = SearchRequest(filters=SearchFilters(areas=areas), limit=100, collapse_duplicates=False)
        return opened.search(request).total

    assert found(MapArea("look", cluster=2)) == 20
    assert found(MapArea("look", cluster=2), WHOLE) == 20
    assert found(MapArea("look", cluster=2), MapArea("look", cluster=1)) == 0
    with pytest.raises(NotFoundError, match="there is no map"):
        found(MapArea("other", cluster=2))


def test_a_map_made_or_dropped_meanwhile_is_noticed(mapped: Path, tmp_path: Path) -> None:
    import shutil

    path = shutil.copytree(mapped, tmp_path / "lib")
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        assert [facts.name for facts in library.snapshot().maps.facts()] == ["look"]
        make_map(path, MapPlan("second", "look", method="pca"))
        library.snapshot().maps._looked_at = float("-inf")
        assert [facts.name for facts in library.snapshot().maps.facts()] == ["look", "second"]
        with map_writer(path) as writer:
            writer.delete("look")
        library.snapshot().maps._looked_at = float("-inf")
        assert [facts.name for facts in library.snapshot().maps.facts()] == ["second"]


def test_panels_that_are_gone_are_on_the_map_no_more(mapped: Path, tmp_path: Path) -> None:
    import shutil

    path = shutil.copytree(mapped, tmp_path / "lib")
    remove(path, SECOND)
    add(path, LATE)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        held = library.snapshot().maps.get("look")
        assert len(held.rows) == 40
        assert library.search(SearchRequest(filters=SearchFilters(areas=(WHOLE,)))).total <= 40


def test_a_library_without_maps_has_none(folder: Path) -> None:
    with open_library(folder, encoders=fake_encoders()) as library:
        assert library.snapshot().maps.facts() == ()
        with pytest.raises(NotFoundError, match="make one with 'longbox map'"):
            library.snapshot().maps.get("look")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("look", "0,0;1,1", "3 to 500 corners"),
        ("look", "a,b;c,d;e,f", "is no area"),
        ("look", "0,0;1,0;1", "is no area"),
        ("look", "0,0;2,0;1,1", "outside of the map"),
        ("look", "0,0;nan,0;1,1", "outside of the map"),
        ("", "0,0;1,0;1,1", "map=NAME"),
        ("../x", "0,0;1,0;1,1", "there is no map"),
        ("look", ";".join(["0,0"] * (MAX_CORNERS + 1)), "500 corners"),
    ],
)
def test_what_is_no_region_is_refused_in_words(name: str, text: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        MapArea.parse(name, text)


def test_regions_are_read_as_they_are_written() -> None:
    area = MapArea.parse("look", "0.25,0.5; 1,0.125;0,0;")
    assert MapArea.parse("look", str(area)) == area
