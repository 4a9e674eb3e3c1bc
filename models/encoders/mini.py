"""``longbox-mini``: our own small picture encoder, and words in its space, without torch.

A panel is squashed to a square and read whole and in five parts by a MobileNet trained on drawn
scenes with exact captions (``weights/longbox-mini.md``). A vector has two parts that never mix:

* **meaning**: directions of a whitened MiniLM space, in which words are compared with pictures.
  Whitening makes a plain cosine equal to a score corrected for hubs
  (:mod:`models.training.encoder.textspace`).
* **look**: a short code of lines, light and colours (the ``standby`` descriptor on fixed principal
  axes), in which pictures find their own copies. Words have nothing there: it takes the same share
  of every score of words and changes no ranking.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from models.encoders.minilm import MiniLmEncoder, shared_minilm
from models.encoders.rows import check_pictures, unit_rows
from models.encoders.standby import DIM as STANDBY_DIM
from models.encoders.standby import StandbyPictureEncoder
from models.inference import open_session
from models.protocols import Tags, TextEncoder
from models.weights import map_safetensors, verify_sha256, with_shuffled_weights
from schemas.errors import WeightsError
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import EncoderSpec

NAME = "longbox-mini"
PREFIX = "mini:"
"""Before the folder of weights of one's own, in the registry."""
DIM = 384
MEANING_DIM, LOOK_DIM = 288, 96
"""How many of the 384 numbers carry meaning, and how many the look."""
LOOK_SHARE = 0.5
"""Length of the look beside a meaning of length 1."""
FOLDER = Path(__file__).parent / "weights"
TOWER_FILE, SPACE_FILE, PINS_FILE = f"{NAME}.onnx", f"{NAME}.safetensors", f"{NAME}.json"
# Of 384 panels asked in those of other works, 8 % find any above this; all copies that were cropped by up
# to a fifth, recoloured, rescanned or mirrored lie above it.
SCORE_FLOOR = 0.54
# Of 384 captions asked in 442 panels nearly all have ten panels above the first number; the best of
# any caption reached the second. Words about other things reach .10 to .18: to what is drawn nothing
# is quite foreign, so that a floor can only keep the far end out.
WORDS_RANGE = (0.09, 0.3)
TAG_THRESHOLD = 0.5
"""A tag is given to pictures that more likely have it than not."""
CROP_SHARE = 0.72
"""Side of a part as a share of the picture's."""

_TEXT_DIM = 384
_SHAPES = {
    "text_mean": (_TEXT_DIM,),
    "text_axes": (_TEXT_DIM, MEANING_DIM),
    "picture_mean": (MEANING_DIM,),
    "look_mean": (STANDBY_DIM,),
    "look_axes": (STANDBY_DIM, LOOK_DIM),
}
_BATCH = 2  # pictures at a time: their twelve views stay in the cache
_VIEWS = 6


@dataclass(frozen=True, slots=True)
class Pins:
    """What ``longbox-mini.json`` says of the two files beside it."""

    tower_sha256: str
    space_sha256: str
    side_px: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Space:
    """The fixed statistics that ship with the weights."""

    text_mean: FloatMatrix
    text_axes: FloatMatrix
    picture_mean: FloatMatrix
    look_mean: FloatMatrix
    look_axes: FloatMatrix


class Tower(Protocol):
    """An onnxruntime session of the tower."""

    def run(self, names: Sequence[str], inputs: Mapping[str, NDArray[np.uint8]]) -> list[FloatMatrix]:
        """Return the outputs of those names."""
        ...


