"""What the books of a served library may be, worked out once while it and the catalogue stand still."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from indexer.catalogue.coverfile import COVERS_FILE
from indexer.catalogue.deciding import likeliest, read_matches, still_open
from indexer.catalogue.matching import Match, match_books
from schemas.matches import CATALOGUE_FILE, MATCHES_FILE, Matches
from search.library import Library
from search.state.beside import BesideFile

Value = TypeVar("Value")
Key = tuple[object, ...]


class Matching:
    """Matches of all books with issues, and what was decided. Safe to share between threads."""

    def __init__(self, library: Library, home: Path) -> None:
        """Match the books of a library with the catalogue in a folder."""
        self._library, self._home = library, home
        self._files = {
            name: BesideFile(home, name, lambda _data: None, None, max_bytes=0)
            for name in (CATALOGUE_FILE, COVERS_FILE, MATCHES_FILE)
        }
        self._all = _Latest[tuple[Match, ...]]()
        self._decided = _Latest[Matches]()
        self._open = _Latest[tuple[Match, ...]]()

    def decided(self) -> Matches:
        """Return what was decided. Raises LibraryError."""
        return self._decided.get(self._key(MATCHES_FILE), lambda: read_matches(self._home))

    def asked(self) -> tuple[Match, ...]:
        """Return the matches that nobody decided on, the likeliest first.

        Raises NotFoundError without a catalogue.
        """
        books = (*self._library.snapshot().versions.values(), *self._key(CATALOGUE_FILE, COVERS_FILE))

        def found() -> tuple[Match, ...]:
            matches = self._all.get(books, lambda: tuple(likeliest(match_books(self._home))))
            return tuple(likeliest(still_open(matches, self.decided())))

        return self._open.get((*books, *self._key(MATCHES_FILE)), found)

    def _key(self, *names: str) -> Key:
        return tuple(self._files[name].stamp() for name in names)


class _Latest(Generic[Value]):
    """The latest of a value that is costly to work out: whoever asks meanwhile waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[Key, Value] | None = None

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                self._kept = key, make()
            return self._kept[1]
