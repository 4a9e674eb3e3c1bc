"""The names that a catalogue knows a character by, gathered from all of its lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from indexer.catalogue.characters import Appearance, entries_of, parse_characters
from schemas.elements import fold_name

_KEPT = 100_000
"""Entries that are kept read: the same ones come again in thousands of stories."""
Pair = tuple[str, str]


def alias_pairs(lists: Iterable[str]) -> Iterator[Pair]:
    """Give each name, folded, with each other name of who is called so, in both directions; some repeat."""
    read = lru_cache(maxsize=_KEPT)(_pairs)
    for text in lists:
        if "[" in text:  # nothing else tells a second name
            for entry in entries_of(text):
                if "[" in entry:
                    yield from read(entry.strip())


def _pairs(entry: str) -> tuple[Pair, ...]:
    return tuple(pair for one in parse_characters(entry) for pair in _of(one))


def _of(one: Appearance) -> Iterator[Pair]:
    names = [] if one.is_team else [one.name, *one.aliases]
    for alias in names[1:]:
        if fold_name(alias) != fold_name(one.name):
            yield fold_name(one.name), alias
            yield fold_name(alias), one.name
    for member in one.members:
        yield from _of(member)
