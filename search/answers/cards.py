"""What ranking needs to know of a panel, read once for each panel and snapshot."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import PANELS
from search.legs.words import PanelWords
from search.ranking import Candidate

if TYPE_CHECKING:
    from search.state.snapshot import Snapshot

MAX_CARDS = 20_000
"""Panels remembered, some 30 MB; a full memory is emptied, which costs the next searches 5 ms each."""
_PLAIN_COLUMNS = ("panel_id", "book_id", "ingest_rev", "phash", "text")
_COLUMNS = (*_PLAIN_COLUMNS, "tags")


class PanelCards:
    """A bounded memory of panels by row id; a row that may not be shown has no card.

    Threads may read the same row twice at the same moment; the outcome is the same.
    """

    def __init__(self, snapshot: "Snapshot") -> None:
        """Remember panels of one snapshot."""
        self._snapshot = snapshot
        self._cards: dict[int, Candidate | None] = {}
        self._words: dict[int, PanelWords] = {}

    def read(self, row_ids: Sequence[int]) -> list[Candidate]:
        """Return the panels of those rows that may be shown, in the order of ``row_ids``."""
        cards = self._cards
        found = {row: cards[row] for row in row_ids if row in cards}
        if missing := [row for row in row_ids if row not in found]:
            fresh = self._take(missing)
            if len(cards) + len(fresh) > MAX_CARDS:
                self._cards, self._words = {}, {}
            self._cards.update(fresh)
            found.update(fresh)
        return [card for row in row_ids if (card := found.get(row)) is not None]

    def words(self, candidate: Candidate) -> PanelWords:
        """Return a panel's lettering prepared for comparing."""
        known = self._words.get(candidate.row_id)
        if known is None:
            known = self._words[candidate.row_id] = PanelWords.of(candidate.text)
        return known

    def _take(self, row_ids: Sequence[int]) -> dict[int, Candidate | None]:
        found = self._snapshot.take(PANELS, row_ids, _COLUMNS)
        ids, panels, books, revisions, phashes, texts = (
            _values(found[name]) for name in ("_rowid", *_PLAIN_COLUMNS)
        )
        # In older libraries the column holds what the metadata says of the whole book.
        tags = _tuples(found["tags"]) if self._snapshot.knows_seen else [()] * len(ids)
        left_out = self._snapshot.left_out
        rows = zip(ids, panels, books, revisions, phashes, texts, tags, strict=True)
        return {
            row: Candidate(row, panel_id, book_id, text, phash, mine)
            if self._snapshot.is_current(book_id, rev) and not left_out.has(panel_id)
            else None
            for row, panel_id, book_id, rev, phash, text, mine in rows
        }


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return values; those kept once are written out first, which is ten times as fast as one by one."""
    plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    values: list[Any] = plain.to_pylist()
    return values


def _tuples(column: pa.ChunkedArray) -> list[tuple[str, ...]]:
    """Return lists of words, an empty one for none: as slices of all words, which is much faster."""
    if column.null_count == len(column):
        return [()] * len(column)
    lists: list[tuple[str, ...]] = []
    for chunk in column.chunks:
        words, ends = tuple(chunk.flatten().to_pylist()), pc.fill_null(pc.list_value_length(chunk), 0)
        stops = np.cumsum(ends.to_numpy(zero_copy_only=False)).tolist()
        lists += [words[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]
    return lists
