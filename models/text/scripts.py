"""Which script lettering is in."""

from collections.abc import Sequence

from schemas.records import TextLine

_CJK_RANGES = (
    (0x3005, 0x3007),  # 々 〆 〇
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width kana
    (0x20000, 0x3FFFF),
)


def is_cjk_glyph(glyph: str) -> bool:
    """Say whether one character is an ideograph or kana."""
    code = ord(glyph)
    return any(low <= code <= high for low, high in _CJK_RANGES)


def is_cjk(text: str) -> bool:
    """Say whether at least half of the letters of a text are ideographs or kana."""
    letters = [glyph for glyph in text if glyph.isalnum()]
    return 2 * sum(map(is_cjk_glyph, letters)) >= len(letters) > 0


def vertical_cjk_share(lines: Sequence[TextLine]) -> float:
    """Return the share of a page's CJK glyphs that stand in columns, 0.0 without any.

    Columns run right to left, hence so do the panels: the evidence for a manga where the
    metadata say nothing. Counted in glyphs, so that a caption outweighs a sound.
    """
    columns = rows = 0
    for line in lines:
        glyphs = sum(map(is_cjk_glyph, line.text))
        if line.vertical:
            columns += glyphs
        else:
            rows += glyphs
    return columns / (columns + rows) if columns + rows else 0.0
