"""One request to one server: bounded in time and in size, and never sent on to another host.

Redirects are handed back as they are, proxies of the environment are not used: the picture and the
key go to the address in the settings and nowhere else.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import (
    HTTP_PORT,
    HTTPS_PORT,
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from threading import Event, Lock, Timer
from urllib.parse import urlsplit

from schemas.vlm import ReadingDefect

MAX_ANSWER_BYTES = 2 * 1024 * 1024
"""A page analysis has some 10 kB; a model that repeats itself is cut off here."""
_CHUNK_BYTES = 64 * 1024
_SHORTEST_TIMEOUT_S = 0.001  # a socket takes 0 as "do not block"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer of whatever status; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TransportError(Exception):
    """No whole answer came; ``permanent`` where asking again cannot help."""

    def __init__(self, message: str, defect: ReadingDefect, *, permanent: bool = False) -> None:
        """Say what happened."""
        super().__init__(message)
        self.defect = defect
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is asked: ``url`` may end in a query; no answer may have more than ``max_answer_bytes``."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    max_answer_bytes: int = MAX_ANSWER_BYTES


class HangUp:
    """Ends a request from another thread, be it under way or still to come."""

    def __init__(self) -> None:
        """Hold no line yet."""
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self.asked = False

    def hold(self, sock: socket.socket | None) -> None:
        """Keep the line that is to be cut; None where it is closed."""
        with self._lock:
            self._socket = sock
            asked = self.asked
        if asked and sock is not None:
            _shut_down(sock)

    def __call__(self) -> None:
        """Cut the line."""
        with self._lock:
            self.asked = True
            sock = self._socket
        if sock is not None:
            _shut_down(sock)


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float) -> HttpAnswer:
    """Send a request and read the whole answer, both within ``timeout_s``.

    Raises:
        TransportError: no connection, no HTTP, no end in time, or more than
            :data:`MAX_ANSWER_BYTES`.
    """
    return send(HttpRequest("POST", url, headers, body, MAX_ANSWER_BYTES), timeout_s=timeout_s)


def send(request: HttpRequest, *, timeout_s: float, hang_up: HangUp | None = None) -> HttpAnswer:
    """Send any request and read the whole answer, both within ``timeout_s``.

    Raises:
        TransportError: as for :func:`post`, or somebody hung up.
    """
    parts = urlsplit(request.url)
    deadline_s = time.monotonic() + timeout_s
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout_s)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    line = hang_up or HangUp()
    expired = Event()
    try:
        _connect(connection, timeout_s)
        line.hold(connection.sock)
        with _cut_off_at(connection, deadline_s, expired):
            connection.request(request.method, target, request.body, dict(request.headers))
            with connection.getresponse() as response:
                answer = _read(response, request.max_answer_bytes)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: malformed chunks and headers
        if expired.is_set() or isinstance(error, TimeoutError):
            raise _too_slow(timeout_s) from error
        raise TransportError(
            f"its answer breaks off or is no HTTP ({type(error).__name__})", ReadingDefect.BAD_PROTOCOL
        ) from error
    finally:
        line.hold(None)
        connection.close()
    if expired.is_set():  # an answer of no declared length looks complete when it is cut off
        raise _too_slow(timeout_s)
    return answer


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError):  # closed at this very moment
        # Past the TLS layer, which would forget its state under the reader's hands.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _connection(scheme: str, host: str, port: int | None, timeout_s: float) -> HTTPConnection:
    # The port is always said: http.client would look for one in an IPv6 address.
    if scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, port or HTTPS_PORT, timeout=timeout_s, context=context)
    return HTTPConnection(host, port or HTTP_PORT, timeout=timeout_s)


def _connect(connection: HTTPConnection, timeout_s: float) -> None:
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise TransportError(
            f"its certificate is not to be trusted ({error.verify_message})",
            ReadingDefect.UNREACHABLE,
            permanent=True,
        ) from error
    except TimeoutError as error:
        raise _too_slow(timeout_s) from error
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that no name server can be asked
        raise TransportError(f"no connection ({error})", ReadingDefect.UNREACHABLE) from error


@contextmanager
def _cut_off_at(connection: HTTPConnection, deadline_s: float, expired: Event) -> Iterator[None]:
    """Shut the socket down at the deadline.

    The timeout of a socket starts anew with every byte, so a server that lets one drip now and
    then would hold a reader for ever.
    """
    sock = connection.sock

    def cut_off() -> None:
        expired.set()
        _shut_down(sock)

    seconds = max(_SHORTEST_TIMEOUT_S, deadline_s - time.monotonic())
    sock.settimeout(seconds)
    timer = Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(response: HTTPResponse, max_bytes: int) -> HttpAnswer:
    chunks, size = [], 0
    while chunk := response.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            raise TransportError(f"its answer has more than {max_bytes} bytes", ReadingDefect.TOO_LARGE)
        chunks.append(chunk)
    if response.length:
        raise IncompleteRead(b"", response.length)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return HttpAnswer(response.status, headers, b"".join(chunks))


def _too_slow(timeout_s: float) -> TransportError:
    return TransportError(f"no whole answer within {timeout_s:g} s", ReadingDefect.TIMEOUT)
