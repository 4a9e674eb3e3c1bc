"""The leg ``description_words``: how many of a search's words stand in what a page reader says of a panel."""

from schemas.tables import PANELS
from search.legs.fulltext import any_word
from search.legs.lexical import COVERAGE_FLOOR
from search.legs.pool import CandidatePool
from search.legs.words import Coverage, PanelWords, split_terms
from search.ranking import Leg

DESCRIPTION, DESCRIPTION_WORDS = "description", "description_words"
SPREAD = 200.0
"""As for the words of the lettering: half of the words lie at least fifty places behind all of them."""


def description_leg(pool: CandidatePool, text: str, weight: float, *, name: str = DESCRIPTION_WORDS) -> Leg:
    """Look for the words in the descriptions of the pool's panels."""
    terms = split_terms(text)
    found = pool.match(any_word(text, column="description")) if terms else {}
    if not found:
        return Leg(name, weight, {})
    rows = pool.snapshot.take(PANELS, list(found), ["description"]).to_pydict()
    panels = [PanelWords.of(description or "") for description in rows["description"]]
    covered = Coverage(terms, pool.snapshot.description_lexicon).of(panels)
    floor = pool.floor(COVERAGE_FLOOR)
    scores = {
        row: share for row, share in zip(rows["_rowid"], covered, strict=True) if share and share >= floor
    }
    is_cut = len(found) >= pool.k
    return Leg(name, weight, pool.shown(scores), is_cut=is_cut, spread=SPREAD)
