import hashlib
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.detectors.onnx import OnnxDetector
from models.registry import load_panel_detector
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError
from schemas.geometry import Box
from schemas.labels import DetectionCategory
from schemas.records import RgbImage
from tests.models.detectors.tiny_onnx import (
    save_colour_model,
    save_constant_model,
    save_ink_model,
    save_settings,
    settings_for,
)

BOXES = np.array([[0, 0, 32, 64], [32, 0, 64, 64], [0, 0, 32, 62], [8, 8, 16, 16]], np.float32)
SCORES = np.array([0.9, 0.8, 0.7, 0.3], np.float32)
LABELS = np.array([1, 1, 1, 7])
LEFT, RIGHT = Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1)


def page_with_panel(width: int, height: int, box: Box) -> RgbImage:
    page = np.full((height, width, 3), 255, np.uint8)
    x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
    return np.asarray(cv2.rectangle(page, (x0, y0), (x1 - 1, y1 - 1), (20, 30, 40), -1), np.uint8)


def white(width: int = 64, height: int = 64) -> RgbImage:
    return np.full((height, width, 3), 255, np.uint8)


def detector_of(model: Path, /, **changes: object) -> OnnxDetector:
    return OnnxDetector(str(save_settings(model, settings_for(model, **changes))))


def constant(folder: Path, boxes=BOXES, scores=SCORES, labels=LABELS, **changes: object) -> OnnxDetector:
    return detector_of(
        save_constant_model(folder / "m.onnx", boxes=boxes, scores=scores, labels=labels), **changes
    )


def yolo(folder: Path, table: np.ndarray, layout: str, **changes: object) -> OnnxDetector:
    model = save_constant_model(folder / "yolo.onnx", output0=table.astype(np.float32))
    output = {"layout": layout, "name": "output0"}
    return detector_of(model, **({"output": output, "categories": {"0": "panel", "1": "face"}} | changes))


def close(found: Box, expected: Box, tolerance: float = 1e-6) -> bool:
    return np.allclose(found.as_tuple(), expected.as_tuple(), atol=tolerance)


def test_scores_under_the_threshold_go_and_the_best_come_first(tmp_path: Path) -> None:
    found = constant(tmp_path).detect_all(white())
    assert [one.score for one in found] == pytest.approx([0.9, 0.8, 0.7])
    assert close(found[0].box, LEFT)
    assert close(found[1].box, RIGHT)


def test_a_lower_threshold_shows_the_face(tmp_path: Path) -> None:
    found = constant(tmp_path, score_threshold=0.2).detect_all(white())
    assert found[-1].category is DetectionCategory.FACE


def test_suppression_drops_the_near_copy_only_where_asked_for(tmp_path: Path) -> None:
    assert len(constant(tmp_path).detect_all(white())) == 3
    assert len(constant(tmp_path, nms_iou=0.5).detect_all(white())) == 2


def test_layout_holds_the_panels(tmp_path: Path) -> None:
    layout = constant(tmp_path, nms_iou=0.5).detect(white())
    assert [region.confidence for region in layout.panels] == pytest.approx([0.9, 0.8])


def test_a_batch_dimension_makes_no_difference(tmp_path: Path) -> None:
    plain = constant(tmp_path).detect_all(white())
    assert constant(tmp_path, BOXES[None], SCORES[None], LABELS[None]).detect_all(white()) == plain


@pytest.mark.parametrize(
    ("box_format", "boxes"),
    [("xyxy", [[16, 8, 48, 40]]), ("xywh", [[16, 8, 32, 32]]), ("cxcywh", [[32, 24, 32, 32]])],
)
@pytest.mark.parametrize("unit", ["pixels", "relative"])
def test_every_box_format_gives_the_same_box(tmp_path: Path, box_format: str, boxes: list, unit: str) -> None:
    numbers = np.array(boxes, np.float32) / (64 if unit == "relative" else 1)
    output = {"layout": "boxes+scores+labels", "box_format": box_format, "box_unit": unit}
    found = constant(tmp_path, numbers, SCORES[:1], LABELS[:1], output=output).detect_all(white())
    assert close(found[0].box, Box(0.25, 0.125, 0.75, 0.625))


