"""The network: what each page says of itself, knowing its neighbours and the book. Numpy only.

    columns, vector → a layer → two convolutions over pages (and the mean of the book) → scores
                                                                       mean of the book → comic or not

Weights are safetensors, described by a JSON file beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.page_types.chain import Chain
from models.page_types.features import COLUMNS, VECTOR_DIM
from models.weights import map_safetensors
from schemas.labels import PageType

CLASSES = tuple(PageType)
"""Order of the scores."""
HIDDEN, PROJECTED, WIDTH = 96, 20, 5
DILATIONS = (1, 3)
LIMIT = 4.0
"""Columns are clipped so many deviations from their mean: what was never seen must not shout."""

FloatArray = NDArray[np.float32]
_K, _F = len(CLASSES), len(COLUMNS)
SHAPES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "mean": (_F,),
        "scale": (_F,),
        "project": (VECTOR_DIM, PROJECTED),
        "inner": (_F + PROJECTED, HIDDEN),
        "inner_bias": (HIDDEN,),
        "book": (HIDDEN, HIDDEN),
        **{f"conv{dilation}": (WIDTH, HIDDEN, HIDDEN) for dilation in DILATIONS},
        **{f"conv{dilation}_bias": (HIDDEN,) for dilation in DILATIONS},
        "outer": (HIDDEN, _K),
        "outer_bias": (_K,),
        "comic": (2 * HIDDEN,),
        "comic_bias": (1,),
        "steps": (_K, _K),
        "first": (_K,),
        "last": (_K,),
        "calm": (2,),
    }
)
"""Arrays of a model; ``calm`` divides scores of pages and the gate, so that shares are as sure as right."""


@dataclass(frozen=True, slots=True)
class Network:
    """Trained weights."""

    arrays: Mapping[str, FloatArray]

    @classmethod
    def load(cls, path: Path) -> "Network":
        """Map a file of weights. Raises WeightsError."""
        return cls(map_safetensors(path, SHAPES))

    @property
    def chain(self) -> Chain:
        """How types follow each other."""
        calm = float(self.arrays["calm"][0])
        steps, first, last = (
            np.asarray(self.arrays[name], np.float64) / calm for name in ("steps", "first", "last")
        )
        return Chain(steps, first, last)

    def scores(self, columns: FloatArray, vectors: FloatArray) -> tuple[NDArray[np.float64], float]:
        """Return (n, classes) scores of the pages, and the logit of the book being a comic.

        Args:
            columns: (n, columns) of :func:`models.page_types.features.features_of`, n at least 1.
            vectors: (n, VECTOR_DIM), zeros where there is none.
        """
        own = self.arrays
        known = np.clip((columns - own["mean"]) / own["scale"], -LIMIT, LIMIT)
        inner = np.concatenate([known, vectors @ own["project"]], axis=1)
        hidden = np.maximum(inner @ own["inner"] + own["inner_bias"], 0)
        pooled = np.concatenate([hidden.mean(axis=0), hidden.max(axis=0)])
        comic = float(pooled @ own["comic"] + own["comic_bias"][0]) / float(own["calm"][1])
        hidden = hidden + np.maximum(hidden.mean(axis=0) @ own["book"], 0)
        for dilation in DILATIONS:
            hidden = hidden + np.maximum(self._convolved(hidden, dilation), 0)
        scores = (hidden @ own["outer"] + own["outer_bias"]) / float(own["calm"][0])
        return np.asarray(scores, np.float64), comic

    def _convolved(self, hidden: FloatArray, dilation: int) -> FloatArray:
        kernel, reach = self.arrays[f"conv{dilation}"], dilation * (WIDTH // 2)
        padded = np.pad(hidden, ((reach, reach), (0, 0)))
        count = len(hidden)
        sums = sum(padded[k * dilation : k * dilation + count] @ kernel[k] for k in range(WIDTH))
        return np.asarray(sums + self.arrays[f"conv{dilation}_bias"], np.float32)
