"""Parameters of a search: the box, weighted words, lines, regions, runs, and what comes with the hits."""

import base64

import cv2
import numpy as np
import pytest

API = "/api/v1"
LINE = "Ask the harbour cat"


def found(client, **parameters):
    response = client.get(f"{API}/search", query_string=parameters)
    assert response.status_code == 200, response.json
    return response.json


def ids(answer):
    return [hit["panel_id"] for hit in answer["hits"]]


def test_the_box_is_read_and_equals_the_parameters_beside(client):
    typed = found(client, q='"the harbour cat" -lighthouse')
    assert typed["hits"]
    beside = found(client, phrase="the harbour cat", without="lighthouse")
    assert ids(typed) == ids(beside)
    text = typed["hits"][0]["text"]
    marked = [text[start:end].lower() for start, end in typed["hits"][0]["highlights"]]
    assert marked == ["the harbour cat"]


def test_wrong_typing_is_answered_with_its_place(client):
    response = client.get(f"{API}/search", query_string={"q": 'lamp "never closed'})
    assert response.status_code == 400
    assert response.json["error"]["message"].startswith("character 6: this quote is never closed")


def test_filters_alone_list_panels_with_facets_and_neighbours(client):
    answer = found(client, has_text="yes", facets="yes", window=1, limit=2)
    assert answer["facets"]["lettering"][0]["value"] == "text"
    assert sum(facet["count"] for facet in answer["facets"]["languages"]) <= answer["total"]
    first, second = answer["hits"]
    assert first["after"]
    assert second["before"]


def test_weighted_words_have_legs_of_their_own(client):
    hit = found(client, q="harbour", also="2:cat")["hits"][0]
    assert {"words", "words#2"} <= set(hit["legs"])


def test_run_is_asked_by_steps_or_in_the_box(client):
    order = found(client, has_text="yes", limit=3)["hits"]
    first, second = (hit["text"].splitlines()[0] for hit in order[:2])
    by_steps = found(client, step=[f'~"{first}"', f'~"{second}"'])
    assert [step["panel_id"] for step in by_steps["hits"][0]["run"]] == ids({"hits": order[:2]})
    assert ids(found(client, q=f'~"{first}" > ~"{second}"')) == ids(by_steps)


def test_crop_of_a_stored_panel_finds_that_panel(client):
    panel = found(client, dialogue=LINE)["hits"][0]["panel_id"]
    answer = found(client, crop=panel)
    assert ids(answer)[0] == panel
    assert answer["notes"] == []
    x0, y0, x1, y1 = answer["hits"][0]["box"]
    by_page = found(client, crop=f"{panel.partition('#')[0]}@{x0},{y0},{x1},{y1}")
    assert ids(by_page)[0] == panel


def picture(seed):
    noise = np.random.default_rng(seed).integers(0, 255, (40, 40, 3), np.uint8)
    return base64.b64encode(cv2.imencode(".png", noise)[1].tobytes()).decode()


def test_several_pictures_go_by_json(client):
    both = client.post(f"{API}/search", json={"picture": [picture(1), picture(2)], "min_score": 0})
    one = client.post(f"{API}/search", json={"picture": picture(1), "min_score": 0})
    assert both.status_code == one.status_code == 200
    assert [hit["score"] for hit in both.json["hits"]] != [hit["score"] for hit in one.json["hits"]]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"crop": "x@1,2"}, "write PAGE_ID@x0,y0,x1,y1"),
        ({"q": "cat", "window": "11"}, "window must be between 0 and 10"),
        ({"q": "cat", "is": "purple"}, "there is no trait 'purple'"),
        ({"step": "cat"}, "a run is of 2 to 8 panels"),
        ({"step": ["cat", "-dog"]}, "say what to look for"),
        ({"q": "cat", "page_from": "5", "page_to": "2"}, "no page lies from 5 to 2"),
        ({"phrase": "~"}, "a phrase needs words"),
    ],
)
def test_wrong_parameters_are_one_clear_line(client, parameters, message):
    response = client.get(f"{API}/search", query_string=parameters)
    assert response.status_code == 400
    assert message in response.json["error"]["message"]


@pytest.mark.parametrize("given", [[1], {"a": 1}, ["x"] * 9])
def test_what_is_no_picture_is_refused(client, given):
    assert client.post(f"{API}/search", json={"picture": given}).status_code == 400


def test_a_form_that_narrows_to_anything_shows_the_start_page(client):
    assert client.get("/", query_string={"has_text": "any"}).status_code == 200
    assert client.get("/", query_string={"has_text": "yes"}).status_code == 200
