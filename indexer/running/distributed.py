"""Many machines: whole books are read by the workers of a Ray cluster and stored by the driver alone.

A book is the unit: a worker opens its file, which must lie at the same path there, reads it by the
pipeline of a single machine and sends back records, vectors and thumbnails. The driver stores them by
the rules of any other run, so the library is the same, row for row. A worker or node that dies loses
nothing: Ray gives its books to others.
"""

from __future__ import annotations

import builtins
import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from indexer.containers import content_hash, fingerprint
from indexer.library.rows import BookVectors, Thumbnail
from indexer.running.books import BookJob, BookOutcome, BookPipeline, FailedBook, FinishedBook, ReadingCache
from indexer.running.process import set_up_process
from indexer.stages.assembly import AssembledBook
from indexer.stages.models import StageModels, load_models
from schemas.config import IndexOptions
from schemas.errors import BackendUnavailableError, ConfigError, ContainerError, LongboxError
from schemas.labels import PageType
from schemas.records import StageFailure, TextLine
from schemas.vlm import PageReading

if TYPE_CHECKING:
    from ray import ObjectRef

RETRIES = 5
"""Times a book is given to another worker when its own died, before it counts as one that kills them."""
BOOKS_AHEAD = 2
"""Books given out ahead for each core of the cluster: enough to keep it busy, few enough to bound memory."""
_KNOCK_S = 5.0
_QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.WARNING}
LOST = "worker-lost"
"""Reason of a book whose workers died over it."""

ModelLoader = Callable[[IndexOptions], StageModels]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A book for a worker: what to read, how, and the revision that this must come to.

    ``set_types`` are types of pages that people set, by the SHA-256 of their pictures.
    """

    job: BookJob
    options: IndexOptions
    revision: str
    load: ModelLoader
    set_types: tuple[tuple[str, PageType], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadBook:
    """A book that a worker read, and what it found in pictures, for the driver's cache."""

    assembled: AssembledBook
    vectors: BookVectors
    thumbnails: tuple[Thumbnail, ...]
    lines: tuple[tuple[str, str, tuple[TextLine, ...]], ...]
    page_readings: tuple[tuple[str, str, PageReading], ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """The file is not there on a worker's node, or is another one."""

    node: str
    why: str


Answer = ReadBook | FailedBook | Unseen


def read_book(assignment: Assignment) -> Answer:
    """Read one book; runs on a worker, and again on another should that die.

    Raises:
        ConfigError: the worker would read books in another way than the driver.
        BackendUnavailableError: a model cannot be had there.
    """
    job = assignment.job
    try:
        if content_hash(job.path) != job.book_id:
            return Unseen(socket.gethostname(), f"{job.path} is another file")
    except ContainerError as error:
        return Unseen(socket.gethostname(), str(error))
    models = _models(assignment.load, assignment.options)
    if models.revision(assignment.options.direction) != assignment.revision:
        raise ConfigError(
            f"the worker {socket.gethostname()} has other models or another Longbox than this machine: "
            "install the same there"
        )
    found = _Findings(told_types=dict(assignment.set_types))
    pipeline = BookPipeline(models, replace(assignment.options, workers=1), found)
    with closing(pipeline.run([job], on_page=lambda *_: None)) as outcomes:
        for outcome in outcomes:
            if isinstance(outcome, FailedBook):
                return outcome
            thumbnails = tuple(outcome.thumbnails)
            told = tuple(found.lines), tuple(found.page_readings)
            return ReadBook(outcome.assembled, outcome.vectors, thumbnails, *told)
    raise RuntimeError("a pipeline gives an outcome for each book")


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Makes the pipeline of a cluster: at an address, or of this machine's own cores for None."""

    address: str | None = None
    load: ModelLoader = load_models

    def __call__(self, models: StageModels, options: IndexOptions, cache: ReadingCache) -> RayPipeline:
        """Return a pipeline. Raises BackendUnavailableError where Ray is not installed."""
        _require_ray()
        return RayPipeline(self, models.revision(options.direction), options, cache)


class RayPipeline:
    """Reads books as :class:`indexer.running.books.BookPipeline` does, on a cluster."""

    def __init__(self, engine: RayEngine, revision: str, options: IndexOptions, cache: ReadingCache) -> None:
        self._engine = engine
        self._revision = revision
        self._options = options
        self._cache = cache

    def run(
        self, jobs: Iterable[BookJob], *, on_page: Callable[[BookJob, int], None]
    ) -> Generator[BookOutcome, None, None]:
        """Read books and give them finished, in the order of ``jobs``.

        Args:
            jobs: drawn from a little ahead of what is given out.
            on_page: called for each page of a book, once the book is there.

        Raises:
            BackendUnavailableError: the cluster cannot be reached, or its nodes see no file or model.
        """
        with _connected(self._engine.address, self._options) as ray:
            read = ray.remote(read_book).options(num_cpus=1, max_retries=RETRIES)
            waiting: deque[tuple[BookJob, ObjectRef[Any]]] = deque()
            set_types = tuple(self._cache.set_types().items())
            for job in jobs:
                task = Assignment(job, self._options, self._revision, self._engine.load, set_types)
                waiting.append((job, read.remote(task)))
                while len(waiting) > BOOKS_AHEAD * int(ray.cluster_resources().get("CPU", 1)):
                    yield self._collect(ray, *waiting.popleft(), on_page)
            while waiting:
                yield self._collect(ray, *waiting.popleft(), on_page)

    def _collect(
        self, ray: Any, job: BookJob, result: ObjectRef[Any], on_page: Callable[[BookJob, int], None]
    ) -> BookOutcome:
        try:
            answer: Answer = ray.get(result)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, LongboxError):
                raise error.cause from None
            raise
        except ray.exceptions.RayError as error:
            first = (str(error).splitlines() or [""])[0]
            message = f"{job.path.name} could not be read: each worker that tried it died ({first[:200]})"
            return FailedBook(job, StageFailure("container", LOST, message))
        if isinstance(answer, Unseen):
            return _unseen(job, answer)
        if isinstance(answer, FailedBook):
            return answer
        for sha256, reader, lines in answer.lines:
            self._cache.remember_reading(sha256, reader, lines)
        for sha256, reader, reading in answer.page_readings:
            self._cache.remember_page_reading(sha256, reader, reading)
        for _ in range(answer.assembled.book.page_count):
            on_page(job, answer.assembled.book.page_count)
        return FinishedBook(job, answer.assembled, answer.vectors, iter(answer.thumbnails))


