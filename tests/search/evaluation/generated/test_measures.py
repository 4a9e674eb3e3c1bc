"""The measures of generated panels, on pictures whose answers are known."""

import numpy as np
import pytest

from models.generation.classifier import Classifier, inception_score
from schemas.errors import WeightsError
from schemas.geometry import Box
from schemas.records import RgbImage
from search.evaluation.generated.copying import copying
from search.evaluation.generated.labelled import Labelled
from search.evaluation.generated.layouts import layout_iou
from search.evaluation.generated.neighbours import Neighbourhood, Tally, shared
from search.evaluation.generated.palettes import palette_distance, palette_of
from search.evaluation.generated.scores import Scores


def noise(seed: int, side: int = 160) -> RgbImage:
    import cv2

    small = np.random.default_rng(seed).integers(0, 255, (20, 20, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def panel(name: str, *elements: str) -> Labelled:
    return Labelled(name, "a caption", frozenset(elements))


def test_neighbours_leave_out_what_was_used_and_count_each_element() -> None:
    panels = [panel("a", "hero"), panel("b", "hero", "cave"), panel("c", "sea"), panel("d", "hero")]
    around = Neighbourhood(panels, np.eye(4, dtype=np.float32))
    near = around.near(np.array([0.9, 0.5, 0.4, 0.1], np.float32), frozenset({"a"}))
    assert [one.panel_id for one in near] == ["b", "c", "d"]
    found = shared(panel("x", "hero", "cave"), near)
    assert found.any == pytest.approx(2 / 3)
    assert found.each == {"hero": pytest.approx(2 / 3), "cave": pytest.approx(1 / 3)}


def test_an_element_that_is_everywhere_counts_no_more_than_a_rare_one() -> None:
    tally = Tally()
    for _ in range(9):
        tally.seen.append(shared(panel("x", "hero"), [panel("a", "hero")]))
    tally.seen.append(shared(panel("x", "villain"), [panel("a", "hero")]))
    assert tally.any == pytest.approx(0.9)
    assert tally.each == pytest.approx(0.5)


def test_what_is_pasted_is_found_mirrored_too_and_what_is_not_is_not() -> None:
    art, other = noise(1), noise(2)
    assert copying(art, [art]) == (pytest.approx(1.0, abs=1e-3), 1.0)
    assert copying(np.ascontiguousarray(art[:, ::-1]), [art])[1] == 1.0
    assert copying(art, [other])[1] < 0.2
    assert copying(np.full((99, 99, 3), 200, np.uint8), [art]) == (0.0, 0.0)


def test_layouts_agree_where_figures_lie_alike_and_miss_those_without_a_partner() -> None:
    left, right = Box(0.0, 0.2, 0.4, 1.0), Box(0.6, 0.2, 1.0, 1.0)
    assert layout_iou([left, right], [right, left]) == pytest.approx(1.0)
    assert layout_iou([left], [left, right]) == pytest.approx(0.5)
    assert layout_iou([], []) == 1.0


def test_palettes_tell_colours_apart_and_not_where_they_lie() -> None:
    red, blue = np.zeros((60, 60, 3), np.uint8), np.zeros((60, 60, 3), np.uint8)
    red[..., 0], blue[..., 2] = 200, 200
    whole = Box.whole_page()
    assert palette_distance(palette_of(red, whole), palette_of(red[::-1].copy(), whole)) < 1e-3
    assert palette_distance(palette_of(red, whole), palette_of(blue, whole)) > 0.9


def test_the_inception_score_is_one_of_all_alike_and_the_number_of_classes_at_best() -> None:
    assert inception_score(np.full((6, 4), 0.25, np.float32)) == pytest.approx(1.0)
    assert inception_score(np.eye(4, dtype=np.float32)) == pytest.approx(4.0, rel=1e-3)


def test_a_classifier_is_named_by_its_file_and_another_network_is_refused(tmp_path) -> None:
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    def save(name: str, shape: list[object]):
        taken = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, shape)
        given = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 3])
        nodes = [helper.make_node("GlobalAveragePool", ["pictures"], ["mean"]),
                 helper.make_node("Flatten", ["mean"], ["logits"])]  # fmt: skip
        graph = helper.make_graph(nodes, "tiny", [taken], [given])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.save(model, tmp_path / name)
        return tmp_path / name

    classifier = Classifier(save("tiny.onnx", ["n", 3, 8, 8]))
    rows = classifier.classify([noise(1), noise(2)])
    assert classifier.name.startswith("tiny@")
    assert rows.shape == (2, 3)
    assert rows.sum(axis=1) == pytest.approx(1.0)
    with pytest.raises(WeightsError, match="no classifier"):
        Classifier(save("wide.onnx", ["n", 5, 8, 8]))
    with pytest.raises(WeightsError):
        Classifier(tmp_path / "none.onnx")


def test_figures_of_nothing_are_none_and_ratios_need_something_below() -> None:
    figures = Scores().to_json()
    assert figures["layout_iou"] is None
    assert figures["consistency_over_random"] is None
    assert figures["panels"] == 0
