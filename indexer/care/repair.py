"""``longbox verify --repair``: takes out what is too much, makes indexes anew, marks what must be read again.

Nothing is thrown away that a reader could still use: a book with damaged rows stays searchable
until the next ``longbox index`` has read its file again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.care.files import DATA, DELETIONS, INDEXES
from indexer.care.recall import ENOUGH
from indexer.care.reconciling import reconcile
from indexer.care.sealing import seal
from indexer.care.verify import (
    Examination,
    examine,
    miscounted,
    orphans_of,
    wrong_notes,
)
from indexer.library.export import names_of_tables, open_table
from indexer.library.faults import reading, writing
from indexer.library.journal import log_file
from indexer.library.ledger import Ledger
from indexer.library.rewriting import finish_rewriting
from indexer.library.store import DAMAGED_SUFFIX, KEYS, LibraryWriter
from indexer.library.upkeep import indexes_of
from indexer.maps.care import damage_of_maps
from indexer.remote.paths import ObjectPath
from indexer.remote.state import connect, has_table, is_trouble_of_store, shown, tables_at
from indexer.remote.turn import writers_turn
from schemas.elements import ELEMENTS, FIGURES
from schemas.errors import LibraryFormatError
from schemas.maps import MAPS
from schemas.places import store_error
from schemas.tables import (
    ASSETS,
    BOOKS,
    FORMAT_VERSION,
    PAGES,
    PANELS,
    STORIES,
    LibraryFormat,
    table_names,
)

if TYPE_CHECKING:
    from lancedb.expr import Expr
    from lancedb.table import Table

_ROWS_AT_A_TIME = 512
"""Rows copied at a time, some 10 MB of thumbnails."""
_KEYS_AT_A_TIME = 500
_MADE_ANEW = {
    ELEMENTS: "what elements were found in: 'longbox element apply' finds it again",
    FIGURES: "the figures of panels: 'longbox element figures' reads them again",
}


def repair(library: Path, *, sample: int) -> tuple[str, ...]:
    """Mend what can be mended and return what was done, a line each.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryBusyError: another process writes to it.
        LibraryError: it cannot be written.
        LibraryFormatError: a table cannot be opened at all.
    """
    if not any(has_table(library, name) for name in table_names(FORMAT_VERSION)):
        open_table(library, BOOKS)  # says that there is no library; the lock would make a file
    with writers_turn(library), log_file(library), Ledger.open(library) as ledger:
        done = list(_remake_lost_tables(library, ledger))
        told = examine(library, sample=sample, is_own_writer=True)
        if damage_of_maps(library) or any(path.startswith(f"{MAPS}.lance/") for path in told.damaged_files):
            _set_aside(tables_at(library) / f"{MAPS}.lance", f"{MAPS}{DAMAGED_SUFFIX}")
            done.append(f"set the maps aside as {MAPS}{DAMAGED_SUFFIX}: make them anew with 'longbox map'")
            told = examine(library, sample=sample, is_own_writer=True)
        for name, way_out in _MADE_ANEW.items():
            if any(path.startswith(f"{name}.lance/") for path in told.damaged_files):
                _set_aside(tables_at(library) / f"{name}.lance", f"{name}{DAMAGED_SUFFIX}")
                done.append(f"set aside {way_out}")
                told = examine(library, sample=sample, is_own_writer=True)
        rewritten = _tables_to_rewrite(told)
        for name in rewritten:
            done.append(_rewrite(library, name))
        if rewritten:
            damaged = told.damaged_files
            told = replace(examine(library, sample=sample, is_own_writer=True), damaged_files=damaged)
        writer = LibraryWriter.open(library, told.formats[BOOKS])
        done += _remove_rows(writer, told)
        done += _remake_stories(writer, ledger, told)
        done += _mark_books(ledger, told, is_unsure=bool(rewritten))
        done += _mend_indexes(library, writer, told)
        done += _mend_ledger(ledger, told)
        seal(library, ledger)
    return tuple(done)


def _remake_lost_tables(library: Path, ledger: Ledger) -> Iterator[str]:
    """Make tables anew that are gone or cannot be opened; their books then lack rows and are read again.

    What cannot be opened is set aside: someone may still know a way.
    """
    kept = [name for name in table_names(FORMAT_VERSION) if _can_open(library, name)]
    if not kept:
        return
    described = LibraryFormat.from_metadata(open_table(library, kept[0]).schema.metadata)
    lost = [name for name in table_names(described.format_version) if name not in kept]
    if not lost:
        return
    for name in lost:
        folder = tables_at(library) / f"{name}.lance"
        if folder.exists():
            aside = f"{name}{DAMAGED_SUFFIX}"
            _set_aside(folder, aside)
            yield f"set the table {name}, which cannot be opened, aside as {aside}"
    # A table made anew counts its versions anew: what is known of its files is of others of these names.
    ledger.drop_file_sums(path for path in ledger.file_sums() if path.partition(".lance/")[0] in lost)
    LibraryWriter.open(library, described)
    yield from (f"made the lost table {name} anew, empty" for name in lost)


def _set_aside(folder: Path | ObjectPath, name: str) -> None:
    if isinstance(folder, ObjectPath):
        folder.move_to(folder.parent / name)
    else:
        shutil.rmtree(folder.parent / name, ignore_errors=True)
        folder.rename(folder.parent / name)


def _can_open(library: Path, name: str) -> bool:
    try:
        connect(library).open_table(name)
    except (OSError, RuntimeError, ValueError) as error:
        if is_trouble_of_store(library, error):
            raise store_error(shown(library), error, os.environ) from None
        return False
    return True


def _tables_to_rewrite(told: Examination) -> list[str]:
    damaged = {path.partition(".lance/")[0] for path in told.damaged_files if INDEXES not in path}
    hit = {path.split("/")[1] for path in told.damaged_files}
    return sorted({*told.scan.unreadable, *(damaged if hit & {DATA, DELETIONS} else ())})


def _rewrite(library: Path, name: str) -> str:
    """Copy what rows of a table can be read into new files, in one commit."""
    table = open_table(library, name)
    lost: list[int] = []
    batches = pa.RecordBatchReader.from_batches(table.schema, _readable(library, table, lost))
    with writing(library):
        # "null": a missing vector is no mistake, and one that is no number becomes a missing one.
        connect(library).create_table(name, data=batches, mode="overwrite", on_bad_vectors="null")
    return f"wrote {name} anew" + (f" without {sum(lost)} rows that cannot be read" if lost else "")


def _readable(library: Path, table: Table, lost: list[int]) -> Iterator[pa.RecordBatch]:
    """Give the rows that can be read, in order; note how many cannot."""
    with reading(library, table.name):
        count = table.count_rows()
    for start in range(0, count, _ROWS_AT_A_TIME):
        for rows in _read_around(library, table, range(start, min(start + _ROWS_AT_A_TIME, count)), lost):
            yield from rows.cast(table.schema).to_batches()


def _read_around(library: Path, table: Table, places: range, lost: list[int]) -> Iterator[pa.Table]:
    """Halve a range that cannot be read until what can be read is apart from what cannot."""
    rows = _read(library, table, places)
    if rows is not None:
        yield rows
        return
    ends = (places[:1], places[len(places) // 2 :][:1], places[-1:])
    # A file that is lost is lost from its first row to its last: no need to ask for each.
    if all(_read(library, table, place) is None for place in ends):
        lost.append(len(places))
        return
    for half in (places[: len(places) // 2], places[len(places) // 2 :]):
        yield from _read_around(library, table, half, lost)


def _read(library: Path, table: Table, places: range) -> pa.Table | None:
    try:
        with reading(library, table.name):
            return table.take_offsets(list(places)).to_arrow()
    except LibraryFormatError:
        return None


def _remove_rows(writer: LibraryWriter, told: Examination) -> Iterator[str]:
    for name in (PAGES, PANELS, STORIES, ASSETS):
        orphans = orphans_of(told, name)
        if orphans:
            _delete(writer, name, "book_id", orphans)
            yield f"removed rows of {len(orphans)} books that are not there from {name}"
    if told.scan.strays:
        _delete(writer, ASSETS, KEYS[ASSETS], told.scan.strays)
        yield f"removed {len(told.scan.strays)} thumbnails of nothing"
    for name, rows in told.scan.doubled.items():
        _delete(writer, name, "_rowid", [row_id for _, row_id in rows])
        yield f"removed {len(rows)} doubled rows from {name}"


def _delete(writer: LibraryWriter, name: str, column: str, values: Sequence[str | int]) -> None:
    for start in range(0, len(values), _KEYS_AT_A_TIME):
        writer.delete_where(name, _is_one_of(column, values[start : start + _KEYS_AT_A_TIME]))


def _is_one_of(column: str, values: Sequence[str | int]) -> Expr:
    from lancedb.expr import col, lit

    return col(column).isin([lit(value) for value in values])


def _remake_stories(writer: LibraryWriter, ledger: Ledger, told: Examination) -> Iterator[str]:
    """Make stories anew that do not fit their books: the pages tell them, no file need be read."""
    wrong = {*miscounted(told).get(STORIES, ()), *(key[:24] for key in told.scan.stale.get(STORIES, ()))}
    ledger.unsettle(sorted(wrong & told.scan.books.keys()))
    if wrong and finish_rewriting(writer, ledger):
        yield f"made the stories of {len(wrong)} books anew"


def _mark_books(ledger: Ledger, told: Examination, *, is_unsure: bool) -> Iterator[str]:
    """Have books read again whose rows are not those that were written, or may not be."""
    found = told.scan
    stale = [key for name, keys in found.stale.items() if name != STORIES for key in keys]
    keys = [*found.unpictured, *stale]
    keys += [key for rows in found.bad_vectors.values() for key in rows]
    marked = {key[:24] for key in keys} | set(told.changed)
    marked |= {book for name, books in miscounted(told).items() if name != STORIES for book in books}
    if is_unsure:
        marked |= set(told.unsure)
    marked &= found.books.keys()
    if marked:
        ledger.mark_damaged(sorted(marked))
        yield f"marked {len(marked)} books to be read again: run 'longbox index' on their folders"


def _mend_indexes(library: Path, writer: LibraryWriter, told: Examination) -> Iterator[str]:
    """Drop bad indexes; the upkeep makes all that are missing and extends those that are behind."""
    bad = {(found.table, found.column) for found in told.recalls if found.recall < ENOUGH}
    hit = {path.split("/")[2] for path in (*told.damaged_files, *told.lost_files) if INDEXES in path}
    for name in names_of_tables(library):
        made = indexes_of(open_table(library, name))
        bad |= {(name, column) for column, index in made.items() if index.index_uuid in hit}
    for name, column in sorted(bad):
        writer.drop_index(name, column)
        yield f"made the index of {name}.{column} anew"
    writer.finish()
    for name, column in told.missing_indexes:
        yield f"made the missing index of {name}.{column}"
    for name, column in told.behind:
        yield f"extended the index of {name}.{column}"


def _mend_ledger(ledger: Ledger, told: Examination) -> Iterator[str]:
    """Bring the ledger in line with the tables, which are the truth about content."""
    if BOOKS not in told.scan.unreadable:
        yield from reconcile(ledger, told.scan.books)
    for note, name in wrong_notes(told).items():
        ledger.set_note(note, name)
        yield f"corrected the ledger's note of the {note.replace('_', ' ')}"
