"""ONNX models of a few nodes, written without the onnx package.

The protobuf messages of onnx.proto3 as far as such models need them: field numbers as there.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

IR_VERSION, OPSET = 8, 13
FLOAT, INT64 = 1, 7
_INT, _INTS = 2, 7  # kinds of attributes
_DTYPES = {np.dtype(np.float32): FLOAT, np.dtype(np.int64): INT64}


@dataclass(frozen=True)
class Node:
    """One operation; attributes are whole numbers or lists of them."""

    op: str
    inputs: Sequence[str]
    output: str
    attributes: Mapping[str, int | Sequence[int]] = field(default_factory=dict)


def save_model(
    file: Path, nodes: Sequence[Node], constants: Mapping[str, np.ndarray], outputs: Mapping[str, int]
) -> Path:
    """Write a model with the float input ``images`` (1, 3, any, any); outputs map names to types."""
    graph = b"".join(
        [
            *(_message(1, _node(node)) for node in nodes),
            _message(2, b"tiny"),
            *(_message(5, _tensor(name, array)) for name, array in constants.items()),
            _message(11, _value("images", FLOAT, (1, 3, "height", "width"))),
            *(_message(12, _value(name, kind, None)) for name, kind in outputs.items()),
        ]
    )
    file.write_bytes(_number(1, IR_VERSION) + _message(7, graph) + _message(8, _number(2, OPSET)))
    return file


def save_constant_model(file: Path, **outputs: np.ndarray) -> Path:
    """Write a model that gives the same whatever it sees."""
    nodes = [Node("Identity", [f"{name}_value"], name) for name in outputs]
    constants = {f"{name}_value": array for name, array in outputs.items()}
    return save_model(file, nodes, constants, {name: _DTYPES[a.dtype] for name, a in outputs.items()})


def save_ink_model(file: Path) -> Path:
    """Write a model that boxes everything darker than half grey; nothing dark scores 0."""
    nodes = [
        Node("ReduceMax", ["images"], "light", {"axes": [1], "keepdims": 0}),
        Node("Less", ["light", "half"], "dark"),
        Node("Cast", ["dark"], "ink", {"to": FLOAT}),
        Node("ReduceMax", ["ink"], "columns", {"axes": [1], "keepdims": 0}),
        Node("ReduceMax", ["ink"], "rows", {"axes": [2], "keepdims": 0}),
        *_first_and_last("columns", "x"),
        *_first_and_last("rows", "y"),
        Node("Concat", ["x_first", "y_first", "x_last", "y_last"], "edges", {"axis": 0}),
        Node("Cast", ["edges"], "corners", {"to": FLOAT}),
        Node("Add", ["corners", "one_past"], "flat"),
        Node("Reshape", ["flat", "shape"], "boxes"),
        Node("ReduceMax", ["ink"], "scores", {"axes": [1, 2], "keepdims": 0}),
        Node("Identity", ["panel"], "labels"),
    ]
    constants = {
        "half": np.float32(0.5).reshape(1),
        "one_past": np.array([0, 0, 1, 1], np.float32),
        "shape": np.array([1, 4]),
        "panel": np.array([1]),
    }
    return save_model(file, nodes, constants, {"boxes": FLOAT, "scores": FLOAT, "labels": INT64})


def save_colour_model(file: Path) -> Path:
    """Write a model whose one relative box is (0, 0, mean of channel 0, mean of channel 1)."""
    nodes = [
        Node("ReduceMean", ["images"], "means", {"axes": [2, 3], "keepdims": 0}),
        Node("Concat", ["corner", "means"], "five", {"axis": 1}),
        Node("Gather", ["five", "first_four"], "boxes", {"axis": 1}),
        Node("Identity", ["sure"], "scores"),
        Node("Identity", ["panel"], "labels"),
    ]
    constants = {
        "corner": np.zeros((1, 2), np.float32),
        "first_four": np.arange(4),
        "sure": np.ones(1, np.float32),
        "panel": np.array([1]),
    }
    return save_model(file, nodes, constants, {"boxes": FLOAT, "scores": FLOAT, "labels": INT64})


def settings_for(model: Path, /, **changes: object) -> dict[str, object]:
    """Return settings of a model with boxes, scores and labels; ``changes`` replace whole fields."""
    settings: dict[str, object] = {
        "model": model.name,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "input": {"name": "images", "width": 64, "height": 64},
        "output": {"layout": "boxes+scores+labels"},
        "categories": "comix",
    }
    return settings | changes


def save_settings(model: Path, settings: Mapping[str, object]) -> Path:
    """Write settings beside a model."""
    file = model.with_suffix(".json")
    file.write_text(json.dumps(settings))
    return file


def _first_and_last(line: str, name: str) -> list[Node]:
    return [
        Node("ArgMax", [line], f"{name}_first", {"axis": 1, "keepdims": 0}),
        Node("ArgMax", [line], f"{name}_last", {"axis": 1, "keepdims": 0, "select_last_index": 1}),
    ]


def _node(node: Node) -> bytes:
    return b"".join(
        [
            *(_message(1, name.encode()) for name in node.inputs),
            _message(2, node.output.encode()),
            _message(4, node.op.encode()),
            *(_message(5, _attribute(name, value)) for name, value in node.attributes.items()),
        ]
    )


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _message(1, name.encode()) + _number(3, value) + _number(20, _INT)
    return _message(1, name.encode()) + b"".join(_number(8, one) for one in value) + _number(20, _INTS)


def _tensor(name: str, array: np.ndarray) -> bytes:
    dims = b"".join(_number(1, side) for side in array.shape)
    kind = _number(2, _DTYPES[array.dtype])
    return dims + kind + _message(8, name.encode()) + _message(9, array.tobytes())


def _value(name: str, kind: int, shape: Sequence[int | str] | None) -> bytes:
    tensor = _number(1, kind)
    if shape is not None:
        tensor += _message(2, b"".join(_message(1, _dimension(side)) for side in shape))
    return _message(1, name.encode()) + _message(2, _message(1, tensor))


def _dimension(side: int | str) -> bytes:
    return _number(1, side) if isinstance(side, int) else _message(2, side.encode())


def _number(field_no: int, value: int) -> bytes:
    return _varint(field_no << 3) + _varint(value)


def _message(field_no: int, content: bytes) -> bytes:
    return _varint(field_no << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])
