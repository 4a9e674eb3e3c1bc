"""From a trained tower to what ships: an ONNX file with half-precision weights, the space, and their hashes.

The graph is written out node by node: what runs is then known to the last operator, and no
exporter of torch is needed.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from models.encoders.mini import LOOK_DIM, PINS_FILE, SPACE_FILE, TOWER_FILE, mean_meaning, open_tower
from models.encoders.standby import StandbyPictureEncoder
from models.training.encoder.mobilenet import LAYERS
from models.training.encoder.textspace import TextSpace
from models.weights import sha256_of
from schemas.errors import BackendUnavailableError
from schemas.records import FloatMatrix, RgbImage

if TYPE_CHECKING:
    from models.training.encoder.tower import Tower

OPSET = 17
_TRUST = 0.625
_LEARNT = 0.8
_IR_VERSION = 9

Arrays = dict[str, NDArray[np.float32]]


def folded(tower: "Tower") -> Arrays:
    """Return kernels ``w0``…, biases ``b0``… with their norms folded in, and the two linear maps."""
    arrays: Arrays = {}
    for number, layer in enumerate([*tower.frozen, *tower.learning]):
        kernel = layer.conv.weight.detach().cpu().numpy()
        if layer.conv.bias is not None:
            arrays[f"w{number}"], arrays[f"b{number}"] = kernel, layer.conv.bias.detach().cpu().numpy()
            continue
        norm = layer.norm
        gain = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach().cpu().numpy()
        mean = norm.running_mean.cpu().numpy()
        arrays[f"w{number}"] = kernel * gain[:, None, None, None]
        arrays[f"b{number}"] = norm.bias.detach().cpu().numpy() - mean * gain
    settle = tower.settle
    gain = (1 / (settle.running_var + settle.eps).sqrt()).cpu().numpy()
    mean = settle.running_mean.cpu().numpy()
    for name, linear in (("project", tower.project), ("tag", tower.tag)):
        weight = linear.weight.detach().cpu().numpy() * gain
        arrays[f"{name}_w"] = weight.T.copy()
        arrays[f"{name}_b"] = linear.bias.detach().cpu().numpy() - weight @ mean
    return arrays


def write_weights(
    folder: Path,
    arrays: Arrays,
    space: TextSpace,
    *,
    side_px: int,
    tags: Sequence[str],
    pictures: Sequence[RgbImage],
) -> None:
    """Write the three files that :class:`models.encoders.mini.MiniPictureEncoder` opens.

    Args:
        folder: where to; made where it is missing.
        arrays: a trained tower, :func:`folded`.
        space: what it was trained into, of :data:`models.encoders.mini.MEANING_DIM` dimensions.
        side_px: side of the squares it was trained on.
        tags: names of its tags.
        pictures: some hundred varied ones: they tell the middle of the space and the axes of the look.

    Raises:
        BackendUnavailableError: the package ``onnx`` is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tower_path, space_path = folder / TOWER_FILE, folder / SPACE_FILE
    gains = gains_of(space)
    scaled = {name: arrays[name] * gains for name in ("project_w", "project_b")}
    write_onnx(tower_path, arrays | scaled, side_px=side_px)
    tensors = {"text_mean": space.mean, "text_axes": space.axes * gains}
    look_mean, look_axes = principal_axes(StandbyPictureEncoder().encode_images(pictures), LOOK_DIM)
    tensors |= {"look_mean": look_mean, "look_axes": look_axes}
    session = open_tower(tower_path)
    tensors["picture_mean"] = mean_meaning(session, pictures, side_px).mean(axis=0)
    space_path.write_bytes(
        save({name: np.ascontiguousarray(array, np.float32) for name, array in tensors.items()})
    )
    pins = {"tower_sha256": sha256_of(tower_path), "space_sha256": sha256_of(space_path), "side_px": side_px,
            "tags": list(tags)}  # fmt: skip
    (folder / PINS_FILE).write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")


