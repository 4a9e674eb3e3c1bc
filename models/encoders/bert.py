"""The forward pass of a small BERT in numpy.

Sentences are packed behind each other without padding: the dense layers see one matrix of
tokens, attention sees runs of sentences of equal length. So no mask is needed, no time goes into
padding, and a vector does not depend on what else is in its batch.

A token is a column, (width, tokens): ``weight @ tokens`` reads the weights as they lie in the
file. ``tokens @ weight.T`` would make BLAS repack them, half of the time of a short query.

Source: Devlin et al. 2018, arXiv:1810.04805; the weights' own ``config.json``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schemas.records import FloatMatrix

Weights = Mapping[str, NDArray[np.float32]]
Tokens = NDArray[np.float32]
"""One column a token: float32, (width, tokens)."""

_LAYER_NORM_EPS = np.float32(1e-12)
# erf(z) = 1 - (a1 t + … + a5 t^5) exp(-z²), t = 1 / (1 + p z), z >= 0, error <= 1.5e-7:
# Abramowitz and Stegun 1964, formula 7.1.26. Numpy has no erf, and scipy would cost its import.
_ERF_P = np.float32(0.3275911)
_ERF_A = tuple(np.float32(a) for a in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592))
_UNPACKED_PRODUCT = 1_000_000  # OpenBLAS, sgemm_small_kernel_permit: rows x columns x tokens
_FEW_TOKENS = 32
_MAX_BLOCK_ROWS = 64
_GELU_FLOATS = 16_384  # a slice at a time: its dozen passes stay in the processor's cache


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


@dataclass(frozen=True, slots=True)
class _Affine:
    """A dense layer, weight (out, in), or the gain and bias of a norm, both (width, 1)."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def read_dense(cls, weights: Weights, name: str) -> Self:
        return cls(weights[f"{name}.weight"], weights[f"{name}.bias"][:, None])

    @classmethod
    def read_norm(cls, weights: Weights, name: str) -> Self:
        return cls(weights[f"{name}.weight"][:, None], weights[f"{name}.bias"][:, None])

    def dense(self, tokens: Tokens) -> Tokens:
        out = _product(self.weight, tokens)
        out += self.bias
        return out

    def norm_(self, tokens: Tokens) -> Tokens:
        """Normalise each token in place."""
        tokens -= tokens.mean(axis=0)
        variance = np.square(tokens).mean(axis=0)
        tokens *= 1 / np.sqrt(variance + _LAYER_NORM_EPS)
        tokens *= self.weight
        tokens += self.bias
        return tokens


@dataclass(frozen=True, slots=True)
class _Run:
    """Sentences of equal length that lie behind each other from token ``start`` on."""

    start: int
    sentences: int
    length: int

    @property
    def tokens(self) -> slice:
        return slice(self.start, self.start + self.sentences * self.length)


