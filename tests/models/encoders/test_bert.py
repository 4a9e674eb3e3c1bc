import math

import numpy as np

from models.encoders.bert import Bert, BertShape, gelu_

SHAPE = BertShape(layers=2, heads=2, width=8, inner=16, words=20, positions=64)


def random_bert() -> Bert:
    rng = np.random.default_rng(0)
    weights = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in SHAPE.tensors().items()}
    return Bert(weights, SHAPE)


def test_gelu_is_the_exact_one() -> None:
    x = np.linspace(-9, 9, 20_001, dtype=np.float32)
    exact = [0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()]
    gelu_(x)
    assert np.abs(x - np.array(exact)).max() < 1e-6


def test_gelu_of_a_matrix_works_in_place() -> None:
    rows = np.full((300, 100), 1.0, np.float32)
    gelu_(rows)
    assert np.allclose(rows, 0.841345, atol=1e-6)


def test_neighbours_of_any_length_do_not_change_a_sentence() -> None:
    bert = random_bert()
    sentences = [[1], [2], [3, 4], [5, 6], [7, 8, 9], list(range(20)), [1] * 60]
    together = bert.mean_vectors(sentences)
    alone = np.concatenate([bert.mean_vectors([sentence]) for sentence in sentences])
    assert np.allclose(together, alone, atol=1e-5)


def test_order_of_the_words_matters() -> None:
    forward, backward = random_bert().mean_vectors([[1, 2, 3], [3, 2, 1]])
    assert not np.allclose(forward, backward, atol=1e-3)
