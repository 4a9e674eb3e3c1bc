"""Training of the fusion: torch and numpy agree, every variant learns, variants differ."""

from pathlib import Path

import numpy as np
import pytest

from models.encoders.rows import unit_rows
from models.fusion import Closure, PanelParts, layout_rows
from models.fusion.closure import array_shapes
from models.fusion.order import OrderHead, order_shapes
from models.training.closure.data import QUESTIONS, PanelSet
from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import FloatMatrix
from schemas.tables import EncoderSpec

torch = pytest.importorskip("torch", reason="training needs torch")

from models.training.closure.network import ClosureNetwork  # noqa: E402
from models.training.closure.order import SENSES, OrderRecipe, train_order_head  # noqa: E402
from models.training.closure.training import VARIANTS, FusionRecipe, train_variant  # noqa: E402

SPEC = EncoderSpec("tried", 384, "test")
DIM, PANELS_A_PAGE, PAGES = 32, 3, 40
QUICK = FusionRecipe(steps=30, pages=20, rate=3e-3, doubt=0, anchor=0)


@pytest.fixture(scope="module")
def panels() -> PanelSet:
    """Panels whose captions lie near their pictures, and whose lines near their lettering."""
    rng = np.random.default_rng(0)

    def noisy(rows: FloatMatrix, noise: float) -> FloatMatrix:
        return unit_rows(rows + noise * unit_rows(rng.standard_normal(rows.shape).astype(np.float32)))

    count = PANELS_A_PAGE * PAGES
    blank = np.zeros((count, DIM), np.float32)
    pictures, texts = noisy(blank, 1), noisy(blank, 1)
    texts[::4] = 0
    # What all captions have in common makes hubs of some panels, until a map learns to leave it out.
    captions = unit_rows(noisy(pictures, 0.8) + 3 * pictures[:1])
    lines = noisy(texts, 0.5) * texts.any(axis=1, keepdims=True)
    boxes = [Box(0, k / 3, 1, (k + 1) / 3) for k in range(PANELS_A_PAGE)]
    pages = np.repeat(np.arange(PAGES), PANELS_A_PAGE)
    return PanelSet(
        pictures,
        texts,
        np.tile(layout_rows(boxes, aspect=0.7), (PAGES, 1)),
        noisy(pictures, 0.4),
        np.stack([captions, captions, lines], axis=1),
        np.stack([blank, lines, lines], axis=1),
        pages,
        pages // 8,
    )


def test_torch_and_numpy_agree(panels):
    network = ClosureNetwork(DIM, DIM)
    with torch.no_grad():
        network.weights["gate"].normal_(0, 0.5)
    closure = Closure(SPEC, network.arrays())
    parts = panels.parts
    tensors = [torch.from_numpy(part) for part in (parts.pictures, parts.texts, parts.layouts)]
    with torch.no_grad():
        theirs = network.fuse(*tensors).numpy()
    assert closure.fuse(parts) == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_learns(panels, variant):
    told: list[str] = []
    untrained = Closure(SPEC, ClosureNetwork(DIM, DIM).arrays())
    arrays = train_variant(variant, panels, QUICK, told.append)
    assert {name: array.shape for name, array in arrays.items()} == array_shapes(DIM, DIM)
    assert found(Closure(SPEC, arrays), panels) > found(untrained, panels)


def test_variants_are_different_fusions(panels):
    quick = FusionRecipe(steps=3, pages=20)
    made = [train_variant(variant, panels, quick, lambda _: None)["map_picture"] for variant in VARIANTS]
    for k, one in enumerate(made):
        assert all(np.abs(one - other).max() > 1e-4 for other in made[k + 1 :])


def found(closure: Closure, panels: PanelSet) -> float:
    """Share of captions, with no other hint, that come nearest to their panel."""
    blank = np.zeros_like(panels.texts)
    asked = PanelParts.of_query(
        picture=panels.asked_pictures[:, QUESTIONS.index("caption")],
        text=blank,
        picture_dim=DIM,
        text_dim=DIM,
    )
    scores = closure.fuse(asked) @ closure.fuse(panels.parts).T
    return float((scores.argmax(axis=1) == np.arange(len(scores))).mean())


def test_panels_are_kept_in_a_file(panels, tmp_path: Path):
    panels.save(tmp_path / "panels.npz")
    again = PanelSet.load(tmp_path / "panels.npz")
    assert (again.pictures == panels.pictures).all()
    assert (again.of_books(again.books == 1).books == 1).all()
    (tmp_path / "broken.npz").write_bytes(b"PK")
    with pytest.raises(ConfigError, match="remove it"):
        PanelSet.load(tmp_path / "broken.npz")


@pytest.mark.parametrize("name", SENSES)
def test_a_reading_order_head_learns_what_it_may_go_by(panels, name):
    """Panels lie one below the other; what they show says nothing of their order."""
    told: list[str] = []
    fusion = Closure(SPEC, ClosureNetwork(DIM, DIM).arrays())
    recipe = OrderRecipe(steps=200, pairs=128, held_back=2, rate=1e-2)
    made = train_order_head(name, fusion, panels, recipe, told.append)
    assert {key: array.shape for key, array in made.items()} == order_shapes(384)
    head = fusion.with_order_head(OrderHead(made, SENSES[name]))
    parts = panels.parts
    rows = [2, 0, 1]
    page = PanelParts(parts.pictures[rows], parts.texts[rows], parts.layouts[rows])
    assert "drawn pages held back" in told[-1]
    if SENSES[name].place:
        assert head.order(page, ReadingDirection.LTR) == (1, 2, 0)
        assert "1.000 exact" in told[-1]
    else:
        assert "1.000 exact" not in told[-1]
