"""What comes out of a search."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from schemas.facets import Facets

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
from schemas.geometry import Box


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A panel near a vector, and the cosine between them."""

    panel_id: str
    cosine: float

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {"panel_id": self.panel_id, "cosine": round(self.cosine, 5)}


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
class Suggestion:
    """A way to go on: ``kind`` is series, title, story, creator, character, tag or phrase.

    ``query`` is what the box holds once it is chosen, ``count`` the panels that have it.
    """

    kind: str
    value: str
    query: str
    count: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RunStep:
    """A panel of a run, the step (from 1) that it meets, and how well, in [0, 1]."""

    step: int
    panel_id: str
    score: float

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {"step": self.step, "panel_id": self.panel_id, "score": round(self.score, 5)}


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One panel found. ``box`` is page-relative; ``score`` in [0, 1], higher is better.

    ``legs`` maps a leg (``words``, ``meaning``, ``dialogue``, ``look``, ``page_look``…) to its part.
    ``duplicates`` counts near-identical panels folded into this hit, ``group_size`` the hits of
    its page or book when grouped; ``aspect`` is width over height of the panel as drawn.
    ``highlights`` are the parts of ``text`` that match, as start and end; ``before`` and ``after`` are
    the neighbours in reading order where they were asked for; ``run`` are the panels of a run, of
    which this one is the first. ``story`` is the title of the story ``story_id`` that it is of.
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
    story_id: str | None = None
    story: str | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    duplicates: int = 0
    group_size: int = 1
    aspect: float = 1.0
    highlights: tuple[tuple[int, int], ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    run: tuple[RunStep, ...] = ()

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
            "story_id": self.story_id,
            "story": self.story,
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
            "highlights": [list(span) for span in self.highlights],
            "before": list(self.before),
            "after": list(self.after),
            "run": [step.to_json() for step in self.run],
        }


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """Hits, best first. ``cursor`` asks for the next ones, None at the end.

    ``total`` counts all hits above the floor among the candidates looked at; ``total_is_exact``
    is False where more may exist. ``notes`` are sentences for people (a leg that could not run).
    ``timings_ms`` says how long each stage took, ``encoders`` what made the vectors of each side;
    ``facets`` counts the values within the result where that was asked for.
    """

    hits: tuple[SearchHit, ...]
    took_ms: float
    encoder: str
    total: int
    total_is_exact: bool = True
    cursor: str | None = None
    notes: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    encoders: Mapping[str, str] = field(default_factory=dict)
    facets: Facets | None = None

    def to_arrow(self) -> "pa.Table":
        """Return the hits as a table: a row a hit, lists and structs where a field has several values."""
        from schemas.hit_tables import table_of

        return table_of(self.hits)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the hits as a data frame. Raises BackendUnavailableError where pandas is not installed."""
        from schemas.hit_tables import frame_of

        return frame_of(self.hits)

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
            "timings_ms": {stage: round(spent, 2) for stage, spent in self.timings_ms.items()},
            "encoders": dict(self.encoders),
            "facets": None if self.facets is None else self.facets.to_json(),
        }
