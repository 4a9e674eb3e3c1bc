"""Any ONNX detector, run by onnxruntime on the CPU; no torch.

``onnx:<settings.json>`` names the settings file that lies beside the model:
:mod:`models.detectors.onnx_settings` says what it holds.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from models.detectors.boxes import (
    RawBoxes,
    best_boxes,
    clipped_box,
    panel_layout,
    suppress_overlaps,
)
from models.detectors.onnx_settings import (
    BoxFormat,
    InputSettings,
    OnnxSettings,
    OutputLayout,
)
from models.inference import in_short, open_session, runtime_errors
from models.settings import path_of
from schemas.errors import WeightsError
from schemas.labels import ReadingDirection
from schemas.records import Detection, PageLayout, RgbImage

_Array = NDArray[np.float32]
_NAME_DIGITS = 16  # of the hash in the name: 64 bits tell any two settings apart
_LARGEST_LABEL = 2**24  # beyond it float32 skips whole numbers; NaN fails the comparison too


class _Session(Protocol):
    """An onnxruntime session as far as it is used here."""

    def run(self, output_names: Sequence[str], input_feed: dict[str, _Array]) -> list[object]: ...


class OnnxDetector:
    """Finds panels, and whatever else its model knows."""

    def __init__(self, settings_path: str) -> None:
        """Load the model and try it on a blank page.

        Raises:
            ConfigError: the settings cannot be read, or a field is wrong.
            BackendUnavailableError: onnxruntime is not installed.
            WeightsError: the model is missing, not the pinned one, damaged, or gives something else
                than the settings say.
        """
        path = path_of(settings_path)
        self._settings = OnnxSettings.read(path)
        self._session = _open(self._settings)
        content = repr(replace(self._settings, model=Path()))  # wherever it lies
        self._name = f"onnx-1:{hashlib.sha256(content.encode()).hexdigest()[:_NAME_DIGITS]}"
        self.detect_all(np.full((1, 1, 3), 255, np.uint8))

    @property
    def name(self) -> str:
        """Name, version and hash of the settings, which hold the hash of the model; for cache keys."""
        return self._name

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        """Return the panels in no particular order; ``direction`` is of no use to this detector."""
        del direction
        return panel_layout(self.detect_all(page))

    def detect_all(self, page: RgbImage) -> tuple[Detection, ...]:
        """Return everything that reaches the score of the settings, best first.

        Raises:
            WeightsError: the model fails, or gives something else than the settings say.
        """
        settings = self._settings
        picture, placed_px = _fitted(page, settings.input)
        outputs = _run(self._session, settings, _as_input(picture, settings.input))
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite falls out as it is sorted
            found = self._on_page(outputs, placed_px)
        raw = best_boxes(found, min_score=settings.score_threshold)
        if settings.nms_iou is not None:
            raw = suppress_overlaps(raw, max_iou=settings.nms_iou)
        return self._named(raw)

    def _on_page(self, outputs: Sequence[_Array], placed_px: tuple[int, int, int, int]) -> RawBoxes:
        """Undo the fitting: boxes of the input become shares of the page."""
        settings = self._settings
        boxes, scores, labels = _parsed(outputs, settings)
        corners = _corners(boxes, settings.output.box_format)
        if settings.output.relative:
            sides = (settings.input.width_px, settings.input.height_px)
            corners = corners * np.array(sides * 2, np.float32)
        left, top, width, height = placed_px
        offset, size = np.array([left, top] * 2, np.float32), np.array([width, height] * 2, np.float32)
        return RawBoxes((corners - offset) / size, scores, labels)

    def _named(self, raw: RawBoxes) -> tuple[Detection, ...]:
        classes = self._settings.classes
        unknown = set(raw.labels.tolist()) - classes.keys()
        if unknown:
            raise WeightsError(
                f"{self._settings.model} gives the class {min(unknown)}, which 'categories' does not "
                "name: the map belongs to another model"
            )
        return tuple(
            Detection(box, category, float(min(score, 1.0)))
            for corners, score, label in zip(raw.corners, raw.scores, raw.labels, strict=True)
            if (category := classes[int(label)]) and (box := clipped_box(corners))
        )


def _open(settings: OnnxSettings) -> _Session:
    """Hash and load the same bytes; a model given as bytes cannot pull in other files either."""
    try:
        data = settings.model.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise WeightsError(f"cannot read the model {settings.model}: {error}") from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != settings.sha256:
        raise WeightsError(
            f"{settings.model} has the SHA-256 {actual[:12]}…, its settings say {settings.sha256[:12]}…: "
            "it is damaged or another model; copy it again or correct the settings"
        )
    session: _Session = open_session(settings.model, needed_by="an ONNX detector", data=data)
    return session


def _run(session: _Session, settings: OnnxSettings, tensor: _Array) -> list[_Array]:
    try:
        found = session.run(settings.output.names, {settings.input.name: tensor})
    except runtime_errors() as error:
        raise WeightsError(f"{settings.model} does not run as its settings say: {in_short(error)}") from error
    for name, output in zip(settings.output.names, found, strict=True):
        if not isinstance(output, np.ndarray) or output.dtype.kind not in "fiu":
            raise WeightsError(f"{settings.model}: the output {name!r} is no tensor of numbers")
    return [np.asarray(output, np.float32) for output in found]


def _fitted(page: RgbImage, settings: InputSettings) -> tuple[RgbImage, tuple[int, int, int, int]]:
    """Scale a page to the input.

    Returns:
        The picture, and where the page lies in it: left, top, width, height in pixels.
    """
    size = (settings.width_px, settings.height_px)
    if not settings.letterbox:
        return _resized(page, size), (0, 0, *size)
    height, width = page.shape[:2]
    scale = min(settings.width_px / width, settings.height_px / height)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = ((whole - part) // 2 for whole, part in zip(size, inner, strict=True))
    picture = np.full((settings.height_px, settings.width_px, 3), settings.pad, np.uint8)
    picture[top : top + inner[1], left : left + inner[0]] = _resized(page, inner)
    return picture, (left, top, *inner)


def _resized(page: RgbImage, size_px: tuple[int, int]) -> RgbImage:
    shrinks = size_px[0] * size_px[1] < page.shape[0] * page.shape[1]
    mode = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(page, size_px, interpolation=mode), np.uint8)


def _as_input(picture: RgbImage, settings: InputSettings) -> _Array:
    ordered = picture[:, :, ::-1] if settings.blue_first else picture
    scaled = ordered.astype(np.float32) * np.float32(settings.scale)
    normed = (scaled - np.array(settings.mean, np.float32)) / np.array(settings.std, np.float32)
    return np.ascontiguousarray(normed.transpose(2, 0, 1)[None], np.float32)


def _parsed(outputs: Sequence[_Array], settings: OnnxSettings) -> tuple[_Array, _Array, NDArray[np.int64]]:
    """Return boxes (n, 4) as the model gives them, scores (n,) and labels (n,)."""
    layout = settings.output.layout
    if layout is OutputLayout.TENSORS:
        return _from_tensors(outputs, settings)
    rows = _yolo_rows(outputs[0], settings)
    boxes = rows[:, :4]
    if layout is OutputLayout.YOLO_V10:
        return boxes, rows[:, 4], _class_numbers(rows[:, 5], settings)
    classes = rows[:, 4 if layout is OutputLayout.YOLO_V8 else 5 :]
    labels = classes.argmax(axis=1)
    scores = classes[np.arange(len(classes)), labels]
    if layout is OutputLayout.YOLO_V5:
        scores = scores * rows[:, 4]
    return boxes, scores, labels.astype(np.int64)


def _from_tensors(
    outputs: Sequence[_Array], settings: OnnxSettings
) -> tuple[_Array, _Array, NDArray[np.int64]]:
    boxes, scores, labels = outputs
    if boxes.ndim == 3 and len(boxes) == 1:
        boxes, scores, labels = boxes[0], scores.reshape(-1), labels.reshape(-1)
    count = len(boxes) if boxes.ndim else 0
    if boxes.shape != (count, 4) or scores.shape != (count,) or labels.shape != (count,):
        raise _misshapen(settings, outputs, "(n, 4), (n,) and (n,)")
    return boxes, scores, _class_numbers(labels, settings)


def _yolo_rows(output: _Array, settings: OnnxSettings) -> _Array:
    """Return one row a box: four numbers, then what the layout says."""
    layout, classes = settings.output.layout, len(settings.classes)
    columns = {OutputLayout.YOLO_V8: 4 + classes, OutputLayout.YOLO_V5: 5 + classes}.get(layout, 6)
    turned = layout is OutputLayout.YOLO_V8
    rows = np.swapaxes(output, 1, 2) if turned and output.ndim == 3 else output
    if rows.ndim != 3 or len(rows) != 1 or rows.shape[2] != columns:
        expected = f"(1, {columns}, n)" if turned else f"(1, n, {columns})"
        raise _misshapen(settings, [output], expected)
    return np.ascontiguousarray(rows[0])


def _class_numbers(labels: _Array, settings: OnnxSettings) -> NDArray[np.int64]:
    if not (np.abs(labels) <= _LARGEST_LABEL).all():
        raise WeightsError(
            f"{settings.model}: the output {settings.output.names[-1]!r} holds no class numbers"
        )
    return labels.astype(np.int64)


def _misshapen(settings: OnnxSettings, outputs: Sequence[_Array], expected: str) -> WeightsError:
    shapes = ", ".join(str(output.shape) for output in outputs)
    return WeightsError(
        f"{settings.model} gives {shapes} where {settings.output.layout} with {len(settings.classes)} "
        f"classes gives {expected}: correct 'layout' or 'categories'"
    )


def _corners(boxes: _Array, box_format: BoxFormat) -> _Array:
    """Return (n, 4) x0 y0 x1 y1."""
    if box_format is BoxFormat.XYXY:
        return boxes
    first, size = boxes[:, :2], boxes[:, 2:]
    low = first if box_format is BoxFormat.XYWH else first - size / 2
    return np.concatenate([low, low + size], axis=1)
