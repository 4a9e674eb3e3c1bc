"""Maps of reasons of a served library: one at a time, remembered, given up when nobody waits any more."""

import time
from collections.abc import Callable
from threading import Semaphore
from typing import cast

import flask

from models.why.explaining import Method
from schemas.errors import StoppedError
from search.library import Library
from search.state.remembering import BoundedMemory
from search.why import Asked, Why, explain_panel

KEPT = 100
LONGEST_S = 45.0
"""From the request on, waiting for others included: a map is 100 small pictures, a second or two."""


class Reasons:
    """Explains panels. Safe to share between threads."""

    def __init__(self, library: Library, *, longest_s: float = LONGEST_S) -> None:
        """Explain panels of a library."""
        self._library, self._longest_s = library, longest_s
        self._turn = Semaphore(1)
        self._kept: BoundedMemory[tuple[object, ...], Why] = BoundedMemory(KEPT)

    def explain(self, panel_id: str, asked: Asked, method: Method, is_gone: Callable[[], bool]) -> Why:
        """Return the map of a panel.

        Raises as :func:`search.why.explain_panel`; StoppedError where it took too long or nobody waits.
        """
        ends = time.monotonic() + self._longest_s
        snapshot = self._library.snapshot()
        state = (*snapshot.versions.values(), snapshot.elements.version)
        key = (state, panel_id, asked, method)
        found = self._kept.find(key)
        if found is not None:
            return found
        if not self._turn.acquire(timeout=self._longest_s):
            raise StoppedError("others are asking why just now: try again in a moment")
        try:
            return self._kept.get(key, lambda: self._explain(panel_id, asked, method, ends, is_gone))
        finally:
            self._turn.release()

    def _explain(
        self, panel_id: str, asked: Asked, method: Method, ends: float, is_gone: Callable[[], bool]
    ) -> Why:
        def stopped() -> bool:
            return is_gone() or time.monotonic() > ends

        return explain_panel(self._library, panel_id, asked, method=method, stopped=stopped)


def visitor_is_gone() -> Callable[[], bool]:
    """Return what says whether whoever sent this request still waits; a server may not know."""
    ask = flask.request.environ.get("waitress.client_disconnected")
    return cast("Callable[[], bool]", ask) if callable(ask) else lambda: False
