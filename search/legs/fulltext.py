"""Queries for LanceDB's full-text indexes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lancedb.query import FullTextQuery

TYPO_EXPANSIONS = 50
"""Words of the index that one misspelt word may stand for."""


def any_word(text: str, *, column: str = "text", typos: int = 0) -> "FullTextQuery":
    """Return a query for rows that hold any word of ``text``, each word with up to ``typos`` edits."""
    return _words(text, column, typos=typos, is_any=True)


def all_words(text: str, *, column: str = "text") -> "FullTextQuery":
    """Return a query for rows that hold every word of ``text``, in whatever order."""
    return _words(text, column, typos=0, is_any=False)


def _words(text: str, column: str, *, typos: int, is_any: bool) -> "FullTextQuery":
    from lancedb.query import FullTextOperator, MatchQuery

    return MatchQuery(
        text,
        column,
        boost=1.0,
        fuzziness=typos,
        max_expansions=TYPO_EXPANSIONS,
        operator=FullTextOperator.OR if is_any else FullTextOperator.AND,
        prefix_length=0,
        document_granularity=None,
    )


def phrase(text: str, *, column: str = "text") -> "FullTextQuery":
    """Return a query for rows that hold the words of ``text`` one after the other."""
    from lancedb.query import PhraseQuery

    return PhraseQuery(text, column, slop=0, document_granularity=None)
