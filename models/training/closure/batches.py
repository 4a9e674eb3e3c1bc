"""Batches of whole pages: panels padded to the longest page, parts dropped and blurred at random."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.fusion.closure import PLACE_WAVES, place_waves
from models.training.closure.data import QUESTIONS, PanelSet

MOST_PANELS = 16
"""Longer pages are cut, in training only."""


@dataclass(frozen=True, slots=True)
class PageBatch:
    """b pages of at most p panels; ``there`` (b, p) marks real ones. Parts are (b, p, dim)."""

    pictures: Tensor
    texts: Tensor
    layouts: Tensor
    views: Tensor
    asked_pictures: Tensor
    asked_texts: Tensor
    there: Tensor
    waves: Tensor


class Pages:
    """The pages of a set of panels, for drawing batches."""

    def __init__(self, panels: PanelSet, *, seed: int) -> None:
        """Find where each page begins."""
        self._panels = panels
        _, first, counts = np.unique(panels.pages, return_index=True, return_counts=True)
        self._spans = [(int(a), int(min(n, MOST_PANELS))) for a, n in zip(first, counts, strict=True)]
        self._rng = np.random.default_rng(seed)

    def batches(self, size: int) -> Iterator[PageBatch]:
        """Give batches of ``size`` random pages for ever."""
        while True:
            order = self._rng.permutation(len(self._spans))
            for start in range(0, max(1, len(order) - size + 1), size):
                yield self.batch([self._spans[k] for k in order[start : start + size]])

    def batch(self, spans: list[tuple[int, int]]) -> PageBatch:
        """Put pages, given as first row and count, side by side; one question of each panel is taken."""
        width = max(count for _, count in spans)
        rows = np.zeros((len(spans), width), np.int64)
        there = np.zeros((len(spans), width), np.bool_)
        waves = np.zeros((len(spans), width, 2 * PLACE_WAVES), np.float32)
        for k, (first, count) in enumerate(spans):
            rows[k, :count] = np.arange(first, first + count)
            there[k, :count] = True
            waves[k, :count] = place_waves(count)
        question = self._rng.integers(len(QUESTIONS), size=rows.shape)
        source = self._panels
        parts = (source.pictures[rows], source.texts[rows], source.layouts[rows], source.views[rows],
                 source.asked_pictures[rows, question], source.asked_texts[rows, question])  # fmt: skip
        blank = there[..., np.newaxis]
        pictures, texts, layouts, views, asked_pictures, asked_texts = (
            torch.from_numpy(np.where(blank, part, 0).astype(np.float32)) for part in parts
        )
        return PageBatch(
            pictures, texts, layouts, views, asked_pictures, asked_texts,
            torch.from_numpy(there), torch.from_numpy(waves),
        )  # fmt: skip
