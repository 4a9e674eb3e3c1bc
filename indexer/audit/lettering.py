"""What lettering tells of a book: pages that were not read, that were read badly, or in another language."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from indexer.audit.material import AuditBook, Material
from models.text.languages import primary_code
from models.text.tongues import guess_language, is_garbled
from schemas.audit import Finding
from schemas.labels import PageType

LETTERED = 0.6
"""Share of story pages with lettering from which a silent one is unusual."""
LEAST_PAGES = 5
LEAST_PANELS = 3
"""A page of fewer panels may well be silent."""
LEAST_FOREIGN = 2
_TOLD = frozenset((PageType.STORY, PageType.FIRST_PAGE))


def lettering_findings(material: Material) -> Iterator[Finding]:
    """Report pages without the text they should have, garbled text, and pages in other languages."""
    texts, kinds = material.words("text"), material.words("page_type")
    panels = material.counts("panel_count").tolist()
    for book in material.books:
        there = range(book.first, book.last)
        story = [page for page in there if kinds[page] in _TOLD]
        for kind, pages in (
            ("no-text", _unread(story, texts, panels)),
            ("garbled-text", [page for page in there if is_garbled(texts[page])]),
        ):
            if pages:
                yield _finding(material, book, kind, pages, {"pages": len(pages)})
        yield from _foreign(material, book, texts)


def _unread(story: Sequence[int], texts: Sequence[str], panels: Sequence[int]) -> list[int]:
    """Return story pages of several panels without a word, of a book whose pages have words."""
    lettered = sum(bool(texts[page].strip()) for page in story)
    if len(story) < LEAST_PAGES or lettered < LETTERED * len(story):
        return []
    return [page for page in story if panels[page] >= LEAST_PANELS and not texts[page].strip()]


def _foreign(material: Material, book: AuditBook, texts: Sequence[str]) -> Iterator[Finding]:
    """Give the pages in each language other than the book's, as it says itself or as most pages have it."""
    pages: dict[str, list[int]] = defaultdict(list)
    for page in range(book.first, book.last):
        language = guess_language(texts[page])
        if language is not None:
            pages[language].append(page)
    if not pages:
        return
    most = Counter({language: len(mine) for language, mine in pages.items()}).most_common(1)[0][0]
    own = primary_code(book.language) if book.language else most
    own = own if own in pages else most
    for language, mine in sorted(pages.items()):
        if language != own and len(mine) >= LEAST_FOREIGN:
            facts: dict[str, str | int] = {"pages": len(mine), "other": language, "language": own}
            yield _finding(material, book, "mixed-language", mine, facts)


def _finding(
    material: Material, book: AuditBook, kind: str, pages: Sequence[int], facts: dict[str, str | int]
) -> Finding:
    ids = tuple(material.page_ids[page] for page in pages)
    return Finding(kind, ids, {"title": book.title, **facts})
