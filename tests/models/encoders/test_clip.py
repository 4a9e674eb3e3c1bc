"""The open_clip adapter on a tiny random model, with the network forbidden."""

import json
import socket
import sys
from pathlib import Path

import numpy as np
import pytest

from models.encoders.clip import ClipName, OpenClipEncoder
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError
from tests.models.encoders.tiny_clip import CONTEXT, DIM, save_tiny_clip, skip_without_open_clip

PICTURES = [np.random.default_rng(n).integers(0, 256, (40, 50, 3), dtype=np.uint8) for n in range(3)]


class NetworkUsedError(AssertionError):
    """A test reached for the network."""


@pytest.fixture
def open_clip() -> None:
    skip_without_open_clip()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise NetworkUsedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def encoder_of(folder: Path, model: str = "tiny") -> OpenClipEncoder:
    return OpenClipEncoder(f"open_clip:{model}@local-dir:{folder}", device="cpu")


@pytest.mark.parametrize(
    "name", ["ViT-B-32", "open_clip:ViT-B-32", "open_clip:@x", "open_clip:x@", "open_clip:x@local-dir:"]
)
def test_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="local-dir"):
        ClipName.parse(name)


def test_name_keeps_an_at_sign_in_its_folder() -> None:
    name = ClipName.parse("open_clip:ViT-B-32@local-dir:/models/a@b")
    assert name.folder == Path("/models/a@b")
    assert str(name) == "open_clip:ViT-B-32@local-dir:/models/a@b"


def test_name_of_a_tag_is_kept() -> None:
    assert ClipName.parse("open_clip:ViT-B-32@openai") == ClipName("ViT-B-32", tag="openai")


def test_missing_open_clip_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "open_clip", None)
    with pytest.raises(BackendUnavailableError, match=r"open_clip: pip install 'longbox\[clip\]'"):
        encoder_of(tmp_path)


