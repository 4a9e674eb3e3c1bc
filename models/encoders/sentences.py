"""Any text model saved by sentence-transformers or transformers, as text encoder: ``transformers:<folder>``.

Multilingual models too; the dimension is the model's. Pooling and normalisation are those that
sentence-transformers wrote beside the model (``1_Pooling/config.json``), else the mean over tokens.

Source: Reimers and Gurevych 2019, arXiv:1908.10084.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from models.encoders.local_model import (
    LOADING,
    LocalModel,
    loaded_whole,
    loading,
    read_json,
    require_transformers,
)
from models.encoders.rows import clean_text, embed_in_batches
from schemas.errors import WeightsError
from schemas.records import FloatMatrix
from schemas.tables import EncoderSpec

if TYPE_CHECKING:
    import torch

PREFIX = "transformers:"
_POOLING_FILE = "1_Pooling/config.json"
_SENTENCE_FILE = "sentence_bert_config.json"
_BATCH = 32
_LONGEST = 512
_CHARACTERS_PER_TOKEN = 20
_POOLINGS = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}


class TransformersTextEncoder:
    """Embeds texts with a model from a folder."""

    def __init__(self, argument: str) -> None:
        """Load the model; seconds, as torch comes with it.

        Args:
            argument: the folder.

        Raises:
            ConfigError: there is no such folder.
            BackendUnavailableError: torch or transformers is not installed.
            WeightsError: the folder lacks a part, or a part is damaged.
        """
        local = LocalModel.open(argument)
        require_transformers()
        from transformers import AutoModel, AutoTokenizer

        self._pooling = _pooling_of(local)
        with loading(local.folder):
            self._tokenizer = AutoTokenizer.from_pretrained(local.folder, **LOADING)
        self._model: Any = loaded_whole(local.folder, AutoModel.from_pretrained)
        self._longest = _longest(local, self._tokenizer)
        self._spec = EncoderSpec(
            name=f"{PREFIX}{local.folder}",
            dim=int(self._model.config.hidden_size),
            preprocessing=f"{self._pooling}/{self._longest} tokens/v1",
            weights_sha256=local.weights_sha256,
        )

    @property
    def spec(self) -> EncoderSpec:
        """Full name, size, pooling and hash of the weights."""
        return self._spec

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts; what lies beyond the context of the model is ignored.

        Returns:
            (n, dim) float32, rows of L2 norm 1, input order; (0, dim) for no text.
        """
        return embed_in_batches(texts, self._embed, dim=self._spec.dim, size=_BATCH)

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        import torch

        cleaned = [clean_text(text, self._longest * _CHARACTERS_PER_TOKEN) for text in texts]
        tokens = self._tokenizer(
            cleaned, padding=True, truncation=True, max_length=self._longest, return_tensors="pt"
        )
        with torch.inference_mode():
            hidden = self._model(**tokens).last_hidden_state.float()
            pooled = _pooled(hidden, tokens["attention_mask"], self._pooling)
        return np.asarray(pooled.numpy(), dtype=np.float32)


def _pooled(hidden: "torch.Tensor", mask: "torch.Tensor", pooling: str) -> "torch.Tensor":
    """Return one row a text of token vectors (n, tokens, dim)."""
    if pooling == "cls":
        return hidden[:, 0]
    weights = mask[..., None].float()
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)


def _pooling_of(local: LocalModel) -> str:
    """Return ``mean`` or ``cls``. Raises WeightsError for a pooling that is neither."""
    file = local.folder / _POOLING_FILE
    if not file.is_file():
        return "mean"
    chosen = {
        key for key, value in read_json(file).items() if key.startswith("pooling_mode") and value is True
    }
    if len(chosen) == 1 and (name := chosen.pop()) in _POOLINGS:
        return _POOLINGS[name]
    raise WeightsError(f"{file} asks for a pooling that is neither the mean nor the first token")


def _longest(local: LocalModel, tokenizer: Any) -> int:
    """Return how many tokens the model reads: the least that any of its files says, at most 512."""
    file = local.folder / _SENTENCE_FILE
    said = [
        read_json(file).get("max_seq_length") if file.is_file() else None,
        local.config.get("max_position_embeddings"),
        tokenizer.model_max_length,
    ]
    return min([_LONGEST, *(int(number) for number in said if isinstance(number, int) and number > 0)])
