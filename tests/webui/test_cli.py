"""The root command: cheap to start, and one clear line for every mistake."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from schemas.errors import LibraryBusyError
from webui.cli import COMMANDS, main, root

HEAVY = ("lancedb", "torch", "cv2", "numpy", "umap", "skia", "flask", "onnxruntime", "rich", "pyarrow")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["longbox", *arguments])
    with pytest.raises(SystemExit) as exit_:
        main()
    return int(exit_.value.code or 0)


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from webui.cli import main\n"
        "sys.argv = ['longbox', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('HEAVY', sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == "HEAVY []"


def test_help_lists_every_command(monkeypatch, capsys):
    assert run(monkeypatch, "--help") == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads_and_explains_itself(name):
    command = root.get_command(click.Context(root), name)
    assert command is not None
    assert command.help
    assert command.name == name


def test_unknown_command_is_a_usage_error(monkeypatch, capsys):
    assert run(monkeypatch, "serch") == 2
    assert "No such command 'serch'" in capsys.readouterr().err


def test_error_of_ours_ends_in_one_line_and_exit_1(monkeypatch, capsys):
    @click.command()
    def broken() -> None:
        raise LibraryBusyError("another longbox (pid 7) is writing to /lib\nwait for it")

    monkeypatch.setattr(root, "get_command", lambda *_: broken)
    assert run(monkeypatch, "index") == 1
    assert capsys.readouterr().err == "longbox: another longbox (pid 7) is writing to /lib wait for it\n"


def test_interrupt_is_no_traceback(monkeypatch, capsys):
    @click.command()
    def slow() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(root, "get_command", lambda *_: slow)
    assert run(monkeypatch, "index") == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_full_disk_under_the_output_ends_in_one_line():
    code = "import sys; from webui.cli import main; sys.argv = ['longbox', '--help']; main()"
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ended.returncode, ended.stderr) == (1, "longbox: No space left on device\n")


def test_exit_code_of_a_command_is_passed_on(monkeypatch):
    @click.command()
    @click.pass_context
    def failing(context: click.Context) -> None:
        context.exit(1)

    monkeypatch.setattr(root, "get_command", lambda *_: failing)
    assert run(monkeypatch, "index") == 1
