"""An S3 server on this machine (moto's) that counts requests and can be made to fail."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import create_backend_app
from pyarrow.fs import FileSelector, S3FileSystem
from werkzeug.serving import make_server

ACCESS_KEY, SECRET_KEY = "AKIALONGBOXTEST", "s3cr3t-of-the-test"
BUCKET = "shelf"
DENIED = (
    b'<?xml version="1.0"?><Error><Code>InvalidAccessKeyId</Code><Message>no such key</Message>'
    b"<AWSAccessKeyId>" + ACCESS_KEY.encode() + b"</AWSAccessKeyId></Error>"
)

Answer = tuple[str, bytes]
"""Status line and body, in place of the server's own answer."""


@dataclass(frozen=True)
class Request:
    """What a client asked for."""

    method: str
    path: str
    query: str


@dataclass
class ObjectStore:
    """The running server. ``intercept`` may give an answer instead of it, or do something meanwhile."""

    endpoint: str
    requests: list[Request] = field(default_factory=list)
    intercept: Callable[[Request], Answer | None] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def files(self) -> S3FileSystem:
        return S3FileSystem(
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            endpoint_override=self.endpoint.partition("://")[2],
            scheme="http",
            region="us-east-1",
            allow_bucket_creation=True,
        )

    def names(self, prefix: str) -> list[str]:
        """Names of all objects below a prefix, markers of empty folders left out."""
        found = self.files.get_file_info(
            FileSelector(f"{BUCKET}/{prefix}", recursive=True, allow_not_found=True)
        )
        return sorted(info.path.removeprefix(f"{BUCKET}/{prefix}/") for info in found if info.is_file)

    def copy(self, prefix: str, to: str) -> None:
        """Copy all objects below a prefix, inside the server."""
        backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        keys = backend.buckets[BUCKET].keys
        for name in [name for name in keys if name.startswith(f"{prefix}/")]:
            backend.put_object(BUCKET, to + name.removeprefix(prefix), keys[name].value)

    def read(self, name: str) -> bytes:
        with self.files.open_input_stream(f"{BUCKET}/{name}") as file:
            return bytes(file.read())

    def write(self, name: str, data: bytes) -> None:
        with self.files.open_output_stream(f"{BUCKET}/{name}") as file:
            file.write(data)

    @contextmanager
    def failing(self, status: str = "503 Slow Down", body: bytes = b"", *, after: int = 0) -> Iterator[None]:
        """Let every request fail after so many."""
        left = after

        def fail(request: Request) -> Answer | None:
            nonlocal left
            left -= 1
            return (status, body or b"<Error><Code>SlowDown</Code></Error>") if left < 0 else None

        self.intercept = fail
        try:
            yield
        finally:
            self.intercept = None

    def answer(self, app: Any, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        self.requests.append(request)
        answer = self.intercept(request) if self.intercept else None
        if answer is None:
            return app(environ, start)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start(answer[0], [("Content-Type", "application/xml"), ("Content-Length", str(len(answer[1])))])
        return [answer[1]]


@contextmanager
def running_store() -> Iterator[ObjectStore]:
    """Start the server in a thread, on a free port of the loopback, with one empty bucket."""
    # moto's own server looks anew for the service that each request means: twice as slow.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_backend_app("s3")
    server = make_server(
        "127.0.0.1", 0, lambda environ, start: store.answer(app, environ, start), threaded=True
    )
    store = ObjectStore(f"http://127.0.0.1:{server.port}")
    thread = Thread(target=server.serve_forever, name="object-store", daemon=True)
    thread.start()
    try:
        store.files.create_dir(BUCKET)
        yield store
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
