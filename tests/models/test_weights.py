import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from models import weights
from models.weights import map_safetensors, sha256_of, verify_sha256
from schemas.errors import WeightsError

MATRIX = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    save_file({"a": MATRIX, "b": np.ones(4, np.float32), "whole": np.ones(2, np.int64)}, file)
    return file


def test_mapped_tensors_are_those_that_were_saved(saved: Path) -> None:
    tensors = map_safetensors(saved, {"a": (2, 3), "b": (4,)})
    assert set(tensors) == {"a", "b"}
    assert np.array_equal(tensors["a"], MATRIX)
    assert not tensors["a"].flags.writeable


@pytest.mark.parametrize(
    ("shapes", "message"),
    [({"c": (1,)}, "no float32 tensor 'c'"), ({"whole": (2,)}, "no float32"), ({"a": (3, 2)}, "shape")],
    ids=["missing", "integers", "shape"],
)
def test_another_model_is_refused(saved: Path, shapes: dict[str, tuple[int, ...]], message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        map_safetensors(saved, shapes)


@pytest.mark.parametrize("size", [0, 4, 8, 20])
def test_file_without_its_head_is_refused(saved: Path, size: int) -> None:
    saved.write_bytes(saved.read_bytes()[:size])
    with pytest.raises(WeightsError, match=str(saved)):
        map_safetensors(saved, {"a": (2, 3)})


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"none\.safetensors"):
        map_safetensors(tmp_path / "none.safetensors", {})


@pytest.mark.parametrize("offsets", [[0, 2**60], [-24, 0], [24, 0], [10**6, 10**6 + 24], [0, 12]])
def test_offsets_beyond_the_file_are_refused(tmp_path: Path, offsets: list[int]) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": offsets}}).encode()
    file = tmp_path / "liar.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header + MATRIX.tobytes())
    with pytest.raises(WeightsError, match="truncated"):
        map_safetensors(file, {"a": (2, 3)})


@given(junk=st.binary(max_size=200))
def test_junk_is_refused_and_nothing_else_is_raised(
    junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "junk.safetensors"
    file.write_bytes(junk)
    with pytest.raises(WeightsError):
        map_safetensors(file, {"a": (1,)})


def test_hash_of_the_pinned_file_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"abc")
    verify_sha256(file, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_wrong_hash_names_the_file(saved: Path) -> None:
    with pytest.raises(WeightsError, match=r"model\.safetensors has the SHA-256"):
        verify_sha256(saved, "0" * 64)


def test_changed_file_is_hashed_again(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"abc")
    before = sha256_of(file)
    file.write_bytes(b"abcd")
    assert sha256_of(file) != before


def test_unchanged_file_is_hashed_once(saved: Path) -> None:
    weights._sha256.cache_clear()
    assert sha256_of(saved) == sha256_of(saved)
    assert weights._sha256.cache_info().misses == 1


def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot read"):
        sha256_of(tmp_path)
