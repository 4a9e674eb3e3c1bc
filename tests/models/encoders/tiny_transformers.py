"""Random models of a few thousand parameters, saved the way transformers saves models."""

from pathlib import Path

import pytest

from models.encoders.local_model import require_transformers
from schemas.errors import BackendUnavailableError

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "witch", "cat", "red", "blue", "house"]
DIM = 24


def skip_without_transformers() -> None:
    try:
        require_transformers()
    except BackendUnavailableError as error:
        pytest.skip(str(error))


def save_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        eos_token="[SEP]",
        model_max_length=16,
    ).save_pretrained(folder)


def save_tiny_bert(folder: Path, *, seed: int = 0) -> Path:
    """Save a text model of 24 dimensions."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=DIM, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder, safe_serialization=True)
    save_tokenizer(folder)
    return folder


def save_tiny_dual(folder: Path, family: str, *, seed: int = 0) -> Path:
    """Save a model of two towers of that family."""
    import torch
    import transformers

    torch.manual_seed(seed)
    common = {"hidden_size": DIM, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    words = {"vocab_size": len(WORDS), "max_position_embeddings": 16, "eos_token_id": 3}
    text = {**common, **words, "projection_dim": DIM}
    vision = {**common, "image_size": 32, "patch_size": 8, "projection_dim": DIM}
    if family == "clip":
        config = transformers.CLIPConfig(text_config=text, vision_config=vision, projection_dim=DIM)
        model, processor = transformers.CLIPModel(config), transformers.CLIPImageProcessor
    else:
        config = transformers.SiglipConfig(text_config=text, vision_config=vision)
        model, processor = transformers.SiglipModel(config), transformers.SiglipImageProcessor
    model.save_pretrained(folder, safe_serialization=True)
    save_tokenizer(folder)
    size = {"shortest_edge": 32} if family == "clip" else {"height": 32, "width": 32}
    settings = {"crop_size": {"height": 32, "width": 32}} if family == "clip" else {}
    processor(size=size, **settings).save_pretrained(folder)
    return folder
