"""Chores: followed while they run, one at a time, ended at once, and their failures said."""

import os
import time
from functools import partial
from pathlib import Path

import pytest

from schemas.errors import LibraryError
from webui.jobs.chore import STOPPED, Chore, ChoreState, Tell


def write_steps(path: Path, tell: Tell) -> None:
    for step in (1, 2):
        tell("counting", step / 2)
    path.write_text("counted", "utf-8")


def wait_for_ever(pids: Path, tell: Tell) -> None:
    with pids.open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    tell("waiting", 0.25)
    time.sleep(600)


def fail(error: Exception, _tell: Tell) -> None:
    raise error


def vanish(_tell: Tell) -> None:
    os._exit(9)


def until(chore: Chore, **wanted: object) -> ChoreState:
    end = time.monotonic() + 30
    while any(getattr(chore.state, name) != value for name, value in wanted.items()):
        assert time.monotonic() < end, chore.state
        time.sleep(0.02)
    return chore.state


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def chore():
    made = Chore()
    yield made
    made.stop()


def test_work_is_done_in_another_process_and_its_end_is_known(chore, tmp_path):
    assert chore.state == ChoreState()
    started = chore.start(partial(write_steps, tmp_path / "done"))
    assert started.running
    assert until(chore, running=False).problem == ""
    assert (tmp_path / "done").read_text("utf-8") == "counted"
    assert chore.start(partial(write_steps, tmp_path / "again")).running
    until(chore, running=False)
    assert (tmp_path / "again").exists()


def test_a_second_wish_does_not_disturb_what_runs_and_a_stop_ends_it(chore, tmp_path):
    chore.start(partial(wait_for_ever, tmp_path / "pids"))
    assert until(chore, doing="waiting").share == 0.25
    assert chore.start(partial(wait_for_ever, tmp_path / "pids")).doing == "waiting"
    (pid,) = map(int, (tmp_path / "pids").read_text("ascii").split())
    assert chore.stop() == ChoreState(problem=STOPPED)
    assert not is_alive(pid)
    time.sleep(0.1)
    assert chore.state == chore.stop() == ChoreState(problem=STOPPED)


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (partial(fail, LibraryError("the disk is full")), "the disk is full"),
        (partial(fail, ZeroDivisionError()), "it ended unexpectedly"),
        (vanish, "it ended unexpectedly"),
    ],
)
def test_why_it_failed_is_said(chore, work, told):
    chore.start(work)
    assert until(chore, running=False).problem.startswith(told)
