"""Reports of consistency of a served library: one at a time, remembered, ended when they take too long."""

import re
from collections.abc import Callable
from pathlib import Path

from indexer.library.rights import read_rights
from models.figures import load_finder
from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.errors import NotFoundError, QueryError, StoppedError
from search.evaluation.consistency.panels import PanelSequence
from search.evaluation.consistency.report import ConsistencyReport
from search.evaluation.consistency.stories import is_stored
from search.generation.making import Maker
from search.generation.records import read_record
from search.library import Library
from webui.generation.consistency.files import Pictured, sequence_of
from webui.generation.consistency.measured import Consistency
from webui.generation.keeping import check_shown
from webui.generation.studio import Studio
from webui.pictures import stored_page
from webui.turns import Stopped, Turns

KEPT = 8
LONGEST_S = 120.0
JOB = "job:"
_BUSY = "another sequence is being compared: try again in a moment"
_TARGET = re.compile(r"(?:job|story|book):.{1,200}")


class ConsistencyReports:
    """Reports on jobs of the studio, stories and books. Safe to share between threads."""

    def __init__(self, library: Library, home: Path, studio: Studio, *, longest_s: float = LONGEST_S) -> None:
        """Report beside a library whose tables lie in ``home``."""
        self._library, self._home, self._studio = library, home, studio
        self._turns: Turns[ConsistencyReport] = Turns(kept=KEPT, longest_s=longest_s, busy=_BUSY)

    def of(self, target: str, is_gone: Stopped) -> ConsistencyReport:
        """Return the report on ``job:ID``, ``story:ID`` or ``book:ID``.

        Raises:
            QueryError: that is none of these: no file is named from afar.
            NotFoundError, ConfigError: there is nothing to compare.
            StoppedError: it took too long, or nobody waits for it any more.
        """
        if not _TARGET.fullmatch(target) or not (target.startswith(JOB) or is_stored(target)):
            raise QueryError("say what to compare as job:ID, story:ID or book:ID")
        snapshot = self._library.snapshot()
        pictures = self._studio.job(target.removeprefix(JOB)).pictures if target.startswith(JOB) else 0
        register = read_rights(self._home)
        key = (*snapshot.versions.values(), snapshot.elements.version, repr(register), target, pictures)
        return self._turns.of(key, lambda stopped: self._measured(target, stopped), is_gone)

    def _measured(self, target: str, stopped: Stopped) -> ConsistencyReport:
        meter = Consistency(Maker(self._library, stored_page, read_rights(self._home)))
        told = _ending(stopped)
        if not target.startswith(JOB):
            return meter.of(target, told=told)
        return meter.measure(self._sequence(target.removeprefix(JOB)), told=told)

    def _sequence(self, job_id: str) -> PanelSequence:
        job, register = self._studio.job(job_id), read_rights(self._home)
        found: list[Pictured] = []
        for number in range(1, job.pictures + 1):
            told = self._studio.record(job_id, number)
            check_shown(told, register, f"picture {number} of the job {job_id}")
            png = self._studio.picture(job_id, number)
            picture = decode_picture(png, name=f"picture {number}", limits=PictureLimits()).image
            found.append((read_record(told.decode()), picture, ""))
        if not found:
            raise NotFoundError(f"the job {job_id} has no pictures to compare: wait until it is done")
        return sequence_of(job.prompt.splitlines()[0][:80], found, load_finder())


def _ending(stopped: Stopped) -> Callable[[int, int], None]:
    """Return what ends work that is not wanted any more."""

    def told(done: int, total: int) -> None:
        if stopped():
            raise StoppedError(f"the report was ended after {done} of {total} panels")

    return told
