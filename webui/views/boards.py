"""Boards: the list of them, and a board with its panels in order. Changes go through the API."""

import flask
from flask.typing import ResponseReturnValue

from webui.boards.showing import show
from webui.state import site
from webui.views.blueprint import views


@views.get("/boards")
def boards() -> ResponseReturnValue:
    """Show the boards, the one changed last first."""
    return flask.render_template("boards.html", boards=site().boards.summaries())


@views.get("/boards/<board_id>")
def board(board_id: str) -> ResponseReturnValue:
    """Show a board."""
    shown = show(site().boards.board(board_id), site().library)
    return flask.render_template("board.html", board=shown)
