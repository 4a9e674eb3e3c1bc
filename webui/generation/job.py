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
    pictures, which may have layers, balloons that can be moved, and a judge's report. ``layout`` is
    ``pages`` or ``strip`` for the panels of a script, which fill so many ``pages``. ``of`` is the job
    whose panel ``panel`` this one is another go at. ``is_kept``: all of it is in the library as it is.
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
    has_balloons: bool = False
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
        return cls(**{**told, "state": StudioState(told["state"]), "credits": tuple(told["credits"])})