class MiniPictureEncoder:
    """Embeds pictures by what they show and how they look; safe to share between threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the tower; MiniLM only comes with the first words.

        Args:
            folder: with the three files of ``longbox train encoder``; None takes those that ship.

        Raises:
            WeightsError: a file is missing, truncated, or not the one that belongs to the others.
        """
        own = folder or FOLDER
        self._pins = read_pins(own / PINS_FILE)
        verify_sha256(own / SPACE_FILE, self._pins.space_sha256)
        verify_sha256(own / TOWER_FILE, self._pins.tower_sha256)
        self._space = _Space(**map_safetensors(own / SPACE_FILE, _SHAPES))
        self._tower_file = own / TOWER_FILE
        self._session = open_tower(self._tower_file)
        self._look = StandbyPictureEncoder()
        self._spec = EncoderSpec(
            name=f"{PREFIX}{folder.resolve()}" if folder else NAME,
            dim=DIM,
            preprocessing=f"squash{self._pins.side_px}/1+5/{MEANING_DIM}+{LOOK_DIM}/{self._pins.space_sha256[:12]}/v1",
            weights_sha256=self._pins.tower_sha256,
        )
        self._text_tower = MiniTextTower(self._space, self._spec)

    @property
    def spec(self) -> EncoderSpec:
        """Name, size and hashes."""
        return self._spec

    @property
    def text_tower(self) -> TextEncoder | None:
        """Embeds words into the space of the pictures."""
        return self._text_tower

    @property
    def score_floor(self) -> float:
        """Cosine under which two pictures have nothing to do with each other."""
        return SCORE_FLOOR

    @property
    def words_range(self) -> tuple[float, float]:
        """Cosines of words with a picture: from where on they fit, and where they fit fully."""
        return WORDS_RANGE

    @property
    def tags(self) -> Tags:
        """The tags that it knows, sorted."""
        return self._pins.tags

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Embed pictures of any size.

        Returns:
            (n, 384) float32, rows of L2 norm 1, input order; (0, 384) for no picture.

        Raises:
            UnreadablePictureError: one is not uint8 (height, width, 3).
        """
        check_pictures(images)
        return self._vectors(images, mean_meaning(self._session, images, self._pins.side_px))

    def encode_and_tag(self, images: Sequence[RgbImage]) -> tuple[FloatMatrix, tuple[Tags, ...]]:
        """Embed pictures and name what they show, for the price of embedding them.

        Returns:
            The vectors of :meth:`encode_images`, and of each picture the tags that more likely hold
            than not.

        Raises:
            UnreadablePictureError: one is not uint8 (height, width, 3).
        """
        check_pictures(images)
        meaning, probabilities = self._look_closely(images)
        return self._vectors(images, meaning), tuple(map(self._named, probabilities))

    def read_tags(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Say how likely pictures show what.

        Returns:
            (n, len(tags)) float32: the probability of each tag of :attr:`tags`, the mean over the views.

        Raises:
            UnreadablePictureError: one is not uint8 (height, width, 3).
        """
        check_pictures(images)
        return self._look_closely(images)[1]

    def randomised(self, seed: int) -> Self:
        """Return this encoder with the weights of its tower shuffled: what a map must not survive.

        Raises:
            BackendUnavailableError: the package onnx, which opens the tower, is not installed.
        """
        other = copy(self)
        data = with_shuffled_weights(self._tower_file.read_bytes(), seed)
        other._session = open_session(self._tower_file, needed_by=f"the encoder {NAME!r}", data=data)
        return other

    def _vectors(self, images: Sequence[RgbImage], meaning: FloatMatrix) -> FloatMatrix:
        meaning = unit_rows(meaning - self._space.picture_mean)
        look = unit_rows((self._look.encode_images(images) - self._space.look_mean) @ self._space.look_axes)
        return unit_rows(np.concatenate([meaning, LOOK_SHARE * look], axis=1))

    def _look_closely(self, images: Sequence[RgbImage]) -> tuple[FloatMatrix, FloatMatrix]:
        """Return what the tower says of pictures and the probabilities of all tags, means over the views."""
        meanings = [np.empty((0, MEANING_DIM), np.float32)]
        tags = [np.empty((0, len(self._pins.tags)), np.float32)]
        for views in _batches(images, self._pins.side_px):
            vectors, logits = self._session.run(["vectors", "tags"], {"pictures": views})
            meanings.append(_mean_of_views(unit_rows(vectors)))
            tags.append(_mean_of_views(np.reciprocal(1 + np.exp(-logits))))
        return unit_rows(np.concatenate(meanings)), np.concatenate(tags)

    def _named(self, probabilities: FloatMatrix) -> Tags:
        return tuple(self._pins.tags[i] for i in np.flatnonzero(probabilities >= TAG_THRESHOLD))


