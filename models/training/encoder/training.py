"""The training loop of ``longbox-mini``: resumes from safetensors, stops on the clock."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from models.training.encoder.checkpoint import State, load_state, read_record, save_state
from models.training.encoder.feed import Feed, Wish, fed
from models.training.encoder.objective import agreement, contrast, hits, tag_loss
from models.training.encoder.stream import Stream
from models.training.encoder.textspace import TextSpace
from models.training.encoder.tower import Tower
from schemas.errors import ConfigError
from schemas.records import FloatMatrix

Report = Callable[[str], None]
_WARM_UP = 0.03
_EMA = 0.998
_LOG_STEPS = 25
_SAID = 0.5
"""Length above which a caption vector is one: where nothing is said it is 0."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; shares are of a batch.

    ``pull`` is the share of the way back to the weights it began with that the body goes at each step:
    drawn scenes are a narrow world, and what ImageNet taught is forgotten in it. ``workers``: processes
    that prepare batches; 0 prepares them between the steps.
    """

    minutes: float
    side_px: int = 96
    batch: int = 256
    pairs: int = 48
    weak_share: float = 0.06
    bank: int = 1024
    rate: float = 2.5e-3
    body_rate: float = 1.5e-3
    decay: float = 0.02
    pull: float = 2e-3
    tag_weight: float = 0.02
    view_weight: float = 0.25
    alike: float = 0.8
    scale: float = 14.0
    frozen_layers: int = 13
    device: str = "cpu"
    threads: int = 2
    workers: int = 0


class Trainer:
    """Trains a tower against caption vectors."""

    def __init__(
        self, recipe: Recipe, stream: Stream, space: TextSpace, checkpoint: Path, feed: Feed | None = None
    ) -> None:
        """Set up a fresh run, or go on from the checkpoint where there is one.

        ``feed`` gives the batches; without it ``stream`` does, between the steps.
        """
        torch.manual_seed(0)
        torch.set_num_threads(recipe.threads)
        self._recipe, self._stream, self._checkpoint = recipe, stream, checkpoint
        self._device = torch.device(recipe.device)
        self._enter(space)
        self._fed = fed(feed or Feed(lambda _: stream, wish_of(recipe)), recipe.workers if feed else 0)
        tower = Tower(
            dim=space.axes.shape[1], tags=len(stream.vocabulary), frozen_layers=recipe.frozen_layers
        )
        tower.to(self._device, memory_format=torch.channels_last)
        scale = torch.nn.Parameter(torch.tensor(math.log(recipe.scale), device=self._device))
        self._state = State(tower, {}, _optimiser(tower, scale, recipe), scale, {})

    @property
    def steps(self) -> int:
        """Steps done so far, those of former runs included."""
        return self._state.step

    @property
    def space(self) -> TextSpace:
        """The space trained into; that of the checkpoint once a run goes on."""
        return self._space

    @property
    def tower(self) -> Tower:
        """The tower with its present weights."""
        return self._state.tower

    def start_from(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Begin with ImageNet weights; does nothing for a run that goes on."""
        batch = self._stream.batch(128, self._recipe.side_px, pairs=0, weak_share=0.0)
        tensors = {name: torch.from_numpy(value.copy()).to(self._device) for name, value in weights.items()}
        self._state.tower.start_from(tensors, pixels(batch.pictures).to(self._device))
        body = self._state.tower.learning.named_parameters()
        self._state.start = {name: value.detach().clone() for name, value in body}

    def train(
        self, report: Report, evaluate: Callable[[Tower, int], None] | None = None, every: int = 200
    ) -> None:
        """Train until the recipe's minutes are spent; checkpoints on the way and at the end."""
        state, budget = self._state, self._recipe.minutes * 60
        while state.spent_s < budget:
            begun = time.monotonic()
            line = self._step(state.spent_s / budget)
            state.step += 1
            state.spent_s += time.monotonic() - begun
            if state.step % _LOG_STEPS == 0:
                report(f"step {state.step} {state.spent_s / 60:.1f} min {line()}")
            if state.step % every == 0:
                self.save()
                if evaluate is not None:
                    with self.averaged() as tower:
                        evaluate(tower, state.step)
        self.save()

    def _step(self, progress: float) -> Callable[[], str]:
        recipe, state = self._recipe, self._state
        parts = [part.to(self._device, non_blocking=True) for part in next(self._fed)]
        _set_rates(state.optimiser, progress)
        state.tower.train()
        losses, line = self._losses(*parts)
        state.optimiser.zero_grad(set_to_none=True)
        losses.backward()
        torch.nn.utils.clip_grad_norm_(state.tower.parameters(), 5.0)
        state.optimiser.step()
        state.scale.data.clamp_(max=math.log(60))
        self._pull_back(state.optimiser.param_groups[0]["lr"] / recipe.body_rate)
        self._follow()
        return line

    def _losses(
        self, pictures: Tensor, texts: Tensor, tags: Tensor, tagged: Tensor, others: Tensor
    ) -> tuple[Tensor, Callable[[], str]]:
        """Return the loss of a batch and what says its parts; to say them waits for the device."""
        recipe = self._recipe
        vectors, logits = self._state.tower(_scaled(pictures))
        rows = functional.normalize(vectors.float(), dim=1)
        count = len(texts)
        seen, said, bank = rows[:count], self._rows(texts), self._rows(others)
        scale = self._state.scale.exp()
        words = contrast(seen, said, bank, scale, recipe.alike)
        names = tag_loss(logits[:count].float(), tags, tagged)
        loss = words + recipe.tag_weight * names
        views = torch.zeros(())
        if len(rows) > count:
            views = agreement(seen[: len(rows) - count], rows[count:], 12.0)
            loss = loss + recipe.view_weight * views

        def line() -> str:
            with torch.no_grad():
                found = [hits(seen, said, group) for group in (32, 128)]
            return (
                f"words {words.item():.3f} tags {names.item():.2f} views {views.item():.3f} "
                f"acc@32 {found[0]:.3f} acc@128 {found[1]:.3f} scale {scale.item():.1f}"
            )

        return loss, line

    def _rows(self, texts: Tensor) -> Tensor:
        """Return MiniLM rows in the space; rows of zeros stay so."""
        given = texts.norm(dim=1, keepdim=True) > _SAID
        return functional.normalize((texts - self._mean) @ self._axes, dim=1) * given

    def _pull_back(self, share: float) -> None:
        """Move the body a little towards the weights it began with, in step with the rate of learning."""
        body = dict(self._state.tower.learning.named_parameters())
        begun = [name for name in body if name in self._state.start]
        if begun:
            with torch.no_grad():
                torch._foreach_lerp_(
                    [body[name] for name in begun],
                    [self._state.start[name] for name in begun],
                    self._recipe.pull * share,
                )

    def _follow(self) -> None:
        """Move the average of the weights a little towards the present ones."""
        now, mean = self._state.tower.state_dict(), self._state.average
        if not mean:
            mean.update({name: value.clone() for name, value in now.items()})
            return
        keep = min(_EMA, 1 - 1 / (self._state.step + 2))
        drifting = [name for name, value in now.items() if value.is_floating_point()]
        with torch.no_grad():
            torch._foreach_lerp_(
                [mean[name] for name in drifting], [now[name] for name in drifting], 1 - keep
            )
        mean.update({name: value.clone() for name, value in now.items() if not value.is_floating_point()})

    def averaged(self) -> "_Averaged":
        """Return a context in which the tower has its averaged weights and does not train."""
        return _Averaged(self._state.tower, self._state.average)

    def save(self) -> None:
        """Write the checkpoint atomically: weights, their average, the optimiser's moments, the clock."""
        record = {"tags": self._stream.vocabulary, "recipe": asdict(self._recipe)}
        save_state(self._checkpoint, self._state, self._space, record)

    def resume(self) -> bool:
        """Go on from the checkpoint; False where there is none.

        Raises:
            ConfigError: it was made with other tags.
        """
        if not self._checkpoint.is_file():
            return False
        if tuple(read_record(self._checkpoint)["tags"]) != self._stream.vocabulary:
            raise ConfigError(f"{self._checkpoint} was made with other tags: train into another folder")
        self._enter(load_state(self._checkpoint, self._state))
        return True

    def _enter(self, space: TextSpace) -> None:
        self._space = space
        self._mean, self._axes = (
            torch.from_numpy(part).to(self._device) for part in (space.mean, space.axes)
        )


