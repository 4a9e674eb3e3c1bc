"""Prints books: plan, look and gallery to pages."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from models.drawing.dice import dice
from models.drawing.streams.art import Artist, Gallery
from models.drawing.streams.desk import Desk
from models.drawing.streams.foreign import (
    draw_novel,
    draw_photograph,
    draw_picturebook,
    draw_rulebook,
    draw_textbook,
)
from models.drawing.streams.fronts import draw_art, draw_back_cover, draw_banner, draw_cover, draw_title_page
from models.drawing.streams.looks import Look, random_look
from models.drawing.streams.matter import draw_advertisement, draw_credits, draw_text, draw_textstory
from models.drawing.streams.plans import KINDS, Leaf, Plan, plan_after, random_kind, random_plan
from models.drawing.streams.records import StreamBook, StreamPage
from models.drawing.streams.scans import scan
from models.drawing.streams.scroll import scroll_pages
from models.drawing.streams.sheet import Sheet
from models.drawing.streams.story import draw_story
from models.drawing.streams.words import LANGUAGES, Writer
from schemas.labels import PageType

_PRINTERS: Mapping[PageType, Callable[[Desk], None]] = MappingProxyType(
    {
        PageType.COVER: draw_cover,
        PageType.BACK_COVER: draw_back_cover,
        PageType.CREDITS: draw_credits,
        PageType.ADVERTISEMENT: draw_advertisement,
        PageType.TEXT: draw_text,
        PageType.ART: draw_art,
    }
)
_MANNERS: Mapping[str, Callable[[Desk], None]] = MappingProxyType(
    {
        "title": draw_title_page,
        "banner": draw_banner,
        "textbook": draw_textbook,
        "rulebook": draw_rulebook,
        "picturebook": draw_picturebook,
        "novel": draw_novel,
        "photograph": draw_photograph,
    }
)
_LOOSELY = {"webtoon": 0.7, "episode": 0.4, "pages": 0.5, "album": 0.2, "manga": 0.04, "anthology": 0.04}
"""How many books of a kind have pictures without frames."""
_LOOSE = ("episode", "webtoon", "photos", "pages")
"""Kinds of books whose pages differ in size."""


@dataclass(frozen=True, slots=True)
class Press:
    """Prints random books from a gallery.

    Attributes:
        gallery: pictures.
        seed: the same seed prints the same books.
        fresh: print what training never sees: other layouts and type.
        streams: page types of real books, which some anthologies follow.
        kinds: print these alone; all where none is named.
    """

    gallery: Gallery
    seed: int
    fresh: bool = False
    streams: Sequence[Sequence[PageType]] = ()
    kinds: Sequence[str] = ()

    def book(self, number: int) -> StreamBook:
        """Print one book."""
        rng = dice("stream", self.seed, number)
        kind = random_kind(rng, self.kinds)
        if kind == "anthology" and self.streams and rng.random() < 0.5:
            plan = plan_after(rng, rng.choice(list(self.streams)))
        else:
            plan = random_plan(rng, kind)
        look = random_look(rng, kind, fresh=self.fresh)
        writer = Writer(rng, "ja" if kind == "manga" and rng.random() < 0.4 else rng.choice(LANGUAGES))
        pages = tuple(self._pages(rng, plan, kind, look, writer))
        return StreamBook(kind, writer.language, look.direction, KINDS[kind][1], pages)

    def _pages(
        self, rng: random.Random, plan: Plan, kind: str, look: Look, writer: Writer
    ) -> Iterator[StreamPage]:
        artist = Artist(rng, self.gallery, grey=look.grey)
        title, people = writer.title(3), tuple(writer.person() for _ in range(rng.randint(1, 4)))
        talk, told = rng.choice((0.0, 0.35, 0.6, 0.75, 0.85)), ""
        loose = rng.random() < _LOOSELY.get(kind, 0.1)
        bare = Sheet(look, rng, (1, 1))
        desk = Desk(bare, artist, writer, rng, title, told, 1, people, talk, self.fresh, loose)
        if kind == "scroll":
            yield from self._slices(plan, desk)
            return
        for number, leaf in enumerate(plan, start=1):
            told = writer.title() if leaf.opens or not told else told
            sheet = Sheet(look, rng, _size(rng, look, leaf, kind))
            _draw(replace(desk, sheet=sheet, story=told, number=number), leaf)
            picture, lines = scan(sheet.picture(), sheet.lines, look.scan, rng)
            yield StreamPage(picture, leaf.kind, lines, leaf.opens)

    def _slices(self, plan: Plan, desk: Desk) -> Iterator[StreamPage]:
        """Print a book that is one strip cut into slices."""
        look, rng = desk.look, desk.rng

        def desk_for(number: int, height: int) -> Desk:
            sheet = Sheet(look, rng, (look.width, height))
            return replace(desk, sheet=sheet, number=number + 1, story=desk.writer.title())

        for page in scroll_pages(plan, rng, look.size_px[1], desk_for, _draw):
            picture, lines = scan(page.picture, page.lines, look.scan, rng)
            yield replace(page, picture=picture, lines=lines)


def _draw(desk: Desk, leaf: Leaf) -> None:
    if leaf.kind in (PageType.STORY, PageType.FIRST_PAGE):
        draw_story(desk, opens=leaf.opens and leaf.manner != "plain", ends=leaf.ends)
    elif leaf.kind is PageType.TEXTSTORY:
        draw_textstory(desk, opens=leaf.opens)
    else:
        (_MANNERS.get(leaf.manner) or _PRINTERS[leaf.kind])(desk)


def _size(rng: random.Random, look: Look, leaf: Leaf, kind: str) -> tuple[int, int]:
    """Return the size of a page: banners are low, strips and web pages of any height, scans a little off."""
    width, height = look.size_px
    if leaf.manner == "banner":
        return 700, round(700 * rng.uniform(0.22, 0.55))
    if kind == "photos" and rng.random() < 0.4:
        return height, width
    if kind in _LOOSE:
        return width, round(height * rng.uniform(0.55 if leaf.kind is PageType.CREDITS else 0.8, 1.15))
    return width, round(height * rng.uniform(0.985, 1.015))
