"""From filters to a condition that LanceDB understands."""

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from schemas.errors import QueryError
from schemas.messages import SearchFilters
from schemas.tables import tag_line
from search.snapshot import Snapshot, is_one_of

if TYPE_CHECKING:
    from lancedb.expr import Expr


def panel_condition(filters: SearchFilters, snapshot: Snapshot) -> "Expr | None":
    """Return the condition on rows of ``panels``; None where anything will do.

    Built from expressions, never from text: a value can hold any quote it likes.

    Raises:
        QueryError: the library knows no tags to filter by.
    """
    from lancedb.expr import col

    if (filters.tags or filters.not_tags) and not snapshot.knows_seen:
        raise QueryError(
            "this library was made before pictures were tagged: read its books anew with 'longbox migrate'"
        )
    parts = _facet_conditions(filters)
    if filters.year_from is not None:
        parts.append(col("year") >= filters.year_from)
    if filters.year_to is not None:
        parts.append(col("year") <= filters.year_to)
    if filters.has_text is not None:
        parts.append(col("has_text") == filters.has_text)
    return reduce(and_, parts) if parts else None


def _facet_conditions(filters: SearchFilters) -> "list[Expr]":
    facets: Sequence[tuple[str, tuple[str, ...]]] = (
        ("series", filters.series),
        ("language", filters.languages),
        ("page_type", filters.page_types),
        ("book_id", filters.book_ids),
    )
    parts = [is_one_of(column, values) for column, values in facets if values]
    parts += [_tagged(tag) for tag in filters.tags]
    parts += [~_tagged(tag) for tag in filters.not_tags]
    if filters.not_page_types:
        parts.append(~is_one_of("page_type", filters.not_page_types))
    return parts


def _tagged(tag: str) -> "Expr":
    from lancedb.expr import col, lit

    return col("tag_line").contains(lit(tag_line([tag.strip().lower()])))
