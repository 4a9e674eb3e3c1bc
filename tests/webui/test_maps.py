"""Maps over HTTP: what is known of them, tiles, points, and searches in a region."""

import gzip
import shutil
import struct
import time

import numpy as np
import pytest

from indexer.maps.making import MapPlan, make_map
from webui import WebConfig, create_app
from webui.app import close_app


@pytest.fixture(scope="module")
def mapped_path(library_path, tmp_path_factory):
    """A copy of the library with two maps."""
    library = shutil.copytree(library_path, tmp_path_factory.mktemp("mapped") / "library")
    make_map(library, MapPlan("look", "look", method="pca"))
    make_map(library, MapPlan("fused", "fused", method="pca"))
    return library


@pytest.fixture
def mapped(mapped_path):
    app = create_app(WebConfig(library=mapped_path))
    with app.test_client() as client:
        yield client
    close_app(app)


def told(client, path, **arguments):
    response = client.get(f"/api/v1/{path}", query_string=arguments)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def read_tile(response):
    body = response.get_data()
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    count, first = struct.unpack("<II", body[:8])
    columns = np.frombuffer(body[8:], "<u2").reshape(-1, count)
    return first, columns


def test_maps_are_listed_with_their_facts(mapped):
    assert [one["name"] for one in told(mapped, "maps")["maps"]] == ["fused", "look"]
    facts = told(mapped, "maps/look")
    assert facts["panels"] == 9
    assert {"state", "levels", "clusters", "facets", "quality", "parameters", "versions"} <= set(facts)
    assert {facet["name"] for facet in facts["facets"]} >= {"book"}


def test_a_tile_holds_places_clusters_and_the_colour_asked_for(mapped):
    state = told(mapped, "maps/look")["state"]
    response = mapped.get(f"/api/v1/maps/look/tiles/0/0/0?colour=book&state={state}")
    first, columns = read_tile(response)
    assert (first, columns.shape) == (0, (4, 9))
    assert "immutable" in response.headers["Cache-Control"]
    place = told(mapped, "maps/look/points/3", state=state)
    assert place["x"] == pytest.approx(columns[0, 3] / 65_535, abs=1e-4)
    assert place["y"] == pytest.approx(columns[1, 3] / 65_535, abs=1e-4)
    assert place["cluster"] == columns[2, 3].astype(np.int16)
    book = told(mapped, "maps/look")["facets"]
    values = next(facet["values"] for facet in book if facet["name"] == "book")
    assert place["panel_id"].startswith(values[columns[3, 3]]["value"])
    assert read_tile(mapped.get("/api/v1/maps/look/tiles/0/0/0"))[1].shape == (3, 9)


def test_large_tiles_are_packed_where_the_browser_likes_that(mapped, monkeypatch):
    monkeypatch.setattr("webui.api.maps._PACKED_FROM", 10)
    packed = mapped.get("/api/v1/maps/look/tiles/0/0/0", headers={"Accept-Encoding": "gzip"})
    plain = mapped.get("/api/v1/maps/look/tiles/0/0/0")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_panels_lead_to_points_and_points_to_panels(mapped):
    place = told(mapped, "maps/look/points/5")
    assert told(mapped, f"maps/look/panels/{place['panel_id'].replace('#', '%23')}") == place


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("maps/nowhere", 404),
        ("maps/look/tiles/0/1/0", 404),
        ("maps/look/tiles/99/0/0", 404),
        ("maps/look/tiles/0/0/0?colour=smell", 400),
        ("maps/look/tiles/0/0/0?state=old", 404),
        ("maps/look/tiles/0/0/0?size=3", 400),
        ("maps/look/points/9", 404),
        ("maps/look/points/99999999999999999999", 404),
        ("maps/look/panels/nothing", 404),
        ("maps/look/panels/%00/1%23x", 404),
        ("maps/look/selection", 400),
        ("maps/look/selection?area=1,2", 400),
        ("maps/look/selection.csv?area=1,2", 400),
        ("maps/look/selection?area=0,0;1,0;1,1&places=201", 400),
        ("maps/nowhere/selection?area=0,0;1,0;1,1", 404),
        ("search?map=look&area=5,5;1,1;0,0", 400),
        ("search?area=0,0;1,0;1,1", 400),
        ("search?map=look&cluster=x", 400),
        ("search?map=nowhere&cluster=0", 404),
    ],
)
def test_what_is_not_there_is_said_in_the_one_shape(mapped, path, status):
    response = mapped.get(f"/api/v1/{path}")
    assert response.status_code == status
    assert response.get_json()["error"]["status"] == status


def test_the_panels_of_a_region_are_named_and_given_as_a_table(mapped):
    everywhere = {"area": "0,0;1,0;1,1;0,1"}
    chosen = told(mapped, "maps/look/selection", places=4, **everywhere)
    assert chosen["panels"] == 9
    assert len({place["panel_id"] for place in chosen["places"]}) == 4
    table = mapped.get("/api/v1/maps/look/selection.csv", query_string=everywhere)
    head, *lines = table.get_data(as_text=True).splitlines()
    assert (head, len(lines)) == ("panel_id,x,y,cluster", 9)
    assert {place["panel_id"] for place in chosen["places"]} <= {line.split(",")[0] for line in lines}
    assert "look-selection.csv" in table.headers["Content-Disposition"]


