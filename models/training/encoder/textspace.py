"""The space that pictures are trained into: caption vectors, centred and partly whitened.

Correcting a score for hubs (a z-score of each panel over a bank of captions) is the same as
whitening: with m and C the mean and covariance of the bank, the score of panel v and query q is
v·(q - m) / sqrt(vᵀCv), which is the cosine of C^½ v and C^-½ (q - m) but for a factor of the query.
So a whitened text tower and a plain cosine do what would need statistics for each panel.
"""

from dataclasses import dataclass

import numpy as np

from models.encoders.rows import unit_rows
from schemas.records import FloatMatrix

_FLAT = 1e-4  # variance, as a share of the first direction's, below which a direction is noise


@dataclass(frozen=True, slots=True)
class TextSpace:
    """``(q - mean) @ axes``, then L2 norm 1: (384,), (384, dim) float32."""

    mean: FloatMatrix
    axes: FloatMatrix

    def rows(self, texts: FloatMatrix) -> FloatMatrix:
        """Return MiniLM rows, (n, 384), in this space, unit rows (n, dim)."""
        return unit_rows((texts - self.mean) @ self.axes)


def measure_space(bank: FloatMatrix, *, power: float, dim: int) -> TextSpace:
    """Measure the space on a bank of captions.

    Args:
        bank: their MiniLM vectors, (n, 384).
        power: 0 only centres, 1 whitens fully.
        dim: how many principal directions stay; the others are dropped, most of them noise.
    """
    mean = bank.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((bank - mean).T.astype(np.float64)))
    order = np.argsort(values)[::-1][:dim]
    spread = np.maximum(values[order] / values[order[0]], _FLAT)
    scales = spread ** (-power / 2)
    return TextSpace(
        np.asarray(mean, np.float32), np.ascontiguousarray(vectors[:, order] * scales, np.float32)
    )
