"""The websocket on which ComfyUI tells how a prompt fares. Needs the extra ``comfyui``.

Source: ``server.py`` and ``execution.py`` of ComfyUI; its websockets_api_example.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.generation.remote.client import in_short, read_json
from models.generation.remote.settings import ServerSettings
from schemas.errors import BackendUnavailableError

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

INSTALL = "pip install 'longbox[comfyui]'"
_MAX_MESSAGE_BYTES = 8 * 1024 * 1024  # previews of pictures come on the same line
_OPEN_S = 10.0


class Event(StrEnum):
    """What became of a prompt."""

    SILENCE = "silence"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    LOST = "lost"
    """The line broke."""


@dataclass(frozen=True, slots=True)
class Word:
    """One message about our prompt; ``share`` is of the node that works."""

    event: Event
    share: float = 0.0
    node: str = ""
    message: str = ""


def require_package() -> None:
    """Make sure that a websocket can be opened.

    Raises:
        BackendUnavailableError: the package is missing.
    """
    if find_spec("websockets") is None:
        raise BackendUnavailableError(f"ComfyUI reports on a websocket, which needs a package: {INSTALL}")


class ProgressLine:
    """An open line."""

    def __init__(self, connection: "ClientConnection") -> None:
        """Listen on it."""
        self._connection = connection

    def next_word(self, prompt_id: str, timeout_s: float) -> Word:
        """Wait for a message about our prompt; those about others' are silence."""
        from websockets.exceptions import ConnectionClosed

        try:
            message = self._connection.recv(timeout=timeout_s)
        except TimeoutError:
            return Word(Event.SILENCE)
        except (ConnectionClosed, OSError) as error:
            return Word(Event.LOST, message=in_short(str(error)))
        return read_word(message, prompt_id)


@contextmanager
def progress_line(server: ServerSettings, client_id: str) -> Iterator[ProgressLine | None]:
    """Open the line of a client; None where the server has none to open, though it may draw."""
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect

    parts = urlsplit(server.base_url)
    secure = parts.scheme == "https"
    url = f"{'wss' if secure else 'ws'}://{parts.netloc}{parts.path}/ws?clientId={client_id}"
    address = (parts.hostname or "", parts.port or (443 if secure else 80))
    with ExitStack() as stack:
        try:
            # A socket of our own: the package would follow a redirect to another host otherwise.
            sock = stack.enter_context(socket.create_connection(address, _OPEN_S))
            connection = stack.enter_context(
                connect(
                    url,
                    sock=sock,
                    ssl=ssl.create_default_context() if secure else None,
                    additional_headers={"Authorization": server.authorization}
                    if server.authorization
                    else None,
                    proxy=None,
                    compression=None,
                    open_timeout=_OPEN_S,
                    close_timeout=1.0,
                    max_size=_MAX_MESSAGE_BYTES,
                )
            )
        except (OSError, WebSocketException, ValueError):
            yield None
        else:
            yield ProgressLine(connection)


def read_word(message: str | bytes, prompt_id: str) -> Word:
    """Understand a message; binary ones are previews."""
    table = read_json(message) if isinstance(message, str) else None
    match table:
        case {"type": str(kind), "data": {"prompt_id": str(about), **data}} if about == prompt_id:
            return _word(kind, {str(name): value for name, value in data.items()})
    return Word(Event.SILENCE)


def _word(kind: str, data: Mapping[str, object]) -> Word:
    node = str(data.get("node") or data.get("node_id") or "")[:80]
    match kind:
        case "executing":
            return Word(Event.WORKING if data.get("node") is not None else Event.DONE, node=node)
        case "progress":
            value, most = data.get("value"), data.get("max")
            sound = isinstance(value, int | float) and isinstance(most, int | float) and 0 <= value <= most
            share = float(value) / float(most) if sound and most else 0.0  # type: ignore[arg-type]
            return Word(Event.WORKING, share=share, node=node)
        case "execution_error":
            said = f"{data.get('exception_type', 'error')}: {data.get('exception_message', '')}"
            return Word(Event.FAILED, node=f"{node} ({data.get('node_type', '?')})", message=in_short(said))
        case "execution_interrupted":
            return Word(Event.INTERRUPTED)
        case _:
            return Word(Event.WORKING)
