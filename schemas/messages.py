"""What goes into a search and what comes out, the same for the command line, the API and Python."""

from schemas.answers import LegScore, Neighbour, SearchHit, SearchResponse
from schemas.filters import (
    MAX_FACET_CHARACTERS,
    MAX_FACET_VALUES,
    MAX_QUERY_CHARACTERS,
    SearchFilters,
    check_words,
)
from schemas.requests import (
    MAX_EXAMPLES,
    MAX_LIMIT,
    MAX_VECTORS,
    MAX_WEIGHT,
    SIDES,
    GroupBy,
    NearestRequest,
    SearchRequest,
    weights_from,
)

__all__ = [
    "MAX_EXAMPLES",
    "MAX_FACET_CHARACTERS",
    "MAX_FACET_VALUES",
    "MAX_LIMIT",
    "MAX_QUERY_CHARACTERS",
    "MAX_VECTORS",
    "MAX_WEIGHT",
    "SIDES",
    "GroupBy",
    "LegScore",
    "NearestRequest",
    "Neighbour",
    "SearchFilters",
    "SearchHit",
    "SearchRequest",
    "SearchResponse",
    "check_words",
    "weights_from",
]
