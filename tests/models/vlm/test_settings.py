import json
from pathlib import Path

import pytest

from models.vlm.instructions import AnalysisVersion
from models.vlm.settings import ChatSettings, ImageFormat, StructuredOutput
from schemas.errors import ConfigError

LEAST = {"base_url": "http://127.0.0.1:11434/v1", "model": "qwen2.5vl:7b"}


def read(folder: Path, **fields: object) -> ChatSettings:
    file = folder / "reader.json"
    file.write_text(json.dumps({**LEAST, **fields}))
    return ChatSettings.read(file)


def test_address_and_model_are_enough(tmp_path: Path) -> None:
    assert read(tmp_path) == ChatSettings(**LEAST)


def test_every_field_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGBOX_TEST_KEY", "sk-1")
    settings = read(
        tmp_path,
        api_key_env="LONGBOX_TEST_KEY",
        analysis="v1",
        structured_output="none",
        timeout_s=5,
        max_retries=0,
        requests_per_minute=7.5,
        max_tokens=512,
        image_side_px=800,
        image_format="webp",
        reasoning=True,
    )
    assert settings == ChatSettings(
        **LEAST,
        api_key="sk-1",
        analysis=AnalysisVersion.V1,
        structured_output=StructuredOutput.NONE,
        timeout_s=5,
        max_retries=0,
        requests_per_minute=7.5,
        max_tokens=512,
        image_side_px=800,
        image_format=ImageFormat.WEBP,
        reasoning=True,
    )


def test_the_key_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGBOX_TEST_KEY", "sk-secret")
    assert "sk-secret" not in repr(read(tmp_path, api_key_env="LONGBOX_TEST_KEY"))


@pytest.mark.parametrize("value", [None, "", "two words", "line\nbreak", "ключ"])
def test_a_variable_without_a_sound_key_is_refused_by_name_and_without_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("LONGBOX_TEST_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("LONGBOX_TEST_KEY", value)
    with pytest.raises(
        ConfigError, match="'api_key_env' names LONGBOX_TEST_KEY, which holds no key"
    ) as caught:
        read(tmp_path, api_key_env="LONGBOX_TEST_KEY")
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize("field", ["sk-0123-456", "NAME=value", "a b"])
def test_a_key_in_place_of_its_variable_is_refused(tmp_path: Path, field: str) -> None:
    with pytest.raises(ConfigError, match="not the key itself") as caught:
        read(tmp_path, api_key_env=field)
    assert field not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:11434", "ftp://host/v1", "file:///etc/passwd", "http://", "http://host:99999/v1", "http://[::1/v1",
     "http://host/a b", "http://host\n/v1", "http://höst/v1", "javascript:alert(1)", "http://:80/v1"],
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="no address of a server"):
        read(tmp_path, base_url=url)


@pytest.mark.parametrize(
    "url", ["http://me:secret@host/v1", "http://host/v1?key=secret", "http://host/v1#secret"]
)
def test_secrets_in_the_address_are_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="takes no password") as caught:
        read(tmp_path, base_url=url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"model": ""}, "model"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"max_retries": 1.5}, "max_retries"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"image_format": "png"}, "image_format"),
        ({"analysis": "v3"}, "analysis"),
        ({"structured_output": True}, "structured_output"),
        ({"api_key": "sk-1"}, "no field 'api_key'; known: .*api_key_env"),
    ],
)
def test_wrong_fields_are_named(tmp_path: Path, change: dict, field: str) -> None:
    with pytest.raises(ConfigError, match=rf"reader\.json.*{field}"):
        read(tmp_path, **change)
