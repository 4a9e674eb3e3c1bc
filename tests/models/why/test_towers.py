"""Looking inside networks: attention relevance and Grad-CAM on tiny ones built on the spot."""

from pathlib import Path

import numpy as np
import pytest

from models.encoders.rows import unit_rows
from models.why.records import ExplainsItself
from schemas.errors import ConfigError
from tests.models.encoders.tiny_clip import save_tiny_clip, skip_without_open_clip
from tests.models.encoders.tiny_transformers import save_tiny_dual, skip_without_transformers

torch = pytest.importorskip("torch")

from models.why.sanity import likeness  # noqa: E402
from models.why.towers import look_inside, part_seen  # noqa: E402

WHOLE = (0.0, 0.0, 1.0, 1.0)
FIRST = np.array([1, 0, 0, 0], np.float32)
PICTURE = np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def red_corner() -> "torch.Tensor":
    """A grey picture, 32 x 32, with a red patch at the right of the second row of patches."""
    pixels = torch.zeros(1, 3, 32, 32)
    pixels[0, 0, 8:16, 24:32] = 1.0
    return pixels.requires_grad_()


class AttendingTower(torch.nn.Module):
    """A class token that attends to red patches of 8 pixels, by hand."""

    def __init__(self, *, batch_first: bool) -> None:
        super().__init__()
        self.patches = torch.nn.Conv2d(3, 4, 8, 8)
        self.attention = torch.nn.MultiheadAttention(4, 1, batch_first=batch_first)
        self.batch_first = batch_first
        with torch.no_grad():
            for weights in self.parameters():
                weights.zero_()
            self.patches.weight[0, 0] = 1 / 64  # the first number says how red a patch is
            self.attention.in_proj_weight[0, 1] = 6.0  # the class token asks for it
            self.attention.in_proj_weight[4, 0] = 6.0
            self.attention.in_proj_weight[8:] = torch.eye(4)
            self.attention.out_proj.weight.copy_(torch.eye(4))

    def forward(self, pixels: "torch.Tensor") -> "torch.Tensor":
        rows = self.patches(pixels).flatten(2).transpose(1, 2)
        token = torch.tensor([0.0, 1.0, 0.0, 0.0]).expand(1, 1, 4)
        rows = torch.cat([token, rows], dim=1)
        rows = rows if self.batch_first else rows.transpose(0, 1)
        attended = self.attention(rows, rows, rows, need_weights=False)[0]
        return (rows + attended)[:, 0] if self.batch_first else (rows + attended)[0]


@pytest.mark.parametrize("batch_first", [True, False])
def test_attention_relevance_points_at_the_patch_attended_to(batch_first: bool) -> None:
    tower, pixels = AttendingTower(batch_first=batch_first), red_corner()
    heat = look_inside(tower, lambda: tower(pixels), FIRST, WHOLE)
    x, y = heat.peak()
    assert heat.method == "attention"
    assert 0.75 <= x <= 1
    assert 0.25 <= y <= 0.5


def test_attention_done_anew_gives_the_very_same_vector() -> None:
    tower, pixels = AttendingTower(batch_first=True), red_corner()
    plain = tower(pixels)[0].detach()
    heat = look_inside(tower, lambda: tower(pixels), FIRST, WHOLE)
    assert heat.score == pytest.approx(float(plain[0] / plain.norm()), abs=1e-5)


def test_grad_cam_points_at_what_a_channel_sees() -> None:
    tower = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 4, 4), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()
    )
    with torch.no_grad():
        tower[0].weight.zero_()
        tower[0].bias.copy_(torch.tensor([0.0, 0.5, 0.0, 0.0]))
        tower[0].weight[0, 0] = 1.0
    pixels = red_corner()
    heat = look_inside(tower, lambda: tower(pixels), FIRST, WHOLE)
    x, y = heat.peak()
    assert heat.method == "grad-cam"
    assert 0.75 <= x <= 1
    assert 0.25 <= y <= 0.5


