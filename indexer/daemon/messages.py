"""What session and workers say to each other, through a pipe of their own."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from indexer.daemon.tasks import Aim
from indexer.stages.models import Edition
from schemas.errors import LongboxError
from schemas.records import StageFailure, TextLine
from schemas.vlm import PageReading


@dataclass(frozen=True, slots=True)
class Order:
    """To a worker: find out what this source is; the fingerprint is the one it must still have."""

    path: Path
    source: str
    size_bytes: int
    mtime_ns: int
    parcel: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """To a worker that has identified a source: read it for this, or (None) let it be."""

    aim: Aim | None


@dataclass(frozen=True, slots=True)
class Ready:
    """The models are loaded: ``words`` is how books are read in the end, ``pictures`` at first."""

    words: Edition
    pictures: Edition


@dataclass(frozen=True, slots=True)
class Unfit:
    """The models cannot be had; no worker ever will be ready."""

    error: LongboxError


@dataclass(frozen=True, slots=True)
class Identified:
    """The content of the source, by its hash."""

    book_id: str


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page is done, of so many in the book."""

    page_count: int


@dataclass(frozen=True, slots=True)
class LinesRead:
    """The lettering of a picture, for the cache."""

    sha256: str
    reader: str
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class PageDescribed:
    """What a page reader says of a picture, for the cache."""

    sha256: str
    reader: str
    reading: PageReading


@dataclass(frozen=True, slots=True)
class BookRead:
    """The book lies in its parcel, read for this, under this revision."""

    aim: Aim
    revision: str


@dataclass(frozen=True, slots=True)
class BookFailed:
    """The source is no book, or none that can be read; ``book_id`` where its content is known."""

    book_id: str | None
    failure: StageFailure


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """The file is not what was ordered: it has another fingerprint by now, or (None) is gone."""

    fingerprint: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Not the book's fault: the disk is full or fails."""

    message: str


class EndReason(StrEnum):
    """Why a worker ended in the middle of a book."""

    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    TOO_LARGE = "too-large-memory"


@dataclass(frozen=True, slots=True)
class WorkerEnded:
    """The process is gone, from the pool itself; ``detail`` says in words what happened."""

    reason: EndReason
    detail: str


Message = (
    Ready
    | Unfit
    | Identified
    | PageRead
    | LinesRead
    | PageDescribed
    | BookRead
    | BookFailed
    | SourceChanged
    | NoRoom
    | WorkerEnded
)
