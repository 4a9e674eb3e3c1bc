"""Maps of reasons of a served library: one at a time, remembered, ended when they take too long."""

from typing import cast

import flask

from models.why.explaining import Method
from search.library import Library
from search.why import Asked, Why, explain_panel
from webui.turns import Stopped, Turns

KEPT = 100
LONGEST_S = 45.0
"""From the request on, waiting for others included: a map is 100 small pictures, a second or two."""
_BUSY = "others are asking why just now: try again in a moment"


class Reasons:
    """Explains panels. Safe to share between threads."""

    def __init__(self, library: Library, *, longest_s: float = LONGEST_S) -> None:
        """Explain panels of a library."""
        self._library = library
        self._turns: Turns[Why] = Turns(kept=KEPT, longest_s=longest_s, busy=_BUSY)

    def explain(self, panel_id: str, asked: Asked, method: Method, is_gone: Stopped) -> Why:
        """Return the map of a panel.

        Raises as :func:`search.why.explain_panel`; StoppedError where it took too long or nobody waits.
        """
        snapshot = self._library.snapshot()
        key = (*snapshot.versions.values(), snapshot.elements.version, panel_id, asked, method)
        return self._turns.of(
            key,
            lambda stopped: explain_panel(self._library, panel_id, asked, method=method, stopped=stopped),
            is_gone,
        )


def visitor_is_gone() -> Stopped:
    """Return what says whether whoever sent this request still waits, where the server knows.

    Ours does not: waitress could look ahead, and would then leave clients that close their half of the
    connection after asking without an answer. Its work ends by itself after :data:`LONGEST_S`.
    """
    ask = flask.request.environ.get("waitress.client_disconnected")
    return cast("Stopped", ask) if callable(ask) else lambda: False
