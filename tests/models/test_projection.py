"""Maps of vectors: neighbourhoods, seeds, odd inputs."""

import numpy as np
import pytest

from models.projection import Projection, nearest, project

RNG = np.random.default_rng(5)


def clusters(count: int, size: int) -> np.ndarray:
    middles = RNG.standard_normal((count, 32))
    return np.concatenate([middle + 0.15 * RNG.standard_normal((size, 32)) for middle in middles]).astype(
        np.float32
    )


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_neighbours_are_those_of_a_plain_comparison() -> None:
    rows = unit(RNG.standard_normal((300, 16))).astype(np.float32)
    found, distances = nearest(rows, 5)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    expected = np.argsort(-cosines, axis=1)[:, :5]
    assert np.array_equal(found, expected)
    assert np.allclose(distances, 1 - np.take_along_axis(cosines, expected, axis=1), atol=1e-5)


def test_neighbours_never_hold_the_row_itself_even_among_twins() -> None:
    rows = np.repeat(unit(RNG.standard_normal((4, 8))), 5, axis=0).astype(np.float32)
    found, distances = nearest(rows, 4)
    assert not (found == np.arange(20)[:, np.newaxis]).any()
    assert np.allclose(distances, 0, atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_few_points_have_a_map_too(count: int) -> None:
    result = project(RNG.standard_normal((count, 8)).astype(np.float32))
    assert result.places.shape == (count, 2)
    assert result.neighbours.shape == (count, max(count - 1, 0))
    assert np.isfinite(result.places).all()


@pytest.fixture(scope="module")
def mapped() -> tuple[np.ndarray, Projection]:
    pytest.importorskip("umap", reason="umap-learn is not installed")
    rows = clusters(4, 40)
    rows[7] = rows[3]  # a twin
    return rows, project(rows, seed=1)


@pytest.mark.slow
def test_clusters_stay_together(mapped: tuple[np.ndarray, Projection]) -> None:
    _, result = mapped
    distances = np.linalg.norm(result.places[:, np.newaxis] - result.places, axis=2)
    np.fill_diagonal(distances, np.inf)
    label = np.arange(160) // 40
    assert (label[distances.argmin(axis=1)] == label).mean() > 0.95


@pytest.mark.slow
def test_twins_share_a_place_and_seeds_repeat_a_map(mapped: tuple[np.ndarray, Projection]) -> None:
    rows, result = mapped
    assert np.array_equal(result.places[7], result.places[3])
    assert np.array_equal(project(rows, seed=1).places, result.places)
    assert not np.array_equal(project(rows, seed=2).places, result.places)


@pytest.mark.slow
def test_large_libraries_find_nearly_the_same_neighbours() -> None:
    pytest.importorskip("pynndescent", reason="umap-learn is not installed")
    rows = unit(clusters(10, 60)).astype(np.float32)
    exact, _ = nearest(rows, 10)
    found, distances = nearest(rows, 10, exact_rows=100)
    assert found.shape == distances.shape == (600, 10)
    assert not (found == np.arange(600)[:, np.newaxis]).any()
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(found.tolist(), exact.tolist(), strict=True)]
    assert np.mean(shared) > 0.9
