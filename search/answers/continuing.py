"""Going on from a former answer: its list, its cursor, and what is left of the state it was made from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from schemas.errors import LongboxError, QueryError
from schemas.filters import SearchFilters
from schemas.messages import SearchRequest
from search.answers.paging import MAX_DEPTH, Cursor, candidates_for
from search.execution import Execution, Ranking
from search.state.newest import version_key
from search.state.remembering import BoundedMemory
from search.state.snapshot import Snapshot, Versions

Rankings = BoundedMemory[tuple[object, ...], Ranking]
RANKINGS, PLACES = 64, 100_000
"""Ranked lists kept for paging, and how many places they have together: 100 MB."""


@contextmanager
def of_former_states(request: SearchRequest) -> Iterator[None]:
    """Say that results have expired where files of a former state are gone: that is no damage."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if request.cursor is None or isinstance(error, LongboxError):
            raise
        raise QueryError("these results have expired, the library has moved on: search again") from error


def state_of(filters: SearchFilters, snapshot: Snapshot) -> str:
    """Return what the answers to such a search depend on beside the tables: it is part of their cursors."""
    told: list[object] = [snapshot.curation_stamp]
    if filters.findings or filters.not_findings:
        told.append(snapshot.findings.stamp)
    if filters.elements or filters.not_elements:
        told.append(snapshot.elements.version)
    return str(told)


def ranking_at(cursor: Cursor, execution: Execution, kept: Rankings) -> Ranking:
    """Return the list a page is cut from, looking deeper only when the page would be empty.

    A short page with a cursor is cheaper than one that looks at ten thousand candidates.
    """
    for depth in range(cursor.depth, MAX_DEPTH + 1):
        key = (*version_key(cursor.versions), cursor.digest, cursor.base, depth)
        ranking = kept.get(key, partial(execution.rank, base=cursor.base, depth=depth))
        if ranking.is_complete or len(ranking.items) > cursor.offset:
            break
    return ranking


def no_rankings() -> Rankings:
    """Return room for ranked lists: many short ones, or a few that somebody pages deep into."""
    return BoundedMemory(PLACES, weight_of)


def weight_of(ranking: Ranking) -> float:
    """Return how much room a list takes: its places, and at least its part of all lists."""
    return max(len(ranking.items), PLACES / RANKINGS)


def cursor_of(request: SearchRequest, asked: str, offset: int, versions: Versions, library: str) -> Cursor:
    """Return where a request begins, or goes on.

    Args:
        request: what is asked.
        asked: its digest.
        offset: hits to skip.
        versions: the library as it stands.
        library: what cursors are sealed with.

    Raises:
        QueryError: the cursor is none, of another search or library, or there is an offset beside it.
    """
    if offset < 0 or (offset and request.cursor is not None):
        raise QueryError("give an offset of 0 or more, or a cursor, not both")
    if request.cursor is None:
        panels, books = versions.values()
        return Cursor(panels, books, asked, offset=offset, base=candidates_for(request.limit))
    cursor = Cursor.decode(request.cursor, library)
    if cursor.digest != asked:
        raise QueryError(
            "this cursor continues another search, or what is left out of searches has changed since: "
            "repeat that search with it, unchanged, or search again"
        )
    return cursor


def next_cursor(cursor: Cursor, ranking: Ranking, limit: int) -> Cursor | None:
    """Return the cursor of the next hits, None at the end."""
    end = min(cursor.offset + limit, max(len(ranking.items), cursor.offset))
    more = end < len(ranking.items) or (not ranking.is_complete and ranking.depth < MAX_DEPTH)
    if not more:
        return None
    return replace(cursor, offset=end, depth=ranking.depth)
