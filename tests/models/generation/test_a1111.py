import json

import numpy as np
import pytest

from models.generation.registry import load_generation_backend
from models.generation.remote.a1111 import A1111Backend, A1111Settings
from models.generation.remote.settings import ServerSettings
from models.vlm.pacing import Pacing
from schemas.errors import (
    BackendUnavailableError,
    ConfigError,
    GenerationCancelledError,
    GenerationError,
)
from schemas.generation import ReferenceRole
from tests.models.generation.a1111_server import A1111Server
from tests.models.generation.asking import Watcher, asking, reference
from tests.models.generation.picture_server import (
    breaks_off,
    drawn,
    garbage,
    hangs,
    in_base64,
    plain_png,
    redirects,
    running,
    says,
    status,
)

LAYOUT = reference(ReferenceRole.LAYOUT)


@pytest.fixture
def server():
    with running(A1111Server()) as server:
        yield server


def backend_of(server: A1111Server, waits: list[float] | None = None, **more) -> A1111Backend:
    settings = ServerSettings("the web UI", server.base_url, timeout_s=5.0, poll_s=0.01, max_retries=2)
    pacing = Pacing(sleep=(waits if waits is not None else []).append, chance=lambda: 0.0)
    return A1111Backend(A1111Settings(settings, **more), pacing=pacing)


def test_words_alone_become_a_panel_of_the_size_asked_for(server):
    (panel,) = backend_of(server, sampler="Euler a", checkpoint="comic.safetensors").generate(
        asking(negative="text", seed=7, guidance=4.5, width_px=130), []
    )
    assert panel.picture.shape == (128, 130, 3)
    asked = server.body_of("/sdapi/v1/txt2img")
    assert asked["width"] == 136  # the next multiple of 8, cropped afterwards
    assert (asked["negative_prompt"], asked["seed"], asked["cfg_scale"]) == ("text", 7, 4.5)
    assert asked["override_settings"] == {"sd_model_checkpoint": "comic.safetensors"}
    assert panel.notes["sd_model_hash"] == "6ce0161689"
    assert panel.ignored == ()


def test_the_layout_is_started_from_and_the_strength_says_how_far(server):
    near, far = (
        backend_of(server).generate(asking(strength=strength), [LAYOUT])[0] for strength in (0.1, 0.9)
    )
    start = np.asarray(LAYOUT.picture, np.float32).mean((0, 1))
    assert np.abs(near.picture.mean((0, 1)) - start).max() < np.abs(far.picture.mean((0, 1)) - start).max()
    assert near.notes["started_from"] == LAYOUT.reference.panel_id


def test_references_that_it_has_no_use_for_are_named_as_ignored(server):
    references = [
        reference(ReferenceRole.STYLE, 2, weight=0.5),
        LAYOUT,
        reference(ReferenceRole.CHARACTER, 3),
    ]
    (panel,) = backend_of(server).generate(asking(), references)
    assert panel.ignored == ("character", "style", "weights")


def test_without_a_layout_another_reference_is_started_from(server):
    (panel,) = backend_of(server).generate(asking(), [reference(ReferenceRole.CHARACTER, 3)])
    assert server.paths() == ["/sdapi/v1/img2img"]
    assert panel.ignored == ()


def test_progress_of_the_server_is_told_and_never_falls():
    with running(A1111Server(works_s=0.3)) as server:
        watcher = Watcher()
        backend_of(server).generate(asking(variants=2), [], progress=watcher)
    assert watcher.shares == sorted(watcher.shares)
    assert {0.0, 0.125, 0.375, 1.0} <= set(watcher.shares)


def test_a_cancel_interrupts_the_server():
    with running(A1111Server(works_s=5)) as server:
        with pytest.raises(GenerationCancelledError):
            backend_of(server).generate(asking(), [], progress=Watcher(until=0.2))
        assert server.interrupted.is_set()


def test_a_cancel_before_the_first_picture_asks_for_nothing(server):
    with pytest.raises(GenerationCancelledError):
        backend_of(server).generate(asking(), [], progress=Watcher(until=0.0))
    assert server.paths() == []


