"""Other names of characters, as the catalogue beside a library knows them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from schemas.elements import fold_name
from schemas.matches import CATALOGUE_FILE
from schemas.places import Place
from search.state.beside import NO_FILE, BesideFile, Stamp

MOST = 200
"""Other names that are looked at: more than anybody has."""
_KEPT = 1_000


class AliasFile:
    """The table of aliases of a catalogue in a folder; elsewhere, or without a catalogue, there are none."""

    def __init__(self, place: Place | None) -> None:
        self._path = place / CATALOGUE_FILE if isinstance(place, Path) else None
        self._file = BesideFile(place, CATALOGUE_FILE, lambda _data: None, None, max_bytes=0)
        self._known: Callable[[str, Stamp], tuple[str, ...]] = lru_cache(maxsize=_KEPT)(self._read)

    def stamp(self) -> Stamp:
        """Return what names the state of the file."""
        return self._file.stamp()

    def others(self, name: str) -> tuple[str, ...]:
        """Return the other names of who is called so; none where the catalogue is damaged or of before."""
        return self._known(fold_name(name), self.stamp())

    def _read(self, folded: str, stamp: Stamp) -> tuple[str, ...]:
        if self._path is None or stamp == NO_FILE:
            return ()
        try:
            address = f"file:{quote(str(self._path))}?mode=ro&immutable=1"  # it is only replaced as a whole
            with closing(sqlite3.connect(address, uri=True)) as connection:
                query = "SELECT other FROM alias WHERE folded = ? LIMIT ?"
                return tuple(str(other) for (other,) in connection.execute(query, (folded, MOST)))
        except sqlite3.Error:
            return ()
