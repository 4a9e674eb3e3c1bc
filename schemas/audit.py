"""What a look through a whole library finds: books, pages and panels that a curator should see.

A report is a file beside the tables. Each finding names books, pages or panels by their ids, all of one
kind, and has an id of its own, by which a search is narrowed to them: ``audit:blank-1f0c9a2b``. The kind
alone (``audit:blank``) stands for all findings of it.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from string import Formatter
from types import MappingProxyType
from typing import Self

from schemas.config import MIB
from schemas.errors import LibraryFormatError, QueryError

AUDIT_FILE = "audit.json"
MAX_AUDIT_BYTES = 256 * MIB
FINDING_ID = re.compile(r"(?P<kind>[a-z]+(?:-[a-z]+)*)(?:-(?P<hash>[0-9a-f]{8}))?")
Fact = str | int | float


class _Sentences(Formatter):
    """Knows ``{pages:page is|pages are}``: a number, and what follows one or many."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a fact as it is said. Raises ValueError for words where a number should be."""
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is no number")
        return f"{value:,} {one if value == 1 else many}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding: its heading, what each of its findings says, and whether they are copies.

    ``says`` is filled with the facts of a finding. Of ``copies`` the first item is to be kept.
    """

    title: str
    says: str
    copies: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "non-comic": Kind("Books that may be no comics", "{reason}"),
        "near-books": Kind(
            "Books that are the same", "{pages:page|pages} of {books:book|books} agree", copies=True
        ),
        "contained-book": Kind(
            "Books within books",
            "the whole book is pages {first} to {last} of a longer one",
            copies=True,
        ),
        "near-pages": Kind("Pages that are the same", "{pages:page|pages}, alike by {share}", copies=True),
        "near-panels": Kind(
            "Panels that are the same", "{panels:panel|panels}, alike by {share}", copies=True
        ),
        "watermark": Kind("The same page in many books", "{pages:page|pages} in {books:book|books}"),
        "blank": Kind("Blank pages", "{pages:page shows|pages show} nothing"),
        "white": Kind("White pages", "{pages:page is|pages are} nearly all white"),
        "dark": Kind("Dark pages", "{pages:page is|pages are} nearly all dark"),
        "landscape": Kind("Landscape pages", "{pages:page is|pages are} wider than high"),
        "broken-order": Kind("Pages out of order", "{reason}"),
        "panel-count": Kind(
            "Unusual panel counts", "{panels:panel|panels} where pages of the book have {usual}"
        ),
        "no-text": Kind(
            "Pages without text", "{pages:page of a lettered book has|pages of a lettered book have} no text"
        ),
        "garbled-text": Kind("Text that is garbled", "{pages:page reads|pages read} as no words"),
        "mixed-language": Kind("Languages mixed", "{pages:page|pages} in {other}, the book is in {language}"),
        "collapsed": Kind("Vectors that have collapsed", "{side}: {reason}"),
    }
)
"""The kinds of findings, in the order in which they are reported."""


def check_finding_id(value: str) -> str:
    """Return what can name findings: a kind, or a kind and eight digits. Raises QueryError."""
    found = FINDING_ID.fullmatch(value)
    if found is None or found["kind"] not in KINDS:
        raise QueryError(
            f"there is no audit:{value[:40]}; write an id of the report behind audit:, or one of "
            f"{', '.join(KINDS)}"
        )
    return value


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of the report. ``items`` are ids of books, of pages or of panels; ``facts`` fill its words.

    ``evidence`` are ids of pages that show it best, where ``items`` are books.
    """

    kind: str
    items: tuple[str, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    finding_id: str = ""

    def __post_init__(self) -> None:
        """Give it its id: by its items, so that the same finding has the same id tomorrow."""
        if not self.finding_id:
            digest = hashlib.sha256("\n".join(self.items).encode()).hexdigest()
            object.__setattr__(self, "finding_id", f"{self.kind}-{digest[:8]}")

    @property
    def filter(self) -> str:
        """Return what narrows a search to it, as typed into the box."""
        return f"audit:{self.finding_id}"

    @property
    def level(self) -> str:
        """Return what its items are: ``book``, ``page`` or ``panel``."""
        return level_of(self.items[0]) if self.items else "book"

    @property
    def says(self) -> str:
        """Return what it says, in English."""
        return _Sentences().format(KINDS[self.kind].says, **self.facts)

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data, its filter and its words beside it."""
        return {**asdict(self), "filter": self.filter, "level": self.level, "says": self.says}


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was found, by kind, and in what: counts of the library, and ``measures`` of its vectors.

    ``compared`` are pairs that may be the same: those found, and those of them that were looked at.
    """

    made: str
    books: int
    pages: int
    panels: int
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    compared: Mapping[str, int] = field(default_factory=dict)

    def named(self, value: str) -> tuple[Finding, ...]:
        """Return the findings that a kind or an id names."""
        return tuple(found for found in self.findings if value in (found.kind, found.finding_id))

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        told: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "findings": [found.to_json() for found in self.findings]}

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read a report as it is kept. Raises LibraryFormatError."""
        try:
            told = json.loads(data)
            findings = tuple(_finding(found) for found in told.pop("findings"))
            return cls(**{**told, "notes": tuple(told["notes"])}, findings=findings)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise LibraryFormatError(
                "the report of the audit is damaged: make it anew with 'longbox audit'"
            ) from error


def level_of(item_id: str) -> str:
    """Return what an id names: ``book``, ``page`` or ``panel``."""
    return "panel" if "#" in item_id else "page" if "/" in item_id else "book"


def book_of(item_id: str) -> str:
    """Return the id of the book that an item is, or is of."""
    return item_id.partition("/")[0]


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings by kind, those of the most items first."""
    places = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(
        sorted(findings, key=lambda found: (places[found.kind], -len(found.items), found.finding_id))
    )


def _finding(told: dict[str, object]) -> Finding:
    names = ("kind", "items", "facts", "evidence", "finding_id")
    given = {name: told[name] for name in names}
    if given["kind"] not in KINDS or not isinstance(given["facts"], dict):
        raise ValueError("no such kind")
    for name in ("items", "evidence"):
        given[name] = tuple(map(str, given[name]))  # type: ignore[call-overload]
    finding = Finding(**given)  # type: ignore[arg-type]
    str(finding.says)  # KeyError where its facts do not fill its words
    return finding