def test_a_busy_server_is_asked_again_when_it_says(server):
    server.faults = [status(503), status(429, Retry_After="4")]
    waits: list[float] = []
    assert backend_of(server, waits).generate(asking(), [])
    assert sum(waits) == pytest.approx(0.5 + 4, abs=0.05)


def test_a_busy_server_is_given_up_in_the_end(server):
    server.faults = [status(503)] * 3
    with pytest.raises(GenerationError, match="no time for us"):
        backend_of(server).generate(asking(), [])


def test_an_answer_that_breaks_off_is_asked_for_again(server):
    server.faults = [breaks_off]
    assert backend_of(server).generate(asking(), [])


def half_a_picture(handler):
    data = drawn(128, 128, 1)
    handler.send_json({"images": [in_base64(data[: len(data) // 2])], "info": "{}"})


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (garbage, "no JSON object"),
        (status(500, {"error": "OutOfMemoryError", "detail": "CUDA out of memory"}), "CUDA out of memory"),
        (status(422, {"detail": "value is not valid"}), "value is not valid"),
        (says({"images": [], "info": "{}"}), "no picture"),
        (says({"images": ["$$$"], "info": "{}"}), "no base64"),
        (says({"images": [in_base64(b"GIF89a")], "info": "{}"}), "not a picture|decoded"),
        (half_a_picture, "breaks off"),
        (says({"images": [in_base64(plain_png())], "info": "{}"}), "content filter"),
    ],
)
def test_an_answer_without_a_picture_of_use_says_what_is_wrong(server, fault, said):
    server.faults = [fault]
    with pytest.raises(GenerationError, match=said):
        backend_of(server).generate(asking(), [LAYOUT])


@pytest.mark.parametrize("info", ["not JSON", "[]", None, 3])
def test_odd_information_about_a_picture_is_no_reason_to_lose_it(server, info):
    server.faults = [says({"images": [in_base64(drawn(64, 64, 1))], "info": info})]
    (panel,) = backend_of(server).generate(asking(), [])
    assert panel.notes == {}


def test_a_slow_server_is_not_waited_for_beyond_the_limit(server):
    server.faults = [hangs]
    settings = ServerSettings("the web UI", server.base_url, timeout_s=0.2, poll_s=0.01)
    with pytest.raises(GenerationError, match="raise 'timeout_s'"):
        A1111Backend(A1111Settings(settings)).generate(asking(), [])


def test_a_server_that_is_down_is_unavailable():
    with running(A1111Server()) as server:
        pass
    with pytest.raises(BackendUnavailableError, match="3 attempts"):
        backend_of(server).generate(asking(), [])


def test_a_redirect_is_not_followed(server):
    server.faults = [redirects]
    with pytest.raises(BackendUnavailableError, match=r"169\.254\.169\.254.*not followed"):
        backend_of(server).generate(asking(), [])


def settings_file(folder, server, **more):
    path = folder / "webui.json"
    path.write_text(json.dumps({"base_url": server.base_url, "poll_s": 0.01, **more}))
    return path


def test_the_login_comes_from_the_environment(tmp_path, monkeypatch):
    with running(A1111Server(login="me:secret")) as server:
        path = settings_file(tmp_path, server, auth_env="WEBUI_LOGIN")
        monkeypatch.setenv("WEBUI_LOGIN", "me:secret")
        backend = load_generation_backend(f"a1111:{path}")
        assert backend.generate(asking(), [])
        assert backend.description.name == "a1111:webui.json"
        monkeypatch.setenv("WEBUI_LOGIN", "me:wrong")
        with pytest.raises(BackendUnavailableError, match="401") as refused:
            load_generation_backend(f"a1111:{path}").generate(asking(), [])
        assert "wrong" not in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"modell": "x"}, "'modell'"),
        ({"base_url": "file:///etc/passwd"}, "no address"),
        ({"base_url": "http://me:pw@127.0.0.1"}, "takes no password"),
        ({"auth_env": "NOT_SET_ANYWHERE"}, "holds no login"),
        ({"timeout_s": -1}, "timeout_s"),
    ],
)
def test_settings_are_read_strictly(tmp_path, server, fields, said):
    with pytest.raises(ConfigError, match=said):
        load_generation_backend(f"a1111:{settings_file(tmp_path, server, **fields)}")
