"""From filters to a condition that LanceDB understands."""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from schemas.areas import MapArea
from schemas.errors import QueryError
from schemas.facets import Facets
from schemas.filters import TRAITS
from schemas.messages import SearchFilters
from schemas.tables import tag_line
from search.filtering.traits import BOUNDS
from search.state.snapshot import Snapshot, is_one_of

if TYPE_CHECKING:
    from lancedb.expr import Expr

OF_BOOKS = (
    ("series", "series"),
    ("language", "languages"),
    ("creator", "creators"),
    ("character", "characters"),
    ("team", "teams"),
    ("genre", "genres"),
    ("licence", "licences"),
)
"""Facets of books, and what :class:`SearchFilters` calls them."""
COPIED = ("series", "language")
"""Those that panels carry too, in columns that have an index."""
_SHOWN = 12
_MOST_LISTED = 5_000
_NOBODY, _NO_ROW = "", -1
"""Ids that no book and no row has."""


def panel_condition(filters: SearchFilters, snapshot: Snapshot) -> "Expr | None":
    """Return the condition on rows of ``panels``; None where anything will do.

    Built from expressions, never from text: a value can hold any quote it likes.

    Raises:
        QueryError: the library knows no tags, or no traits, to filter by.
    """
    if (filters.tags or filters.not_tags) and not snapshot.knows_seen:
        raise QueryError(
            "this library was made before pictures were tagged: read its books anew with 'longbox migrate'"
        )
    if (filters.traits or filters.not_traits) and not snapshot.knows_traits:
        raise QueryError(
            "this library was made before panels were measured (light, colour, shape): read its books anew "
            "with 'longbox migrate'"
        )
    if (filters.stories or filters.not_stories or filters.comic is not None) and not snapshot.knows_stories:
        raise QueryError(
            "this library was made before stories were kept: read its books anew with 'longbox migrate'"
        )
    parts = [*_of_books(filters, snapshot), *_of_years(filters, snapshot)]
    parts += [*_of_panels(filters), *_of_looks(filters)]
    parts += [_of_area(area, snapshot) for area in filters.areas]
    parts += _of_findings(filters, snapshot)
    parts += _of_elements(filters, snapshot)
    parts += _of_stories(filters, snapshot)
    if (shown := shown_condition(snapshot)) is not None:
        parts.append(shown)
    return reduce(and_, parts) if parts else None


def shown_condition(snapshot: Snapshot) -> "Expr | None":
    """Return the condition that pages or panels are not left out by a curator; None where nothing is.

    Without it what is left out takes the places of what is nearest. Very long lists are left to the
    look at each hit, which drops it too.
    """
    left_out = snapshot.left_out
    if len(left_out.books) + len(left_out.pages) > _MOST_LISTED:
        return None
    ids = (("book_id", left_out.books), ("page_id", left_out.pages))
    parts = [~is_one_of(column, sorted(some)) for column, some in ids if some]
    return reduce(and_, parts) if parts else None


def notes_on(filters: SearchFilters, snapshot: Snapshot, facets: Callable[[], Facets]) -> tuple[str, ...]:
    """Say what there is, where filters leave nothing: nobody can guess names and tags."""
    notes = [
        f"no {facet} is called {value[:40]!r}; there are: {_some(snapshot.catalogue.books[facet])}"
        for facet, name in OF_BOOKS
        for value in getattr(filters, name)
        if not snapshot.catalogue.named(facet, value)
    ]
    notes += snapshot.elements.notes_on((*filters.elements, *filters.not_elements))
    notes += snapshot.stories.notes_on((*filters.stories, *filters.not_stories))
    if filters.tags:
        shown = ", ".join(tag.value for tag in facets().tags[:_SHOWN]) or "none"
        notes.append(f"tags in this library: {shown}")
    return tuple(notes)


def _some(values: Mapping[str, frozenset[str]]) -> str:
    ordered = sorted(values, key=lambda value: (-len(values[value]), value))
    return ", ".join(ordered[:_SHOWN]) or "none"


def _of_books(filters: SearchFilters, snapshot: Snapshot) -> "Iterator[Expr]":
    """Give the conditions on what books say of themselves, by the ids of the books."""
    if filters.book_ids:
        yield is_one_of("book_id", filters.book_ids)
    if filters.not_book_ids:
        yield ~is_one_of("book_id", filters.not_book_ids)
    if filters.generated is not None:
        made = snapshot.catalogue.generated
        yield from _in_books(snapshot, made if filters.generated else frozenset(snapshot.books) - made)
    if filters.comic is not None:
        others = snapshot.catalogue.no_comics
        yield from _in_books(snapshot, frozenset(snapshot.books) - others if filters.comic else others)
    for facet, name in OF_BOOKS:
        wanted, unwanted = getattr(filters, name), getattr(filters, f"not_{name}")
        if wanted and facet in COPIED:
            named = [one for value in wanted for one in snapshot.catalogue.named(facet, value) or [value]]
            yield is_one_of(facet, named)
        elif wanted:
            yield from _in_books(snapshot, snapshot.catalogue.books_with(facet, wanted))
        if unwanted:
            kept = frozenset(snapshot.books) - snapshot.catalogue.books_with(facet, unwanted)
            yield from _in_books(snapshot, kept)


