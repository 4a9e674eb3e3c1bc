"""The command ``longbox restyle`` and its job over HTTP, as used."""

import base64
import html
import json
import re
import shutil

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

from indexer.library.rights import change_rights, read_rights
from schemas.errors import NoReferenceError, QueryError
from search.generation.gate import Gate
from search.library import open_library
from tests.webui.generation.test_cli import run
from tests.webui.test_studio import ended, told
from webui import WebConfig, create_app
from webui.app import close_app
from webui.generation.asking import beliefs_of

QUICK = ("--steps", "2", "--side", "128")


@pytest.fixture(scope="module")
def library(drawn_library, tmp_path_factory):
    """A library of its own that was taught an element: every other panel that may be used shows it."""
    mine = shutil.copytree(drawn_library, tmp_path_factory.mktemp("restyle") / "library")
    usable = panels_of(mine)
    labels = [word for one in usable[::2] for word in ("--positive", one)]
    labels += [word for one in usable[1::2] for word in ("--negative", one)]
    run("element", "add", "Ada", "--library", str(mine), *labels)
    return mine


def panels_of(library):
    with open_library(library) as opened:
        usable = Gate.of(opened, read_rights(library)).usable
        columns = opened.snapshot().columns
        panels = [columns.panel_id(row) for row in range(len(columns.row_ids))]
    return sorted(one for one in panels if one.partition("/")[0] in usable)


@pytest.fixture(scope="module")
def panels(library):
    return panels_of(library)


