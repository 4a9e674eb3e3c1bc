"""Torchvision's Faster R-CNN (ResNet-50 FPN) with weights of your own.

``faster_rcnn:<path>@<sha256>`` names a state dict, saved by ``torch.save`` or as safetensors, and
its hash; a training checkpoint that holds one is taken too. The number of classes in the weights
says which scheme they follow: four and the background are :class:`FasterRcnnId`, seven and the
background :class:`ComixId`; other weights are refused.

Source: Ren et al. 2015, arXiv:1506.01497; torchvision.models.detection.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError  # what torch raises; nothing is unpickled here
from textwrap import shorten
from typing import TYPE_CHECKING, Protocol, Self

import cv2
import numpy as np

from models.detectors.boxes import RawBoxes, best_boxes, clipped_box, panel_layout
from models.detectors.categories import SCHEMES, CategoryScheme, class_map
from models.settings import path_of
from models.weights import verify_sha256
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError
from schemas.labels import ReadingDirection
from schemas.records import Detection, PageLayout, RgbImage

if TYPE_CHECKING:
    import torch

PREFIX = "faster_rcnn:"
INSTALL = "pip install 'longbox[clip]'"
MIN_SCORE = 0.5
"""Score from which a detection counts: the one that published figures of these models use."""

_SHORT_SIDE_PX, _LONG_SIDE_PX = 800, 1333  # torchvision's own, with which such models are trained
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEAD = "roi_heads.box_predictor.cls_score.weight"
_STATE_KEYS = ("model_state_dict", "state_dict", "model")  # where training scripts put it
# Resizing keeps the aspect: a line of 1 x 5000 px would be left with no short side.
_MAX_ASPECT = 16
_MESSAGE_CHARACTERS = 200
_NAME_DIGITS = 16  # of the hash in the name: 64 bits tell any two files apart
_BROKEN_FILE = (RuntimeError, UnpicklingError, EOFError, OSError, ValueError, KeyError)
"""What torch.load lets escape from damaged and foreign files."""


@dataclass(frozen=True, slots=True)
class FasterRcnnName:
    """A parsed registry name: where the weights are, and which they must be."""

    path: Path
    sha256: str

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read ``faster_rcnn:<path>@<sha256>``.

        Raises:
            ConfigError: the name has another form.
        """
        path, _, sha256 = name.removeprefix(PREFIX).rpartition("@")
        if not name.startswith(PREFIX) or not path or not _SHA256.fullmatch(sha256.lower()):
            raise ConfigError(
                f"{shorten(name, _MESSAGE_CHARACTERS)!r} names no detector: write "
                "faster_rcnn:<path>@<sha256> with the 64 hex digits that sha256sum prints"
            )
        return cls(path_of(path), sha256.lower())


class _Network(Protocol):
    """A torchvision detector as far as it is used here."""

    def __call__(self, images: "list[torch.Tensor]") -> "list[dict[str, torch.Tensor]]": ...


class FasterRcnnDetector:
    """Finds panels, and whatever else its weights know, with a Faster R-CNN."""

    def __init__(
        self,
        name: str,
        *,
        device: str | None = None,
        short_side_px: int = _SHORT_SIDE_PX,
        long_side_px: int = _LONG_SIDE_PX,
    ) -> None:
        """Load the weights; seconds, as torch comes with them.

        Args:
            name: see the module.
            device: a torch device; None takes the GPU where there is one.
            short_side_px: to which a page is scaled, as long as
            long_side_px: is not exceeded.

        Raises:
            ConfigError: the name is malformed.
            BackendUnavailableError: torch or torchvision is not installed.
            WeightsError: the file is missing, damaged, not the pinned one or of another network.
        """
        parsed = FasterRcnnName.parse(name)
        require_packages()
        import torch

        verify_sha256(parsed.path, parsed.sha256)
        state = _read_state(parsed.path)
        self._scheme = _scheme_of(state, parsed.path)
        self._classes = class_map(self._scheme)
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        sides = (short_side_px, long_side_px)
        self._network = _build(state, parsed.path, len(self._scheme), sides, self._device)
        self._name = f"faster_rcnn-1:{parsed.sha256[:_NAME_DIGITS]}:{short_side_px}x{long_side_px}"

    @property
    def name(self) -> str:
        """Name, version and hash of the weights; part of cache keys."""
        return self._name

    @property
    def scheme(self) -> CategoryScheme:
        """The category scheme that the weights follow."""
        return self._scheme

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        """Return the panels in no particular order; ``direction`` is of no use to this detector."""
        del direction
        return panel_layout(self.detect_all(page))

    def detect_all(self, page: RgbImage) -> tuple[Detection, ...]:
        """Return everything that scores at least :data:`MIN_SCORE`, best first."""
        raw = best_boxes(self._run(page), min_score=MIN_SCORE)
        return tuple(
            Detection(box, category, float(score))
            for corners, score, label in zip(raw.corners, raw.scores, raw.labels, strict=True)
            if (category := self._classes.get(int(label))) and (box := clipped_box(corners))
        )

    def _run(self, page: RgbImage) -> RawBoxes:
        import torch

        picture = _tamed(page)
        height, width = picture.shape[:2]
        pixels = np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / 255
        with torch.inference_mode():
            found = self._network([torch.from_numpy(pixels).to(self._device)])[0]
        size = np.array([width, height, width, height], np.float32)
        return RawBoxes(
            corners=found["boxes"].cpu().numpy().astype(np.float32) / size,
            scores=found["scores"].cpu().numpy().astype(np.float32),
            labels=found["labels"].cpu().numpy().astype(np.int64),
        )


