"""The daemon's port on this machine: ``/status``, ``/metrics``, and POST to pause, resume, retry, stop.

A browser must not be talked into steering it by some web page: whoever posts shows the token from
a file that only the library's owner can read, and no request may come under a foreign host name.
"""

import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from indexer.daemon.control import Wish, ask
from indexer.daemon.status import DaemonState, DaemonStatus, StatusBoard
from schemas.errors import DaemonError, LibraryError

TOKEN_FILE = "daemon.token"  # noqa: S105 (the name of a file)
_HOST = "127.0.0.1"
_OWN_NAMES = frozenset({"127.0.0.1", "localhost"})
_WISHES = {
    "/pause": (Wish.PAUSE, True),
    "/resume": (Wish.PAUSE, False),
    "/retry": (Wish.RETRY, True),
    "/stop": (Wish.STOP, True),
}


@contextmanager
def status_port(library: Path, board: StatusBoard, port: int) -> Iterator[int]:
    """Answer on a port of this machine while the block runs; 0 takes a free one. Gives the port.

    Raises:
        DaemonError: the port is taken or not allowed.
        LibraryError: the token cannot be written.
    """
    token = _write_token(library)
    try:
        server = _Server((_HOST, port), _Handler)
    except OSError as error:
        raise DaemonError(f"cannot listen on port {port}: {error.strerror}: give another --port") from error
    server.library, server.board, server.token = library, board, token
    thread = threading.Thread(target=server.serve_forever, name="status-port", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    library: Path
    board: StatusBoard
    token: str


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        """Tell the status."""
        status = self.server.board.status
        if not self._is_for_us():
            self._answer(HTTPStatus.FORBIDDEN, {"error": "ask under the name localhost or 127.0.0.1"})
        elif self.path == "/status":
            self._answer(HTTPStatus.OK, status.to_json())
        elif self.path == "/metrics":
            self._send(HTTPStatus.OK, "text/plain; version=0.0.4; charset=utf-8", to_metrics(status))
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there are /status and /metrics"})

    def do_POST(self) -> None:
        """Pass a wish on."""
        if self.path not in _WISHES:
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"post to one of {', '.join(_WISHES)}"})
        elif not self._is_for_us() or not self._is_allowed():
            told = f"send 'Authorization: Bearer' with the text of {TOKEN_FILE} in the library"
            self._answer(HTTPStatus.FORBIDDEN, {"error": told})
        else:
            self._pass_on(*_WISHES[self.path])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """Say nothing on the terminal."""

    def _pass_on(self, wish: Wish, wanted: bool) -> None:
        try:
            ask(self.server.library, wish, wanted=wanted)
        except (DaemonError, LibraryError) as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(error)})
        else:
            self._answer(HTTPStatus.ACCEPTED, {"wish": wish, "wanted": wanted})

    def _is_for_us(self) -> bool:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return host in _OWN_NAMES

    def _is_allowed(self) -> bool:
        given = self.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.server.token}".encode())

    def _answer(self, code: HTTPStatus, content: dict[str, object]) -> None:
        self._send(code, "application/json", json.dumps(content))

    def _send(self, code: HTTPStatus, kind: str, text: str) -> None:
        data = text.encode()
        with suppress(ConnectionError):
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(data)


def to_metrics(status: DaemonStatus) -> str:
    """Return a status in the text format of Prometheus."""
    lines = [
        *_metric("books_total", "counter", "Readings of books that were stored.", {"": status.books}),
        *_metric("pages_total", "counter", "Pages read.", {"": status.pages}),
        *_metric("failures_total", "counter", "Readings of books that failed.", {"": status.failures}),
        *_metric("pages_per_second", "gauge", "Pages read a second, of late.", {"": status.pages_per_s}),
        *_metric("sources", "gauge", "Books found by the last survey.", {"": status.sources}),
        *_metric("uptime_seconds", "gauge", "Time since the start.", {"": status.uptime_s}),
        *_metric("folders_away", "gauge", "Watched folders that are away.", {"": len(status.away)}),
        *_metric(
            "queue",
            "gauge",
            "Tasks in each state.",
            {f'{{state="{state}"}}': count for state, count in status.queue.items()},
        ),
        *_metric(
            "state",
            "gauge",
            "1 for the state that the daemon is in.",
            {f'{{state="{state}"}}': int(state is status.state) for state in DaemonState},
        ),
    ]
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, told: str, values: dict[str, float]) -> Iterator[str]:
    full = f"longbox_daemon_{name}"
    yield f"# HELP {full} {told}"
    yield f"# TYPE {full} {kind}"
    for labels, value in values.items():
        yield f"{full}{labels} {value}"


def _write_token(library: Path) -> str:
    """Write a new token that only the owner can read; a file that others made is replaced, not trusted."""
    path, token = library / TOKEN_FILE, secrets.token_hex(32)
    try:
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token)
    except OSError as error:
        raise LibraryError(f"cannot write {path}: {error.strerror}") from error
    return token
