"""What goes into a search and what comes out, the same for the command line, the API and Python."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from schemas.errors import QueryError
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage

MAX_QUERY_CHARACTERS = 2_000
MAX_LIMIT = 200
MAX_EXAMPLES = 32
MAX_VECTORS = 1_000
MAX_FACET_VALUES, MAX_FACET_CHARACTERS = 100, 500
"""Far more than anybody chooses; a condition of thousands of values would stall a server."""

GroupBy = Literal["panel", "page", "book"]

SIDES = ("words", "meaning", "look", "fused", "layout", "tags", "description")
"""What a search can weigh: lettering letter by letter, lettering by its meaning, pictures, all of
these fused into one vector, where a panel lies on its page, what its picture was tagged with, and
what a page reader says of it."""
MAX_WEIGHT = 10.0


def check_words(name: str, words: str, *, max_characters: int = MAX_QUERY_CHARACTERS) -> None:
    """Raise QueryError, naming the parameter, for words too long or that are no sound text.

    JSON and command lines can carry half of a character (a lone surrogate), which nothing stores.
    """
    if len(words) > max_characters:
        raise QueryError(
            f"{name} has {len(words):,} characters; at most {max_characters:,} are searched: shorten it"
        )
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise QueryError(f"{name} holds half a character at place {error.start + 1}: type it anew") from error


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Facets a hit must have; within one facet any value will do, between facets all must hold.

    ``tags`` must all hold, since a panel has several; ``not_tags`` and ``not_page_types`` drop panels
    that have any of those; ``has_text`` None means either. Raises
    QueryError for more or longer values than anybody needs, and for years in the wrong order.
    """

    series: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    page_types: tuple[str, ...] = ()
    not_page_types: tuple[str, ...] = ()
    book_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    has_text: bool | None = None

    def __post_init__(self) -> None:
        """Check how many values there are, how long they are, and that some year is left."""
        for name in (
            *("series", "languages", "page_types", "not_page_types", "book_ids", "tags", "not_tags"),
        ):
            values: tuple[str, ...] = getattr(self, name)
            if len(values) > MAX_FACET_VALUES:
                raise QueryError(f"at most {MAX_FACET_VALUES} values of {name}, got {len(values):,}")
            for value in values:
                check_words(name, value, max_characters=MAX_FACET_CHARACTERS)
        if self.year_from is not None and self.year_to is not None and self.year_from > self.year_to:
            raise QueryError(
                f"no year lies from {self.year_from} to {self.year_to}: give the earlier one first"
            )


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


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A panel near a vector, and the cosine between them."""

    panel_id: str
    cosine: float

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {"panel_id": self.panel_id, "cosine": round(self.cosine, 5)}


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


@dataclass(frozen=True, slots=True)
class LegScore:
    """What one way of looking contributed to a hit.

    ``rank`` counts from 1 within the leg; ``score`` is the leg's own measure (cosine, or BM25
    scaled to the best possible match); ``share`` is its part of the fused score.
    """

    rank: int
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One panel found. ``box`` is page-relative; ``score`` in [0, 1], higher is better.

    ``legs`` maps a leg (``words``, ``meaning``, ``dialogue``, ``look``, ``page_look``…) to its part.
    ``duplicates`` counts near-identical panels folded into this hit, ``group_size`` the hits of
    its page or book when grouped; ``aspect`` is width over height of the panel as drawn.
    """

    panel_id: str
    page_id: str
    book_id: str
    title: str
    source: str
    page_no: int
    page_file: str
    panel_no: int
    box: Box
    score: float
    legs: dict[str, LegScore]
    text: str
    page_type: str
    series: str | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    duplicates: int = 0
    group_size: int = 1
    aspect: float = 1.0

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data; ``box`` as ``[x0, y0, x1, y1]``."""
        return {
            "panel_id": self.panel_id,
            "page_id": self.page_id,
            "book_id": self.book_id,
            "title": self.title,
            "series": self.series,
            "source": self.source,
            "page_no": self.page_no,
            "page_file": self.page_file,
            "page_type": self.page_type,
            "panel_no": self.panel_no,
            "box": [round(v, 5) for v in self.box.as_tuple()],
            "score": round(self.score, 5),
            "legs": {
                name: {"rank": leg.rank, "score": round(leg.score, 5), "share": round(leg.share, 5)}
                for name, leg in self.legs.items()
            },
            "text": self.text,
            "tags": list(self.tags),
            "description": self.description,
            "duplicates": self.duplicates,
            "group_size": self.group_size,
            "aspect": round(self.aspect, 4),
        }


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """Hits, best first. ``cursor`` asks for the next ones, None at the end.

    ``total`` counts all hits above the floor among the candidates looked at; ``total_is_exact``
    is False where more may exist. ``notes`` are sentences for people (a leg that could not run).
    """

    hits: tuple[SearchHit, ...]
    took_ms: float
    encoder: str
    total: int
    total_is_exact: bool = True
    cursor: str | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "hits": [hit.to_json() for hit in self.hits],
            "took_ms": round(self.took_ms, 2),
            "encoder": self.encoder,
            "total": self.total,
            "total_is_exact": self.total_is_exact,
            "cursor": self.cursor,
            "notes": list(self.notes),
        }
