"""The four variants of the fusion, trained alike but for what each adds to the loss.

==================  =========================================================================
base                every part, every subset of parts and every question finds the whole panel,
                    and a page seen in part finds that page in its order
denoise             base, and the panel whose parts are blurred is mended to the clean one
context             base, and the rest of a page with a place on it finds the panel that is missing
context-denoise     all of these
==================  =========================================================================
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.fusion.closure import DIM
from models.training.closure.batches import PageBatch, Pages
from models.training.closure.data import PanelSet
from models.training.closure.network import ClosureNetwork
from schemas.records import FloatMatrix

Report = Callable[[str], None]

VARIANTS: dict[str, frozenset[str]] = {
    "base": frozenset(),
    "denoise": frozenset({"denoise"}),
    "context": frozenset({"context"}),
    "context-denoise": frozenset({"context", "denoise"}),
}

_ANCHORED = ("map_picture", "map_text", "map_layout")
_LOG_STEPS = 100


@dataclass(frozen=True, slots=True)
class FusionRecipe:
    """How to train.

    ``drop`` is the chance that a part of a panel is missing, ``side_drop`` that a side of a
    question is; ``blur`` the length of the noise beside a part of length 1, at most, ``doubt`` that
    beside the picture side of a question: real drawings are understood worse than drawn ones.
    ``anchor`` holds the maps near the plain sum, which knows no books: what is learned of drawn
    books alone does not carry over.
    """

    steps: int = 200
    pages: int = 48
    rate: float = 1e-3
    decay: float = 1e-3
    scale: float = 14.0
    drop: float = 0.4
    side_drop: float = 0.15
    blur: float = 1.5
    doubt: float = 4.0
    anchor: float = 20.0
    page_weight: float = 0.3
    denoise_weight: float = 0.5
    context_weight: float = 0.5
    seed: int = 0


class _Mender(nn.Module):
    """Turns the fused vector of blurred parts into that of clean ones; needed in training only."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(DIM, DIM), nn.ReLU(), nn.Linear(DIM, DIM))

    def forward(self, fused: Tensor) -> Tensor:
        return functional.normalize(fused + self.layers(fused), dim=-1)


