"""The queue: states, turns, delays on a clock that never jumps, and what outlives a kill."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.daemon.queue import BACKOFF_FACTOR, QUEUE_FILE, Patience, TaskQueue
from indexer.daemon.tasks import MOVES, Aim, Task, TaskState
from indexer.running.survey import Source
from schemas.errors import LibraryFormatError
from schemas.records import StageFailure

PATIENCE = Patience(settle_s=3.0, tries=3, backoff_s=60.0)
FAILURE = StageFailure("worker", "crashed", "died of SIGSEGV")


class Clock:
    """Seconds that only pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> Iterator[TaskQueue]:
    with TaskQueue.open(tmp_path, PATIENCE, clock) as queue:
        yield queue


def source(name: str, size_bytes: int = 10, mtime_ns: int = 1) -> Source:
    return Source(Path(f"/comics/{name}"), f"/comics/{name}", size_bytes, mtime_ns)


def settled(queue: TaskQueue, clock: Clock, *sources: Source, aim: Aim = Aim.PICTURES) -> None:
    queue.enter([(each, aim) for each in sources])
    clock.now += PATIENCE.settle_s
    queue.settle()


def taken(queue: TaskQueue) -> Task:
    task = queue.take()
    assert task is not None
    return task


def waiting(queue: TaskQueue) -> list[str]:
    queue.settle()
    return [Path(task.source).name for task in queue.tasks(TaskState.WAITING)]


def test_a_task_is_due_once_its_file_had_time_to_settle(queue: TaskQueue, clock: Clock) -> None:
    queue.enter([(source("a"), Aim.PICTURES)])
    clock.now += 2.9
    assert waiting(queue) == []
    clock.now += 0.2
    assert waiting(queue) == ["a"]


def test_a_file_that_changed_settles_anew(queue: TaskQueue, clock: Clock) -> None:
    queue.enter([(source("a"), Aim.PICTURES)])
    clock.now += 2.0
    queue.enter([(source("a", size_bytes=20), Aim.PICTURES)])
    clock.now += 2.0
    assert waiting(queue) == []
    clock.now += 1.0
    assert waiting(queue) == ["a"]
    assert taken(queue).size_bytes == 20


def test_new_small_books_come_first_then_words_and_failures_last(queue: TaskQueue, clock: Clock) -> None:
    settled(queue, clock, source("failed", 1))
    queue.fail(taken(queue), FAILURE)
    settled(queue, clock, source("words", 2), aim=Aim.WORDS)
    settled(queue, clock, source("large", 500), source("small", 5))
    clock.now += PATIENCE.backoff_s
    queue.settle()
    names = [Path(taken(queue).source).name for _ in range(4)]
    assert names == ["small", "large", "words", "failed"]
    assert queue.take() is None


def test_pictures_are_followed_by_words(queue: TaskQueue, clock: Clock) -> None:
    settled(queue, clock, source("a"))
    queue.advance(taken(queue))
    task = taken(queue)
    assert (task.aim, task.state) == (Aim.WORDS, TaskState.READING)
    queue.drop(task.source)
    assert sum(queue.counts().values()) == 0


def test_failures_wait_longer_and_longer_and_end_in_quarantine_with_their_reason(
    queue: TaskQueue, clock: Clock
) -> None:
    settled(queue, clock, source("a"))
    for tries in range(1, PATIENCE.tries):
        assert queue.fail(taken(queue), FAILURE) is TaskState.RETRYING
        clock.now += PATIENCE.backoff_s * BACKOFF_FACTOR ** (tries - 1) - 1
        assert waiting(queue) == []
        clock.now += 2
        assert waiting(queue) == ["a"]
    assert queue.fail(taken(queue), FAILURE) is TaskState.QUARANTINED
    [task] = queue.tasks(TaskState.QUARANTINED)
    assert (task.attempts, task.reason, task.message) == (3, "crashed", "died of SIGSEGV")
    clock.now += 10**9
    assert waiting(queue) == []


def test_a_changed_file_or_a_wish_leaves_the_quarantine_with_a_clean_slate(
    queue: TaskQueue, clock: Clock
) -> None:
    settled(queue, clock, source("a"), source("b"))
    for _ in range(2 * PATIENCE.tries):
        queue.fail(taken(queue), FAILURE)
        clock.now += PATIENCE.backoff_s * BACKOFF_FACTOR**PATIENCE.tries
        queue.settle()
    assert queue.counts()[TaskState.QUARANTINED] == 2
    queue.enter([(source("a", mtime_ns=2), Aim.PICTURES)])
    assert [task.source for task in queue.tasks(TaskState.QUARANTINED)] == ["/comics/b"]
    queue.release()
    assert {task.attempts for task in queue.tasks(TaskState.SETTLING)} == {0}


def test_what_a_killed_daemon_was_at_goes_on_with_its_attempts(tmp_path: Path, clock: Clock) -> None:
    with TaskQueue.open(tmp_path, PATIENCE, clock) as queue:
        settled(queue, clock, source("failed"))
        queue.fail(taken(queue), FAILURE)
        settled(queue, clock, source("reading"))
        taken(queue)
        queue.enter([(source("settling"), Aim.PICTURES)])
    clock.now = 5.0  # the machine was started anew
    with TaskQueue.open(tmp_path, PATIENCE, clock) as queue:
        queue.recover()
        assert taken(queue).source == "/comics/reading"
        assert waiting(queue) == ["settling"]
        clock.now += PATIENCE.backoff_s
        assert waiting(queue) == ["failed", "settling"]
        assert [task.attempts for task in queue.tasks(TaskState.WAITING)] == [1, 0]


def test_no_wall_clock_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """A clock that jumps a year in either direction changes nothing: nobody looks at it."""
    monkeypatch.setattr("time.time", lambda: 1 / 0)
    with TaskQueue.open(tmp_path, PATIENCE, clock) as queue:
        settled(queue, clock, source("a"))
        assert taken(queue).source == "/comics/a"


def test_moves_that_the_states_do_not_allow_are_refused(queue: TaskQueue, clock: Clock) -> None:
    settled(queue, clock, source("a"))
    [waiting] = queue.tasks(TaskState.WAITING)
    with pytest.raises(ValueError, match="waiting cannot become retrying"):
        queue.fail(waiting, FAILURE)
    assert set(MOVES) == set(TaskState)


def test_a_damaged_queue_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / QUEUE_FILE).write_bytes(b"no database " * 100)
    with pytest.raises(LibraryFormatError, match="delete it, the next 'longbox daemon'"):
        TaskQueue.open(tmp_path)


def test_a_newer_queue_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / QUEUE_FILE) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(LibraryFormatError, match="upgrade Longbox"):
        TaskQueue.open(tmp_path)
