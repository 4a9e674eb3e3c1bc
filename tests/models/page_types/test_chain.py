"""The chain of page types, against every path counted out."""

from itertools import pairwise, product

import numpy as np

from models.page_types.chain import Chain


def test_best_path_and_marginals_are_those_of_all_paths_counted_out() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(5, 3))
    chain = Chain(rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3))
    weights = {
        path: chain.first[path[0]]
        + chain.last[path[-1]]
        + sum(scores[row, kind] for row, kind in enumerate(path))
        + sum(chain.steps[one, two] for one, two in pairwise(path))
        for path in product(range(3), repeat=5)
    }
    assert tuple(chain.likeliest(scores)) == max(weights, key=lambda path: weights[path])
    total = sum(np.exp(weight) for weight in weights.values())
    expected = sum(np.exp(weight) for path, weight in weights.items() if path[2] == 1) / total
    assert np.isclose(chain.marginals(scores)[2, 1], expected)
    assert np.allclose(chain.marginals(scores).sum(axis=1), 1)


def test_a_book_without_pages_has_no_path() -> None:
    chain = Chain(np.zeros((3, 3)), np.zeros(3), np.zeros(3))
    assert len(chain.likeliest(np.zeros((0, 3)))) == 0
    assert chain.marginals(np.zeros((0, 3))).shape == (0, 3)
