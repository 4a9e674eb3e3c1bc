"""Generated panels as books of a library: kept in its folder, found like any other, known as such."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.library.whole import write_whole
from indexer.running.indexing import Remembered, chosen_options, index_library, remembered_options
from indexer.running.reports import IndexReport
from schemas.errors import LibraryError

FOLDER, JOBS = "generated", "jobs"
"""Where generated books lie, and below it what the studio made."""
_MOST_RECORD_BYTES = 64_000_000
ANYTHING = "an unreadable record"
_NAME = re.compile(r"[^\w\-]+")


@dataclass(frozen=True, slots=True)
class Derived:
    """A generated book or panel, and the references of it that were asked for."""

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
    """Return the generated books, and panels of the studio, that were made from a book, a page or a panel."""
    folder = library / FOLDER
    return tuple(
        Derived(path.with_suffix(kind), title, found)
        for kind, paths in ((".cbz", folder.glob("*.json")), (".png", folder.glob(f"{JOBS}/*/[0-9]*.json")))
        for path, title, used in _records(paths)
        if (found := tuple(sorted({one for one in used if _belongs(one, item_id)})))
    )


def _belongs(panel_id: str, item_id: str) -> bool:
    return panel_id == ANYTHING or item_id in (
        panel_id,
        panel_id.partition("#")[0],
        panel_id.partition("/")[0],
    )


def _records(paths: Iterable[Path]) -> Iterator[tuple[Path, str, list[str]]]:
    for path in sorted(paths):
        try:
            if path.stat().st_size > _MOST_RECORD_BYTES:
                raise ValueError("it is too large")
            data = json.loads(path.read_text("utf-8"))
            panels = data.get("panels", [data])  # a book, or one panel
            used = [str(one["panel_id"]) for panel in panels for one in panel["references"]]
            yield path, str(data.get("title") or data["request"]["prompt"]), used
        except FileNotFoundError:
            continue  # forgotten meanwhile
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # Nobody knows what it was made from, so it counts as made from everything.
            yield path, path.stem, [ANYTHING]


def _free_name(folder: Path, name: str) -> str:
    number = 1
    while (folder / f"{name}-{number}.cbz").exists() or (folder / f"{name}-{number}.json").exists():
        number += 1
    return f"{name}-{number}"
