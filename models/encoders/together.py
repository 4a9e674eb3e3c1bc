"""Texts of several threads, embedded together: two in one batch take half as long as one after the other."""

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import BoundedSemaphore, Lock

import numpy as np

from schemas.records import FloatMatrix

REMEMBERED_TEXTS = 1_024
"""Embedded lately, 1.5 MB: the next page of results, and another encoder on the same model, ask again."""
AT_ONCE = 32
"""Texts that one thread takes along; the others need not wait for a longer batch."""

Embed = Callable[[Sequence[str]], FloatMatrix]


class Together:
    """Embeds a few texts at a time; safe to share between threads.

    A thread embeds all that wait at its turn, its own text and those of others. There are as many
    turns as cores, since each batch runs on one.
    """

    def __init__(self, embed: Embed) -> None:
        """Take what embeds texts, (n, dim) for n of them."""
        self._embed = embed
        self._known: OrderedDict[str, Future[FloatMatrix]] = OrderedDict()
        self._waiting: list[tuple[str, Future[FloatMatrix]]] = []
        self._lock, self._turns = Lock(), BoundedSemaphore(os.cpu_count() or 1)

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return the vectors of texts (n, dim), at least one; raises what embedding them raises."""
        with self._lock:
            mine = [self._announce(text) for text in texts]
        for vector in mine:
            self._help(vector)
        return np.stack([vector.result() for vector in mine])

    def _announce(self, text: str) -> "Future[FloatMatrix]":
        """Return the promise of a vector, of a text known already or put to those that wait."""
        vector = self._known.get(text)
        if vector is None:
            vector = self._known[text] = Future()
            self._waiting.append((text, vector))
            if len(self._known) > REMEMBERED_TEXTS:
                self._known.popitem(last=False)
        self._known.move_to_end(text)
        return vector

    def _help(self, wanted: "Future[FloatMatrix]") -> None:
        """Embed what waits until the wanted vector is there, or another thread is at it."""
        while not wanted.done():
            with self._turns:
                with self._lock:
                    batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                if not batch:
                    return
                self._settle(batch)

    def _settle(self, batch: "Sequence[tuple[str, Future[FloatMatrix]]]") -> None:
        try:
            rows = self._embed([text for text, _ in batch])
        except BaseException as error:
            with self._lock:
                for text, _ in batch:
                    self._known.pop(text, None)
            for _, vector in batch:
                vector.set_exception(error)
            raise
        for (_, vector), row in zip(batch, rows, strict=True):
            vector.set_result(row)
