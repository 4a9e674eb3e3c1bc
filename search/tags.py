"""The leg ``tags``: what the words of a search name outright among what pictures were tagged with.

It finds no panel by itself, which a filter does; it lifts those of the candidates that show what
was named. Measured on 384 captions it lifts recall at 10 by 1 to 3 points, whatever the threshold
of the tags (docs/decisions/0004-longbox-mini.md).
"""

from collections.abc import Collection

from search.pool import CandidatePool
from search.ranking import Leg
from search.words import split_terms

TAGS = "tags"
TAGS_SPREAD = 60.0


def named_tags(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the known tags of which every word stands in the text, also in the plural."""
    terms = set(split_terms(text))
    terms |= {term.removesuffix("s") for term in terms} | {term.removesuffix("es") for term in terms}
    return tuple(tag for tag in known if set(split_terms(tag)) <= terms)


def tag_leg(pool: CandidatePool, wanted: Collection[str], weight: float) -> Leg:
    """Score the candidates found so far by the tags wanted that they have, rare ones more, in [0, 1]."""
    frequency = pool.snapshot.tag_lexicon
    weights = {tag: frequency.weight(tag) for tag in wanted}
    total = sum(weights.values())
    scores = {
        panel_id: sum(weights[tag] for tag in candidate.tags if tag in weights) / total
        for panel_id, candidate in pool.by_panel_id().items()
        if not weights.keys().isdisjoint(candidate.tags)
    }
    return Leg(TAGS, weight, scores, spread=TAGS_SPREAD)
