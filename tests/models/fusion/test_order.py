"""The reading-order head: whatever order panels come in, no number leaks, and no vector changes."""

import json
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.encoders.rows import unit_rows
from models.fusion import Closure, PanelParts, layout_rows, load_fusion
from models.fusion.closure import DIM
from models.fusion.layout import GEOMETRY_DIM
from models.fusion.loading import FOLDER, load_trained, with_order_head, write_order_head
from models.fusion.order import OrderHead, OrderSenses, decode_order, kendall_tau, order_shapes
from schemas.errors import ConfigError, WeightsError
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.tables import EncoderSpec

PINS = json.loads((FOLDER / "closure.json").read_text())
PICTURE, TEXT = EncoderSpec(**PINS["picture"]), EncoderSpec(**PINS["text"])
SHIPPED = load_fusion(PICTURE, TEXT)
GRID = [Box(0, 0, 0.5, 0.5), Box(0.5, 0, 1, 0.5), Box(0, 0.5, 0.5, 1), Box(0.5, 0.5, 1, 1)]


def random_head(senses: OrderSenses) -> OrderHead:
    rng = np.random.default_rng(3)
    shapes = order_shapes(DIM).items()
    return OrderHead({name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes}, senses)


def parts(boxes: list[Box] = GRID) -> PanelParts:
    rng = np.random.default_rng(1)
    looks, words = (unit_rows(rng.standard_normal((len(boxes), 384)).astype(np.float32)) for _ in range(2))
    return PanelParts(looks, words, layout_rows(boxes, aspect=0.7))


def taken(whole: PanelParts, rows: list[int]) -> PanelParts:
    return PanelParts(whole.pictures[rows], whole.texts[rows], whole.layouts[rows])


@pytest.mark.parametrize("senses", [OrderSenses(), OrderSenses(place=False), OrderSenses(content=False)])
def test_the_order_panels_come_in_does_not_count(senses):
    fusion, whole = SHIPPED.with_order_head(random_head(senses)), parts()
    straight = fusion.order(whole, ReadingDirection.LTR)
    assert sorted(straight) == [0, 1, 2, 3]
    for rows in permutations(range(4)):
        order = fusion.order(taken(whole, list(rows)), ReadingDirection.LTR)
        assert tuple(rows[k] for k in order) == straight


def test_no_number_of_a_panel_leaks():
    fusion, whole = SHIPPED.with_order_head(random_head(OrderSenses())), parts()
    renumbered = whole.layouts.copy()
    renumbered[:, GEOMETRY_DIM:] = whole.layouts[::-1, GEOMETRY_DIM:]
    told = replace(whole, layouts=renumbered)
    assert (fusion.fuse(whole) != fusion.fuse(told)).any()  # vectors do know it
    assert fusion.order(told, ReadingDirection.RTL) == fusion.order(whole, ReadingDirection.RTL)
    seen = [fusion.fuse(Closure.seen_by(OrderSenses(), known)) for known in (whole, told)]
    assert (seen[0] == seen[1]).all()


def test_both_ways_round_are_answered_with_the_opposite_sign():
    whole = parts()
    margins = random_head(OrderSenses()).margins(SHIPPED.fuse(whole), whole.layouts, ReadingDirection.TTB)
    assert margins == pytest.approx(-margins.T)
    assert np.abs(margins[np.triu_indices(4, 1)]).min() > 0


def test_the_shipped_head_reads_a_grid_in_both_directions():
    assert SHIPPED.knows_order
    assert SHIPPED.order(parts(), ReadingDirection.LTR) == (0, 1, 2, 3)
    assert SHIPPED.order(parts(), ReadingDirection.RTL) == (1, 0, 3, 2)


def test_a_head_changes_no_vector_and_no_description():
    bare = load_trained(FOLDER / "closure.json", PICTURE, TEXT)
    assert not bare.knows_order
    assert bare.spec == SHIPPED.spec
    assert (bare.fuse(parts()) == SHIPPED.fuse(parts())).all()
    # What libraries were made with: another hash would refuse them all.
    assert PINS["sha256"] == "817192a09d63d17b00639f5d7e5e17d006e13571456a8a5634a7c695e0ca490b"


def test_a_fusion_without_a_head_says_so():
    plain = load_fusion(TEXT, TEXT)
    with pytest.raises(ConfigError, match="has no reading-order head"):
        plain.order(parts(), ReadingDirection.LTR)


def test_pages_of_no_or_one_panel_need_no_guess():
    assert SHIPPED.order(parts([]), ReadingDirection.LTR) == ()
    assert SHIPPED.order(parts(GRID[:1]), ReadingDirection.LTR) == (0,)


def test_a_head_is_kept_beside_its_fusion_and_serves_no_other(tmp_path: Path):
    senses = OrderSenses(content=False)
    shapes = order_shapes(DIM)
    rng = np.random.default_rng(3)
    made = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    write_order_head(tmp_path / "mine", made, senses, SHIPPED.spec)
    again = with_order_head(SHIPPED, tmp_path / "mine.json")
    wanted = SHIPPED.with_order_head(OrderHead(made, senses))
    assert again.order(parts(), ReadingDirection.LTR) == wanted.order(parts(), ReadingDirection.LTR)
    with pytest.raises(WeightsError, match="trained on another fusion"):
        with_order_head(load_fusion(TEXT, TEXT), tmp_path / "mine.json")
    (tmp_path / "mine.safetensors").write_bytes(b"short")
    with pytest.raises(WeightsError, match=r"mine.safetensors has the SHA-256"):
        with_order_head(SHIPPED, tmp_path / "mine.json")


def test_numbers_that_are_none_are_refused():
    shapes = order_shapes(DIM)
    broken = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    broken["look"][0, 0] = np.nan
    with pytest.raises(WeightsError, match="not finite in 'look'"):
        OrderHead(broken, OrderSenses())


@given(st.integers(0, 7).flatmap(lambda n: arrays(np.float32, (n, n), elements=st.floats(-9, 9, width=32))))
def test_any_margins_give_an_order_that_no_neighbours_dispute(raw):
    margins = raw - raw.T
    order = decode_order(margins)
    assert sorted(order) == list(range(len(raw)))
    wins = margins > 0
    if is_transitive(wins):
        assert all(not wins[later, first] for first, later in pairwise(order))


def is_transitive(wins: np.ndarray) -> bool:
    return all(wins[a, c] or not (wins[a, b] and wins[b, c]) for a, b, c in permutations(range(len(wins)), 3))


@pytest.mark.parametrize(
    ("order", "tau"), [((0, 1, 2), 1.0), ((2, 1, 0), -1.0), ((1, 0, 2), 1 / 3), ((), 1.0), ((0,), 1.0)]
)
def test_tau_counts_pairs_in_their_order(order, tau):
    assert kendall_tau(order) == pytest.approx(tau)
