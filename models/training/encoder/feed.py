"""Batches made ahead of the training, by processes of their own where there are cores to spare."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.training.encoder.stream import Stream


@dataclass(frozen=True, slots=True)
class Wish:
    """What a batch holds: how many captioned pictures, second views, further captions."""

    size: int
    side_px: int
    pairs: int
    weak_share: float
    bank: int


class Feed(IterableDataset[tuple[NDArray[np.generic], ...]]):
    """Batches without end: pictures, texts, tags, tagged (as in ``Batch``) and further captions."""

    def __init__(self, make: Callable[[int], Stream], wish: Wish) -> None:
        """Remember how to make batches.

        Args:
            make: builds a stream from a seed; goes to other processes.
            wish: what a batch holds.
        """
        self._make, self._wish = make, wish

    def __iter__(self) -> Iterator[tuple[NDArray[np.generic], ...]]:
        """Yield batches; those of another process begin with another seed."""
        cv2.setNumThreads(1)
        worker = get_worker_info()
        stream = self._make(worker.id if worker else 0)
        while True:
            yield self._batch(stream)

    def _batch(self, stream: Stream) -> tuple[NDArray[np.generic], ...]:
        wish = self._wish
        batch = stream.batch(wish.size, wish.side_px, pairs=wish.pairs, weak_share=wish.weak_share)
        return batch.pictures, batch.texts, batch.tags, batch.tagged, stream.bank(wish.bank)


def fed(feed: Feed, workers: int) -> Iterator[tuple[Tensor, ...]]:
    """Return the batches of a feed as tensors, made by that many processes, or between the steps for 0."""
    if not workers:
        return iter(DataLoader(feed, batch_size=None))
    # spawned: a forked process would wait for ever for threads of OpenCV that it has not got
    loader = DataLoader(
        feed, batch_size=None, num_workers=workers, prefetch_factor=3, multiprocessing_context="spawn"
    )
    return iter(loader)
