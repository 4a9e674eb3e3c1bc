"""Matches into facts: which book is which issue, decided by a rule or a person, kept and taken back."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexer.catalogue.characters import Appearance
from indexer.catalogue.coverfile import covers_of
from indexer.catalogue.matching import Candidate, Match, books_of, match_all, ranked
from indexer.catalogue.store import Catalogue, Issue, open_catalogue
from indexer.library.export import current_rows, open_table
from indexer.library.lock import side_lock
from indexer.library.whole import write_whole
from schemas.curation import BookKey
from schemas.errors import LibraryError, LibraryFormatError, LongboxError, NotFoundError, QueryError
from schemas.matches import (
    MATCHES_FILE,
    MAX_MATCHES,
    MAX_MATCHES_BYTES,
    MAX_SYNOPSIS,
    MAX_VALUES,
    DecidedBy,
    IssueFacts,
    Matched,
    Matches,
    Verdict,
)
from schemas.tables import BOOKS

logger = logging.getLogger(__name__)
LOCK_FILE = "matches.lock"
BOOKS_ASKED = 50


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person said of a book and an issue; None for the likeliest one."""

    book_id: str
    verdict: Verdict
    issue_id: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict, who gave it, and whether the issue takes the place of what the file says."""

    verdict: Verdict
    by: DecidedBy
    replaces: bool


def read_matches(library: Path) -> Matches:
    """Return what was decided. Raises LibraryFormatError."""
    path = library / MATCHES_FILE
    try:
        if path.stat().st_size > MAX_MATCHES_BYTES:
            raise LibraryFormatError(f"{path} is larger than {MAX_MATCHES_BYTES:,} bytes: delete it")
        return Matches.from_json(path.read_bytes())
    except FileNotFoundError:
        return Matches()
    except OSError as error:
        raise LibraryError(f"cannot read {path}: {error.strerror}") from error


def accept_sure(library: Path, *, replaces: bool = False) -> list[Matched]:
    """Take each sure match of a book that nobody decided on for true.

    Args:
        library: its folder.
        replaces: whether issues also take the place of what files say of themselves.

    Raises:
        NotFoundError: there is no library, or no catalogue.
        LibraryError: the decisions cannot be read or written.
    """
    sure = [one for one in undecided(library) if one.is_sure]
    with open_catalogue(library) as catalogue:
        said = Said("yes", "rule", replaces)
        fresh = [_matched(catalogue, one, one.candidates[0], said) for one in sure]
    _keep(library, fresh)
    return fresh


def undecided(library: Path) -> list[Match]:
    """Return the matches of books that have none yet, without the issues that somebody ruled out.

    A book that was skipped is not asked about again: see :func:`take_back`.
    """
    books, decided = books_of(library), read_matches(library)
    closed = closed_books(decided, {str(book["book_id"]): str(book["source"]) for book in books})
    with open_catalogue(library) as catalogue:
        wanted = [book for book in books if book["book_id"] not in closed]
        return still_open(match_all(catalogue, wanted, covers_of(library)), decided)


def closed_books(decided: Matches, books: Mapping[str, str]) -> frozenset[str]:
    """Return those of some books, given as ids with their paths, that are decided on."""
    told = decided.of_books(books)
    return frozenset(book for book, said in told.items() if any(one.verdict != "no" for one in said))


def still_open(matches: Sequence[Match], decided: Matches) -> list[Match]:
    """Return the matches of books that are not decided on, without the issues that they are not."""
    told = decided.of_books({one.book_id: one.source for one in matches})
    closed = closed_books(decided, {one.book_id: one.source for one in matches})
    refused = {book: {one.issue_id for one in said} for book, said in told.items()}
    return [_without(one, refused.get(one.book_id, ())) for one in matches if one.book_id not in closed]


def to_review(library: Path, *, count: int = BOOKS_ASKED) -> list[Match]:
    """Return matches that a person should look at, the likeliest first."""
    return likeliest(undecided(library))[:count]


def likeliest(matches: Iterable[Match]) -> list[Match]:
    """Return the matches that name an issue, the likeliest first."""
    return sorted(
        (one for one in matches if one.issue is not None), key=lambda one: (-one.confidence, one.title)
    )


def judge(library: Path, said: Sequence[Judged], *, replaces: bool = False) -> list[Matched]:
    """Keep what a person said of matches; a book that is one issue is no other.

    Raises:
        NotFoundError: there is no such book or issue.
        QueryError: a book has no likely issue, and none was named.
    """
    books = books_of(library, {one.book_id for one in said})
    decided = read_matches(library)
    fresh = []
    with open_catalogue(library) as catalogue:
        covers = covers_of(library)
        matches = {one.book_id: one for one in match_all(catalogue, books, covers)}
        told = decided.of_books({one.book_id: one.source for one in matches.values()})
        for one in said:
            if one.book_id not in matches:
                raise NotFoundError(f"the library has no book {one.book_id[:60]!r}")
            refused = {no.issue_id for no in told.get(one.book_id, ()) if no.verdict == "no"}
            match = _without(matches[one.book_id], refused)
            candidate = _candidate(catalogue, match, one.issue_id)
            fresh.append(_matched(catalogue, match, candidate, Said(one.verdict, "person", replaces)))
    _keep(library, fresh)
    return fresh


def take_back(library: Path, book_ids: Sequence[str] | None) -> int:
    """Forget what was decided on books, or on all of them; they show what their files say again.

    Raises NotFoundError for a book that nothing was decided on.
    """
    known = read_matches(library)
    names = open_table(library, BOOKS)
    rows = current_rows(names, None, ["book_id", "source"])
    sources = dict(zip(rows["book_id"].to_pylist(), rows["source"].to_pylist(), strict=True))
    keys = [one.book for one in known.matches]
    if book_ids is not None:
        decided = {one.book.book_id for one in known.matches} | known.of_books(sources).keys()
        if missing := [book for book in book_ids if book not in decided]:
            raise NotFoundError(f"nothing was decided on the book {missing[0][:60]!r}")
        keys = [BookKey(book, sources.get(book, "")) for book in book_ids]
    _change(library, lambda before: before.without(keys))
    return len(known.matches) - len(known.without(keys).matches)


def follow_matches(library: Path) -> None:
    """Keep decisions with books that moved or changed, as far as can be: a run does not fail for them."""
    if not (library / MATCHES_FILE).is_file():
        return
    try:
        rows = current_rows(open_table(library, BOOKS), None, ["book_id", "source"])
        books = dict(zip(rows["book_id"].to_pylist(), rows["source"].to_pylist(), strict=True))
        known = read_matches(library)
        if known.followed(books) is not known:
            _change(library, lambda before: before.followed(books))
    except LongboxError as error:
        logger.warning("matches stay as they are: %s", error)


def facts_of(issue: Issue) -> IssueFacts:
    """Return what an issue says of a book: its people with those of its teams, teams and universes."""
    people = list(_everybody(issue.characters))
    teams = [one.name for one in people if one.is_team]
    teams += [one.universe for one in people if one.universe]
    alone = [one for one in people if not one.is_team]
    return IssueFacts(
        year=issue.year,
        publisher=issue.publisher,
        summary=issue.synopsis[:MAX_SYNOPSIS] or None,
        genres=_some(issue.genres),
        characters=_some(one.name for one in alone),
        teams=_some(teams),
        creators=tuple(dict.fromkeys((role, name) for role, name in issue.creators if name))[:MAX_VALUES],
        aliases=tuple((one.name, *one.aliases) for one in alone if one.aliases)[:MAX_VALUES],
    )


def _everybody(people: Iterable[Appearance]) -> Iterator[Appearance]:
    for one in people:
        yield one
        yield from _everybody(one.members)


def _some(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:MAX_VALUES]


def _without(match: Match, refused: Collection[int]) -> Match:
    if not refused:
        return match
    return ranked(match, tuple(one for one in match.candidates if one.issue.issue_id not in refused))


def _candidate(catalogue: Catalogue, match: Match, issue_id: int | None) -> Candidate:
    if issue_id is None:
        if not match.candidates:
            raise QueryError(f"the catalogue has no issue like {match.title[:60]!r}: name one by its id")
        return match.candidates[0]
    for one in match.candidates:
        if one.issue.issue_id == issue_id:
            return one
    return Candidate(catalogue.issue(issue_id), 0.0, ("a person named it",))


def _matched(catalogue: Catalogue, match: Match, candidate: Candidate, said: Said) -> Matched:
    is_it = said.verdict == "yes"
    return Matched(
        book=BookKey(match.book_id, match.source),
        issue_id=candidate.issue.issue_id,
        says=candidate.issue.named,
        verdict=said.verdict,
        decided_by=said.by,
        confidence=candidate.confidence,
        reasons=candidate.reasons,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        replaces=said.replaces,
        facts=facts_of(catalogue.whole(candidate.issue)) if is_it else IssueFacts(),
    )


def _keep(library: Path, fresh: Sequence[Matched]) -> None:
    if fresh:
        _change(library, lambda before: before.decided(fresh))


def _change(library: Path, change: Callable[[Matches], Matches]) -> None:
    """Change what was decided, also while others do: one after the other."""
    with side_lock(library, LOCK_FILE):
        changed = change(read_matches(library))
        data = changed.to_bytes()
        if len(changed.matches) > MAX_MATCHES or len(data) > MAX_MATCHES_BYTES:
            raise LibraryError(f"{MATCHES_FILE} would hold more than {MAX_MATCHES:,} decisions: forget some")
        write_whole(library / MATCHES_FILE, data)


def counts(matches: Matches) -> Mapping[str, int]:
    """Return how many decisions there are of each kind."""
    return Counter(one.verdict for one in matches.matches)