@dataclass(frozen=True, slots=True)
class _Layer:
    heads: int
    query_key_value: _Affine
    attention_out: _Affine
    attention_norm: _Affine
    inner: _Affine
    outer: _Affine
    norm: _Affine

    @classmethod
    def read(cls, weights: Weights, prefix: str, heads: int) -> Self:
        query, key, value = (
            _Affine.read_dense(weights, f"{prefix}.attention.self.{part}")
            for part in ("query", "key", "value")
        )
        # The scale of the attention scores goes into the queries, the three products into one.
        scale = np.float32(1 / sqrt(query.bias.size // heads))
        return cls(
            heads=heads,
            query_key_value=_Affine(
                np.concatenate((query.weight * scale, key.weight, value.weight)),
                np.concatenate((query.bias * scale, key.bias, value.bias)),
            ),
            attention_out=_Affine.read_dense(weights, f"{prefix}.attention.output.dense"),
            attention_norm=_Affine.read_norm(weights, f"{prefix}.attention.output.LayerNorm"),
            inner=_Affine.read_dense(weights, f"{prefix}.intermediate.dense"),
            outer=_Affine.read_dense(weights, f"{prefix}.output.dense"),
            norm=_Affine.read_norm(weights, f"{prefix}.output.LayerNorm"),
        )

    def forward(self, tokens: Tokens, runs: Sequence[_Run]) -> Tokens:
        mixed = self.attention_out.dense(self._attend(tokens, runs))
        mixed += tokens
        tokens = self.attention_norm.norm_(mixed)
        widened = self.inner.dense(tokens)
        gelu_(widened)
        out = self.outer.dense(widened)
        out += tokens
        return self.norm.norm_(out)

    def _attend(self, tokens: Tokens, runs: Sequence[_Run]) -> Tokens:
        projected = self.query_key_value.dense(tokens)
        context = np.empty_like(tokens)
        for run in runs:
            # (3, heads, head width, sentences, length), then a matrix for each sentence and head
            parts = projected[:, run.tokens].reshape(3, self.heads, -1, run.sentences, run.length)
            query, key, value = parts.transpose(0, 3, 1, 2, 4)
            scores = key.swapaxes(-1, -2) @ query
            scores -= scores.max(axis=-2, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=-2, keepdims=True)
            mixed = value @ scores
            context[:, run.tokens] = mixed.transpose(1, 2, 0, 3).reshape(tokens.shape[0], -1)
        return context


class Bert:
    """A BERT encoder with mean pooling."""

    def __init__(self, weights: Weights, shape: BertShape) -> None:
        """Take the weights named by ``shape.tensors()``."""
        self._words = weights["embeddings.word_embeddings.weight"]
        first_sentence = weights["embeddings.token_type_embeddings.weight"][0]
        self._positions = weights["embeddings.position_embeddings.weight"] + first_sentence
        self._norm = _Affine.read_norm(weights, "embeddings.LayerNorm")
        self._layers = [
            _Layer.read(weights, f"encoder.layer.{number}", shape.heads) for number in range(shape.layers)
        ]

    def mean_vectors(self, sentences: Sequence[Sequence[int]]) -> FloatMatrix:
        """Return the mean of each sentence's token vectors, (n, width) float32, not normalised.

        Args:
            sentences: token numbers, at least one each; neighbours of equal length are computed
                together, so sort by length.
        """
        runs = list(_runs(sentences))
        ids = np.concatenate([np.asarray(sentence, dtype=np.intp) for sentence in sentences])
        places = np.concatenate([np.tile(np.arange(run.length), run.sentences) for run in runs])
        tokens = self._norm.norm_((self._words[ids] + self._positions[places]).T.copy())
        for layer in self._layers:
            tokens = layer.forward(tokens, runs)
        starts = [place for run in runs for place in range(run.start, run.tokens.stop, run.length)]
        lengths = [len(sentence) for sentence in sentences]
        return np.asarray((np.add.reduceat(tokens, starts, axis=1) / lengths).T, dtype=np.float32)


def gelu_(values: NDArray[np.float32]) -> None:
    """Apply the exact (erf) GELU in place; ``values`` float32, C-contiguous."""
    flat = values.reshape(-1)
    for start in range(0, flat.size, _GELU_FLOATS):
        x = flat[start : start + _GELU_FLOATS]
        size = np.abs(x)
        z = size * np.float32(1 / sqrt(2))
        t = 1 / (1 + _ERF_P * z)
        tail = _ERF_A[0] * t
        for a in _ERF_A[1:]:
            tail += a
            tail *= t
        np.square(z, out=z)
        tail *= np.exp(np.negative(z, out=z), out=z)
        # x erf(x) = |x| erf(|x|), so gelu(x) = (x + |x| (1 - tail)) / 2
        np.subtract(1, tail, out=tail)
        tail *= size
        x += tail
        x *= np.float32(0.5)


def _product(weight: NDArray[np.float32], tokens: Tokens) -> Tokens:
    """Return ``weight @ tokens``, for few tokens in blocks of rows.

    OpenBLAS multiplies small matrices where they lie and repacks larger ones first, which for
    the few tokens of a query takes as long as the product: 10 ms a query, in blocks 7 ms.
    """
    rows, columns = weight.shape
    if tokens.shape[1] > _FEW_TOKENS:
        return weight @ tokens
    fitting = _UNPACKED_PRODUCT // (columns * tokens.shape[1])
    block = min(_MAX_BLOCK_ROWS, 1 << max(fitting.bit_length() - 1, 0))
    if rows % block:
        return weight @ tokens
    return (weight.reshape(-1, block, columns) @ tokens).reshape(rows, -1)


def _runs(sentences: Sequence[Sequence[int]]) -> Iterator[_Run]:
    start = 0
    for length, group in groupby(map(len, sentences)):
        run = _Run(start, sum(1 for _ in group), length)
        yield run
        start += run.sentences * length
