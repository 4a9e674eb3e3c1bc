"""Labelled streams: whole books of pages with the truth about each, from label files or the CoSMo format.

Label files are of single pages; those of one folder are one book, in the natural order of their
pictures. Pictures beside them that nobody labelled are pages of it too: they count in no figure, but
tell where the others stand.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.containers.names import natural_key
from indexer.evaluation.labelled import (
    PICTURE_SUFFIXES,
    Skipped,
    decode,
    find_picture,
    label_files,
    read_json,
)
from models.page_types.evidence import PageEvidence
from models.page_types.looks import look_of
from models.page_types.scores import score
from schemas.config import IndexOptions
from schemas.errors import ConfigError, PictureError
from schemas.labels import PageType
from schemas.streams import stream_from_json

if TYPE_CHECKING:
    from models.page_types.segmenter import StreamSegmenter
    from models.protocols import PanelDetector, PictureEncoder, TextReader

MAX_STREAM_BYTES = 256 * 1024 * 1024
"""No list of books is longer; 344 books take half a megabyte."""
_FRONT = ("cover", "front", "frontcover", "front-cover", "front_cover")
"""Names of pictures that lie in front, whatever the alphabet says."""
_LOST = 3  # times as many pictures without a label as with one: then the folder is no book


@dataclass(frozen=True, slots=True)
class StreamBook:
    """A book: its pictures in order (None for a page without one), and the truth about each page."""

    name: str
    pictures: tuple[Path | None, ...]
    types: tuple[PageType | None, ...]


@dataclass(frozen=True, slots=True)
class StreamReaders:
    """What looks at pages. ``reader`` is None to leave lettering out."""

    detector: PanelDetector
    encoder: PictureEncoder | None
    reader: TextReader | None

    def evidence(self, path: Path) -> PageEvidence:
        """Look at one page. Raises PictureError where it cannot be decoded."""
        image = decode(path)
        return PageEvidence(
            aspect=image.shape[1] / image.shape[0],
            panels=tuple(panel.box for panel in self.detector.detect(image).panels),
            lines=self.reader.read_lines(image) if self.reader else None,
            look=look_of(image),
            vector=self.encoder.encode_images([image])[0] if self.encoder else None,
        )


def find_streams(labels: Path, images: Path) -> Iterator[StreamBook | Skipped]:
    """Yield the books of a folder of label files, or of one file in the CoSMo format."""
    return _from_ranges(labels, images) if labels.is_file() else _from_pages(labels, images)


def _from_pages(labels: Path, images: Path) -> Iterator[StreamBook | Skipped]:
    books: dict[Path, dict[Path, PageType | None]] = defaultdict(dict)
    for path in label_files(labels):
        relative = path.relative_to(labels)
        found = _page(relative, path, images)
        if isinstance(found, Skipped):
            yield found
        else:
            books[relative.parent][found[0]] = found[1]
    shared = _shared_folders(books.values())
    for folder, truth in books.items():
        if any(kind is not None for kind in truth.values()):
            pictures = _in_order(truth, shared)
            name = folder.as_posix() if folder.parts else labels.resolve().name
            yield StreamBook(name, tuple(pictures), tuple(truth.get(path) for path in pictures))


def _page(relative: Path, path: Path, images: Path) -> tuple[Path, PageType | None] | Skipped:
    """Return the picture of a label and what the page is; None where the label leaves that open."""
    name, read = relative.as_posix(), read_json(path)
    if isinstance(read, str):
        return Skipped(name, read)
    image, kind = read.get("image"), read.get("page_type")
    picture = find_picture(images, image if isinstance(image, str) else "", relative)
    if picture is None:
        return Skipped(name, f"its picture {str(image)[:120]!r} is not in {images}")
    if kind is not None and kind not in set(PageType):
        return Skipped(name, f"there is no page type {str(kind)[:40]!r}; known: {', '.join(PageType)}")
    return picture, PageType(str(kind)) if kind is not None else None


def _shared_folders(books: Iterable[Mapping[Path, object]]) -> frozenset[Path]:
    """Return folders of pictures that several books lie in: what is unlabelled there is of no known book."""
    counts: dict[Path, int] = defaultdict(int)
    for truth in books:
        for folder in {path.parent for path in truth}:
            counts[folder] += 1
    return frozenset(folder for folder, count in counts.items() if count > 1)


def _in_order(truth: Mapping[Path, PageType | None], shared: frozenset[Path]) -> list[Path]:
    """Return the labelled pictures of a book and those beside them, in reading order."""
    folders = {path.parent for path in truth} - shared
    beside = {
        path for folder in folders for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES
    }
    pages = beside | set(truth) if len(beside | set(truth)) <= _LOST * len(truth) else set(truth)
    return sorted(pages, key=lambda path: (path.stem.lower() not in _FRONT, natural_key(path.as_posix())))


def _from_ranges(labels: Path, images: Path) -> Iterator[StreamBook | Skipped]:
    read = _read_list(labels)
    if isinstance(read, str):
        yield Skipped(labels.name, read)
        return
    for number, item in enumerate(read):
        try:
            label = stream_from_json(item if isinstance(item, Mapping) else {})
        except ValueError as error:
            yield Skipped(f"{labels.name}[{number}]", str(error))
            continue
        folder = _book_folder(images, label.book)
        pictures = _pictures(folder) if folder else []
        if not pictures:
            yield Skipped(label.book[:80], f"no folder of pictures of that name is in {images}")
            continue
        count = max(len(pictures), len(label.types))
        padded = (*label.types, *[None] * (count - len(label.types)))
        yield StreamBook(label.book, (*pictures, *[None] * (count - len(pictures))), padded)


def _read_list(path: Path) -> Sequence[object] | str:
    try:
        if path.stat().st_size > MAX_STREAM_BYTES:
            return f"is longer than {MAX_STREAM_BYTES} bytes, which no list of books is"
        data: object = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        return f"cannot be read as JSON: {error}"
    return data if isinstance(data, list) else [data]


def _book_folder(images: Path, name: str) -> Path | None:
    """Return the folder of a book, only ever one right below ``images``."""
    is_plain = name not in ("", ".", "..") and not set(name) & set("/\\\0")
    return images / name if is_plain and (images / name).is_dir() else None


def _pictures(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES]
    return sorted(found, key=lambda path: natural_key(path.name))


@dataclass(frozen=True, slots=True)
class SeenBook:
    """A labelled book whose pages were looked at."""

    name: str
    pages: tuple[PageEvidence, ...]
    types: tuple[PageType | None, ...]

    @property
    def is_labelled(self) -> bool:
        """Say whether anybody labelled a page of it."""
        return any(kind is not None for kind in self.types)


def readers_for(reader: str, model: StreamSegmenter) -> StreamReaders:
    """Return what looks at pages for a model. Raises ConfigError for a reader nobody knows."""
    from indexer.stages.models import NO_READER
    from models.registry import load_panel_detector, load_picture_encoder, load_text_reader

    options = IndexOptions()
    encoder = load_picture_encoder(options.picture_encoder)
    return StreamReaders(
        detector=load_panel_detector(options.detector),
        encoder=encoder if model.knows(encoder.spec) else None,
        reader=None if reader == NO_READER else load_text_reader(reader),
    )


def look_at(
    book: StreamBook, readers: StreamReaders, *, on_page: Callable[[], None]
) -> tuple[SeenBook, tuple[Skipped, ...]]:
    """Look at the pages of a book; a page without a picture that can be read is left out."""
    pages, types, skipped = [], [], []
    for path, kind in zip(book.pictures, book.types, strict=True):
        on_page()
        if path is None:
            continue
        try:
            pages.append(readers.evidence(path))
        except PictureError as error:
            skipped.append(Skipped(f"{book.name}/{path.name}", str(error)))
        else:
            types.append(kind)
    return SeenBook(book.name, tuple(pages), tuple(types)), tuple(skipped)


def keep_seen(path: Path, books: Sequence[SeenBook]) -> None:
    """Write books to a file that training learns from. Raises ConfigError where that cannot be."""
    from models.training.page_types.shards import BY_HAND, LabelledBook, save_books

    kept = [LabelledBook(book.name, BY_HAND, True, book.pages, book.types) for book in books]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_books(path, kept)
    except OSError as error:
        raise ConfigError(f"cannot keep what was seen in {path}: {error}; name another file") from error


def figures(
    books: Sequence[SeenBook], model: StreamSegmenter, baseline: StreamSegmenter
) -> dict[str, object]:
    """Return the figures of a model over books, and those of two baselines on the same ones."""
    truths = [book.types for book in books]
    found = [model.segment(book.pages).types for book in books]
    by_place = [baseline.segment(book.pages).types for book in books]
    known = [kind for types in truths for kind in types if kind is not None]
    usual = max(sorted(set(known)), key=known.count)
    majority = [(usual,) * len(book.pages) for book in books]
    return score(truths, found).to_json() | {
        "position_only": score(truths, by_place).to_json(),
        "majority": score(truths, majority).to_json(),
    }
