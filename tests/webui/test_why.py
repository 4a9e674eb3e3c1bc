"""Why a panel answers: over the API, on the command line, and what is refused."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from PIL import Image

from schemas.errors import StoppedError
from search.commands.why_cli import why
from search.library import open_library
from search.why import Asked
from webui import WebConfig, create_app
from webui.reasons import Reasons


@pytest.fixture(scope="module")
def taught(library_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    copy = tmp_path_factory.mktemp("why") / "library"
    shutil.copytree(library_path, copy)
    with create_app(WebConfig(library=copy)).test_client() as client:
        panels = panels_of(client)
        made = client.post("/api/v1/elements", json={"name": "Lamp", "positive": panels[:2]})
        assert made.status_code == 201
        yield client


def panels_of(client: FlaskClient) -> list[str]:
    told = client.get("/api/v1/search", query_string={"q": "umbrella"}).get_json()
    return [hit["panel_id"] for hit in told["hits"]]


def ask(client: FlaskClient, **query: str):
    panel = panels_of(client)[0].replace("#", "%23")
    return client.get(f"/api/v1/panels/{panel}/why", query_string=query)


@pytest.mark.parametrize("query", [{"q": "a lamp at night"}, {"element": "lamp"}, {"q": "has:lamp"}])
def test_map_tells_what_in_a_panel_counts(taught: FlaskClient, query: dict[str, str]) -> None:
    told = ask(taught, **query).get_json()
    heat = np.array(told["heat"])
    assert told["method"] == "occlusion"
    assert heat.ndim == 2
    assert 0 <= heat.min() <= heat.max() <= 1
    assert all(0 <= place <= 1 for place in told["peak"])


def test_likeness_to_a_panel_is_explained(taught: FlaskClient) -> None:
    other = taught.get("/api/v1/search?q=train").get_json()["hits"][0]["panel_id"]
    assert ask(taught, q=f'like:"{other}"').status_code == 200


def test_map_is_drawn_over_the_panel_or_alone(taught: FlaskClient) -> None:
    panel = panels_of(taught)[0].replace("#", "%23")
    over = taught.get(f"/api/v1/panels/{panel}/why.png?q=a+lamp")
    alone = taught.get(f"/api/v1/panels/{panel}/why.png?q=a+lamp&alone=yes")
    modes = [Image.open(io.BytesIO(answer.data)) for answer in (over, alone)]
    assert [one.mode for one in modes] == ["RGB", "RGBA"]
    assert modes[0].size == modes[1].size


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "say what is to be explained"),
        ({"q": '"ask the harbour cat"'}, "lettering"),
        ({"q": "one > two"}, "step by step"),
        ({"element": "dragon"}, "no element is called"),
        ({"q": "a lamp", "method": "inside"}, "ask for occlusion"),
        ({"q": "a lamp", "method": "magic"}, "method"),
    ],
)
def test_what_no_picture_can_answer_says_so(taught: FlaskClient, query: dict[str, str], said: str) -> None:
    answer = ask(taught, **query)
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]["message"]


def test_unknown_panel_is_not_found(taught: FlaskClient) -> None:
    assert taught.get("/api/v1/panels/no/such/why?q=lamp").status_code == 404


def test_second_look_is_remembered_and_a_visitor_who_left_costs_nothing(library_path: Path) -> None:
    with open_library(library_path) as library:
        panel = library.query("umbrella").hits[0].panel_id
        reasons = Reasons(library)
        with pytest.raises(StoppedError):
            reasons.explain(panel, Asked("a lamp"), "auto", lambda: True)
        first = reasons.explain(panel, Asked("a lamp"), "auto", lambda: False)
        assert reasons.explain(panel, Asked("a lamp"), "auto", lambda: True) is first


def test_one_map_is_made_at_a_time_and_nobody_waits_for_ever(library_path: Path) -> None:
    with open_library(library_path) as library:
        panel = library.query("umbrella").hits[0].panel_id
        reasons, begun, go_on = Reasons(library, longest_s=0.2), Event(), Event()

        def hold() -> bool:
            begun.set()
            go_on.wait(5)
            return True

        def first() -> None:
            with pytest.raises(StoppedError):
                reasons.explain(panel, Asked("a lamp"), "auto", hold)

        thread = Thread(target=first)
        thread.start()
        begun.wait(5)
        with pytest.raises(StoppedError, match="others are asking"):
            reasons.explain(panel, Asked("a train"), "auto", lambda: False)
        go_on.set()
        thread.join(5)


def test_command_writes_the_map_and_says_where_to_look(library_path: Path, tmp_path: Path) -> None:
    with open_library(library_path) as library:
        panel = library.query("umbrella").hits[0].panel_id
    run = CliRunner()
    out = tmp_path / "map.png"
    told = run.invoke(why, [panel, "a lamp", "--out", str(out), "--check", "--library", str(library_path)])
    assert told.exit_code == 0, told.output
    assert "by occlusion" in told.output
    assert "covered at random" in told.output
    assert Image.open(io.BytesIO(out.read_bytes())).mode == "RGB"
    told = run.invoke(why, [panel, "a lamp", "--json", "--library", str(library_path)])
    assert json.loads(told.output)["about"] == "a lamp"
    assert run.invoke(why, [panel, "--library", str(library_path)]).exit_code == 2
    assert run.invoke(why, [panel, "x", "--element", "y", "--library", str(library_path)]).exit_code == 2


def test_reader_offers_the_question(taught: FlaskClient) -> None:
    page = panels_of(taught)[0].partition("#")[0]
    html = taught.get(f"/pages/{page}").get_data(as_text=True)
    assert 'class="why"' in html
    assert 'id="why-words"' in html
