"""Parts that a search is made of: weighted words, lines as printed, regions of stored pictures."""

import re
from dataclasses import dataclass
from typing import Literal, Self

from schemas.errors import QueryError
from schemas.filters import check_words
from schemas.geometry import Box

MAX_WEIGHT = 10.0

PhraseMode = Literal["exact", "prefix", "fuzzy"]

_CORNERS = re.compile(r"(.*)@([^@]*)", re.DOTALL)
_WEIGHED = re.compile(r"(\d+(?:\.\d+)?):\s*([^\W\d_].*)", re.DOTALL)
_CROP_HELP = "write PAGE_ID@x0,y0,x1,y1 with numbers from 0 to 1, the top left corner first"


@dataclass(frozen=True, slots=True)
class Wish:
    """Words and how much they count beside the others. Raises QueryError for no words and no weight."""

    words: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Check that there is something to look for."""
        check_words("a weighted text", self.words)
        if not self.words.strip():
            raise QueryError("a weight needs words to weigh: write for example 2:rain")
        if not 0.0 < self.weight <= MAX_WEIGHT:  # also false for what is no number
            raise QueryError(
                f"the weight of {self.words[:40]!r} must be above 0 and at most {MAX_WEIGHT:g}, "
                f"got {self.weight:g}"
            )


@dataclass(frozen=True, slots=True)
class Phrase:
    """A line as printed.

    ``exact``: its words stand in the panel one after the other; ``prefix``: the last of them may go
    on; ``fuzzy``: typing errors and OCR errors are forgiven, and the line is no condition. Raises
    QueryError for an unknown mode and an empty line.
    """

    text: str
    mode: PhraseMode = "exact"

    def __post_init__(self) -> None:
        """Check the mode and that there is a line."""
        check_words("phrase", self.text)
        if self.mode not in ("exact", "prefix", "fuzzy"):
            raise QueryError(f"a phrase is exact, prefix or fuzzy, got {str(self.mode)[:40]!r}")
        if not self.text.strip():
            raise QueryError("a phrase needs words: write the line between the quotes")

    @property
    def is_condition(self) -> bool:
        """Say whether hits must have the line."""
        return self.mode != "fuzzy"


@dataclass(frozen=True, slots=True)
class Crop:
    """A region of a stored page or panel to search by; ``box`` is relative to that page or panel."""

    item_id: str
    box: Box

    def __post_init__(self) -> None:
        """Refuse a region of no size."""
        check_words("crop", self.item_id)
        if not self.item_id or not self.box.area:
            raise QueryError(f"the crop of {self.item_id[:100]!r} has no size: {_CROP_HELP}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``ID@x0,y0,x1,y1``; without corners, the whole. Raises QueryError for anything else."""
        found = _CORNERS.fullmatch(text.strip())
        if found is None:
            return cls(text.strip(), Box.whole_page())
        try:
            x0, y0, x1, y1 = map(float, found[2].split(","))
            box = Box(x0, y0, x1, y1)
        except ValueError as error:
            raise QueryError(f"{text[:100]!r} is no region: {_CROP_HELP}") from error
        return cls(found[1], box)

    def __str__(self) -> str:
        """Write the region as :meth:`parse` reads it."""
        if self.box == Box.whole_page():
            return self.item_id
        return f"{self.item_id}@{','.join(f'{value:g}' for value in self.box.as_tuple())}"


def wish_from(text: str) -> Wish:
    """Read ``2:rain``, or words alone; a time of day is words. Raises QueryError."""
    found = _WEIGHED.fullmatch(text.strip())
    return Wish(text.strip()) if found is None else Wish(found[2], float(found[1]))


def phrase_from(text: str) -> Phrase:
    """Read a line and its mode, with or without quotes: ``~line`` is fuzzy, ``line*`` a prefix.

    Raises:
        QueryError: there is no line.
    """
    line = text.strip()
    is_fuzzy = line.startswith("~")
    line = line.removeprefix("~").strip()
    if len(line) > 1 and line[0] == line[-1] == '"':
        line = line[1:-1].strip()
    if is_fuzzy:
        return Phrase(line, "fuzzy")
    return Phrase(line[:-1].strip(), "prefix") if line.endswith("*") else Phrase(line)
