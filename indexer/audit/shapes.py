"""Books and pages that are unlike comics: no comics at all, and pages with far more panels than usual."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from indexer.audit.material import Material
from schemas.audit import Finding
from schemas.labels import PageType
from schemas.streams import is_no_comic

LEAST_PAGES = 8
LEAST_JUDGED = 3
"""Pages from which the stored judgement of a whole book is worth a curator's time."""
FAR_MORE, MORE = 2.5, 6
"""Times the usual number of panels, and further panels, from which a page is an outlier."""
LETTERS_OF_TEXT = 900
"""Letters from which a page of at most two panels is a page of text."""
UNLIKE = 0.6
"""Share of pages that make a book no comic."""


def panel_outliers(material: Material) -> Iterator[Finding]:
    """Report pages with far more panels than the others of their book."""
    counts = material.counts("panel_count")
    for book in material.books:
        mine = counts[book.first : book.last]
        shown = mine[mine > 0]
        if len(shown) < LEAST_PAGES:
            continue
        usual = float(np.median(shown))
        wrong = np.flatnonzero(mine >= max(FAR_MORE * usual, usual + MORE))
        if len(wrong):
            pages = tuple(material.page_ids[book.first + place] for place in wrong.tolist())
            most = int(mine[wrong].max())
            facts: dict[str, str | int] = {"title": book.title, "panels": most, "usual": int(usual)}
            yield Finding("panel-count", pages, facts)


def unlike_comics(material: Material) -> Iterator[Finding]:
    """Report books that seem to be no comics: as was judged when they were read, else by their pages."""
    texts, kinds = material.words("text"), material.words("page_type")
    panels = material.counts("panel_count").tolist()
    for book in material.books:
        pages = range(book.first, book.last)
        looks = [(texts[page], kinds[page], panels[page]) for page in pages]
        reason = _hint(looks) if book.comic is None else _judged(book.comic, looks)
        if reason:
            evidence = material.page_ids[book.first : book.last][:: max(1, (book.last - book.first) // 6)]
            yield Finding(
                "non-comic", (book.book_id,), {"title": book.title, "reason": reason}, tuple(evidence[:6])
            )


def _judged(comic: float, pages: list[tuple[str, str, int]]) -> str:
    """Return what speaks against a comic, empty where the book was judged to be one."""
    if not is_no_comic(comic) or len(pages) < LEAST_JUDGED:
        return ""
    seen = _hint(pages)
    return f"a comic by {comic:.0%}" + (f"; {seen}" if seen else "")


def _hint(pages: list[tuple[str, str, int]]) -> str:
    """Return why pages of (text, type, panels) are no comic, empty where they may well be one."""
    if len(pages) < LEAST_PAGES:
        return ""
    textual = sum(kind == PageType.TEXT or (_is_text(text) and panels <= 2) for text, kind, panels in pages)
    if textual >= UNLIKE * len(pages):
        return f"{textual} of {len(pages)} pages are text"
    silent = sum(panels <= 1 and not text.strip() for text, _, panels in pages)
    if silent >= 0.9 * len(pages) and median(panels for *_, panels in pages) <= 1:
        return f"{silent} of {len(pages)} pages are one picture without a word"
    return ""


def _is_text(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= LETTERS_OF_TEXT
