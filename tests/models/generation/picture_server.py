"""What the local servers of the tests share: HTTP, faults on demand, pictures made from what was asked."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image

Fault = Callable[["Handler"], None]


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """An answer that is no success."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(status)
        self.status, self.body = status, body


class PictureServer:
    """A server on this machine; ``faults`` are used up one by one on the paths that draw."""

    drawing_paths: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[Fault] = []
        self.closing = threading.Event()
        self.base_url = ""

    def answer(self, handler: "Handler", method: str, path: str, query: dict[str, str], body: bytes) -> None:
        """Answer one request."""
        raise NotImplementedError

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def body_of(self, path: str) -> Any:
        return next(body for asked, body in reversed(self.asked) if asked == path)


class Handler(BaseHTTPRequestHandler):
    owner: PictureServer

    def do_GET(self) -> None:
        self._do("GET")

    def do_POST(self) -> None:
        self._do("POST")

    def _do(self, method: str) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.owner.headers.append(dict(self.headers))
        try:
            if parts.path in self.owner.drawing_paths and self.owner.faults:
                self.owner.faults.pop(0)(self)
            else:
                self.owner.answer(self, method, parts.path, query, body)
        except Refused as refused:
            self.send_json(refused.body, refused.status)
        except OSError:
            self.close_connection = True  # the client hung up

    def send_json(self, body: object, status: int = 200, **headers: str) -> None:
        self.send(status, json.dumps(body).encode(), "application/json", **headers)

    def send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


Server = TypeVar("Server", bound=PictureServer)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Run a server on a free port of this machine."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"owner": server}))
    http.daemon_threads = True
    server.base_url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        thread.join()
        http.server_close()


def drawn(
    width: int, height: int, *seeds: object, start: np.ndarray | None = None, strength: float = 1
) -> bytes:
    """Draw a PNG that depends on every seed, and on the picture it starts from."""
    digest = hashlib.sha256(repr(seeds).encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    small = Image.fromarray(rng.integers(0, 255, (8, 8, 3), np.uint8)).resize((width, height))
    if start is not None:
        small = Image.blend(Image.fromarray(start).resize((width, height)), small, strength)
    return png(small)


def png(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def plain_png(width: int = 64, height: int = 64) -> bytes:
    """A picture as content filters leave it."""
    return png(Image.new("RGB", (width, height)))


def pixels_of(data: bytes) -> np.ndarray:
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def form_of(handler: Handler, body: bytes) -> list[tuple[str, str | None, str, bytes]]:
    """Parse a form: field, file name, content type and content of every part."""
    kind = handler.headers["Content-Type"]
    if not kind.startswith("multipart/form-data"):
        raise Refused(415, {"error": {"message": "multipart/form-data is expected"}})
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=HTTP)
    if not message.is_multipart() or message.defects:
        raise Refused(400, {"error": {"message": "malformed form"}})
    found = []
    for part in message.iter_parts():
        name = part.get_param("name", header="Content-Disposition")
        found.append((str(name), part.get_filename(), part.get_content_type(), part.get_payload(decode=True)))
    return found


def status(code: int, body: object = None, **headers: str) -> Fault:
    return lambda handler: handler.send_json(body or {"detail": "no"}, code, **headers)


def says(body: object) -> Fault:
    return lambda handler: handler.send_json(body)


def garbage(handler: Handler) -> None:
    handler.send(200, b"<html>proxy error</html>", "text/html")


def breaks_off(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{")
    handler.close_connection = True


def hangs(handler: Handler) -> None:
    handler.owner.closing.wait(10)
    handler.close_connection = True


def redirects(handler: Handler) -> None:
    handler.send(307, b"", "text/plain", Location="http://169.254.169.254/latest")
