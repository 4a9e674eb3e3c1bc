import json

import pytest

from models.generation.registry import load_generation_backend
from models.generation.remote.openai import OpenAiBackend, OpenAiSettings
from models.generation.remote.settings import ServerSettings
from models.vlm.pacing import Pacing
from schemas.errors import BackendUnavailableError, ConfigError, GenerationCancelledError, GenerationError
from schemas.generation import Capability, ReferenceRole
from tests.models.generation.asking import asking, reference
from tests.models.generation.openai_server import KEY, OpenAiServer
from tests.models.generation.picture_server import hangs, in_base64, plain_png, running, says, status


@pytest.fixture
def server():
    with running(OpenAiServer()) as server:
        yield server


def backend_of(server: OpenAiServer, *, key: str = KEY, model: str = "gpt-image-1", **more) -> OpenAiBackend:
    settings = ServerSettings("the images API", f"{server.base_url}/v1", f"Bearer {key}", poll_s=0.01)
    pacing = Pacing(sleep=lambda _: None)
    return OpenAiBackend(OpenAiSettings(settings, model=model, **more), pacing=pacing)


def test_words_alone_are_generated_from(server):
    (panel,) = backend_of(server, quality="low").generate(asking(), [])
    assert panel.picture.shape == (128, 136, 3)
    asked = server.body_of("/v1/images/generations")
    assert (asked["size"], asked["n"], asked["quality"]) == ("1024x1024", 1, "low")


def test_what_the_api_does_not_know_is_named_as_ignored(server):
    (panel,) = backend_of(server).generate(asking(negative="text"), [reference(ReferenceRole.STYLE)])
    assert panel.ignored == ("guidance", "negative", "seed", "steps", "strength")


@pytest.mark.parametrize(
    ("width", "height", "size"), [(768, 512, "1536x1024"), (400, 700, "1024x1536"), (500, 520, "1024x1024")]
)
def test_the_size_is_the_one_nearest_in_shape(server, width, height, size):
    (panel,) = backend_of(server).generate(asking(width_px=width, height_px=height), [])
    assert server.body_of("/v1/images/generations")["size"] == size
    assert panel.picture.shape == (height, width, 3)


def test_references_are_edited_from_and_the_prompt_says_what_each_is_for(server):
    references = [reference(ReferenceRole.STYLE, 2, weight=0.4), reference(ReferenceRole.CHARACTER, 3)]
    backend_of(server).generate(asking("a knight"), references)
    asked = server.body_of("/v1/images/edits")
    assert asked["prompt"].splitlines() == [
        "a knight",
        "Picture 1: show this character.",
        "Picture 2: draw in this style.",
    ]
    assert [picture.shape for picture in asked["pictures"]] == [(128, 160, 3)] * 2


def test_no_more_than_sixteen_pictures_are_sent_the_weightiest_first(server):
    references = [reference(ReferenceRole.STYLE, n, weight=n / 20) for n in range(1, 21)]
    backend_of(server).generate(asking(), references)
    assert len(server.body_of("/v1/images/edits")["pictures"]) == 16


def test_a_server_that_takes_no_pictures_gets_none(server):
    backend = backend_of(server, takes_pictures=False)
    (panel,) = backend.generate(asking(), [reference(ReferenceRole.STYLE)])
    assert server.paths() == ["/v1/images/generations"]
    assert "style" in panel.ignored
    assert Capability.STYLE not in backend.description.capabilities


def test_dall_e_is_asked_for_base64_and_gets_a_prompt_it_can_read(server):
    backend = backend_of(
        server, model="dall-e-2", sizes=("512x512",), response_format="b64_json", max_prompt=1_000
    )
    (panel,) = backend.generate(asking("rain " * 500), [])
    assert panel.picture.shape == (128, 136, 3)
    assert len(server.body_of("/v1/images/generations")["prompt"]) == 1_000


def test_a_word_the_model_does_not_know_is_passed_on(server):
    with pytest.raises(GenerationError, match="Unknown parameter: 'response_format'"):
        backend_of(server, response_format="b64_json").generate(asking(), [])


def test_each_variant_is_asked_for_on_its_own(server):
    first, second = backend_of(server).generate(asking(variants=2, seed=5), [])
    assert (first.seed, second.seed) == (5, 6)
    assert (first.picture != second.picture).any()


def test_a_wrong_key_makes_it_unavailable_and_is_not_shown(server):
    with pytest.raises(BackendUnavailableError, match=r"401.*<key>") as refused:
        backend_of(server, key="sk-wrong").generate(asking(), [])
    assert "sk-wrong" not in str(refused.value)


@pytest.mark.parametrize("code", ["moderation_blocked", "content_policy_violation"])
def test_a_refusal_of_the_content_is_called_one(server, code):
    server.faults = [status(400, {"error": {"message": "Your request was rejected", "code": code}})]
    with pytest.raises(GenerationError, match=r"content filter refuses.*rejected"):
        backend_of(server).generate(asking(), [])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": []}, "no picture"),
        ({"data": [{"url": "http://169.254.169.254/x.png"}]}, "not followed"),
        ({"data": [{"b64_json": in_base64(plain_png())}]}, "plain picture"),
        ({"data": [{"b64_json": None}]}, "no picture"),
    ],
)
def test_an_answer_without_a_picture_of_use_says_what_is_wrong(server, body, said):
    server.faults = [says(body)]
    with pytest.raises(GenerationError, match=said):
        backend_of(server).generate(asking(), [])


def test_a_cancel_hangs_up_at_once(server):
    server.faults = [hangs]
    calls = []

    def progress(share: float, step: str) -> None:
        calls.append(step)
        if len(calls) == 3:
            raise GenerationCancelledError("enough")

    with pytest.raises(GenerationCancelledError):
        backend_of(server).generate(asking(), [], progress=progress)


def test_settings_are_read_from_a_file(tmp_path, server, monkeypatch):
    monkeypatch.setenv("IMAGES_KEY", KEY)
    path = tmp_path / "images.json"
    fields = {"base_url": f"{server.base_url}/v1", "model": "gpt-image-1", "api_key_env": "IMAGES_KEY"}
    path.write_text(json.dumps(fields))
    backend = load_generation_backend(f"openai:{path}")
    assert backend.generate(asking(), [])
    assert KEY not in repr(OpenAiSettings.read(path))
    path.write_text(json.dumps({**fields, "sizes": ["huge"]}))
    with pytest.raises(ConfigError, match="'sizes'"):
        load_generation_backend(f"openai:{path}")
