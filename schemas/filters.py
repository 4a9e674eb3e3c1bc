"""Facets that hits must have, and bounds of the words that come from outside."""

from dataclasses import dataclass, replace

from schemas.areas import MAX_AREAS, MapArea
from schemas.audit import check_finding_id
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
            f"{name} has {len(words):,} characters; at most {max_characters:,} are read: shorten it"
        )
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise QueryError(f"{name} holds half a character at place {error.start + 1}: type it anew") from error


TRAITS = {
    "colour": ("bw", "colour"),
    "light": ("dark", "light"),
    "shape": ("portrait", "landscape", "square"),
}
"""What a panel looks like at a glance, by kind; within one kind any will do."""
KNOWN_TRAITS = tuple(trait for kind in TRAITS.values() for trait in kind)

LISTS = (
    *("series", "not_series", "languages", "not_languages", "page_types", "not_page_types"),
    *("book_ids", "not_book_ids", "creators", "not_creators", "characters", "not_characters"),
    *("licences", "not_licences", "tags", "not_tags", "traits", "not_traits", "elements", "not_elements"),
    *("findings", "not_findings", "stories", "not_stories", "teams", "not_teams", "genres", "not_genres"),
)
SINGLE = ("has_text", "generated", "comic")
RANGES = (("year", "year_from", "year_to"), ("page", "page_from", "page_to"))


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Facets a hit must have; within one facet any value will do, between facets all must hold.

    ``tags`` and ``elements`` must all hold, since a panel has several; what begins with
    ``not_`` drops panels that have any of its values. ``traits`` are of :data:`KNOWN_TRAITS`.
    ``has_text`` None means either; years and pages are ranges, both ends included;
    panels must lie in all of the ``areas`` of maps and be of one of the ``findings`` of the audit;
    ``stories`` are ids or titles.
    Raises QueryError for more or longer values than anybody needs, for unknown traits and for
    ranges in the wrong order.
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
    not_series: tuple[str, ...] = ()
    not_languages: tuple[str, ...] = ()
    not_book_ids: tuple[str, ...] = ()
    creators: tuple[str, ...] = ()
    not_creators: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    not_characters: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    not_licences: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    not_traits: tuple[str, ...] = ()
    page_from: int | None = None
    page_to: int | None = None
    areas: tuple[MapArea, ...] = ()
    findings: tuple[str, ...] = ()
    not_findings: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    not_elements: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    not_teams: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    not_genres: tuple[str, ...] = ()
    generated: bool | None = None
    """True for panels of generated books alone, False for all others, None for either."""
    stories: tuple[str, ...] = ()
    not_stories: tuple[str, ...] = ()
    comic: bool | None = None
    """False for panels of books that are rather no comics, True for all others, None for either."""

    def __post_init__(self) -> None:
        """Check how many values there are, how long they are, and that something is left."""
        for name in LISTS:
            values: tuple[str, ...] = getattr(self, name)
            if len(values) > MAX_FACET_VALUES:
                raise QueryError(f"at most {MAX_FACET_VALUES} values of {name}, got {len(values):,}")
            for value in values:
                check_words(name, value, max_characters=MAX_FACET_CHARACTERS)
        for finding in (*self.findings, *self.not_findings):
            check_finding_id(finding)
        if len(self.areas) > MAX_AREAS:
            raise QueryError(f"at most {MAX_AREAS} areas of maps, got {len(self.areas):,}")
        for trait in (*self.traits, *self.not_traits):
            if trait not in KNOWN_TRAITS:
                raise QueryError(
                    f"there is no trait {trait[:40]!r} of panels; known are {', '.join(KNOWN_TRAITS)}"
                )
        for name, first, last in RANGES:
            low, high = getattr(self, first), getattr(self, last)
            if low is not None and high is not None and low > high:
                raise QueryError(f"no {name} lies from {low} to {high}: give the lower one first")

    def and_also(self, other: "SearchFilters") -> "SearchFilters":
        """Return both together; where both bound a range or the lettering, ``other`` has its way."""
        lists = {name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in LISTS}
        bounds = [bound for _, *ends in RANGES for bound in ends]
        single = {
            name: getattr(self, name) if getattr(other, name) is None else getattr(other, name)
            for name in (*bounds, *SINGLE)
        }
        areas = tuple(dict.fromkeys((*self.areas, *other.areas)))
        return replace(self, **lists, **single, areas=areas)  # type: ignore[arg-type]
