"""The studio: words and references in, new panels out. Changes go through the API."""

import flask
from flask.typing import ResponseReturnValue

from schemas.generation import ReferenceRole
from webui.boards.showing import ShownItem, show
from webui.i18n import noted, say
from webui.state import site
from webui.views.blueprint import views

RENDERS = {
    "sketch": noted("Sketch"),
    "colour": noted("Colour"),
    "ink": noted("Ink"),
    "tone": noted("Tone"),
}
ROLES = {
    ReferenceRole.LAYOUT: noted("Layout"),
    ReferenceRole.CHARACTER: noted("Figure"),
    ReferenceRole.BACKGROUND: noted("Background"),
    ReferenceRole.STYLE: noted("Style"),
    ReferenceRole.PALETTE: noted("Colours"),
}
SHOWN_JOBS = 30


@views.get("/studio")
def studio() -> ResponseReturnValue:
    """Show the studio: ``?board=`` brings the panels of a board as references."""
    board_id = flask.request.args.get("board", "")
    return flask.render_template(
        "studio.html",
        references=_references(board_id) if board_id else [],
        renders={name: say(label) for name, label in RENDERS.items()},
        roles={role.value: say(label) for role, label in ROLES.items()},
        jobs=site().studio.all()[:SHOWN_JOBS],
    )


def _references(board_id: str) -> list[ShownItem]:
    shown = show(site().boards.board(board_id), site().library)
    return [item for item in shown.items if item.state != "gone"]
