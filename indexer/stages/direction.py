"""Which way a book is read, and why we think so."""

from collections.abc import Iterable, Sequence

from indexer.stages.drafts import PageDraft
from indexer.stages.pictures import STRIP_ASPECT
from models.text.scripts import is_cjk_glyph, vertical_cjk_share
from schemas.labels import ReadingDirection
from schemas.records import BookMetadata, TextLine

STRIP_SHARE = 0.5
"""More strips than this among the pages make a webtoon."""
COLUMN_SHARE = 0.5
"""More Chinese or Japanese glyphs than this in columns make a book read from the right."""
MIN_CJK_GLYPHS = 12
"""Fewer glyphs are no evidence: a sign or a sound effect in a book of another language."""

Evidence = tuple[ReadingDirection, str]


def stated_direction(option: str | None, metadata: BookMetadata) -> Evidence | None:
    """Return what the user or the book says; None where neither does."""
    if option is not None:
        return ReadingDirection(option), "option --direction"
    if metadata.direction is not None:
        return metadata.direction, metadata.direction_evidence or "metadata of the book"
    return None


def decide_direction(option: str | None, metadata: BookMetadata, pages: Sequence[PageDraft]) -> Evidence:
    """Return the reading direction of a book and the evidence in words.

    The user is believed first, then the book's metadata, then the shape of the pages (strips run
    from top to bottom), then the lettering (columns run from the right).
    """
    stated = stated_direction(option, metadata)
    if stated is not None:
        return stated
    strips = sum(page.height_px > STRIP_ASPECT * page.width_px for page in pages)
    if strips > STRIP_SHARE * len(pages):
        return ReadingDirection.TTB, f"{strips} of {len(pages)} pages are tall strips"
    lines = [line for page in pages for line in page.lines]
    share = vertical_cjk_share(lines)
    if share > COLUMN_SHARE and _cjk_glyphs(lines) >= MIN_CJK_GLYPHS:
        return ReadingDirection.RTL, f"{share:.0%} of the Chinese or Japanese lettering stands in columns"
    return ReadingDirection.LTR, "nothing says otherwise"


def _cjk_glyphs(lines: Iterable[TextLine]) -> int:
    return sum(is_cjk_glyph(glyph) for line in lines for glyph in line.text)
