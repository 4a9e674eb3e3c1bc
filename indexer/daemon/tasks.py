"""A task: one source that must be looked into, and the states it goes through.

::

    settling ──still──▶ waiting ──taken──▶ reading ──stored──▶ (gone from the queue)
        ▲                  ▲ ▲                │ │ └──pictures stored, words to do──▶ waiting
        └──changed, twin───┼─┼────────────────┘ └──failed──▶ retrying, or after some tries
                           │ └──back-off over── retrying      quarantined
        (a new survey that finds the file changed starts over: settling)
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from indexer.running.survey import Source


class TaskState(StrEnum):
    """Where a task stands; see the module."""

    SETTLING = "settling"
    WAITING = "waiting"
    READING = "reading"
    RETRYING = "retrying"
    QUARANTINED = "quarantined"


MOVES = {
    TaskState.SETTLING: {TaskState.SETTLING, TaskState.WAITING},
    TaskState.WAITING: {TaskState.SETTLING, TaskState.READING},
    TaskState.READING: {
        TaskState.SETTLING,
        TaskState.WAITING,
        TaskState.RETRYING,
        TaskState.QUARANTINED,
    },
    TaskState.RETRYING: {TaskState.SETTLING, TaskState.WAITING},
    TaskState.QUARANTINED: {TaskState.SETTLING},
}
"""States that may follow each."""


class Aim(StrEnum):
    """What a reading makes a book searchable by. Pictures come first: they cost a quarter."""

    PICTURES = "pictures"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Task:
    """A source in the queue.

    ``starts`` counts readings begun, ``attempts`` those that failed; ``reason`` and ``message``
    say why the last one failed.
    """

    source: str
    size_bytes: int
    mtime_ns: int
    state: TaskState
    aim: Aim
    starts: int = 0
    attempts: int = 0
    reason: str | None = None
    message: str | None = None

    def to_source(self) -> Source:
        """Return the source as a survey gives it."""
        return Source(Path(self.source), self.source, self.size_bytes, self.mtime_ns)
