"""Another library in the folder of the one that is served: noticed at once, and never mixed with it."""

import flask

from search.state.opening import identity_of
from webui.errors import answer
from webui.state import site


def look_first() -> None:
    """Before a request: note which library lies in the folder, and forget what was known of another."""
    identity = identity_of(site().library.path)
    flask.g.library_identity = identity
    if identity != site().seen_identity:
        site().library.look_again()
        site().pages.clear()
        site().seen_identity = identity


def look_again(response: flask.Response) -> flask.Response:
    """After a request: where the library was replaced meanwhile the answer may be mixed, so it is none."""
    before = flask.g.get("library_identity")
    if before is None or identity_of(site().library.path) == before:
        return response
    response.close()
    fresh = answer(503, "library-replaced", "The library was replaced while this was answered: ask again.")
    fresh.headers["Retry-After"] = "1"
    return fresh
