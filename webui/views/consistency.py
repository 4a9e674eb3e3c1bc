"""The consistency of a sequence: crops of everybody panel by panel, and what stands out."""

import flask
from flask.typing import ResponseReturnValue

from webui.consistency import JOB
from webui.generation.consistency.telling import words
from webui.i18n import say, spoken
from webui.reasons import visitor_is_gone
from webui.state import site
from webui.views.blueprint import views


@views.get("/consistency")
def consistency() -> ResponseReturnValue:
    """Show the report on ``?of=``: ``job:ID``, ``story:ID`` or ``book:ID``."""
    target = flask.request.args.get("of", "")
    report = site().reports.of(target, visitor_is_gone())
    back, name = flask.url_for("views.studio"), say("Studio")
    if target.startswith("book:"):
        back, name = flask.url_for("views.book", book_id=target.partition(":")[2]), report.title
    elif not target.startswith(JOB):
        back, name = "", ""
    return flask.render_template(
        "consistency.html", of=target, back=back, back_name=name, **words(report, spoken())
    )
