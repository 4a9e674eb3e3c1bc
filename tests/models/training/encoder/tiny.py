"""A small set of training data and towers, without any corpus or weights."""

from pathlib import Path

import numpy as np
import pytest

from models.training.encoder.stream import Stream, vectors_path
from models.training.encoder.textspace import TextSpace, measure_space

SCENES = 24
TAGS = ("close-up", "day", "night", "outdoors", "person")


def skip_without_torch() -> None:
    pytest.importorskip("torch", reason="torch is not installed")


def skip_without_onnx() -> None:
    skip_without_torch()
    pytest.importorskip("onnx", reason="onnx is not installed")


def draw_shard(path: Path, *, seed: int = 0, count: int = SCENES) -> Path:
    """Draw a shard of painted scenes; its captions get random vectors in place of MiniLM's."""
    pytest.importorskip("skia", reason="skia is not installed")
    from models.training.encoder.pictures import NO_DRAWINGS
    from models.training.encoder.shards import write_shard

    write_shard(path, seed=seed, count=count, drawings=NO_DRAWINGS)
    vectors = np.random.default_rng(seed).normal(size=(count, 3, 384))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    np.save(vectors_path(path), vectors.astype(np.float16))
    return path


def space_of(stream: Stream, dim: int = 288) -> TextSpace:
    return measure_space(stream.bank(600), power=0.5, dim=dim)