def _in_books(snapshot: Snapshot, wanted: frozenset[str]) -> "Iterator[Expr]":
    """Name the books that count or those that do not, whichever are fewer: a long list takes its time."""
    others = snapshot.books.keys() - wanted
    if len(wanted) <= len(others):
        yield is_one_of("book_id", sorted(wanted) or [_NOBODY])
    elif others:
        yield ~is_one_of("book_id", sorted(others))


def _of_years(filters: SearchFilters, snapshot: Snapshot) -> "Iterator[Expr]":
    """Give the condition on the year: panels carry that of their file, an issue may tell another."""
    from lancedb.expr import col

    low, high = filters.year_from, filters.year_to
    bounds = [col("year") >= low] if low is not None else []
    bounds += [col("year") <= high] if high is not None else []
    if not bounds:
        return
    inside, told = reduce(and_, bounds), snapshot.catalogue.years
    if told:
        inside = inside & ~is_one_of("book_id", sorted(told))
        inside = inside | is_one_of("book_id", sorted(_within(told, low, high)) or [_NOBODY])
    yield inside


def _within(years: Mapping[str, int | None], low: int | None, high: int | None) -> Iterator[str]:
    for book, year in years.items():
        if year is not None and (low is None or low <= year) and (high is None or year <= high):
            yield book


def _of_panels(filters: SearchFilters) -> "Iterator[Expr]":
    from lancedb.expr import col

    if filters.page_types:
        yield is_one_of("page_type", filters.page_types)
    if filters.not_page_types:
        yield ~is_one_of("page_type", filters.not_page_types)
    if filters.page_from is not None:
        yield col("page_no") >= filters.page_from
    if filters.page_to is not None:
        yield col("page_no") <= filters.page_to
    if filters.has_text is not None:
        yield col("has_text") == filters.has_text


def _of_looks(filters: SearchFilters) -> "Iterator[Expr]":
    yield from (_tagged(tag) for tag in filters.tags)
    yield from (~_tagged(tag) for tag in filters.not_tags)
    for kind in TRAITS.values():
        wanted = [_has_trait(trait) for trait in kind if trait in filters.traits]
        if wanted:
            yield reduce(or_, wanted)
    yield from (~_has_trait(trait) for trait in filters.not_traits)


def _of_elements(filters: SearchFilters, snapshot: Snapshot) -> "Iterator[Expr]":
    """Give the conditions that panels have elements or lack them, by their row ids."""
    for name in filters.elements:
        yield is_one_of("_rowid", snapshot.elements.listed(name) or [_NO_ROW])
    for name in filters.not_elements:
        if ids := snapshot.elements.listed(name):
            yield ~is_one_of("_rowid", ids)


def _of_area(area: MapArea, snapshot: Snapshot) -> "Expr":
    """Return the condition that panels lie in a region of a map, by their row ids."""
    return is_one_of("_rowid", snapshot.maps.row_ids_in(area) or [_NO_ROW])


def _of_findings(filters: SearchFilters, snapshot: Snapshot) -> "Iterator[Expr]":
    """Give the conditions that panels are, or are not, of findings of the audit, by their row ids."""
    if filters.findings:
        yield is_one_of("_rowid", snapshot.findings.row_ids(filters.findings).tolist() or [_NO_ROW])
    if filters.not_findings:
        yield ~is_one_of("_rowid", snapshot.findings.row_ids(filters.not_findings).tolist() or [_NO_ROW])


def _of_stories(filters: SearchFilters, snapshot: Snapshot) -> "Iterator[Expr]":
    """Give the conditions that panels are, or are not, of stories, by their row ids."""
    if filters.stories:
        yield is_one_of("_rowid", snapshot.stories.row_ids(filters.stories).tolist() or [_NO_ROW])
    if filters.not_stories and len(ids := snapshot.stories.row_ids(filters.not_stories)):
        yield ~is_one_of("_rowid", ids.tolist())


def _has_trait(trait: str) -> "Expr":
    from lancedb.expr import col

    bounds = BOUNDS[trait]
    above = [col(bounds.column) >= bounds.low] if bounds.low is not None else []
    below = [col(bounds.column) < bounds.high] if bounds.high is not None else []
    return reduce(and_, [*above, *below])


def _tagged(tag: str) -> "Expr":
    from lancedb.expr import col, lit

    return col("tag_line").contains(lit(tag_line([tag.strip().lower()])))
