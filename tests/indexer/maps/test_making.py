"""Maps: the same for the same library, near-duplicates once, named clusters, new panels without a refit."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from indexer.maps import material
from indexer.maps.cli import map_command
from indexer.maps.following import follow_map, follow_maps
from indexer.maps.making import MapPlan, make_map
from indexer.maps.table import LOCK_FILE, find_map, list_maps, map_writer, read_points
from schemas.errors import ConfigError, LibraryBusyError
from schemas.records import FloatMatrix
from tests.indexer.maps.libraries import DIM, FIRST, LATE, SECOND, add, book, kind_of, remove, write

PCA = MapPlan("look", "look", method="pca")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return write(tmp_path / "lib", FIRST, SECOND)


def points_of(library: Path, name: str = "look") -> dict[str, tuple[float, float, int, bool]]:
    facts = find_map(library, name)
    assert facts is not None
    rows = read_points(library, facts).to_pylist()
    return {row["panel_id"]: (row["x"], row["y"], row["cluster"], row["is_placed"]) for row in rows}


def rewrite(library: Path, vector: list[float] | None) -> None:
    """Give all panels one vector."""
    import lancedb

    table = lancedb.connect(str(library)).open_table("panels")
    rows = [{**row, "vector_picture": vector} for row in table.to_arrow().to_pylist()]
    table.delete("true")
    table.add(pa.Table.from_pylist(rows, schema=table.schema))


@pytest.mark.parametrize("method", ["pca", pytest.param("umap", marks=pytest.mark.slow)])
def test_panels_of_a_kind_lie_together_in_a_named_cluster(library: Path, method: str) -> None:
    if method == "umap":
        pytest.importorskip("umap", reason="umap-learn is not installed")
    facts = make_map(library, replace(PCA, method=method))
    points = points_of(library)
    assert len(points) == facts.panels == 80
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y, *_ in points.values())
    kinds_of_cluster: dict[int, set[str]] = {}
    for panel, (_, _, cluster, _) in points.items():
        kinds_of_cluster.setdefault(cluster, set()).add(kind_of(panel))
    assert sorted(len(kinds) for kinds in kinds_of_cluster.values()) == [1, 1, 1, 1]
    assert {cluster.size for cluster in facts.clusters} == {20}
    said = {"harbour": "boat", "forest": "oak", "station": "tickets", "kitchen": "soup"}
    for cluster in facts.clusters:
        (kind,) = kinds_of_cluster[cluster.number]
        assert said[kind] in cluster.words
        assert {kind_of(panel) for panel in cluster.central} == {kind}
    assert len({cluster.name for cluster in facts.clusters}) == 4
    assert facts.quality["trustworthiness"] > 0.8


@pytest.mark.parametrize("method", ["pca", pytest.param("umap", marks=pytest.mark.slow)])
def test_the_same_library_gives_the_same_map(library: Path, tmp_path: Path, method: str) -> None:
    if method == "umap":
        pytest.importorskip("umap", reason="umap-learn is not installed")
    plan = replace(PCA, method=method)
    other = write(tmp_path / "other", SECOND, FIRST)  # the order of books does not matter
    first, second = make_map(library, plan), make_map(other, plan)
    assert points_of(library) == points_of(other)
    assert first.clusters == second.clusters
    make_map(library, plan)
    assert points_of(library) == points_of(other)


def test_equal_panels_are_placed_once(tmp_path: Path) -> None:
    library = write(tmp_path / "lib", FIRST)
    import lancedb

    table = lancedb.connect(str(library)).open_table("panels")
    rows = table.to_arrow().to_pylist()
    for row in rows[1:6]:
        row["vector_picture"] = rows[0]["vector_picture"]
    merge = table.merge_insert("panel_id").when_matched_update_all()
    merge.execute(pa.Table.from_pylist(rows, schema=table.schema), on_bad_vectors="null")
    facts = make_map(library, PCA)
    places = {points_of(library)[row["panel_id"]][:2] for row in rows[:6]}
    assert len(places) == 1
    assert facts.places == facts.panels - 5


def test_new_panels_find_their_place_without_a_refit_and_gone_ones_leave(library: Path) -> None:
    make_map(library, PCA)
    before = points_of(library)
    add(library, LATE)
    remove(library, SECOND)
    followed = follow_map(library, "look")
    assert (followed.placed, followed.gone) == (6, 40)
    after = points_of(library)
    kept = {panel: point for panel, point in before.items() if kind_of(panel) in ("harbour", "forest")}
    assert {panel: point for panel, point in after.items() if not point[3]} == kept
    fresh = [panel for panel, point in after.items() if point[3] and kind_of(panel) == "harbour"]
    assert len(fresh) == 3
    middle = np.mean([point[:2] for panel, point in kept.items() if kind_of(panel) == "harbour"], axis=0)
    other = np.mean([point[:2] for panel, point in kept.items() if kind_of(panel) == "forest"], axis=0)
    for panel in fresh:
        spot = np.array(after[panel][:2])
        assert np.linalg.norm(spot - middle) < np.linalg.norm(spot - other)
    facts = find_map(library, "look")
    assert facts is not None
    assert (facts.panels, facts.placed) == (46, 6)
    assert sum(cluster.size for cluster in facts.clusters) == 46


def test_nothing_new_changes_nothing(library: Path) -> None:
    made = make_map(library, PCA)
    follow_maps(library)
    assert list_maps(library) == [made]


def test_large_maps_are_laid_out_by_a_sample(library: Path) -> None:
    facts = make_map(library, replace(PCA, most_at_once=30))
    points = points_of(library)
    assert facts.parameters["laid_out"] == 30
    assert len(points) == 80
    middles = {
        kind: np.mean([p[:2] for panel, p in points.items() if kind_of(panel) == kind], axis=0)
        for kind in ("harbour", "forest", "station", "kitchen")
    }
    nearest = [
        min(middles, key=lambda kind: np.linalg.norm(np.array(p[:2]) - middles[kind])) == kind_of(panel)
        for panel, p in points.items()
    ]
    assert np.mean(nearest) > 0.95


def test_several_maps_stand_side_by_side_and_one_can_be_dropped(library: Path) -> None:
    make_map(library, PCA)
    make_map(library, MapPlan("both", "look+meaning", method="pca"))
    assert [facts.name for facts in list_maps(library)] == ["both", "look"]
    with map_writer(library) as writer:
        writer.delete("look")
    assert [facts.name for facts in list_maps(library)] == ["both"]
    assert len(points_of(library, "both")) == 80


def test_a_killed_writer_leaves_the_map_as_it_was(library: Path) -> None:
    made = make_map(library, PCA)
    before = points_of(library)
    import lancedb

    table = lancedb.connect(str(library)).open_table("maps")
    rows = table.to_arrow().to_pylist()
    half = [{**row, "revision": "cut-short", "x": 0.0} for row in rows if row["panel_id"]][:30]
    table.add(half)
    assert find_map(library, "look") == made
    assert points_of(library) == before
    make_map(library, MapPlan("second", "look", method="pca"))
    table.checkout_latest()
    assert table.count_rows("revision = 'cut-short'") == 0


def test_an_empty_library_and_one_kind_alone_have_a_map_too(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty", book("One", ("forest",), 1))
    remove(empty, book("One", ("forest",), 1))
    assert make_map(empty, PCA).panels == 0
    single = write(tmp_path / "single", book("Forests", ("forest",), 4))
    facts = make_map(single, PCA)
    assert (facts.panels, len(facts.clusters)) == (4, 1)
    follow_maps(single)


def test_vectors_that_are_no_numbers_have_no_place_and_say_so(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = material.vectors_of

    def damaged(column: pa.ChunkedArray) -> FloatMatrix:
        vectors = read(column)
        vectors[:3] = [[np.nan], [np.inf], [0.0]]
        return vectors

    monkeypatch.setattr(material, "vectors_of", damaged)  # the store itself takes none
    facts = make_map(library, PCA)
    assert (facts.panels, facts.without_vector) == (77, 3)
    assert all(np.isfinite(point[:2]).all() for point in points_of(library).values())


def test_a_side_without_any_vectors_is_refused(library: Path) -> None:
    rewrite(library, None)
    with pytest.raises(ConfigError, match="no panel of this library has a vector of the side look"):
        make_map(library, PCA)
    assert list_maps(library) == []


@pytest.mark.parametrize("method", ["pca", pytest.param("umap", marks=pytest.mark.slow)])
def test_panels_that_are_all_the_same_are_one_place_and_one_cluster(library: Path, method: str) -> None:
    rewrite(library, [1.0] + [0.0] * (DIM - 1))
    facts = make_map(library, replace(PCA, method=method))
    assert (facts.panels, facts.places, len(facts.clusters)) == (80, 1, 1)
    assert facts.clusters[0].size == 80


def test_a_library_that_changes_meanwhile_gives_the_map_of_before_and_is_followed(library: Path) -> None:
    def write_meanwhile(what: str, _share: float) -> None:
        if what == "finding clusters":
            add(library, LATE)
            remove(library, SECOND)

    assert make_map(library, PCA, write_meanwhile).panels == 80
    followed = follow_map(library, "look")
    assert (followed.placed, followed.gone, followed.facts.panels) == (6, 40, 46)


def test_a_maker_that_is_interrupted_leaves_the_map_as_it_was(library: Path) -> None:
    made = make_map(library, PCA)
    before = points_of(library)

    def interrupt(what: str, _share: float) -> None:
        if what == "measuring":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_map(library, replace(PCA, seed=7), interrupt)
    assert list_maps(library) == [made]
    assert points_of(library) == before
    make_map(library, PCA)  # the way is free again


def test_two_makers_do_not_meet(library: Path) -> None:
    with map_writer(library), pytest.raises(LibraryBusyError, match="another process is making a map"):
        make_map(library, PCA)
    assert (library / LOCK_FILE).exists()
    make_map(library, PCA)


def test_impossible_wishes_name_the_way_out(library: Path) -> None:
    with pytest.raises(ConfigError, match="known are look, meaning"):
        make_map(library, MapPlan("x", "smell", method="pca"))
    with pytest.raises(ConfigError, match="no vectors of the side fused"):
        make_map(library, MapPlan("x", "fused", method="pca"))
    with pytest.raises(ConfigError, match="there are: none"):
        follow_map(library, "nowhere")


def run(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(map_command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told: dict[str, object] = json.loads(result.stdout)
    return told


def test_the_command_makes_follows_lists_and_drops(library: Path) -> None:
    base = ("--library", str(library), "--json")
    made = run(*base, "--side", "look", "--method", "pca", "--name", "mine")
    assert (made["name"], made["panels"], made["placed"]) == ("mine", 80, 0)
    assert {"trustworthiness", "neighbour_overlap"} <= set(made["quality"])  # type: ignore[call-overload]
    add(library, LATE)
    followed = run(*base, "--name", "mine")
    assert (followed["panels"], followed["placed"], followed["made"]) == (86, 6, made["made"])
    again = run(*base, "--name", "mine", "--refit")
    assert (again["panels"], again["placed"], again["method"]) == (86, 0, "pca")
    assert [one["name"] for one in run(*base, "--list")["maps"]] == ["mine"]  # type: ignore[attr-defined]
    assert run(*base, "--delete", "mine") == {"maps": []}


def test_names_that_no_map_can_have_are_refused(library: Path) -> None:
    with pytest.raises(ConfigError, match="no name for a map"):
        CliRunner().invoke(
            map_command,
            ["--library", str(library), "--name", "../up", "--method", "pca"],
            catch_exceptions=False,
        )
