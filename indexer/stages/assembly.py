"""From drafted pages to a book: direction, order, numbers, owners of texts, page types, spreads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from indexer.library.rows import BookVectors, Vector
from indexer.stages.descriptions import with_descriptions
from indexer.stages.direction import decide_direction
from indexer.stages.drafts import PageDraft
from indexer.stages.page_types import TypeGuess, type_pages
from indexer.stages.titles import title_of
from models.reading_order import sort_reading_order
from models.text.assignment import assign_to_panels
from schemas.labels import ReadingDirection
from schemas.records import Book, BookMetadata, Page, Panel, PanelRegion, StageFailure, status_after

SPREAD_ASPECT = 1.2
"""Width over height from which a page is two, in a book of upright pages."""


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What is known of a book before its pages are finished; names as in ``schemas.records.Book``."""

    book_id: str
    source: str
    container: str
    size_bytes: int
    mtime_ns: int
    metadata: BookMetadata
    failures: tuple[StageFailure, ...]


@dataclass(frozen=True, slots=True)
class AssembledBook:
    """A finished book. ``orders[i]`` lists, for ``pages[i]``, the drafts' panels in reading order."""

    book: Book
    pages: tuple[Page, ...]
    orders: tuple[tuple[int, ...], ...]

    def with_failures(self, failures: Sequence[StageFailure]) -> "AssembledBook":
        """Return the book with failures of later stages added."""
        told = (*self.book.failures, *failures)
        return replace(self, book=replace(self.book, failures=told, status=status_after(told)))


def assemble(facts: BookFacts, drafts: Sequence[PageDraft], *, direction: str | None) -> AssembledBook:
    """Finish a book of at least one page.

    Args:
        facts: the book.
        drafts: its pages in page order.
        direction: the direction asked for by the user, None to find out.
    """
    found, evidence = decide_direction(direction, facts.metadata, drafts)
    spreads = _spreads(facts.metadata, drafts)
    typed = type_pages(facts.metadata, drafts)
    finished = [
        _finish(draft, found, guess, is_spread=draft.page_no in spreads)
        for draft, guess in zip(drafts, typed.guesses, strict=True)
    ]
    pages = tuple(page for page, _ in finished)
    book = Book(
        book_id=facts.book_id,
        source=facts.source,
        container=facts.container,
        size_bytes=facts.size_bytes,
        mtime_ns=facts.mtime_ns,
        title=title_of(facts.metadata, facts.source),
        direction=found,
        direction_evidence=evidence,
        page_count=len(pages),
        panel_count=sum(len(page.panels) for page in pages),
        status=status_after(facts.failures),
        metadata=facts.metadata,
        failures=facts.failures,
        comic=typed.comic,
    )
    return AssembledBook(book, pages, tuple(order for _, order in finished))


def picture_vectors(assembled: AssembledBook, drafts: Sequence[PageDraft]) -> BookVectors:
    """Return the vectors of pages and panels under their final numbers; none of text yet."""
    panels: dict[tuple[int, int], Vector] = {}
    for draft, order in zip(drafts, assembled.orders, strict=True):
        for panel_no, index in enumerate(order, start=1):
            vector = draft.panel_vectors[index]
            if vector is not None:
                panels[draft.page_no, panel_no] = vector
    pages = {draft.page_no: draft.page_vector for draft in drafts if draft.page_vector is not None}
    return BookVectors(page_pictures=pages, panel_pictures=panels)


def _finish(
    draft: PageDraft, direction: ReadingDirection, guess: TypeGuess, *, is_spread: bool
) -> tuple[Page, tuple[int, ...]]:
    found = draft.layout.panels
    order = sort_reading_order([panel.box for panel in found], direction=direction, aspect=draft.aspect)
    regions = _renumbered(found, order)
    texts, stray = assign_to_panels(draft.regions, regions, direction=direction)
    panels = tuple(
        Panel(
            page_no=draft.page_no,
            panel_no=number,
            region=region,
            texts=texts[number - 1],
            phash=draft.panel_hashes[index],
            tags=draft.panel_tags[index],
            look=draft.panel_looks[index],
        )
        for number, (index, region) in enumerate(zip(order, regions, strict=True), start=1)
    )
    if draft.reading is not None:
        panels = with_descriptions(panels, draft.reading)
    page_type, confidence = guess
    page = Page(
        page_no=draft.page_no,
        page_file=draft.page_file,
        sha256=draft.sha256,
        width_px=draft.width_px,
        height_px=draft.height_px,
        page_type=page_type,
        page_type_confidence=confidence,
        layout_confidence=draft.layout.confidence,
        panels=panels,
        stray_texts=stray,
        is_spread=is_spread,
        degraded=draft.degraded,
        phash=draft.phash,
        darkness=draft.measures.darkness,
        saturation=draft.measures.saturation,
    )
    return page, order


def _renumbered(panels: Sequence[PanelRegion], order: Sequence[int]) -> tuple[PanelRegion, ...]:
    """Return the panels in reading order; an inset's parent is an index into that order."""
    place = {old: new for new, old in enumerate(order)}
    return tuple(
        panel if panel.parent is None else replace(panel, parent=place[panel.parent])
        for panel in (panels[index] for index in order)
    )


def _spreads(metadata: BookMetadata, drafts: Sequence[PageDraft]) -> frozenset[int]:
    """Return the numbers of double pages: those declared, and wide ones in an upright book."""
    declared = {index + 1 for index in metadata.double_pages}
    if median(draft.aspect for draft in drafts) >= 1:
        return frozenset(declared)
    return frozenset(declared | {draft.page_no for draft in drafts if draft.aspect > SPREAD_ASPECT})
