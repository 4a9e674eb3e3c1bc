"""Stable paging: a cursor that names the ranked list it continues, and the lists lately made.

A ranked list is a pure function of the store's versions, the request and how deep each leg
looked. A cursor carries all three, so a list that is no longer in memory is made again as it was.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from schemas.errors import QueryError
from schemas.messages import MAX_LIMIT
from schemas.tables import BOOKS, PANELS

MIN_CANDIDATES = 200
CANDIDATES_PER_HIT = 5
DEEPER = 4
"""Each further look takes four times the candidates."""
MAX_DEPTH = 3
"""200 candidates a leg become 12,800; who pages on should narrow the search."""
MAX_CURSOR_CHARACTERS = 1_000

_MAX_BASE = MAX_LIMIT * CANDIDATES_PER_HIT
_MAX_OFFSET = 10_000_000
_MAX_VERSION = 2**53

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to go on: place ``offset`` of the list that ``depth`` looks of ``base`` candidates made."""

    panels_version: int
    books_version: int
    digest: str
    offset: int
    base: int
    depth: int = 0

    def encode(self, library: str = "") -> str:
        """Return the cursor as an opaque word for clients, sealed for one library."""
        values = list(asdict(self).values())
        data = json.dumps([*values, _seal(values, library)], separators=(",", ":"))
        return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str, library: str = "") -> "Cursor":
        """Read a cursor. Raises QueryError for anything that :meth:`encode` did not make for the library."""
        if len(word) > MAX_CURSOR_CHARACTERS:
            raise _no_cursor()
        try:
            data = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True))
        except (ValueError, RecursionError, binascii.Error) as error:
            raise _no_cursor() from error
        if not isinstance(data, list) or len(data) != 7 or not isinstance(data[2], str):
            raise _no_cursor()
        *data, seal = data
        numbers = [value for i, value in enumerate(data) if i != 2]
        if not all(type(value) is int for value in numbers):
            raise _no_cursor()
        cursor = cls(*data)
        if not cursor._is_in_bounds():
            raise _no_cursor()
        if seal != _seal(data, library):
            raise QueryError("this cursor was changed, or is of another library: search again")
        return cursor

    @property
    def versions(self) -> dict[str, int]:
        """The versions of the tables that the list was made from."""
        return {PANELS: self.panels_version, BOOKS: self.books_version}

    def _is_in_bounds(self) -> bool:
        return (
            1 <= self.panels_version <= _MAX_VERSION
            and 1 <= self.books_version <= _MAX_VERSION
            and 0 <= self.offset <= _MAX_OFFSET
            and MIN_CANDIDATES <= self.base <= _MAX_BASE
            and 0 <= self.depth <= MAX_DEPTH
        )


def _seal(values: Sequence[object], library: str) -> str:
    """Return a check of a cursor: the same numbers in another library name another list."""
    data = json.dumps([library, *values]).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def _no_cursor() -> QueryError:
    return QueryError("this is no cursor of a Longbox search: take it from the response before, unchanged")


def candidates_for(limit: int) -> int:
    """Return how many candidates each leg fetches at first for pages of ``limit`` hits."""
    return max(CANDIDATES_PER_HIT * limit, MIN_CANDIDATES)
