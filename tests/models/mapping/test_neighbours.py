"""Neighbours of all rows at once: exact for few, nearly so for many."""

import numpy as np
import pytest

from models.encoders.rows import unit_rows
from models.mapping.neighbours import Neighbours, nearest_among, nearest_rows


def clustered(count: int, size: int, dim: int = 24, seed: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    middles = rng.standard_normal((count, dim))
    rows = [middle + 0.4 * rng.standard_normal((size, dim)) for middle in middles]
    return unit_rows(np.concatenate(rows))[rng.permutation(count * size)]


def shared(found: Neighbours, expected: Neighbours) -> float:
    pairs = zip(found.rows.tolist(), expected.rows.tolist(), strict=True)
    return float(np.mean([len(set(mine) & set(theirs)) / len(theirs) for mine, theirs in pairs]))


def test_few_rows_are_compared_with_every_other():
    rows = clustered(5, 40)
    found = nearest_rows(rows, 6)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    expected = np.argsort(-cosines, axis=1, kind="stable")[:, :6]
    assert np.array_equal(found.rows, expected)
    assert np.allclose(found.distances, 1 - np.take_along_axis(cosines, expected, axis=1), atol=1e-5)


def test_many_rows_find_nearly_the_same_cell_by_cell():
    rows = clustered(40, 300)
    exact = nearest_rows(rows, 10)
    found = nearest_rows(rows, 10, exact_rows=100)
    assert shared(found, exact) > 0.9
    assert not (found.rows == np.arange(len(rows))[:, np.newaxis]).any()
    assert (np.diff(found.distances, axis=1) >= -1e-6).all()


def test_queries_find_their_neighbours_among_other_rows():
    base, queries = clustered(40, 300), clustered(40, 5, seed=4)
    exact = nearest_among(queries, base, 8)
    assert np.array_equal(exact.rows[:, 0], (queries @ base.T).argmax(axis=1))
    assert shared(nearest_among(queries, base, 8, exact_rows=100), exact) > 0.9


def test_progress_is_told_up_to_the_end():
    heard: list[float] = []
    nearest_rows(clustered(10, 400), 5, exact_rows=100, told=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_rows_have_as_many_neighbours_as_there_are(count):
    found = nearest_rows(clustered(1, 5)[:count], 4)
    assert found.rows.shape == found.distances.shape == (count, max(count - 1, 0))
