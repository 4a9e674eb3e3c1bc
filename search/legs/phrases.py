"""The legs ``exact`` and ``prefix``: lines that must stand in a panel as they were typed."""

from collections.abc import Iterator, Sequence

from schemas.messages import Phrase
from search.legs.fulltext import all_words, any_word, phrase
from search.legs.pool import CandidatePool
from search.legs.strays import stray_lines
from search.legs.words import Lexicon, PanelWords, has_unspaced_script, split_terms
from search.ranking import Leg

EXPANSIONS = 64
"""Words, the most frequent ones, that the beginning of a word may stand for."""
WEIGHT, SPREAD = 3.0, 200.0
"""As for a line of dialogue."""
ROOM = 0.1
"""What a panel loses at most for saying more than the line."""
_APOSTROPHES = frozenset("'’ʼ＇`´")
NARROWING_HITS = 500
"""Up to here the other legs look only among the panels that hold the line."""


def phrase_leg(pool: CandidatePool, wanted: Phrase, name: str) -> Leg:
    """Find the panels that hold a line; in the gutters beside them only where none does."""
    terms = split_terms(wanted.text)
    if not terms:
        return Leg(name, WEIGHT, {})
    scores: dict[str, float] = {}
    is_cut = False
    for found in _candidates(pool, wanted, terms):
        is_cut |= len(found) >= pool.k
        for panel in pool.read(found):
            score = held(pool.words(panel), terms, is_prefix=wanted.mode == "prefix")
            if score:
                scores[panel.panel_id] = score
    if not scores:
        scores = _beside_panels(pool, wanted, terms)
    return Leg(name, WEIGHT, scores, is_cut=is_cut, spread=SPREAD)


def held(panel: PanelWords, terms: Sequence[str], *, is_prefix: bool) -> float:
    """Say how much of a panel is the line, in [0, 1]: 0 where the line does not stand there."""
    if not _stands_in(panel.terms, terms, is_prefix=is_prefix):
        return 0.0
    return 1.0 - ROOM * (1.0 - min(1.0, len(terms) / len(panel.terms)))


def _stands_in(panel: Sequence[str], terms: Sequence[str], *, is_prefix: bool) -> bool:
    *head, last = terms
    size = len(head)
    for start in range(len(panel) - size):
        if list(panel[start : start + size]) != head:
            continue
        following = panel[start + size]
        if following == last or (is_prefix and following.startswith(last)):
            return True
    return False


def _candidates(pool: CandidatePool, wanted: Phrase, terms: Sequence[str]) -> Iterator[dict[int, float]]:
    """Give panels that may hold the line, in one look after the other."""
    text = wanted.text
    if has_unspaced_script(text):
        yield pool.match(all_words(text, column="text_folded"))
        return
    if wanted.mode == "exact":
        yield pool.match(phrase(text) if len(terms) > 1 else any_word(text))
        if sure := _sure_words(text):
            yield pool.match(all_words(sure))
        return
    if len(terms) > 1:
        head = text.split()[:-1]
        yield pool.match(all_words(" ".join(head)))
    if begun := beginning_with(terms[-1], pool.snapshot.lexicon):
        yield pool.match(any_word(" ".join(begun)))


def _sure_words(text: str) -> str:
    """Return the words without an apostrophe where some have one: it may have been read as another sign."""
    words = text.split()
    sure = [word for word in words if not _APOSTROPHES.intersection(word)]
    return " ".join(sure) if len(sure) < len(words) else ""


def beginning_with(term: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the words of the library that begin so, the most frequent first."""
    known = [word for word in lexicon.frequency if word.startswith(term)]
    known.sort(key=lambda word: (-lexicon.frequency[word], word))
    return tuple(known[:EXPANSIONS])


def _beside_panels(pool: CandidatePool, wanted: Phrase, terms: Sequence[str]) -> dict[str, float]:
    def score(texts: Sequence[str]) -> list[float]:
        return [held(PanelWords.of(text), terms, is_prefix=wanted.mode == "prefix") for text in texts]

    return pool.shown(stray_lines(pool, wanted.text, score))
