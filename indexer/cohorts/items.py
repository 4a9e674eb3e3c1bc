"""What is labelled in a library: covers by the characters that their books name, panels by a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Literal

import numpy as np

from indexer.elements.material import Panels, Rows, read_panels
from indexer.library.export import current_rows, open_table
from indexer.library.faults import reading
from models.characters.cohort import Item
from schemas.config import MIB
from schemas.errors import ConfigError
from schemas.tables import BOOKS, PAGES

On = Literal["covers", "panels"]
MAX_LABEL_BYTES = 64 * MIB
MAX_NAME = 200
_NOT = "!"
"""Before a name in a file of labels: it is not there."""
_COVERS = ("cover", "front-cover")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Items and the rows of the panels that they stand for, in the order of the items."""

    items: tuple[Item, ...]
    rows: Rows
    panels: Panels
    lost: int = 0


def read_items(library: Path, *, on: On, labels: Path | None = None, side: str = "look") -> Labelled:
    """Return what is labelled.

    Covers are named by the metadata of their books; a file of labels may speak of books, pages or panels.

    Raises:
        ConfigError: the file is none, contradicts itself, or nothing in the library is labelled.
        LibraryError: the library cannot be read.
    """
    panels = read_panels(library, side)
    books = _books(library)
    rows = _cover_rows(library, panels) if on == "covers" else np.arange(panels.count)
    told = read_label_file(labels) if labels is not None else None
    items, kept = [], []
    used: set[str] = set()
    for row, panel_id, book_id in zip(rows.tolist(), panels.ids(rows), panels.books(rows), strict=True):
        series, characters = books.get(book_id, (book_id, frozenset()))
        if told is None:
            names, absent = characters, frozenset[str]()
        else:
            key = next((key for key in (panel_id, panel_id.partition("#")[0], book_id) if key in told), "")
            if not key:
                continue
            used.add(key)
            names, absent = told[key]
        items.append(Item(panel_id, names, series, absent))
        kept.append(row)
    if not items:
        raise ConfigError(_nothing(on, labels))
    lost = len(told.keys() - used) if told is not None else 0
    return Labelled(tuple(items), np.array(kept, np.int64), panels, lost)


def _nothing(on: On, labels: Path | None) -> str:
    if labels is not None:
        return (
            f"no label of {labels.name} speaks of a panel, page or book of this library: take ids from hits"
        )
    return (
        f"the library has no {on} to learn from: index books whose pages are told as covers, or say "
        "--on panels with --labels"
    )


def _books(library: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Return series and characters by the id of a book; a book without a series stands for itself."""
    with reading(library, BOOKS):
        table = current_rows(open_table(library, BOOKS), None, ["book_id", "series", "characters"])
    return {
        row["book_id"]: (
            row["series"] or row["book_id"],
            frozenset(" ".join(name.split())[:MAX_NAME] for name in row["characters"] or () if name.strip()),
        )
        for row in table.to_pylist()
    }


def _cover_rows(library: Path, panels: Panels) -> Rows:
    """Return the largest panel of each page that is a cover."""
    with reading(library, PAGES):
        books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev"])
        columns = ["book_id", "ingest_rev", "page_id", "page_type"]
        pages = current_rows(open_table(library, PAGES), books, columns)
    covers = {row["page_id"] for row in pages.to_pylist() if row["page_type"] in _COVERS}
    largest: dict[str, tuple[float, int]] = {}
    places = zip(panels.rows["page_id"].to_pylist(), panels.rows["box"].to_pylist(), strict=True)
    for row, (page_id, (x0, y0, x1, y1)) in enumerate(places):
        if page_id in covers:
            largest[page_id] = max(largest.get(page_id, (-1.0, -1)), ((x1 - x0) * (y1 - y0), row))
    return np.array(sorted(row for _, row in largest.values()), np.int64)


def read_label_file(path: Path) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Read who is there and who is not, by id of a panel, page or book.

    CSV with the columns ``id`` and ``characters`` (``;`` between them), or JSON ``{id: [names]}``; a name
    after an exclamation mark is not there. Rows of one id are taken together.

    Raises:
        ConfigError: the file is neither, or says of somebody that they are there and are not.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LABEL_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > MAX_LABEL_BYTES:
        raise ConfigError(f"{path.name} is longer than {MAX_LABEL_BYTES // MIB} MiB, which no labels are")
    try:
        text = data.decode("utf-8-sig")
        told = list(_from_json(text) if text.lstrip()[:1] == "{" else _from_csv(text))
    except (UnicodeDecodeError, ValueError, RecursionError, csv.Error) as error:
        raise ConfigError(
            f"{path.name} holds no labels ({str(error)[:120]}): write CSV with the columns id and characters"
        ) from error
    found: dict[str, tuple[set[str], set[str]]] = {}
    for item_id, names in told:
        there, absent = found.setdefault(item_id, (set(), set()))
        for name in names:
            tidy = " ".join(name.split())[:MAX_NAME]
            if tidy.strip(_NOT).strip():
                (absent if tidy.startswith(_NOT) else there).add(tidy.lstrip(_NOT).strip())
    for item_id, (there, absent) in found.items():
        if both := there & absent:
            raise ConfigError(
                f"{path.name}: {item_id[:100]} is said to show {sorted(both)[0]!r} and not to: take one back"
            )
    return {item_id: (frozenset(there), frozenset(absent)) for item_id, (there, absent) in found.items()}


def _from_json(text: str) -> Iterator[tuple[str, list[str]]]:
    told = json.loads(text)
    for item_id, names in told.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"of {item_id[:60]!r} a list of names is needed")
        yield item_id, names


def _from_csv(text: str) -> Iterator[tuple[str, list[str]]]:
    rows = csv.DictReader(StringIO(text))
    if not rows.fieldnames or not {"id", "characters"} <= set(rows.fieldnames):
        raise ValueError(f"its columns are {', '.join(map(str, rows.fieldnames or ('none',)))}")
    for row in rows:
        yield (row["id"] or "").strip(), (row["characters"] or "").split(";")