def test_network_without_places_is_refused() -> None:
    tower = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 32 * 32, 4))
    pixels = red_corner()
    with pytest.raises(ConfigError, match="occlusion"):
        look_inside(tower, lambda: tower(pixels), FIRST, WHOLE)


def test_no_hook_stays_behind_in_the_network() -> None:
    tower, pixels = AttendingTower(batch_first=True), red_corner()
    look_inside(tower, lambda: tower(pixels), FIRST, WHOLE)
    assert not any(module._forward_hooks for module in tower.modules())


def test_part_that_is_cut_out_is_known_by_ramps() -> None:
    def middle(image: np.ndarray) -> np.ndarray:
        return image[10:30, 20:40].transpose(2, 0, 1).astype(np.float32) / 255 - 0.5

    assert part_seen(middle, 40, 60) == pytest.approx((20 / 60, 10 / 40, 40 / 60, 30 / 40), abs=0.03)


def test_padding_around_a_picture_is_known_by_ramps() -> None:
    def padded(image: np.ndarray) -> np.ndarray:
        return np.pad(image.transpose(2, 0, 1).astype(np.float32) / 255, ((0, 0), (10, 10), (0, 0)))

    assert part_seen(padded, 40, 60) == pytest.approx((0, -0.25, 1, 1.25), abs=0.03)


def open_clip(folder: Path, vision: dict[str, object] | None = None):
    skip_without_open_clip()
    from models.encoders.clip import OpenClipEncoder

    return OpenClipEncoder(f"open_clip:tiny@local-dir:{save_tiny_clip(folder, vision=vision)}", device="cpu")


def transformers(folder: Path, family: str):
    skip_without_transformers()
    from models.encoders.dual import TransformersPictureEncoder

    return TransformersPictureEncoder(str(save_tiny_dual(folder, family)))


ENCODERS = {
    "open_clip ViT": (open_clip, "attention"),
    "open_clip ResNet": (
        lambda folder: open_clip(
            folder,
            {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 8, "patch_size": None},
        ),
        "grad-cam",
    ),
    "CLIP": (lambda folder: transformers(folder, "clip"), "attention"),
    "SigLIP": (lambda folder: transformers(folder, "siglip"), "attention"),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_real_towers_explain_themselves(name: str, tmp_path: Path) -> None:
    make, method = ENCODERS[name]
    encoder = make(tmp_path)
    before = encoder.encode_images([PICTURE])
    direction = unit_rows(np.random.default_rng(5).standard_normal((1, encoder.spec.dim)))[0]
    assert isinstance(encoder, ExplainsItself)
    heat = encoder.relevance(PICTURE, direction)
    assert heat.method == method
    assert heat.values.max() == pytest.approx(1.0)
    assert heat.score == pytest.approx(float(before[0] @ direction), abs=1e-4)
    assert np.array_equal(encoder.encode_images([PICTURE]), before)


def test_what_the_preprocessing_cuts_off_speaks_for_nothing(tmp_path: Path) -> None:
    encoder = open_clip(tmp_path)  # a square from the middle
    wide = np.random.default_rng(6).integers(0, 256, (40, 120, 3), dtype=np.uint8)
    heat = encoder.relevance(wide, np.ones(encoder.spec.dim, np.float32))
    assert not heat.values[:, :9].any()
    assert not heat.values[:, -9:].any()
    assert heat.values[:, 11:-11].any()


def test_map_changes_with_the_weights(tmp_path: Path) -> None:
    encoder = open_clip(tmp_path)
    direction = unit_rows(np.random.default_rng(5).standard_normal((1, encoder.spec.dim)))[0]
    other = encoder.randomised(1)
    assert not np.allclose(encoder.encode_images([PICTURE]), other.encode_images([PICTURE]), atol=1e-2)
    alike = likeness(encoder.relevance(PICTURE, direction), other.relevance(PICTURE, direction))
    assert alike < 0.9
    assert np.array_equal(encoder.randomised(1).encode_images([PICTURE]), other.encode_images([PICTURE]))
