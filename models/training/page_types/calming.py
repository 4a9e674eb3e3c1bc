"""Makes shares as sure as right: a divisor for pages and one for the gate, fitted on books not learned."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.page_types.network import Network
from models.training.page_types.learning import Example

FloatArray = NDArray[np.float32]
_TRIED = tuple(float(value) for value in np.geomspace(0.5, 4.0, 15))


def calmed(arrays: Mapping[str, FloatArray], held: Sequence[Example]) -> dict[str, FloatArray]:
    """Return the arrays with the divisors under which held-back books are most likely."""
    pages = min(_TRIED, key=lambda value: _page_loss(_with(arrays, value, 1.0), held))
    gate = min(_TRIED, key=lambda value: _gate_loss(_with(arrays, 1.0, value), held))
    return _with(arrays, pages, gate)


def _with(arrays: Mapping[str, FloatArray], pages: float, gate: float) -> dict[str, FloatArray]:
    return {**arrays, "calm": np.array([pages, gate], np.float32)}


def _page_loss(arrays: Mapping[str, FloatArray], held: Sequence[Example]) -> float:
    network = Network(arrays)
    chain, losses = network.chain, []
    for example in held:
        scores, _ = network.scores(example.columns, example.vectors)
        right = (chain.marginals(scores) * example.allowed).sum(axis=1)
        losses += (-np.log(np.maximum(right, 1e-9))).tolist()
    return float(np.mean(losses))


def _gate_loss(arrays: Mapping[str, FloatArray], held: Sequence[Example]) -> float:
    network = Network(arrays)
    logits = np.array([network.scores(example.columns, example.vectors)[1] for example in held])
    signs = np.where([example.is_comic for example in held], 1.0, -1.0)
    return float(np.logaddexp(0, -signs * logits).mean())
