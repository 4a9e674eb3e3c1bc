"""What a page is made with: the sheet, who draws, who writes, and what the book is."""

import random
from dataclasses import dataclass

from models.drawing.streams.art import Artist
from models.drawing.streams.looks import Look
from models.drawing.streams.sheet import Sheet
from models.drawing.streams.words import Writer


@dataclass(frozen=True, slots=True)
class Desk:
    """The means of one page.

    ``fresh`` asks for layouts that training never sees; ``loose`` books have pictures without frames.
    """

    sheet: Sheet
    artist: Artist
    writer: Writer
    rng: random.Random
    title: str
    story: str
    number: int
    people: tuple[str, ...]
    talk: float
    fresh: bool
    loose: bool

    @property
    def look(self) -> Look:
        """The looks of the book."""
        return self.sheet.look

    @property
    def unit(self) -> float:
        """Height of letters of speech in pixels."""
        return self.look.lettering * self.sheet.width

    @property
    def type_px(self) -> float:
        """Height of letters of running text in pixels; the same on all pages of a book."""
        return max(
            6.5, self.sheet.width * (0.012 + 0.3 * (self.look.lettering - 0.012)) + 2 * self.look.stretch
        )

    def chance(self, share: float) -> bool:
        """Throw the dice."""
        return self.rng.random() < share
