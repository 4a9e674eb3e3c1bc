"""Who is drawn where, by a detector or by proposals, and who is the same from panel to panel."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.encoders.rows import unit_rows
from models.figures.finder import Figure, FigureMap
from models.instances.finding import DetectedRegions, ProposedRegions, load_regions
from models.instances.likeness import MOST, appearances, cut_regions, same_people
from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.labels import DetectionCategory
from schemas.records import Detection
from tests.models.detectors.tiny_onnx import save_constant_model, save_settings, settings_for

PANEL = np.full((100, 200, 3), 200, np.uint8)


class Finder:
    """Finds what it was told to."""

    name = "told"

    def __init__(self, *figures: Figure) -> None:
        self.figures = figures

    def find(self, picture):
        empty = np.zeros((4, 4), np.float32)
        return FigureMap(empty, empty, self.figures, ())


def test_group_of_figures_is_cut_up_by_its_heads() -> None:
    heads = (Box(0.2, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.7, 0.3))
    group = Figure(Box(0.1, 0.05, 0.8, 0.95), heads, 0.4)
    regions = ProposedRegions(Finder(group)).find(PANEL)
    assert len(regions) == 2
    assert all(region.box.iou(other.box) == 0 for region, other in [regions])
    assert all(any(region.box.contains(head.center) for region in regions) for head in heads)


def test_single_figure_is_taken_whole_and_specks_are_not() -> None:
    figure, speck = Figure(Box(0.1, 0.1, 0.4, 0.9), (), 0.2), Figure(Box(0.9, 0.9, 0.93, 0.95), (), 0.001)
    assert [region.box for region in ProposedRegions(Finder(figure, speck)).find(PANEL)] == [figure.box]


def test_face_of_a_character_is_not_told_twice() -> None:
    class Detector:
        name = "fake"

        def detect_all(self, page):
            return (
                Detection(Box(0.1, 0.1, 0.5, 0.9), DetectionCategory.CHARACTER, 0.9),
                Detection(Box(0.2, 0.15, 0.35, 0.35), DetectionCategory.FACE, 0.8),
                Detection(Box(0.7, 0.2, 0.85, 0.4), DetectionCategory.FACE, 0.7),
                Detection(Box(0, 0, 1, 1), DetectionCategory.PANEL, 0.7),
            )

    regions = DetectedRegions(Detector()).find(PANEL)
    assert [region.kind for region in regions] == ["character", "face"]


def test_detector_in_onnx_plugs_in_by_its_file(tmp_path: Path) -> None:
    model = save_constant_model(
        tmp_path / "people.onnx",
        boxes=np.array([[10, 10, 60, 90], [20, 15, 35, 30]], np.float32),
        scores=np.array([0.9, 0.8], np.float32),
        labels=np.array([0, 1], np.int64),
    )
    settings = settings_for(
        model,
        input={"name": "images", "width": 100, "height": 100, "resize": "stretch"},
        categories={"0": "character", "1": "face"},
    )
    path = save_settings(model, settings)
    finder = load_regions(f"onnx:{path}")
    (region,) = finder.find(PANEL)
    assert region.kind == "character"
    assert region.box.as_tuple() == pytest.approx((0.1, 0.1, 0.6, 0.9))


def test_detector_of_panels_alone_is_refused() -> None:
    with pytest.raises(ConfigError, match="finds panels alone"):
        load_regions("classical")


def figure_of(colour: tuple[int, int, int], hair: tuple[int, int, int], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ground = np.array([200, 200, 200]) + rng.integers(-30, 30, 3)
    panel = np.full((120, 160, 3), ground.clip(0, 255), np.uint8)
    x = int(rng.integers(20, 90))
    cv2.rectangle(panel, (x, 20), (x + 40, 45), hair, -1)
    cv2.rectangle(panel, (x, 45), (x + 40, 110), colour, -1)
    return panel, Box.from_pixels((x - 4, 16, x + 44, 114), width_px=160, height_px=120)


def test_figures_of_like_colours_are_gathered_across_panels() -> None:
    people = [((200, 40, 40), (20, 20, 20)), ((40, 60, 200), (230, 200, 80)), ((40, 160, 60), (120, 60, 20))]
    seen, panels, true = [], [], []
    for number in range(18):
        panel, box = figure_of(*people[number % 3], seed=number)
        mask = np.zeros((30, 40), np.float32)
        x0, y0, x1, y1 = box.to_pixels(width_px=40, height_px=30)
        mask[y0:y1, x0:x1] = 1
        seen += cut_regions(panel, [box], mask)
        panels.append(str(number))
        true.append(number % 3)
    clusters = same_people(appearances(seen, None), panels)
    assert len(set(clusters.tolist())) == 3
    assert all(len({t for t, c in zip(true, clusters, strict=True) if c == k}) == 1 for k in range(3))


def test_two_regions_of_one_panel_are_never_the_same() -> None:
    rows = unit_rows(np.ones((4, 8)))
    clusters = same_people(rows, ["a", "a", "b", "b"])
    assert clusters[0] != clusters[1]
    assert clusters[2] != clusters[3]
    assert len(set(clusters.tolist())) == 2


def test_clusters_are_numbered_by_size_and_none_is_no_crash() -> None:
    rng = np.random.default_rng(0)
    rows = unit_rows(np.repeat(np.eye(3), [2, 5, 3], axis=0) + 0.01 * rng.standard_normal((10, 3)))
    clusters = same_people(rows, [str(n) for n in range(10)])
    assert np.bincount(clusters).tolist() == [5, 3, 2]
    assert same_people(np.zeros((0, 3), np.float32), []).tolist() == []
    assert appearances([], None).shape[0] == 0
    with pytest.raises(ValueError, match="at most"):
        same_people(np.zeros((MOST + 1, 2), np.float32), ["x"] * (MOST + 1))
