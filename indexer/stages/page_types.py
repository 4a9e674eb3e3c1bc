"""What each page of a book is for, told from the whole book; what people set stays as they set it."""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.stages.drafts import PageDraft
from models.page_types.evidence import PageEvidence
from models.page_types.segmenter import StreamSegmenter, load_segmenter
from schemas.labels import PageType
from schemas.records import BookMetadata

SET_BY_HAND = 1.0
"""Confidence of a type that somebody set."""

TypeGuess = tuple[PageType, float]


@dataclass(frozen=True, slots=True)
class TypedPages:
    """Type and confidence of each page of a book, and how surely the book is a comic."""

    guesses: tuple[TypeGuess, ...]
    comic: float


def type_pages(
    metadata: BookMetadata, pages: Sequence[PageDraft], model: StreamSegmenter | None = None
) -> TypedPages:
    """Type the pages, in the order of ``pages``, and judge the book.

    Types that metadata state are evidence, since tools write ``Story`` where nobody looked; a type that
    somebody set (``set_type`` of a draft) holds, and its neighbours are told by it.
    """
    segmenter = model or load_segmenter()
    stated = dict(metadata.page_types)
    evidence = [_evidence(page, stated.get(page.page_no - 1), segmenter) for page in pages]
    found = segmenter.segment(evidence, [page.set_type for page in pages])
    guesses = tuple(
        (page.set_type, SET_BY_HAND) if page.set_type is not None else (kind, sure)
        for page, kind, sure in zip(pages, found.types, found.confidences, strict=True)
    )
    return TypedPages(guesses, found.comic)


def _evidence(page: PageDraft, told: PageType | None, segmenter: StreamSegmenter) -> PageEvidence:
    trusted = page.vector_of is not None and segmenter.knows(page.vector_of)
    return PageEvidence(
        aspect=page.aspect,
        panels=tuple(panel.box for panel in page.layout.panels),
        lines=page.lines if page.is_read else None,
        look=page.look,
        vector=page.page_vector if trusted else None,
        told=told,
    )
