"""The commands, as a user calls them: with the real models, but no OCR."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.commands import cli
from indexer.daemon.cli import daemon
from indexer.daemon.status import DaemonState, published
from schemas.errors import DaemonError
from tests.indexer.builders import contents, write_book

ROOT = Path(__file__).resolve().parents[3]
LONGBOX = (sys.executable, "-c", "from webui.cli import main; main()")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    write_book(tmp_path / "comics" / "one.cbz", seed=1)
    return tmp_path / "comics"


@pytest.fixture
def started(comics: Path, library: Path) -> Iterator["subprocess.Popen[str]"]:
    options = ("--reader", "none", "--settle", "0.2", "--library", str(library), "--watch", str(comics))
    with subprocess.Popen(
        [*LONGBOX, "daemon", *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*LONGBOX, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_daemon_is_started_followed_paused_and_stopped(
    started: "subprocess.Popen[str]", comics: Path, library: Path, tmp_path: Path
) -> None:
    until = time.monotonic() + 90
    while (status := published(library)) is None or status.books == 0 or status.state is not DaemonState.IDLE:
        assert time.monotonic() < until
        assert started.poll() is None
        time.sleep(0.2)
    follower = subprocess.Popen(
        [*LONGBOX, "status", "--follow", "--json", "--library", str(library)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(call("status", "--library", library, "--json").stdout)
    assert (told["books"], told["daemon"]["pid"], told["daemon"]["watched"]) == (
        1,
        started.pid,
        [str(comics)],
    )
    busy = call("index", comics, "--library", library, "--reader", "none")
    assert (busy.returncode, f"process {started.pid} is writing" in busy.stderr) == (1, True)
    assert call("daemon", "--library", library, "--pause").returncode == 0
    assert call("daemon", "--library", library, "--stop").returncode == 0
    assert started.wait(30) == 0
    shown, _ = follower.communicate(timeout=30)
    assert {json.loads(line)["pid"] for line in shown.splitlines()} == {started.pid}
    assert call("index", comics, "--library", tmp_path / "fresh", "--reader", "none").returncode == 0
    assert contents(library) == contents(tmp_path / "fresh")


def test_it_is_started_or_steered_but_not_both(library: Path) -> None:
    for arguments in ([], ["--watch", "x", "--stop"]):
        result = CliRunner().invoke(daemon, ["--library", str(library), *arguments])
        assert result.exit_code == 2
        assert "give --watch DIR to start" in result.output


@pytest.mark.parametrize("wish", ["--stop", "--retry", "--resume"])
def test_steering_nobody_says_how_to_start_one(library: Path, wish: str) -> None:
    result = CliRunner().invoke(daemon, ["--library", str(library), wish])
    assert isinstance(result.exception, DaemonError)
    assert "--watch DIR" in str(result.exception)


def test_following_nobody_says_how_to_start_one(library: Path) -> None:
    result = CliRunner().invoke(cli.status, ["--library", str(library), "--follow"])
    assert isinstance(result.exception, DaemonError)
