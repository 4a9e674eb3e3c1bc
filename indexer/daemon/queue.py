"""The queue of tasks: a small SQLite file in the library that outlives the daemon.

Only delays live in memory, on the monotonic clock: a wall clock that jumps can neither stall nor
rush a retry. After a restart a delay starts anew. A lost queue costs the memory of what was tried
in vain; what must be read is found again by the next survey.
"""

import heapq
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from indexer.daemon.tasks import MOVES, Aim, Task, TaskState
from indexer.library.sqlite_file import FileKind, connect_read_only, remade_by
from indexer.running.survey import Source
from schemas.records import StageFailure

QUEUE_FILE = "queue.sqlite"
QUEUE_VERSION = 1
BACKOFF_FACTOR = 4
Clock = Callable[[], float]
"""Seconds on a clock that never jumps."""
_TABLES = """
CREATE TABLE IF NOT EXISTS tasks (
    source TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    state TEXT NOT NULL, aim TEXT NOT NULL, starts INTEGER NOT NULL, attempts INTEGER NOT NULL,
    reason TEXT, message TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tasks_by_turn ON tasks (state, starts, aim, size_bytes, source);
CREATE TABLE IF NOT EXISTS wishes (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folders (path TEXT PRIMARY KEY) WITHOUT ROWID;
"""
KIND = FileKind("queue", QUEUE_VERSION, _TABLES, remade_by("longbox daemon"))
_COLUMNS = "source, size_bytes, mtime_ns, state, aim, starts, attempts, reason, message"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things are waited for; names as in :class:`indexer.daemon.settings.DaemonSettings`."""

    settle_s: float = 3.0
    tries: int = 4
    backoff_s: float = 60.0


class TaskQueue:
    """The open queue; use as a context manager. Belongs to one thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path, patience: Patience, clock: Clock) -> None:
        self._connection = connection
        self._path = path
        self._patience = patience
        self._clock = clock
        self._delays: list[tuple[float, str]] = []
        self._due_at: dict[str, float] = {}

    @classmethod
    def open(cls, library: Path, patience: Patience = Patience(), clock: Clock = time.monotonic) -> Self:
        """Open the queue of a library, made where it is missing.

        Raises:
            LibraryFormatError: it is damaged or of a newer version.
            LibraryError: it cannot be written.
        """
        path = library / QUEUE_FILE
        return cls(KIND.open_for_writing(path), path, patience, clock)

    @classmethod
    def open_read_only(cls, library: Path) -> Self:
        """Open the queue to look at it, also while the daemon works and where nothing can be written.

        Raises:
            LibraryFormatError: it is damaged or of a newer version.
            LibraryError: it cannot be read, or there is none.
        """
        path = library / QUEUE_FILE
        with KIND.errors(path):
            connection = connect_read_only(path)
            KIND.check_version(connection, path)
        return cls(connection, path, Patience(), time.monotonic)

    def __enter__(self) -> Self:
        """Return the queue itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def recover(self) -> None:
        """Go on where a killed daemon was: what it was reading waits again, delays start anew."""
        for task in self.tasks(TaskState.READING):
            self._move(task, TaskState.WAITING)
        for task in self.tasks(TaskState.SETTLING):
            self._delay(task.source, 0.0)
        for task in self.tasks(TaskState.RETRYING):
            self._delay(task.source, self._backoff(task.attempts))

    def enter(self, sources: Sequence[tuple[Source, Aim]]) -> None:
        """Take in what a survey found changed; a task that stands as it did is left alone."""
        with self._transaction():
            for source, aim in sources:
                task = self.find(source.key)
                if task is None:
                    task = Task(source.key, source.size_bytes, source.mtime_ns, TaskState.SETTLING, aim)
                    self._put(task)
                    self._delay(task.source, self._patience.settle_s)
                elif not _is_under_way(task, source):
                    self.resettle(task, source.size_bytes, source.mtime_ns)

    def resettle(self, task: Task, size_bytes: int, mtime_ns: int) -> None:
        """Start over with a source that has changed, or must wait for another."""
        self._move(task, TaskState.SETTLING, size_bytes=size_bytes, mtime_ns=mtime_ns, starts=0, attempts=0)
        self._delay(task.source, self._patience.settle_s)

    def settle(self) -> None:
        """Let tasks wait for a worker whose delay is over.

        Whether a file has really kept still is for the worker to see, when it begins: nobody else
        touches the watched files, of which a hanging share may never answer.
        """
        due = list(self._due())
        if due:
            with self._transaction():
                for task in due:
                    self._move(task, TaskState.WAITING)

    def take(self) -> Task | None:
        """Give the next task to be read: small new ones first, last those that were begun before.

        So a book at which readings fail, or the whole daemon, keeps no other waiting.
        """
        rows = self._query(
            f"SELECT {_COLUMNS} FROM tasks WHERE state = ? "  # noqa: S608 (a constant)
            "ORDER BY starts, aim, size_bytes, source LIMIT 1",
            (TaskState.WAITING,),
        ).fetchall()
        if not rows:
            return None
        task = _to_task(rows[0])
        self._move(task, TaskState.READING, starts=task.starts + 1)
        return replace(task, state=TaskState.READING, starts=task.starts + 1)

    def advance(self, task: Task) -> None:
        """Go on with a book whose pictures are stored: its words are still to be read."""
        self._move(task, TaskState.WAITING, aim=Aim.WORDS, starts=0, attempts=0)

    def drop(self, source: str) -> None:
        """Forget a task: it is done, or its file is gone."""
        self._query("DELETE FROM tasks WHERE source = ?", (source,))

    def fail(self, task: Task, failure: StageFailure) -> TaskState:
        """Note a failed reading: it is tried again later and later, and in the end quarantined."""
        attempts = task.attempts + 1
        state = TaskState.QUARANTINED if attempts >= self._patience.tries else TaskState.RETRYING
        self._move(task, state, attempts=attempts, reason=failure.reason, message=failure.message)
        if state is TaskState.RETRYING:
            self._delay(task.source, self._backoff(attempts))
        return state

    def release(self) -> None:
        """Try again at once what failed or is quarantined."""
        for state in (TaskState.RETRYING, TaskState.QUARANTINED):
            for task in self.tasks(state):
                self.resettle(task, task.size_bytes, task.mtime_ns)

    def find(self, source: str) -> Task | None:
        """Return the task of a source."""
        row = self._query(
            f"SELECT {_COLUMNS} FROM tasks WHERE source = ?",  # noqa: S608 (a constant)
            (source,),
        ).fetchone()
        return None if row is None else _to_task(row)

    def tasks(self, state: TaskState) -> tuple[Task, ...]:
        """Return all tasks in a state, by path."""
        rows = self._query(
            f"SELECT {_COLUMNS} FROM tasks WHERE state = ? ORDER BY source",  # noqa: S608 (a constant)
            (state,),
        )
        return tuple(_to_task(row) for row in rows)

    def counts(self) -> dict[TaskState, int]:
        """Return how many tasks are in each state."""
        rows = self._query("SELECT state, count(*) FROM tasks GROUP BY state")
        return dict.fromkeys(TaskState, 0) | {TaskState(state): int(count) for state, count in rows}

    def bytes_left(self) -> dict[Aim, int]:
        """Return the bytes of books that are still to be read, by what for; quarantined ones aside."""
        rows = self._query(
            "SELECT aim, sum(size_bytes) FROM tasks WHERE state != ? GROUP BY aim", (TaskState.QUARANTINED,)
        )
        return dict.fromkeys(Aim, 0) | {Aim(aim): int(size) for aim, size in rows}

    def wishes(self) -> frozenset[str]:
        """Return what other processes ask of the daemon; see :mod:`indexer.daemon.control`."""
        return frozenset(str(row[0]) for row in self._query("SELECT name FROM wishes"))

    def wish(self, name: str, *, wanted: bool) -> None:
        """Ask something of the daemon, or take it back."""
        self._query("DELETE FROM wishes WHERE name = ?", (name,))
        if wanted:
            self._query("INSERT INTO wishes VALUES (?)", (name,))

    def folders(self) -> tuple[str, ...]:
        """Return folders that are watched beside those that the daemon was started with."""
        known = self._query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'folders'")
        if known.fetchone() is None:  # a queue of an older Longbox, looked at only
            return ()
        return tuple(str(row[0]) for row in self._query("SELECT path FROM folders ORDER BY path"))

    def watch(self, folder: str) -> None:
        """Have a folder watched, by the daemon that runs and those to come."""
        self._query("INSERT OR IGNORE INTO folders VALUES (?)", (folder,))

    def unwatch(self, folder: str) -> None:
        """Have a folder no longer watched; what was still to be read below it is left unread."""
        with self._transaction():
            self._query("DELETE FROM folders WHERE path = ?", (folder,))
            self._query("DELETE FROM tasks WHERE source = ? OR source BETWEEN ? AND ?", below(folder))

    def _due(self) -> Iterator[Task]:
        """Give settling and retrying tasks whose delay is over, each once."""
        now = self._clock()
        while self._delays and self._delays[0][0] <= now:
            at, source = heapq.heappop(self._delays)
            if self._due_at.get(source) != at:
                continue  # put off since
            del self._due_at[source]
            task = self.find(source)
            if task is not None and task.state in (TaskState.SETTLING, TaskState.RETRYING):
                yield task

    def _backoff(self, attempts: int) -> float:
        return float(self._patience.backoff_s * BACKOFF_FACTOR ** (attempts - 1))

    def _delay(self, source: str, seconds: float) -> None:
        self._due_at[source] = self._clock() + seconds
        heapq.heappush(self._delays, (self._due_at[source], source))

    def _move(self, task: Task, state: TaskState, **changes: str | int | None) -> None:
        if state not in MOVES[task.state]:
            raise ValueError(f"a task that is {task.state} cannot become {state}")
        columns = {"state": state.value, **changes}
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self._query(
            f"UPDATE tasks SET {assignments} WHERE source = ?",  # noqa: S608 (our own names)
            (*columns.values(), task.source),
        )

    def _put(self, task: Task) -> None:
        self._query(
            f"INSERT INTO tasks ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 (constants)
            (
                task.source,
                task.size_bytes,
                task.mtime_ns,
                task.state,
                task.aim,
                task.starts,
                task.attempts,
                task.reason,
                task.message,
            ),
        )

    def _query(self, statement: str, values: Sequence[str | int | None] = ()) -> sqlite3.Cursor:
        with KIND.errors(self._path):
            return self._connection.execute(statement, values)

    def _transaction(self) -> AbstractContextManager[None]:
        return KIND.transaction(self._connection, self._path)


def below(folder: str) -> tuple[str, str, str]:
    """Return a folder's own path and the bounds of all paths below it, as an index finds them."""
    start = folder.rstrip("/")
    return folder, f"{start}/", f"{start}/\U0010ffff"


def _is_under_way(task: Task, source: Source) -> bool:
    """Say whether a task needs no news: a reading notices itself that its file changes."""
    if task.state in (TaskState.RETRYING, TaskState.QUARANTINED):
        return False
    same = (task.size_bytes, task.mtime_ns) == (source.size_bytes, source.mtime_ns)
    return same or task.state is TaskState.READING


def _to_task(row: Sequence[object]) -> Task:
    source, size, mtime, state, aim, starts, attempts, reason, message = row
    return Task(
        source=str(source),
        size_bytes=int(str(size)),
        mtime_ns=int(str(mtime)),
        state=TaskState(str(state)),
        aim=Aim(str(aim)),
        starts=int(str(starts)),
        attempts=int(str(attempts)),
        reason=None if reason is None else str(reason),
        message=None if message is None else str(message),
    )
