"""Jobs: folders to be added, looked through again, tried again; and which folders there are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.daemon.control import unwatch_folder, watched_folders
from schemas.errors import NotFoundError, QueryError
from webui.jobs.job import Job, JobKind
from webui.jobs.roots import FolderListing
from webui.openapi.routes import NOTHING, Answer, Routes
from webui.security.scopes import Scope
from webui.state import site

routes = Routes("jobs")
_MAX_PATH = 4_096

FolderPath = Annotated[str, Meta(max_length=_MAX_PATH, description="Absolute path, below one of the roots.")]


@dataclass(frozen=True, slots=True)
class JobList:
    """The jobs of this server since its start, the latest first."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Folders:
    """Roots below which folders may be added, and folders that were added here."""

    roots: tuple[str, ...]
    added: tuple[str, ...]


class NewJob(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is to be done; ``folder`` is needed to add one, and means nothing else."""

    kind: Literal["add-folder", "rescan", "retry", "pause", "resume"]
    folder: FolderPath | None = None


class FolderQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which folder."""

    path: FolderPath


@routes.get("/jobs", Answer(JobList), cost=0.2)
def jobs() -> ResponseReturnValue:
    """List the jobs."""
    return flask.jsonify({"jobs": [job.to_json() for job in site().jobs.all()]})


@routes.post("/jobs", Answer(Job, status=202), body=NewJob, errors=(404,))
def start_job(body: NewJob) -> ResponseReturnValue:
    """Ask for something that takes its time: add a folder, look again, try failures again, pause, resume.

    The daemon of the library does it; one is started where none runs, and ends with the server.
    """
    kind = JobKind(body.kind)
    if (body.folder is not None) != (kind is JobKind.ADD_FOLDER):
        raise QueryError("folder is to be named to add one, and only then")
    folder = None if body.folder is None else site().roots.resolve(body.folder)
    job = site().jobs.start(kind, folder)
    response = flask.jsonify(job.to_json())
    response.status_code = 202
    response.headers["Location"] = flask.url_for("api.job", job_id=job.job_id)
    return response


@routes.get("/jobs/<job_id>", Answer(Job), cost=0.2)
def job(job_id: str) -> ResponseReturnValue:
    """Say how far a job is."""
    return flask.jsonify(site().jobs.job(job_id).to_json())


@routes.delete("/jobs/<job_id>", Answer(Job))
def cancel_job(job_id: str) -> ResponseReturnValue:
    """End a job before its time: what was read stays."""
    return flask.jsonify(site().jobs.cancel(job_id).to_json())


@routes.get("/jobs/<job_id>/events", Answer(media="text/event-stream"))
def job_events(job_id: str) -> ResponseReturnValue:
    """Send a job's progress as server-sent events.

    ``progress`` and, at last, ``end`` carry the job as JSON. The answer is 429 where too many are open.
    """
    return site().streams.stream(site().jobs, job_id)


@routes.get("/folders", Answer(Folders), scope=Scope.WRITE)
def folders() -> ResponseReturnValue:
    """List the roots below which folders may be added, and the folders added."""
    roots = [str(root) for root in site().roots.roots]
    return flask.jsonify({"roots": roots, "added": list(watched_folders(site().library.path))})


@routes.get("/folders/list", Answer(FolderListing), query=FolderQuery, scope=Scope.WRITE, errors=(404,))
def list_folder(asked: FolderQuery) -> ResponseReturnValue:
    """List the folders in a folder, to choose one."""
    return flask.jsonify(site().roots.listing(asked.path))


@routes.delete("/folders", NOTHING, query=FolderQuery, errors=(404,))
def forget_folder(asked: FolderQuery) -> ResponseReturnValue:
    """Watch a folder no more; books that were read stay."""
    if asked.path not in watched_folders(site().library.path):
        raise NotFoundError(f"{asked.path[:200]!r} is none of the folders that were added")
    unwatch_folder(site().library.path, Path(asked.path))
    return "", 204
