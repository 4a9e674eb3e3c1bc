"""Facets that hits must have, and bounds of the words that come from outside."""

from dataclasses import dataclass

from schemas.errors import QueryError

MAX_QUERY_CHARACTERS = 2_000
MAX_FACET_VALUES, MAX_FACET_CHARACTERS = 100, 500
"""Far more than anybody chooses; a condition of thousands of values would stall a server."""


def check_words(name: str, words: str, *, max_characters: int = MAX_QUERY_CHARACTERS) -> None:
    """Raise QueryError, naming the parameter, for words too long or that are no sound text.

    JSON and command lines can carry half of a character (a lone surrogate), which nothing stores.
    """
    if len(words) > max_characters:
        raise QueryError(
            f"{name} has {len(words):,} characters; at most {max_characters:,} are searched: shorten it"
        )
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise QueryError(f"{name} holds half a character at place {error.start + 1}: type it anew") from error


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Facets a hit must have; within one facet any value will do, between facets all must hold.

    ``tags`` must all hold, since a panel has several; ``not_tags`` and ``not_page_types`` drop panels
    that have any of those; ``has_text`` None means either. Raises
    QueryError for more or longer values than anybody needs, and for years in the wrong order.
    """

    series: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    page_types: tuple[str, ...] = ()
    not_page_types: tuple[str, ...] = ()
    book_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    has_text: bool | None = None

    def __post_init__(self) -> None:
        """Check how many values there are, how long they are, and that some year is left."""
        for name in (
            *("series", "languages", "page_types", "not_page_types", "book_ids", "tags", "not_tags"),
        ):
            values: tuple[str, ...] = getattr(self, name)
            if len(values) > MAX_FACET_VALUES:
                raise QueryError(f"at most {MAX_FACET_VALUES} values of {name}, got {len(values):,}")
            for value in values:
                check_words(name, value, max_characters=MAX_FACET_CHARACTERS)
        if self.year_from is not None and self.year_to is not None and self.year_from > self.year_to:
            raise QueryError(
                f"no year lies from {self.year_from} to {self.year_to}: give the earlier one first"
            )
