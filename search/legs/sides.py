"""The sides of a search: which leg belongs to which, what it counts, and where it has its floor."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.messages import SearchRequest
from search.legs.descriptions import DESCRIPTION, DESCRIPTION_WORDS
from search.legs.nearness import (
    FUSED,
    LAYOUT,
    LIKE,
    LIKE_FUSED,
    LIKE_WORDS,
    LINE_MEANING,
    LOOK,
    MEANING,
    PAGE_LOOK,
)
from search.legs.tags import TAGS

TEXT_LEGS = {
    "words": 1.0,
    "phrase": 2.0,
    MEANING: 1.0,
    LOOK: 1.0,
    FUSED: 1.0,
    TAGS: 0.4,
    DESCRIPTION: 2.0,
    DESCRIPTION_WORDS: 1.0,
}
"""Weights for plain words: a line found as printed outweighs any single other leg, and where somebody
described the panels, that says more than what an encoder of pictures sees. Tags only settle ties."""
LINE_LEGS = {"line_words": 0.25, "dialogue": 3.0, LINE_MEANING: 0.25}
"""Weights for a line of dialogue: the other legs only settle ties, and help where OCR failed."""
PICTURE_LEGS = {LOOK: 1.0, PAGE_LOOK: 0.95, FUSED: 0.0}
"""Alternatives: a picture shows a panel or a whole page. A page of one panel is that panel first.
A picture alone is found by its look; its fused vector adds only what is said in other panels."""
PICTURE_QUESTION = "picture"
HALFWAY, BESIDE_WORDS = 0.5**0.5, 3.0
"""A picture moved by words: the cosine it has with itself at best, and what it counts, so that it
weighs as much as the words do on all their sides."""
LIKE_LEGS = {LIKE: 1.0, LIKE_WORDS: 0.5, LIKE_FUSED: 0.0, LAYOUT: 0.0}
"""Weights for example panels."""

SIDE_OF: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("words", "phrase", "line_words", "dialogue", "exact", "prefix"), "words"),
        **dict.fromkeys((MEANING, LINE_MEANING, LIKE_WORDS), "meaning"),
        **dict.fromkeys((LOOK, PAGE_LOOK, LIKE), "look"),
        **dict.fromkeys((FUSED, LIKE_FUSED), "fused"),
        **dict.fromkeys((DESCRIPTION, DESCRIPTION_WORDS), "description"),
        TAGS: "tags",
        LAYOUT: "layout",
    }
)
"""The side of a search, in the sense of ``schemas.messages.SIDES``, that each leg belongs to."""

MEANING_FLOOR, STRANGE_FLOOR = 0.33, 0.6
"""Cosine of words with something to do with each other, for words that the library knows and for
words it has never seen: made-up words lie near garbled lettering, at up to 0.56 of 50 tried, while
unrelated real sentences stay below 0.36 (benchmarks/floors.py)."""
LINE_MEANING_FLOOR = 0.55
"""Who types a line as printed wants that line, or at least one that says the same."""
FUSED_FLOOR = 0.3
"""Cosine of a question and a panel with something to do with each other, all sides fused."""
LIKE_FLOORS = {LIKE: 0.3, LIKE_WORDS: 0.4, LIKE_FUSED: 0.3, LAYOUT: 0.2}
"""Neighbours of an example are never nonsense, only far; two short shouts are soon alike in words."""


def numbered(leg: str, number: int) -> str:
    """Return the name of a leg for the first (0), second (1)… of several texts or lines."""
    return f"{leg}#{number + 1}" if number else leg


def weight_of(leg: str, usual: float, request: SearchRequest) -> float:
    """Return what a leg counts; one that usually counts nothing is switched on by a weight."""
    given = request.weights.get(SIDE_OF[leg.partition("#")[0]])
    return usual if given is None else given * (usual or 1.0)
