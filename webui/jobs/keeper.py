"""The daemon of a served library: the one that runs, or one that is started here and ends with the server."""

import logging
import subprocess
import sys
from pathlib import Path
from threading import Lock

from indexer.daemon.status import DaemonStatus, published
from schemas.errors import DaemonError

OUTPUT_FILE = "daemon.out"
END_S = 20.0
"""Time for a graceful end; what is not ended then is killed, which loses nothing."""
_CALL = (sys.executable, "-c", "from webui.cli import main; main()", "daemon", "--until-input-ends")
_LAST_WORDS = 2_000

logger = logging.getLogger(__name__)


class DaemonKeeper:
    """Starts a daemon where none runs, and ends the one it started."""

    def __init__(self, library: Path) -> None:
        """Look after the library in a folder."""
        self._library = library.absolute()
        self._own: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def status(self) -> DaemonStatus | None:
        """Return what the daemon says of itself, None where none runs or it is about to start."""
        return published(self._library)

    def ensure(self) -> None:
        """Start a daemon unless one runs. Raises DaemonError where it cannot be started."""
        with self._lock:
            if self.status() is None and not self._is_alive():
                self._own = self._start()

    def is_expected(self) -> bool:
        """Say whether a daemon runs, or is about to."""
        return self.status() is not None or self._is_alive()

    def last_words(self) -> str:
        """Return in a line why the daemon that was started here has ended, as it said itself."""
        try:
            text = (self._library / OUTPUT_FILE).read_text("utf-8", "replace")[-_LAST_WORDS:]
        except OSError:
            text = ""
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1].removeprefix("longbox: ") if lines else "it said nothing"

    def close(self) -> None:
        """End the daemon that was started here, and wait for its end."""
        with self._lock:
            own, self._own = self._own, None
        if own is None:
            return
        if own.stdin is not None:
            own.stdin.close()  # it ends by itself when its input does
        try:
            own.wait(END_S)
        except subprocess.TimeoutExpired:
            logger.warning("the daemon %d did not end in time and is killed", own.pid)
            own.kill()
            own.wait()

    def _is_alive(self) -> bool:
        return self._own is not None and self._own.poll() is None

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            with (self._library / OUTPUT_FILE).open("wb") as output:
                return subprocess.Popen(  # noqa: S603 (our own command)
                    [*_CALL, "--library", str(self._library)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=output,
                )
        except OSError as error:
            raise DaemonError(f"cannot start a daemon on {self._library}: {error.strerror}") from error
