"""Where the server listens, and by which names it may be called."""

import shutil
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.errors import ConfigError, LibraryNotFoundError
from webui import WebConfig, create_app
from webui.commands.serve_cli import names_of, resolve, serve
from webui.security.keys import KeyFile
from webui.security.scopes import Scope


@pytest.mark.parametrize(
    ("host", "asked"), [("127.0.0.1", "127.0.0.1:8000"), ("::1", "[::1]:8000"), ("localhost", "localhost")]
)
def test_address_bound_is_trusted_in_the_form_a_browser_sends(
    library_path: Path, host: str, asked: str
) -> None:
    names = names_of(host, *resolve(host, 8000))
    client = create_app(WebConfig(library_path, trusted_hosts=names)).test_client()
    assert client.get("/healthz", headers={"Host": asked}).status_code == 200
    for foreign in ("evil.example", "[::2]:8000", "[", "127.0.0.1.evil.example:8000"):
        assert client.get("/healthz", headers={"Host": foreign}).status_code == 400


def test_all_addresses_are_called_by_the_machines_own_name_and_no_other() -> None:
    names = names_of("0.0.0.0", *resolve("0.0.0.0", 8000))
    assert socket.gethostname().lower() in names
    assert "0.0.0.0" not in names


def test_taken_port_is_one_line_that_says_so_once(library_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(serve, ["--library", str(library_path), "--port", port])
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception) == (
        f"cannot listen on 127.0.0.1:{port} (Address already in use): choose another with --host or --port"
    )


def test_unknown_host_is_a_mistake_in_the_call() -> None:
    with pytest.raises(ConfigError, match="no address 'no such host'"):
        resolve("no such host", 8000)


def test_network_is_served_only_to_who_has_a_key(
    library_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waitress.server.TcpWSGIServer.run", lambda _: None)
    library = tmp_path / "library"
    shutil.copytree(library_path, library)
    call = ["--library", str(library), "--host", "0.0.0.0", "--port", "0"]
    refused = CliRunner().invoke(serve, call)
    assert isinstance(refused.exception, ConfigError)
    assert "longbox keys add NAME" in str(refused.exception)
    proxied = ["--library", str(library), "--name", "comics.example", "--port", "0"]
    assert "to serve comics.example a key is needed" in str(CliRunner().invoke(serve, proxied).exception)
    KeyFile(library).add("phone", Scope.READ)
    assert CliRunner().invoke(serve, proxied).exception is None
    result = CliRunner().invoke(serve, call)
    assert result.exception is None
    assert "at http://0.0.0.0" not in result.output


def test_empty_folder_becomes_an_empty_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waitress.server.TcpWSGIServer.run", lambda _: None)
    result = CliRunner().invoke(serve, ["--library", str(tmp_path / "new"), "--port", "0"])
    assert result.exception is None
    assert "made a new library" in result.output
    assert create_app(WebConfig(tmp_path / "new")).test_client().get("/healthz").get_json()["books"] == 0
    (tmp_path / "keyed").mkdir()
    KeyFile(tmp_path / "keyed").add("phone", Scope.READ)
    assert CliRunner().invoke(serve, ["--library", str(tmp_path / "keyed"), "--port", "0"]).exception is None
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear diary")
    result = CliRunner().invoke(serve, ["--library", str(tmp_path / "other"), "--port", "0"])
    assert isinstance(result.exception, LibraryNotFoundError)
