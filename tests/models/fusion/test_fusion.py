"""The fusion: subsets query one space, what is missing is masked, another order is another page."""

from pathlib import Path

import numpy as np
import pytest

from models.encoders.rows import unit_rows
from models.fusion import LAYOUT_DIM, Closure, PanelParts, layout_rows, load_fusion
from models.fusion.closure import array_shapes
from models.fusion.layout import GEOMETRY_DIM
from models.fusion.loading import PLAIN, load_trained, write_fusion
from models.fusion.plain import plain_arrays
from schemas.errors import ConfigError, WeightsError
from schemas.geometry import Box
from schemas.records import FloatMatrix
from schemas.tables import EncoderSpec

PICTURE, TEXT = EncoderSpec("some-pictures", 512, "p"), EncoderSpec("some-words", 384, "w")
GRID = [Box(0, 0, 0.5, 0.5), Box(0.5, 0, 1, 0.5), Box(0, 0.5, 0.5, 1), Box(0.5, 0.5, 1, 1)]
FUSION = load_fusion(PICTURE, TEXT)


def directions(count: int, dim: int, seed: int) -> FloatMatrix:
    return unit_rows(np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32))


def parts(*, pictures: bool = True, texts: bool = True, layouts: bool = True) -> PanelParts:
    return PanelParts(
        directions(4, 512, 1) * pictures,
        directions(4, 384, 2) * texts,
        layout_rows(GRID, aspect=0.7) * layouts,
    )


@pytest.mark.parametrize("given", [{"pictures": False}, {"texts": False}, {"layouts": False}, {}])
def test_any_subset_finds_its_panel(given):
    fused, whole = FUSION.fuse(parts(**given)), FUSION.fuse(parts())
    assert fused.shape == (4, 384)
    assert fused.dtype == np.float32
    assert np.linalg.norm(fused, axis=1) == pytest.approx(1, abs=1e-5)
    assert ((fused @ whole.T).argmax(axis=1) == np.arange(4)).all()


def test_what_is_missing_has_no_say():
    rows = parts(layouts=False, texts=False)
    alone = FUSION.fuse(rows)
    # A gate that looked at dummy text would move an image-only query.
    biased = plain_arrays(array_shapes(512, 384))
    biased["gate"][384:] = 50.0
    assert Closure(FUSION.spec, biased).fuse(rows) == pytest.approx(alone, abs=1e-6)
    cosines = rows.pictures @ rows.pictures.T
    assert alone @ alone.T == pytest.approx(cosines, abs=0.12)  # 512 numbers in 384


def test_nothing_known_is_no_vector():
    nothing = FUSION.fuse(parts(pictures=False, texts=False, layouts=False))
    assert not nothing.any()
    assert not FUSION.fuse_page(nothing).any()
    assert not FUSION.fuse_page(np.zeros((0, 384), np.float32)).any()


def test_another_order_is_another_page():
    fused = FUSION.fuse(parts())
    page = FUSION.fuse_page(fused)
    assert page.shape == (384,)
    assert float(np.linalg.norm(page)) == pytest.approx(1, abs=1e-5)
    assert page @ FUSION.fuse_page(fused[::-1]) < 0.95
    assert page @ FUSION.fuse_page(fused) == pytest.approx(1, abs=1e-6)


def test_without_training_a_page_foresees_itself():
    fused = FUSION.fuse(parts())
    page = FUSION.fuse_page(fused)[np.newaxis]
    foreseen = FUSION.foresee(page, layout_rows(GRID, aspect=0.7)[:1])
    assert foreseen.shape == (1, 384)
    assert foreseen == pytest.approx(page, abs=1e-6)


def test_fusion_is_the_same_every_time():
    again = load_fusion(PICTURE, TEXT)
    assert again.spec == FUSION.spec
    assert again.spec.name == PLAIN
    assert (again.fuse(parts()) == FUSION.fuse(parts())).all()
    assert load_fusion(TEXT, TEXT).spec != FUSION.spec


def test_parts_of_other_encoders_are_refused():
    wrong = PanelParts(directions(4, 384, 1), directions(4, 384, 2), np.zeros((4, LAYOUT_DIM), np.float32))
    with pytest.raises(ConfigError, match="takes 512 numbers a row"):
        FUSION.fuse(wrong)


def test_numbers_that_are_none_are_refused():
    arrays = plain_arrays(array_shapes(512, 384))
    arrays["gate"][0, 0] = np.nan
    with pytest.raises(WeightsError, match="not finite in 'gate'"):
        Closure(FUSION.spec, arrays)


def test_layout_tells_place_shape_and_rank():
    rows = layout_rows(GRID, aspect=0.7)
    assert rows.shape == (4, LAYOUT_DIM)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    near, far = layout_rows([GRID[0], Box(0, 0, 0.5, 0.45), GRID[3]], aspect=0.7)[1:]
    here = layout_rows([GRID[0]] * 3, aspect=0.7)[0]
    assert here @ near > here @ far
    same = layout_rows([GRID[0], GRID[0]], aspect=0.7)
    assert same[0, :GEOMETRY_DIM] == pytest.approx(same[1, :GEOMETRY_DIM])
    assert same[0] @ same[1] < 0.99  # the second is read later
    assert layout_rows([], aspect=1).shape == (0, LAYOUT_DIM)


def test_a_query_knows_no_layout():
    asked = PanelParts.of_query(picture=None, text=directions(2, 384, 3), picture_dim=512, text_dim=384)
    assert len(asked) == 2
    assert not asked.pictures.any()
    assert not asked.layouts.any()


def test_a_trained_fusion_is_kept_in_two_files(tmp_path: Path):
    arrays = plain_arrays(array_shapes(512, 384))
    arrays["gate_bias"][:] = (0, 1, 2)
    write_fusion(tmp_path / "mine", arrays, PICTURE, TEXT)
    again = load_trained(tmp_path / "mine.json", PICTURE, TEXT)
    assert (again.fuse(parts()) == Closure(FUSION.spec, arrays).fuse(parts())).all()
    assert again.spec.weights_sha256
    with pytest.raises(WeightsError, match="trained on other encoders"):
        load_trained(tmp_path / "mine.json", TEXT, TEXT)


def test_damaged_files_of_a_fusion_are_named(tmp_path: Path):
    write_fusion(tmp_path / "mine", plain_arrays(array_shapes(512, 384)), PICTURE, TEXT)
    weights, pins = tmp_path / "mine.safetensors", tmp_path / "mine.json"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"mine.safetensors has the SHA-256"):
        load_trained(pins, PICTURE, TEXT)
    weights.unlink()
    with pytest.raises(WeightsError, match="cannot read the weights"):
        load_trained(pins, PICTURE, TEXT)
    for text in ("{", "[]", "{}", '{"sha256": "x", "picture": {}}'):
        pins.write_text(text)
        with pytest.raises(WeightsError, match=r"mine\.json"):
            load_trained(pins, PICTURE, TEXT)
