"""Elements over the API and in pages: made, asked about, answered, searched for."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.webui.test_api import png
from webui import WebConfig, create_app


@pytest.fixture
def taught(library_path: Path, tmp_path: Path) -> Iterator[FlaskClient]:
    shutil.copytree(library_path, tmp_path / "library")
    with create_app(WebConfig(library=tmp_path / "library")).test_client() as client:
        yield client


def panels_of(client: FlaskClient, words: str) -> list[str]:
    told = client.get("/api/v1/search", query_string={"q": words}).get_json()
    return [hit["panel_id"] for hit in told["hits"]]


def test_an_element_is_made_asked_about_answered_and_searched_for(taught: FlaskClient) -> None:
    lamps, trains = panels_of(taught, '"red umbrella"')[:1], panels_of(taught, '"train is late"')[:1]
    made = taught.post("/api/v1/elements", json={"name": "Lamp", "positive": lamps, "negative": trains})
    assert made.status_code == 201
    assert made.get_json()["positives"] == 1
    asked = taught.get("/api/v1/elements/lamp/questions?count=3").get_json()["questions"]
    assert len(asked) == 3
    assert not {one["panel_id"] for one in asked} & {*lamps, *trains}
    said = {one["panel_id"]: "no" for one in asked}
    answered = taught.post("/api/v1/elements/Lamp/answers", json={"answers": said}).get_json()
    assert answered["negatives"] == 4
    hits = taught.get("/api/v1/search?q=umbrella has:lamp&facets=yes").get_json()
    assert lamps[0] in [hit["panel_id"] for hit in hits["hits"]]
    assert not {hit["panel_id"] for hit in hits["hits"]} & said.keys()
    assert [value["value"] for value in hits["facets"]["elements"]] == ["Lamp"]
    page = taught.get("/?q=umbrella&element=Lamp").get_data(as_text=True)
    assert "element=Lamp" in page
    (book,) = [one for one in taught.get("/api/v1/elements/Lamp").get_json()["books"] if one["panels"]][:1]
    assert book["of"] >= book["panels"] >= 1


def test_pages_show_elements_and_questions_with_buttons(taught: FlaskClient) -> None:
    assert "No elements yet." in taught.get("/elements").get_data(as_text=True)
    taught.post("/api/v1/elements", json={"name": "Lamp", "words": "a lamp"})
    assert 'href="/elements/Lamp"' in taught.get("/elements").get_data(as_text=True)
    page = taught.get("/elements/Lamp").get_data(as_text=True)
    assert page.count('data-answer="yes"') >= 5
    assert "Is Lamp in this panel?" in page
    assert taught.get("/elements/nobody").status_code == 404


def test_an_element_is_renamed_and_dropped(taught: FlaskClient) -> None:
    taught.post("/api/v1/elements", json={"name": "Lamp", "positive": panels_of(taught, "umbrella")[:1]})
    assert taught.patch("/api/v1/elements/lamp", json={"name": "Lantern"}).get_json()["name"] == "Lantern"
    assert taught.get("/api/v1/elements/Lamp").status_code == 404
    assert taught.delete("/api/v1/elements/lantern").status_code == 204
    assert taught.get("/api/v1/elements").get_json() == {"elements": []}


def test_no_request_names_a_file_of_the_server(taught: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"\x89PNG")
    told = taught.post("/api/v1/elements", json={"name": "x", "positive": [str(tmp_path / "secret.png")]})
    assert told.status_code == 404
    assert taught.get("/api/v1/elements").get_json() == {"elements": []}


@pytest.mark.parametrize(
    "body", [{"name": "<b>x</b>"}, {"name": "text"}, {"name": ""}, {"name": "x", "kind": "god"}, {}]
)
def test_what_is_no_element_is_refused(taught: FlaskClient, body: dict[str, str]) -> None:
    assert taught.post("/api/v1/elements", json=body).status_code == 400
    assert taught.get("/api/v1/elements").get_json() == {"elements": []}


def test_questions_about_something_nobody_described_say_what_to_do(taught: FlaskClient) -> None:
    taught.post("/api/v1/elements", json={"name": "ghost"})
    told = taught.get("/api/v1/elements/ghost/questions")
    assert told.status_code == 400
    assert "begun without words" in told.get_json()["error"]["message"]
    assert taught.get("/elements/ghost").status_code == 200


def test_a_part_of_a_page_and_a_picture_show_an_element_too(taught: FlaskClient) -> None:
    page = panels_of(taught, "umbrella")[0].partition("#")[0]
    made = taught.post("/api/v1/elements", json={"name": "Lamp", "crops": [f"{page}@0.1,0.1,0.6,0.6"]})
    assert (made.status_code, made.get_json()["positives"]) == (201, 1)
    upload = {"picture": (io.BytesIO(png()), "lamp.png"), "limit": "1"}
    name = taught.post("/api/v1/search", data=upload).get_json()["picture"]
    told = taught.post("/api/v1/elements", json={"name": "lamp", "pictures": [name]}).get_json()
    assert told["positives"] == 2
    listed = taught.get("/elements").get_data(as_text=True)
    assert listed.count("/api/v1/thumbnails/") == min(told["panels"], 5)


def test_the_list_shows_the_surest_panels_of_each_element(taught: FlaskClient) -> None:
    taught.post("/api/v1/elements", json={"name": "Lamp", "positive": panels_of(taught, "umbrella")[:1]})
    found = told_panels(taught, "has:lamp")
    listed = taught.get("/elements").get_data(as_text=True)
    assert 1 <= listed.count("/api/v1/thumbnails/") == min(len(found), 5)
    assert sum(quote(panel, safe="/") in listed for panel in found) == min(len(found), 5)


def told_panels(client: FlaskClient, asked: str) -> list[str]:
    told = client.get("/api/v1/search", query_string={"q": asked, "duplicates": "true"}).get_json()
    return [hit["panel_id"] for hit in told["hits"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"crops": ["{page}@0.1,0.1,0.1001,0.6"]}, 400),
        ({"crops": ["{page}@1,2,3"]}, 400),
        ({"crops": ["../../etc/passwd@0,0,1,1"]}, 404),
        ({"pictures": ["never seen"]}, 404),
        ({"crops": ["{page}"] * 21}, 400),
    ],
)
def test_parts_and_pictures_that_are_not_there_make_no_element(
    taught: FlaskClient, body: dict[str, list[str]], status: int
) -> None:
    page = panels_of(taught, "umbrella")[0].partition("#")[0]
    named = {key: [value.replace("{page}", page) for value in values] for key, values in body.items()}
    assert taught.post("/api/v1/elements", json={"name": "x", **named}).status_code == status
    assert taught.get("/api/v1/elements").get_json() == {"elements": []}