class MiniTextTower:
    """Words in the space of :class:`MiniPictureEncoder`: MiniLM, centred, whitened, nothing in the look."""

    def __init__(self, space: _Space, spec: EncoderSpec) -> None:
        """Remember the space; MiniLM is opened by the first words."""
        self._space, self._spec = space, spec
        self._minilm: MiniLmEncoder | None = None

    @property
    def spec(self) -> EncoderSpec:
        """The spec of the picture encoder: both write one space."""
        return self._spec

    def familiarity(self, text: str) -> float:
        """Return the share of a text's letters that stand in English words, in [0, 1]."""
        return self._words().familiarity(text)

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts.

        Returns:
            (n, 384) float32, rows of L2 norm 1, input order; (0, 384) for no text.

        Raises:
            BackendUnavailableError: MiniLM is not installed.
            WeightsError: its weights are damaged.
        """
        rows = self._words().encode_texts(texts)
        meaning = unit_rows((rows - self._space.text_mean) @ self._space.text_axes)
        return np.concatenate([meaning, np.zeros((len(rows), LOOK_DIM), np.float32)], axis=1)

    def _words(self) -> MiniLmEncoder:
        if self._minilm is None:
            self._minilm = shared_minilm()
        return self._minilm


def mean_meaning(session: Tower, images: Sequence[RgbImage], side_px: int) -> FloatMatrix:
    """Return what the tower says of pictures, the mean over their views, unit rows (n, 288)."""
    rows = [np.empty((0, MEANING_DIM), np.float32)]
    for views in _batches(images, side_px):
        rows.append(_mean_of_views(unit_rows(session.run(["vectors"], {"pictures": views})[0])))
    return unit_rows(np.concatenate(rows))


def _mean_of_views(rows: FloatMatrix) -> FloatMatrix:
    means: FloatMatrix = rows.reshape(-1, _VIEWS, rows.shape[1]).mean(axis=1)
    return means


def _batches(images: Sequence[RgbImage], side_px: int) -> Iterator[NDArray[np.uint8]]:
    """Yield the views of the pictures, a few pictures at a time."""
    for start in range(0, len(images), _BATCH):
        yield np.concatenate([views_of(image, side_px) for image in images[start : start + _BATCH]])


def views_of(image: RgbImage, side_px: int) -> NDArray[np.uint8]:
    """Return a picture squashed to a square, whole, and its corners and middle: (6, side, side, 3)."""
    wide = round(side_px / CROP_SHARE)
    large = cv2.resize(image, (wide, wide), interpolation=cv2.INTER_AREA)
    whole = cv2.resize(large, (side_px, side_px), interpolation=cv2.INTER_AREA)
    far, middle = wide - side_px, (wide - side_px) // 2
    corners = ((0, 0), (0, far), (far, 0), (far, far), (middle, middle))
    return np.stack([whole, *(large[y : y + side_px, x : x + side_px] for y, x in corners)])


def read_pins(path: Path) -> Pins:
    """Read what belongs together.

    Raises:
        WeightsError: the file is missing or says something else.
    """
    try:
        match json.loads(path.read_text(encoding="utf-8")):
            case {
                "tower_sha256": str(tower),
                "space_sha256": str(space),
                "side_px": int(side),
                "tags": [*tags],
            }:
                return Pins(tower, space, side, tuple(map(str, tags)))
    except OSError as error:
        raise WeightsError(
            f"cannot read {path}: {error.strerror or error}; it comes with the weights of {NAME}: "
            "install Longbox again, or train: longbox train encoder"
        ) from error
    except ValueError as error:
        raise WeightsError(f"{path} is damaged: {error}") from error
    raise WeightsError(f"{path} is damaged: it does not name the files beside it")


def open_tower(path: Path) -> Tower:
    """Load the network.

    Raises:
        BackendUnavailableError: onnxruntime is not installed.
        WeightsError: it cannot load the file.
    """
    tower: Tower = open_session(path, needed_by=f"the encoder {NAME!r}")
    return tower
