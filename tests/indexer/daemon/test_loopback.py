"""The port on this machine: it tells everyone here, and obeys only who shows the token."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest

from indexer.daemon.loopback import TOKEN_FILE, status_port
from indexer.daemon.queue import TaskQueue
from indexer.daemon.status import DaemonState, StatusBoard
from indexer.daemon.tasks import TaskState
from schemas.errors import DaemonError

Answer = tuple[int, str]


class Client:
    """Asks the port."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        told = answer.status, answer.read().decode()
        connection.close()
        return told

    def post(self, path: str, **headers: str) -> Answer:
        return self.ask("POST", path, Authorization=f"Bearer {self.token}", **headers)


@pytest.fixture
def board() -> StatusBoard:
    board = StatusBoard(("/comics",))
    board.status = replace(
        board.status, state=DaemonState.WORKING, books=7, queue={TaskState.WAITING: 3, TaskState.READING: 1}
    )
    return board


@pytest.fixture
def client(tmp_path: Path, board: StatusBoard) -> Iterator[Client]:
    with TaskQueue.open(tmp_path), status_port(tmp_path, board, 0) as port:
        yield Client(port, (tmp_path / TOKEN_FILE).read_text())


def wishes(library: Path) -> frozenset[str]:
    with TaskQueue.open(library) as queue:
        return queue.wishes()


def test_status_is_told_to_everyone_on_the_machine(client: Client) -> None:
    code, told = client.ask("GET", "/status")
    assert code == 200
    assert (json.loads(told)["state"], json.loads(told)["queue"]["waiting"]) == ("working", 3)


def test_metrics_are_in_the_format_of_prometheus(client: Client) -> None:
    code, told = client.ask("GET", "/metrics")
    assert code == 200
    lines = told.splitlines()
    assert "longbox_daemon_books_total 7" in lines
    assert 'longbox_daemon_queue{state="waiting"} 3' in lines
    assert 'longbox_daemon_state{state="working"} 1' in lines
    assert "# TYPE longbox_daemon_books_total counter" in lines


def test_pause_resume_and_stop_reach_the_daemon(client: Client, tmp_path: Path) -> None:
    assert client.post("/pause")[0] == 202
    assert wishes(tmp_path) == {"pause"}
    assert client.post("/resume")[0] == 202
    assert client.post("/stop")[0] == 202
    assert wishes(tmp_path) == {"stop"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer guessed"}, {"Authorization": "Bearer é"}])
def test_without_the_token_nothing_is_steered(client: Client, tmp_path: Path, header: dict[str, str]) -> None:
    code, told = client.ask("POST", "/stop", **header)
    assert code == 403
    assert TOKEN_FILE in told
    assert client.token not in told
    assert wishes(tmp_path) == frozenset()


def test_foreign_host_names_are_refused_even_with_the_token(client: Client, tmp_path: Path) -> None:
    assert client.ask("GET", "/status", Host="evil.example:80")[0] == 403
    assert client.post("/stop", Host="evil.example")[0] == 403
    assert wishes(tmp_path) == frozenset()


def test_unknown_paths_are_named(client: Client) -> None:
    assert client.ask("GET", "/../ledger.sqlite")[0] == 404
    assert client.post("/delete")[0] == 404


def test_the_token_is_new_each_time_and_its_owners_alone(tmp_path: Path, board: StatusBoard) -> None:
    (tmp_path / TOKEN_FILE).write_text("planted")
    with status_port(tmp_path, board, 0):
        mode = stat.S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode)
        assert mode == 0o600
        assert len((tmp_path / TOKEN_FILE).read_text()) == 64


def test_a_taken_port_is_named(client: Client, tmp_path: Path, board: StatusBoard) -> None:
    with (
        pytest.raises(DaemonError, match=f"port {client.port}.*--port"),
        status_port(tmp_path, board, client.port),
    ):
        pytest.fail("two on one port")
