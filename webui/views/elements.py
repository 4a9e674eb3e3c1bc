"""Elements: the list of them, and panels to be asked about, answered by key. Changes go through the API."""

import flask
from flask.typing import ResponseReturnValue

from schemas.errors import QueryError
from webui.api.elements import QuestionsQuery, questions_for, summaries, summary
from webui.state import site
from webui.views.blueprint import views

PICTURED, SHOWN = 200, 5
"""Elements that are listed with pictures, and how many pictures each."""


@views.get("/elements")
def elements() -> ResponseReturnValue:
    """Show the elements."""
    found = summaries()
    shown = site().library.snapshot().elements
    shown.look_again()  # one may have been taught this moment
    pictures = {one.name: shown.first(one.name, SHOWN) for one in found[:PICTURED]}
    return flask.render_template("elements.html", elements=found, pictures=pictures)


@views.get("/elements/<name>")
def element(name: str) -> ResponseReturnValue:
    """Show an element and the panels to ask about."""
    found = summary(name)
    asked, problem = [], ""
    try:
        asked = questions_for(found.name, QuestionsQuery())
    except QueryError as error:
        problem = str(error)
    panels = site().library.panels([one.panel_id for one in asked]) if asked else []
    return flask.render_template(
        "element.html", element=found, questions=list(zip(asked, panels, strict=True)), problem=problem
    )
