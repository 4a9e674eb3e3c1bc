"""Every request passes here first: who asks, how much, for what, and from which page."""

import math
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from webui.errors import Refusal, is_for_programs
from webui.openapi.routes import Endpoint
from webui.security.audit import AuditLog
from webui.security.forgery import SAFE_METHODS, has_token, is_from_another_site, needs_token, token_of
from webui.security.keys import KeyFile
from webui.security.limits import Allowance
from webui.security.scopes import Scope
from webui.security.visitors import How, Visitor, WrongKeyError, identify

_SCOPES = {
    "static": Scope.OPEN,
    "login.form": Scope.OPEN,
    "login.enter": Scope.OPEN,
    "login.leave": Scope.OPEN,
    "views.search_by_picture": Scope.READ,
}
"""Scopes of routes that are not declared: else what is safe reads, and the rest writes."""
_FREE = frozenset({"static"})


@dataclass(slots=True)
class Gate:
    """What a server asks of its visitors. ``is_open`` lets in whoever is on this machine."""

    keys: KeyFile
    audit: AuditLog
    is_open: bool
    allowance: Allowance
    failures: Allowance
    endpoints: dict[str, Endpoint]
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def check(self) -> ResponseReturnValue | None:
        """Let a request pass, or answer it. Raises Refusal."""
        request = flask.request
        visitor = self._identify(request)
        flask.g.visitor = visitor
        scope = self.scope_of(request)
        self._check_allowance(request, visitor)
        if not visitor.may(scope):
            if visitor.how is How.NOBODY:
                return self._ask_for_key(request)
            told = "this key may only read: that needs one with the scope write"
            raise self._refusal(403, "forbidden", told, visitor)
        if request.method not in SAFE_METHODS:
            self._check_origin(request, visitor, scope)
        return None

    def token(self) -> str:
        """Return the token of this request's visitor, for a page to show."""
        return token_of(self.visitor(), self.secret)

    def visitor(self) -> Visitor:
        """Return who makes this request."""
        found: Visitor = flask.g.get("visitor", Visitor(How.NOBODY))
        return found

    def scope_of(self, request: flask.Request) -> Scope:
        """Return what the address asks for; one that is not there asks for reading."""
        name = request.endpoint or ""
        if name in self.endpoints:
            return self.endpoints[name].scope
        usual = Scope.READ if request.method in SAFE_METHODS or not name else Scope.WRITE
        return _SCOPES.get(name, usual)

    def refuse_key(self, event: str) -> Refusal:
        """Count a wrong key, and return what to answer."""
        wait = self.failures.take(flask.request.remote_addr or "")
        if wait:
            return self._too_much(wait, "too many wrong keys came from this address")
        told = "this key is none of ours: see 'longbox keys list'"
        self.audit.note(event, status=401)
        return Refusal(401, "wrong-key", told, headers=_challenge())

    def _identify(self, request: flask.Request) -> Visitor:
        try:
            return identify(request, self.keys, is_open=self.is_open)
        except WrongKeyError:
            raise self.refuse_key("wrong-key") from None

    def _check_allowance(self, request: flask.Request, visitor: Visitor) -> None:
        name = request.endpoint or ""
        if name in _FREE:
            return
        cost = self.endpoints[name].cost if name in self.endpoints else 1.0
        who = visitor.name and f"key {visitor.name}"
        wait = self.allowance.take(who or f"address {request.remote_addr}", cost)
        if wait:
            raise self._too_much(wait, "that is more than a visitor may ask for")

    def _too_much(self, wait: float, told: str) -> Refusal:
        self.audit.note("too-much", visitor=self.visitor().name, status=429)
        seconds = max(1, math.ceil(wait))
        message = f"{told}: wait {seconds} s"
        return Refusal(429, "too-much", message, headers={"Retry-After": str(seconds)})

    def _ask_for_key(self, request: flask.Request) -> ResponseReturnValue:
        self.audit.note("no-key", status=401)
        if request.method == "GET" and not is_for_programs():
            back = request.full_path.rstrip("?")
            return flask.redirect(f"{flask.url_for('login.form')}?{urlencode({'next': back})}")
        told = "a key is needed here: send 'Authorization: Bearer' with one of 'longbox keys add'"
        raise Refusal(401, "no-key", told, headers=_challenge())

    def _check_origin(self, request: flask.Request, visitor: Visitor, scope: Scope) -> None:
        if is_from_another_site(request):
            told = "that request comes from a page of another site"
            raise self._refusal(403, "foreign-origin", told, visitor)
        is_guarded = scope is Scope.WRITE and needs_token(request, visitor)
        if is_guarded and not has_token(request, visitor, self.secret):
            told = "that request shows no token of this page (X-CSRF-Token): load the page anew"
            raise self._refusal(403, "no-token", told, visitor)

    def _refusal(self, status: int, slug: str, told: str, visitor: Visitor) -> Refusal:
        self.audit.note(slug, visitor=visitor.name or visitor.how.value, status=status)
        return Refusal(status, slug, told)


def gate() -> Gate:
    """Return the gate of the app that handles this request."""
    found: Gate = flask.current_app.extensions["longbox.gate"]
    return found


def _challenge() -> dict[str, str]:
    if flask.request.path.startswith("/opds"):  # readers of feeds know only this
        return {"WWW-Authenticate": 'Basic realm="Longbox", charset="UTF-8"'}
    return {"WWW-Authenticate": 'Bearer realm="Longbox"'}
