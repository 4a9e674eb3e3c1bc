"""One POST to one server: bounded in time and in size, and never sent on to another host.

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
from threading import Event, Timer
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


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float) -> HttpAnswer:
    """Send a request and read the whole answer, both within ``timeout_s``.

    Raises:
        TransportError: no connection, no HTTP, no end in time, or more than
            :data:`MAX_ANSWER_BYTES`.
    """
    parts = urlsplit(url)
    deadline_s = time.monotonic() + timeout_s
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout_s)
    expired = Event()
    try:
        _connect(connection, timeout_s)
        with _cut_off_at(connection, deadline_s, expired):
            connection.request("POST", parts.path, body, dict(headers))
            with connection.getresponse() as response:
                answer = _read(response)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: malformed chunks and headers
        if expired.is_set() or isinstance(error, TimeoutError):
            raise _too_slow(timeout_s) from error
        raise TransportError(
            f"its answer breaks off or is no HTTP ({type(error).__name__})", ReadingDefect.BAD_PROTOCOL
        ) from error
    finally:
        connection.close()
    if expired.is_set():  # an answer of no declared length looks complete when it is cut off
        raise _too_slow(timeout_s)
    return answer


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
        with suppress(OSError):  # closed at this very moment
            # Past the TLS layer, which would forget its state under the reader's hands.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    seconds = max(_SHORTEST_TIMEOUT_S, deadline_s - time.monotonic())
    sock.settimeout(seconds)
    timer = Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(response: HTTPResponse) -> HttpAnswer:
    chunks, size = [], 0
    while chunk := response.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise TransportError(
                f"its answer has more than {MAX_ANSWER_BYTES} bytes", ReadingDefect.TOO_LARGE
            )
        chunks.append(chunk)
    if response.length:
        raise IncompleteRead(b"", response.length)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return HttpAnswer(response.status, headers, b"".join(chunks))


def _too_slow(timeout_s: float) -> TransportError:
    return TransportError(f"no whole answer within {timeout_s:g} s", ReadingDefect.TIMEOUT)
