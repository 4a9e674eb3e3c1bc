"""What a page is for: what the metadata say, else a few plain rules of modest confidence.

The rules know position, panels and a handful of words; page position alone is right for covers
(F1 .93 on golden-age books) and blind for the rest, so everything else stays a story page.
"""

import re
from collections.abc import Sequence

from indexer.stages.drafts import PageDraft
from schemas.labels import PageType
from schemas.records import BookMetadata

MIN_PAGES_FOR_COVER = 4
"""A strip or a chapter of three pages has no cover."""
COVER_PANEL_AREA = 0.55
"""The first page is a cover when one picture fills this share of it."""
MIN_CREDIT_WORDS = 2
STATED, COVER_CONFIDENCE, CREDITS_CONFIDENCE, STORY_CONFIDENCE = 1.0, 0.7, 0.6, 0.5

_CREDIT_WORDS = re.compile(
    r"©|copyright|all rights reserved|creative commons|licen[cs]e|"
    r"(?:written|drawn|story|script|art|artwork|colou?rs|lettering|translation|edited) by|isbn",
    re.IGNORECASE,
)

TypeGuess = tuple[PageType, float]


def type_pages(metadata: BookMetadata, pages: Sequence[PageDraft]) -> tuple[TypeGuess, ...]:
    """Return type and confidence of each page, in the order of ``pages``."""
    stated = dict(metadata.page_types)
    return tuple(
        (stated[page.page_no - 1], STATED) if page.page_no - 1 in stated else _guess(page, len(pages))
        for page in pages
    )


def _guess(page: PageDraft, page_count: int) -> TypeGuess:
    largest = max((panel.box.area for panel in page.layout.panels), default=0.0)
    if page.page_no == 1 and page_count >= MIN_PAGES_FOR_COVER and largest >= COVER_PANEL_AREA:
        return PageType.COVER, COVER_CONFIDENCE
    if len(page.layout.panels) <= 1 and _credit_words(page) >= MIN_CREDIT_WORDS:
        return PageType.CREDITS, CREDITS_CONFIDENCE
    return PageType.STORY, STORY_CONFIDENCE


def _credit_words(page: PageDraft) -> int:
    text = " ".join(region.text for region in page.regions)
    return len({match.casefold() for match in _CREDIT_WORDS.findall(text)})
