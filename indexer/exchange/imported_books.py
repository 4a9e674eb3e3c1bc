"""From the arrays of one book of a group to what the library stores of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from indexer.exchange.group_books import GroupBook, panel_cells
from indexer.exchange.page_folder import FoundPicture
from indexer.exchange.page_vectors import PageVectors, Side
from indexer.library.rows import BookVectors, Thumbnail, Vector
from indexer.metadata import read_metadata
from indexer.pipeline import attempt
from indexer.stages.drafts import Illustration, cut_panels, draw_thumbnails
from indexer.stages.pictures import decode_page, measure_page, measure_panel
from indexer.stages.thumbnails import SpooledPicture, ThumbnailSpool
from indexer.stages.titles import title_of
from models.pictures import perceptual_hash
from schemas.config import PictureLimits
from schemas.geometry import Box
from schemas.labels import PageType, ReadingDirection
from schemas.records import Book, Page, PageLayout, Panel, PanelRegion, StageFailure, status_after
from schemas.tables import IMPORTED_CONTAINER

UNKNOWN_SIZE_PX = (1_000, 1_500)
"""Size of a page of which neither the group nor a picture tells: an upright one."""
NO_PICTURE = "imported without its picture"
_UNIT_SLACK = 0.01
"""How far from 1 the length of a vector may be to stay as it is: float16 rounds it by less."""


@dataclass(frozen=True, slots=True)
class ImportedBook:
    """A book ready to be stored."""

    book: Book
    pages: tuple[Page, ...]
    vectors: BookVectors


@dataclass(slots=True)
class _Builder:
    """Gathers the pages of one book."""

    spool: ThumbnailSpool
    limits: PictureLimits
    failures: list[StageFailure] = field(default_factory=list)
    places: list[tuple[int, int | None, SpooledPicture]] = field(default_factory=list)

    def page(self, page_no: int, row: PageVectors, picture: FoundPicture | None) -> Page:
        """Build the page of a single row."""
        width_px, height_px = (int(side) for side in row.page_sizes[0])
        if not (width_px and height_px):
            width_px, height_px = UNKNOWN_SIZE_PX
        page = Page(
            page_no=page_no,
            page_file=str(row.page_ids[0]),
            sha256="",
            width_px=width_px,
            height_px=height_px,
            page_type=PageType.STORY,
            page_type_confidence=0.0,
            layout_confidence=1.0,
            panels=tuple(_panels(page_no, row)),
            degraded=NO_PICTURE,
        )
        if picture is None:
            return page
        return attempt("picture", page_no, self.failures, lambda: self._seen(page, picture), otherwise=page)

    def _seen(self, page: Page, picture: FoundPicture) -> Page:
        """Return the page with what its picture shows, thumbnails put aside."""
        decoded = decode_page(picture.read(self.limits), name=page.page_file, limits=self.limits)
        regions = tuple(panel.region for panel in page.panels)
        cut = cut_panels(decoded.image, PageLayout(regions, 1.0))
        measures, drawn = measure_page(decoded.image), draw_thumbnails(decoded.image, cut)
        self._keep(page.page_no, None, drawn.page)
        for panel, thumbnail in zip(page.panels, drawn.panels, strict=True):
            self._keep(page.page_no, panel.panel_no, thumbnail)
        seen = [
            replace(panel, phash=perceptual_hash(image), look=measure_panel(image))
            for panel, image in zip(page.panels, cut, strict=True)
        ]
        return replace(
            page,
            sha256=decoded.sha256,
            width_px=decoded.width_px,
            height_px=decoded.height_px,
            panels=tuple(seen),
            degraded=decoded.degraded,
            phash=perceptual_hash(decoded.image),
            darkness=measures.darkness,
            saturation=measures.saturation,
        )

    def _keep(self, page_no: int, panel_no: int | None, picture: Illustration) -> None:
        self.places.append((page_no, panel_no, self.spool.add(picture)))

    def thumbnails(self) -> Iterator[Thumbnail]:
        """Give the thumbnails back, in page order."""
        for page_no, panel_no, place in self.places:
            yield Thumbnail(page_no, panel_no, place.width_px, place.height_px, self.spool.read(place))


def build_book(
    told: GroupBook,
    rows: PageVectors,
    side: Side,
    pictures: Mapping[str, FoundPicture],
    spool: ThumbnailSpool,
) -> tuple[ImportedBook, Iterator[Thumbnail]]:
    """Turn the pages of a book into records and vectors, and read their pictures.

    Args:
        told: the book.
        rows: its pages, as in the group.
        side: which vectors they are.
        pictures: those there are, by page id.
        spool: where thumbnails wait; open until the last was read.
    """
    builder = _Builder(spool, PictureLimits())
    numbers = np.array(told.page_numbers)
    order = np.argsort(numbers, kind="stable")
    rows, ordered = rows.take(order), numbers[order].tolist()
    pages = tuple(
        builder.page(page_no, rows.take(np.array([row])), pictures.get(str(rows.page_ids[row])))
        for row, page_no in enumerate(ordered)
    )
    book = _book(told, pages, tuple(builder.failures))
    return ImportedBook(book, pages, _vectors(ordered, rows, side)), builder.thumbnails()


def _book(told: GroupBook, pages: Sequence[Page], failures: tuple[StageFailure, ...]) -> Book:
    metadata, _ = read_metadata({}, zip_comment=None, source_name=PurePath(told.name).name or told.name)
    return Book(
        book_id=told.book_id,
        source=told.name,
        container=IMPORTED_CONTAINER,
        size_bytes=0,
        mtime_ns=0,
        title=title_of(metadata, told.name),
        direction=ReadingDirection.LTR,
        direction_evidence="not told by the group; the order of panels is the group's",
        page_count=len(pages),
        panel_count=sum(len(page.panels) for page in pages),
        status=status_after(failures),
        metadata=metadata,
        failures=failures,
    )


def _panels(page_no: int, row: PageVectors) -> Iterator[Panel]:
    for number, cell in enumerate(panel_cells(row.reading_order[0]), start=1):
        x0, y0, x1, y1 = row.panel_coordinates[0, cell].tolist()
        yield Panel(page_no, number, PanelRegion(Box.clipped(x0, y0, x1, y1), confidence=1.0))


def _vectors(numbers: Sequence[int], rows: PageVectors, side: Side) -> BookVectors:
    """Return the vectors under their numbers, on the side they belong to; pages have none of text."""
    panels: dict[tuple[int, int], Vector] = {}
    for row, page_no in enumerate(numbers):
        for panel_no, cell in enumerate(panel_cells(rows.reading_order[row]), start=1):
            if rows.panel_mask[row, cell]:
                panels[page_no, panel_no] = _unit(rows.panel_embeddings[row, cell])
    pages = {page_no: _unit(rows.page_embeddings[row]) for row, page_no in enumerate(numbers)}
    if side == "picture":
        return BookVectors(page_pictures=pages, panel_pictures=panels)
    if side == "fused":
        return BookVectors(page_fused=pages, panel_fused=panels)
    return BookVectors(panel_texts=panels)


def _unit(vector: NDArray[np.floating]) -> Vector:
    """Return a vector of length 1; one that nearly has it stays bit for bit."""
    exact = vector.astype(np.float64)
    length = float(np.linalg.norm(exact))
    if not length or abs(length - 1) <= _UNIT_SLACK:
        return vector.astype(np.float32)
    return np.asarray(exact / length, np.float32)
