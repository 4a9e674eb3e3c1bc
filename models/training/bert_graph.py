"""Writes the graph of a BERT with mean pooling for onnxruntime, without its weights.

``python -m models.training.bert_graph`` writes the one that is shipped, again and byte for byte.
"""

from pathlib import Path
from typing import Any

import numpy as np

from models.encoders.bert import MASK, MEAN, MINILM_GRAPH, TOKENS, BertShape
from models.encoders.minilm import SHAPE

_OPSET, _IR_VERSION = 20, 9
_NORM_EPS = 1e-12
_FAR = -1e9
"""Added to what attention gives a padded place: nothing is left of it."""


class _Graph:
    """Nodes and tensors, put together one after the other; every method returns a name."""

    def __init__(self, onnx: Any, shape: BertShape) -> None:
        self._onnx, self._shape = onnx, shape
        self.nodes: list[Any] = []
        self.tensors = [self._outside(name, dims) for name, dims in shape.tensors().items()]

    def node(self, kind: str, *inputs: str, **settings: object) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(kind, list(inputs), [name], **settings))
        return name

    def constant(self, *values: int) -> str:
        return self._constant(np.array(values, np.int64))

    def number(self, value: float) -> str:
        return self._constant(np.array(value, np.float32))

    def dense(self, rows: str, part: str) -> str:
        return self.node("Gemm", rows, f"{part}.weight", f"{part}.bias", transB=1)

    def norm(self, rows: str, part: str) -> str:
        return self.node(
            "LayerNormalization", rows, f"{part}.weight", f"{part}.bias", axis=-1, epsilon=_NORM_EPS
        )

    def _constant(self, array: np.ndarray[Any, Any]) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def _outside(self, name: str, dims: tuple[int, ...]) -> Any:
        """Declare a tensor that the session is given."""
        types = self._onnx.TensorProto
        tensor = types(name=name, data_type=types.FLOAT, dims=dims, data_location=types.EXTERNAL)
        tensor.external_data.add(key="location", value="given")
        return tensor


def bert_graph(shape: BertShape) -> bytes:
    """Return the graph; its weights are named as ``shape.tensors()`` does. Needs the package onnx."""
    import onnx

    graph = _Graph(onnx, shape)
    size = graph.node("Shape", TOKENS)
    rows = _embedded(graph, size, shape)
    ignored = graph.node("Sub", graph.number(1.0), MASK)
    far = graph.node("Unsqueeze", graph.node("Mul", ignored, graph.number(_FAR)), graph.constant(1, 2))
    for layer in range(shape.layers):
        rows = _layer(graph, rows, f"encoder.layer.{layer}", size=size, far=far, shape=shape)
    _mean(graph, rows, size, shape)
    graph.nodes[-1].output[0] = MEAN
    make, types = onnx.helper, onnx.TensorProto
    inputs = [
        make.make_tensor_value_info(TOKENS, types.INT64, ["n", "length"]),
        make.make_tensor_value_info(MASK, types.FLOAT, ["n", "length"]),
    ]
    outputs = [make.make_tensor_value_info(MEAN, types.FLOAT, ["n", shape.width])]
    body = make.make_graph(graph.nodes, "bert", inputs, outputs, graph.tensors)
    model = make.make_model(body, opset_imports=[make.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
    return bytes(model.SerializeToString(deterministic=True))


def _embedded(graph: _Graph, size: str, shape: BertShape) -> str:
    """Give the first vectors of the tokens, one row each."""
    words = graph.node("Gather", "embeddings.word_embeddings.weight", TOKENS)
    start, length = graph.constant(0), graph.node("Gather", size, graph.constant(1))
    places = graph.node("Slice", "embeddings.position_embeddings.weight", start, length, graph.constant(0))
    first = graph.node("Gather", "embeddings.token_type_embeddings.weight", graph.constant(0))
    summed = graph.node("Add", graph.node("Add", words, places), first)
    return graph.norm(graph.node("Reshape", summed, graph.constant(-1, shape.width)), "embeddings.LayerNorm")


def _layer(graph: _Graph, rows: str, prefix: str, *, size: str, far: str, shape: BertShape) -> str:
    own = f"{prefix}.attention"
    mixed = _attention(graph, rows, f"{own}.self", size=size, far=far, shape=shape)
    mixed = graph.node("Add", graph.dense(mixed, f"{own}.output.dense"), rows)
    rows = graph.norm(mixed, f"{own}.output.LayerNorm")
    widened = graph.node("Gelu", graph.dense(rows, f"{prefix}.intermediate.dense"))
    out = graph.node("Add", graph.dense(widened, f"{prefix}.output.dense"), rows)
    return graph.norm(out, f"{prefix}.output.LayerNorm")


def _attention(graph: _Graph, rows: str, prefix: str, *, size: str, far: str, shape: BertShape) -> str:
    by_head = graph.node("Concat", size, graph.constant(shape.heads, shape.width // shape.heads), axis=0)
    query, key, value = (
        graph.node("Reshape", graph.dense(rows, f"{prefix}.{part}"), by_head)
        for part in ("query", "key", "value")
    )
    query = graph.node("Transpose", query, perm=[0, 2, 1, 3])
    key = graph.node("Transpose", key, perm=[0, 2, 3, 1])
    value = graph.node("Transpose", value, perm=[0, 2, 1, 3])
    scale = graph.number((shape.width // shape.heads) ** -0.5)
    scores = graph.node("Mul", graph.node("MatMul", query, key), scale)
    shares = graph.node("Softmax", graph.node("Add", scores, far), axis=-1)
    mixed = graph.node("Transpose", graph.node("MatMul", shares, value), perm=[0, 2, 1, 3])
    return graph.node("Reshape", mixed, graph.constant(-1, shape.width))


def _mean(graph: _Graph, rows: str, size: str, shape: BertShape) -> str:
    """Give the mean over the tokens that count, (n, width)."""
    one = graph.constant(1)
    by_sentence = graph.node("Concat", size, graph.constant(shape.width), axis=0)
    counted, hidden = graph.node("Unsqueeze", MASK, one), graph.node("Reshape", rows, by_sentence)
    summed = graph.node("MatMul", counted, hidden)
    count = graph.node("ReduceSum", MASK, one, keepdims=1)
    return graph.node("Div", graph.node("Squeeze", summed, one), count)


def write_graph(path: Path = MINILM_GRAPH) -> None:
    """Write the graph of all-MiniLM-L6-v2."""
    path.write_bytes(bert_graph(SHAPE))


if __name__ == "__main__":
    write_graph()
