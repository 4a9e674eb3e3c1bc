"""The page of matches: books asked about by key, and what speaks for an issue. Changes go by the API."""

import flask
from flask.typing import ResponseReturnValue

from indexer.catalogue.deciding import counts, read_matches
from schemas.errors import NotFoundError
from webui.api.matches import asked_books, shown
from webui.state import site
from webui.views.blueprint import views

ASKED = 20


@views.get("/matches")
def matches() -> ResponseReturnValue:
    """Show books that may be issues of the catalogue."""
    has_catalogue, asked = True, []
    try:
        asked = [shown(one) for one in asked_books(ASKED)]
    except NotFoundError:
        has_catalogue = False
    decided = counts(read_matches(site().home))
    return flask.render_template("matches.html", asked=asked, has_catalogue=has_catalogue, decided=decided)
