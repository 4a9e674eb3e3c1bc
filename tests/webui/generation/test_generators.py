"""Generators that a server's keeper named: who may be asked, what each makes use of, what it makes."""

import json
import shutil

import pytest

from models.generation.png import record_in
from models.generation.registry import capabilities_of, load_generation_backend
from schemas.errors import ConfigError, QueryError
from tests.models.generation.openai_server import KEY, OpenAiServer
from tests.models.generation.picture_server import running
from tests.models.generation.tiny_diffusion import save_sd, skip_without_diffusers
from tests.webui.generation.test_cli import run
from tests.webui.test_studio import ended, told
from webui import WebConfig, create_app
from webui.app import close_app
from webui.generation.generators import Generators

ASKED = {"prompt": "A girl in the harbour.", "width_px": 128, "height_px": 128, "steps": 2}


@pytest.fixture(scope="module")
def library(drawn_library, tmp_path_factory):
    return shutil.copytree(drawn_library, tmp_path_factory.mktemp("generators") / "library")


@pytest.fixture
def served(library):
    """Give what opens a server with generators."""
    apps = []

    def opened(*generators):
        apps.append(create_app(WebConfig(library=library, generators=tuple(map(str, generators)))))
        return apps[-1].test_client()

    yield opened
    for app in apps:
        close_app(app)


@pytest.fixture
def images_api(tmp_path, monkeypatch):
    with running(OpenAiServer()) as server:
        monkeypatch.setenv("IMAGES_KEY", KEY)
        settings = tmp_path / "images.json"
        settings.write_text(json.dumps({"base_url": f"{server.base_url}/v1", "api_key_env": "IMAGES_KEY",
                                        "model": "gpt-image-1"}))  # fmt: skip
        yield settings


def made(client, **body):
    answer = client.post("/api/v1/generations", json={**ASKED, **body})
    assert answer.status_code == 202, answer.get_json()
    job_id = answer.get_json()["job_id"]
    return ended(
        lambda: told(client, f"generations/{job_id}"), lambda job: job["state"] not in ("waiting", "running")
    )


def test_those_that_were_named_are_listed_without_their_places(served, images_api):
    client = served(f"openai:{images_api}", f"diffusers:{images_api.parent / 'nothing'}")
    default, images, broken = told(client, "generators")["generators"]
    assert (default["name"], "lettering" in default["capabilities"]) == ("storyboard", True)
    assert (images["name"], images["problem"]) == ("openai:images.json", "")
    assert {"prompt", "style"} <= set(images["capabilities"])
    assert (broken["name"], broken["capabilities"]) == ("diffusers:nothing", [])
    assert "there is no folder nothing" in broken["problem"]
    page = client.get("/studio").get_data(as_text=True)
    assert "openai:images.json" in page
    assert str(images_api.parent) not in page


def test_a_panel_is_made_by_the_one_that_was_asked(served, images_api):
    client = served(f"openai:{images_api}")
    job = made(client, backend="openai:images.json", negative="text")
    assert (job["state"], job["pictures"], job["has_layers"]) == ("done", 1, False), job["message"]
    record = told(client, f"generations/{job['job_id']}/1.json")
    assert record["backend"]["name"] == "openai:images.json"
    assert "negative" in record["ignored"]
    assert str(images_api.parent) not in json.dumps(record)


def test_one_that_nobody_named_or_that_fails_says_so(served, images_api, monkeypatch):
    client = served(f"openai:{images_api}")
    for name in (f"openai:{images_api}", "diffusers:/etc", "", "comfyui:x.json"):
        answer = client.post("/api/v1/generations", json={**ASKED, "backend": name})
        assert (answer.status_code, "storyboard" in answer.get_json()["error"]["message"]) == (400, True)
    job = made(served("diffusers:/nowhere/gone"), backend="diffusers:gone")
    assert (job["state"], "there is no folder gone" in job["message"]) == ("failed", True)
    monkeypatch.setenv("IMAGES_KEY", "another")
    job = made(client, backend="openai:images.json")
    assert (job["state"], job["pictures"], job["message"] != "") == ("failed", 0, True)


def test_a_model_of_ones_own_is_loaded_once_and_told_before(served, library, tmp_path, monkeypatch):
    skip_without_diffusers()
    folder = save_sd(tmp_path / "tiny")
    loads = []

    def load(name):
        loads.append(name)
        return load_generation_backend(name)

    monkeypatch.setattr("webui.generation.generators.load_generation_backend", load)
    client = served(f"diffusers:{folder}")
    _, tiny = told(client, "generators")["generators"]
    assert loads == []
    assert set(tiny["capabilities"]) == capabilities_of(f"diffusers:{folder}")
    for seed in (1, 2):
        job = made(client, backend="diffusers:tiny", seed=seed)
        assert job["state"] == "done", job["message"]
    assert loads == [f"diffusers:{folder}"]
    record = told(client, f"generations/{job['job_id']}/1.json")
    assert set(record["backend"]["capabilities"]) == set(tiny["capabilities"])
    kept, out = tmp_path / "panel.json", tmp_path / "again.png"
    kept.write_text(json.dumps(record))
    place = ("--library", str(library), "--out", str(out))
    assert "the same as" in run("replay", str(kept), *place, "--backend", f"diffusers:{folder}")
    assert record_in(out.read_bytes())["picture_sha256"] == record["picture_sha256"]


def test_names_that_are_none_or_cannot_be_told_apart_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="no generator 'magic'"):
        Generators(["magic"])
    with pytest.raises(ConfigError, match="would both be called diffusers:sd"):
        Generators(["diffusers:/a/sd", "diffusers:/b/sd"])
    assert [one.name for one in Generators(["storyboard"]).all()] == ["storyboard"]
    with pytest.raises(QueryError, match="no generator"):
        Generators().load("diffusers:/a/sd")
