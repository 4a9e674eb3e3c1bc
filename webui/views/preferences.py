"""Language and theme: chosen by a link, kept in a cookie, without JavaScript."""

import flask
from flask.typing import ResponseReturnValue

from webui.addresses import is_own
from webui.i18n import LANGUAGE_COOKIE, LANGUAGES
from webui.views.blueprint import THEME_COOKIE, THEMES, views

KEPT_S = 365 * 24 * 3600
CHOICES = ((LANGUAGE_COOKIE, tuple(LANGUAGES)), (THEME_COOKIE, (*THEMES, "system")))


@views.get("/preferences")
def preferences() -> ResponseReturnValue:
    """Keep what is chosen and go back; what is no choice is ignored."""
    answer = flask.redirect(_local(flask.request.args.get("back", "")), code=303)
    for name, known in CHOICES:
        chosen = flask.request.args.get(name)
        if chosen == "system":
            answer.delete_cookie(name, samesite="Lax")
        elif chosen in known:
            answer.set_cookie(name, chosen, max_age=KEPT_S, samesite="Lax")
    return answer


def _local(address: str) -> str:
    """Return an address of this server, its start page for any other."""
    return address if is_own(address) else flask.url_for("views.home")
