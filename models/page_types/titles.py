"""The title of a story, read off its first page: large lettering, set apart, near the top.

A title is lettered larger than what is said on the page. So are sound effects; those stand lower, alone, and
shout.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from models.text.scripts import is_cjk_glyph
from schemas.geometry import Box
from schemas.records import TextRegion

MAX_TITLE_CHARACTERS = 120
LEAST_SIZE = 0.022
"""Height of a letter, as a share of the page's long side, from which lettering may be a title."""
LARGER = 1.55
"""Times the usual size of the lettering on the page that a title has at least."""
LARGEST_ALONE = 0.04
"""Size from which lettering is a title where nothing else is lettered to compare it with."""
LOWEST_TOP, LOWEST_SHOUT = 0.55, 0.2
"""How far down a title may begin; a single word with an exclamation mark only at the very top."""
SURE = 0.75
MOST_LINES = 4
_SAME_SIZE, _NEAR = 0.55, 1.3
"""Of two lines of one title: the smaller over the larger, and the gap between them over the larger."""
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_ADDRESS = re.compile(r"https?:|www\.|\.com\b", re.IGNORECASE)
_STRETCHED = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    """Lettering with the height of its letters as a share of the page's long side."""

    region: TextRegion
    size: float

    @property
    def box(self) -> Box:
        return self.region.box


def title_of_page(regions: Sequence[TextRegion], *, aspect: float) -> str | None:
    """Return the title that a page bears, None where no lettering looks like one.

    Args:
        regions: all lettering of the page, page-relative.
        aspect: width over height of the page.
    """
    lines = [_Line(region, _size(region, aspect)) for region in regions if region.text.strip()]
    if not lines:
        return None
    found = [line for line in lines if _may_be_title(line, _usual_beside(lines, line))]
    if not found:
        return None
    largest = max(found, key=lambda line: line.size)
    parts = _joined(sorted(found, key=lambda line: (line.box.y0, line.box.x0)), largest)
    title = _SPACES.sub(" ", " ".join(line.region.text for line in parts)).strip(" -–—·:")
    return title if _WORDS.search(title) or _is_cjk(title) else None


def _size(region: TextRegion, aspect: float) -> float:
    """Return the height of a letter against the long side of the page; of upright columns the width."""
    rows = max(1, len(region.raw_text.strip().splitlines()))
    box = region.box
    is_upright = _is_cjk(region.text) and box.height > 1.5 * box.width * aspect
    return (box.width * aspect if is_upright else box.height) / rows / max(1.0, aspect)


def _usual_beside(lines: Sequence[_Line], one: _Line) -> float | None:
    """Return the usual size of lettering apart from a line and what goes with it, None without any."""
    sizes = [
        line.size
        for line in lines
        if line is not one and not (_go_together(line, one) or _go_together(one, line))
        for _ in range(max(1, len(line.region.text) // 8))
    ]
    return median(sizes) if sizes else None


def _may_be_title(line: _Line, usual: float | None) -> bool:
    region, text = line.region, line.region.text.strip()
    if region.confidence < SURE or len(text) > MAX_TITLE_CHARACTERS or _ADDRESS.search(text):
        return False
    if len(region.raw_text.strip().splitlines()) > MOST_LINES or line.box.y0 > LOWEST_TOP:
        return False
    if line.size < (LARGEST_ALONE if usual is None else max(LEAST_SIZE, LARGER * usual)):
        return False
    return not _is_shout(text, line.box.y0)


def _is_shout(text: str, top: float) -> bool:
    """Say whether it is a sound effect rather than a title: stretched letters, or one word shouted."""
    words = text.lower().split()
    if len(words) > 1 and len(set(words)) == 1:
        return True
    if _STRETCHED.search(text) or not any(map(str.isalpha, text)):
        return True
    is_cried = len(words) <= 2 and text.rstrip("\"'”’").endswith(("!", "?", "…", "..."))
    return is_cried and top > LOWEST_SHOUT


def _joined(ordered: Sequence[_Line], largest: _Line) -> list[_Line]:
    """Return the lines above and below the largest one that are of the same title."""
    place = next(number for number, line in enumerate(ordered) if line is largest)
    first, last = place, place
    while first > 0 and _go_together(ordered[first - 1], ordered[first]):
        first -= 1
    while last + 1 < len(ordered) and _go_together(ordered[last], ordered[last + 1]):
        last += 1
    parts = list(ordered[first : last + 1])
    whole = sum(len(line.region.text) for line in parts)
    return parts if whole <= MAX_TITLE_CHARACTERS and len(parts) <= MOST_LINES else [largest]


def _go_together(upper: _Line, lower: _Line) -> bool:
    sizes = sorted((upper.size, lower.size))
    gap = lower.box.y0 - upper.box.y1
    beside = min(upper.box.x1, lower.box.x1) - max(upper.box.x0, lower.box.x0)
    return sizes[0] >= _SAME_SIZE * sizes[1] and gap <= _NEAR * sizes[1] and beside > 0


def _is_cjk(text: str) -> bool:
    return sum(map(is_cjk_glyph, text)) >= 2
