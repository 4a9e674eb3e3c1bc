"""Matches of books with issues of the catalogue: asked about, decided on, taken back."""

from dataclasses import asdict, dataclass
from typing import Annotated

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.catalogue.deciding import Judged, judge, read_matches, take_back, to_review
from indexer.catalogue.matching import Candidate, Match
from indexer.remote.state import store_of
from schemas.errors import QueryError
from schemas.matches import Matched, Verdict
from webui.openapi.routes import Answer, Routes
from webui.state import site

routes = Routes("matches")
MAX_ASKED, MAX_JUDGED = 100, 500
LOOKED_AT = 1_000
"""Undecided books that one request looks at: each takes a millisecond."""

BookId = Annotated[str, Meta(max_length=200)]
IssueId = Annotated[int, Meta(ge=0, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class OfferedIssue:
    """An issue that a book may be: how likely, from 0 to 1, and why."""

    issue_id: int
    says: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedBook:
    """A book and the issues it may be, the likeliest first; ``is_sure`` where nothing else comes near."""

    book_id: str
    title: str
    is_sure: bool
    issues: tuple[OfferedIssue, ...]


@dataclass(frozen=True, slots=True)
class DecidedMatch:
    """What was said of a book and an issue, by a rule or a person."""

    book_id: str
    source: str
    issue_id: int
    says: str
    verdict: str
    decided_by: str
    confidence: float
    reasons: tuple[str, ...]
    made: str
    replaces: bool


@dataclass(frozen=True, slots=True)
class MatchList:
    """Books to be asked about, and what was decided so far."""

    asked: tuple[AskedBook, ...]
    decided: tuple[DecidedMatch, ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was decided just now."""

    decided: tuple[DecidedMatch, ...]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many decisions were taken back."""

    forgotten: int


class MatchesQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How many books to ask about."""

    count: Annotated[int, Meta(ge=0, le=MAX_ASKED)] = 20


class NewVerdict(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Whether a book is an issue; the likeliest one where none is named."""

    book_id: BookId
    verdict: Verdict
    issue_id: IssueId | None = None


class NewVerdicts(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Answers; with ``replaces`` issues also take the place of what files say."""

    verdicts: Annotated[tuple[NewVerdict, ...], Meta(min_length=1, max_length=MAX_JUDGED)]
    replaces: bool = False


@routes.get("/matches", Answer(MatchList), query=MatchesQuery, errors=(404,), cost=5)
def matches(asked: MatchesQuery) -> ResponseReturnValue:
    """List books that may be issues of the catalogue, and what was decided."""
    _only_in_folders()
    decided = read_matches(site().home).matches
    told = MatchList(tuple(map(shown, asked_books(asked.count))), tuple(map(_decided, decided)))
    return flask.jsonify(asdict(told))


@routes.post("/matches", Answer(Verdicts), body=NewVerdicts, errors=(404,), cost=5)
def judge_matches(body: NewVerdicts) -> ResponseReturnValue:
    """Say of books which issues they are or are not: their facts are shown and found from now on."""
    _only_in_folders()
    said = [Judged(one.book_id, one.verdict, one.issue_id) for one in body.verdicts]
    done = judge(site().home, said, replaces=body.replaces)
    site().library.look_again()
    return flask.jsonify(asdict(Verdicts(tuple(map(_decided, done)))))


@routes.delete("/matches/<book_id>", Answer(Forgotten))
def forget_match(book_id: str) -> ResponseReturnValue:
    """Take back what was decided on a book: it shows what its file says."""
    _only_in_folders()
    gone = take_back(site().home, [book_id])
    site().library.look_again()
    return flask.jsonify(asdict(Forgotten(gone)))


def asked_books(count: int) -> list[Match]:
    """Return books to be asked about. Raises NotFoundError without a catalogue."""
    return to_review(site().home, count=count, most=LOOKED_AT) if count else []


def shown(match: Match) -> AskedBook:
    """Return a match as it is asked about."""
    return AskedBook(match.book_id, match.title, match.is_sure, tuple(map(_offered, match.candidates)))


def _offered(one: Candidate) -> OfferedIssue:
    return OfferedIssue(one.issue.issue_id, one.issue.named, one.confidence, one.reasons)


def _decided(one: Matched) -> DecidedMatch:
    return DecidedMatch(
        book_id=one.book.book_id,
        source=one.book.source,
        issue_id=one.issue_id,
        says=one.says,
        verdict=one.verdict,
        decided_by=one.decided_by,
        confidence=one.confidence,
        reasons=one.reasons,
        made=one.made,
        replaces=one.replaces,
    )


def _only_in_folders() -> None:
    if store_of(site().home) is not None:
        raise QueryError(
            "matches are decided in libraries in a local folder: restore a backup into one first"
        )
