"""Bring a library up to date: survey first, models and tables only if there is something to do."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.catalogue.deciding import follow_matches
from indexer.elements.following import follow_elements
from indexer.library.journal import log_file
from indexer.library.ledger import Ledger
from indexer.library.store import has_tables, prepare_folder
from indexer.remote.turn import writers_turn
from indexer.running.books import BookEngine, BookPipeline, ReadingCache
from indexer.running.reports import IndexReport, Progress, ReadCounts, SilentProgress, with_remarks
from indexer.running.run import SETTLED_NOTE, LibraryRun
from indexer.running.survey import Survey, take_survey
from indexer.stages.models import Edition, StageModels, load_models, options_key
from schemas.config import AS_TOLD, IndexOptions
from schemas.errors import LibraryError, LibraryNotFoundError
from schemas.labels import BookStatus

REVISION_NOTE = "revision:"
"""Prefix of ledger notes that name the pipeline revision of some options."""
PICTURE_ENCODER_NOTE, TEXT_ENCODER_NOTE = "picture_encoder", "text_encoder"
READER_NOTE, PAGE_READER_NOTE, DIRECTION_NOTE = "reader", "page_reader", "direction"
"""Ledger notes of options that later runs go on with; no direction is an empty text."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``retry`` tries again what failed, wholly or in part; ``prune`` takes out books without a file."""

    retry: bool = False
    prune: bool = False


ModelLoader = Callable[[IndexOptions], StageModels]
EngineMaker = Callable[[StageModels, IndexOptions, ReadingCache], BookEngine]


