"""CLIP, SigLIP and SigLIP 2 models saved by transformers, as picture encoder: ``transformers:<folder>``.

Sources: Radford et al. 2021, arXiv:2103.00020; Zhai et al. 2023, arXiv:2303.15343; Tschannen et al.
2025, arXiv:2502.14786.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.encoders.local_model import LOADING, LocalModel, loaded_whole, loading, require_transformers
from models.encoders.rows import check_pictures, clean_text, embed_in_batches, tamed
from models.encoders.sentences import PREFIX
from models.protocols import TextEncoder
from models.why.records import HeatMap
from schemas.errors import WeightsError
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import EncoderSpec

FAMILIES = ("clip", "siglip", "siglip2")
_BATCH = 32
_CHARACTERS_PER_TOKEN = 20
_WORDS_RANGE = (0.2, 0.35)
_SCORE_FLOOR = 0.6  # as for open_clip: vectors of published models share one narrow cone


class TransformersPictureEncoder:
    """Embeds pictures with a two-tower model from a folder, and texts into the same space."""

    def __init__(self, argument: str) -> None:
        """Load the model; seconds, as torch comes with it.

        Args:
            argument: the folder.

        Raises:
            ConfigError: there is no such folder.
            BackendUnavailableError: torch or transformers is not installed.
            WeightsError: the folder lacks a part, a part is damaged, or the model has not two towers.
        """
        local = LocalModel.open(argument)
        family = str(local.config.get("model_type", ""))
        if family not in FAMILIES:
            raise WeightsError(
                f"{local.folder} holds a model of the type {family!r}; pictures and words are embedded by "
                f"{', '.join(FAMILIES)}"
            )
        require_transformers()
        from transformers import AutoModel, AutoProcessor

        with loading(local.folder):
            load: Any = AutoProcessor.from_pretrained
            self._processor: Any = load(local.folder, use_fast=False, **LOADING)
        self._model: Any = loaded_whole(local.folder, AutoModel.from_pretrained)
        self._context = int(self._model.config.text_config.max_position_embeddings)
        self._spec = EncoderSpec(
            name=f"{PREFIX}{local.folder}",
            dim=self._row_size(),
            preprocessing=f"{family}/{self._context} tokens/v1",
            weights_sha256=local.weights_sha256,
        )

    @property
    def spec(self) -> EncoderSpec:
        """Full name, size, family and hash of the weights."""
        return self._spec

    @property
    def text_tower(self) -> TextEncoder | None:
        """Embeds words into the space of the pictures."""
        return self

    @property
    def score_floor(self) -> float:
        """Cosine under which two pictures have nothing to do with each other."""
        return _SCORE_FLOOR

    @property
    def words_range(self) -> tuple[float, float]:
        """Cosines of words with a picture: from where on they fit, and where they fit fully."""
        return _WORDS_RANGE

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Embed pictures, 32 at a time.

        Returns:
            (n, dim) float32, rows of L2 norm 1, input order; (0, dim) for no picture.

        Raises:
            UnreadablePictureError: one is not uint8 (height, width, 3).
        """
        check_pictures(images)
        return embed_in_batches(images, self._embed_pictures, dim=self._spec.dim, size=_BATCH)

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts; what lies beyond the context of the model is ignored.

        Returns:
            (n, dim) float32, rows of L2 norm 1, input order; (0, dim) for no text.
        """
        return embed_in_batches(texts, self._embed_texts, dim=self._spec.dim, size=_BATCH)

    def relevance(self, image: RgbImage, direction: NDArray[np.float32]) -> HeatMap:
        """Return what in a picture turns its vector towards a direction (dim,).

        Raises:
            UnreadablePictureError: it is no picture.
            ConfigError: the network is of a kind that cannot be looked into.
        """
        from models.why.towers import attending_openly, look_inside, part_seen

        check_pictures([image])
        given = self._prepared([image])
        given["pixel_values"].requires_grad_()
        part = part_seen(lambda one: self._prepared([one])["pixel_values"][0].numpy(), *image.shape[:2])
        with attending_openly(self._model):
            return look_inside(
                self._model, lambda: _features_of(self._model.get_image_features(**given)), direction, part
            )

    def randomised(self, seed: int) -> Self:
        """Return this encoder with weights thrown at random: what a map must not look the same with."""
        from models.why.sanity import with_random_weights

        other = copy(self)
        other._model = with_random_weights(self._model, seed)
        return other

    def _prepared(self, images: Sequence[RgbImage]) -> Any:
        return self._processor(images=[tamed(image) for image in images], return_tensors="pt")

    def _embed_pictures(self, images: Sequence[RgbImage]) -> FloatMatrix:
        import torch

        with torch.inference_mode():
            return _rows_of(self._model.get_image_features(**self._prepared(images)))

    def _embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        import torch

        # To the full length: SigLIP was trained on padded texts and reads its last token.
        given = self._processor(
            text=[clean_text(text, self._context * _CHARACTERS_PER_TOKEN) for text in texts],
            padding="max_length",
            truncation=True,
            max_length=self._context,
            return_tensors="pt",
        )
        with torch.inference_mode():
            return _rows_of(self._model.get_text_features(**given))

    def _row_size(self) -> int:
        """Return the dimension, from the model itself: its configurations name it differently."""
        return int(self._embed_pictures([np.zeros((8, 8, 3), np.uint8)]).shape[1])


def _rows_of(features: Any) -> FloatMatrix:
    """Return features as an array; newer releases wrap them in an output with ``pooler_output``."""
    return np.asarray(_features_of(features).float().numpy(), dtype=np.float32)


def _features_of(features: Any) -> Any:
    return getattr(features, "pooler_output", features)
