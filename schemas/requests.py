"""What goes into a search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from schemas.errors import QueryError
from schemas.filters import SearchFilters, check_words
from schemas.records import FloatMatrix, RgbImage
from schemas.wishes import MAX_WEIGHT, Crop, Phrase, Wish

MAX_LIMIT = 200
MAX_EXAMPLES = 32
MAX_VECTORS = 1_000

GroupBy = Literal["panel", "page", "book"]

SIDES = ("words", "meaning", "look", "fused", "layout", "tags", "description")
"""What a search can weigh: lettering letter by letter, lettering by its meaning, pictures, all of
these fused into one vector, where a panel lies on its page, what its picture was tagged with, and
what a page reader says of it."""
MAX_PARTS = 8
"""Texts, dislikes, phrases, pictures, or steps of a run in one search: each costs as much as a search."""
MAX_WINDOW = 10


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One query: any mix of words, lines of dialogue, pictures and example panels, or a run of such.

    ``text`` looks everywhere it can (lettering by word and by meaning, pictures where the encoder
    has a text tower), and so does each of ``texts``, by its weight; ``dialogue`` is a line as
    printed, matched as a phrase and with typos; ``phrases`` are further ones, of which exact ones
    and prefixes must be there. ``picture``, ``pictures`` and ``crops`` (regions of stored pages)
    together are looked for by their middle; ``like`` are panel ids. Words and a picture together
    ask for that picture, moved towards the words; ``without`` and ``negatives`` (words) and
    ``unlike`` (panel ids) move away, and panels that say all words of one of them are left out.
    ``weights`` multiplies what each of :data:`SIDES` counts; 0 leaves it out.

    ``run`` asks for panels that follow each other instead: one request a panel, in reading order.
    ``filters`` alone list what passes them. ``min_score`` overrides the built-in floor (0 keeps
    everything). ``cursor`` continues a former response; ``facets`` counts the values within the
    result; ``window`` names so many panels before and after each hit.
    Raises QueryError for what cannot be answered.
    """

    text: str = ""
    dialogue: str = ""
    picture: RgbImage | None = None
    like: tuple[str, ...] = ()
    without: str = ""
    unlike: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    filters: SearchFilters = field(default_factory=SearchFilters)
    group_by: GroupBy = "panel"
    collapse_duplicates: bool = True
    limit: int = 20
    cursor: str | None = None
    min_score: float | None = None
    texts: tuple[Wish, ...] = ()
    negatives: tuple[Wish, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    pictures: tuple[RgbImage, ...] = ()
    crops: tuple[Crop, ...] = ()
    run: tuple["SearchRequest", ...] = ()
    facets: bool = False
    window: int = 0

    def __post_init__(self) -> None:
        """Check bounds and that there is something to look for."""
        if not (self.asks or self.run or self.filters != SearchFilters()):
            raise QueryError("say what to look for: words, a line of dialogue, a picture or an example panel")
        examples = [(name, panel) for name in ("like", "unlike") for panel in getattr(self, name)]
        asked = [(name, getattr(self, name) or "") for name in ("text", "dialogue", "without", "cursor")]
        for name, words in (*asked, *examples):
            check_words(name, words)
        _check_counts(self)
        _check_weights(self.weights)
        if self.group_by not in ("panel", "page", "book"):
            raise QueryError(f"group_by is panel, page or book, got {self.group_by!r}")
        if self.min_score is not None and not 0.0 <= self.min_score <= 1.0:
            raise QueryError(f"min_score must be between 0 and 1, got {self.min_score}")
        _check_run(self)

    @property
    def asks(self) -> bool:
        """Say whether anything but a run is looked for."""
        return self.says or self.shows or bool(self.like)

    @property
    def says(self) -> bool:
        """Say whether words are looked for, drawn or printed."""
        return bool(self.text.strip() or self.dialogue.strip() or self.texts or self.phrases)

    @property
    def shows(self) -> bool:
        """Say whether pictures are looked for."""
        return self.picture is not None or bool(self.pictures or self.crops)

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """All words to look for: ``text`` and ``texts``."""
        return (Wish(self.text), *self.texts) if self.text.strip() else self.texts

    @property
    def dislikes(self) -> tuple[Wish, ...]:
        """All words to keep away from: ``without`` and ``negatives``."""
        return (Wish(self.without), *self.negatives) if self.without.strip() else self.negatives

    @property
    def lines(self) -> tuple[Phrase, ...]:
        """All lines that need not be as typed: ``dialogue`` and the fuzzy ones of ``phrases``."""
        fuzzy = tuple(phrase for phrase in self.phrases if not phrase.is_condition)
        return (Phrase(self.dialogue, "fuzzy"), *fuzzy) if self.dialogue.strip() else fuzzy

    @property
    def conditions(self) -> tuple[Phrase, ...]:
        """All lines that must stand in a panel."""
        return tuple(phrase for phrase in self.phrases if phrase.is_condition)

    @property
    def shown(self) -> tuple[RgbImage, ...]:
        """The pictures that came with the request."""
        return self.pictures if self.picture is None else (self.picture, *self.pictures)


def _check_counts(request: SearchRequest) -> None:
    if not 1 <= request.limit <= MAX_LIMIT:
        raise QueryError(f"limit must be between 1 and {MAX_LIMIT}, got {request.limit}")
    if max(len(request.like), len(request.unlike)) > MAX_EXAMPLES:
        raise QueryError(
            f"at most {MAX_EXAMPLES} example panels, got {max(len(request.like), len(request.unlike))}"
        )
    for name, parts in (
        ("texts", request.texts),
        ("negatives", request.negatives),
        ("phrases", request.phrases),
        ("pictures", (*request.shown, *request.crops)),
    ):
        if len(parts) > MAX_PARTS:
            raise QueryError(f"at most {MAX_PARTS} {name} in one search, got {len(parts)}")
    if not 0 <= request.window <= MAX_WINDOW:
        raise QueryError(f"window must be between 0 and {MAX_WINDOW}, got {request.window}")


def _check_run(request: SearchRequest) -> None:
    """Raise QueryError unless a run stands alone and its steps say only what to look for."""
    if not request.run:
        return
    if not 2 <= len(request.run) <= MAX_PARTS:
        raise QueryError(f"a run is of 2 to {MAX_PARTS} panels, got {len(request.run)}")
    if request.asks or request.dislikes or request.unlike:
        raise QueryError("a run of panels stands alone: put each wish into one of its steps")
    for number, step in enumerate(request.run, start=1):
        if not step.asks:
            raise QueryError(f"step {number} of the run says nothing to look for")
        if step.run or any(getattr(step, name) != getattr(_PLAIN, name) for name in OF_THE_WHOLE):
            raise QueryError(
                f"step {number} of the run says more than what to look for: filters, weights, limit and "
                "the like belong to the whole"
            )


OF_THE_WHOLE = (
    *("weights", "filters", "group_by", "collapse_duplicates", "limit", "cursor", "min_score"),
    *("facets", "window"),
)
"""Parts that a step of a run leaves to the whole."""


@dataclass(frozen=True, slots=True)
class NearestRequest:
    """Vectors (n, dim) of the library's own encoder, and how many nearest panels each is to find.

    ``side`` is ``meaning`` (what is said) or ``look`` (what is drawn). Raises QueryError for what
    cannot be answered.
    """

    vectors: FloatMatrix
    side: Literal["meaning", "look"] = "meaning"
    k: int = 10

    def __post_init__(self) -> None:
        """Check bounds and that the numbers are some."""
        if self.side not in ("meaning", "look"):
            raise QueryError(f"side is meaning or look, got {str(self.side)[:40]!r}")
        if self.vectors.ndim != 2 or not 1 <= len(self.vectors) <= MAX_VECTORS:
            raise QueryError(f"send 1 to {MAX_VECTORS:,} vectors of one size, as a list of lists of numbers")
        if not np.isfinite(self.vectors).all():
            raise QueryError("a vector holds something that is no number")
        if not self.vectors.any(axis=1).all():
            raise QueryError("a vector of nothing but zeros points nowhere: leave it out")
        if not 1 <= self.k <= MAX_LIMIT:
            raise QueryError(f"k must be between 1 and {MAX_LIMIT}, got {self.k}")


def weights_from(pairs: Iterable[str]) -> dict[str, float]:
    """Read weights written as ``look=2``. Raises QueryError for what is none."""
    weights: dict[str, float] = {}
    for pair in pairs:
        side, _, number = pair.partition("=")
        try:
            weights[side.strip()] = float(number)
        except ValueError as error:
            raise QueryError(f"{pair[:60]!r} is no weight: write for example look=2") from error
    return weights


def _check_weights(weights: Mapping[str, float]) -> None:
    for side, weight in weights.items():
        if side not in SIDES:
            raise QueryError(f"there is no side {side[:40]!r} to weigh; known are {', '.join(SIDES)}")
        if not 0.0 <= weight <= MAX_WEIGHT:  # also false for what is no number
            raise QueryError(f"the weight of {side} must be between 0 and {MAX_WEIGHT:g}, got {weight}")


_PLAIN = SearchRequest(text="x")
