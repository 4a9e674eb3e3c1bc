"""``longbox-mini``: our own small picture encoder, and words in its space, without torch.

A panel is squashed to a square and read whole and in parts by a MobileNet whose deeper half was
trained on drawn scenes with exact captions (see ``weights/longbox-mini.md``). A vector has two
parts that never mix:

* **meaning**: directions of a whitened MiniLM space, in which words are compared with pictures.
  Whitening makes a plain cosine equal to a score corrected for hubs (:mod:`models.training.textspace`).
* **look**: a short code of lines, light and colours (the ``standby`` descriptor on fixed principal
  axes), in which pictures find their own copies. Words have nothing there, so that it takes the
  same share of every score of words and changes no ranking.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.encoders.minilm import SPEC as MINILM
from models.encoders.minilm import MiniLmEncoder
from models.encoders.rows import check_pictures, unit_rows
from models.encoders.standby import StandbyPictureEncoder
from models.protocols import TextEncoder
from models.weights import map_safetensors, verify_sha256
from schemas.errors import WeightsError
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import EncoderSpec

NAME = "longbox-mini"
DIM = 384
MEANING_DIM, LOOK_DIM = 288, 96
"""How many of the 384 numbers carry meaning, and how many the look."""
FOLDER = Path(__file__).parent / "weights"
TOWER_FILE, SPACE_FILE = "longbox-mini.onnx", "longbox-mini.safetensors"
TOWER_SHA256 = "@TOWER@"
SPACE_SHA256 = "@SPACE@"
SPEC = EncoderSpec(
    name=NAME,
    dim=DIM,
    preprocessing=f"squash/whole+5/meaning{MEANING_DIM}+look{LOOK_DIM}/{SPACE_SHA256[:12]}/v1",
    weights_sha256=TOWER_SHA256,
)
SCORE_FLOOR = 0.5
TEXT_SCORE_FLOOR = 0.05

_SHAPES = {
    "text_mean": (DIM,),
    "text_axes": (DIM, MEANING_DIM),
    "picture_mean": (MEANING_DIM,),
    "look_mean": (DIM,),
    "look_axes": (DIM, LOOK_DIM),
}
_LOOK_SHARE = 0.5  # length of the look beside a meaning of length 1
_BATCH = 16


@dataclass(frozen=True, slots=True)
class _Space:
    """The fixed statistics that ship with the weights."""

    text_mean: FloatMatrix
    text_axes: FloatMatrix
    picture_mean: FloatMatrix
    look_mean: FloatMatrix
    look_axes: FloatMatrix


class MiniTextTower:
    """Words in the space of :class:`MiniPictureEncoder`: MiniLM, centred, whitened, nothing in the look."""

    def __init__(self, space: _Space, minilm: TextEncoder | None = None) -> None:
        """Open MiniLM, which is not part of this package.

        Raises:
            BackendUnavailableError: it is not installed.
            WeightsError: its weights are damaged.
        """
        self._space = space
        self._minilm = minilm or MiniLmEncoder()

    @property
    def spec(self) -> EncoderSpec:
        """The spec of the picture encoder: both write one space."""
        return SPEC

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts.

        Returns:
            (n, 384) float32, rows of L2 norm 1, input order; (0, 384) for no text.
        """
        rows = self._minilm.encode_texts(texts)
        meaning = unit_rows((rows - self._space.text_mean) @ self._space.text_axes)
        return np.concatenate([meaning, np.zeros((len(rows), LOOK_DIM), np.float32)], axis=1)
