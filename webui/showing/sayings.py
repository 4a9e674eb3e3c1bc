"""What a hit says, cut for its tile: from a little before the first match on, matches apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.messages import SearchHit

LONGEST, LEAD = 160, 24


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``is_match`` where it is what was looked for."""

    text: str
    is_match: bool


def pieces_of(hit: SearchHit) -> tuple[Piece, ...]:
    """Return the pieces of a hit's lettering that its tile shows, in order."""
    start = _start(hit)
    end = min(len(hit.text), start + LONGEST)
    pieces = list(_cut(hit, start, end))
    if start:
        pieces.insert(0, Piece("…", is_match=False))
    if end < len(hit.text):
        pieces.append(Piece("…", is_match=False))
    return tuple(pieces)


def _start(hit: SearchHit) -> int:
    """Return where to begin, at a word: shortly before the longest match, which says more than an "a"."""
    best = max(hit.highlights, key=lambda span: (span[1] - span[0], -span[0]), default=(0, 0))[0]
    if best <= LEAD:
        return 0
    blank = max(hit.text.find(" ", best - LEAD, best), hit.text.find("\n", best - LEAD, best))
    return blank + 1 if blank >= 0 else best - LEAD


def _cut(hit: SearchHit, start: int, end: int) -> Iterator[Piece]:
    at = start
    for opened, closed in hit.highlights:
        low, high = max(opened, at), min(closed, end)
        if low >= high:
            continue
        if low > at:
            yield _piece(hit.text[at:low], is_match=False)
        yield _piece(hit.text[low:high], is_match=True)
        at = high
    if at < end:
        yield _piece(hit.text[at:end], is_match=False)


def _piece(text: str, *, is_match: bool) -> Piece:
    return Piece(text.replace("\n", " "), is_match)
