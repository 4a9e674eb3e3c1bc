"""The commands on ``--library s3://…``, as users call them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.remote.state import named
from tests.indexer.remote.machines import machine
from tests.object_store import ObjectStore
from webui.cli import root


def longbox(*arguments: object) -> Result:
    return CliRunner().invoke(root, [str(argument) for argument in arguments])


def test_status_names_the_address_and_what_is_there(uri: str) -> None:
    told = json.loads(longbox("status", "--library", uri, "--json").stdout)
    assert (told["library"], told["books"], told["settled"]) == (uri, 2, True)


def test_verify_reads_all_of_it_from_a_machine_that_never_wrote(uri: str) -> None:
    result = longbox("verify", "--library", uri, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["library"] == uri


def test_the_state_folder_names_the_library_too(uri: str) -> None:
    assert f"library {uri}" in longbox("status", "--library", named(uri)).stdout


@pytest.mark.parametrize("command", ["backup", "restore", "export"])
def test_folders_are_of_this_machine(uri: str, command: str) -> None:
    result = longbox(command, "s3://shelf/elsewhere", "--library", uri)
    assert result.exit_code == 2
    assert "no folder of this machine" in result.stderr


def test_a_daemon_that_runs_elsewhere_is_asked_for_there(uri: str, tmp_path: Path) -> None:
    from indexer.remote.turn import writers_turn

    with machine(tmp_path / "other"):
        writing = named(uri)
    with writers_turn(writing):
        result = longbox("daemon", "--library", uri, "--stop")
    assert "no daemon runs" in str(result.exception)
    assert "ask on " in str(result.exception)


def test_one_who_may_only_read_sees_that_another_writes(uri: str, s3: ObjectStore, tmp_path: Path) -> None:
    from indexer.care.report import verify_library
    from indexer.remote.turn import writers_turn

    with machine(tmp_path / "other"):
        writing = named(uri)
    with writers_turn(writing):
        denied = ("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")
        s3.intercept = lambda request: denied if "/writers/clock" in request.path else None
        assert verify_library(named(uri), sample=0).is_being_written
