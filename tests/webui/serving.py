"""A server as a process of its own, as a user starts it."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background have it ignored
from webui.cli import main
main()
"""


class Served:
    """``longbox serve`` as a process, asked over HTTP."""

    def __init__(self, library: Path, *options: str) -> None:
        command = [sys.executable, "-c", START, "serve", "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--library", str(library), *options],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        self.base = next(word for word in line.split() if word.startswith("http")).rstrip("/")

    def ask(self, path: str, body: object = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)
        self.process.stdout.close()