def blended(arrays: Arrays, start: Mapping[str, NDArray[np.float32]]) -> Arrays:
    """Return the arrays moved a fifth of the way back to where they began (Wortsman et al. 2022).

    What was learnt in drawn scenes loses little, and comics, which lie between these and ImageNet, gain.
    """
    return {
        name: array
        if name not in start
        else (_LEARNT * array + (1 - _LEARNT) * start[name]).astype(np.float32)
        for name, array in arrays.items()
    }


def gains_of(space: TextSpace) -> FloatMatrix:
    """Return how much each direction counts, (dim,): less where captions differ little.

    The network sees these finer directions well in drawn scenes, for which training needs them, and
    badly in comics: at full weight they cost 4 of 25 captions found among ten.
    """
    return np.asarray(np.linalg.norm(space.axes, axis=0) ** -_TRUST, np.float32)


def principal_axes(rows: FloatMatrix, count: int) -> tuple[FloatMatrix, FloatMatrix]:
    """Return the mean of rows, (dim,), and their first principal axes, (dim, count)."""
    mean = rows.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((rows - mean).T.astype(np.float64)))
    return np.asarray(mean, np.float32), np.asarray(vectors[:, ::-1][:, :count], np.float32)


def write_onnx(path: Path, arrays: Mapping[str, NDArray[np.float32]], *, side_px: int) -> None:
    """Write the tower: ``pictures`` uint8 (n, side, side, 3) to ``vectors`` (n, dim) and ``tags`` (n, t).

    Raises:
        BackendUnavailableError: the package ``onnx`` is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise BackendUnavailableError(
            "export needs the package onnx: pip install 'longbox[train]'"
        ) from error
    make = onnx.helper
    nodes, constants = _body(onnx, arrays)
    image = make.make_tensor_value_info("pictures", onnx.TensorProto.UINT8, ["n", side_px, side_px, 3])
    outputs = [
        make.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", int(arrays[f"{part}_b"].size)])
        for name, part in (("vectors", "project"), ("tags", "tag"))
    ]
    graph = make.make_graph(nodes, "longbox-mini", [image], outputs, constants)
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", OPSET)], ir_version=_IR_VERSION)
    path.write_bytes(model.SerializeToString())


def _body(onnx: Any, arrays: Mapping[str, NDArray[np.float32]]) -> tuple[list[Any], list[Any]]:
    make, half = onnx.helper.make_node, onnx.numpy_helper.from_array
    constants = [
        half(np.float32(127.5).reshape(()), "grey"), half(np.float32(0).reshape(()), "zero"),
        half(np.float32(6).reshape(()), "six"),
    ]  # fmt: skip
    nodes = [
        make("Cast", ["pictures"], ["levels"], to=onnx.TensorProto.FLOAT),
        make("Sub", ["levels", "grey"], ["centred"]),
        make("Div", ["centred", "grey"], ["scaled"]),
        make("Transpose", ["scaled"], ["x0"], perm=[0, 3, 1, 2]),
    ]
    for name, array in arrays.items():
        constants.append(half(array.astype(np.float16), f"{name}_half"))
        nodes.append(make("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    for k, shape in enumerate(LAYERS):
        pads = [0, 0, 0, 0] if shape.kernel == 1 else [0, 0, 1, 1] if shape.stride == 2 else [1, 1, 1, 1]
        nodes.append(
            make("Conv", [f"x{k}", f"w{k}", f"b{k}"], [f"y{k}"], group=shape.groups, pads=pads,
                 strides=[shape.stride] * 2, kernel_shape=[shape.kernel] * 2)
        )  # fmt: skip
        nodes.append(make("Clip", [f"y{k}", "zero", "six"], [f"x{k + 1}"]))
    nodes.append(make("ReduceMean", [f"x{len(LAYERS)}"], ["pooled"], axes=[2, 3], keepdims=0))
    for name, part in (("vectors", "project"), ("tags", "tag")):
        nodes.append(make("Gemm", ["pooled", f"{part}_w", f"{part}_b"], [name]))
    return nodes, constants