class _Averaged:
    """Lends a tower its averaged weights."""

    def __init__(self, tower: Tower, average: dict[str, Tensor]) -> None:
        self._tower, self._average = tower, average

    def __enter__(self) -> Tower:
        self._own = {name: value.clone() for name, value in self._tower.state_dict().items()}
        self._tower.load_state_dict(self._average)
        self._tower.eval()
        return self._tower

    def __exit__(self, *_: object) -> None:
        self._tower.load_state_dict(self._own)


@torch.no_grad()
def vectors_of(
    tower: Tower, pictures: NDArray[np.uint8], batch: int = 128
) -> tuple[FloatMatrix, FloatMatrix]:
    """Return the vectors, not normalised, and tag logits of squares, uint8 (n, side, side, 3)."""
    tower.eval()
    device = tower.project.weight.device
    parts = [tower(pixels(pictures[k : k + batch]).to(device)) for k in range(0, len(pictures), batch)]
    vectors, logits = (torch.cat([part[k] for part in parts]).cpu().numpy() for k in (0, 1))
    return vectors, logits


def pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """Return squares as float32 (n, 3, side, side) in [-1, 1], channels last."""
    return _scaled(torch.from_numpy(np.ascontiguousarray(pictures)))


def _scaled(squares: Tensor) -> Tensor:
    tensor = squares.permute(0, 3, 1, 2).float()
    return ((tensor - 127.5) / 127.5).contiguous(memory_format=torch.channels_last)


def wish_of(recipe: Recipe) -> Wish:
    """Return what the batches of a recipe hold."""
    return Wish(recipe.batch, recipe.side_px, recipe.pairs, recipe.weak_share, recipe.bank)


def _optimiser(tower: Tower, scale: torch.nn.Parameter, recipe: Recipe) -> torch.optim.AdamW:
    heads = [*tower.project.parameters(), *tower.tag.parameters()]
    body = list(tower.learning.parameters())
    flat = [parameter for parameter in body if parameter.ndim == 1]
    deep = [parameter for parameter in body if parameter.ndim > 1]
    groups: list[dict[str, object]] = [
        {"params": deep, "full": recipe.body_rate, "weight_decay": recipe.decay},
        {"params": flat, "full": recipe.body_rate, "weight_decay": 0.0},
        {"params": heads, "full": recipe.rate, "weight_decay": recipe.decay},
        {"params": [scale], "full": recipe.rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([{**group, "lr": group["full"]} for group in groups], betas=(0.9, 0.98))


def _set_rates(optimiser: torch.optim.AdamW, progress: float) -> None:
    """Warm up, then fall along a cosine to a hundredth."""
    warm = min(1.0, progress / _WARM_UP + 0.02)
    share = warm * (0.01 + 0.99 * (1 + math.cos(math.pi * min(progress, 1.0))) / 2)
    for group in optimiser.param_groups:
        group["lr"] = group["full"] * share
