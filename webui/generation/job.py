"""A job of the studio: what was asked, how far it is, what came of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class StudioState(StrEnum):
    """Where a job stands; the last three are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS = frozenset({StudioState.DONE, StudioState.FAILED, StudioState.CANCELLED})


@dataclass(frozen=True, slots=True)
class StudioJob:
    """A job: what was asked, how far it is (``share`` of all, ``doing``), its ``pictures`` once it is done.

    ``message`` says why it failed, or what to know of its pictures; ``credits`` stand beside the
    pictures, which may have layers and a judge's report; ``lettered`` are the numbers of those whose
    balloons can be moved. ``layout`` is ``pages`` or ``strip`` for the panels of a script, which fill so
    many ``pages``. ``of`` is the job whose panel ``panel`` this one is another go at. ``is_kept``: all
    of it is in the library as it is.
    """

    job_id: str
    state: StudioState
    created_s: float
    prompt: str
    seed: int
    share: float = 0.0
    doing: str = ""
    message: str = ""
    pictures: int = 0
    credits: tuple[str, ...] = ()
    has_layers: bool = False
    lettered: tuple[int, ...] = ()
    has_report: bool = False
    layout: str = ""
    pages: int = 0
    of: str = ""
    panel: int = 0
    is_kept: bool = False

    @property
    def is_over(self) -> bool:
        """Say whether it has come to an end."""
        return self.state in _ENDS

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """Read a job as it is kept. Raises KeyError, TypeError or ValueError."""
        known: dict[str, Any] = {name: told[name] for name in cls.__dataclass_fields__ if name in told}
        known |= {name: tuple(known.get(name, ())) for name in ("credits", "lettered")}
        return cls(**{**known, "state": StudioState(told["state"])})
