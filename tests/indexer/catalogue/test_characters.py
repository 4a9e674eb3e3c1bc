"""Lists of characters: a table by hand, round trips, and whatever people may type.

``cases.txt`` holds lists as typed and as they are to be read: ``=`` gives an alias, ``<…>`` members,
``!`` a role, ``@`` a universe, ``#`` a number, ``~`` a note, ``?`` doubt; entries part at `` | ``.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.catalogue.characters import (
    MAX_DEPTH,
    MAX_ENTRIES,
    Appearance,
    format_characters,
    parse_characters,
)

CASES = Path(__file__).with_name("cases.txt").read_text("utf-8")
TABLE = [(typed.strip(), read.strip()) for typed, _, read in (x.partition("→") for x in CASES.splitlines())]
TOKENS = (
    *("Batman", "Bruce Wayne", "villain", "II", "Earth-Two", "Jr.", "VILLAINS: ", "as ", "X-Men", "é", "?"),
    *("[", "]", "(", ")", ";", ",", "/", " / ", " ", ":", "'", '"', "\n", "origin", "V"),
)


def told(one: Appearance) -> str:
    members = f"<{' | '.join(map(told, one.members))}>" if one.members else ""
    said = "".join(f"={name}" for name in one.aliases) + members + "".join(f"!{role}" for role in one.roles)
    said += f"@{one.universe}" if one.universe else ""
    said += (f"#{one.number}" if one.number else "") + "".join(f"~{note}" for note in one.notes)
    return one.name + said + ("?" if one.is_uncertain else "")


def test_the_table_is_large_enough() -> None:
    assert len(TABLE) >= 120
    assert len({typed for typed, _ in TABLE}) == len(TABLE)


@pytest.mark.parametrize(("typed", "expected"), TABLE)
def test_a_hard_list_is_read_as_people_mean_it(typed: str, expected: str) -> None:
    assert " | ".join(map(told, parse_characters(typed))) == expected


@pytest.mark.parametrize(("typed", "_"), TABLE)
def test_a_list_that_is_written_anew_reads_the_same(typed: str, _: str) -> None:
    found = parse_characters(typed)
    assert parse_characters(format_characters(found)) == found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=24).map("".join))
def test_any_mix_of_signs_reads_without_an_error_and_the_same_again(typed: str) -> None:
    found = parse_characters(typed)
    assert all(one.name for one in found)
    assert parse_characters(format_characters(found)) == found


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_reads_without_an_error(typed: str) -> None:
    assert all(one.name.isprintable() for one in parse_characters(typed))


@pytest.mark.parametrize(
    "typed", ["[" * 50_000, "a[" * 30_000, "a;" * 60_000, "(" * 99_999 + ")", "[a;" * 9_000]
)
def test_torn_lists_of_any_length_are_read_within_bounds(typed: str) -> None:
    found = parse_characters(typed)
    assert len(found) <= MAX_ENTRIES
    assert max((_depth(one) for one in found), default=0) <= MAX_DEPTH + 1


def _depth(one: Appearance) -> int:
    return 1 + max(map(_depth, one.members), default=0)
