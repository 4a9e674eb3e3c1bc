"""The candidates of one search: asked for by row id, then read once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from schemas.tables import PANELS
from search.legs.words import PanelWords
from search.ranking import Candidate
from search.state.snapshot import Snapshot

if TYPE_CHECKING:
    from lancedb.expr import Expr
    from lancedb.query import FullTextQuery


class CandidatePool:
    """What the legs of one search share: a snapshot, the filters, and every panel read so far.

    Legs ask the tables for row ids and scores alone; the few columns that ranking needs are taken
    for all candidates of a leg at once, and only once for each panel.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        k: int,
        where: "Expr | None" = None,
        excluded: frozenset[str] = frozenset(),
        floors: bool = True,
    ) -> None:
        """Start an empty pool.

        Args:
            snapshot: What is searched.
            k: Candidates that one leg may return.
            where: Condition on rows of ``panels``.
            excluded: Panel ids that are never returned.
            floors: Whether legs drop what scores too low to be an answer.
        """
        self.snapshot, self.k, self.where = snapshot, k, where
        self._excluded, self._floors = excluded, floors
        self._found: dict[str, Candidate] = {}

    def by_panel_id(self) -> dict[str, Candidate]:
        """Return all candidates read so far."""
        return dict(self._found)

    def floor(self, value: float) -> float:
        """Return a leg's floor, or what lets everything through."""
        return value if self._floors else float("-inf")

    def match(self, query: "FullTextQuery") -> dict[int, float]:
        """Return row ids and BM25 scores of a full-text query."""
        search = self.snapshot.table(PANELS).search(query, query_type="fts").limit(self.k)
        if self.where is not None:
            search = search.where(self.where, prefilter=True)
        found = search.select(["_score"]).with_row_id(True).to_arrow()
        return dict(zip(found["_rowid"].to_pylist(), found["_score"].to_pylist(), strict=True))

    def read(self, row_ids: Iterable[int]) -> list[Candidate]:
        """Return the panels of those rows that may be shown, in the order of ``row_ids``."""
        cards = self.snapshot.cards.read(list(row_ids))
        shown = [card for card in cards if card.panel_id not in self._excluded]
        self._found.update((card.panel_id, card) for card in shown)
        return shown

    def words(self, candidate: Candidate) -> PanelWords:
        """Return a panel's lettering prepared for comparing."""
        return self.snapshot.cards.words(candidate)

    def shown(self, scores: dict[int, float]) -> dict[str, float]:
        """Return scores by panel id instead of row id; rows that may not be shown drop out."""
        return {found.panel_id: scores[found.row_id] for found in self.read(scores)}
