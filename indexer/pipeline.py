"""Chains the stages of a page and holds the only error boundary per item.

    container → picture → panels → lettering → vectors → (with the whole book) direction → order
    → owners of texts → page types → vectors of texts

A stage that fails leaves a :class:`~schemas.records.StageFailure`; the page goes on without it,
the book becomes PARTIAL. :mod:`indexer.running.books` sends whole books through.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from indexer.stages.descriptions import PatientReader
from indexer.stages.drafts import (
    PageDraft,
    PageThumbnails,
    PictureFindings,
    cut_panels,
    draw_thumbnails,
    encode_pictures,
    with_whole_page,
)
from indexer.stages.models import StageModels
from indexer.stages.pictures import decode_page, measure_page, measure_panel
from models.page_types.looks import look_of
from models.pictures import perceptual_hash
from models.text.regions import group_lines
from schemas.config import PictureLimits
from schemas.errors import LibraryError, LongboxError, UnreadablePictureError
from schemas.labels import PageType, ReadingDirection
from schemas.records import PageLayout, RgbImage, StageFailure, TextLine, TextRegion
from schemas.vlm import PageReading, ReadingDefect

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageTask:
    """One encoded page.

    ``known_lines`` and ``known_reading`` are what was read in it before, ``set_type`` is what somebody
    said that it is.
    """

    page_no: int
    page_file: str
    data: bytes
    known_lines: tuple[TextLine, ...] | None
    known_reading: PageReading | None
    direction: ReadingDirection
    reads_text: bool
    set_type: PageType | None = None


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """A drafted page or none; what is ``fresh`` was read just now and belongs into the cache."""

    draft: PageDraft | None
    thumbnails: PageThumbnails | None
    fresh_lines: tuple[TextLine, ...] | None
    fresh_reading: PageReading | None
    failures: tuple[StageFailure, ...]


class PagePipeline:
    """Does all work on pages that needs their pixels. Safe to share between threads."""

    def __init__(self, models: StageModels, limits: PictureLimits) -> None:
        self._models = models
        self._limits = limits
        self._page_reader = PatientReader(models.page_reader) if models.page_reader else None

    def draft(self, task: PageTask) -> PageOutcome:
        """Draft one page; whatever breaks is a failure of its stage, never an exception."""
        failures: list[StageFailure] = []
        nothing = PageOutcome(None, None, None, None, ())
        outcome = attempt(
            "picture", task.page_no, failures, lambda: self._draft_page(task, failures), otherwise=nothing
        )
        return replace(outcome, failures=tuple(failures))

    def _draft_page(self, task: PageTask, failures: list[StageFailure]) -> PageOutcome:
        picture = decode_page(task.data, name=task.page_file, limits=self._limits)
        if picture.degraded is not None:
            message = f"{task.page_file}: {picture.degraded}"
            failures.append(StageFailure("picture", UnreadablePictureError.reason, message, task.page_no))
        image = picture.image
        measures = measure_page(image)
        lines = self._read(task, image, failures)
        found = self._detect(task, image, failures)
        layout = with_whole_page(found, is_blank=measures.is_blank and not lines)
        panels = cut_panels(image, layout)
        found_in = self._encode(task, image, panels, failures)
        reading = self._describe(task, image, failures)
        draft = PageDraft(
            page_no=task.page_no,
            page_file=task.page_file,
            sha256=picture.sha256,
            width_px=picture.width_px,
            height_px=picture.height_px,
            degraded=picture.degraded,
            phash=perceptual_hash(image),
            measures=measures,
            layout=layout,
            panel_hashes=tuple(perceptual_hash(panel) for panel in panels),
            page_vector=found_in.page,
            panel_vectors=found_in.panels,
            panel_tags=found_in.tags,
            panel_looks=tuple(map(measure_panel, panels)),
            lines=lines or (),
            regions=self._group(task, image, lines or (), layout, failures),
            reading=reading,
            look=look_of(image),
            is_read=task.reads_text and lines is not None,
            vector_of=self._models.picture_encoder.spec,
            set_type=task.set_type,
        )
        fresh = lines if task.reads_text and task.known_lines is None else None
        told = reading if reading and reading.complete and task.known_reading is None else None
        return PageOutcome(draft, draw_thumbnails(image, panels), fresh, told, ())

    def _detect(self, task: PageTask, image: RgbImage, failures: list[StageFailure]) -> PageLayout:
        detector = self._models.detector
        return attempt(
            "panels",
            task.page_no,
            failures,
            lambda: detector.detect(image, direction=task.direction),
            otherwise=PageLayout((), 0.0),
        )

    def _read(
        self, task: PageTask, image: RgbImage, failures: list[StageFailure]
    ) -> tuple[TextLine, ...] | None:
        """Return the lines of a page, from the cache if it is there; None where reading failed."""
        if not task.reads_text:
            return ()
        if task.known_lines is not None:
            return task.known_lines
        reader = self._models.reader
        return attempt("text", task.page_no, failures, lambda: reader.read_lines(image), otherwise=None)

    def _group(
        self,
        task: PageTask,
        image: RgbImage,
        lines: tuple[TextLine, ...],
        layout: PageLayout,
        failures: list[StageFailure],
    ) -> tuple[TextRegion, ...]:
        return attempt(
            "text",
            task.page_no,
            failures,
            lambda: group_lines(lines, direction=task.direction, page=image, panels=layout.panels),
            otherwise=(),
        )

    def _encode(
        self, task: PageTask, image: RgbImage, panels: Sequence[RgbImage], failures: list[StageFailure]
    ) -> PictureFindings:
        return attempt(
            "vectors",
            task.page_no,
            failures,
            lambda: encode_pictures(self._models.picture_encoder, image, panels),
            otherwise=PictureFindings.none(len(panels)),
        )

    def _describe(self, task: PageTask, image: RgbImage, failures: list[StageFailure]) -> PageReading | None:
        """Return what a page reader says of a page, from the cache if it is there; None without one."""
        reader = self._page_reader
        if reader is None or task.known_reading is not None:
            return task.known_reading
        reading = attempt(
            "descriptions", task.page_no, failures, lambda: reader.read_page(image), otherwise=None
        )
        if reading is not None and not reading.complete:
            message = f"{task.page_file}: the page reader's answer breaks off: panels may lack a description"
            failures.append(StageFailure("descriptions", ReadingDefect.TRUNCATED, message, task.page_no))
        return reading


def attempt(
    stage: str, page_no: int | None, failures: list[StageFailure], work: Callable[[], T], *, otherwise: T
) -> T:
    """Do one stage's work on one item; if it fails, note why and return ``otherwise``."""
    try:
        return work()
    except LibraryError:
        raise
    except Exception as error:  # noqa: BLE001 - the error boundary of a stage
        failures.append(to_failure(stage, page_no, error))
        return otherwise


def to_failure(stage: str, page_no: int | None, error: Exception) -> StageFailure:
    """Turn what went wrong into a record; a fault of ours also goes to the log with its trace."""
    if isinstance(error, LongboxError):
        logger.info("%s: %s", stage, error)
        return StageFailure(stage, error.reason, str(error), page_no)
    logger.error("the stage %s failed", stage, exc_info=error)
    if isinstance(error, OSError):
        return StageFailure(stage, "unreadable-file", f"cannot be read: {error.strerror or error}", page_no)
    message = f"unexpected {type(error).__name__} in the stage {stage}: see longbox.log and report it"
    return StageFailure(stage, "internal", message, page_no)