def test_a_search_in_a_region_finds_what_the_selection_counts(mapped):
    for area in ("0,0;1,0;1,1;0,1", "0,0;0.5,0;0.5,1;0,1", "0.9,0.9;1,0.9;1,1"):
        counted = told(mapped, "maps/look/selection", area=area)["panels"]
        found = told(mapped, "search", map="look", area=area, duplicates="yes", limit=50)
        assert len(found["hits"]) == found["total"] == counted
    assert counted < 9


def test_a_region_and_words_go_together(mapped):
    everything = {hit["panel_id"] for hit in told(mapped, "search", q="harbour cat", min_score=0)["hits"]}
    (x, y) = (told(mapped, "maps/look/points/0")[axis] for axis in "xy")
    area = f"{x - 0.01},{y - 0.01};{x + 0.01},{y - 0.01};{x + 0.01},{y + 0.01};{x - 0.01},{y + 0.01}"
    found = told(mapped, "search", q="harbour cat", min_score=0, map="look", area=area)["hits"]
    assert {hit["panel_id"] for hit in found} < everything


def test_the_page_lists_the_clusters_without_javascript(mapped):
    page = mapped.get("/map?name=look").get_data(as_text=True)
    facts = told(mapped, "maps/look")
    assert page.count('<tr data-cluster="') == len(facts["clusters"])
    for cluster in facts["clusters"]:
        assert f"/?map=look&amp;cluster={cluster['number']}" in page
        assert cluster["name"].split(",")[0] in page
    hits = mapped.get("/?map=look&cluster=0").get_data(as_text=True)
    assert hits.count("data-panel=") == facts["clusters"][0]["size"]


def test_hits_and_panels_lead_to_their_place(mapped):
    panel = told(mapped, "maps/look/points/0")["panel_id"]
    address = f"/map?panel={panel.replace('#', '%23')}"
    assert address in mapped.get("/?map=look&area=0,0;1,0;1,1;0,1&duplicates=yes").get_data(as_text=True)
    assert "On the map" in mapped.get(f"/pages/{panel.partition('#')[0]}").get_data(as_text=True)
    marked = mapped.get(address).get_data(as_text=True)
    assert "&#34;marked&#34;: {" in marked
    lost = mapped.get("/map?panel=nothing").get_data(as_text=True)
    assert "&#34;lost&#34;: true" in lost


@pytest.fixture
def keeper(library_path, tmp_path):
    """A client that may change its library."""
    app = create_app(WebConfig(library=shutil.copytree(library_path, tmp_path / "library")))
    with app.test_client() as client:
        yield client
    close_app(app)


def test_a_map_is_made_anew_followed_and_dropped(keeper):
    answer = keeper.post("/api/v1/maps", json={"side": "look", "method": "pca", "name": "mine"})
    assert (answer.status_code, answer.get_json()["running"]) == (202, True)
    until = time.monotonic() + 60
    while (state := told(keeper, "chores/map"))["running"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert state["problem"] == ""
    listed = told(keeper, "maps")
    assert [(one["name"], one["panels"]) for one in listed["maps"]] == [("mine", 9)]
    assert not listed["making"]["running"]
    assert keeper.delete("/api/v1/maps/mine").status_code == 204
    assert told(keeper, "maps")["maps"] == []
    assert keeper.delete("/api/v1/maps/mine").status_code == 404


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"side": "smell"}, "known are look"),
        ({"side": "look+"}, "known are look"),
        ({"name": "../../x"}, "is no name for a map"),
        ({"method": "magic"}, "method"),
    ],
)
def test_a_map_that_cannot_be_is_refused_before_it_is_begun(keeper, body, says):
    answer = keeper.post("/api/v1/maps", json=body)
    assert (answer.status_code, says in answer.get_json()["error"]["message"]) == (400, True)
    assert not told(keeper, "chores/map")["running"]


def test_a_map_in_the_making_is_stopped_and_the_one_before_stays(keeper):
    assert keeper.delete("/api/v1/chores/map").get_json()["running"] is False
    keeper.post("/api/v1/maps", json={"side": "look", "method": "tsne"})
    stopped = keeper.delete("/api/v1/chores/map").get_json()
    assert (stopped["running"], stopped["problem"].startswith("stopped")) == (False, True)
    assert told(keeper, "maps")["maps"] == []
    assert {one["name"] for one in told(keeper, "chores")["chores"]} == {"audit", "map"}
    assert keeper.get("/api/v1/chores/dishes").status_code == 404


def test_a_library_without_a_map_says_how_to_make_one(client):
    page = client.get("/map").get_data(as_text=True)
    assert "longbox map --library" in page
    assert client.get("/api/v1/maps").get_json()["maps"] == []
    assert "On the map" not in client.get("/?q=umbrella").get_data(as_text=True)
    assert client.get("/map?name=x").status_code == 200
