"""What readers and people do to the evidence of a clean book: OCR slips, missing pages, unread scripts."""

import random
from collections.abc import Sequence
from dataclasses import replace

from models.training.page_types.shards import LabelledBook
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import TextLine

_GARBAGE = "lIi1|.-_oO0caeTtnZ/\\~°"
_UNREAD, _BLIND, _LOOKLESS, _CUT = 0.1, 0.08, 0.04, 0.15
GIVEAWAYS = (
    "free", "order", "buy", "save", "send", "special", "amazing", "prize", "win", "new", "price",
    "dollars", "euros", "catalog", "bargain", "guarantee", "offer", "coming", "soon", "available",
    "part", "chapter", "act", "volume", "number", "letter", "dear", "friends", "truly", "street",
    "avenue", "box", "editor", "publisher", "written", "by", "thanks", "to", "thank", "you", "contents",
    "notes", "interview", "cover", "story", "art", "colors", "level", "roll", "dice", "spell", "player",
    "example", "return", "gratuit", "offre", "prix", "commande", "chapitre", "partie", "merci", "libre",
    "oferta", "precio", "compra", "gracias", "capítulo", "frei", "umsonst", "bestellen", "kapitel",
    "danke", "gratis", "prezzo", "grazie", "capitolo",
)  # fmt: skip
"""Words that give advertisements, credits and letters away, and that people in stories say too."""
_SAID = 0.3
_SMALL = 0.009  # height of a line, a share of the page, that readers begin to lose


def worn(book: LabelledBook, rng: random.Random) -> LabelledBook:
    """Return a book as an index run may meet it."""
    pages, types = list(book.pages), list(book.types)
    if rng.random() < _CUT and len(pages) > 3:
        keep = sorted(rng.sample(range(len(pages)), k=rng.randint(2, len(pages) - 1)))
        if rng.random() < 0.5:
            keep = list(range(keep[0], keep[-1] + 1))
        pages, types = [pages[number] for number in keep], [types[number] for number in keep]
    unread, blind, lookless = (rng.random() < share for share in (_UNREAD, _BLIND, _LOOKLESS))
    slips = rng.choice((0.0, 0.05, 0.15, 0.3))
    worn_pages = []
    for page, kind in zip(pages, types, strict=True):
        lines = None if unread or page.lines is None else _read(page.lines, page.panels, slips, rng)
        if lines and kind in (PageType.STORY, PageType.FIRST_PAGE) and rng.random() < _SAID:
            lines = _with_giveaways(lines, rng)
        panels = page.panels if rng.random() < 0.98 else ()
        look, vector = None if lookless else page.look, None if blind else page.vector
        worn_pages.append(replace(page, lines=lines, panels=panels, look=look, vector=vector))
    return replace(book, pages=tuple(worn_pages), types=tuple(types))


def _read(
    lines: Sequence[TextLine], panels: Sequence[Box], slips: float, rng: random.Random
) -> tuple[TextLine, ...]:
    found = []
    for line in lines:
        lost = slips * 0.5 + (0.25 if line.box.height < _SMALL else 0.01)
        if rng.random() >= lost:
            found.append(
                replace(line, text=_misread(line.text, slips * 0.25, rng), box=_moved(line.box, rng))
            )
    return tuple(found + _imagined(panels, slips, rng))


def _with_giveaways(lines: tuple[TextLine, ...], rng: random.Random) -> tuple[TextLine, ...]:
    """Put one to three telling words into what is said on a page."""
    said = list(lines)
    for _ in range(rng.randint(1, 3)):
        at, word = rng.randrange(len(said)), rng.choice(GIVEAWAYS)
        word = word.upper() if said[at].text.isupper() else word
        said[at] = replace(
            said[at], text=f"{said[at].text} {word}" if rng.random() < 0.5 else f"{word} {said[at].text}"
        )
    return tuple(said)


def _misread(text: str, slips: float, rng: random.Random) -> str:
    if rng.random() < 0.3:
        text = text.replace(" ", "")
    return "".join(rng.choice(_GARBAGE) if rng.random() < slips else letter for letter in text)


def _moved(box: Box, rng: random.Random) -> Box:
    by = box.height * 0.15
    x0, y0, x1, y1 = (side + rng.uniform(-by, by) for side in box.as_tuple())
    return Box.clipped(x0, y0, max(x1, x0 + 1e-3), max(y1, y0 + 1e-3))


def _imagined(panels: Sequence[Box], slips: float, rng: random.Random) -> list[TextLine]:
    """Return what a reader finds in hatching and scenery, and signs that stand in it."""
    found = []
    for box in panels:
        if rng.random() < 0.06 + slips:
            x, y = rng.uniform(box.x0, box.x1), rng.uniform(box.y0, box.y1)
            text = "".join(rng.choice(_GARBAGE) for _ in range(rng.randint(1, 6)))
            wide, tall = rng.uniform(0.02, 0.1), rng.uniform(0.008, 0.04)
            found.append(TextLine(Box.clipped(x, y, min(x + wide, 1.0), min(y + tall, 1.0)), text, 0.5))
    return [line for line in found if line.box.width > 0 and line.box.height > 0]
