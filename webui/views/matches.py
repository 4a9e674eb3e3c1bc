"""The page of matches: books asked about by key, and what speaks for an issue. Changes go by the API."""

import flask
from flask.typing import ResponseReturnValue

from indexer.catalogue.deciding import counts
from schemas.errors import NotFoundError
from webui.api.matches import MAX_OFFSET, asked_books
from webui.state import site
from webui.views.blueprint import views

ASKED = 20


@views.get("/matches")
def matches() -> ResponseReturnValue:
    """Show books that may be issues of the catalogue, some at a time."""
    offset = min(max(flask.request.args.get("offset", 0, type=int), 0), MAX_OFFSET)
    try:
        asked, total = asked_books(offset, ASKED)
        has_catalogue = True
    except NotFoundError:
        asked, total, has_catalogue = (), 0, False
    return flask.render_template(
        "matches.html",
        asked=asked,
        total=total,
        offset=offset,
        step=ASKED,
        has_catalogue=has_catalogue,
        decided=counts(site().matching.decided()),
    )
