"""Places: the same for the same seed, what is alike together, odd inputs."""

import numpy as np
import pytest

from models.mapping.layouts import lay_out, main_axes, to_unit_square
from models.mapping.neighbours import nearest_rows
from models.mapping.quality import measure
from tests.models.mapping.test_neighbours import clustered


@pytest.mark.parametrize("count", [0, 1, 3, 40])
def test_main_axes_place_any_number_of_rows(count):
    places = main_axes(clustered(1, 40)[:count])
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


def test_the_first_axis_is_that_of_the_largest_differences():
    rng = np.random.default_rng(2)
    rows = (rng.standard_normal((200, 5)) * np.array([3.0, 1.0, 0.2, 0.1, 0.1])).astype(np.float32)
    places = main_axes(rows)
    assert abs(np.corrcoef(places[:, 0], rows[:, 0])[0, 1]) > 0.99
    assert abs(np.corrcoef(places[:, 1], rows[:, 1])[0, 1]) > 0.99


def test_the_unit_square_keeps_shapes():
    places = to_unit_square(np.array([[-4.0, 0.0], [4.0, 2.0], [0.0, 1.0]], np.float32))
    assert ((places >= 0) & (places <= 1)).all()
    width, height = np.ptp(places, axis=0)
    assert width / height == pytest.approx(4.0, rel=1e-4)
    assert np.allclose(to_unit_square(np.ones((3, 2), np.float32)), 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_equal_seeds_give_equal_places_and_clusters_stay_together(method):
    pytest.importorskip("umap", reason="umap-learn is not installed")
    rows = clustered(4, 40)
    near = nearest_rows(rows, 15)
    heard: list[float] = []
    places = lay_out(rows, near, method=method, seed=1, told=heard.append)
    assert np.array_equal(lay_out(rows, near, method=method, seed=1), places)
    assert measure(rows, places)["trustworthiness"] > 0.9
    if method == "umap":
        assert heard[-1] == pytest.approx(1.0)
        assert not np.array_equal(lay_out(rows, near, method=method, seed=2), places)


def test_a_true_map_is_trustworthy_and_a_random_one_is_not():
    rng = np.random.default_rng(0)
    places = rng.random((400, 2)).astype(np.float32)
    rows = np.hstack([places - 0.5, np.full((400, 1), 2.0)]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    true, random = measure(rows, places), measure(rows, places[rng.permutation(400)])
    assert true["trustworthiness"] > 0.99
    assert true["neighbour_overlap"] > 0.9
    assert random["trustworthiness"] < 0.6
    assert random["neighbour_overlap"] == pytest.approx(random["neighbour_overlap_by_chance"], abs=0.05)
    assert measure(rows[:20], places[:20]) == {}