@dataclass(slots=True)
class _Findings:
    """Takes down what is read; knows no lettering, since the ledger lies with the driver."""

    lines: list[tuple[str, str, tuple[TextLine, ...]]] = field(default_factory=list)
    page_readings: list[tuple[str, str, PageReading]] = field(default_factory=list)
    told_types: dict[str, PageType] = field(default_factory=dict)

    def set_types(self) -> dict[str, PageType]:
        """Return all that people said, as the driver told."""
        return self.told_types

    def set_type(self, sha256: str) -> PageType | None:
        """Return what somebody said that a page is, as the driver told."""
        return self.told_types.get(sha256)

    def reading(self, sha256: str, reader: str) -> tuple[TextLine, ...] | None:
        """Return None."""
        del sha256, reader
        return None

    def remember_reading(self, sha256: str, reader: str, lines: Sequence[TextLine]) -> None:
        """Keep the lines for the driver."""
        self.lines.append((sha256, reader, tuple(lines)))

    def page_reading(self, sha256: str, reader: str) -> PageReading | None:
        """Return None."""
        del sha256, reader
        return None

    def remember_page_reading(self, sha256: str, reader: str, reading: PageReading) -> None:
        """Keep what was said for the driver."""
        self.page_readings.append((sha256, reader, reading))


@lru_cache(maxsize=1)
def _models(load: ModelLoader, options: IndexOptions) -> StageModels:
    """Load the models once for each worker process, which has one core."""
    set_up_process()
    return load(options)


def _unseen(job: BookJob, answer: Unseen) -> FailedBook:
    """Fail a book that is gone or changed here too; a file that only the node lacks ends the run."""
    try:
        is_here = fingerprint(job.path) == (job.size_bytes, job.mtime_ns)
    except ContainerError:
        is_here = False
    if is_here:
        raise BackendUnavailableError(
            f"the worker {answer.node} does not see the book as it is here ({answer.why}): "
            "mount its folder there under the same path"
        )
    message = f"{job.path.name} was changed or removed before it was read: index it again"
    return FailedBook(job, StageFailure("container", "unreadable-file", message))


def _require_ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise BackendUnavailableError(
            f"--engine ray needs Ray, which is not installed ({error}): pip install 'longbox[ray]'"
        ) from error
    return ray


@contextmanager
def _connected(address: str | None, options: IndexOptions) -> Iterator[Any]:
    """Join a cluster, or start one of this machine's cores, and leave it at the end."""
    ray = _require_ray()
    own_print = builtins.print  # Ray puts its own in its place, which compilers such as numba do not know
    try:
        if address is None:
            cores = options.workers or os.cpu_count() or 1
            ray.init(num_cpus=cores, include_dashboard=False, **_QUIET)
        else:
            _knock(address)
            ray.init(address=address, **_QUIET)
    except (OSError, RuntimeError, ValueError) as error:
        why = (str(error).splitlines() or [""])[0][:200]
        raise BackendUnavailableError(
            f"cannot join the Ray cluster at {address or 'this machine'} ({why}): "
            "start one by 'ray start --head', or leave --address away"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()
        builtins.print = own_print


def _knock(address: str) -> None:
    """Raise OSError where nobody listens at an address: Ray would wait for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=_KNOCK_S).close()
