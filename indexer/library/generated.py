"""Generated panels as books of a library: kept in its folder, found like any other, known as such."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.library.rights import write_whole
from indexer.running.indexing import Remembered, chosen_options, index_library, remembered_options
from indexer.running.reports import IndexReport
from schemas.errors import LibraryError

FOLDER = "generated"
_MOST_RECORD_BYTES = 64_000_000
_NAME = re.compile(r"[^\w\-]+")


@dataclass(frozen=True, slots=True)
class Derived:
    """A generated book and the references of it that were asked for."""

    book: Path
    title: str
    references: tuple[str, ...]


def keep_book(library: Path, title: str, cbz: bytes, record: str) -> IndexReport:
    """Take a generated book into a library: its record first, then the book, then its panels are indexed.

    Raises:
        LibraryError, LibraryBusyError: it cannot be written; a book half kept is taken up by the next run.
    """
    folder = library / FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise LibraryError(f"cannot make {folder}: {error.strerror}") from error
    name = _free_name(folder, _NAME.sub("-", title).strip("-")[:60] or "storyboard")
    write_whole(folder / f"{name}.json", record.encode())
    write_whole(folder / f"{name}.cbz", cbz)
    options = chosen_options(remembered_options(library), Remembered(), workers=1)
    return index_library([folder / f"{name}.cbz"], library, options)


def derived_from(library: Path, item_id: str) -> tuple[Derived, ...]:
    """Return the generated books that were made from a book, a page or a panel."""
    return tuple(
        Derived(path.with_suffix(".cbz"), title, found)
        for path, title, used in _records(library / FOLDER)
        if (found := tuple(sorted({one for one in used if _belongs(one, item_id)})))
    )


def _belongs(panel_id: str, item_id: str) -> bool:
    return item_id in (panel_id, panel_id.partition("#")[0], panel_id.partition("/")[0])


def _records(folder: Path) -> Iterator[tuple[Path, str, list[str]]]:
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            if path.stat().st_size > _MOST_RECORD_BYTES:
                raise LibraryError(f"{path} is too large to be a record")
            data = json.loads(path.read_text("utf-8"))
            used = [str(one["panel_id"]) for panel in data["panels"] for one in panel["references"]]
            yield path, str(data["title"]), used
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LibraryError(
                f"{path} is no record of a generated book: restore it from a backup"
            ) from error


def _free_name(folder: Path, name: str) -> str:
    number = 1
    while (folder / f"{name}-{number}.cbz").exists() or (folder / f"{name}-{number}.json").exists():
        number += 1
    return f"{name}-{number}"