def train_variant(
    variant: str, panels: PanelSet, recipe: FusionRecipe, report: Report
) -> dict[str, FloatMatrix]:
    """Train one variant; returns the arrays of :func:`models.fusion.closure.array_shapes`."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(1)  # the matrices are small: a second thread only waits
    network = ClosureNetwork(panels.pictures.shape[1], panels.texts.shape[1])
    losses = _Losses(network, recipe, VARIANTS[variant])
    optimiser = torch.optim.AdamW(
        [*losses.parameters()], lr=recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.98)
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.steps, pct_start=0.05
    )
    batches = Pages(panels, seed=recipe.seed).batches(recipe.pages)
    for step in range(1, recipe.steps + 1):
        total, parts = losses(next(batches))
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(losses.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % _LOG_STEPS == 0:
            told = " ".join(f"{name} {float(value.detach()):.3f}" for name, value in parts.items())
            report(f"{variant} step {step} of {recipe.steps}: {told}")
    return network.arrays()


class _Losses(nn.Module):
    """The loss of a batch, with what is learned only to compute it."""

    def __init__(self, network: ClosureNetwork, recipe: FusionRecipe, tasks: frozenset[str]) -> None:
        super().__init__()
        self.network, self.mender = network, _Mender()
        self.log_scale = nn.Parameter(torch.tensor(math.log(recipe.scale)))
        self._recipe, self._tasks = recipe, tasks
        self._start = {name: network.weights[name].detach().clone() for name in _ANCHORED}

    def forward(self, batch: PageBatch) -> tuple[Tensor, dict[str, Tensor]]:
        fuse, recipe = self.network.fuse, self._recipe
        whole = fuse(batch.pictures, batch.texts, batch.layouts)
        parts = {
            "subset": self._contrast(self._subset(batch), whole, batch.there),
            "question": self._contrast(self._question(batch), whole, batch.there),
        }
        parts["page"] = recipe.page_weight * self._page_loss(batch, whole)
        if "denoise" in self._tasks:
            blurred = fuse(self._blurred(batch.pictures), self._blurred(batch.texts), batch.layouts)
            mended = self.mender(blurred)
            missed = 1 - (mended * whole.detach()).sum(-1)
            parts["denoise"] = recipe.denoise_weight * missed[batch.there].mean()
        if "context" in self._tasks:
            parts["context"] = recipe.context_weight * self._context_loss(batch, whole)
        parts["anchor"] = recipe.anchor * self._strayed()
        return sum(parts.values(), torch.zeros(())), parts

    def _strayed(self) -> Tensor:
        """Return how far the maps went from where they began, as a share of their length."""
        ways = [
            (self.network.weights[name] - start).pow(2).sum() / start.pow(2).sum()
            for name, start in self._start.items()
        ]
        return torch.stack(ways).mean()

    def _subset(self, batch: PageBatch) -> Tensor:
        """Fuse what is left after dropping parts at random, of another view of the picture."""
        dropped, chance = self._dropped, self._recipe.drop
        return self.network.fuse(
            dropped(self._blurred(batch.views), chance),
            dropped(batch.texts, chance),
            dropped(batch.layouts, chance),
        )

    def _question(self, batch: PageBatch) -> Tensor:
        """Fuse questions in words; now and then one side of the words is missing."""
        chance = self._recipe.side_drop
        return self.network.fuse(
            self._dropped(self._blurred(batch.asked_pictures, self._recipe.doubt), chance),
            self._dropped(batch.asked_texts, chance),
            torch.zeros_like(batch.layouts),
        )

    def _page_loss(self, batch: PageBatch, whole: Tensor) -> Tensor:
        """A page of panels seen in part finds its page among all pages, and among its other orders."""
        pages = self.network.fuse_pages(whole, batch.there, batch.waves)
        partial = self.network.fuse_pages(self._subset(batch), batch.there, batch.waves)
        turned = self.network.fuse_pages(whole, batch.there, _other_order(batch))
        several = batch.there.sum(1, keepdim=True) > 1
        scale = self.log_scale.exp()
        against = (scale * (partial * turned).sum(-1, keepdim=True)).masked_fill(~several, -1e9)
        logits = torch.cat([scale * partial @ pages.T, against], dim=1)
        return functional.cross_entropy(logits, torch.arange(len(pages)))

    def _context_loss(self, batch: PageBatch, whole: Tensor) -> Tensor:
        """One panel of each page is hidden before the page is fused; place and page shall find it.

        The target has no layout: the place is given and would give it away. It is no part of what
        is learned here (detached), and the other panels of the page are among the wrong answers.
        """
        counts = batch.there.sum(1)
        chosen = counts > 1
        hidden = (torch.rand(len(counts)) * counts).long().clamp(max=batch.there.shape[1] - 1)
        rows = torch.arange(len(counts))
        seen = batch.there.clone()
        seen[rows, hidden] = False
        pages = self.network.fuse_pages(whole, seen, batch.waves)
        expected = self.network.foresee(pages, batch.layouts[rows, hidden])
        bare = self.network.fuse(batch.pictures, batch.texts, torch.zeros_like(batch.layouts)).detach()
        places = torch.cumsum(batch.there.flatten(), 0).reshape(batch.there.shape)[rows, hidden] - 1
        logits = self.log_scale.exp() * expected @ bare[batch.there].T
        return functional.cross_entropy(logits[chosen], places[chosen])

    def _contrast(self, asking: Tensor, whole: Tensor, there: Tensor) -> Tensor:
        """Symmetric InfoNCE over all panels of the batch that ask for something."""
        rows, targets = asking[there], whole[there]
        asks = rows.abs().sum(-1) > 0
        logits = self.log_scale.exp() * rows[asks] @ targets.T
        back = logits[:, asks].T
        right = torch.nonzero(asks)[:, 0]
        by_asking = functional.cross_entropy(logits, right)
        return (by_asking + functional.cross_entropy(back, torch.arange(len(right)))) / 2

    @staticmethod
    def _dropped(part: Tensor, chance: float) -> Tensor:
        keep = torch.rand(part.shape[:-1]) >= chance
        return part * keep[..., None]

    def _blurred(self, part: Tensor, most: float | None = None) -> Tensor:
        """Add noise of random length; what is missing stays missing."""
        noise = functional.normalize(torch.randn_like(part), dim=-1)
        length = (self._recipe.blur if most is None else most) * torch.rand(part.shape[:-1])[..., None]
        given = part.abs().sum(-1, keepdim=True) > 0
        return functional.normalize(part + length * noise, dim=-1) * given


def _other_order(batch: PageBatch) -> Tensor:
    """Return the waves of each page's panels in another order: turned by one to all but one places."""
    waves = batch.waves.clone()
    for k, count in enumerate(batch.there.sum(1).tolist()):
        if count > 1:
            turn = int(torch.randint(1, count, ()))
            waves[k, :count] = torch.roll(waves[k, :count], turn, 0)
    return waves
