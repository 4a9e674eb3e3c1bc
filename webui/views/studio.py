"""The studio: words and references in, new panels out. Changes go through the API."""

from collections.abc import Sequence
from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from indexer.library.rights import read_rights
from schemas.errors import NotFoundError
from schemas.generation import MAX_REFERENCES, ReferenceRole
from webui.boards.showing import show
from webui.generation.job import StudioJob
from webui.generation.keeping import check_shown
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
CAPABILITIES = {
    "prompt": noted("words"),
    "negative": noted("what not to show"),
    "lettering": noted("lettering"),
    "layers": noted("layers"),
    "layout": noted("layout"),
    "character": noted("figures"),
    "background": noted("backgrounds"),
    "style": noted("style"),
    "palette": noted("colours"),
    "weights": noted("weights"),
}
"""What a generator makes use of, as far as it is told in the studio."""
SHOWN_JOBS = 30


@views.get("/studio")
def studio() -> ResponseReturnValue:
    """Show the studio: ``?board=`` brings the panels of a board as references, ``?panel=`` single ones."""
    board_id, panel_ids = flask.request.args.get("board", ""), flask.request.args.getlist("panel")
    return flask.render_template(
        "studio.html",
        references=[*(_of_board(board_id) if board_id else ()), *map(_of_panel, panel_ids[:MAX_REFERENCES])],
        renders={name: say(label) for name, label in RENDERS.items()},
        roles={role.value: say(label) for role, label in ROLES.items()},
        generators=site().generators.all() if site().generators.is_choice else (),
        capabilities={name: say(label) for name, label in CAPABILITIES.items()},
        jobs=(jobs := site().studio.all()[:SHOWN_JOBS]),
        hidden=_hidden(jobs),
    )


def _hidden(jobs: Sequence[StudioJob]) -> set[tuple[str, int]]:
    """Return pictures, by job and number, made from something that was taken down since."""
    register = read_rights(site().home)
    if not register.taken_down:
        return set()
    hidden = set()
    for job in jobs:
        for number in range(1, job.pictures + 1):
            try:
                check_shown(site().studio.record(job.job_id, number), register, "it")
            except NotFoundError:
                hidden.add((job.job_id, number))
    return hidden


@dataclass(frozen=True, slots=True)
class ShownReference:
    """A panel that is offered as a reference: where it stands, and what it may be good for."""

    panel_id: str
    title: str
    page_no: int
    panel_no: int
    role: str = ""


def _of_board(board_id: str) -> list[ShownReference]:
    shown = show(site().boards.board(board_id), site().library)
    return [
        ShownReference(item.panel_id, item.title, item.page_no, item.panel_no, item.role)
        for item in shown.items
        if item.state != "gone"
    ]


def _of_panel(panel_id: str) -> ShownReference:
    """Return a panel of the library. Raises NotFoundError."""
    detail = site().library.panel(panel_id)
    return ShownReference(panel_id, detail.title, detail.panel.page_no, detail.panel.panel_no)
