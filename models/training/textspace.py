"""The space that pictures are trained into: caption vectors, centred and partly whitened.

Correcting a score for hubs (a z-score of each panel over a bank of captions) is the same as
whitening: with m and C the mean and covariance of the bank, the score of panel v and query q is
v·(q - m) / sqrt(vᵀCv), which is the cosine of C^½ v and C^-½ (q - m) but for a factor of the query.
So a whitened text tower and a plain cosine do what would need statistics for each panel.
"""

from dataclasses import dataclass

import numpy as np

from schemas.records import FloatMatrix


@dataclass(frozen=True, slots=True)
class TextSpace:
    """``(q - mean) @ matrix``, then L2 norm 1: (dim,), (dim, dim) float32."""

    mean: FloatMatrix
    matrix: FloatMatrix

    def rows(self, texts: FloatMatrix) -> FloatMatrix:
        """Return MiniLM rows, (n, dim), in this space, unit rows."""
        rows = (texts - self.mean) @ self.matrix
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def measure_space(bank: FloatMatrix, *, power: float, kept: int) -> TextSpace:
    """Measure the space on a bank of captions.

    Args:
        bank: their MiniLM vectors, (n, dim).
        power: 0 only centres, 1 whitens fully.
        kept: how many principal directions stay; the others are dropped, most of them noise.
    """
    mean = bank.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((bank - mean).T.astype(np.float64)))
    order = np.argsort(values)[::-1][:kept]
    scales = (values[order] / values[order[0]]) ** (-power / 2)
    matrix = (vectors[:, order] * scales) @ vectors[:, order].T
    return TextSpace(np.asarray(mean, np.float32), np.asarray(matrix, np.float32))
