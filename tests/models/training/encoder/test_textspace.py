"""The whitened space of captions."""

import numpy as np

from models.training.encoder.textspace import measure_space


def bank() -> np.ndarray:
    rng = np.random.default_rng(0)
    return (rng.normal(size=(4000, 20)) * np.linspace(3, 0.1, 20) + 5).astype(np.float32)


def test_rows_are_unit_and_centred() -> None:
    texts = bank()
    space = measure_space(texts, power=0.5, dim=12)
    rows = space.rows(texts)
    assert rows.shape == (4000, 12)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.abs(rows.mean(axis=0)).max() < 0.05


def test_full_whitening_evens_out_the_directions() -> None:
    texts = bank()
    spread = [
        (texts - space.mean) @ space.axes for space in (measure_space(texts, power=p, dim=8) for p in (0, 1))
    ]
    assert spread[0].std(axis=0).max() / spread[0].std(axis=0).min() > 1.5
    assert np.allclose(spread[1].std(axis=0), spread[1].std(axis=0)[0], rtol=0.01)


def test_cosine_in_a_centred_space_of_all_directions_is_the_cosine_of_the_centred_texts() -> None:
    texts = bank()
    space = measure_space(texts, power=0.0, dim=20)
    centred = texts[:50] - space.mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    rows = space.rows(texts[:50])
    assert np.allclose(rows @ rows.T, centred @ centred.T, atol=1e-4)
