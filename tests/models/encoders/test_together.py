from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from models.encoders.together import REMEMBERED_TEXTS, Together
from schemas.errors import WeightsError
from schemas.records import FloatMatrix


class Lengths:
    """Embeds a text as its length, and keeps the batches; waits for ``go`` where it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.go, self.began = Event(), Event()
        self.go.set()

    def __call__(self, texts: Sequence[str]) -> FloatMatrix:
        self.batches.append(list(texts))
        self.began.set()
        assert self.go.wait(20)
        if "broken" in texts:
            raise WeightsError("broken")
        return np.array([[len(text)] for text in texts], np.float32)


def test_vectors_come_in_the_order_of_the_texts() -> None:
    embed = Lengths()
    assert Together(embed).encode(["abc", "a", "abc"]).tolist() == [[3], [1], [3]]
    assert embed.batches == [["abc", "a"]]


def test_a_text_embedded_lately_is_not_embedded_again() -> None:
    embed = Lengths()
    together = Together(embed)
    together.encode(["abc"])
    assert together.encode(["abc", "ab"]).tolist() == [[3], [2]]
    assert embed.batches == [["abc"], ["ab"]]


def test_memory_is_bounded() -> None:
    embed = Lengths()
    together = Together(embed)
    for number in range(REMEMBERED_TEXTS + 1):
        together.encode([str(number)])
    together.encode(["0"])
    assert embed.batches[-1] == ["0"]
    assert len(embed.batches) == REMEMBERED_TEXTS + 2


def test_texts_of_threads_that_wait_are_embedded_in_few_batches() -> None:
    embed = Lengths()
    together = Together(embed)
    embed.go.clear()
    texts = ["a" * (1 + number) for number in range(20)]
    with ThreadPoolExecutor(20) as threads:
        waiting = [threads.submit(together.encode, [text]) for text in texts]
        assert embed.began.wait(20)
        embed.go.set()
        assert [future.result().tolist() for future in waiting] == [[[len(text)]] for text in texts]
    assert sorted(text for batch in embed.batches for text in batch) == sorted(texts)


def test_a_failure_reaches_whoever_asked_and_is_not_remembered() -> None:
    embed = Lengths()
    together = Together(embed)
    for _ in range(2):
        with pytest.raises(WeightsError):
            together.encode(["broken"])
    assert len(embed.batches) == 2
    assert together.encode(["fine"]).tolist() == [[4]]
