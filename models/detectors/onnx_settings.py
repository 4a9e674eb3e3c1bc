"""The settings file beside an ONNX detector: what goes in, what comes out, what it means.

::

    {"model": "panels.onnx", "sha256": "…64 hex digits…",
     "input": {"name": "images", "width": 640, "height": 640, "resize": "letterbox",
               "pad": 114, "channels": "rgb", "scale": 0.00392156862,
               "mean": [0, 0, 0], "std": [1, 1, 1]},
     "output": {"layout": "yolov8", "name": "output0", "box_format": "cxcywh", "box_unit": "pixels"},
     "score_threshold": 0.5, "nms_iou": 0.5,
     "categories": {"0": "panel", "1": "text", "2": null}}

``model`` lies beside the settings unless its path is absolute. The input is float32
(1, 3, height, width), ``(pixel * scale - mean) / std``. ``layout`` is one of

- ``boxes+scores+labels``: (n, 4), (n,) and (n,), or the same with a 1 before, named ``boxes``,
  ``scores`` and ``labels``;
- ``yolov8``: (1, 4 + classes, n);
- ``yolov5``: (1, n, 5 + classes), where the fifth is a score of the box itself;
- ``yolov10``: (1, n, 6), a row being a box, its score and its class: models that suppress overlaps.

``box_unit`` is ``pixels`` of the input or ``relative`` to it. ``nms_iou`` left out means that the
model suppresses overlaps itself. ``categories`` is ``comix``, ``faster_rcnn`` or a table that names
every class number of the model; null is a class that is not wanted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.detectors.categories import SCHEMES, ClassMap, class_map
from models.settings import Settings, path_of
from schemas.labels import DetectionCategory

MAX_SIDE_PX = 4096
"""Bound of the input's sides: 200 MB as float32."""
_GREY_PAD = 114  # with which YOLO models are trained
_TO_UNIT = 1 / 255
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_MAX_CLASS = 10_000  # far beyond any vocabulary of classes


class OutputLayout(StrEnum):
    """How a model hands over its boxes; see the module."""

    TENSORS = "boxes+scores+labels"
    YOLO_V8 = "yolov8"
    YOLO_V5 = "yolov5"
    YOLO_V10 = "yolov10"


class BoxFormat(StrEnum):
    """What the four numbers of a box are: corners, corner and size, or centre and size."""

    XYXY = "xyxy"
    XYWH = "xywh"
    CXCYWH = "cxcywh"


@dataclass(frozen=True, slots=True)
class InputSettings:
    """How a page becomes the input; see the module."""

    name: str
    width_px: int
    height_px: int
    letterbox: bool
    pad: int
    blue_first: bool
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """How boxes are read; ``names`` are one tensor, or boxes, scores and labels."""

    layout: OutputLayout
    names: tuple[str, ...]
    box_format: BoxFormat
    relative: bool


@dataclass(frozen=True, slots=True)
class OnnxSettings:
    """A whole settings file; ``nms_iou`` None leaves the boxes as they are."""

    model: Path
    sha256: str
    input: InputSettings
    output: OutputSettings
    score_threshold: float
    nms_iou: float | None
    classes: ClassMap

    @classmethod
    def read(cls, path: Path) -> "OnnxSettings":
        """Read a settings file.

        Raises:
            ConfigError: it cannot be read; or a field is missing, unknown or wrong, by name.
        """
        fields = Settings.read(path)
        sha256 = fields.text("sha256")
        if not _SHA256.fullmatch(sha256):
            raise fields.error("sha256", "must be the 64 hex digits that sha256sum prints")
        settings = cls(
            model=path.parent / path_of(fields.text("model")),
            sha256=sha256.lower(),
            input=_input(fields.table("input")),
            output=_output(fields.table("output")),
            score_threshold=fields.number("score_threshold", 0.5, low=0, high=1),
            nms_iou=fields.number("nms_iou", 1.0, low=0, high=1) if "nms_iou" in fields else None,
            classes=_classes(fields),
        )
        fields.refuse_unknown()
        _check_numbered_from_zero(settings, fields)
        return settings


def _input(fields: Settings) -> InputSettings:
    settings = InputSettings(
        name=fields.text("name"),
        width_px=fields.integer("width", low=1, high=MAX_SIDE_PX),
        height_px=fields.integer("height", low=1, high=MAX_SIDE_PX),
        letterbox=fields.choice("resize", ("letterbox", "stretch"), "letterbox") == "letterbox",
        pad=fields.integer("pad", _GREY_PAD, low=0, high=255),
        blue_first=fields.choice("channels", ("rgb", "bgr"), "rgb") == "bgr",
        scale=fields.number("scale", _TO_UNIT, low=1e-6, high=1e3),
        mean=fields.numbers("mean", (0.0, 0.0, 0.0), low=-1e3, high=1e3),
        std=fields.numbers("std", (1.0, 1.0, 1.0), low=1e-6, high=1e3),
    )
    fields.refuse_unknown()
    return settings


def _output(fields: Settings) -> OutputSettings:
    layout = OutputLayout(fields.choice("layout", OutputLayout))
    if layout is OutputLayout.TENSORS:
        names = tuple(fields.text(name, name) for name in ("boxes", "scores", "labels"))
        usual = BoxFormat.XYXY
    else:
        names = (fields.text("name"),)
        usual = BoxFormat.XYXY if layout is OutputLayout.YOLO_V10 else BoxFormat.CXCYWH
    settings = OutputSettings(
        layout=layout,
        names=names,
        box_format=BoxFormat(fields.choice("box_format", BoxFormat, usual)),
        relative=fields.choice("box_unit", ("pixels", "relative"), "pixels") == "relative",
    )
    fields.refuse_unknown()
    return settings


def _classes(fields: Settings) -> ClassMap:
    value = fields.raw("categories")
    match value:
        case str() if value in SCHEMES:
            return class_map(SCHEMES[value])
        case dict() if value:
            return _own_classes(value, fields)
        case _:
            known = ", ".join(SCHEMES)
            raise fields.error("categories", f"must be {known} or a table of class numbers and names")


def _own_classes(table: Mapping[str, object], fields: Settings) -> ClassMap:
    classes: dict[int, DetectionCategory | None] = {}
    for number, name in table.items():
        if not re.fullmatch(r"0|[1-9][0-9]{0,4}", number) or int(number) > _MAX_CLASS:
            raise fields.error("categories", f"has {number!r} where a class number belongs")
        if name is not None and name not in set(DetectionCategory):
            known = ", ".join(DetectionCategory)
            raise fields.error("categories", f"calls {number} {name!r}: take null or one of {known}")
        classes[int(number)] = None if name is None else DetectionCategory(str(name))
    return classes


def _check_numbered_from_zero(settings: OnnxSettings, fields: Settings) -> None:
    """Where the output has a column a class, the map must name each, so that no two schemes mix."""
    if settings.output.layout not in {OutputLayout.YOLO_V5, OutputLayout.YOLO_V8}:
        return
    if sorted(settings.classes) != list(range(len(settings.classes))):
        raise fields.error("categories", f"must number all classes from 0, as {settings.output.layout} does")