def require_packages() -> None:
    """Import torch and torchvision.

    Raises:
        BackendUnavailableError: one is missing, or they do not fit each other.
    """
    try:
        import torch  # noqa: F401 - this is what is being tried
        import torchvision  # noqa: F401
    except ImportError as error:
        raise BackendUnavailableError(f"Faster R-CNN needs {error.name}: {INSTALL}") from error
    except RuntimeError as error:  # "operator torchvision::nms does not exist"
        raise BackendUnavailableError(
            f"torch and torchvision do not fit each other ({error}): install both of one build, {INSTALL}"
        ) from error


def _read_state(path: Path) -> "Mapping[str, torch.Tensor]":
    """Read tensors and nothing else: a pickle that wants to run code is refused."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return dict(load_file(path))
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (*_BROKEN_FILE, SafetensorError) as error:
        raise WeightsError(
            f"cannot read the weights {path}: {shorten(str(error), _MESSAGE_CHARACTERS, placeholder=' …')}"
        ) from error
    if isinstance(loaded, Mapping):
        loaded = next((loaded[key] for key in _STATE_KEYS if key in loaded), loaded)
    if not isinstance(loaded, Mapping) or not all(isinstance(v, torch.Tensor) for v in loaded.values()):
        raise WeightsError(f"{path} holds no state dict: save model.state_dict()")
    return loaded


def _scheme_of(state: "Mapping[str, torch.Tensor]", path: Path) -> CategoryScheme:
    head = state.get(_HEAD)
    if head is None:
        raise WeightsError(f"{path} has no tensor {_HEAD!r}: it is of no Faster R-CNN of torchvision")
    classes = len(head) - 1 if head.ndim else 0  # less the background
    for scheme in SCHEMES.values():
        if len(scheme) == classes:
            return scheme
    known = ", ".join(f"{len(scheme)} ({name})" for name, scheme in SCHEMES.items())
    raise WeightsError(f"{path} knows {classes} classes, which no category scheme has: {known}")


def _build(
    state: "Mapping[str, torch.Tensor]",
    path: Path,
    classes: int,
    sides_px: tuple[int, int],
    device: "torch.device",
) -> _Network:
    from torchvision.models.detection import fasterrcnn_resnet50_fpn

    network = fasterrcnn_resnet50_fpn(
        weights=None,
        weights_backbone=None,
        num_classes=classes + 1,
        min_size=sides_px[0],
        max_size=sides_px[1],
        box_score_thresh=MIN_SCORE,
    )
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise WeightsError(
            f"{path} is of another network than Faster R-CNN with ResNet-50 FPN: "
            f"{shorten(str(error), _MESSAGE_CHARACTERS, placeholder=' …')}"
        ) from error
    ready: _Network = network.eval().to(device)
    return ready


def _tamed(page: RgbImage) -> RgbImage:
    """Widen a page that is nothing but a line; page-relative boxes do not notice."""
    height, width = page.shape[:2]
    least = -(-max(height, width) // _MAX_ASPECT)
    if min(height, width) >= least:
        return page
    size = (max(width, least), max(height, least))
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_NEAREST), np.uint8)
