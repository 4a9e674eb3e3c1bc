"""A local server that speaks the chat completions protocol, and misbehaves as a test wants it."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE: dict[str, Any] = {
    "overall_summary": "Rosa finds the letter.",
    "panels": [
        {
            "panel_number": 1,
            "caption": "Morning.",
            "description": "A woman in a kitchen.",
            "speakers": [{"character": "Rosa", "dialogue": "A letter?", "speech_type": "dialogue"}],
            "key_elements": ["letter"],
            "actions": ["reads"],
            "box_2d": [0, 0, 500, 1000],
            "text_content": [
                {"label": "dialogue", "speaker": "Rosa", "text": "A letter?", "box_2d": [50, 50, 150, 300]}
            ],
            "characters": [{"name": "Rosa", "box_2d": [100, 400, 500, 700]}],
        },
        {
            "panel_number": 2,
            "caption": None,
            "description": "She leaves.",
            "speakers": [],
            "key_elements": [],
            "actions": ["leaves"],
            "box_2d": [500, 0, 1000, 1000],
            "text_content": [],
            "characters": [],
        },
    ],
    "summary": {"characters": ["Rosa"], "setting": "kitchen", "plot": "She goes.", "dialogue": ["A letter?"]},
}
PAGE_TEXT = json.dumps(PAGE)


class ChatServer:
    """What a running server was asked, and what it says: each reply once, the last one for ever."""

    def __init__(self, replies: Sequence["Reply"]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.closing = threading.Event()
        self.base_url = ""
        self._replies = list(replies)
        self._lock = threading.Lock()

    def answer(self, handler: "Handler") -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        with self._lock:
            self.requests.append({"path": handler.path, **json.loads(body)})
            self.headers.append(dict(handler.headers))
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        reply(handler)


class Handler(BaseHTTPRequestHandler):
    chat: ChatServer

    def do_POST(self) -> None:
        try:
            self.chat.answer(self)
        except OSError:
            self.close_connection = True  # the reader hung up

    def log_message(self, *_: object) -> None:
        pass

    def send(self, status: int, body: bytes, *, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def send_raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True


Reply = Callable[[Handler], None]


@contextmanager
def chat_server(*replies: Reply, tls: ssl.SSLContext | None = None) -> Iterator[ChatServer]:
    """Run a server on a free port of this machine."""
    chat = ChatServer(replies)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ChatHandler", (Handler,), {"chat": chat}))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    chat.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield chat
    finally:
        chat.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def completion(text: object, *, finish: str = "stop", **message: object) -> Reply:
    """Answer as a model does."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, **message},
        "finish_reason": finish,
    }
    return json_body({"id": "1", "object": "chat.completion", "choices": [choice]})


def json_body(body: object, status: int = 200, **headers: str) -> Reply:
    return lambda handler: handler.send(status, json.dumps(body).encode(), **headers)


def error(status: int, message: str = "no", **headers: str) -> Reply:
    """Refuse or fail the way OpenAI does."""
    return json_body({"error": {"message": message, "type": "x"}}, status, **headers)


def body(data: bytes, kind: str) -> Reply:
    return lambda handler: handler.send(200, data, kind=kind)


def raw(data: bytes) -> Reply:
    """Send bytes that need not be HTTP."""
    return lambda handler: handler.send_raw(data)


def hang(handler: Handler) -> None:
    """Say nothing until the test is over."""
    handler.chat.closing.wait()
    handler.close_connection = True


def drip(first: bytes) -> Reply:
    """Send something, then a byte now and then for ever."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(first)
        while not handler.chat.closing.wait(0.02):
            handler.wfile.write(b" ")

    return reply


def endless(handler: Handler) -> None:
    """Send without end, as fast as it is taken."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not handler.chat.closing.is_set():
        handler.wfile.write(b" " * 65536)
