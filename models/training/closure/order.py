"""Trains reading-order heads on a finished fusion: which of two panels of a drawn page comes first.

The fusion is not touched, so that vectors stay what they are. Three heads go by different things, to
tell what each is worth: ``content`` by picture and lettering alone, ``place`` by layout and direction
alone, ``all`` by both.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models.fusion.closure import DIM, Closure
from models.fusion.layout import GEOMETRY_DIM
from models.fusion.order import DIRECTIONS, OrderHead, OrderSenses, decode_order, kendall_tau, order_shapes
from models.training.closure.data import PanelSet, direction_of
from schemas.records import FloatMatrix

Report = Callable[[str], None]
HELD_TOGETHER = 4
"""Books in a row that are held back together: of every direction, as drawn books take turns."""
SENSES = {
    "content": OrderSenses(place=False),
    "place": OrderSenses(content=False),
    "all": OrderSenses(),
}


@dataclass(frozen=True, slots=True)
class OrderRecipe:
    """How to train.

    ``blur`` is the length of the noise beside a fused vector of length 1, at most, ``drop`` the chance
    that a pair is told by place alone: what drawn books show and say in which order carries no further.

    One share of ``held_back`` books is not trained on: its pages say what the head makes of drawn ones.
    """

    steps: int = 1_500
    pairs: int = 512
    rate: float = 3e-3
    decay: float = 0.05
    blur: float = 2.0
    drop: float = 0.5
    held_back: int = 8
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Rows of panels of one page, the one read first before the other."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]


def train_order_head(
    name: str, fusion: Closure, panels: PanelSet, recipe: OrderRecipe, report: Report
) -> dict[str, FloatMatrix]:
    """Train one head of :data:`SENSES`; returns the arrays of :func:`models.fusion.order.order_shapes`."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(1)
    senses = SENSES[name]
    fused = fusion.fuse(fusion.seen_by(senses, panels.parts))
    is_held = panels.books // HELD_TOGETHER % recipe.held_back == recipe.held_back - 1
    pairs = _pairs(panels, ~is_held)
    network = _Network(senses)
    inputs = _Inputs(fused, panels, senses)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=recipe.steps)
    rng = np.random.default_rng(recipe.seed)
    loss = torch.zeros(())
    for _ in range(recipe.steps):
        chosen = rng.integers(len(pairs.first), size=recipe.pairs)
        looks, places, told = inputs.of(pairs.first[chosen], pairs.second[chosen], recipe)
        loss = functional.softplus(-network(looks, places, told)).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
    arrays = network.arrays()
    exact, tau, count = _drawn_figures(OrderHead(arrays, senses), fused, panels, is_held)
    report(
        f"order by {name}: loss {float(loss.detach()):.3f}; "
        f"{count} drawn pages held back: {exact:.3f} exact, tau {tau:.3f}"
    )
    return arrays


class _Network(nn.Module):
    """The arithmetic of :class:`models.fusion.order.OrderHead`, with gradients."""

    def __init__(self, senses: OrderSenses) -> None:
        super().__init__()
        self.weights = nn.ParameterDict()
        for name, shape in order_shapes(DIM).items():
            noise = torch.randn(shape) / (shape[0] ** 0.5) if len(shape) > 1 else torch.zeros(shape)
            self.weights[name] = nn.Parameter(noise)
        self._senses = senses

    def forward(self, looks: Tensor, places: Tensor, told: Tensor) -> Tensor:
        """Return log odds, (b,), that the first of two comes first: looks (b, 2, dim), places (b, 2, d)."""
        weights = self.weights
        seen = torch.relu(looks @ weights["look"] + weights["look_bias"])
        both = torch.cat([seen, places], dim=-1)
        return self._raw(both[:, 0], both[:, 1], told) - self._raw(both[:, 1], both[:, 0], told)

    def _raw(self, one: Tensor, other: Tensor, told: Tensor) -> Tensor:
        weights = self.weights
        pair = torch.cat([one, other, told], dim=-1)
        hidden = torch.relu(pair @ weights["pair_in"] + weights["pair_in_bias"])
        return (hidden @ weights["pair_out"])[:, 0]

    def arrays(self) -> dict[str, FloatMatrix]:
        """Return the parameters as float32 arrays."""
        return {name: value.detach().numpy().astype(np.float32) for name, value in self.weights.items()}


class _Inputs:
    """What the head sees of pairs of panels."""

    def __init__(self, fused: FloatMatrix, panels: PanelSet, senses: OrderSenses) -> None:
        self._fused = torch.from_numpy(fused)
        self._places = torch.from_numpy(panels.layouts[:, :GEOMETRY_DIM] * np.float32(senses.place))
        told = [[direction_of(book) is known for known in DIRECTIONS] for book in panels.books.tolist()]
        self._told = torch.from_numpy(np.array(told, np.float32) * np.float32(senses.place))

    def of(
        self, first: NDArray[np.int64], second: NDArray[np.int64], recipe: OrderRecipe
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return looks (b, 2, dim), blurred and at times left out, places (b, 2, d), directions (b, 3)."""
        rows = torch.from_numpy(np.stack([first, second], axis=1))
        looks = self._fused[rows]
        noise = functional.normalize(torch.randn_like(looks), dim=-1)
        given = looks.abs().sum(-1, keepdim=True) > 0
        length = recipe.blur * torch.rand(looks.shape[:-1])[..., None]
        kept = (torch.rand(len(looks)) >= recipe.drop)[:, None, None]
        blurred = functional.normalize(looks + length * noise, dim=-1)
        return blurred * given * kept, self._places[rows], self._told[rows[:, 0]]


def _pairs(panels: PanelSet, used: NDArray[np.bool_]) -> _Pairs:
    first: list[int] = []
    second: list[int] = []
    for rows in _pages(panels, used):
        for k, row in enumerate(rows):
            first += [row] * (len(rows) - k - 1)
            second += rows[k + 1 :]
    return _Pairs(np.array(first, np.int64), np.array(second, np.int64))


def _pages(panels: PanelSet, used: NDArray[np.bool_]) -> list[list[int]]:
    """Return the rows of each page of several panels, in reading order."""
    pages: dict[int, list[int]] = {}
    for row in np.flatnonzero(used).tolist():
        pages.setdefault(int(panels.pages[row]), []).append(row)
    return [rows for rows in pages.values() if len(rows) > 1]


def _drawn_figures(
    head: OrderHead, fused: FloatMatrix, panels: PanelSet, used: NDArray[np.bool_]
) -> tuple[float, float, int]:
    """Return the share of pages in exact order, Kendall's tau, and how many pages there are."""
    taus = []
    for rows in _pages(panels, used):
        direction = direction_of(int(panels.books[rows[0]]))
        taus.append(kendall_tau(decode_order(head.margins(fused[rows], panels.layouts[rows], direction))))
    exact = float(np.mean([tau == 1.0 for tau in taus])) if taus else 0.0
    return exact, float(np.mean(taus)) if taus else 0.0, len(taus)