@pytest.mark.parametrize(("width", "height"), [(64, 64), (200, 100), (90, 260)])
@pytest.mark.parametrize("resize", ["letterbox", "stretch"])
def test_boxes_follow_what_is_drawn_on_pages_of_any_shape(
    tmp_path: Path, resize: str, width: int, height: int
) -> None:
    settings = {"name": "images", "width": 256, "height": 192, "resize": resize, "pad": 255}
    detector = detector_of(save_ink_model(tmp_path / "ink.onnx"), input=settings)
    for drawn in (Box(0.1, 0.2, 0.6, 0.5), Box(0.5, 0.5, 0.9, 0.95)):
        found = detector.detect(page_with_panel(width, height, drawn)).panels
        assert len(found) == 1
        assert close(found[0].box, drawn, tolerance=0.02)


def test_a_blank_page_has_no_panel(tmp_path: Path) -> None:
    settings = {"name": "images", "width": 64, "height": 64, "pad": 255}
    detector = detector_of(save_ink_model(tmp_path / "ink.onnx"), input=settings)
    assert detector.detect(white(100, 300)).panels == ()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 3000), (3000, 1), (400, 20_000)])
def test_odd_pages_do_no_harm(tmp_path: Path, width: int, height: int) -> None:
    detector = detector_of(save_ink_model(tmp_path / "ink.onnx"))
    assert detector.detect(np.zeros((height, width, 3), np.uint8)).panels[0].box == Box.whole_page()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (0.2, 0.4)),
        ({"channels": "bgr"}, (0.8, 0.4)),
        ({"mean": [0.1, 0.2, 0.0]}, (0.1, 0.2)),
        ({"std": [0.5, 0.8, 1.0]}, (0.4, 0.5)),
        ({"scale": 1, "std": [255, 510, 1]}, (0.2, 0.2)),
    ],
)
def test_pixels_are_ordered_scaled_and_normed_as_said(tmp_path: Path, given: dict, expected: tuple) -> None:
    detector = detector_of(
        save_colour_model(tmp_path / "colour.onnx"),
        input={"name": "images", "width": 8, "height": 8, **given},
        output={"layout": "boxes+scores+labels", "box_unit": "relative"},
    )
    colour = np.array([51, 102, 204], np.uint8)  # .2, .4, .8
    box = detector.detect_all(np.tile(colour, (8, 8, 1)))[0].box
    assert (box.x1, box.y1) == pytest.approx(expected, abs=1e-5)


YOLO_V8 = np.array(
    [[[32, 16, 32], [32, 32, 32], [64, 32, 64], [64, 64, 64], [0.9, 0.1, 0.2], [0.1, 0.7, 0.3]]]
)
YOLO_V5 = np.array(
    [[[32, 32, 64, 64, 0.9, 1.0, 0.0], [16, 32, 32, 64, 0.8, 0.1, 0.9], [9, 9, 9, 9, 0.5, 0.9, 0]]]
)


def test_yolov8_takes_the_best_class_of_each_box(tmp_path: Path) -> None:
    found = yolo(tmp_path, YOLO_V8, "yolov8").detect_all(white())
    assert [one.category for one in found] == [DetectionCategory.PANEL, DetectionCategory.FACE]
    assert [one.score for one in found] == pytest.approx([0.9, 0.7])
    assert close(found[1].box, LEFT)


def test_yolov5_multiplies_the_score_of_the_box(tmp_path: Path) -> None:
    found = yolo(tmp_path, YOLO_V5, "yolov5").detect_all(white())
    assert [one.score for one in found] == pytest.approx([0.9, 0.72])
    assert [one.category for one in found] == [DetectionCategory.PANEL, DetectionCategory.FACE]


YOLO_V10 = np.array([[[0, 0, 32, 64, 0.9, 0], [32, 0, 64, 64, 0.6, 1], [0, 0, 0, 0, 0, 0]]])


def test_yolov10_gives_a_score_and_a_class_with_each_box(tmp_path: Path) -> None:
    found = yolo(tmp_path, YOLO_V10, "yolov10").detect_all(white())
    assert [(one.category, round(one.score, 3)) for one in found] == [
        (DetectionCategory.PANEL, 0.9),
        (DetectionCategory.FACE, 0.6),
    ]
    assert close(found[0].box, LEFT)
    assert close(found[1].box, RIGHT)


