"""A memory of the latest values, bounded by what they take."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedMemory(Generic[Key, Value]):
    """Values that are costly to make; those longest unused go first. Safe to share between threads."""

    def __init__(self, capacity: float, size_of: Callable[[Value], float] = lambda _: 1.0) -> None:
        """Keep values up to ``capacity`` in the unit of ``size_of``, and the latest one in any case.

        Without ``size_of`` that is how many are kept.
        """
        self._capacity, self._size_of = capacity, size_of
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._size = 0.0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._kept)

    @property
    def size(self) -> float:
        """What the values take together."""
        return self._size

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._size = 0.0

    def find(self, key: Key) -> Value | None:
        """Return the value of a key, None where it is not kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made when it is not kept. Two threads may make it twice."""
        found = self.find(key)
        if found is not None:
            return found
        value = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = value
                self._size += self._size_of(value)
            while self._size > self._capacity and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._size -= self._size_of(dropped)
        return value
