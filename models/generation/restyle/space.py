"""The space that a picture is optimised in: ``longbox-mini`` in torch, where gradients reach its pixels.

Imported only by what optimises: torch takes seconds to load.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.encoders.mini import FOLDER, PINS_FILE, TOWER_FILE, read_pins
from models.training.encoder.mobilenet import LAYERS
from models.weights import verify_sha256
from schemas.errors import BackendUnavailableError, WeightsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

STYLE_LAYERS = (0, 2, 4, 8, 12)
"""Layers whose means and spreads say how something is drawn: lines and grain first, then shapes."""
CONTENT_LAYER = 10
"""The layer that says what is where."""
_TINY = 1e-5


class MiniSpace:
    """The layers of the shipped encoder; pictures are (n, 3, h, w) in [0, 1], of any size."""

    def __init__(self, arrays: Mapping[str, "NDArray[np.float32]"], sha256: str) -> None:
        """Take the kernels ``w0``…, biases ``b0``… and the last linear map; see :func:`load_mini_space`."""
        self.sha256 = sha256
        self._weights = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}

    def taps(self, pictures: Tensor, layers: Sequence[int]) -> list[Tensor]:
        """Return what some layers say of pictures, in the order of the network."""
        wanted, found = frozenset(layers), []
        x = pictures * 2.0 - 1.0
        for number in range(max(layers) + 1):
            x = self._layer(number, x)
            if number in wanted:
                found.append(x)
        return found

    def meaning(self, pictures: Tensor) -> Tensor:
        """Return unit vectors of what square pictures show, (n, 288)."""
        pooled = self.taps(pictures, (len(LAYERS) - 1,))[0].mean((2, 3))
        return functional.normalize(pooled @ self._weights["project_w"] + self._weights["project_b"], dim=1)

    def everything(self, pictures: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return the layers of style and the meaning, both of one look."""
        *style, last = self.taps(pictures, (*STYLE_LAYERS, len(LAYERS) - 1))
        vectors = last.mean((2, 3)) @ self._weights["project_w"] + self._weights["project_b"]
        return style, functional.normalize(vectors, dim=1)

    def _layer(self, number: int, x: Tensor) -> Tensor:
        shape = LAYERS[number]
        is_strided = shape.kernel == 3 and shape.stride == 2
        if is_strided:  # padded as in TensorFlow
            x = functional.pad(x, (0, 1, 0, 1))
        x = functional.conv2d(
            x,
            self._weights[f"w{number}"],
            self._weights[f"b{number}"],
            stride=shape.stride,
            padding=1 if shape.kernel == 3 and not is_strided else 0,
            groups=shape.groups,
        )
        return functional.relu6(x)


def statistics(layers: Sequence[Tensor]) -> Tensor:
    """Return means and spreads of the channels of layers, side by side, (n, numbers)."""
    parts = []
    for layer in layers:
        parts += [layer.mean((2, 3)), (layer.var((2, 3)) + _TINY).sqrt()]
    return torch.cat(parts, dim=1)


@lru_cache(maxsize=1)
def load_mini_space(folder: Path = FOLDER) -> MiniSpace:
    """Load the shipped encoder's weights into torch.

    Raises:
        BackendUnavailableError: the package onnx, which reads the file, is not installed.
        WeightsError: the file is damaged or another one.
    """
    path = folder / TOWER_FILE
    pins = read_pins(folder / PINS_FILE)
    verify_sha256(path, pins.tower_sha256)
    return MiniSpace(_arrays_of(path), pins.tower_sha256)


def _arrays_of(path: Path) -> dict[str, "NDArray[np.float32]"]:
    try:
        import onnx
    except ImportError as error:
        raise BackendUnavailableError(
            "the weights of longbox-mini are read with the package onnx: pip install 'longbox[restyle]'"
        ) from error
    model: Any = onnx.load_model_from_string(path.read_bytes())
    halves = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    arrays = {
        name.removesuffix("_half"): array.astype(np.float32)
        for name, array in halves.items()
        if name.endswith("_half")
    }
    expected = [(one.outputs, one.inputs // one.groups, one.kernel, one.kernel) for one in LAYERS]
    found = [arrays[f"w{number}"].shape for number in range(len(LAYERS)) if f"w{number}" in arrays]
    if found != expected or not {"project_w", "project_b"} <= arrays.keys():
        raise WeightsError(f"{path} is no tower of longbox-mini")
    return arrays
