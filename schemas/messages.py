"""What goes into a search and what comes out, the same for the command line, the API and Python."""

from schemas.answers import LegScore, Neighbour, RunStep, SearchHit, SearchResponse, Suggestion
from schemas.filters import (
    KNOWN_TRAITS,
    MAX_FACET_CHARACTERS,
    MAX_FACET_VALUES,
    MAX_QUERY_CHARACTERS,
    TRAITS,
    SearchFilters,
    check_words,
)
from schemas.requests import (
    MAX_EXAMPLES,
    MAX_LIMIT,
    MAX_PARTS,
    MAX_VECTORS,
    MAX_WINDOW,
    SIDES,
    GroupBy,
    NearestRequest,
    SearchRequest,
    weights_from,
)
from schemas.wishes import MAX_WEIGHT, Crop, Phrase, PhraseMode, Wish, phrase_from, wish_from

__all__ = [
    "KNOWN_TRAITS",
    "MAX_EXAMPLES",
    "MAX_FACET_CHARACTERS",
    "MAX_FACET_VALUES",
    "MAX_LIMIT",
    "MAX_PARTS",
    "MAX_QUERY_CHARACTERS",
    "MAX_VECTORS",
    "MAX_WEIGHT",
    "MAX_WINDOW",
    "SIDES",
    "TRAITS",
    "Crop",
    "GroupBy",
    "LegScore",
    "NearestRequest",
    "Neighbour",
    "Phrase",
    "PhraseMode",
    "RunStep",
    "SearchFilters",
    "SearchHit",
    "SearchRequest",
    "SearchResponse",
    "Suggestion",
    "Wish",
    "check_words",
    "phrase_from",
    "weights_from",
    "wish_from",
]
