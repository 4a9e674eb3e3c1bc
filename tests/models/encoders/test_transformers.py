"""Adapters for models of transformers, on tiny random models, with the network forbidden."""

import json
import socket
from pathlib import Path

import numpy as np
import pytest

from models.registry import load_picture_encoder, load_text_encoder
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError
from tests.models.encoders.tiny_transformers import (
    DIM,
    save_tiny_bert,
    save_tiny_dual,
    skip_without_transformers,
)

PICTURES = [np.random.default_rng(n).integers(0, 256, (40, 50, 3), dtype=np.uint8) for n in range(3)]
TEXTS = ["a red cat", "a witch", "a blue house " * 50]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_without_transformers()

    def refuse(*_: object) -> None:
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_text_model_gives_rows_of_its_own_dimension(tmp_path: Path) -> None:
    encoder = load_text_encoder(f"transformers:{save_tiny_bert(tmp_path)}")
    rows = encoder.encode_texts(TEXTS)
    assert rows.shape == (3, DIM)
    assert encoder.spec.dim == DIM
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert encoder.encode_texts([]).shape == (0, DIM)
    # A text by itself and one padded beside a longer one are the same: padding has no say.
    assert encoder.encode_texts(TEXTS[:1])[0] == pytest.approx(rows[0], abs=1e-5)


def test_pooling_of_sentence_transformers_is_followed(tmp_path: Path) -> None:
    folder = save_tiny_bert(tmp_path)
    mean = load_text_encoder(f"transformers:{folder}")
    (folder / "1_Pooling").mkdir()
    pooling = folder / "1_Pooling" / "config.json"
    pooling.write_text(json.dumps({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}))
    first = load_text_encoder(f"transformers:{folder}")
    assert first.spec != mean.spec
    assert np.abs(first.encode_texts(TEXTS) - mean.encode_texts(TEXTS)).max() > 0.01
    pooling.write_text(json.dumps({"pooling_mode_max_tokens": True}))
    with pytest.raises(WeightsError, match="neither the mean nor the first token"):
        load_text_encoder(f"transformers:{folder}")


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_two_towers_embed_pictures_and_words_in_one_space(tmp_path: Path, family: str) -> None:
    encoder = load_picture_encoder(f"transformers:{save_tiny_dual(tmp_path, family)}")
    tower = encoder.text_tower
    assert tower is not None
    assert encoder.encode_images(PICTURES).shape == (3, DIM)
    assert tower.encode_texts(TEXTS).shape == (3, DIM)
    assert encoder.encode_images([]).shape == tower.encode_texts([]).shape == (0, DIM)
    alone = encoder.encode_images(PICTURES[:1])[0]
    assert alone == pytest.approx(encoder.encode_images(PICTURES)[0], abs=1e-4)
    assert encoder.encode_images([np.zeros((1, 5000, 3), np.uint8)]).shape == (1, DIM)
    assert encoder.spec.weights_sha256


def test_other_weights_are_another_space(tmp_path: Path) -> None:
    one, two = (
        load_text_encoder(f"transformers:{save_tiny_bert(tmp_path / str(s), seed=s)}") for s in (1, 2)
    )
    assert one.spec.weights_sha256 != two.spec.weights_sha256


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    for load in (load_text_encoder, load_picture_encoder):
        with pytest.raises(ConfigError, match="there is no folder"):
            load(f"transformers:{tmp_path / 'nowhere'}")


def test_pickles_truncated_weights_and_other_models_are_refused(tmp_path: Path) -> None:
    folder = save_tiny_bert(tmp_path / "bert")
    with pytest.raises(WeightsError, match="of the type 'bert'"):
        load_picture_encoder(f"transformers:{folder}")
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[: len(data) // 2])
    with pytest.raises(WeightsError, match="cannot load the model"):
        load_text_encoder(f"transformers:{folder}")
    weights.rename(folder / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="pickles run code"):
        load_text_encoder(f"transformers:{folder}")


def test_weights_that_lack_tensors_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_tiny_bert(tmp_path)
    tensors = load_file(folder / "model.safetensors")
    dropped = next(name for name in tensors if "attention" in name and "weight" in name)
    save_file(
        {k: v for k, v in tensors.items() if k != dropped}, folder / "model.safetensors", {"format": "pt"}
    )
    with pytest.raises(WeightsError, match="lack 1 tensors"):
        load_text_encoder(f"transformers:{folder}")


def test_missing_transformers_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    folder = save_tiny_bert(tmp_path)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(BackendUnavailableError, match=r"transformers: pip install 'longbox\[clip\]'"):
        load_text_encoder(f"transformers:{folder}")
