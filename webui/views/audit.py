"""The audit page: what a curator should see, with pictures. Changes go through the API."""

from collections import Counter
from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from indexer.audit.deciding import decisions
from indexer.audit.page import pictures_of
from schemas.audit import KINDS, Finding, level_of
from webui.i18n import noted, say
from webui.state import site
from webui.views.blueprint import views

FINDINGS_A_PAGE = 40
TITLES = {
    "non-comic": noted("Books that may be no comics"),
    "near-books": noted("Books that are the same"),
    "contained-book": noted("Books within books"),
    "near-pages": noted("Pages that are the same"),
    "near-panels": noted("Panels that are the same"),
    "watermark": noted("The same page in many books"),
    "blank": noted("Blank pages"),
    "white": noted("White pages"),
    "dark": noted("Dark pages"),
    "landscape": noted("Landscape pages"),
    "broken-order": noted("Pages out of order"),
    "panel-count": noted("Unusual panel counts"),
    "no-text": noted("Pages without text"),
    "garbled-text": noted("Text that is garbled"),
    "mixed-language": noted("Languages mixed"),
    "collapsed": noted("Vectors that have collapsed"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What shows a finding: the thumbnail of ``asset_id``, and where it leads."""

    asset_id: str
    caption: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as the page shows it; ``actions`` are what can be done about it."""

    finding: Finding
    title: str
    pictures: tuple[Picture, ...]
    actions: tuple[str, ...]
    is_decided: bool


@views.get("/audit")
def audit() -> ResponseReturnValue:
    """Show the last audit: ``?kind=`` one kind of findings, ``?offset=`` further ones."""
    snapshot, known = site().library.snapshot(), decisions(site().home)
    report = snapshot.findings.report()
    hidden = snapshot.left_out.books | snapshot.left_out.pages
    kinds = Counter(found.kind for found in report.findings) if report else Counter[str]()
    asked = flask.request.args.get("kind", "")
    kind = asked if asked in kinds else next((name for name in KINDS if name in kinds), "")
    offset = flask.request.args.get("offset", 0, type=int)
    found = report.named(kind) if report else ()
    shown = found[max(0, offset) : max(0, offset) + FINDINGS_A_PAGE]
    return flask.render_template(
        "audit.html",
        report=report,
        state=site().chores["audit"].state,
        tabs=[(name, say(TITLES[name]), kinds[name]) for name in KINDS if name in kinds],
        kind=kind,
        rows=[_row(one, hidden) for one in shown],
        offset=max(0, offset),
        step=FINDINGS_A_PAGE,
        total=len(found),
        decided=known,
    )


def _row(found: Finding, hidden: frozenset[str]) -> Row:
    books = site().library.snapshot().books
    title = str(found.facts.get("title", ""))
    if not title and found.level == "book" and found.items[0] in books:
        title = books[found.items[0]].title
    pictures = tuple(map(_picture, pictures_of(found)))
    return Row(found, title, pictures, _actions(found), _is_decided(found, hidden))


def _picture(item: str) -> Picture:
    book, _, rest = item.partition("/")
    page, _, panel = rest.partition("#")
    entry = site().library.snapshot().books.get(book)
    address = flask.url_for("views.page", page_id=f"{book}/{page}", panel=int(panel) if panel else None)
    return Picture(item, f"{entry.title if entry else book[:8]}, {int(page)}", address)


def _actions(found: Finding) -> tuple[str, ...]:
    if found.kind == "collapsed":
        return ()
    if level_of(found.items[0]) == "panel":
        return ("reindex",)
    mergeable = found.kind in ("near-books", "contained-book")
    return (*(("merge",) if mergeable else ()), "exclude", "reindex")


def _is_decided(found: Finding, hidden: frozenset[str]) -> bool:
    """Say whether all that can be left out of a finding is."""
    meant = found.items[1:] if KINDS[found.kind].copies else found.items
    return bool(meant) and all(item in hidden for item in meant)
