"""Runs queries with known answers against a library."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from schemas.messages import MAX_LIMIT, SearchRequest
from schemas.queries import KnownItemQuery, PanelReference
from schemas.records import RgbImage
from search.evaluation.metrics import Figures, Outcome, summarise
from search.evaluation.targets import Targets
from search.library import Library

ReadPicture = Callable[[str], RgbImage]


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """The figures of each kind of query, in the order of their first query, and latencies in ms.

    ``missing`` are the panels whose page the library does not hold: their queries were not run.
    """

    kinds: dict[str, Figures]
    p50_ms: float
    p95_ms: float
    missing: tuple[PanelReference, ...]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "kinds": {kind: figures.to_json() for kind, figures in self.kinds.items()},
            "latency_ms": {"p50": round(self.p50_ms, 2), "p95": round(self.p95_ms, 2)},
            "missing": list(map(str, self.missing)),
        }


def evaluate_retrieval(
    library: Library,
    queries: Sequence[KnownItemQuery],
    *,
    read_picture: ReadPicture,
    floors: bool = False,
    on_query: Callable[[], None] = lambda: None,
) -> RetrievalReport:
    """Run each query as a search, alone, and score where its answers stand.

    Args:
        library: what is searched.
        queries: with the panels that answer them. One whose page is in the library while no panel
            there shows what the label does counts as not found: the panel was lost before the search.
        read_picture: turns the path of a query's picture into pixels.
        floors: search as the product does, dropping what scores too low to be an answer; without
            them everything is ranked, as benchmarks of retrieval are scored.
        on_query: called after each query.

    Raises:
        PictureError, ConfigError: a query's picture cannot be read.
    """
    targets = Targets(library)
    outcomes: list[Outcome] = []
    missing: list[PanelReference] = []
    for query in queries:
        absent = list(targets.missing(query.relevant))
        missing += absent
        if len(absent) < len(query.relevant):
            request = _request(query, read_picture, floors=floors)
            outcomes.append(_run(library, query, request, targets))
        on_query()
    times = [outcome.took_ms for outcome in outcomes] or [0.0]
    p50, p95 = np.percentile(times, (50, 95))
    kinds = dict.fromkeys(outcome.kind for outcome in outcomes)
    return RetrievalReport(
        kinds={kind: summarise([o for o in outcomes if o.kind == kind]) for kind in kinds},
        p50_ms=float(p50),
        p95_ms=float(p95),
        missing=tuple(dict.fromkeys(missing)),
    )


def _request(query: KnownItemQuery, read_picture: ReadPicture, *, floors: bool) -> SearchRequest:
    return SearchRequest(
        text=query.text,
        dialogue=query.dialogue,
        picture=read_picture(query.image) if query.image else None,
        collapse_duplicates=False,
        limit=MAX_LIMIT,
        min_score=None if floors else 0.0,
    )


def _run(library: Library, query: KnownItemQuery, request: SearchRequest, targets: Targets) -> Outcome:
    began = perf_counter()
    hits = library.search(request).hits
    took_ms = (perf_counter() - began) * 1000.0
    answers = [targets.panel_ids(reference) for reference in query.relevant]
    passed_over = frozenset[str]().union(*map(targets.panel_ids, query.excluded)) - frozenset().union(
        *answers
    )
    order = [hit.panel_id for hit in hits if hit.panel_id not in passed_over]
    places = {panel_id: place for place, panel_id in enumerate(order, start=1)}
    ranks = sorted(rank for answer in answers if (rank := _first(answer, places)) is not None)
    candidates = targets.panel_count - len(passed_over)
    return Outcome(query.kind, tuple(ranks), len(answers), candidates, took_ms)


def _first(answer: Iterable[str], places: dict[str, int]) -> int | None:
    return min((places[panel_id] for panel_id in answer if panel_id in places), default=None)