def test_a_panel_is_restyled_judged_reported_and_replayed(library, panels, tmp_path):
    out, again = tmp_path / "new.png", tmp_path / "again.png"
    place = ("--library", str(library))
    likes = [word for one in panels[-3:] for word in ("--like", one)]
    said = run("restyle", panels[0], *place, *likes, "--element", "ada", *QUICK, "--out", str(out))
    assert re.search(r"(accepted|refused): ", said)
    assert "s a step" in said
    record = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert record["digital_source_type"] == "compositeWithTrainedAlgorithmicMedia"
    assert len(record["backend"]["model_sha256"]) == 64
    assert record["request"]["elements"] == [{"name": "ada", "share": 1.0}]
    used, offered = ({one["panel_id"] for one in record[part]} for part in ("references", "offered"))
    assert used < offered  # some were kept back for the judge
    assert not {one.partition("#")[0] for one in used - {panels[0]}} & {panels[0].partition("#")[0]}
    assert all(one["licence"] for one in record["offered"])
    page = (tmp_path / "new.report.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == 2
    assert record["notes"]["verdict"].split(": ", 1)[1][:30] in page.replace("&#x27;", "'").lower() or (
        record["notes"]["verdict"].split(":")[0].capitalize() in page
    )
    run("replay", str(out), *place, "--out", str(again))
    assert again.read_bytes() == out.read_bytes()


def test_what_is_refused_is_the_input_as_it_came(library, panels, tmp_path):
    drawn = np.full((192, 256, 3), (30, 160, 220), np.uint8)
    cv2.circle(drawn, (128, 96), 60, (20, 20, 20), 3)
    rough, out = tmp_path / "rough.png", tmp_path / "new.png"
    cv2.imwrite(str(rough), drawn)
    said = run("restyle", str(rough), "--library", str(library), "--like", panels[2], "--json",
               "--steps", "1", "--side", "256", "--strength", "0", "--out", str(out))  # fmt: skip
    notes = json.loads(said)["notes"]
    is_kept = notes["verdict"].startswith("refused")
    assert notes["picture"] == ("the input, as it came" if is_kept else "the restyled one")
    apart = np.abs(cv2.imread(str(out)).astype(int) - drawn).mean()
    assert apart < 6 or not is_kept


def test_several_pictures_have_beliefs_of_their_own(library, panels, tmp_path):
    out = tmp_path / "new.png"
    run("restyle", panels[0], panels[1], "--library", str(library), "--like", panels[-1],
        "--element", "Ada=1,0", *QUICK, "--out", str(out))  # fmt: skip
    shares = [
        json.loads((tmp_path / f"new-{number}.json").read_text("utf-8"))["request"]["elements"][0]["share"]
        for number in (1, 2)
    ]
    assert shares == [1.0, 0.0]


def test_beliefs_are_read_and_wrong_ones_are_named():
    first, second = beliefs_of(["Ada=.5", "Bob=1,0"], 2)
    assert [(one.name, one.share) for one in first] == [("Ada", 0.5), ("Bob", 1.0)]
    assert second[1].share == 0.0
    for wrong in ("Ada=x", "Ada=1,0,1", "Ada=2", "=1", "Ada=nan"):
        with pytest.raises(QueryError):
            beliefs_of([wrong], 2)


@pytest.mark.parametrize(
    ("element", "message"),
    [("Nobody", "no element is called 'Nobody'; there are: Ada"), ("Ada", "may be used")],
)
def test_an_element_that_cannot_be_judged_stops_it_with_a_word(library, panels, tmp_path, element, message):
    barred = ("--exclude", panels[1]) if element == "Nobody" else exclusions(panels[1:])
    with pytest.raises(QueryError, match=message):
        run("restyle", panels[0], "--library", str(library), "--words", "a girl", "--element", element,
            *barred, *QUICK, "--out", str(tmp_path / "x.png"))  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def exclusions(panels):
    return [word for one in panels[:-3] for word in ("--exclude", one)]


def test_a_refused_example_teaches_nothing(library, panels, tmp_path):
    change_rights(library, lambda register: register.refuse(panels[-1], "asked to"))
    try:
        with pytest.raises(NoReferenceError, match="may not be used"):
            run("restyle", panels[0], "--library", str(library), "--like", panels[-1], *QUICK,
                "--out", str(tmp_path / "x.png"))  # fmt: skip
        out = tmp_path / "new.png"
        run("restyle", panels[0], "--library", str(library), "--words", "a girl", *QUICK, "--out", str(out),
            "--element", "Ada")  # fmt: skip
        record = json.loads(out.with_suffix(".json").read_text("utf-8"))
        assert panels[-1] not in {one["panel_id"] for one in record["offered"]}
    finally:
        change_rights(library, lambda register: register.allow(panels[-1]))


def test_a_style_of_nobody_is_asked_for(library, panels, tmp_path):
    said = run("restyle", panels[0], "--library", str(library), "--out", str(tmp_path / "x.png"))
    assert "--like ID, or --words" in said


@pytest.fixture(scope="module")
def author(library):
    app = create_app(WebConfig(library=library))
    with app.test_client() as client:
        yield client
    close_app(app)


def asked(author, **body):
    answer = author.post(
        "/api/v1/generations",
        json={
            "prompt": "in that style",
            "width_px": 128,
            "height_px": 128,
            "finish": "restyle",
            "steps": 2,
            **body,
        },
    )
    assert answer.status_code == 202, answer.get_json()
    job_id = answer.get_json()["job_id"]
    return ended(
        lambda: told(author, f"generations/{job_id}"), lambda job: job["state"] not in ("waiting", "running")
    )


def test_a_job_restyles_a_panel_and_keeps_both_pictures(author, panels):
    pinned = [{"panel_id": panels[0], "role": "layout"}, {"panel_id": panels[-1], "role": "style"}]
    job = asked(author, pinned=pinned, elements=[{"name": "Ada"}])
    assert (job["state"], job["has_layers"]) == ("done", True), job["message"]
    record = told(author, f"generations/{job['job_id']}/1.json")
    assert record["backend"]["name"] == "restyle"
    assert record["notes"]["verdict"].startswith(("accepted", "refused"))
    assert record["notes"]["verdict"] in job["message"]
    assert job["message"] in html.unescape(author.get("/studio").get_data(as_text=True))
    assert max(record["request"]["width_px"], record["request"]["height_px"]) >= 128
    assert record["request"]["steps"] == 2
    assert job["has_report"]
    report = author.get(f"/api/v1/generations/{job['job_id']}/1.html")
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert "never optimised against" in report.get_data(as_text=True)


def test_a_job_without_anything_to_restyle_or_an_unknown_element_says_so(author, panels):
    answer = author.post("/api/v1/generations", json={"prompt": "x", "finish": "restyle"})
    assert (answer.status_code, "pin a panel" in answer.get_json()["error"]["message"]) == (400, True)
    _, png = cv2.imencode(".png", np.full((80, 80, 3), 200, np.uint8))
    job = asked(author, drawing=base64.b64encode(png.tobytes()).decode(), elements=[{"name": "Nobody"}])
    assert (job["state"], "no element is called" in job["message"]) == ("failed", True)


def test_a_long_job_is_cancelled_between_two_steps(author, panels):
    pinned = [{"panel_id": panels[0], "role": "layout"}, {"panel_id": panels[-1], "role": "style"}]
    answer = author.post(
        "/api/v1/generations",
        json={
            "prompt": "x",
            "width_px": 128,
            "height_px": 128,
            "finish": "restyle",
            "steps": 400,
            "pinned": pinned,
        },
    )
    job_id = answer.get_json()["job_id"]
    ended(lambda: told(author, f"generations/{job_id}"), lambda job: "step" in job["doing"])
    assert author.delete(f"/api/v1/generations/{job_id}").status_code == 204
    job = told(author, f"generations/{job_id}")
    assert (job["state"], job["pictures"]) == ("cancelled", 0)
    assert author.get(f"/api/v1/generations/{job_id}/1.png").status_code == 404
