"""Optimises a picture: a style network of its own, trained for some hundred steps."""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.generation.restyle.classifiers import Ensemble
from models.generation.restyle.losses import ComicBookLoss, Weights, target_of
from models.generation.restyle.network import StyleNetwork
from models.generation.restyle.space import MiniSpace
from schemas.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.records import RgbImage

WORK_PX = 288
"""Longer side of the picture while it is optimised; what was added is then laid over the large one."""
RATE = 2e-3
_TOLD_EVERY = 10

Plane = NDArray[np.float32]
Told = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True, slots=True)
class Style:
    """A reference of the style, and how much it counts beside the others."""

    picture: "RgbImage"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """A picture to be restyled: by which others, for how many steps; ``lettering`` are boxes of its words."""

    start: "RgbImage"
    styles: Sequence[Style]
    steps: int
    seed: int
    weights: Weights = field(default_factory=Weights)
    lettering: Sequence[Box] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A restyled picture in [0, 1], (h, w, 3) float32, and the losses on the way, each with its step."""

    picture: "RgbImage"
    losses: tuple[dict[str, float], ...]


def restyled(space: MiniSpace, task: Task, ensemble: Ensemble | None, *, told: Told | None = None) -> Outcome:
    """Optimise a picture towards the style of others; what ``told`` raises ends the work.

    Same task, same picture on the same machine.
    """
    with one_thread():
        torch.manual_seed(task.seed)
        generator = torch.Generator().manual_seed(task.seed)
        small = picture_tensor(fitted(task.start, WORK_PX))
        pictures = [picture_tensor(fitted(one.picture, WORK_PX)) for one in task.styles]
        target = target_of(space, pictures, [one.weight for one in task.styles], [small])
        loss = ComicBookLoss(space, small, target, ensemble, task.weights, generator)
        network = StyleNetwork()
        kept = _optimised(network, small, loss, task.steps, told)
        with torch.no_grad():
            added = (network(small) - small)[0].permute(1, 2, 0).numpy()
    return Outcome(laid_over(task.start, added, task.lettering), kept)


def _optimised(
    network: StyleNetwork, picture: Tensor, loss: ComicBookLoss, steps: int, told: Told | None
) -> tuple[dict[str, float], ...]:
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps, eta_min=RATE / 20)
    kept = []
    for step in range(steps):
        optimiser.zero_grad()
        value = loss(network(picture))
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % _TOLD_EVERY == 0 or step == steps - 1:
            kept.append({"step": float(step), "loss": float(value.detach()), **loss.parts})
        if told is not None:
            told(step, loss.parts)
    return tuple(kept)


@contextmanager
def one_thread() -> "Iterator[None]":
    """Work on one core: on shared machines threads wait for each other ten times as long as they work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.set_num_threads(before)


def fitted(picture: "RgbImage", side_px: int) -> "RgbImage":
    """Return a picture with its longer side at most so long, and sides that halve three times."""
    height, width = picture.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    size = tuple(max(64, 8 * round(side * scale / 8)) for side in (width, height))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def picture_tensor(picture: "RgbImage") -> Tensor:
    """Return uint8 (h, w, 3) as (1, 3, h, w) in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 255.0


def laid_over(picture: "RgbImage", added: Plane, lettering: Sequence[Box] = ()) -> "RgbImage":
    """Add what was learnt at a small size to a large picture: its lines stay as sharp as they are.

    On words only the tint is laid: they are to be read.
    """
    height, width = picture.shape[:2]
    large = cv2.resize(added, (width, height), interpolation=cv2.INTER_CUBIC)
    if lettering:
        words = np.zeros((height, width), np.float32)
        for box in lettering:
            x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
            words[y0:y1, x0:x1] = 1.0
        side = max(height, width)
        soft = cv2.GaussianBlur(words, (0, 0), side / 120)[..., None]
        large = large + soft * (cv2.GaussianBlur(large, (0, 0), side / 25) - large)
    return np.asarray(np.clip(picture.astype(np.float32) + 255.0 * large, 0, 255).round(), np.uint8)
