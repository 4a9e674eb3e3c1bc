"""What was decided of books and the issues of a catalogue that they are, and what an issue says of its book.

Decisions outlive the rows they are about, as those of a curator do: a book is known by its content or,
where that has changed, by its path. What the file itself says stays as it is; an issue fills what is empty.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, Self, get_args

import msgspec

from schemas.config import MIB
from schemas.curation import BookKey
from schemas.errors import LibraryFormatError

CATALOGUE_FILE = "catalogue.sqlite"
"""The catalogue; its table ``alias`` has each name ``folded`` with each ``other`` of who is called so."""
CATALOGUE_VERSION = 2
"""1 had no aliases at first, and no people in rows of their own."""
MATCHES_FILE = "matches.json"
MATCHES_VERSION = 1
MAX_MATCHES_BYTES = 128 * MIB
MAX_MATCHES = 200_000
MAX_VALUES, MAX_SYNOPSIS = 200, 4_000
"""Values of one facet that an issue gives its book, and characters of its synopsis."""

_Key = tuple[str, int]
Verdict = Literal["yes", "no", "skip"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
DecidedBy = Literal["rule", "person"]


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What an issue says of its book. ``aliases`` are names of characters, each with its other names."""

    year: int | None = None
    publisher: str | None = None
    summary: str | None = None
    genres: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    creators: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()


FILLED = tuple(field.name for field in fields(IssueFacts) if field.name != "aliases")
"""Columns of ``books`` that an issue fills."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A decision: whether a book is an issue, who said so, how sure a rule was and why.

    With ``replaces`` the issue also takes the place of what the file says.
    """

    book: BookKey
    issue_id: int
    says: str
    verdict: Verdict
    decided_by: DecidedBy
    confidence: float
    reasons: tuple[str, ...]
    made: str
    replaces: bool = False
    facts: IssueFacts = IssueFacts()


@dataclass(frozen=True, slots=True)
class Matches:
    """All decisions of a library: at most one yes for a book, and any number of no."""

    matches: tuple[Matched, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.matches)

    def decided(self, fresh: Iterable[Matched]) -> "Matches":
        """Return the decisions with further ones; a book that is one issue is no other."""
        known: dict[_Key, Matched] = {}
        said_yes: dict[tuple[str, str], _Key] = {}
        for one in (*self.matches, *fresh):
            key = one.book.book_id, one.issue_id
            if one.verdict == "yes":
                names = _names_of(one.book)
                for old in {said_yes[name] for name in names if name in said_yes}:
                    if old in known and known[old].verdict == "yes":
                        del known[old]
                said_yes |= dict.fromkeys(names, key)
            known[key] = one
        return Matches(tuple(known.values()))

    def without(self, books: Collection[BookKey]) -> "Matches":
        """Return the decisions without those on some books."""
        ids = {key.book_id for key in books}
        sources = {key.source for key in books if key.source}
        kept = (one for one in self.matches if not (one.book.book_id in ids or one.book.source in sources))
        return replace(self, matches=tuple(kept))

    def of_books(self, books: Mapping[str, str]) -> dict[str, tuple[Matched, ...]]:
        """Return the decisions on each of the books, given as ids with their paths."""
        by_source = {source: book for book, source in books.items() if source}
        found: dict[str, tuple[Matched, ...]] = {}
        for one in self.matches:
            book = one.book.book_id if one.book.book_id in books else by_source.get(one.book.source)
            if book is not None:
                found[book] = (*found.get(book, ()), one)
        return found

    def followed(self, books: Mapping[str, str]) -> "Matches":
        """Return the decisions with what their books are known by now, given as ids with their paths.

        A book that moves and changes later on is not lost that way. Books that are gone stay as they were.
        """
        by_source = {source: book for book, source in books.items() if source}

        def now(key: BookKey) -> BookKey:
            book = key.book_id if key.book_id in books else by_source.get(key.source, key.book_id)
            return BookKey(book, books.get(book, key.source))

        if all(now(one.book) == one.book for one in self.matches):
            return self
        return Matches().decided(replace(one, book=now(one.book)) for one in self.matches)

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        told: dict[str, object] = msgspec.to_builtins(_Kept(MATCHES_VERSION, self.matches))
        return told

    def to_bytes(self) -> bytes:
        """Return the decisions as they are kept: tens of thousands within a tenth of a second."""
        try:
            return msgspec.json.encode(_Kept(MATCHES_VERSION, self.matches))
        except UnicodeEncodeError:  # half a character, of a name that was cut
            return json.dumps(self.to_json(), ensure_ascii=False).encode("utf-8", "replace")

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read decisions as they are kept. Raises LibraryFormatError."""
        try:
            if msgspec.json.decode(data, type=_Version).version > MATCHES_VERSION:
                raise LibraryFormatError(
                    f"the decisions in {MATCHES_FILE} are of a newer Longbox: upgrade to use them"
                )
            return cls(msgspec.json.decode(data, type=_Kept).matches)
        except (ValueError, RecursionError) as error:  # what msgspec raises is a ValueError
            raise LibraryFormatError(
                f"the decisions in {MATCHES_FILE} are damaged: restore the file from a backup, or delete it"
            ) from error


class _Version(msgspec.Struct):
    version: int


class _Kept(_Version):
    matches: tuple[Matched, ...]


def filled(row: Mapping[str, object], match: Matched | None) -> dict[str, object]:
    """Return what is known of a book, as a row of ``books`` or a part of one, with what its issue adds."""
    whole = dict(row)
    if match is None or match.verdict != "yes":
        return whole
    for name in FILLED:
        value = getattr(match.facts, name)
        if name in whole and value and (match.replaces or not whole[name]):
            whole[name] = _SHAPES.get(name, _as_is)(value)
    return whole


def _credits(value: object) -> object:
    pairs: Iterable[tuple[str, str]] = value  # type: ignore[assignment]
    return [{"role": role, "name": name} for role, name in pairs]


def _as_is(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


_SHAPES: dict[str, Callable[[object], object]] = {"creators": _credits}


def _names_of(book: BookKey) -> list[tuple[str, str]]:
    """Return what a book is known by: its content, and its path where it has one."""
    return [("id", book.book_id), *([("source", book.source)] if book.source else [])]
