"""What the style network is trained on: the style of references, what is where, and who is to be seen.

``loss = patch + direction + statistics + colours + content + smoothness + elements``. The first two say
which way the picture is to go in the encoder's space: from the middle of roughs to the middle of the
references that were retrieved, so that retrieval steers the style (Kwon and Ye 2022, CLIPstyler,
arXiv:2112.00374, with a text's place taken by pictures). A way has no end: ``statistics`` and ``colours`` say
where it has arrived. Elements are the Comic Book Loss: the binary cross-entropy between who should be seen
and who is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from models.generation.restyle.classifiers import Ensemble
from models.generation.restyle.space import CONTENT_LAYER, STYLE_LAYERS, MiniSpace, statistics

CROP_PX, CROPS = 96, 10
"""Side of a patch, and how many are looked at in a step."""
NEAR_ENOUGH = 0.7
"""Patches that lost less than this are left alone, as in CLIPstyler: else the easy ones take over."""
PIXELS, _AXES = 3_000, 8
"""Pixels whose colours are compared, along so many directions."""
_WARP = 0.12


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts. Tuned by eye and by the judge on drawn comics."""

    patch: float = 2.0
    direction: float = 1.0
    statistics: float = 4.0
    content: float = 1.5
    smooth: float = 0.8
    colours: float = 3.0
    elements: float = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where the style lies: its middle, the spread of its patches, and the way there from the roughs."""

    middle: Tensor
    spread: Tensor
    way: Tensor
    meaning_way: Tensor
    colours: Tensor


def weights_for(strength: float) -> Weights:
    """Return the weights for how far a result may go from its input, 0 to 1; .6 is as they were tuned."""
    held = 4.0 ** (2.0 * (0.6 - strength))
    usual = Weights()
    return replace(usual, content=usual.content * held, smooth=usual.smooth * held)


def target_of(
    space: MiniSpace, styles: Sequence[Tensor], shares: Sequence[float], roughs: Sequence[Tensor]
) -> Target:
    """Measure the references (1, 3, h, w), each with its weight, and the roughs: patches and all squashed."""
    with torch.no_grad():
        style_rows = [_rows_of(space, one) for one in styles]
        rough_rows = [_rows_of(space, one) for one in roughs]
        say = torch.tensor(shares) / sum(shares)  # a picture's, however large it is
        middle = torch.stack([rows.mean(0) for rows, _ in style_rows]).T @ say
        rough = torch.stack([rows.mean(0) for rows, _ in rough_rows]).mean(0)
        spread = torch.cat([rows for rows, _ in style_rows]).std(0).clamp_min(0.02)
        meaning = torch.stack([one for _, one in style_rows]).T @ say
        way = meaning - torch.stack([one for _, one in rough_rows]).mean(0)
        return Target(middle, spread, (middle - rough) / spread, way, _palette(styles, say))


class ComicBookLoss:
    """The loss of one picture; ``parts`` of the last look are kept for the report."""

    def __init__(
        self,
        space: MiniSpace,
        start: Tensor,
        target: Target,
        ensemble: Ensemble | None,
        weights: Weights,
        generator: torch.Generator,
    ) -> None:
        """Judge what becomes of ``start``, (1, 3, h, w) in [0, 1]."""
        self._space, self._start, self._target = space, start, target
        self._ensemble, self._weights, self._generator = ensemble, weights, generator
        with torch.no_grad():
            self._content = _normed(space.taps(start, (CONTENT_LAYER,))[0])
            self._meaning = space.meaning(squashed(start))
        self.parts: dict[str, float] = {}

    def __call__(self, picture: Tensor) -> Tensor:
        """Return the loss of a picture, to be lowered."""
        patch, statistic = self._patches(picture)
        meaning = self._space.meaning(squashed(picture))
        parts = {
            "patch": patch,
            "direction": 1.0 - _cosine(meaning - self._meaning, self._target.meaning_way).mean(),
            "statistics": statistic,
            "content": functional.mse_loss(
                _normed(self._space.taps(picture, (CONTENT_LAYER,))[0]), self._content
            ),
            "smooth": _roughness(picture - self._start),
            "colours": self._colours(picture),
        }
        if self._ensemble is not None:
            parts["elements"] = self._ensemble.loss(picture, self._generator)
        self.parts = {name: float(value.detach()) for name, value in parts.items()}
        losses = [getattr(self._weights, name) * value for name, value in parts.items()]
        return torch.stack(losses).sum()

    def _colours(self, picture: Tensor) -> Tensor:
        """Return how far the colours are from the references', wherever they are (sliced Wasserstein)."""
        wanted = self._target.colours
        axes = functional.normalize(torch.randn(3, _AXES, generator=self._generator), dim=0)
        own = _some_pixels(picture, len(wanted), self._generator) @ axes
        return (own.sort(dim=0).values - (wanted @ axes).sort(dim=0).values).abs().mean()

    def _patches(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        grids = patch_grids(CROPS, picture.shape[2:], self._generator)
        patches = cut(picture, grids)
        with torch.no_grad():
            before = _statistics(self._space, cut(self._start, grids))
        after = _statistics(self._space, patches)
        moved = (after - before) / self._target.spread
        lost = 1.0 - _cosine(moved, self._target.way)
        kept = torch.where(lost < NEAR_ENOUGH, torch.zeros_like(lost), lost)
        gap = ((after.mean(0) - self._target.middle) / self._target.spread).abs()
        return kept.mean(), functional.smooth_l1_loss(gap, torch.zeros_like(gap))


def _palette(pictures: Sequence[Tensor], say: Tensor) -> Tensor:
    """Return colours out of pictures, each by its share, (some ``PIXELS``, 3)."""
    generator = torch.Generator().manual_seed(0)
    counts = (say * PIXELS).round().to(torch.int64).clamp_min(1).tolist()
    return torch.cat(
        [_some_pixels(one, count, generator) for one, count in zip(pictures, counts, strict=True)]
    )


def _some_pixels(picture: Tensor, count: int, generator: torch.Generator) -> Tensor:
    flat = picture.flatten(2)[0].T
    return flat[torch.randint(len(flat), (count,), generator=generator)]


def squashed(picture: Tensor, side_px: int = CROP_PX) -> Tensor:
    """Return a picture as the encoder looks at it whole: a square."""
    return functional.interpolate(
        picture, size=(side_px, side_px), mode="bilinear", align_corners=False, antialias=True
    )


def patch_grids(count: int, size: Sequence[int], generator: torch.Generator) -> Tensor:
    """Return where the pixels of random patches lie, (count, side, side, 2), seen a little askew."""
    height, width = size
    share = torch.empty(count, 1, 1).uniform_(0.8, 1.25, generator=generator)
    extent = torch.tensor([CROP_PX / width, CROP_PX / height]).clamp_max(0.8)
    half = (share * extent).clamp_max(0.95)
    middle = (torch.rand(count, 1, 2, generator=generator) * 2.0 - 1.0) * (1.0 - half)
    line = torch.linspace(-1.0, 1.0, CROP_PX)
    y, x = torch.meshgrid(line, line, indexing="ij")
    flat = torch.stack([x, y], dim=-1).reshape(1, -1, 2)
    tilt = torch.empty(count, 1, 2).uniform_(-_WARP, _WARP, generator=generator)
    depth = 1.0 + (flat * tilt).sum(-1, keepdim=True)
    return (middle + half * flat / depth).reshape(count, CROP_PX, CROP_PX, 2)


def cut(picture: Tensor, grids: Tensor) -> Tensor:
    """Return the patches of a picture (1, 3, h, w) at grids."""
    return functional.grid_sample(
        picture.expand(len(grids), -1, -1, -1),
        grids,
        mode="bilinear",
        padding_mode="reflection",
        align_corners=False,
    )


def _rows_of(space: MiniSpace, picture: Tensor) -> tuple[Tensor, Tensor]:
    """Return the statistics of patches all over a picture, and its meaning."""
    generator = torch.Generator().manual_seed(0)
    patches = cut(picture, patch_grids(2 * CROPS, picture.shape[2:], generator))
    return _statistics(space, patches), space.meaning(squashed(picture))[0]


def _statistics(space: MiniSpace, patches: Tensor) -> Tensor:
    return statistics([patches, *space.taps(patches, STYLE_LAYERS)])


def _normed(layer: Tensor) -> Tensor:
    """Return a layer without what its channels have in common: colour and ink may change, places not."""
    return functional.instance_norm(layer)


def _cosine(rows: Tensor, way: Tensor) -> Tensor:
    """Return the cosine of each row with a way, (n,)."""
    return functional.cosine_similarity(rows, way.expand_as(rows), dim=1)


def _roughness(change: Tensor) -> Tensor:
    """Return the total variation of what was added: it is to be laid on, not strewn."""
    across = (change[..., 1:] - change[..., :-1]).abs().mean()
    return across + (change[..., 1:, :] - change[..., :-1, :]).abs().mean()
