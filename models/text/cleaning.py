"""From lines as read to a text fit for searching."""

import re
import unicodedata
from collections.abc import Sequence

from models.text.scripts import is_cjk_glyph
from schemas.records import TextLine

LONE_GLYPH_CONFIDENCE = 0.85
"""A single letter needs this much: hatching and eyes read as one doubtful letter."""
_HYPHENS = "-\u2010\u00ad"  # hyphen-minus, hyphen, soft hyphen
_BREAK = re.compile(rf"(?<=[^\W\d_]{{2}})[{_HYPHENS}]$")
_SPACES = re.compile(r"\s+")
_CJK_MARKS = frozenset("、。「」『』【】〈〉《》〜ー")


def fold(text: str) -> str:
    """Return the form that is indexed and searched: NFKC, case-folded, single spaces.

    Accents stay: they tell words apart in most languages that write them. The same call serves
    both sides, so that a query meets what was stored.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _SPACES.sub(" ", folded).strip()


def is_noise(line: TextLine) -> bool:
    """Say whether a line is no lettering: nothing but marks, or one doubtful glyph."""
    glyphs = [glyph for glyph in unicodedata.normalize("NFKC", line.text) if not glyph.isspace()]
    if not any(glyph.isalnum() for glyph in glyphs):
        # "?!" and "..." are said; a lone dash or dot is a speck.
        return len(glyphs) < 2 and not set(glyphs) & set("?!…")
    return len(glyphs) == 1 and line.confidence < LONE_GLYPH_CONFIDENCE


def join_lines(lines: Sequence[str]) -> str:
    """Join the lines of one region to running text.

    A word broken by a hyphen at a line's end is joined where the next line goes on in the same
    case; CJK lines join without a space.
    """
    joined = ""
    for line in lines:
        text = _SPACES.sub(" ", unicodedata.normalize("NFKC", line)).strip()
        if not joined or not text:
            joined = joined or text
        elif _BREAK.search(joined) and _goes_on(joined, text):
            joined = joined[:-1] + text
        elif _joins_without_space(joined[-1], text[0]):
            joined += text
        else:
            joined += " " + text
    return joined


def _goes_on(before: str, after: str) -> bool:
    """Say whether a hyphen at a line's end breaks a word: the letters around it share their case."""
    return after[0].isalpha() and before[-2].isupper() == after[0].isupper()


def _joins_without_space(left: str, right: str) -> bool:
    return any(is_cjk_glyph(glyph) or glyph in _CJK_MARKS for glyph in (left, right))
