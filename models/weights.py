"""Weights files: their hash, and reading them without trusting them.

Only safetensors is read: a pickle runs code. The tensors are views of the mapped file, so that a
command-line search pays only for the pages of the file that it touches.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schemas.errors import BackendUnavailableError, WeightsError

_LENGTH_BYTES = 8
_MAX_HEADER_BYTES = 100_000_000  # the limit of the safetensors format itself


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex; hashed once for a given path, size and time of change.

    Raises:
        WeightsError: the file cannot be read.
    """
    try:
        state = path.stat()
        return _sha256(path, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise WeightsError(f"cannot read the weights {path}: {error.strerror or error}") from error


def verify_sha256(path: Path, expected: str) -> None:
    """Make sure that a file is the pinned one.

    Raises:
        WeightsError: it is another file, or cannot be read.
    """
    actual = sha256_of(path)
    if actual != expected:
        raise WeightsError(
            f"{path} has the SHA-256 {actual[:12]}…, expected {expected[:12]}…: "
            "it is damaged or of another model; install or copy it again"
        )


def map_safetensors(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, NDArray[np.float32]]:
    """Map the named float32 tensors of a safetensors file; read-only views, nothing is copied.

    Args:
        path: the file.
        shapes: the tensors wanted and the shape that each must have; others are ignored.

    Raises:
        WeightsError: no such file, not safetensors, truncated, or a tensor missing or of another
            type or shape.
    """
    data = _mapped(path)
    header, start = _read_header(path, data)
    return {name: _tensor(path, data, start, name=name, entry=header.get(name), shape=shape)
            for name, shape in shapes.items()}  # fmt: skip


@lru_cache(maxsize=64)
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mapped(path: Path) -> mmap:
    try:
        with path.open("rb") as file:
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
        raise WeightsError(f"cannot read the weights {path}: {error}") from error


def _read_header(path: Path, data: mmap) -> tuple[dict[str, object], int]:
    """Return the header and the offset at which the tensors start."""
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    start = _LENGTH_BYTES + length
    if length > _MAX_HEADER_BYTES or start > len(data):
        raise WeightsError(f"{path} is no safetensors file, or its head is cut off")
    try:
        header = json.loads(data[_LENGTH_BYTES:start])
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"{path} is no safetensors file: its header is not JSON") from error
    if not isinstance(header, dict):
        raise WeightsError(f"{path} is no safetensors file: its header is no table")
    if any(_end(entry) > len(data) - start for entry in header.values()):
        raise WeightsError(f"{path} is truncated: its header promises more tensors")
    return header, start


def _end(entry: object) -> int:
    """Return where a tensor ends; 0 for what is no tensor, such as the metadata."""
    match entry:
        case {"data_offsets": [int(), int(last)]}:
            return last
        case _:
            return 0


def _tensor(
    path: Path, data: mmap, start: int, *, name: str, entry: object, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    match entry:
        case {"dtype": "F32", "shape": [*dims], "data_offsets": [int(first), int(last)]}:
            pass
        case _:
            raise WeightsError(f"{path} has no float32 tensor {name!r}: it belongs to another model")
    if tuple(dims) != shape:
        raise WeightsError(f"{path}: tensor {name!r} has the shape {dims}, expected {list(shape)}")
    count = int(np.prod(shape))
    if not 0 <= first <= last <= len(data) - start or last - first != 4 * count:
        raise WeightsError(f"{path} is truncated: tensor {name!r} lies beyond its end")
    return np.frombuffer(data, np.dtype("<f4"), count, start + first).reshape(shape)


def with_shuffled_weights(model: bytes, seed: int) -> bytes:
    """Return a network of ONNX whose weights are shuffled, each tensor in itself; biases stay.

    Raises:
        BackendUnavailableError: the package onnx is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise BackendUnavailableError("shuffling weights needs onnx: pip install onnx") from error
    from onnx import numpy_helper

    loaded, rng = onnx.load_model_from_string(model), np.random.default_rng(seed)
    for tensor in loaded.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.ndim > 1 and values.dtype.kind == "f":
            shuffled = rng.permutation(values.ravel()).reshape(values.shape)
            tensor.CopyFrom(numpy_helper.from_array(shuffled, tensor.name))
    return bytes(loaded.SerializeToString())
