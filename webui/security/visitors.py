"""Who asks: by a key in a header, by a login, or, where the server is open, whoever is on this machine."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from enum import StrEnum

import flask

from webui.security.keys import ApiKey, KeyFile
from webui.security.scopes import Scope

COOKIE = "longbox"
LOGIN_S = 30 * 24 * 3600


class How(StrEnum):
    """How a visitor is known."""

    NOBODY = "nobody"
    LOCAL = "local"
    BEARER = "bearer"
    BASIC = "basic"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. ``proof`` ties tokens against forgery to this login."""

    how: How
    name: str = ""
    scope: Scope = Scope.OPEN
    proof: str = ""

    def may(self, scope: Scope) -> bool:
        """Say whether the visitor may do what asks for a scope."""
        order = (Scope.OPEN, Scope.READ, Scope.WRITE)
        return order.index(self.scope) >= order.index(scope)

    @property
    def is_sent_unasked(self) -> bool:
        """Say whether a browser would send what this visitor is known by on behalf of any page."""
        return self.how in (How.LOCAL, How.BASIC, How.LOGIN)


class WrongKeyError(Exception):
    """A key was shown that is none of ours."""


def identify(request: flask.Request, keys: KeyFile, *, is_open: bool) -> Visitor:
    """Return who asks. Raises WrongKeyError."""
    shown = _shown_key(request)
    if shown is not None:
        how, text = shown
        key = keys.find(text)
        if key is None:
            raise WrongKeyError
        return Visitor(how, key.name, key.scope, how)
    logged_in = _login(request, keys)
    if logged_in is not None:
        return logged_in
    return Visitor(How.LOCAL, "", Scope.WRITE, How.LOCAL) if is_open else Visitor(How.NOBODY)


def login_cookie(key: ApiKey, keys: KeyFile, *, now: float | None = None) -> str:
    """Return the value of a login's cookie: it names the key, and ends with it or after a month."""
    expires = int((time.time() if now is None else now) + LOGIN_S)
    return f"{key.name}.{expires}.{_signature(key, expires, keys)}"


def _shown_key(request: flask.Request) -> tuple[How, str] | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    kind, _, rest = header.partition(" ")
    if kind.lower() == "bearer":
        return How.BEARER, rest.strip()
    if kind.lower() == "basic" and request.authorization is not None:
        return How.BASIC, request.authorization.password or ""
    return How.BEARER, ""  # none that we know: as wrong as a wrong key


def _login(request: flask.Request, keys: KeyFile) -> Visitor | None:
    value = request.cookies.get(COOKIE, "")
    name, _, rest = value.partition(".")
    expires, _, signature = rest.partition(".")
    key = keys.named(name) if name and expires.isdecimal() and len(expires) < 16 else None
    if key is None or int(expires) < time.time():
        return None
    if not hmac.compare_digest(signature.encode(), _signature(key, int(expires), keys).encode()):
        return None
    return Visitor(How.LOGIN, key.name, key.scope, value)


def _signature(key: ApiKey, expires: int, keys: KeyFile) -> str:
    told = f"{key.name}\0{expires}\0{key.sha256}".encode()
    return hmac.new(keys.secret, told, hashlib.sha256).hexdigest()
