"""``longbox verify``: says of every part of a library whether it is as it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.care.files import INDEXES, FileSum
from indexer.care.keepsakes import damage_of_keepsakes
from indexer.care.pins import coherent_versions, newest_versions, open_at
from indexer.care.recall import ENOUGH, Recall, measure_recall
from indexer.care.reconciling import open_ledger
from indexer.care.scan import Scan, scan
from indexer.care.sealing import current_files
from indexer.library.entries import SourceEntry
from indexer.library.faults import reading
from indexer.library.lock import writer_of
from indexer.library.upkeep import indexes_of, is_behind, wanted_indexes
from indexer.maps.care import damage_of_maps
from indexer.remote.paths import TablePath
from indexer.remote.state import tables_at
from indexer.running.indexing import PICTURE_ENCODER_NOTE, TEXT_ENCODER_NOTE
from indexer.running.run import SETTLED_NOTE
from schemas.errors import LibraryError
from schemas.tables import ASSETS, BOOKS, COUNTED, PAGES, PANELS, STORIES, LibraryFormat

if TYPE_CHECKING:
    from lancedb.table import Table

SAMPLE = 100
"""Stored vectors of each column that are looked for again."""
NAMED = 3
"""Items that a finding names; it counts the others."""


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found out about a library, before it is judged.

    ``changed`` are books whose rows are not those that were written, ``unsure`` those of which that
    is not known; ``damaged_files`` have other bytes than recorded, relative to the library,
    ``damaged_snapshots`` too, each with the snapshot that alone needs it.
    """

    library: Path
    scan: Scan
    formats: dict[str, LibraryFormat]
    notes: dict[str, str | None]
    entries: tuple[SourceEntry, ...]
    unsettled: frozenset[str]
    is_settled: bool
    is_being_written: bool
    changed: tuple[str, ...]
    unsure: tuple[str, ...]
    damaged_files: tuple[str, ...]
    damaged_snapshots: tuple[tuple[str, str], ...]
    lost_files: tuple[str, ...]
    unsealed_files: int
    unindexed: dict[tuple[str, str], int]
    missing_indexes: tuple[tuple[str, str], ...]
    behind: tuple[tuple[str, str], ...]
    recalls: tuple[Recall, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its kind for programs, and one line that names items and the way out."""

    check: str
    message: str


def examine(library: Path, *, sample: int = SAMPLE, is_own_writer: bool = False) -> Examination:
    """Read all of a library.

    Args:
        library: its folder; it may be written meanwhile.
        sample: stored vectors of each column to look for; 0 leaves the recall unmeasured.
        is_own_writer: whether this process holds the writer's lock, and changes nothing meanwhile.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: a table cannot be opened at all, or the ledger is damaged.
    """
    with open_ledger(library) as ledger:
        digests, sums = ledger.digests(), ledger.file_sums()
        versions = newest_versions(library) if is_own_writer else coherent_versions(library)
        tables = open_at(library, versions)
        found = scan(library, tables)
        digests = {book: digest for book, digest in ledger.digests().items() if digests.get(book) == digest}
        known = digests.keys() & found.books.keys()
        changed = [book for book, digest in found.digests.of(known).items() if digest != digests[book]]
        told = Examination(
            library=library,
            scan=found,
            formats={
                name: LibraryFormat.from_metadata(table.schema.metadata) for name, table in tables.items()
            },
            notes={note: ledger.note(note) for note in (PICTURE_ENCODER_NOTE, TEXT_ENCODER_NOTE)},
            entries=ledger.entries(),
            unsettled=frozenset(ledger.unsettled()),
            is_settled=ledger.note(SETTLED_NOTE) == "1",
            is_being_written=not is_own_writer and writer_of(library) is not None,
            changed=() if found.unreadable else tuple(sorted(changed)),
            unsure=tuple(sorted(found.books.keys() - known)),
            damaged_files=(),
            damaged_snapshots=(),
            lost_files=(),
            unsealed_files=0,
            unindexed={},
            missing_indexes=(),
            behind=(),
            recalls=(),
        )
    return _with_indexes(_with_files(told, sums), tables, sample)


def _with_files(told: Examination, sums: Mapping[str, FileSum]) -> Examination:
    """Compare every file with its checksum; one that a writer removed meanwhile was no part any more."""
    tables, there = tables_at(told.library), current_files(told.library)
    known = sorted(there.keys() & sums.keys())
    damaged = [path for path in known if _is_damaged(tables / path, sums[path])]
    return replace(
        told,
        damaged_files=tuple(path for path in damaged if there[path] is None),
        damaged_snapshots=tuple((path, snapshot) for path in damaged if (snapshot := there[path])),
        unsealed_files=len(there.keys() - sums.keys()),
    )


def _is_damaged(path: TablePath, wanted: FileSum) -> bool:
    try:
        is_cut = isinstance(path, Path) and path.stat().st_size != wanted.size_bytes  # spares the reading
        return is_cut or FileSum.of(path) != wanted
    except FileNotFoundError:
        return False
    except LibraryError:
        raise  # a store that does not answer says nothing of the file
    except OSError:
        return True


def _with_indexes(told: Examination, tables: Mapping[str, Table], sample: int) -> Examination:
    unindexed, missing, behind, lost = {}, [], [], []
    for name, table in tables.items():
        if name in told.scan.unreadable:
            continue
        made = indexes_of(table)
        missing += [(name, column) for column in wanted_indexes(table) if column not in made]
        for column, index in made.items():
            unindexed[name, column] = index.num_unindexed_rows
            folder = f"{name}.lance/{INDEXES}/{index.index_uuid}"
            if not (tables_at(told.library) / folder).is_dir():
                lost.append(folder)
            if is_behind(index.num_unindexed_rows, index.num_indexed_rows):
                behind.append((name, column))
    can_measure = sample > 0 and not told.scan.unreadable and not lost
    recalls: Sequence[Recall] = ()
    if can_measure:
        with reading(told.library, PANELS):
            recalls = measure_recall(tables, sample=sample)
    return replace(
        told,
        unindexed=unindexed,
        missing_indexes=tuple(missing),
        behind=tuple(behind),
        lost_files=tuple(lost),
        recalls=tuple(recalls),
    )


def judge(told: Examination) -> tuple[Finding, ...]:
    """Return what is wrong, the gravest first."""
    return tuple(Finding(check.__name__[1:], message) for check in _CHECKS for message in check(told))


def _tables(told: Examination) -> Iterator[str]:
    yield from told.scan.unreadable.values()


def _checksums(told: Examination) -> Iterator[str]:
    for path in told.damaged_files:
        yield f"the file {path} is not as it was written: {_REPAIR}"
    for path, snapshot in told.damaged_snapshots:
        yield (
            f"the file {path}, which only the snapshot {snapshot!r} needs, is not as it was written: run "
            f"'longbox snapshot --delete {snapshot}'"
        )
    for path in told.lost_files:
        yield f"the index in {path} is gone: {_REPAIR}"


def _contents(told: Examination) -> Iterator[str]:
    for book_id in told.changed:
        yield (
            f"the rows of {_book(told, book_id)} are not those that were written: {_REPAIR} and then "
            "'longbox index' on its folder"
        )


def _counts(told: Examination) -> Iterator[str]:
    for name, wrong in miscounted(told).items():
        yield (
            f"{name} has not the rows that {len(wrong)} books name ({_some(told, wrong)}): {_REPAIR} and "
            "then 'longbox index' on their folders"
        )


def _revisions(told: Examination) -> Iterator[str]:
    for name, keys in told.scan.stale.items():
        if not (told.is_being_written or _only_unsettled(told, keys)):
            yield f"{name} mixes revisions: {_list(keys)} are of another than their book's: {_REPAIR}"


def _orphans(told: Examination) -> Iterator[str]:
    for name in (PAGES, PANELS, STORIES, ASSETS):
        orphans = orphans_of(told, name)
        if orphans:
            rows = sum(told.scan.by_book[name][book] for book in orphans)
            yield f"{name} holds {rows} rows of books that are not there ({_list(orphans)}): {_REPAIR}"
    if told.scan.strays:
        yield f"thumbnails without a page or panel: {_list(told.scan.strays)}: {_REPAIR}"
    if told.scan.unpictured and not told.is_being_written:
        yield (
            f"no thumbnail of {_list(told.scan.unpictured)}: {_REPAIR} and then 'longbox index' on the "
            "folders of these books"
        )


def _duplicates(told: Examination) -> Iterator[str]:
    for name, rows in told.scan.doubled.items():
        yield f"{name} holds doubled keys: {_list([key for key, _ in rows])}: {_REPAIR}"


def _vectors(told: Examination) -> Iterator[str]:
    for (name, column), keys in told.scan.bad_vectors.items():
        yield (
            f"{name}.{column} has vectors that are no numbers or not of length 1: {_list(keys)}: {_REPAIR} "
            "and then 'longbox index' on the folders of these books"
        )


def _encoders(told: Examination) -> Iterator[str]:
    wanted = told.formats[BOOKS]
    for name, found in told.formats.items():
        if found != wanted:
            yield (
                f"{name} was written with other encoders than {BOOKS}, and their vectors cannot be compared: "
                "restore a backup, or index into a new library"
            )
    for note, encoder in wrong_notes(told).items():
        yield (
            f"the ledger names {told.notes[note]!r} as {note.replace('_', ' ')}, the tables {encoder!r}: "
            f"{_REPAIR}"
        )


def _ledger(told: Examination) -> Iterator[str]:
    lost = [entry.source for entry in sources_without_book(told)]
    if lost:
        yield f"the ledger names sources whose books are not there: {_list(lost)}: {_REPAIR}"
    strays = books_without_source(told)
    if strays:
        yield f"the ledger knows no source of {_some(told, strays)}: {_REPAIR}"


def _boards(told: Examination) -> Iterator[str]:
    yield from damage_of_keepsakes(told.library)


def _maps(told: Examination) -> Iterator[str]:
    damage = damage_of_maps(told.library)
    if damage is not None:
        yield damage


def _indexes(told: Examination) -> Iterator[str]:
    if not told.is_settled:
        return
    for name, column in told.missing_indexes:
        yield f"there is no index of {name}.{column}: {_REPAIR}"
    for name, column in told.behind:
        rows = told.unindexed[name, column]
        yield f"the index of {name}.{column} leaves {rows} rows out: {_REPAIR}"


def _recall(told: Examination) -> Iterator[str]:
    for found in told.recalls:
        if found.recall < ENOUGH:
            yield (
                f"the index of {found.table}.{found.column} finds {found.recall:.3f} of the nearest ten "
                f"vectors, and should find {ENOUGH}: {_REPAIR}"
            )


_REPAIR = "run 'longbox verify --repair'"
_CHECKS: tuple[Callable[[Examination], Iterator[str]], ...] = (
    _tables,
    _checksums,
    _contents,
    _counts,
    _revisions,
    _orphans,
    _duplicates,
    _vectors,
    _encoders,
    _ledger,
    _boards,
    _maps,
    _indexes,
    _recall,
)


def miscounted(told: Examination) -> dict[str, list[str]]:
    """Return books whose rows are not as many as they say, by table."""
    books, rows = told.scan.books, told.scan.by_book
    wrong = {
        name: [book for book, facts in books.items() if rows[name][book] != getattr(facts, column)]
        for name, column in COUNTED.items()
        if name in told.formats
    }
    if told.is_being_written:
        wrong = {
            name: [book for book in found if book not in told.unsettled] for name, found in wrong.items()
        }
    return {name: found for name, found in wrong.items() if found and name not in told.scan.unreadable}


def orphans_of(told: Examination, name: str) -> list[str]:
    """Return books with rows in a table that are not there; those a run still looks after are left out."""
    return [book for book in told.scan.orphans(name) if book not in told.unsettled]


def sources_without_book(told: Examination) -> list[SourceEntry]:
    """Return sources whose books are not in the tables."""
    if told.is_being_written or BOOKS in told.scan.unreadable:
        return []
    return [e for e in told.entries if e.book_id is not None and e.book_id not in told.scan.books]


def books_without_source(told: Examination) -> list[str]:
    """Return books that no source in the ledger holds."""
    if told.is_being_written:
        return []
    return sorted(told.scan.books.keys() - {entry.book_id for entry in told.entries})


def wrong_notes(told: Examination) -> dict[str, str]:
    """Return the ledger's notes of encoders that differ from the tables, and what they should be."""
    wanted = {
        PICTURE_ENCODER_NOTE: told.formats[BOOKS].picture_encoder.name,
        TEXT_ENCODER_NOTE: told.formats[BOOKS].text_encoder.name,
    }
    noted = {note: told.notes[note] or name for note, name in wanted.items()}
    return {note: name for note, name in wanted.items() if _kind(noted[note]) != _kind(name)}


def _kind(encoder: str) -> str:
    """Return an encoder's name without the folder of its weights, which can be written in many ways."""
    return encoder.partition(":")[0]


def _only_unsettled(told: Examination, keys: Sequence[str]) -> bool:
    return all(key[:24] in told.unsettled for key in keys)


def _book(told: Examination, book_id: str) -> str:
    book = told.scan.books.get(book_id)
    return book_id if book is None else book.source


def _some(told: Examination, book_ids: Sequence[str]) -> str:
    return _list([_book(told, book_id) for book_id in book_ids])


def _list(items: Sequence[str]) -> str:
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return ", ".join(items[:NAMED]) + more