def index_library(  # noqa: PLR0913 (what a run is, and two ways to put in others of its parts)
    roots: Sequence[Path],
    library: Path,
    options: IndexOptions,
    *,
    scope: Scope = Scope(),
    progress: Progress | None = None,
    load: ModelLoader = load_models,
    engine: EngineMaker = BookPipeline,
) -> IndexReport:
    """Bring a library up to date with the books under ``roots``.

    Args:
        roots: files and folders; whatever else the library holds is left alone.
        library: folder of the library, made where it is missing.
        options: models, direction, workers, limits.
        scope: what to do beside new and changed books.
        progress: told what happens.
        load: loads the models, only called when there is something to do.
        engine: makes what reads the books: this machine, or :class:`indexer.running.distributed.RayEngine`.

    Raises:
        LibraryBusyError: another process is writing to the library.
        EncoderMismatchError: the library was made with other encoders.
        LibraryError: the library cannot be written or is none, or a folder to prune is empty of
            books where it held some; what the library held, it still holds.
        ConfigError, BackendUnavailableError: a model cannot be had.
    """
    started = time.perf_counter()
    library = library.absolute()
    # One name for one place, however it was typed; links are kept as the user knows them.
    roots = [Path(os.path.abspath(root)) for root in roots]  # noqa: PTH100
    prepare_folder(library)
    with writers_turn(library), log_file(library), Ledger.open(library) as ledger:
        task = _prepare(roots, ledger, options, retry=scope.retry, load=load)
        if scope.prune:
            _check_not_emptied(roots, task.survey)
        counts, pruned = ReadCounts(), 0
        if not _is_idle(task.survey, ledger, library, prune=scope.prune):
            models = task.models or load(options)
            edition = models.edition(options.direction)
            run = LibraryRun(ledger, library, edition, options.limits, progress or SilentProgress())
            remember_options(ledger, options)
            pipeline = engine(models, options, ledger)
            counts = run.read(task.survey.changed, pipeline, retry=scope.retry)
            run.note_missing(task.survey.vanished)
            pruned = run.prune([*task.survey.vanished, *task.survey.gone]) if scope.prune else 0
            run.finish()
            remember_revision(ledger, options, edition)
            follow_elements(library)
            follow_matches(library)
        return _report(task.survey, ledger, counts, pruned=pruned, seconds=time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a library was last read with; None what it does not know (a new library)."""

    picture_encoder: str | None = None
    text_encoder: str | None = None
    reader: str | None = None
    page_reader: str | None = None
    direction: str | None = None


def remembered_options(library: Path) -> Remembered:
    """Return the options of the last run that read or stored something.

    Without them, a later run that leaves them away would read every book again in another way.
    """
    try:
        with Ledger.open_read_only(library) as ledger:
            return Remembered(
                picture_encoder=ledger.note(PICTURE_ENCODER_NOTE),
                text_encoder=ledger.note(TEXT_ENCODER_NOTE),
                reader=ledger.note(READER_NOTE),
                page_reader=ledger.note(PAGE_READER_NOTE),
                direction=ledger.note(DIRECTION_NOTE) or None,
            )
    except LibraryNotFoundError:
        return Remembered()


def chosen_options(known: Remembered, asked: Remembered, *, workers: int) -> IndexOptions:
    """Return what was asked for, completed by what the library was last read with."""
    usual, direction = IndexOptions(), asked.direction
    return IndexOptions(
        reader=asked.reader or known.reader or usual.reader,
        page_reader=asked.page_reader or known.page_reader or usual.page_reader,
        picture_encoder=asked.picture_encoder or known.picture_encoder or usual.picture_encoder,
        text_encoder=asked.text_encoder or known.text_encoder or usual.text_encoder,
        direction=known.direction if direction is None else None if direction == AS_TOLD else direction,
        workers=workers,
    )


@dataclass(frozen=True, slots=True)
class _Task:
    """What there is to do; ``models`` where they had to be loaded to find out."""

    key: str
    survey: Survey
    models: StageModels | None


def _prepare(
    roots: Sequence[Path], ledger: Ledger, options: IndexOptions, *, retry: bool, load: ModelLoader
) -> _Task:
    key = options_key(options)
    revision = ledger.note(REVISION_NOTE + key)
    entries, unsettled = ledger.entries(), ledger.damaged() | frozenset(ledger.unsettled())
    survey = take_survey(roots, entries, unsettled, revision=revision, retry=retry)
    if revision is not None or not survey.changed:
        return _Task(key, survey, None)
    models = load(options)
    revision = models.revision(options.direction)
    return _Task(key, take_survey(roots, entries, unsettled, revision=revision, retry=retry), models)


def remember_revision(ledger: Ledger, options: IndexOptions, edition: Edition) -> None:
    """Note under which revision books are read with these options: later runs need no model to know."""
    ledger.set_note(REVISION_NOTE + options_key(options), edition.revision)


def remember_options(ledger: Ledger, options: IndexOptions) -> None:
    """Note with which options the library goes on; see :func:`remembered_options`."""
    ledger.set_note(PICTURE_ENCODER_NOTE, options.picture_encoder)
    ledger.set_note(TEXT_ENCODER_NOTE, options.text_encoder)
    ledger.set_note(READER_NOTE, options.reader)
    ledger.set_note(PAGE_READER_NOTE, options.page_reader)
    ledger.set_note(DIRECTION_NOTE, options.direction or "")


def _check_not_emptied(roots: Sequence[Path], survey: Survey) -> None:
    """Refuse to prune all books of a folder: an unmounted drive looks like one.

    Raises:
        LibraryError: a folder holds no book any more, and held some.
    """
    lost = [entry for entry in (*survey.vanished, *survey.gone) if entry.book_id is not None]
    for root in roots:
        count = sum(Path(entry.source).is_relative_to(root) for entry in lost)
        if count and not any(source.path.is_relative_to(root) for source in survey.found):
            raise LibraryError(
                f"nothing is pruned: {root} holds no book any more where it held {count}; is its drive "
                "mounted? If they are gone for good, give the folder above it, or delete the library"
            )


def _is_idle(survey: Survey, ledger: Ledger, library: Path, *, prune: bool) -> bool:
    """Say whether the library is whole and nothing has changed."""
    work = survey.changed or survey.vanished or (prune and survey.gone) or ledger.unsettled()
    return not work and ledger.note(SETTLED_NOTE) == "1" and has_tables(library)


def _report(
    survey: Survey, ledger: Ledger, counts: ReadCounts, *, pruned: int, seconds: float
) -> IndexReport:
    asked = {source.key for source in survey.found}
    lost = {entry.source for entry in (*survey.vanished, *survey.gone)}
    entries = [entry for entry in ledger.entries() if entry.source in asked | lost]
    by_status = {status: tuple(entry for entry in entries if entry.status is status) for status in BookStatus}
    here = len(by_status[BookStatus.READY]) + len(by_status[BookStatus.PARTIAL])
    return IndexReport(
        indexed=counts.books,
        unchanged=here - counts.books,
        pages=counts.pages,
        panels=counts.panels,
        pruned=pruned,
        seconds=seconds,
        partial=by_status[BookStatus.PARTIAL],
        failed=by_status[BookStatus.FAILED],
        missing=by_status[BookStatus.MISSING],
        remarked=with_remarks(entries),
    )