def test_an_unwanted_class_is_left_out(tmp_path: Path) -> None:
    found = yolo(tmp_path, YOLO_V8, "yolov8", categories={"0": None, "1": "face"}).detect_all(white())
    assert [one.category for one in found] == [DetectionCategory.FACE]


def test_values_that_are_not_finite_are_no_detections(tmp_path: Path) -> None:
    boxes = np.array([[np.inf, 0, np.inf, 1], [0, 0, 3e38, 3e38], [np.nan] * 4, [0, 0, 32, 64]], np.float32)
    scores = np.array([0.9, np.nan, 0.9, 0.6], np.float32)
    output = {"layout": "boxes+scores+labels", "box_format": "cxcywh"}
    detector = constant(tmp_path, boxes, scores, np.ones(4, np.int64), output=output)
    assert [one.score for one in detector.detect_all(white())] == pytest.approx([0.6])


def test_a_box_beside_the_page_is_no_detection(tmp_path: Path) -> None:
    boxes = np.array([[-30, 0, -10, 64]], np.float32)
    assert constant(tmp_path, boxes, SCORES[:1], LABELS[:1]).detect_all(white()) == ()


def test_a_model_without_any_box_finds_nothing(tmp_path: Path) -> None:
    empty = constant(tmp_path, BOXES[:0], SCORES[:0], LABELS[:0])
    assert empty.detect(white()).panels == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": None}, "sha256.*missing"),
        ({"model": ""}, "model"),
        ({"score_threshold": 1.5}, "score_threshold"),
        ({"score_threshold": "high"}, "score_threshold"),
        ({"nms_iou": -1}, "nms_iou"),
        ({"nms": 0.5}, "no field 'nms'; known: .*nms_iou"),
        ({"categories": "coco"}, "categories.*comix, faster_rcnn"),
        ({"categories": {}}, "categories"),
        ({"categories": {"one": "panel"}}, "categories.*'one'"),
        ({"categories": {"1": "panels"}}, "categories.*'panels'.*onomatopoeia"),
        ({"input": []}, "input"),
        ({"input": {"width": 8, "height": 8}}, "input: 'name'"),
        ({"input": {"name": "images", "width": 0, "height": 8}}, "input: 'width'"),
        ({"input": {"name": "images", "width": 8.5, "height": 8}}, "input: 'width'"),
        ({"input": {"name": "images", "width": True, "height": 8}}, "input: 'width'"),
        ({"input": {"name": "images", "width": 8, "height": 99_999}}, "input: 'height'"),
        ({"input": {"name": "images", "width": 8, "height": 8, "mean": [1]}}, "input: 'mean'"),
        ({"input": {"name": "images", "width": 8, "height": 8, "std": [1, 0, 1]}}, "input: 'std'"),
        ({"input": {"name": "images", "width": 8, "height": 8, "resize": "crop"}}, "input: 'resize'"),
        ({"input": {"name": "images", "width": 8, "height": 8, "size": 3}}, "input: .*'size'"),
        ({"output": {"layout": "yolo"}}, "output: 'layout' must be one of .*yolov8"),
        ({"output": {"layout": "yolov8"}}, "output: 'name'"),
        ({"output": {"layout": "boxes+scores+labels", "box_format": "yxyx"}}, "output: 'box_format'"),
        ({"output": {"layout": "yolov8", "name": "o"}}, "categories.*from 0"),
    ],
)
def test_wrong_settings_name_their_field(tmp_path: Path, change: dict, field: str) -> None:
    with pytest.raises(ConfigError, match=rf"m\.json.*{field}"):
        constant(tmp_path, **change)


@pytest.mark.parametrize("content", ["", "[1]", "{", "[" * 100_000, "\0", " " * 2_000_000])
def test_a_file_that_is_no_settings_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "s.json").write_text(content)
    with pytest.raises(ConfigError, match=r"s\.json"):
        OnnxDetector(str(tmp_path / "s.json"))


@pytest.mark.parametrize("name", ["gone.json", "nul\0.json", ""])
def test_missing_settings_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot read the settings"):
        OnnxDetector(str(tmp_path / name))


def test_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"gone\.onnx"):
        constant(tmp_path, model="gone.onnx")


