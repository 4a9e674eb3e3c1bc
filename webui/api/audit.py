"""The audit: what it found, making it anew, and what a curator decides about its findings."""

from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.audit.deciding import NO_STORE, decide, decisions
from indexer.audit.making import audit_library
from indexer.remote.state import store_of
from schemas.audit import KINDS, AuditReport, Finding
from schemas.errors import QueryError
from schemas.tables import page_id
from webui.jobs.chore import ChoreState
from webui.openapi.routes import Answer, Routes
from webui.state import site

routes = Routes("audit")
MAX_TARGETS = 500

Kind = Annotated[
    str, Meta(pattern="^[a-z]*(-[a-z]+)*$", max_length=40, description="Only findings of a kind.")
]
Target = Annotated[str, Meta(min_length=1, max_length=200)]


class AuditQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of the findings."""

    kind: Kind = ""
    offset: Annotated[int, Meta(ge=0, le=2**31 - 1, description="Findings to skip.")] = 0
    limit: Annotated[int, Meta(ge=0, le=500, description="Findings to list.")] = 100


class NewAudit(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How thorough an audit is to be: without ``copies`` it takes seconds."""

    copies: bool = True


class NewDecision(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to do with books, pages or findings, by ids; ``into`` is the book that others are copies of."""

    action: Literal["exclude", "merge", "restore", "reindex"]
    targets: Annotated[tuple[Target, ...], Meta(min_length=1, max_length=MAX_TARGETS)]
    into: Annotated[str, Meta(max_length=200)] | None = None


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding: ``items`` are ids of books, pages or panels (``level``), ``filter`` is typed to see them."""

    finding_id: str
    kind: str
    level: str
    says: str
    filter: str
    items: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many findings of a kind there are."""

    kind: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Audit:
    """The last audit, ``made`` None before the first: counts, findings, measures of the vectors."""

    state: ChoreState
    made: str | None
    books: int
    pages: int
    panels: int
    kinds: tuple[KindCount, ...]
    findings: tuple[ShownFinding, ...]
    total: int
    measures: dict[str, float]


@dataclass(frozen=True, slots=True)
class DecidedBook:
    """A book that is left out of searches; as a copy where ``copy_of`` names the path of another."""

    book_id: str
    source: str
    copy_of: str | None


@dataclass(frozen=True, slots=True)
class DecidedPage:
    """A page that is left out of searches."""

    page_id: str
    source: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that is left out of searches."""

    books: tuple[DecidedBook, ...]
    pages: tuple[DecidedPage, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was decided: ids of books and pages."""

    action: str
    books: tuple[str, ...]
    pages: tuple[str, ...]


@routes.get("/audit", Answer(Audit), query=AuditQuery, cost=2)
def audit(asked: AuditQuery) -> ResponseReturnValue:
    """Show what the last audit found, and how far one is that runs."""
    report = site().library.snapshot().findings.report() or AuditReport("", 0, 0, 0)
    findings = [found for found in report.findings if asked.kind in ("", found.kind)]
    counts = Counter(found.kind for found in report.findings)
    told = Audit(
        state=site().chores["audit"].state,
        made=report.made or None,
        books=report.books,
        pages=report.pages,
        panels=report.panels,
        kinds=tuple(KindCount(kind, KINDS[kind].title, counts[kind]) for kind in KINDS if counts[kind]),
        findings=tuple(map(shown, findings[asked.offset : asked.offset + asked.limit])),
        total=len(findings),
        measures=dict(report.measures),
    )
    return flask.jsonify(asdict(told))


@routes.post("/audit", Answer(ChoreState, status=202), body=NewAudit, cost=20)
def start_audit(body: NewAudit) -> ResponseReturnValue:
    """Begin an audit of the whole library; one that runs goes on. See the chore `audit` for its progress."""
    if store_of(site().home) is not None:
        raise QueryError(NO_STORE)
    work = partial(audit_library, site().home, with_copies=body.copies)
    return flask.jsonify(asdict(site().chores["audit"].start(work))), 202


@routes.get("/audit/decisions", Answer(Decisions), cost=2)
def audit_decisions() -> ResponseReturnValue:
    """List what is left out of searches."""
    known = decisions(site().home)
    books = (
        DecidedBook(mark.book.book_id, mark.book.source, mark.copy_of.source if mark.copy_of else None)
        for mark in known.books
    )
    pages = (DecidedPage(page_id(mark.book.book_id, mark.page_no), mark.book.source) for mark in known.pages)
    return flask.jsonify(asdict(Decisions(tuple(books), tuple(pages))))


@routes.post("/audit/decisions", Answer(Done), body=NewDecision, errors=(404,))
def decide_on(body: NewDecision) -> ResponseReturnValue:
    """Leave books and pages out of searches, take books for copies, show them again, have them read anew."""
    done = decide(site().home, body.action, body.targets, into=body.into)
    site().library.look_again()
    return flask.jsonify(asdict(Done(done.action, done.books, done.pages)))


def shown(found: Finding) -> ShownFinding:
    """Return a finding as it is told."""
    return ShownFinding(
        found.finding_id, found.kind, found.level, found.says, found.filter, found.items, found.evidence
    )
