"""A small BERT with mean pooling, run by onnxruntime.

The graph that lies in ``weights`` holds no weights: it names them, and each session is given those
of the mapped file. Sentences of a batch are padded to the longest; what is padded counts nowhere, so
that a vector does not depend on what else is in its batch (1e-6).

Source: Devlin et al. 2018, arXiv:1810.04805; :mod:`models.training.bert_graph` writes the graph.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.inference import open_session
from schemas.records import FloatMatrix

Weights = Mapping[str, NDArray[np.float32]]

TOKENS, MASK, MEAN = "tokens", "mask", "mean"
"""Names in the graph: token numbers (n, length) int64, 1 for those that count (n, length) float32, and
the vectors (n, width)."""
MINILM_GRAPH = Path(__file__).parent / "weights" / "minilm-graph.onnx"


@dataclass(frozen=True, slots=True)
class BertShape:
    """The sizes of a BERT."""

    layers: int
    heads: int
    width: int
    inner: int
    words: int
    positions: int

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Return the name and shape of each tensor that the forward pass reads."""
        shapes: dict[str, tuple[int, ...]] = {
            "embeddings.word_embeddings.weight": (self.words, self.width),
            "embeddings.position_embeddings.weight": (self.positions, self.width),
            "embeddings.token_type_embeddings.weight": (2, self.width),
            "embeddings.LayerNorm.weight": (self.width,),
            "embeddings.LayerNorm.bias": (self.width,),
        }
        for layer in range(self.layers):
            for part, (rows, columns) in self._dense().items():
                shapes[f"encoder.layer.{layer}.{part}.weight"] = (rows, columns)
                shapes[f"encoder.layer.{layer}.{part}.bias"] = (rows,)
            for part in ("attention.output.LayerNorm", "output.LayerNorm"):
                shapes[f"encoder.layer.{layer}.{part}.weight"] = (self.width,)
                shapes[f"encoder.layer.{layer}.{part}.bias"] = (self.width,)
        return shapes

    def _dense(self) -> dict[str, tuple[int, int]]:
        square = (self.width, self.width)
        return {
            "attention.self.query": square,
            "attention.self.key": square,
            "attention.self.value": square,
            "attention.output.dense": square,
            "intermediate.dense": (self.inner, self.width),
            "output.dense": (self.width, self.inner),
        }


class _Session(Protocol):
    """An onnxruntime session as far as it is used here."""

    def run(self, names: list[str], inputs: dict[str, NDArray[np.generic]]) -> list[NDArray[np.float32]]:
        """Run the graph."""


class Bert:
    """A BERT encoder with mean pooling; safe to share between threads, and each call runs on its own."""

    def __init__(self, graph: Path, weights: Weights) -> None:
        """Load the graph and give it the weights that it names; these stay where they are mapped.

        Raises:
            BackendUnavailableError: onnxruntime is not installed.
            WeightsError: the graph is damaged, or names other weights.
        """
        self._weights = dict(weights)
        self._session: _Session = open_session(graph, needed_by="the encoder of words", weights=self._weights)

    def mean_vectors(self, sentences: Sequence[Sequence[int]]) -> FloatMatrix:
        """Return the mean of each sentence's token vectors, (n, width) float32, not normalised.

        Args:
            sentences: token numbers, at least one each; together they are padded to the longest.
        """
        lengths = np.array([len(sentence) for sentence in sentences])
        counted = np.arange(lengths.max()) < lengths[:, np.newaxis]
        tokens = np.zeros(counted.shape, np.int64)
        tokens[counted] = np.concatenate([np.asarray(sentence, np.int64) for sentence in sentences])
        return self._session.run([MEAN], {TOKENS: tokens, MASK: counted.astype(np.float32)})[0]
