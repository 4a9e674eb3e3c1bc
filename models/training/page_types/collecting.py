"""Draws books and keeps the evidence of their pages, in shards that a stopped run goes on from."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import cv2

from models.drawing.streams.art import Gallery, painted_gallery
from models.drawing.streams.press import Press
from models.drawing.streams.records import StreamBook
from models.page_types.evidence import PageEvidence
from models.page_types.looks import look_of
from models.protocols import PanelDetector, PictureEncoder
from models.registry import load_panel_detector, load_picture_encoder
from models.training.page_types.gallery import joined, open_gallery
from models.training.page_types.shards import LabelledBook, load_books, save_books
from schemas.config import IndexOptions
from schemas.labels import PageType, ReadingDirection
from schemas.records import RgbImage

BOOKS_A_SHARD = 20
_DETECTION_PX = 620
TRAINING, HELD_BACK = "drawn", "fresh"


@dataclass(frozen=True, slots=True)
class DrawnSet:
    """Which books to draw: a set's shards lie side by side in one folder.

    Attributes:
        folder: of the shards.
        name: ``drawn`` for training, ``fresh`` for books of styles and layouts that training never sees.
        books: how many.
        corpus: open drawings for the gallery; None paints all.
        streams: page types of real books, which some anthologies follow.
        seed: another one draws other books.
        kinds: draw these kinds of books alone; all where none is named.
    """

    folder: Path
    name: str
    books: int
    corpus: Path | None = None
    streams: tuple[tuple[PageType, ...], ...] = field(default=(), hash=False)
    seed: int = 1
    kinds: tuple[str, ...] = ()

    @property
    def shards(self) -> list[int]:
        """Numbers of the shards."""
        return list(range(-(-self.books // BOOKS_A_SHARD)))

    def path(self, shard: int) -> Path:
        """Return where a shard lies."""
        return self.folder / f"{self.name}-{shard:04d}.npz"


def collect(drawn: DrawnSet, workers: int, report: Callable[[str], None]) -> None:
    """Draw what is missing of a set."""
    drawn.folder.mkdir(parents=True, exist_ok=True)
    missing = [shard for shard in drawn.shards if not drawn.path(shard).is_file()]
    if workers <= 1:
        for shard in missing:
            _draw_shard(drawn, shard)
            report(f"{drawn.path(shard)}")
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(_draw_shard, drawn, shard): shard for shard in missing}
        for done in as_completed(running):
            done.result()
            report(f"{drawn.path(running[done])}")


def load_set(drawn: DrawnSet) -> list[LabelledBook]:
    """Return the books of a set that are there."""
    return [
        book
        for shard in drawn.shards
        if drawn.path(shard).is_file()
        for book in load_books(drawn.path(shard))
    ]


def evidence_of(book: StreamBook, detector: PanelDetector, encoder: PictureEncoder) -> list[PageEvidence]:
    """Look at a drawn book as an index run does; its lettering is known."""
    direction = ReadingDirection(book.direction)
    vectors = encoder.encode_images([page.picture for page in book.pages])
    return [
        PageEvidence(
            aspect=page.picture.shape[1] / page.picture.shape[0],
            panels=tuple(
                panel.box for panel in detector.detect(_smaller(page.picture), direction=direction).panels
            ),
            lines=page.lines,
            look=look_of(page.picture),
            vector=vector,
        )
        for page, vector in zip(book.pages, vectors, strict=True)
    ]


def _smaller(picture: RgbImage) -> RgbImage:
    """Return a page at the size that panels are looked for: most of the time of a page goes there."""
    scale = _DETECTION_PX / max(picture.shape[:2])
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype("uint8")


def _draw_shard(drawn: DrawnSet, shard: int) -> None:
    cv2.setNumThreads(1)
    press, detector, encoder = _press(drawn), *_models()
    numbers = range(shard * BOOKS_A_SHARD, min((shard + 1) * BOOKS_A_SHARD, drawn.books))
    save_books(
        drawn.path(shard), [_labelled(press.book(number), number, detector, encoder) for number in numbers]
    )


def _labelled(
    book: StreamBook, number: int, detector: PanelDetector, encoder: PictureEncoder
) -> LabelledBook:
    return LabelledBook(
        name=f"{book.kind}-{book.language}-{number}",
        kind=book.kind,
        is_comic=book.is_comic,
        pages=tuple(evidence_of(book, detector, encoder)),
        types=tuple(page.page_type for page in book.pages),
    )


@lru_cache(maxsize=2)
def _press(drawn: DrawnSet) -> Press:
    fresh = drawn.name == HELD_BACK
    return Press(
        _gallery(drawn.corpus, fresh=fresh),
        seed=2 if fresh else drawn.seed,
        fresh=fresh,
        streams=drawn.streams,
        kinds=drawn.kinds,
    )


def _gallery(corpus: Path | None, *, fresh: bool) -> Gallery:
    painted = painted_gallery(5 if fresh else 4, fresh=fresh)
    return painted if corpus is None or fresh else joined(painted, open_gallery(corpus, 4))


@lru_cache(maxsize=1)
def _models() -> tuple[PanelDetector, PictureEncoder]:
    options = IndexOptions()
    return load_panel_detector(options.detector), load_picture_encoder(options.picture_encoder)
