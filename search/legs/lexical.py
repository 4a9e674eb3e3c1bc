"""Legs that read the lettering: how many of the words a panel holds, and the line as it was typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.tables import PANELS
from search.legs.alignment import EXACT, line_scores
from search.legs.fulltext import any_word, phrase
from search.legs.pool import CandidatePool
from search.legs.strays import stray_lines
from search.legs.words import TYPO_LETTERS, Coverage, PanelWords, has_unspaced_script, split_terms, squash
from search.ranking import Leg

COVERAGE_FLOOR = 0.5
"""A panel must hold half of a query's words by weight: one common word of five is no answer."""
LINE_FLOOR = 0.7
"""Share of a line's letters that must stand in a panel."""
SCATTERED = 0.9
"""What a line is worth whose words all stand in the panel, but in another order."""
SCATTERED_TERMS, SCATTERED_COVERAGE, SCATTERED_ROOM = 3, 0.75, 4
"""It needs three words, most of them found, in a panel of at most four times as many: a list of five
hundred patrons holds the words of any line."""
GOOD_LINE = 0.9
"""From here a line counts as found, and no slower way of looking is tried."""
BM25_SHARE = 0.1
"""Part of the words' score that BM25 decides: it orders panels that hold the same words."""
WORDS_SPREAD = 200.0
"""A panel with half of the words lies at least fifty places behind one with all of them."""
LINE_SPREAD = 200.0
"""A line with one letter of ten wrong lies at least twenty places behind one as printed."""
TAIL_PART = 10
"""The last tenth of what BM25 returned tells whether looking deeper can pay."""


@dataclass(frozen=True, slots=True)
class LexicalProbe:
    """Words to look for, and the names and weights of the two legs made of them.

    ``is_line`` says that the text is a line as printed: then slower ways of looking are tried too.
    """

    text: str
    words_leg: str
    line_leg: str
    words_weight: float
    line_weight: float
    is_line: bool


def lexical_legs(pool: CandidatePool, probe: LexicalProbe) -> list[Leg]:
    """Look for the words, and for the line as a whole, in the lettering of the pool's panels."""
    return _LexicalSearch(pool, probe).legs()


class _LexicalSearch:
    """Looks in the quickest way first, and in slower ones only while nothing good is found."""

    def __init__(self, pool: CandidatePool, probe: LexicalProbe) -> None:
        self._pool, self._probe = pool, probe
        self._terms = split_terms(probe.text)
        self._letters = squash(probe.text)
        self._coverage = Coverage(self._terms, pool.snapshot.lexicon)
        self._bm25: dict[int, float] = {}
        self._covered: dict[int, float] = {}
        self._line: dict[int, float] = {}
        self._is_cut = False

    def legs(self) -> list[Leg]:
        if not self._terms:
            return []
        self._look_for_words()
        if self._misspelt():
            self._look_for_typos()
        if self._probe.is_line and self._best_line() < GOOD_LINE:
            self._look_for_letters()
        if self._probe.is_line and self._best_line() < GOOD_LINE:
            self._look_beside_panels()
        return [self._words_leg(), self._line_leg()]

    def _look_for_words(self) -> None:
        if has_unspaced_script(self._probe.text):
            self._look_for_letters()
        found = self._pool.match(any_word(self._probe.text))
        self._add(found)
        # With fewer than k found, every panel that holds the phrase is among them.
        unseen = len(found) >= self._pool.k and self._best_line() < EXACT
        if len(self._terms) > 1 and unseen:
            self._add(self._pool.match(phrase(self._probe.text)))

    def _look_for_typos(self) -> None:
        words = " ".join(self._misspelt())
        self._add(self._pool.match(any_word(words, typos=1)))

    def _look_for_letters(self) -> None:
        # Nearly every panel of a large library holds any two Latin letters: seconds, for nothing.
        if self._pool.snapshot.is_large(PANELS) and not has_unspaced_script(self._probe.text):
            return
        self._add(self._pool.match(any_word(self._probe.text, column="text_folded")))

    def _look_beside_panels(self) -> None:
        for row, line in stray_lines(self._pool, self._probe.text, self._score_texts).items():
            self._line[row] = max(line, self._line.get(row, 0.0))

    def _score_texts(self, texts: Sequence[str]) -> list[float]:
        return self._line_scores([PanelWords.of(text) for text in texts])

    def _line_scores(self, panels: Sequence[PanelWords]) -> list[float]:
        scores: list[float] = line_scores(self._terms, self._letters, panels, floor=LINE_FLOOR).tolist()
        return scores

    def _misspelt(self) -> list[str]:
        """Return words that the library does not know at all."""
        known = self._pool.snapshot.lexicon.frequency
        return [
            term
            for term in self._coverage.terms
            if len(term) >= TYPO_LETTERS and not known[term] and not has_unspaced_script(term)
        ]

    def _add(self, found: dict[int, float]) -> None:
        new = [row for row in found if row not in self._bm25]
        self._bm25 |= {row: found[row] for row in new}
        panels = self._pool.read(new)
        words = [self._pool.words(panel) for panel in panels]
        lines = self._line_scores(words)
        for panel, mine, covered, line in zip(panels, words, self._coverage.of(words), lines, strict=True):
            self._covered[panel.row_id] = covered
            self._line[panel.row_id] = max(line, self._scattered(covered, mine))
        self._is_cut |= len(found) >= self._pool.k and self._is_fruitful(found)

    def _is_fruitful(self, found: dict[int, float]) -> bool:
        """Say whether the least of what was found still counts: then there may be more behind it."""
        least = sorted(found, key=lambda row: found[row])[: max(1, len(found) // TAIL_PART)]
        floor = self._pool.floor(COVERAGE_FLOOR)
        return any(self._covered.get(row, 0.0) >= floor or self._line.get(row, 0.0) > 0 for row in least)

    def _scattered(self, covered: float, panel: PanelWords) -> float:
        """Score a panel that holds the words in another order: OCR may mix up lines of a balloon."""
        if len(self._coverage.terms) < SCATTERED_TERMS or covered < SCATTERED_COVERAGE:
            return 0.0
        near = min(1.0, SCATTERED_ROOM * len(self._terms) / max(1, len(panel.terms)))
        score = SCATTERED * covered * near
        return score if score >= LINE_FLOOR else 0.0

    def _best_line(self) -> float:
        return max(self._line.values(), default=0.0)

    def _words_leg(self) -> Leg:
        floor = self._pool.floor(COVERAGE_FLOOR)
        best = max(self._bm25.values(), default=1.0) or 1.0
        scores = {
            row: (1.0 - BM25_SHARE) * covered + BM25_SHARE * self._bm25[row] / best
            for row, covered in self._covered.items()
            if covered >= floor
        }
        probe, shown = self._probe, self._pool.shown(scores)
        return Leg(probe.words_leg, probe.words_weight, shown, is_cut=self._is_cut, spread=WORDS_SPREAD)

    def _line_leg(self) -> Leg:
        scores = {row: line for row, line in self._line.items() if line >= LINE_FLOOR}
        probe = self._probe
        shown = self._pool.shown(scores)
        return Leg(probe.line_leg, probe.line_weight, shown, is_cut=self._is_cut, spread=LINE_SPREAD)
