"""The detector on drawn pages of every kind, and on real ones where they are at hand."""

import json

import cv2
import numpy as np
import pytest

from models.panels import ClassicalPanelDetector
from models.panels.measures import PanelCounts, count_panels
from schemas.geometry import Box
from schemas.labels import PageLabel
from tests.models.panels.drawn import PAGE, RECIPES, gentle_photo, paint_lettering, text_page

DETECTOR = ClassicalPanelDetector()
FLOORS = {
    "captions_over_gutters": 0.7,
    "bridging_balloons": 0.65,
    "shared_lines": 0.7,
    "western_insets": 0.9,
    "fading_strip": 0.8,
}
"""What is drawn harder than it is printed; every other kind must be all but perfect."""


def boxes_of(image: np.ndarray) -> list[Box]:
    return [panel.box for panel in DETECTOR.detect(image).panels]


@pytest.mark.parametrize("kind", RECIPES)
def test_panels_of_every_kind_of_page_are_found(kind):
    counts = PanelCounts()
    for seed in range(2):
        page = RECIPES[kind](np.random.default_rng(seed))
        counts += count_panels(boxes_of(page.image), page.boxes, 0.75)
    assert counts.f1 >= FLOORS.get(kind, 0.95)


def test_a_leaning_panel_comes_with_its_polygon():
    page = RECIPES["slanted"](np.random.default_rng(1))
    polygons = [p.polygon for p in DETECTOR.detect(page.image).panels if p.polygon]
    assert polygons
    for polygon in polygons:
        assert 3 <= len(polygon) <= 8
        assert all(0.0 <= v <= 1.0 for point in polygon for v in point)


def test_an_inset_names_the_panel_it_lies_in():
    page = RECIPES["western_insets"](np.random.default_rng(2))
    panels = DETECTOR.detect(page.image).panels
    insets = [p for p in panels if p.parent is not None]
    assert insets
    for inset in insets:
        assert panels[inset.parent].box.intersection_area(inset.box) > 0.95 * inset.box.area


def test_a_page_of_text_has_no_panel():
    assert boxes_of(text_page(np.random.default_rng(0))) == []


def test_a_photograph_is_one_picture():
    found = boxes_of(gentle_photo(np.random.default_rng(0)))
    assert [box.iou(Box.whole_page()) > 0.95 for box in found] == [True]


def test_a_clean_page_is_trusted_more_than_one_without_gutters():
    clean = DETECTOR.detect(RECIPES["clean_manga"](np.random.default_rng(0)).image)
    vague = DETECTOR.detect(gentle_photo(np.random.default_rng(0)))
    assert clean.confidence > 0.8 > vague.confidence


def test_a_caption_inside_a_panel_is_no_inset():
    page = RECIPES["splash"](np.random.default_rng(0)).image
    cv2.rectangle(page, (100, 100), (600, 300), (255, 255, 255), -1)
    cv2.rectangle(page, (100, 100), (600, 300), (0, 0, 0), 4)
    paint_lettering(np.random.default_rng(1), page, (120, 130, 580, 280))
    assert len(boxes_of(page)) == 1


def test_a_page_number_is_no_panel():
    page = RECIPES["clean_manga"](np.random.default_rng(0))
    image = page.image.copy()
    cv2.putText(image, "17", (PAGE[0] // 2, PAGE[1] - 20), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2)
    assert len(boxes_of(image)) == len(page.boxes)


def test_boxes_do_not_depend_on_the_size_of_the_picture():
    page = RECIPES["clean_manga"](np.random.default_rng(1))
    double = cv2.resize(page.image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    assert count_panels(boxes_of(double), boxes_of(page.image), 0.95).f1 == 1.0


@pytest.mark.corpus
@pytest.mark.parametrize(("work", "floor"), [("page-blanche", 0.9), ("pepper-and-carrot/ep03", 0.9)])
def test_real_pages_are_read_well(corpus, work, floor):
    counts = PanelCounts()
    for path in sorted((corpus / "labels" / work).glob("*.json")):
        label = PageLabel.from_json(json.loads(path.read_text(encoding="utf-8")))
        picture = np.ascontiguousarray(cv2.imread(str(corpus / label.image))[:, :, ::-1])
        width, height = label.size
        truth = [Box.from_pixels(p.box, width_px=width, height_px=height) for p in label.panels]
        counts += count_panels(boxes_of(picture), truth, 0.5)
    assert counts.f1 >= floor
