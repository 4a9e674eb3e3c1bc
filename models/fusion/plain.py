"""Fusion without training: a normalised weighted sum, for encoders that nobody trained one for.

Each modality is mapped by a fixed random matrix with orthogonal rows or columns. Inside a modality
cosines stay what they are, or nearly so where 384 numbers are fewer than the encoder's; between
modalities they are near zero. A product of two fused vectors is hence the weighted sum of the
cosines of what both have.
"""

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

WEIGHTS = {"picture": 1.0, "text": 1.0, "layout": 0.25}
_PLACE_STRENGTH = 0.5


def plain_arrays(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, NDArray[np.float32]]:
    """Return arrays of those shapes that fuse by fixed weights and foresee what a page shows already."""
    arrays = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    for name in ("map_picture", "map_text", "map_layout"):
        rows, columns = shapes[name]
        arrays[name] = _orthogonal(name, rows, columns)
    arrays["gate_bias"] = np.log(np.array(list(WEIGHTS.values()), np.float32))
    arrays["place"] = _PLACE_STRENGTH * _rng("place").standard_normal(shapes["place"]).astype(np.float32)
    arrays["context_in"] = _rng("context").standard_normal(shapes["context_in"]).astype(np.float32)
    arrays["context_in"] /= np.sqrt(len(arrays["context_in"]))  # adds nothing while the way out is zeros
    return arrays


def _orthogonal(name: str, rows: int, columns: int) -> NDArray[np.float32]:
    """Return a random (rows, columns) matrix, the same for a name, whose shorter side is orthonormal."""
    noise = _rng(name).standard_normal((max(rows, columns), min(rows, columns)))
    basis, triangle = np.linalg.qr(noise)
    basis = basis * np.sign(np.diag(triangle))  # the decomposition is unique only up to signs
    return np.asarray(basis if rows >= columns else basis.T, dtype=np.float32)


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))
