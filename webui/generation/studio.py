"""The jobs of the studio: one panel-maker at a time, kept on disk, taken up again after a restart."""

import json
import logging
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import TYPE_CHECKING

from indexer.library.generated import FOLDER, JOBS
from indexer.library.whole import write_whole
from models.generation.backend import Progress
from schemas.config import PictureLimits
from schemas.errors import GenerationCancelledError, LibraryError, LongboxError, NotFoundError, QueryError
from schemas.generation import MAX_SEED, GenerationRequest
from search.generation.records import PanelRecord, read_record, request_json, request_of
from webui.generation.job import StudioJob, StudioState
from webui.generation.job_files import LAYERS, PICTURE, RECORD, REPORT, JobFiles

if TYPE_CHECKING:
    from search.generation.making import MadePanel
    from search.generation.sequences import MadeSequence

MAX_WAITING, KEPT = 20, 100
"""Jobs that may wait, and jobs that are over that are kept."""
MAKING = 0.8
"""How much of a job is making its panels: the rest is packing and writing them."""
_JOB_FILE = "job.json"
_DAMAGED = (OSError, ValueError, KeyError, TypeError)

logger = logging.getLogger(__name__)

Make = Callable[[GenerationRequest, Progress], "Sequence[MadePanel]"]
Seal = Callable[["MadePanel"], bytes]
"""Makes the file of a panel: a PNG, signed or not."""


