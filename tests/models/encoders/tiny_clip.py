"""A random open_clip model of a few thousand parameters, saved the way open_clip saves models."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from models.encoders.clip import require_packages
from schemas.errors import BackendUnavailableError

DIM = 32
CONTEXT = 16
HALF_GREY = {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}
_WORDS = ["[PAD]", "[UNK]", "a", "witch", "cat", "red", "blue", "house"]


def skip_without_open_clip() -> None:
    try:
        require_packages()
    except BackendUnavailableError as error:
        pytest.skip(str(error))


def save_tiny_clip(
    folder: Path,
    *,
    preprocess: Mapping[str, object] | None = None,
    own_tokenizer: bool = False,
    vision: Mapping[str, object] | None = None,
    seed: int = 0,
) -> Path:
    """Save a model; ``own_tokenizer`` gives it a word list in place of open_clip's byte pairs."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    text = {"context_length": CONTEXT, "vocab_size": 49_408, "width": 16, "heads": 2, "layers": 1}
    if own_tokenizer:
        text |= {"vocab_size": len(_WORDS), "hf_tokenizer_name": "nobody/not-on-this-machine"}
    model = {
        "embed_dim": DIM,
        "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 8}
        | dict(vision or {}),
        "text_cfg": text,
    }
    torch.manual_seed(seed)
    network = open_clip.CLIP(**json.loads(json.dumps({**model, "text_cfg": _known_to_clip(text)})))
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(state, folder / "open_clip_model.safetensors")
    config = {"model_cfg": model, "preprocess_cfg": dict(preprocess or HALF_GREY)}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    if own_tokenizer:
        _save_tokenizer(folder)
    return folder


def _known_to_clip(text: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in text.items() if key != "hf_tokenizer_name"}


def _save_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(_WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
