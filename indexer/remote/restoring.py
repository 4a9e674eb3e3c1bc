"""Puts a backup on object storage: a new library there, which begins to be in one moment.

Nothing can take another's name on object storage, so what is there is not replaced. The files of the
tables come first, then the manifests that make tables of them, that of the table of contents last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from indexer.care.backup import BackupContents
from indexer.care.files import MANIFESTS, FileSum, copy_file
from indexer.care.keepsakes import is_keepsake
from indexer.care.pins import newest_versions, open_at
from indexer.library.ledger import LEDGER_FILE, Ledger
from indexer.library.store import KEYS, prepare_folder
from indexer.remote.paths import BLOCK_BYTES, ObjectPath
from indexer.remote.published import TERM_NOTE
from indexer.remote.state import has_table, shown
from indexer.remote.turn import writers_turn
from schemas.errors import BackupError, LibraryError
from schemas.tables import BOOKS


def restore_to_store(backup: Path, contents: BackupContents, library: Path, tables: ObjectPath) -> None:
    """Upload a backup whose files were all found sound.

    Args:
        backup: its folder.
        contents: what it says of itself.
        library: the state folder.
        tables: the place on the store.

    Raises:
        BackupError: a library is there already, or a file came out differently.
        LibraryBusyError: another process or machine writes there.
        LibraryFormatError: other things lie there.
        StoreUnreachableError: the store does not answer, or refuses; a new try begins again.
    """
    prepare_folder(library)
    if has_table(library, BOOKS):
        raise BackupError(
            f"there is a library in {shown(library)}, and object storage can replace nothing in one step: "
            "restore into another prefix, or delete that library before"
        )
    with writers_turn(library):
        _clear(tables)
        _take_ledger(backup / LEDGER_FILE, library)
        for path in filter(is_keepsake, contents.files):  # they stay on this machine
            if not (library / path).exists():
                copy_file(backup / path, library / path)
        with _cleared_on_error(tables):
            for path in _in_order(contents.files):
                (tables / path).write(_blocks(backup / path))
                if FileSum.of(tables / path) != contents.files[path]:
                    raise BackupError(f"the file {path} did not arrive whole at {tables}: try again")
            _check_rows(contents, library)


def _clear(tables: ObjectPath) -> None:
    """Delete what a restoring left that was cut short, the table of contents first."""
    for name in (BOOKS, *(name for name in KEYS if name != BOOKS)):
        (tables / f"{name}.lance").delete_folder()


@contextmanager
def _cleared_on_error(tables: ObjectPath) -> Iterator[None]:
    try:
        yield
    except LibraryError:
        with suppress(LibraryError):
            _clear(tables)
        raise


def _in_order(paths: Iterable[str]) -> list[str]:
    """Return the paths of tables, manifests after all others, and that of the table of contents last."""
    own = [path for path in paths if ".lance/" in path]
    return sorted(own, key=lambda path: (MANIFESTS in path, path.startswith(f"{BOOKS}.lance"), path))


def _check_rows(contents: BackupContents, library: Path) -> None:
    rows = {name: table.count_rows() for name, table in open_at(library, newest_versions(library)).items()}
    if rows != contents.rows:
        raise BackupError(f"the backup holds {contents.rows} rows, and {rows} arrived: try again")


def _take_ledger(path: Path, library: Path) -> None:
    """Let the library's ledger know what the backup's knows, lettering too; the turn's end publishes it."""
    with Ledger.open(library) as ledger:
        term = ledger.note(TERM_NOTE) or "0"
        ledger.take_over(path)
        ledger.take_readings(path)
        ledger.set_note(TERM_NOTE, term)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
