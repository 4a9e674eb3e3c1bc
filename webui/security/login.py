"""The login page: a key is shown once, and a cookie stands for it from then on."""

import flask
from flask.typing import ResponseReturnValue

from webui.addresses import is_own
from webui.security.gate import gate
from webui.security.visitors import COOKIE, LOGIN_S, login_cookie

login = flask.Blueprint("login", __name__)
_LONGEST_KEY = 200


@login.get("/login")
def form() -> ResponseReturnValue:
    """Ask for a key."""
    return flask.render_template("login.html", next=_own_address(flask.request.args.get("next", "")))


@login.post("/login")
def enter() -> ResponseReturnValue:
    """Take a key, and go on to where the visitor wanted to be."""
    keys = gate().keys
    given = flask.request.form.get("key", "").strip()
    key = keys.find(given) if given and len(given) <= _LONGEST_KEY else None
    target = _own_address(flask.request.form.get("next", ""))
    if key is None:
        refusal = gate().refuse_key("wrong-login")
        page = flask.render_template("login.html", next=target, problem=refusal.slug)
        response = flask.make_response(page, refusal.code or 401)
        response.headers.update({k: v for k, v in refusal.extra_headers.items() if k == "Retry-After"})
        return response
    gate().audit.note("login", visitor=key.name, status=303)
    response = flask.make_response(flask.redirect(target, code=303))
    response.set_cookie(
        COOKIE,
        login_cookie(key, keys),
        max_age=LOGIN_S,
        httponly=True,
        samesite="Strict",
        secure=_is_encrypted(),
    )
    return response


@login.post("/logout")
def leave() -> ResponseReturnValue:
    """Forget the login."""
    response = flask.make_response(flask.redirect(flask.url_for("login.form"), code=303))
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=_is_encrypted())
    return response


def _is_encrypted() -> bool:
    """Say whether the browser speaks TLS, to us or to a proxy: a wrong word harms only who sends it."""
    return flask.request.is_secure or flask.request.headers.get("X-Forwarded-Proto") == "https"


def _own_address(address: str) -> str:
    """Return an address of this server to go on to: nobody is led elsewhere."""
    return address if is_own(address) else flask.url_for("views.home")
