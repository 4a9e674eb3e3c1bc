"""Values that a search can be narrowed to, and how many panels have them."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet and how many panels have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Values to filter by, the most frequent first; ``years`` in order of time.

    ``traits`` are of ``schemas.filters.KNOWN_TRAITS``, ``lettering`` is ``text`` and ``no text``,
    ``stories`` are titles, ``comics`` is ``comic`` and ``no comic``.
    """

    series: tuple[FacetValue, ...] = ()
    languages: tuple[FacetValue, ...] = ()
    page_types: tuple[FacetValue, ...] = ()
    years: tuple[FacetValue, ...] = ()
    tags: tuple[FacetValue, ...] = ()
    creators: tuple[FacetValue, ...] = ()
    characters: tuple[FacetValue, ...] = ()
    teams: tuple[FacetValue, ...] = ()
    genres: tuple[FacetValue, ...] = ()
    licences: tuple[FacetValue, ...] = ()
    traits: tuple[FacetValue, ...] = ()
    lettering: tuple[FacetValue, ...] = ()
    elements: tuple[FacetValue, ...] = ()
    stories: tuple[FacetValue, ...] = ()
    comics: tuple[FacetValue, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)
