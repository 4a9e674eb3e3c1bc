"""The cast of a book: groups of who is drawn, gathered and named in the browser through the API."""

import flask
from flask.typing import ResponseReturnValue

from webui.state import site
from webui.views.blueprint import views


@views.get("/books/<book_id>/cast")
def cast(book_id: str) -> ResponseReturnValue:
    """Show who is drawn in a book; they are gathered when the page is open."""
    return flask.render_template("cast.html", book=site().library.book(book_id))
