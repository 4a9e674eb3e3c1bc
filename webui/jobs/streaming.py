"""A job's progress as server-sent events: a bounded number of streams, each ends with its job."""

import json
import time
from collections.abc import Iterator
from threading import BoundedSemaphore

import flask

from schemas.errors import NotFoundError
from webui.errors import Refusal
from webui.jobs.job import Job
from webui.jobs.registry import Jobs

HEARTBEAT_S = 10.0
LONGEST_S = 900.0
"""After that a browser connects anew: a stream that nobody reads must not last for ever."""
_RETRY_MS = 2_000


class Streams:
    """Hands out places for streams: each holds a thread of the server."""

    def __init__(self, places: int) -> None:
        """Let so many streams run side by side."""
        self._places = BoundedSemaphore(places)

    def stream(self, jobs: Jobs, job_id: str) -> flask.Response:
        """Answer with a stream of a job. Raises NotFoundError, and Refusal 429 where all places are taken."""
        job = jobs.job(job_id)
        if not self._places.acquire(blocking=False):
            told = "too many streams are open: ask for the job's state instead, now and then"
            raise Refusal(429, "too-many-streams", told, headers={"Retry-After": "5"})
        response = flask.Response(_events(jobs, job), mimetype="text/event-stream")
        response.call_on_close(self._places.release)  # also where nothing was ever read from it
        response.cache_control.no_store = True
        response.headers["X-Accel-Buffering"] = "no"
        return response


def _events(jobs: Jobs, job: Job) -> Iterator[str]:
    until = time.monotonic() + LONGEST_S
    yield f"retry: {_RETRY_MS}\n\n"
    yield _event("progress", job)
    while not job.is_over and time.monotonic() < until:
        known = job
        try:
            job = jobs.wait_for_change(known, timeout_s=HEARTBEAT_S)
        except NotFoundError:  # so old that it is forgotten
            return
        yield ": still there\n\n" if job == known else _event("progress", job)
    if job.is_over:
        yield _event("end", job)


def _event(name: str, job: Job) -> str:
    return f"event: {name}\ndata: {json.dumps(job.to_json())}\n\n"