def test_another_model_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"m\.onnx has the SHA-256"):
        constant(tmp_path, sha256="0" * 64)


@pytest.mark.parametrize("keep", [0, 1, 40, -20])
def test_truncated_model_is_refused(tmp_path: Path, keep: int) -> None:
    whole = save_constant_model(tmp_path / "m.onnx", boxes=BOXES, scores=SCORES, labels=LABELS).read_bytes()
    model = tmp_path / "cut.onnx"
    model.write_bytes(whole[:keep])
    with pytest.raises(WeightsError, match=r"cut\.onnx"):
        detector_of(model)


def test_noise_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "noise.onnx"
    model.write_bytes(np.random.default_rng(1).bytes(5000))
    with pytest.raises(WeightsError, match=r"noise\.onnx is no model"):
        detector_of(model)


@pytest.mark.parametrize(
    "change",
    [
        {"input": {"name": "pixels", "width": 8, "height": 8}},
        {"output": {"layout": "boxes+scores+labels", "boxes": "rectangles"}},
    ],
)
def test_a_name_that_the_model_does_not_know_is_found_out_at_once(tmp_path: Path, change: dict) -> None:
    with pytest.raises(WeightsError, match=r"m\.onnx does not run as its settings say"):
        constant(tmp_path, **change)


@pytest.mark.parametrize(
    ("boxes", "scores", "labels"),
    [(BOXES[:, :3], SCORES, LABELS), (BOXES, SCORES[:2], LABELS), (BOXES, SCORES, LABELS[:1]),
     (BOXES[0], SCORES, LABELS), (np.float32(1).reshape(()), SCORES, LABELS)],
)  # fmt: skip
def test_outputs_of_other_shapes_are_refused(tmp_path: Path, boxes, scores, labels) -> None:
    with pytest.raises(WeightsError, match=r"gives .* where boxes\+scores\+labels"):
        constant(tmp_path, boxes, scores, labels)


@pytest.mark.parametrize("layout", ["yolov8", "yolov5", "yolov10"])
@pytest.mark.parametrize("table", [np.zeros((1, 3, 4)), np.zeros((2, 6, 7)), np.zeros((6, 7)), np.zeros(())])
def test_yolo_of_another_shape_is_refused(tmp_path: Path, layout: str, table: np.ndarray) -> None:
    with pytest.raises(WeightsError, match=f"where {layout} with 2 classes gives"):
        yolo(tmp_path, table, layout)


@pytest.mark.parametrize("layout", ["yolov8", "yolov5"])
def test_yolo_with_more_classes_than_the_map_is_refused(tmp_path: Path, layout: str) -> None:
    table = YOLO_V8 if layout == "yolov8" else YOLO_V5
    with pytest.raises(WeightsError, match="correct 'layout' or 'categories'"):
        yolo(tmp_path, table, layout, categories={"0": "panel"})


def test_a_class_that_the_map_does_not_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="gives the class 7"):
        constant(tmp_path, score_threshold=0.2, categories="faster_rcnn")


@pytest.mark.parametrize("label", [np.nan, np.inf, 1e30])
def test_labels_that_are_no_numbers_of_classes_are_refused(tmp_path: Path, label: float) -> None:
    with pytest.raises(WeightsError, match="'labels' holds no class numbers"):
        constant(tmp_path, labels=np.full(4, label, np.float32))


def test_missing_onnxruntime_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(BackendUnavailableError, match="pip install onnxruntime"):
        constant(tmp_path)


def test_cache_name_changes_with_settings_and_model_and_not_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first = constant(tmp_path).name
    assert constant(tmp_path / "other").name == first
    assert constant(tmp_path, score_threshold=0.6).name != first
    assert constant(tmp_path, scores=SCORES * np.float32(0.9)).name != first


def test_registry_name_loads_it(tmp_path: Path) -> None:
    model = save_constant_model(tmp_path / "m.onnx", boxes=BOXES, scores=SCORES, labels=LABELS)
    settings = save_settings(model, settings_for(model))
    assert len(load_panel_detector(f"onnx:{settings}").detect(white()).panels) == 3
    assert hashlib.sha256(model.read_bytes()).hexdigest() == settings_for(model)["sha256"]
