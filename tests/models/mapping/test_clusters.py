"""Clusters of places, and their names."""

import numpy as np
import pytest

from models.mapping.clusters import find_clusters, silhouette
from models.mapping.naming import Term, name_clusters, words_of


def heaps(count: int, size: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    side = int(np.ceil(np.sqrt(count)))
    middles = np.array([(i % side, i // side) for i in range(count)]) / side
    places = np.concatenate([middle + 0.02 * rng.standard_normal((size, 2)) for middle in middles])
    return places.astype(np.float32), np.repeat(np.arange(count), size)


@pytest.mark.parametrize("by_density", [True, False])
@pytest.mark.parametrize("count", [3, 6, 10])
def test_the_number_of_clusters_is_measured(count, by_density):
    places, truth = heaps(count)
    found = find_clusters(places, by_density=by_density)
    assert found.count == count
    assert found.silhouette > 0.7
    agreeing = sum(np.bincount(found.labels[truth == heap]).max() for heap in range(count))
    assert agreeing == len(places)


def test_clusters_are_numbered_by_size_and_come_out_the_same_each_time():
    places, _ = heaps(4)
    places = np.concatenate([places, places[:60] + 0.001])
    found = find_clusters(places)
    sizes = np.bincount(found.labels)
    assert (np.diff(sizes) <= 0).all()
    assert np.array_equal(find_clusters(places).labels, found.labels)


@pytest.mark.parametrize(
    "places", [np.zeros((0, 2)), np.random.default_rng(1).random((5, 2)), np.ones((50, 2))]
)
def test_too_few_places_and_equal_ones_are_one_cluster(places):
    found = find_clusters(places.astype(np.float32))
    assert found.count == min(len(places), 1)
    assert (found.labels == 0).all()


def test_large_maps_are_clustered_by_a_sample():
    places, truth = heaps(5, size=4_000)
    found = find_clusters(places)
    assert found.count == 5
    assert all(len(np.unique(found.labels[truth == heap])) == 1 for heap in range(5))


def test_silhouette_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    places, truth = heaps(4, size=30)
    places = places.astype(np.float64) + np.random.default_rng(0).normal(scale=0.1, size=places.shape)
    expected = metrics.silhouette_score(places, truth)
    assert silhouette(places, truth.astype(np.int32)) == pytest.approx(expected, abs=1e-6)


def test_names_say_what_sets_a_cluster_apart():
    rainy = [words_of("The umbrella, quick! This rain never ends") | {Term("tag", "rain")}] * 20
    dark = [words_of("The lamp is out") | {Term("layout", "dark")}] * 20
    other = [words_of("The soup is cold")] * 20
    labels = np.repeat([0, 1, 2], 20).astype(np.int32)
    names = name_clusters([*rainy, *dark, *other], labels, 3)
    assert "rain" in names[0].name
    assert names[1].name.startswith("dark")
    assert set(names[2].terms) == {"soup", "cold"}
    assert not any("the" in name.terms for name in names)


def test_no_two_names_are_the_same():
    panels = [{Term("word", "moon")} for _ in range(4)] + [set() for _ in range(8)]
    labels = np.array([0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], np.int32)
    names = [named.name for named in name_clusters(panels, labels, 4)]
    assert len(set(names)) == 4
    assert names[0] == "moon"
