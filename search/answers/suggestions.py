"""What somebody may be typing: series, titles, people, tags and lines that begin so, from memory.

Keys are folded as searches fold words. A name is found by any of its words, a line by its
beginning; where few names begin so, those with one wrong letter in the second half count too.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Literal

from schemas.answers import Suggestion
from search.box.canonical import typed_field, typed_phrase
from search.legs.words import is_one_edit_away, plain_words

MAX_LINES = 200_000
"""Lines that are held; those of the first panels of a larger library."""
MAX_LINE_CHARACTERS, MIN_LINE_CHARACTERS = 90, 4
MAX_LOOKED_AT = 4_000
"""Entries that begin so of which the best are chosen: one letter begins thousands."""
TYPO_LETTERS = 4
MAX_WORDS = 6
"""Words before the end of the box that may be one name or line."""

Kind = Literal["series", "title", "story", "creator", "character", "tag", "phrase"]
KINDS: tuple[Kind, ...] = ("series", "title", "story", "character", "creator", "tag", "phrase")
"""In the order in which they are offered."""
_FIELDS: Mapping[str, Kind] = {
    "series": "series",
    "book": "title",
    "story": "story",
    "creator": "creator",
    "character": "character",
    "tag": "tag",
}
_BEGUN_FIELD = re.compile(rf"(-?)({'|'.join(_FIELDS)}):\"?([^\"]*)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be offered; ``typed`` is what it becomes in the box."""

    kind: Kind
    value: str
    count: int
    typed: str

    @property
    def order(self) -> tuple[int, int, str]:
        """What the best of several goes by."""
        return KINDS.index(self.kind), -self.count, self.value


@dataclass(frozen=True, slots=True)
class Shelf:
    """Entries in order of their keys."""

    keys: Sequence[str]
    entries: Sequence[Entry]

    @classmethod
    def of(cls, keyed: Iterable[tuple[str, Entry]]) -> "Shelf":
        """Sort entries by their keys."""
        ordered = sorted(keyed, key=lambda pair: pair[0])
        return cls([key for key, _ in ordered], [entry for _, entry in ordered])

    def beginning(self, prefix: str) -> range:
        """Return where the keys stand that begin so, as many as are looked at."""
        start = bisect_left(self.keys, prefix)
        end = bisect_left(self.keys, prefix + "\U0010ffff", start)
        return range(start, min(end, start + MAX_LOOKED_AT))


class Suggester:
    """Offers ways to go on from what stands in the box. Safe to share between threads."""

    def __init__(self, names: Iterable[tuple[Kind, str, int, str]], lines: Mapping[str, int]) -> None:
        """Hold names (kind, value, panels, what it becomes in the box) and lines with their counts."""
        found = [Entry(*name) for name in names]
        self._names = Shelf.of((key, entry) for entry in found for key in _keys_of(entry.value))
        self._lines = Shelf.of(
            (plain_words(line), Entry("phrase", line, count, typed_phrase(line)))
            for line, count in lines.items()
        )

    def suggest(self, box: str, *, limit: int) -> tuple[Suggestion, ...]:
        """Return what may be meant by the end of the box, its beginning kept."""
        if (field := _BEGUN_FIELD.search(box)) is not None:
            head, kind = box[: field.start()], _FIELDS[field[2].lower()]
            entries = self._offer(plain_words(field[3]), limit, kind)
            return tuple(_suggestion(head + field[1], entry) for entry in entries)
        for head, begun in _ends(box):
            if found := self._offer(plain_words(begun), limit, None):
                return tuple(_suggestion(head, entry) for entry in found)
        return ()

    def _offer(self, prefix: str, limit: int, kind: Kind | None) -> list[Entry]:
        if not prefix and kind is None:
            return []
        found = dict.fromkeys(
            self._names.entries[place]
            for place in self._names.beginning(prefix)
            if kind in (None, self._names.entries[place].kind)
        )
        if kind is None:
            found |= dict.fromkeys(self._lines.entries[place] for place in self._lines.beginning(prefix))
        if len(found) < limit:
            found |= dict.fromkeys(entry for entry in self._nearly(prefix) if kind in (None, entry.kind))
        return nsmallest(limit, found, key=lambda entry: entry.order)

    def _nearly(self, prefix: str) -> Iterator[Entry]:
        """Give names that begin so but for one letter in the second half."""
        if len(prefix) < TYPO_LETTERS:
            return
        size = len(prefix)
        for place in self._names.beginning(prefix[: (size + 1) // 2]):
            key = self._names.keys[place]
            if any(is_one_edit_away(prefix, key[:end]) for end in (size, size + 1, size - 1)):
                yield self._names.entries[place]


def _keys_of(value: str) -> Iterator[str]:
    """Give the folded name from each of its words on."""
    words = plain_words(value).split()
    for start in range(min(len(words), MAX_WORDS)):
        yield " ".join(words[start:])


def _ends(box: str) -> Iterator[tuple[str, str]]:
    """Give the ways to part the box into what stays and what is being typed, the longest end first."""
    starts = [found.start() for found in re.finditer(r"\S+", box)]
    for start in starts[-MAX_WORDS:]:
        begun = box[start:]
        if plain_words(begun):
            yield box[:start], begun.lstrip('"~“„')


def _suggestion(head: str, entry: Entry) -> Suggestion:
    return Suggestion(entry.kind, entry.value, head + entry.typed, entry.count)


def lines_of(texts: Iterable[str]) -> dict[str, int]:
    """Count the lines of lettering that are worth offering."""
    counts: dict[str, int] = {}
    for text in texts:
        for line in text.split("\n"):
            short = line.strip()
            if MIN_LINE_CHARACTERS <= len(short) <= MAX_LINE_CHARACTERS:
                counts[short] = counts.get(short, 0) + 1
        if len(counts) >= MAX_LINES:
            break
    return counts


def names_of(
    by_kind: Mapping[Kind, Mapping[str, int]], titles: Mapping[str, tuple[str, int]]
) -> Iterator[tuple[Kind, str, int, str]]:
    """Give the names of a library: values with their panels, and for each title its book and panels."""
    for kind, values in by_kind.items():
        for value, count in values.items():
            yield kind, value, count, typed_field(kind, value)
    for title, (book, count) in titles.items():
        yield "title", title, count, typed_field("book", book)