class Studio:
    """Makes panels beside a server, one job after the other. Safe to share between threads."""

    def __init__(self, home: Path, make: Make, seal: Seal = lambda made: made.png()) -> None:
        """Keep jobs below the library's folder; what waited when the last server ended waits again."""
        self._folder, self._make = home / FOLDER / JOBS, make
        self._files = JobFiles(self._folder, seal)
        self._jobs: dict[str, StudioJob] = {}
        self._requests: dict[str, GenerationRequest] = {}
        self._changed, self._editing = Condition(), Lock()
        self._worker: Thread | None = None
        self._is_closed = False
        self._take_up()

    def start(self, request: GenerationRequest, *, of: str = "", panel: int = 0) -> StudioJob:
        """Have a request made; ``of`` and ``panel`` say that it is another go at a panel of a job.

        Raises:
            QueryError: too many jobs are waiting.
            LibraryError: the job cannot be kept.
        """
        with self._changed:
            if sum(not job.is_over for job in self._jobs.values()) >= MAX_WAITING:
                raise QueryError(f"{MAX_WAITING} jobs are waiting already: cancel one, or wait")
            layout = ("strip" if request.is_strip else "pages") if request.script else ""
            job = StudioJob(
                secrets.token_hex(8), StudioState.WAITING, time.time(), request.prompt[:200], request.seed,
                layout=layout, of=of, panel=panel,
            )  # fmt: skip
            self._keep(job, request)
        self.resume()
        self._forget_old()
        return job

    def again(self, job_id: str) -> StudioJob:
        """Have a job made once more, otherwise: the same request with the seeds that follow.

        Raises NotFoundError, and as :meth:`start`.
        """
        with self._changed:
            job = self.job(job_id)
            request = self._requests[job_id]
        further = max(job.pictures, 1) if request.script else request.variants
        fresh = replace(request, seed=(request.seed + further) % (MAX_SEED + 1))
        return self.start(fresh, of=job.of, panel=job.panel)

    def another(
        self, job_id: str, number: int, *, prompt: str = "", variants: int = 1, excluded: Sequence[str] = ()
    ) -> StudioJob:
        """Have one picture of a job made anew, as a job beside it: nothing is lost, see :meth:`swap`.

        See :func:`search.generation.another.request_of_another`. Raises NotFoundError, and as :meth:`start`.
        """
        from search.generation.another import request_of_another

        self.record(job_id, number)
        records = self._records(self.job(job_id))
        with self._changed:
            goes = [job for job in self._jobs.values() if (job.of, job.panel) == (job_id, number)]
            ahead = 1 + sum(self._requests[job.job_id].variants for job in goes)
        request = request_of_another(
            records, number, prompt=prompt, ahead=ahead, variants=variants, excluded=excluded
        )
        return self.start(request, of=job_id, panel=number)

    def swap(self, job_id: str, number: int) -> StudioJob:
        """Put a picture in the place of the panel that it is another go at, and that one in its own.

        Returns:
            The job that has the panel now. Once more takes it back.

        Raises:
            NotFoundError: the job is no other go at anything, or what it is one at is gone.
            QueryError: licences of its references and of the other panels exclude each other.
            LibraryError: they cannot be written; then both are where they were.
        """
        with self._editing:
            go = self.job(job_id)
            if not go.of:
                raise NotFoundError(f"the job {job_id} is no other go at a panel: it has no place to go to")
            self._check_fits(go, number)
            self._files.swap((job_id, number), (go.of, go.panel))
            for each in (job_id, go.of):
                self._put(self._told_of(self.job(each)))
            return self.job(go.of)

    def job(self, job_id: str) -> StudioJob:
        """Return a job. Raises NotFoundError."""
        with self._changed:
            if job_id not in self._jobs:
                raise NotFoundError(f"there is no job {job_id[:60]!r}")
            return self._jobs[job_id]

    def all(self) -> tuple[StudioJob, ...]:
        """Return all jobs, the latest first."""
        with self._changed:
            return tuple(sorted(self._jobs.values(), key=lambda job: -job.created_s))

    def cancel(self, job_id: str) -> None:
        """End a job, or forget one that is over with its pictures. Raises NotFoundError."""
        with self._changed:
            job = self.job(job_id)
            if not job.is_over:
                self._put(replace(job, state=StudioState.CANCELLED, doing="", message="cancelled"))
                return
            self._jobs.pop(job_id, None)
            self._requests.pop(job_id, None)
        shutil.rmtree(self._folder / job_id, ignore_errors=True)

    def picture(self, job_id: str, number: int) -> bytes:
        """Return a picture as PNG, its record inside; numbered from 1. Raises NotFoundError."""
        return self._file(job_id, number, PICTURE)

    def record(self, job_id: str, number: int) -> bytes:
        """Return the record of a picture as JSON. Raises NotFoundError."""
        return self._file(job_id, number, RECORD)

    def layers(self, job_id: str, number: int) -> bytes:
        """Return the layers of a picture as OpenRaster. Raises NotFoundError, also where it has none."""
        return self._file(job_id, number, LAYERS)

    def report(self, job_id: str, number: int) -> bytes:
        """Return what a judge says of a picture as HTML. Raises NotFoundError, also where none judged it."""
        return self._file(job_id, number, REPORT)

    def move_balloons(
        self, job_id: str, number: int, middles: Sequence[tuple[float, float] | None]
    ) -> PanelRecord:
        """Move the balloons of a picture, see :func:`search.generation.editing.with_balloons_at`.

        Raises:
            NotFoundError: there is no such picture, or it has no layers.
            QueryError: its balloons cannot be moved, or not there.
            LibraryError: what comes of it cannot be written.
        """
        from models.generation.backend import GeneratedPanel
        from models.generation.layered import layers_of
        from search.generation.editing import with_balloons_at
        from search.generation.making import MadePanel

        with self._editing:
            record = read_record(self.record(job_id, number).decode())
            layers = layers_of(self.layers(job_id, number))
            panel = GeneratedPanel(layers[-1].pixels, record.seed, layers=layers)
            made = MadePanel(*with_balloons_at(panel, record, middles))
            self._files.write(job_id, number, made)
            self._note_kept(job_id, is_kept=False)
            return made.record

    def sequence(self, job_id: str) -> "MadeSequence":
        """Return what a script became, as it is now: its panels laid out, with their records.

        Raises NotFoundError, also for a job that is none of a script or not done yet.
        """
        from models.generation.backend import GeneratedPanel
        from models.pictures import decode_picture
        from search.generation.making import MadePanel
        from search.generation.sequences import MadeSequence

        job = self.job(job_id)
        if not (job.layout and job.pictures):
            raise NotFoundError(f"the job {job_id} has no pages: it is of no script, or not done yet")
        panels = []
        for number in range(1, job.pictures + 1):
            record = read_record(self.record(job_id, number).decode())
            png = self.picture(job_id, number)
            picture = decode_picture(png, name=f"panel {number}", limits=PictureLimits()).image
            panels.append(MadePanel(GeneratedPanel(picture, record.seed), record))
        return MadeSequence(job.prompt.splitlines()[0][:80], tuple(panels), job.layout == "strip")

    def note_kept(self, job_id: str) -> None:
        """Remember that all pictures of a job are in the library as they are now. Raises NotFoundError."""
        with self._editing:
            self._note_kept(job_id, is_kept=True)

    def _note_kept(self, job_id: str, *, is_kept: bool) -> None:
        job = self.job(job_id)
        if job.is_kept != is_kept:
            self._put(replace(job, is_kept=is_kept))

    def resume(self) -> None:
        """Work as long as jobs wait."""
        with self._changed:
            waits = any(job.state is StudioState.WAITING for job in self._jobs.values())
            if waits and self._worker is None and not self._is_closed:
                self._worker = Thread(target=self._work, name="studio", daemon=True)
                self._worker.start()

    def close(self) -> None:
        """Stop working; what is running is done again by the next server."""
        with self._changed:
            self._is_closed = True
            worker = self._worker
        if worker is not None:
            worker.join(timeout=20)

    def _records(self, job: StudioJob) -> list[PanelRecord]:
        """Return the records of all pictures of a job. Raises NotFoundError."""
        return [read_record(self.record(job.job_id, n).decode()) for n in range(1, job.pictures + 1)]

    def _check_fits(self, go: StudioJob, number: int) -> None:
        """Refuse a picture that cannot go with the other panels of a script: they are one work."""
        from search.generation.sequences import check_goes_with

        fresh = read_record(self.record(go.job_id, number).decode())
        whole = self.job(go.of)
        others = [record for n, record in enumerate(self._records(whole), start=1) if n != go.panel]
        self.record(go.of, go.panel)  # it is still there
        if not whole.layout:
            return
        check_goes_with(fresh, others)

    def _told_of(self, job: StudioJob) -> StudioJob:
        """Return a job with what its pictures say by now."""
        records = self._records(job)
        return replace(
            job,
            credits=tuple(record.credit for record in records),
            is_kept=False,
            lettered=_lettered(records) if job.has_layers else (),
        )

    def _file(self, job_id: str, number: int, kind: str) -> bytes:
        if not 1 <= number <= self.job(job_id).pictures:
            raise NotFoundError(f"the job {job_id} has no picture {number}")
        return self._files.read(job_id, number, kind)

    def _take_up(self) -> None:
        for path in sorted(self._folder.glob(f"*/{_JOB_FILE}")):
            try:
                told = json.loads(path.read_bytes())
                job, request = StudioJob.from_json(told["job"]), request_of(told["request"])
            except _DAMAGED:
                continue  # not ours, or torn: it is left alone
            if job.job_id != path.parent.name:
                continue
            if not job.is_over:
                job = replace(job, state=StudioState.WAITING, share=0.0, doing="")
            self._jobs[job.job_id], self._requests[job.job_id] = job, request

    def _work(self) -> None:
        while True:
            with self._changed:
                waiting = [job for job in self._jobs.values() if job.state is StudioState.WAITING]
                if not waiting or self._is_closed:
                    self._worker = None
                    return
            self._run(min(waiting, key=lambda job: job.created_s))

    def _keep(self, job: StudioJob, request: GenerationRequest) -> None:
        """Write a new job down; nothing of it stays where that fails."""
        folder = self._folder / job.job_id
        try:
            folder.mkdir(parents=True)
            self._requests[job.job_id] = request
            self._put(job)
        except (OSError, LibraryError) as error:
            self._requests.pop(job.job_id, None)
            shutil.rmtree(folder, ignore_errors=True)
            raise LibraryError(f"cannot keep the job: {error}") from error

    def _run(self, job: StudioJob) -> None:
        """Bring a job to its end; whatever happens in it, the next one is worked on."""
        try:
            self._work_on(job)
        except Exception as error:
            logger.exception("the job %s failed", job.job_id)
            with self._changed:  # the disk may be full: this is remembered in memory alone
                known = self._jobs.get(job.job_id)
                if known is not None and not known.is_over:
                    self._jobs[job.job_id] = replace(job, state=StudioState.FAILED, message=str(error))

    def _work_on(self, job: StudioJob) -> None:
        with self._changed:
            if self._jobs.get(job.job_id) != job:
                return  # cancelled a moment ago
            self._put(replace(job, state=StudioState.RUNNING, doing="looking for references"))
        from webui.generation.restyle_report import is_judged

        try:
            made = self._make(self._requests[job.job_id], partial(self._tell_making, job.job_id))
            parent = self._parent_of(job)
            for number, panel in enumerate(made, start=1):
                done = (number - 1) / len(made)
                self._tell(job.job_id, MAKING + (1 - MAKING) * done, "writing")
                descended = replace(panel, record=replace(panel.record, parent=parent)) if parent else panel
                self._files.write(job.job_id, number, descended)
            ended = replace(
                job,
                state=StudioState.DONE,
                share=1.0,
                pictures=len(made),
                pages=_pages_of(job, len(made)),
                credits=tuple(panel.record.credit for panel in made),
                has_report=any(map(is_judged, made)),
                has_layers=any(panel.panel.layers for panel in made),
                lettered=_lettered([panel.record for panel in made if panel.panel.layers]),
                message="; ".join(dict.fromkeys(filter(None, (panel.record.remarks for panel in made)))),
            )
        except GenerationCancelledError:
            self._files.clear(job.job_id)
            return  # whoever ended it has said so
        except LongboxError as error:
            self._files.clear(job.job_id)
            ended = replace(job, state=StudioState.FAILED, message=str(error))
        with self._changed:
            known = self._jobs.get(job.job_id)
            if known is not None and not known.is_over:
                self._put(ended)

    def _parent_of(self, job: StudioJob) -> str:
        """Return the checksum of the pixels that a job is another go at, empty for a first one."""
        try:
            return read_record(self.record(job.of, job.panel).decode()).picture_sha256 if job.of else ""
        except NotFoundError:
            return ""  # forgotten meanwhile

    def _tell_making(self, job_id: str, share: float, doing: str) -> None:
        """Note progress of what makes the panels, before they are written. Raises as :meth:`_tell`."""
        self._tell(job_id, MAKING * share, doing)

    def _tell(self, job_id: str, share: float, doing: str) -> None:
        """Note progress. Raises GenerationCancelledError where the job, or the server, was ended."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None or job.is_over or self._is_closed:
                raise GenerationCancelledError("the job was ended")
            self._jobs[job_id] = replace(job, share=round(share, 3), doing=doing)

    def _put(self, job: StudioJob) -> None:
        """Remember a job, on the disk first."""
        told = {"job": asdict(job), "request": request_json(self._requests[job.job_id])}
        with self._changed:
            write_whole(self._folder / job.job_id / _JOB_FILE, json.dumps(told, ensure_ascii=False).encode())
            self._jobs[job.job_id] = job
            self._changed.notify_all()

    def _forget_old(self) -> None:
        over = [job for job in self.all() if job.is_over]
        for job in over[KEPT:]:
            with suppress(NotFoundError):  # somebody else forgot it
                self.cancel(job.job_id)


def _pages_of(job: StudioJob, panels: int) -> int:
    """Return how many pages the panels of a script fill, 0 for what is none."""
    from models.generation.pages import page_frames

    if not job.layout:
        return 0
    return 1 if job.layout == "strip" else page_frames(panels)[-1].page + 1


def _lettered(records: Sequence[PanelRecord]) -> tuple[int, ...]:
    """Return the numbers, from 1, of the pictures that have balloons."""
    return tuple(number for number, record in enumerate(records, start=1) if record.boxes.get("balloon"))
