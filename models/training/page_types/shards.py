"""Evidence of many books in one file: arrays and JSON, without pickle."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.page_types.evidence import PageEvidence
from models.page_types.looks import LOOK_SIZE
from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import TextLine

BY_HAND = "labelled"
"""Kind of the books that people labelled, drawn by nobody here."""
_NO_TYPE = ""


@dataclass(frozen=True, slots=True)
class LabelledBook:
    """A book with the truth about it. ``types`` are None for pages nobody labelled."""

    name: str
    kind: str
    is_comic: bool
    pages: tuple[PageEvidence, ...]
    types: tuple[PageType | None, ...]


def save_books(path: Path, books: Sequence[LabelledBook]) -> None:
    """Write books to an ``.npz`` file, whole or not at all."""
    pages = [page for book in books for page in book.pages]
    told = [_book_to_json(book) for book in books]
    vector_dim = next((len(page.vector) for page in pages if page.vector is not None), 0)
    vectors = np.zeros((len(pages), vector_dim), np.float16)
    looks = np.full((len(pages), LOOK_SIZE), np.nan, np.float32)
    for row, page in enumerate(pages):
        if page.vector is not None:
            vectors[row] = page.vector
        if page.look is not None:
            looks[row] = page.look
    partial = path.with_suffix(".part.npz")
    text = np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), np.uint8)
    np.savez_compressed(partial, books=text, vectors=vectors, looks=looks)
    partial.replace(path)


def load_books(path: Path) -> list[LabelledBook]:
    """Read what :func:`save_books` wrote. Raises ConfigError for another file."""
    try:
        with np.load(path, allow_pickle=False) as data:
            told, vectors, looks = json.loads(data["books"].tobytes()), data["vectors"], data["looks"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{path} holds no books for training ({error}): remove it") from error
    books, row = [], 0
    for book in told:
        count = len(book["pages"])
        rows = range(row, row + count)
        pages = tuple(
            _page_from_json(page, vectors[number], looks[number])
            for page, number in zip(book["pages"], rows, strict=True)
        )
        types = tuple(PageType(name) if name else None for name in book["types"])
        books.append(LabelledBook(book["name"], book["kind"], bool(book["comic"]), pages, types))
        row += count
    return books


def _book_to_json(book: LabelledBook) -> dict[str, object]:
    return {
        "name": book.name,
        "kind": book.kind,
        "comic": book.is_comic,
        "types": [kind.value if kind else _NO_TYPE for kind in book.types],
        "pages": [_page_to_json(page) for page in book.pages],
    }


def _page_to_json(page: PageEvidence) -> dict[str, object]:
    lines = None
    if page.lines is not None:
        lines = [
            [line.text, round(line.confidence, 2), *_rounded(line.box), line.vertical] for line in page.lines
        ]
    return {"aspect": page.aspect, "panels": [_rounded(box) for box in page.panels], "lines": lines}


def _rounded(box: Box) -> list[float]:
    return [round(side, 4) for side in box.as_tuple()]


def _page_from_json(data: dict[str, list[list[float]]], vector: np.ndarray, look: np.ndarray) -> PageEvidence:
    lines = data["lines"]
    return PageEvidence(
        aspect=float(str(data["aspect"])),
        panels=tuple(Box.clipped(*box) for box in data["panels"]),
        lines=None if lines is None else tuple(_line(line) for line in lines),
        look=look if np.isfinite(look).all() else None,
        vector=vector.astype(np.float32) if vector.any() else None,
    )


def _line(cells: Sequence[object]) -> TextLine:
    text, confidence, *box, vertical = cells
    x0, y0, x1, y1 = (float(str(side)) for side in box)
    return TextLine(Box.clipped(x0, y0, x1, y1), str(text), float(str(confidence)), bool(vertical))
