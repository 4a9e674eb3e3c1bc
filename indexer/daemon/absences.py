"""When a file that is gone counts as gone: not at once, and not when its drive may be away.

A file may be missing for the moment of its replacement, and a folder that loses many books at once
looks like an unplugged drive. So single losses wait a little, mass losses a day, and what lay under
a folder that is not there, or holds no book any more, is never pruned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from indexer.daemon.settings import DaemonSettings
from indexer.library.entries import SourceEntry
from indexer.running.survey import Survey
from schemas.labels import BookStatus

MASS_SHARE = 0.5
"""Share of a folder's books above which a loss is a mass loss …"""
MASS_LEAST = 8
"""… unless it is no more than these few."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do about absent files: note ``missing`` ones, take out ``pruned`` ones; ``away`` in words."""

    missing: tuple[SourceEntry, ...]
    pruned: tuple[SourceEntry, ...]
    away: tuple[str, ...]


class Absences:
    """Remembers since when files are absent, in the process's own time."""

    def __init__(self, roots: Sequence[Path], settings: DaemonSettings) -> None:
        self._roots = roots
        self._settings = settings
        self._since: dict[str, float] = {}
        self._due: list[float] = []

    def judge(
        self, survey: Survey, present: Sequence[Path], known: Mapping[str, SourceEntry], now: float
    ) -> Verdict:
        """Judge the losses of a survey.

        Args:
            survey: what was found.
            present: the watched folders that were there.
            known: all entries of the ledger.
            now: seconds on a clock that never jumps.
        """
        absent = {entry.source: entry for entry in (*survey.vanished, *survey.gone)}
        self._since = {source: self._since.get(source, now) for source in absent}
        at_home = {known[source.key].book_id for source in survey.found if source.key in known} - {None}
        moved = [entry for entry in absent.values() if entry.book_id in at_home]
        lost = [entry for entry in absent.values() if entry.book_id not in at_home]
        losses = [self._loss(root, lost, survey, known) for root in self._roots if root in present]
        ripe = [loss.ripe(self._since, now) for loss in losses]
        self._due = [at for loss in losses for at in loss.graces(self._since) if at > now]
        safe = [
            gone for loss, gone in zip(losses, ripe, strict=True) if self._settings.prune and not loss.is_mass
        ]
        return Verdict(
            missing=_not_noted([*moved, *chain(*ripe)]),
            pruned=_each_once(chain(*safe)),
            away=(
                *(f"{root} is not there: its books are kept" for root in self._roots if root not in present),
                *(loss.in_words() for loss in losses if loss.is_mass and _not_noted(loss.entries)),
            ),
        )

    def next_at(self) -> float | None:
        """Return when the next grace is over; None where no absent file is waited for."""
        return min(self._due, default=None)

    def _loss(
        self, root: Path, lost: Sequence[SourceEntry], survey: Survey, known: Mapping[str, SourceEntry]
    ) -> "_Loss":
        here = tuple(entry for entry in lost if _lies_in(entry.source, root))
        books = sum(entry.book_id is not None for entry in here)
        held = sum(_lies_in(source, root) for source in known) if here else 0
        is_empty = not any(_lies_in(source.key, root) for source in survey.found)
        is_mass = books > (0 if is_empty else max(MASS_LEAST, MASS_SHARE * held))
        return _Loss(
            root, here, books, is_mass, self._settings.mass_grace_s if is_mass else self._settings.grace_s
        )


@dataclass(frozen=True, slots=True)
class _Loss:
    """What a folder lost, and how long that is borne."""

    root: Path
    entries: tuple[SourceEntry, ...]
    books: int
    is_mass: bool
    grace_s: float

    def graces(self, since: Mapping[str, float]) -> list[float]:
        return [since[entry.source] + self.grace_s for entry in self.entries]

    def ripe(self, since: Mapping[str, float], now: float) -> list[SourceEntry]:
        return [entry for entry in self.entries if now >= since[entry.source] + self.grace_s]

    def in_words(self) -> str:
        return f"{self.root} lost {self.books} books at once: they are kept, its drive may be away"


def _lies_in(source: str, root: Path) -> bool:
    folder = str(root)
    return source == folder or source.startswith(folder.rstrip("/") + "/")


def _not_noted(entries: Iterable[SourceEntry]) -> tuple[SourceEntry, ...]:
    return tuple(entry for entry in _each_once(entries) if entry.status is not BookStatus.MISSING)


def _each_once(entries: Iterable[SourceEntry]) -> tuple[SourceEntry, ...]:
    return tuple({entry.source: entry for entry in entries}.values())
