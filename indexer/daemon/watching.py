"""File events: they say that something happened below the watched folders, and nothing more.

What happened is found out by a survey. So an event that is lost, as on network shares, or when the
kernel's table of watches is full, only makes the news come later.
"""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

logger = logging.getLogger(__name__)
_LOOKED_AT = frozenset({"opened", "closed_no_write"})
"""Events of mere readers, ourselves among them."""


class Watching:
    """Watches folders; use :meth:`follow` again and again, since drives come and go."""

    def __init__(self, roots: Sequence[Path], library: Path) -> None:
        self._roots = roots
        self._handler = _Handler(library)
        self._observer: BaseObserver | None = None
        self._watches: dict[Path, tuple[tuple[int, int], ObservedWatch]] = {}
        self.problem: str | None = None

    def follow(self) -> None:
        """Watch the folders that are there now; one that was mounted anew is watched anew."""
        self.problem = None
        for root in self._roots:
            identity = _identity(root)
            known = self._watches.get(root)
            if known is not None and known[0] != identity:
                del self._watches[root]
                self._started().unschedule(known[1])
            if identity is not None and root not in self._watches:
                self._watch(root, identity)

    def take_hint(self) -> bool:
        """Say whether anything happened since the last call."""
        happened = self._handler.happened.is_set()
        self._handler.happened.clear()
        return happened

    def close(self) -> None:
        """Watch no more."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(5.0)

    def _watch(self, root: Path, identity: tuple[int, int]) -> None:
        try:
            watch = self._started().schedule(self._handler, str(root), recursive=root.is_dir())
        except OSError as error:
            self.problem = f"no file events from {root}: {error.strerror or error}; it is surveyed instead"
            logger.warning(self.problem)
            return
        self._watches[root] = (identity, watch)

    def _started(self) -> BaseObserver:
        if self._observer is None:
            self._observer = Observer()
            self._observer.start()
        return self._observer


class _Handler(FileSystemEventHandler):
    def __init__(self, library: Path) -> None:
        self.happened = threading.Event()
        self._library = library

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note that something happened, unless it is our own writing."""
        if event.event_type in _LOOKED_AT:
            return
        paths = [Path(str(path)) for path in (event.src_path, event.dest_path) if path]
        if not all(path.is_relative_to(self._library) for path in paths):
            self.happened.set()


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
