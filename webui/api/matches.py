"""Matches of books with issues of the catalogue: asked about, decided on, taken back."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Annotated

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.catalogue.coverfile import cover_picture, covered
from indexer.catalogue.deciding import Judged, judge, take_back
from indexer.catalogue.matching import Match
from indexer.remote.state import store_of
from schemas.errors import NotFoundError, QueryError
from schemas.matches import Matched, Verdict
from webui.openapi.routes import Answer, Routes
from webui.state import site

routes = Routes("matches")
MAX_ASKED, MAX_DECIDED, MAX_JUDGED = 100, 500, 500
MAX_OFFSET = 2**31 - 1

BookId = Annotated[str, Meta(max_length=200)]
IssueId = Annotated[int, Meta(ge=0, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class OfferedIssue:
    """An issue that a book may be: how likely, from 0 to 1, and why; its cover is at ``/covers/ISSUE_ID``."""

    issue_id: int
    says: str
    confidence: float
    reasons: tuple[str, ...]
    has_cover: bool


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
    """A part of the books to be asked about, and of what was decided so far, and how many there are."""

    asked: tuple[AskedBook, ...]
    total: int
    decided: tuple[DecidedMatch, ...]
    decided_total: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was decided just now."""

    decided: tuple[DecidedMatch, ...]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many decisions were taken back."""

    forgotten: int


class MatchesQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which books to ask about, the likeliest first, and which decisions to tell, the latest first."""

    count: Annotated[int, Meta(ge=0, le=MAX_ASKED, description="Books to ask about.")] = 20
    offset: Annotated[int, Meta(ge=0, le=MAX_OFFSET, description="Books to skip.")] = 0
    decided_count: Annotated[int, Meta(ge=0, le=MAX_DECIDED, description="Decisions to tell.")] = 100
    decided_offset: Annotated[int, Meta(ge=0, le=MAX_OFFSET, description="Decisions to skip.")] = 0


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
    books, total = asked_books(asked.offset, asked.count)
    decided = site().matching.decided().matches[::-1]
    some = decided[asked.decided_offset : asked.decided_offset + asked.decided_count]
    return flask.jsonify(asdict(MatchList(books, total, tuple(map(_decided, some)), len(decided))))


@routes.get("/covers/<issue_id>", Answer(media="image/webp"), errors=(404,), cost=0.1)
def cover(issue_id: str) -> ResponseReturnValue:
    """Send the cover of an issue, as it was read with ``longbox catalogue covers``."""
    if not (issue_id.isascii() and issue_id.isdigit()):
        raise NotFoundError("issues are named by a number")
    response = flask.Response(cover_picture(site().home, int(issue_id[:20])), mimetype="image/webp")
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(flask.request)


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


def asked_books(offset: int, count: int) -> tuple[tuple[AskedBook, ...], int]:
    """Return a part of the books to be asked about, and how many there are.

    Raises NotFoundError without a catalogue.
    """
    asked = site().matching.asked()
    some = asked[offset : offset + count]
    with_cover = covered(site().home, [one.issue.issue_id for match in some for one in match.candidates])
    return tuple(_asked(match, with_cover) for match in some), len(asked)


def _asked(match: Match, with_cover: Collection[int]) -> AskedBook:
    offered = (
        OfferedIssue(
            one.issue.issue_id,
            one.issue.named,
            one.confidence,
            one.reasons,
            one.issue.issue_id in with_cover,
        )
        for one in match.candidates
    )
    return AskedBook(match.book_id, match.title, match.is_sure, tuple(offered))


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
