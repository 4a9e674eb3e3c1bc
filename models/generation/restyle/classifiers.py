"""Who is to be seen: classifiers of elements that a picture is optimised against.

One classifier alone is fooled and nothing else changes: the picture learns its blind spots. So there are
several, each of other examples and another view, and none ever sees the same picture twice: it is jittered,
noised, flipped and cropped before every look.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.generation.restyle.space import MiniSpace

MEMBERS = 3
_ROUNDS, _RATE, _DECAY = 120, 0.05, 0.02
_VIEWS = 4
_JITTER, _NOISE, _ZOOM = 0.12, 0.03, 0.75
SIDES_PX = (96, 112, 80)
"""Side of the square that each member looks at: each sees another scale."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures (3, h, w) in [0, 1] that show an element, and pictures that do not."""

    name: str
    belief: float
    positives: tuple[Tensor, ...]
    negatives: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One classifier of one element: linear in what the encoder says of a square of its side."""

    weights: Tensor
    bias: Tensor
    side_px: int

    def logits(self, features: Tensor) -> Tensor:
        """Return how surely each row shows the element, (n,)."""
        return features @ self.weights + self.bias


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The classifiers of all elements, and what is believed of each: ``members[k][i]`` of element ``i``."""

    space: MiniSpace
    names: tuple[str, ...]
    beliefs: Tensor
    members: tuple[tuple[Member, ...], ...]
    augments: bool = True

    def loss(self, picture: Tensor, generator: torch.Generator) -> Tensor:
        """Return the mean binary cross-entropy over elements, members and views of (1, 3, h, w)."""
        losses = []
        for group in self.members:
            side = group[0].side_px
            views = seen(picture, side, _VIEWS, generator) if self.augments else whole(picture, side)
            losses.append(self._loss_of(group, features_of(self.space, views)))
        return torch.stack(losses).mean()

    def probabilities(self, picture: Tensor) -> Tensor:
        """Return what each member says of each element of a picture as it is, (members, elements)."""
        with torch.no_grad():
            rows = [features_of(self.space, whole(picture, group[0].side_px)) for group in self.members]
            logits = [
                torch.cat([one.logits(row) for one in group])
                for group, row in zip(self.members, rows, strict=True)
            ]
            return torch.sigmoid(torch.stack(logits))

    def _loss_of(self, group: Sequence[Member], rows: Tensor) -> Tensor:
        logits = torch.stack([one.logits(rows) for one in group], dim=1)
        return functional.binary_cross_entropy_with_logits(logits, self.beliefs.expand_as(logits))


def trained(
    space: MiniSpace,
    elements: Sequence[Examples],
    *,
    seed: int,
    members: int = MEMBERS,
    augments: bool = True,
) -> Ensemble:
    """Train the classifiers: a member leaves out every ``members``-th example and looks at another scale."""
    generator = torch.Generator().manual_seed(seed)
    groups = tuple(
        tuple(
            _member(space, one, (number, members), augments=augments, generator=generator) for one in elements
        )
        for number in range(members)
    )
    beliefs = torch.tensor([one.belief for one in elements])
    return Ensemble(space, tuple(one.name for one in elements), beliefs, groups, augments)


def _member(
    space: MiniSpace, element: Examples, turn: tuple[int, int], *, augments: bool, generator: torch.Generator
) -> Member:
    side = SIDES_PX[turn[0] % len(SIDES_PX)]
    rows, said = [], []
    for pictures, answer in ((element.positives, 1.0), (element.negatives, 0.0)):
        for place, picture in enumerate(pictures):
            if turn[1] > 1 and len(pictures) > turn[1] and place % turn[1] == turn[0]:
                continue  # left to the others
            views = whole(picture[None], side)
            if augments:
                views = torch.cat([views, seen(picture[None], side, _VIEWS, generator)])
            with torch.no_grad():
                rows.append(features_of(space, views))
            said += [answer] * len(views)
    return _fitted(torch.cat(rows), torch.tensor(said), side)


def _fitted(rows: Tensor, said: Tensor, side_px: int) -> Member:
    """Fit a logistic regression in which both answers have the same say."""
    weights = torch.zeros(rows.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    counted = torch.where(said > 0.5, 0.5 / said.sum(), 0.5 / (1 - said).sum().clamp_min(1.0))
    optimiser = torch.optim.Adam([weights, bias], lr=_RATE)
    for _ in range(_ROUNDS):
        optimiser.zero_grad()
        each = functional.binary_cross_entropy_with_logits(rows @ weights + bias, said, reduction="none")
        loss = (each * counted).sum() + _DECAY * 0.5 * weights.pow(2).sum() / 10.0
        loss.backward()
        optimiser.step()
    return Member(weights.detach(), bias.detach(), side_px)


def features_of(space: MiniSpace, views: Tensor) -> Tensor:
    """Return what classifiers judge by: the meaning of views, as unit vectors of a scale that fits."""
    return 4.0 * space.meaning(views)


def whole(picture: Tensor, side_px: int) -> Tensor:
    """Return a picture squashed to a square."""
    return functional.interpolate(
        picture, size=(side_px, side_px), mode="bilinear", align_corners=False, antialias=True
    )


def seen(picture: Tensor, side_px: int, count: int, generator: torch.Generator) -> Tensor:
    """Return views of a picture (1, 3, h, w) as it might be seen: cropped, flipped, jittered, noised."""
    half = torch.empty(count, 1, 2).uniform_(_ZOOM, 1.0, generator=generator)
    middle = (torch.rand(count, 1, 2, generator=generator) * 2.0 - 1.0) * (1.0 - half)
    flips = torch.where(torch.rand(count, 1, generator=generator) < 0.5, -1.0, 1.0)
    half = torch.cat([half[..., :1] * flips[..., None], half[..., 1:]], dim=-1)
    line = torch.linspace(-1.0, 1.0, side_px)
    y, x = torch.meshgrid(line, line, indexing="ij")
    flat = torch.stack([x, y], dim=-1).reshape(1, -1, 2)
    grids = (middle + half * flat).reshape(count, side_px, side_px, 2)
    small = whole(picture, round(side_px / _ZOOM))
    views = functional.grid_sample(
        small.expand(count, -1, -1, -1), grids, mode="bilinear", padding_mode="border", align_corners=False
    )
    gain = torch.empty(count, 3, 1, 1).uniform_(1 - _JITTER, 1 + _JITTER, generator=generator)
    shift = torch.empty(count, 1, 1, 1).uniform_(-_JITTER / 2, _JITTER / 2, generator=generator)
    noise = _NOISE * torch.randn(views.shape, generator=generator)
    return torch.clamp(views * gain + shift + noise, 0.0, 1.0)
