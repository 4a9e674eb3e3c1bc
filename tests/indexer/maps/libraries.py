"""Libraries whose vectors are planned: panels of a kind lie together."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa

from schemas.tables import BOOKS, PANELS, EncoderSpec, LibraryFormat
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec

DIM = 12
FORMAT = LibraryFormat(builders.TEXT_SPEC, EncoderSpec(name="fake-colours", dim=DIM, preprocessing="planned"))
KINDS = ("harbour", "forest", "station", "kitchen")
SAID = {
    "harbour": "The gulls circle above our boat",
    "forest": "Mushrooms grow below the oak",
    "station": "Tickets please before boarding",
    "kitchen": "Stir slowly until the soup boils",
}


def vector(kind: str, seed: int) -> list[float]:
    """A unit vector near that of its kind; kinds lie opposite each other along two axes."""
    number = KINDS.index(kind)
    row = 0.12 * np.random.default_rng(1_000 + seed).standard_normal(DIM)
    row[number // 2] += 1.0 if number % 2 else -1.0
    return [float(value) for value in row / np.linalg.norm(row)]


def book(name: str, kinds: Sequence[str], pages: int, **facets: object) -> BookSpec:
    """A book whose panels are of these kinds, one each a page."""
    told = tuple(PanelSpec(SAID[kind]) for kind in kinds)
    return BookSpec(name, tuple(PageSpec(told) for _ in range(pages)), **facets)  # type: ignore[arg-type]


def write(path: Path, *books: BookSpec) -> Path:
    """Make a library of books, and give each panel the vector of its kind."""
    builders.create(path, indexed=False, library=FORMAT)
    for spec in books:
        add(path, spec)
    builders.index(path)
    return path


def add(path: Path, spec: BookSpec) -> None:
    builders.add(path, spec, vectors=True)
    table = lancedb.connect(str(path)).open_table(PANELS)
    by_text = {text: kind for kind, text in SAID.items()}
    rows = table.to_arrow().to_pylist()
    mine = [row for row in rows if row["book_id"] == spec.book_id]
    for row in mine:
        seed = int(hashlib.sha256(row["panel_id"].encode()).hexdigest()[:6], 16)
        row["vector_picture"] = vector(by_text[row["text"]], seed)
    merge = table.merge_insert("panel_id").when_matched_update_all()
    merge.execute(pa.Table.from_pylist(mine, schema=table.schema), on_bad_vectors="null")


def remove(path: Path, spec: BookSpec) -> None:
    for name in (BOOKS, PANELS):
        lancedb.connect(str(path)).open_table(name).delete(f"book_id = '{spec.book_id}'")


FIRST = book("Harbours", ("harbour", "forest"), 20, series="Sea", year=1999)
SECOND = book("Stations", ("station", "kitchen"), 20, series="Rail", year=2011, language="it")
LATE = book("Late", ("harbour", "station"), 3, series="Sea")


def kind_of(panel_id: str) -> str:
    """The kind of a panel of these books."""
    for spec in (FIRST, SECOND, LATE):
        if panel_id.startswith(spec.book_id):
            panels = spec.pages[0].panels
            text = panels[int(panel_id.rpartition("#")[2]) - 1].text
            return next(kind for kind, said in SAID.items() if said == text)
    raise KeyError(panel_id)