def test_torch_and_torchvision_of_two_builds_are_named_as_the_cause(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "open_clip.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    monkeypatch.delitem(sys.modules, "open_clip", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BackendUnavailableError, match="torch and torchvision do not fit"):
        encoder_of(tmp_path)


def test_folder_gives_an_encoder_of_pictures_and_words(open_clip: None, tmp_path: Path) -> None:
    encoder = encoder_of(save_tiny_clip(tmp_path))
    assert encoder.encode_images(PICTURES).shape == (3, DIM)
    assert encoder.text_tower is not None
    assert encoder.text_tower.spec == encoder.spec
    assert encoder.text_tower.encode_texts(["a cat", "a witch"]).shape == (2, DIM)


def test_two_loads_give_the_same_vectors_and_spec(open_clip: None, tmp_path: Path) -> None:
    folder = save_tiny_clip(tmp_path)
    first, second = encoder_of(folder), encoder_of(folder)
    assert first.spec == second.spec
    assert np.array_equal(first.encode_images(PICTURES), second.encode_images(PICTURES))


def test_vectors_are_those_of_open_clip_itself(open_clip: None, tmp_path: Path) -> None:
    import open_clip as library
    import torch
    from PIL import Image

    source = f"local-dir:{save_tiny_clip(tmp_path)}"
    model, _, preprocess = library.create_model_and_transforms(source)
    model.eval()
    with torch.no_grad():
        image = preprocess(Image.fromarray(PICTURES[0]))[None]
        seen = model.encode_image(image, normalize=True).numpy()
        said = model.encode_text(library.get_tokenizer(source)(["a cat"]), normalize=True).numpy()
    encoder = encoder_of(tmp_path)
    assert np.allclose(encoder.encode_images(PICTURES[:1]), seen, atol=1e-5)
    assert encoder.text_tower is not None
    assert np.allclose(encoder.text_tower.encode_texts(["a cat"]), said, atol=1e-5)


def test_preprocessing_of_the_folder_is_honoured(open_clip: None, tmp_path: Path) -> None:
    plain = encoder_of(save_tiny_clip(tmp_path / "a"))
    other = encoder_of(
        save_tiny_clip(tmp_path / "b", preprocess={"mean": [0.1, 0.2, 0.3], "std": [0.9, 0.8, 0.7]})
    )
    assert plain.spec.weights_sha256 == other.spec.weights_sha256
    assert plain.spec.preprocessing != other.spec.preprocessing
    assert not np.allclose(plain.encode_images(PICTURES), other.encode_images(PICTURES), atol=1e-3)


def test_resize_mode_of_the_folder_is_honoured(open_clip: None, tmp_path: Path) -> None:
    shortest = encoder_of(save_tiny_clip(tmp_path / "a"))
    squash = encoder_of(save_tiny_clip(tmp_path / "b", preprocess={"resize_mode": "squash"}))
    wide = [np.hstack(PICTURES)]
    assert not np.allclose(shortest.encode_images(wide), squash.encode_images(wide), atol=1e-3)


def test_other_weights_have_another_hash_and_other_vectors(open_clip: None, tmp_path: Path) -> None:
    first, second = (encoder_of(save_tiny_clip(tmp_path / str(n), seed=n)) for n in range(2))
    assert first.spec.weights_sha256 != second.spec.weights_sha256
    assert not np.allclose(first.encode_images(PICTURES), second.encode_images(PICTURES), atol=1e-3)


def test_tokenizer_comes_from_the_folder_not_from_the_hub(open_clip: None, tmp_path: Path) -> None:
    tower = encoder_of(save_tiny_clip(tmp_path, own_tokenizer=True)).text_tower
    assert tower is not None
    cat, witch, unknown, stranger = tower.encode_texts(["a cat", "a witch", "a zeppelin", "a submarine"])
    assert not np.allclose(cat, witch, atol=1e-3)
    assert np.allclose(unknown, stranger, atol=1e-6)  # both words are [UNK] to this word list


def test_folder_without_its_tokenizer_is_refused(open_clip: None, tmp_path: Path) -> None:
    folder = save_tiny_clip(tmp_path, own_tokenizer=True)
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(WeightsError, match="tokenizer"):
        encoder_of(folder)


def test_text_tower_of_the_hub_is_refused(open_clip: None, tmp_path: Path) -> None:
    file = save_tiny_clip(tmp_path) / "open_clip_config.json"
    config = json.loads(file.read_text())
    config["model_cfg"]["text_cfg"]["hf_model_name"] = "somebody/some-tower"
    file.write_text(json.dumps(config))
    with pytest.raises(WeightsError, match="some-tower"):
        encoder_of(tmp_path)


def test_folder_without_weights_is_refused_not_filled_at_random(open_clip: None, tmp_path: Path) -> None:
    (save_tiny_clip(tmp_path) / "open_clip_model.safetensors").unlink()
    with pytest.raises(WeightsError, match="safetensors"):
        encoder_of(tmp_path)


def test_pickled_weights_are_refused(open_clip: None, tmp_path: Path) -> None:
    (save_tiny_clip(tmp_path) / "open_clip_model.safetensors").rename(
        tmp_path / "open_clip_pytorch_model.bin"
    )
    with pytest.raises(WeightsError, match="pickle"):
        encoder_of(tmp_path)


def test_truncated_weights_are_refused(open_clip: None, tmp_path: Path) -> None:
    weights = save_tiny_clip(tmp_path) / "open_clip_model.safetensors"
    with weights.open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(WeightsError, match="cannot load"):
        encoder_of(tmp_path)


def test_weights_of_another_architecture_are_refused(open_clip: None, tmp_path: Path) -> None:
    file = save_tiny_clip(tmp_path) / "open_clip_config.json"
    config = json.loads(file.read_text())
    config["model_cfg"]["vision_cfg"]["width"] = 64
    file.write_text(json.dumps(config))
    with pytest.raises(WeightsError, match="cannot load") as caught:
        encoder_of(tmp_path)
    assert len(str(caught.value)) < 400


def test_folder_of_a_model_other_than_named_is_refused(open_clip: None, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="512"):
        encoder_of(save_tiny_clip(tmp_path), model="ViT-B-32")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"model_cfg": {"embed_dim": "x", "vision_cfg": {}, "text_cfg": {}}}']
)
def test_damaged_config_is_refused(open_clip: None, tmp_path: Path, text: str) -> None:
    (save_tiny_clip(tmp_path) / "open_clip_config.json").write_text(text)
    with pytest.raises(WeightsError, match="configuration"):
        encoder_of(tmp_path)


def test_missing_folder_is_refused(open_clip: None, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nowhere"):
        encoder_of(tmp_path / "nowhere")


def test_unknown_model_lists_near_names(open_clip: None) -> None:
    with pytest.raises(ConfigError, match="ViT-B-32"):
        OpenClipEncoder("open_clip:ViT-B-33@openai")


def test_unknown_tag_lists_the_known_ones(open_clip: None) -> None:
    with pytest.raises(ConfigError, match="laion2b_s34b_b79k"):
        OpenClipEncoder("open_clip:ViT-B-32@nonsense")


def test_tag_that_cannot_be_fetched_says_what_to_do(
    open_clip: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(BackendUnavailableError, match="local-dir"):
        OpenClipEncoder("open_clip:ViT-B-32@laion2b_s34b_b79k")


def test_long_text_is_cut_to_the_context(open_clip: None, tmp_path: Path) -> None:
    tower = encoder_of(save_tiny_clip(tmp_path)).text_tower
    assert tower is not None
    rows = tower.encode_texts(["cat " * CONTEXT, "cat " * 10_000])
    assert np.allclose(rows[0], rows[1], atol=1e-5)
