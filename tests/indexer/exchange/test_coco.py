"""COCO detections: round trips, both category schemes, and files that lie."""

import copy
import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.exchange.coco import (
    CocoAnnotation,
    CocoImage,
    CocoSet,
    coco_to_json,
    detections_of,
    read_coco,
    read_results,
)
from models.detectors.categories import ComixId, FasterRcnnId
from schemas.errors import ConfigError, ExchangeError
from schemas.geometry import Box
from schemas.labels import DetectionCategory

# A busy machine is slow, not wrong.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SIDES = st.floats(0.1, 5_000, allow_nan=False)
RECTS = st.tuples(
    st.floats(-50, 5_000, allow_nan=False), st.floats(-50, 5_000, allow_nan=False), SIDES, SIDES
)
IMAGES = st.lists(
    st.builds(CocoImage, st.integers(0, 10**6), st.text(), st.integers(1, 9_999), st.integers(1, 9_999)),
    min_size=1,
    max_size=4,
    unique_by=lambda image: image.image_id,
)
RAW = (DetectionCategory.PANEL, DetectionCategory.CHARACTER, DetectionCategory.TEXT, DetectionCategory.FACE)
SET = {
    "images": [{"id": 7, "file_name": "p.jpg", "width": 200, "height": 100}],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 4, "bbox": [20, 10, 100, 50], "score": 0.9},
        {"id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 400, 50], "score": 0.3},
    ],
}


@st.composite
def sets(draw: st.DrawFn, categories: tuple[DetectionCategory, ...]) -> CocoSet:
    images = tuple(draw(IMAGES))
    annotation = st.builds(
        CocoAnnotation,
        st.integers(0, 10**9),
        st.sampled_from([image.image_id for image in images]),
        st.sampled_from(categories),
        RECTS,
        st.none() | st.floats(0, 1),
        st.none() | st.integers(0, 500),
        st.none() | st.text(),
    )
    return CocoSet(images, tuple(draw(st.lists(annotation, max_size=6))))


@PATIENT
@given(sets(tuple(DetectionCategory)))
def test_comix_set_survives_the_round_trip(found):
    assert read_coco(json.loads(json.dumps(coco_to_json(found, ComixId)))) == found


@PATIENT
@given(sets(RAW))
def test_raw_set_survives_the_round_trip(found):
    data = json.loads(json.dumps(coco_to_json(found, FasterRcnnId)))
    assert read_coco(data) == read_coco(data, FasterRcnnId) == found


def test_the_same_number_means_what_its_scheme_says():
    assert read_coco(SET, ComixId).annotations[0].category is DetectionCategory.TEXT
    assert read_coco(SET, FasterRcnnId).annotations[0].category is DetectionCategory.FACE


def test_category_that_a_scheme_lacks_is_not_written():
    balloon = CocoSet(
        (CocoImage(1, "p", 9, 9),), (CocoAnnotation(1, 1, DetectionCategory.BALLOON, (0, 0, 1, 1)),)
    )
    with pytest.raises(ConfigError, match="FasterRcnnId has no number for balloon"):
        coco_to_json(balloon, FasterRcnnId)


def test_set_without_categories_needs_a_scheme():
    with pytest.raises(ExchangeError, match="say which of comix, faster_rcnn"):
        read_coco(SET)


def test_categories_that_contradict_the_scheme_are_refused():
    raw = SET | {"categories": [{"id": 4, "name": "face"}]}
    assert read_coco(raw).annotations[0].category is DetectionCategory.FACE
    with pytest.raises(ExchangeError, match="contradict the scheme ComixId"):
        read_coco(raw, ComixId)


def test_categories_that_fit_both_schemes_need_a_word():
    both = SET | {"categories": [{"id": 1, "name": "Panels"}, {"id": 2, "name": "character"}]}
    with pytest.raises(ExchangeError, match="fit several schemes"):
        read_coco(both)
    assert read_coco(both, ComixId).annotations[0].category is DetectionCategory.TEXT


def test_foreign_categories_are_refused():
    with pytest.raises(ExchangeError, match="fit no known scheme"):
        read_coco(SET | {"categories": [{"id": 1, "name": "dog"}]})


def test_doubtful_detections_are_left_out_and_the_rest_is_page_relative():
    found = read_coco(SET, ComixId)
    ((image, annotations),) = found.by_image()
    (detection,) = detections_of(image, annotations)
    assert detection.box == Box(0.1, 0.1, 0.6, 0.6)
    assert (detection.category, detection.score) == (DetectionCategory.TEXT, 0.9)
    assert len(detections_of(image, annotations, min_score=0.0)) == 2


def test_ground_truth_has_no_score_and_is_kept():
    found = read_coco(SET, ComixId)
    truth = replace(found.annotations[1], score=None)
    assert [one.score for one in detections_of(found.images[0], [truth])] == [1.0]


def test_box_outside_of_its_picture_is_no_detection():
    outside = CocoAnnotation(1, 7, DetectionCategory.PANEL, (500, 500, 10, 10))
    assert detections_of(CocoImage(7, "p", 200, 100), [outside]) == ()


def test_bare_results_are_read_with_their_pictures():
    results = [{"image_id": 7, "category_id": 3, "bbox": [0, 0, 5, 5], "score": 0.8}]
    found = read_results(results, [CocoImage(7, "p.jpg", 200, 100)], FasterRcnnId)
    assert [one.category for one in found.annotations] == [DetectionCategory.TEXT]
    with pytest.raises(ExchangeError, match="must be a list"):
        read_results({}, [], FasterRcnnId)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("images",), None, "'images' must be a list"),
        (("images", 0), 3, "image 0 must be a JSON object"),
        (("images", 0, "width"), 0, "'width'"),
        (("images", 0, "id"), True, "'id' must be a whole number"),
        (("annotations", 0, "bbox"), [0, 0, 0, 5], "with an area"),
        (("annotations", 0, "bbox"), [0, 0, float("nan"), 5], "with an area"),
        (("annotations", 0, "bbox"), [0, 0, 10**400, 5], "with an area"),
        (("annotations", 0, "bbox"), {"x": 1}, "with an area"),
        (("annotations", 0, "score"), 1.5, "from 0 to 1"),
        (("annotations", 0, "category_id"), 8, "no category of ComixId"),
        (("annotations", 0, "category_id"), "1", "'category_id' must be a whole number"),
        (("annotations", 0, "image_id"), 8, "of image 8, not listed"),
    ],
)
def test_hostile_set_is_refused_with_item_and_field(path, value, told):
    data = copy.deepcopy(SET)
    *outer, last = path
    inner = data
    for key in outer:
        inner = inner[key]
    inner[last] = value
    with pytest.raises(ExchangeError, match=told) as caught:
        read_coco(data, ComixId, where="set.json")
    assert "set.json" in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["images", "annotations", "categories", "id", "bbox"]), inner)
    ),
    max_leaves=12,
)


@PATIENT
@given(JSON)
def test_any_json_is_read_or_refused(data):
    with suppress(ExchangeError):
        read_coco(data)
