"""Requests that a page of another site makes in a visitor's name: refused by origin, and by token."""

import hashlib
import hmac
from urllib.parse import urlsplit

import flask

from webui.security.visitors import How, Visitor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_HEADER, TOKEN_FIELD = "X-CSRF-Token", "csrf_token"
_OWN_SITES = frozenset({"same-origin", "none"})


def is_from_another_site(request: flask.Request) -> bool:
    """Say whether a browser tells that a page of another site, or of another port, asks."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OWN_SITES:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()


def needs_token(request: flask.Request, visitor: Visitor) -> bool:
    """Say whether a change must carry a token: whenever a browser may have been talked into it."""
    if visitor.how is How.LOGIN:
        return True
    is_browser = any(name in request.headers for name in ("Origin", "Sec-Fetch-Site", "Cookie"))
    return visitor.is_sent_unasked and is_browser


def token_of(visitor: Visitor, secret: bytes) -> str:
    """Return the token that a page shows to prove that it is ours."""
    return hmac.new(secret, f"csrf\0{visitor.proof}".encode(), hashlib.sha256).hexdigest()


def has_token(request: flask.Request, visitor: Visitor, secret: bytes) -> bool:
    """Say whether a request carries its visitor's token, in a header or a field of a form."""
    given = request.headers.get(TOKEN_HEADER)
    if given is None and request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given = request.form.get(TOKEN_FIELD)
    return given is not None and hmac.compare_digest(given.encode(), token_of(visitor, secret).encode())
