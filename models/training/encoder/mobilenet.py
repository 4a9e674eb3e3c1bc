"""The shape of MobileNet-v1 1.0, and its ImageNet weights out of a tflite file.

The file is google-coral's ``mobilenet_v1_1.0_224_quant_embedding_extractor.tflite`` (Apache-2.0):
8-bit weights with one scale a tensor. Reading it needs the ``tflite`` package, which only this
module asks for; indexing and search never do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.errors import BackendUnavailableError, WeightsError

FILE = "mobilenet_v1_1.0_224_quant_embedding_extractor.tflite"
_CONV, _DEPTHWISE = 3, 4  # BuiltinOperator of the tflite schema
_BLOCKS = ((32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2),
           *((512, 512, 1),) * 5, (512, 1024, 2), (1024, 1024, 1))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Convolution:
    """The shape of one convolution."""

    inputs: int
    outputs: int
    kernel: int
    stride: int
    groups: int


def _layers() -> Iterator[Convolution]:
    yield Convolution(3, 32, 3, 2, 1)
    for inputs, outputs, stride in _BLOCKS:
        yield Convolution(inputs, inputs, 3, stride, inputs)
        yield Convolution(inputs, outputs, 1, 1, 1)


LAYERS = tuple(_layers())


def read_tflite(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the kernels ``w0``… as (out, in / groups, h, w) and biases ``b0``…, float32.

    Raises:
        BackendUnavailableError: the package ``tflite`` is not installed.
        WeightsError: the file is not the expected network.
    """
    try:
        import tflite
    except ImportError as error:
        raise BackendUnavailableError(
            "the ImageNet weights are read with the package tflite: pip install tflite"
        ) from error
    try:
        model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
        found = list(_convolutions(model))
    except (OSError, ValueError, TypeError, IndexError) as error:
        raise WeightsError(f"cannot read the weights {path}: {error}") from error
    weights = {}
    for number, (kernel, bias) in enumerate(found):
        weights[f"w{number}"], weights[f"b{number}"] = kernel, bias
    _check(path, weights)
    return weights


def _check(path: Path, weights: dict[str, NDArray[np.float32]]) -> None:
    shapes = [weight.shape for name, weight in weights.items() if name.startswith("w")]
    expected = [(c.outputs, c.inputs // c.groups, c.kernel, c.kernel) for c in LAYERS]
    if shapes != expected:
        raise WeightsError(f"{path} is no MobileNet-v1 1.0: take {FILE}")


def _convolutions(model: Any) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    graph = model.Subgraphs(0)
    for number in range(graph.OperatorsLength()):
        operator = graph.Operators(number)
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if kind in (_CONV, _DEPTHWISE):
            kernel = _dequantised(model, graph.Tensors(operator.Inputs(1)), np.uint8)
            bias = _dequantised(model, graph.Tensors(operator.Inputs(2)), np.int32)
            # OHWI, or 1HWO for a depthwise one
            yield (
                np.ascontiguousarray(kernel.transpose((0, 3, 1, 2) if kind == _CONV else (3, 0, 1, 2))),
                bias,
            )


def _dequantised(model: Any, tensor: Any, dtype: type[np.generic]) -> NDArray[np.float32]:
    scale = tensor.Quantization().ScaleAsNumpy()
    zero = tensor.Quantization().ZeroPointAsNumpy()
    raw = np.frombuffer(model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes(), dtype)
    values = raw.reshape(tensor.ShapeAsNumpy()).astype(np.float32)
    return np.asarray((values - np.float32(zero[0] if np.size(zero) else 0)) * scale, dtype=np.float32)
