"""A linear chain over the pages of a book: the likeliest types in a row, and how sure each is.

Shapes: ``scores`` (n, k), what each page says of itself; ``steps`` (k, k) from a type to the next;
``first`` and ``last`` (k,). All natural logarithms. Lafferty, McCallum and Pereira (2001).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chain:
    """What a type says of the next one, and of the ends of a book."""

    steps: FloatArray
    first: FloatArray
    last: FloatArray

    def likeliest(self, scores: FloatArray) -> NDArray[np.int64]:
        """Return the likeliest types in a row (Viterbi); (n,)."""
        count = len(scores)
        if count == 0:
            return np.zeros(0, np.int64)
        back = np.zeros(scores.shape, np.int64)
        best = scores[0] + self.first
        for row in range(1, count):
            ways = best[:, None] + self.steps
            back[row] = ways.argmax(axis=0)
            best = ways.max(axis=0) + scores[row]
        path = np.zeros(count, np.int64)
        path[-1] = int((best + self.last).argmax())
        for row in range(count - 1, 0, -1):
            path[row - 1] = back[row, path[row]]
        return path

    def marginals(self, scores: FloatArray) -> FloatArray:
        """Return how likely each type is for each page, all else weighed in; rows sum to 1."""
        count = len(scores)
        if count == 0:
            return np.zeros(scores.shape)
        ahead, behind = np.zeros(scores.shape), np.zeros(scores.shape)
        ahead[0] = scores[0] + self.first
        for row in range(1, count):
            ahead[row] = scores[row] + _log_sum(ahead[row - 1][:, None] + self.steps, axis=0)
        behind[-1] = self.last
        for row in range(count - 2, -1, -1):
            behind[row] = _log_sum(self.steps + (scores[row + 1] + behind[row + 1])[None], axis=1)
        joint = ahead + behind
        shares = np.exp(joint - joint.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _log_sum(values: FloatArray, *, axis: int) -> FloatArray:
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.squeeze(top, axis) + np.log(np.exp(values - top).sum(axis=axis)))
