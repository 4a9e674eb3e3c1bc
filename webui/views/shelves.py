"""The library page: books with covers and state, what failed and why, copies, progress, statistics."""

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from indexer.daemon.status import published
from schemas.errors import QueryError
from schemas.labels import BookStatus
from search.answers.browse import ORDERS, BookOrder
from search.answers.details import BookList
from webui import parsing
from webui.i18n import noted, say, spoken
from webui.showing import labels
from webui.showing.plots import bars, columns
from webui.showing.shelf import Shelf, file_name, shelf_of
from webui.state import site
from webui.views.blueprint import views

BOOKS_A_PAGE = 60
WORDS_LIMIT = 200
BOOK_STATES = {"partial": BookStatus.PARTIAL, "missing": BookStatus.MISSING}
"""States of books that can be looked at; the other groups are lists of files."""
NO_COMIC = "no-comic"
"""The state of books that are rather no comics."""
FILE_STATES = ("failed", "copies")
ORDER_NAMES = {
    "title": noted("Title"),
    "recent": noted("Latest first"),
    "year": noted("Year"),
    "pages": noted("Longest first"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the library is asked for."""

    words: str
    state: str
    order: BookOrder
    offset: int

    def address(self, **changes: str | int) -> str:
        """Return the address of the library with some of this changed, what is usual left out."""
        usual: dict[str, str | int] = {"q": "", "state": "", "order": "title", "offset": 0}
        wanted = {"q": self.words, "state": self.state, "order": self.order} | changes
        told = {key: value for key, value in wanted.items() if value != usual[key]}
        return flask.url_for("views.books", **told)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Tab:
    """A group of books or files; ``address`` shows it."""

    state: str
    label: str
    count: int
    address: str


@views.get("/books")
def books() -> ResponseReturnValue:
    """Show the library."""
    asked = _asked(flask.request.args)
    shelf = shelf_of(site().home)
    listing = BookList((), 0, 0) if asked.state in FILE_STATES else _listing(asked)
    return flask.render_template(
        "books.html",
        asked=asked,
        shelf=shelf,
        tabs=_tabs(asked, shelf),
        orders={order: say(name) for order, name in ORDER_NAMES.items()},
        listing=listing,
        step=BOOKS_A_PAGE,
        file_name=file_name,
        titles=site().library.snapshot().books,
    )


@views.get("/books/progress")
def progress() -> ResponseReturnValue:
    """Show what the daemon does now: a part of the library page, asked for again and again."""
    shelf = Shelf(daemon=published(site().home))
    answer = flask.make_response(flask.render_template("_progress.html", shelf=shelf, file_name=file_name))
    answer.cache_control.no_store = True
    return answer


@views.get("/statistics")
def statistics() -> ResponseReturnValue:
    """Show how the pages of the library spread over years, languages, types and series."""
    library = site().library
    counts = library.page_counts()
    plots = (
        (say("Pages by language"), bars(counts.languages, labels.language)),
        (say("Pages by type"), bars(counts.types, labels.page_type)),
        (say("Pages by series"), bars(counts.series)),
        (say("Panels by what they show"), bars(library.facets().tags)),
    )
    return flask.render_template(
        "statistics.html",
        stats=library.stats(),
        years=columns(counts.years),
        plots=[plot for plot in plots if plot[1]],
    )


def _asked(arguments: parsing.Arguments) -> Asked:
    offset, _ = parsing.page_window(arguments, default_limit=BOOKS_A_PAGE, max_limit=BOOKS_A_PAGE)
    order, state = arguments.get("order") or "title", arguments.get("state", "")
    if order not in ORDERS:
        raise QueryError(f"order is {', '.join(ORDERS)}, got {order[:40]!r}")
    states = (*BOOK_STATES, *FILE_STATES, NO_COMIC)
    if state and state not in states:
        known = ", ".join(states)
        raise QueryError(f"state is {known}, got {state[:40]!r}")
    words = arguments.get("q", "").strip()[:WORDS_LIMIT]
    return Asked(words, state, order, offset)


def _listing(asked: Asked) -> BookList:
    status = BOOK_STATES.get(asked.state)
    return site().library.books(
        offset=asked.offset,
        limit=BOOKS_A_PAGE,
        order=asked.order,
        matching=asked.words,
        status=status.value if status else None,
        comic=False if asked.state == NO_COMIC else None,
    )


def _tabs(asked: Asked, shelf: Shelf) -> tuple[Tab, ...]:
    """Return the groups that have something in them, and the one that is shown."""
    count = spoken().count
    partial = count("{n} in part", "{n} in part", len(shelf.partial))
    missing = count("{n} missing", "{n} missing", len(shelf.missing))
    failed = count("{n} in quarantine", "{n} in quarantine", len(shelf.failed))
    others = len(site().library.snapshot().catalogue.no_comics)
    copies = count("{n} with copies", "{n} with copies", len(shelf.copies))
    groups = (
        ("partial", partial, len(shelf.partial)),
        ("missing", missing, len(shelf.missing)),
        ("failed", failed, len(shelf.failed)),
        ("copies", copies, len(shelf.copies)),
        (NO_COMIC, count("{n} not a comic", "{n} not comics", others), others),
    )
    shown = [Tab(name, label, size, asked.address(state=name)) for name, label, size in groups]
    kept = tuple(tab for tab in shown if tab.count or tab.state == asked.state)
    return (Tab("", say("All books"), 0, asked.address(state="")), *kept) if kept else ()
