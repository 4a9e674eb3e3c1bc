from pathlib import Path

import numpy as np
import pytest

from models.encoders.bert import MINILM_GRAPH, Bert, BertShape
from schemas.errors import WeightsError

pytest.importorskip("onnx", reason="the graph is written by the package onnx: pip install 'longbox[train]'")
from models.encoders.minilm import SHAPE as MINILM
from models.training.bert_graph import bert_graph

SHAPE = BertShape(layers=2, heads=2, width=8, inner=16, words=20, positions=64)


def random_weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape).astype(np.float32) for name, shape in SHAPE.tensors().items()}


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "bert.onnx"
    path.write_bytes(bert_graph(SHAPE))
    return path


@pytest.fixture
def bert(graph: Path) -> Bert:
    return Bert(graph, random_weights())


def test_neighbours_of_any_length_do_not_change_a_sentence(bert: Bert) -> None:
    sentences = [[1], [2], [3, 4], [5, 6], [7, 8, 9], list(range(20)), [1] * 60]
    together = bert.mean_vectors(sentences)
    alone = np.concatenate([bert.mean_vectors([sentence]) for sentence in sentences])
    assert np.allclose(together, alone, atol=1e-5)


def test_order_of_the_words_matters(bert: Bert) -> None:
    forward, backward = bert.mean_vectors([[1, 2, 3], [3, 2, 1]])
    assert not np.allclose(forward, backward, atol=1e-3)


def test_vectors_are_those_of_transformers(bert: Bert) -> None:
    torch = pytest.importorskip("torch", reason="the peer is transformers: pip install 'longbox[clip]'")
    transformers = pytest.importorskip("transformers")
    config = transformers.BertConfig(
        vocab_size=SHAPE.words,
        hidden_size=SHAPE.width,
        num_hidden_layers=SHAPE.layers,
        num_attention_heads=SHAPE.heads,
        intermediate_size=SHAPE.inner,
        max_position_embeddings=SHAPE.positions,
    )
    peer = transformers.BertModel(config, add_pooling_layer=False).eval()
    peer.load_state_dict({name: torch.from_numpy(a) for name, a in random_weights().items()}, strict=False)
    sentence = [3, 1, 4, 1, 5, 9, 2, 6]
    with torch.inference_mode():
        expected = peer(torch.tensor([sentence])).last_hidden_state.mean(dim=1).numpy()
    assert np.allclose(bert.mean_vectors([sentence]), expected, atol=1e-4)


def test_a_graph_without_one_of_its_weights_is_refused(graph: Path) -> None:
    weights = random_weights()
    del weights["encoder.layer.1.output.dense.bias"]
    with pytest.raises(WeightsError, match=r"bert\.onnx"):
        Bert(graph, weights)


def test_a_damaged_graph_is_refused(graph: Path) -> None:
    graph.write_bytes(graph.read_bytes()[:500])
    with pytest.raises(WeightsError, match=r"bert\.onnx"):
        Bert(graph, random_weights())


def test_the_graph_that_ships_is_the_one_written_here() -> None:
    assert MINILM_GRAPH.read_bytes() == bert_graph(MINILM)
