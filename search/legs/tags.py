"""The leg ``tags``: what the words of a search name outright among what pictures were tagged with.

It finds no panel by itself, which a filter does; it lifts those of the candidates that show what
was named. On 384 captions this lifts recall at 1 by one point; what lies among the first ten stays
(docs/decisions/0004-longbox-mini.md).
"""

from collections.abc import Collection
from functools import lru_cache

from search.legs.pool import CandidatePool
from search.legs.words import split_terms
from search.ranking import Leg

TAGS = "tags"
TAGS_SPREAD = 60.0


def named_tags(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the known tags of which every word stands in the text, also in the plural."""
    terms = set(split_terms(text))
    terms |= {term.removesuffix("s") for term in terms} | {term.removesuffix("es") for term in terms}
    return tuple(tag for tag in known if _terms_of(tag) <= terms)


@lru_cache(maxsize=4_096)
def _terms_of(tag: str) -> frozenset[str]:
    """Return the terms of a tag, which every search asks for."""
    return frozenset(split_terms(tag))


def tag_leg(pool: CandidatePool, found: Collection[str], wanted: Collection[str], weight: float) -> Leg:
    """Score the panels that other legs found by the tags wanted that they have, rare ones more, in [0, 1]."""
    frequency = pool.snapshot.tag_lexicon
    weights = {tag: frequency.weight(tag) for tag in wanted}
    total = sum(weights.values())
    scores = {
        panel_id: sum(weights[tag] for tag in candidate.tags if tag in weights) / total
        for panel_id, candidate in pool.by_panel_id().items()
        if panel_id in found and not weights.keys().isdisjoint(candidate.tags)
    }
    return Leg(TAGS, weight, scores, spread=TAGS_SPREAD)
