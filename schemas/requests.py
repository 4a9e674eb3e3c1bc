"""What goes into a search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from schemas.errors import QueryError
from schemas.filters import SearchFilters, check_words
from schemas.records import FloatMatrix, RgbImage

MAX_LIMIT = 200
MAX_EXAMPLES = 32
MAX_VECTORS = 1_000

GroupBy = Literal["panel", "page", "book"]

SIDES = ("words", "meaning", "look", "fused", "layout", "tags", "description")
"""What a search can weigh: lettering letter by letter, lettering by its meaning, pictures, all of
these fused into one vector, where a panel lies on its page, what its picture was tagged with, and
what a page reader says of it."""
MAX_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One query: any mix of words, a line of dialogue, a picture and example panels.

    ``text`` looks everywhere it can (lettering by word and by meaning, pictures where the encoder
    has a text tower); ``dialogue`` is a line as printed, matched as a phrase and with typos;
    ``like`` are panel ids. Words and a picture together ask for that picture, moved towards the
    words; ``without`` (words) and ``unlike`` (panel ids) move away, and panels that say all words
    of ``without`` are left out. ``weights`` multiplies what each of :data:`SIDES` counts; 0 leaves
    it out. ``min_score`` overrides the built-in floor (0 keeps everything).
    ``cursor`` continues a former response. Raises QueryError for what cannot be answered.
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

    def __post_init__(self) -> None:
        """Check bounds and that there is something to look for."""
        if not (self.text.strip() or self.dialogue.strip() or self.picture is not None or self.like):
            raise QueryError("say what to look for: words, a line of dialogue, a picture or an example panel")
        examples = [(name, panel) for name in ("like", "unlike") for panel in getattr(self, name)]
        asked = [(name, getattr(self, name) or "") for name in ("text", "dialogue", "without", "cursor")]
        for name, words in (*asked, *examples):
            check_words(name, words)
        if not 1 <= self.limit <= MAX_LIMIT:
            raise QueryError(f"limit must be between 1 and {MAX_LIMIT}, got {self.limit}")
        if max(len(self.like), len(self.unlike)) > MAX_EXAMPLES:
            raise QueryError(
                f"at most {MAX_EXAMPLES} example panels, got {max(len(self.like), len(self.unlike))}"
            )
        _check_weights(self.weights)
        if self.group_by not in ("panel", "page", "book"):
            raise QueryError(f"group_by is panel, page or book, got {self.group_by!r}")
        if self.min_score is not None and not 0.0 <= self.min_score <= 1.0:
            raise QueryError(f"min_score must be between 0 and 1, got {self.min_score}")


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
