"""``longbox migrate``: another picture encoder for a library, or the newest format, made beside it.

Fused vectors, pages and the library's own description hang on the encoder, and a commit is atomic
for one table only: so no column is added to the living tables. A second library is read from the
source files in the background, without reading lettering again; it can be killed and goes on. Only
the last step, a look for what changed meanwhile and two renames, needs the writer's lock.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from indexer.care.folders import swap
from indexer.care.keepsakes import carry_over
from indexer.care.reconciling import open_ledger
from indexer.care.snapshots import list_snapshots
from indexer.catalogue.importing import renew_catalogue
from indexer.elements.following import follow_elements
from indexer.library.entries import SourceEntry
from indexer.library.export import open_table
from indexer.library.ledger import LEDGER_FILE, Ledger
from indexer.library.lock import writer_lock
from indexer.library.store import prepare_folder
from indexer.remote.state import store_of
from indexer.running.indexing import (
    PICTURE_ENCODER_NOTE,
    ModelLoader,
    index_library,
    remembered_options,
)
from indexer.running.reports import IndexReport, Progress
from indexer.stages.models import load_models
from schemas.config import IndexOptions
from schemas.errors import LibraryError
from schemas.tables import BOOKS, LibraryFormat

_NAMED = 3


def migrate(
    library: Path,
    encoder: str | None = None,
    *,
    drop_missing: bool = False,
    workers: int = 0,
    progress: Progress | None = None,
    load: ModelLoader = load_models,
) -> IndexReport:
    """Give a library another picture encoder, or read it anew into the newest format with its own.

    Readers see the old one until the new one is whole.

    Args:
        library: its folder.
        encoder: registry name of the new picture encoder, None for the one it has.
        drop_missing: leave out books whose files are gone, instead of refusing.
        workers: pages side by side; 0: one a core.
        progress: told what happens.
        load: loads the models.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryError: files of some books are gone or cannot be read any more, or there are
            snapshots, which would go; the library stays as it is.
        LibraryBusyError: another process writes to the library when the new one is ready.
        ConfigError, BackendUnavailableError: the encoder cannot be had.
    """
    library = library.absolute()
    _check_local(library, encoder)
    _check_no_snapshots(library)
    roots = _sources(library, drop_missing=drop_missing)
    encoder = encoder or _encoder_of(library)
    options = _options(library, encoder, workers)
    new = library.with_name(f".{library.name}.longbox-migrating")
    _prepare(library, new, encoder)
    index_library(roots, new, options, progress=progress, load=load)
    with writer_lock(library):
        roots = _sources(library, drop_missing=drop_missing)
        report = index_library(roots, new, options, progress=progress, load=load)
        _check_complete(library, new, drop_missing=drop_missing)
        carry_over(library, new)
        renew_catalogue(new)
        follow_elements(new)
        _swap(library, new)
    return report


def _check_local(library: Path, encoder: str | None) -> None:
    store = store_of(library)
    if store is not None:
        raise LibraryError(
            f"the library {store} lies on object storage, where nothing is swapped in one step: make a new "
            f"one beside it ('longbox index --encoder {encoder or 'NAME'} --library {store}-new'), let "
            "searches use that, and delete this one"
        )


def _encoder_of(library: Path) -> str:
    """Return the name of the picture encoder that a library was made with."""
    encoder = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata).picture_encoder
    if encoder.is_imported:
        raise LibraryError(
            f"the library {library} was imported as vectors, which nothing here can make anew: name an "
            "encoder with --encoder, where its books are at hand"
        )
    return encoder.name


def _options(library: Path, encoder: str, workers: int) -> IndexOptions:
    known, usual = remembered_options(library), IndexOptions()
    return replace(
        usual,
        picture_encoder=encoder,
        text_encoder=known.text_encoder or usual.text_encoder,
        reader=known.reader or usual.reader,
        page_reader=known.page_reader or usual.page_reader,
        direction=known.direction,
        workers=workers,
    )


def _check_no_snapshots(library: Path) -> None:
    names = [found.name for found in list_snapshots(library)]
    if names:
        raise LibraryError(
            f"the library {library} has snapshots ({', '.join(names[:_NAMED])}), which a migration would "
            "drop: take a backup and delete them first"
        )


def _books(library: Path) -> dict[str, list[SourceEntry]]:
    """Return the sources of each book that the library holds."""
    with open_ledger(library) as ledger:
        entries = ledger.entries()
    books: dict[str, list[SourceEntry]] = {}
    for entry in entries:
        if entry.book_id is not None:
            books.setdefault(entry.book_id, []).append(entry)
    return books


def _sources(library: Path, *, drop_missing: bool) -> list[Path]:
    """Return the files to read. Raises LibraryError where some are gone."""
    books = _books(library)
    gone = [held[0].source for held in books.values() if not any(map(_exists, held))]
    if gone and not drop_missing:
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        raise LibraryError(
            f"the files of {len(gone)} books are gone ({', '.join(gone[:_NAMED])}{more}), and nothing can be "
            "embedded anew without them: bring their disk back, or leave them out with --drop-missing"
        )
    return [Path(entry.source) for held in books.values() for entry in held if _exists(entry)]


def _exists(entry: SourceEntry) -> bool:
    return Path(entry.source).exists()


def _prepare(library: Path, new: Path, encoder: str) -> None:
    """Begin a new library with the lettering of the old one, or go on with one that was cut short."""
    if (new / LEDGER_FILE).is_file():
        with Ledger.open(new) as ledger:
            begun = ledger.note(PICTURE_ENCODER_NOTE)
        if begun not in (None, encoder):
            shutil.rmtree(new)
    prepare_folder(new)
    with Ledger.open(new) as ledger:
        ledger.take_readings(library / LEDGER_FILE)


def _check_complete(library: Path, new: Path, *, drop_missing: bool) -> None:
    """Refuse to lose a book that the old library holds and that cannot be read any more."""
    there = _books(new)
    lost: Mapping[str, list[SourceEntry]] = {
        book: held for book, held in _books(library).items() if book not in there and any(map(_exists, held))
    }
    sources_now = {entry.source for held in there.values() for entry in held}
    failed = [held[0].source for held in lost.values() if not any(e.source in sources_now for e in held)]
    if failed and not drop_missing:
        raise LibraryError(
            f"{len(failed)} books cannot be read any more ({', '.join(failed[:_NAMED])}): mend their files, "
            "or leave them out with --drop-missing; the library is as it was"
        )


def _swap(library: Path, new: Path) -> None:
    os.sync()
    try:
        swap(new, library, library.with_name(f".{library.name}.longbox-old"))
    except OSError as error:
        raise LibraryError(
            f"cannot put {new} in the place of {library}: {error.strerror or error}"
        ) from error
