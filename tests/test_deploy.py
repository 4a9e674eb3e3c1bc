"""The unit and the container file call a command line that there is, and are what they claim to be."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from webui.cli import root

DEPLOY = Path(__file__).parents[1] / "deploy"


def exec_start() -> list[str]:
    found = re.search(r"^ExecStart=(.+)$", (DEPLOY / "longbox.service").read_text("utf-8"), re.MULTILINE)
    assert found
    return shlex.split(found[1])


def container_command() -> list[str]:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    parts = [re.search(rf"^{name} \[(.+)\]$", text, re.MULTILINE) for name in ("ENTRYPOINT", "CMD")]
    return [word.strip(' "') for part in parts if part for word in part[1].split(",")]


@pytest.mark.parametrize("command", [exec_start(), container_command()], ids=["unit", "container"])
def test_what_is_started_is_a_command_with_these_options(command: list[str]) -> None:
    program, name, *arguments = command
    assert Path(program).name == "longbox"
    assert isinstance(root, click.Group)
    chosen = root.get_command(click.Context(root), name)
    assert chosen is not None
    parsed = chosen.make_context(name, arguments)
    assert str(parsed.params["library"]).endswith("library")


def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd-analyze is not installed here")
    unit = (DEPLOY / "longbox.service").read_text("utf-8")
    assert "User=longbox" in unit
    # Neither the user nor the program exists on the machine that tests.
    here = unit.replace("/opt/longbox/bin/longbox", "/bin/true").replace("User=longbox", "User=root")
    copy = tmp_path / "longbox.service"
    copy.write_text(here, "utf-8")
    done = subprocess.run([verifier, "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
