"""Fits the network and its chain to labelled books. The only module of page streams that needs torch."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.page_types.features import COLUMNS, POSITIONAL, VECTOR_DIM, features_of, vectors_of
from models.page_types.network import CLASSES, DILATIONS, LIMIT, SHAPES, WIDTH
from models.training.page_types.noise import worn
from models.training.page_types.shards import BY_HAND, LabelledBook
from schemas.labels import PageType

if TYPE_CHECKING:
    import torch
    from torch import Tensor

FloatArray = NDArray[np.float32]
_INDEX = {kind: number for number, kind in enumerate(CLASSES)}
_PROSE = (PageType.TEXT, PageType.TEXTSTORY)
_FORBIDDEN = -1e4
_BATCH, _RATE, _DECAY = 24, 2e-3, 3e-2
_DROP, _VECTOR_DROP, _TEXT_WEIGHT, _GATE_WEIGHT = 0.3, 0.8, 0.3, 1.0
_COLUMN_DROP, _JITTER = 0.3, 0.25
"""Drawn books differ from real ones in ways nobody knows: no single number may decide."""
_STEP_DECAY = 2e-3


@dataclass(frozen=True, slots=True)
class Example:
    """A book as numbers. ``allowed`` (n, classes) is False where the truth rules a type out."""

    columns: FloatArray
    vectors: FloatArray
    allowed: NDArray[np.bool_]
    is_comic: bool


def example_of(book: LabelledBook) -> Example:
    """Turn a book into numbers; where nobody marked where stories open, a story page may be either."""
    knows_openings = book.kind != BY_HAND or PageType.FIRST_PAGE in book.types
    allowed = np.zeros((len(book.pages), len(CLASSES)), np.bool_)
    for row, kind in zip(allowed, book.types, strict=True):
        row[[_INDEX[one] for one in _meant(kind, book, knows_openings=knows_openings)]] = True
    return Example(features_of(book.pages), vectors_of(book.pages), allowed, book.is_comic)


def _meant(kind: PageType | None, book: LabelledBook, *, knows_openings: bool) -> Sequence[PageType]:
    if kind is None:
        return CLASSES
    if not book.is_comic and kind in _PROSE:
        return _PROSE
    if not knows_openings and kind in (PageType.STORY, PageType.FIRST_PAGE):
        return (PageType.STORY, PageType.FIRST_PAGE)
    return (kind,)


def worn_examples(books: Sequence[LabelledBook], *, copies: int, seed: int) -> list[Example]:
    """Return each book as it is, and worn so many times."""
    rng = random.Random(f"worn/{seed}")  # noqa: S311 (noise, not secrets)
    plain = [example_of(book) for book in books]
    return plain + [example_of(worn(book, rng)) for _ in range(copies) for book in books]


class Learner:
    """A network while it learns."""

    def __init__(self, examples: Sequence[Example], *, seed: int, positional: bool = False) -> None:
        """Begin with random weights; ``positional`` learns from the position of pages alone."""
        import torch

        torch.manual_seed(seed)
        self._torch = torch
        self._examples = list(examples)
        self._positional = positional
        columns = np.concatenate([example.columns for example in examples])
        self._mean, self._scale = columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-3)
        self._weights = {name: self._begun(*shape) for name, shape in _learned_shapes().items()}
        self._rng = random.Random(seed)  # noqa: S311 (order of books, not secrets)

    def _begun(self, *shape: int) -> torch.Tensor:
        fan = int(np.prod(shape[:-1])) if len(shape) > 1 else 0
        scale = (2.0 / fan) ** 0.5 if fan else 0.0
        return (self._torch.randn(*shape) * scale).requires_grad_()

    def fit(self, epochs: int, report: Callable[[str], None]) -> dict[str, FloatArray]:
        """Learn, and return the arrays of :data:`models.page_types.network.SHAPES`, not yet calmed."""
        torch = self._torch
        steps_an_epoch = -(-len(self._examples) // _BATCH)
        with torch.no_grad():
            for name in ("outer", "steps"):
                self._weights[name].mul_(0.1)
        optimiser = torch.optim.AdamW(list(self._weights.values()), lr=_RATE, weight_decay=_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=epochs * steps_an_epoch)
        for epoch in range(epochs):
            self._rng.shuffle(self._examples)
            total = 0.0
            for start in range(0, len(self._examples), _BATCH):
                loss = self._loss(self._examples[start : start + _BATCH])
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(list(self._weights.values()), 5.0)
                optimiser.step()
                schedule.step()
                total += float(loss.detach())
            if epoch % 5 == 4 or epoch == epochs - 1:
                report(f"epoch {epoch + 1}/{epochs}: loss {total / steps_an_epoch:.4f}")
        return self._arrays()

    def _arrays(self) -> dict[str, FloatArray]:
        arrays = {name: tensor.detach().numpy().astype(np.float32) for name, tensor in self._weights.items()}
        if self._positional:
            arrays["inner"][POSITIONAL:] = 0
            arrays["comic"][:] = 0
        arrays |= {"mean": self._mean.astype(np.float32), "scale": self._scale.astype(np.float32)}
        return arrays | {"calm": np.ones(2, np.float32)}

    def _loss(self, batch: Sequence[Example]) -> Tensor:
        torch = self._torch
        longest = max(len(example.columns) for example in batch)
        columns = torch.zeros(len(batch), longest, len(COLUMNS))
        vectors = torch.zeros(len(batch), longest, VECTOR_DIM)
        allowed = torch.zeros(len(batch), longest, len(CLASSES))
        mask = torch.zeros(len(batch), longest)
        for row, example in enumerate(batch):
            count = len(example.columns)
            known = np.clip((example.columns - self._mean) / self._scale, -LIMIT, LIMIT)
            columns[row, :count] = torch.from_numpy(known)
            vectors[row, :count] = torch.from_numpy(example.vectors)
            allowed[row, :count] = torch.from_numpy(example.allowed.astype(np.float32))
            mask[row, :count] = 1
        scores, comic = self._forward(columns, vectors, mask)
        is_comic = torch.tensor([float(example.is_comic) for example in batch])
        both = torch.cat([scores, scores + (1 - allowed) * _FORBIDDEN])  # one walk over the pages for both
        free, bound = self._log_sums(both, torch.cat([mask, mask])).chunk(2)
        weights = torch.where(is_comic > 0, 1.0, _TEXT_WEIGHT)
        chain = ((free - bound) * weights).sum() / mask.sum()
        gate = torch.nn.functional.binary_cross_entropy_with_logits(comic, is_comic)
        steps = self._weights["steps"].square().sum() * _STEP_DECAY
        return chain + steps + (0.0 if self._positional else _GATE_WEIGHT) * gate

    def _forward(self, columns: Tensor, vectors: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        torch, own = self._torch, self._weights
        if self._positional:
            columns = torch.cat(
                [columns[..., :POSITIONAL], torch.zeros_like(columns[..., POSITIONAL:])], dim=-1
            )
            vectors = torch.zeros_like(vectors)
        projected = torch.dropout(vectors @ own["project"], _VECTOR_DROP, train=True)
        if not self._positional:
            columns = torch.dropout(columns + torch.randn_like(columns) * _JITTER, _COLUMN_DROP, train=True)
        seen = torch.cat([columns, projected], dim=-1)
        shown = mask[..., None]
        hidden = torch.relu(seen @ own["inner"] + own["inner_bias"]) * shown
        mean = hidden.sum(dim=1) / shown.sum(dim=1)
        comic = torch.cat([mean, hidden.max(dim=1).values], dim=-1) @ own["comic"] + own["comic_bias"][0]
        hidden = (hidden + torch.relu(mean @ own["book"])[:, None]) * shown
        for dilation in DILATIONS:
            kernel = own[f"conv{dilation}"].permute(2, 1, 0)
            moved = torch.conv1d(
                hidden.transpose(1, 2), kernel, padding=dilation * (WIDTH // 2), dilation=dilation
            )
            hidden = (hidden + torch.relu(moved.transpose(1, 2) + own[f"conv{dilation}_bias"])) * shown
        hidden = torch.dropout(hidden, _DROP, train=True)
        return hidden @ own["outer"] + own["outer_bias"], comic

    def _log_sums(self, scores: Tensor, mask: Tensor) -> Tensor:
        torch, own = self._torch, self._weights
        ahead = scores[:, 0] + own["first"]
        for at in range(1, scores.shape[1]):
            following = torch.logsumexp(ahead[:, :, None] + own["steps"], dim=1) + scores[:, at]
            ahead = torch.where(mask[:, at, None] > 0, following, ahead)
        return torch.logsumexp(ahead + own["last"], dim=1)


def _learned_shapes() -> dict[str, tuple[int, ...]]:
    return {name: shape for name, shape in SHAPES.items() if name not in ("mean", "scale", "calm")}
