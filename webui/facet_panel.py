"""The facets beside the hits: values with counts, each a link that narrows the search or widens it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemas.facets import Facets, FacetValue
from webui import labels, parsing
from webui.forms import address_of, toggled, without
from webui.i18n import noted, say

SHOWN_AT_ONCE = 7
"""Values of a facet in sight; the others unfold."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet. ``share`` is its count against the largest one, in percent.

    ``address`` puts it in or takes it out; ``exclude`` keeps panels that have it away, None where
    that cannot be asked for.
    """

    label: str
    count: int
    share: float
    is_on: bool
    is_excluded: bool
    address: str
    exclude: str | None


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet; ``more`` are the values that unfold."""

    label: str
    options: tuple[Option, ...]
    more: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class YearBar:
    """A year of the histogram; ``height`` in percent of the highest; ``address`` asks for that year alone."""

    year: int
    count: int
    height: float
    is_on: bool
    address: str


@dataclass(frozen=True, slots=True)
class _Facet:
    key: str
    negated: str | None
    label: str
    told: Callable[[str], str]
    values: Callable[[Facets], Sequence[FacetValue]]


_FACETS = (
    _Facet("series", None, noted("Series"), str, lambda facets: facets.series),
    _Facet("tag", "not_tag", noted("Shows"), str, lambda facets: facets.tags),
    _Facet(
        "page_type", "not_page_type", noted("Page type"), labels.page_type, lambda facets: facets.page_types
    ),
    _Facet("language", None, noted("Language"), labels.language, lambda facets: facets.languages),
)


def facet_groups(facets: Facets, arguments: parsing.Arguments) -> tuple[FacetGroup, ...]:
    """Return the facets that have something to choose from."""
    groups = (_group(facet, facet.values(facets), arguments) for facet in _FACETS)
    lettering = _lettering(arguments)
    return (*(group for group in groups if group.options), lettering)


def year_bars(facets: Facets, arguments: parsing.Arguments) -> tuple[YearBar, ...]:
    """Return the years of the library's panels, each a link to that year alone."""
    highest = max((value.count for value in facets.years), default=1)
    first, last = (_year(arguments.get(key, "")) for key in ("year_from", "year_to"))
    return tuple(_year_bar(value, highest, (first, last), arguments) for value in facets.years)


def _group(facet: _Facet, values: Sequence[FacetValue], arguments: parsing.Arguments) -> FacetGroup:
    chosen = set(arguments.getlist(facet.key)) | set(arguments.getlist(facet.negated or ""))
    highest = max((value.count for value in values), default=1)
    ordered = sorted(values, key=lambda value: value.value not in chosen)
    options = tuple(_option(facet, value, highest, arguments) for value in ordered)
    shown = max(SHOWN_AT_ONCE, sum(value.value in chosen for value in values))
    if len(options) <= shown + 2:  # two lines more cost less than a lid over them
        shown = len(options)
    return FacetGroup(say(facet.label), options[:shown], options[shown:])


def _option(facet: _Facet, value: FacetValue, highest: int, arguments: parsing.Arguments) -> Option:
    negated = facet.negated
    fewer = arguments.copy()
    if negated and value.value in fewer.getlist(negated):  # either in or out, never both
        fewer = toggled(fewer, negated, value.value)
    exclude = None
    if negated:
        kept = arguments.copy()
        if value.value in kept.getlist(facet.key):
            kept = toggled(kept, facet.key, value.value)
        exclude = address_of(toggled(kept, negated, value.value))
    return Option(
        label=facet.told(value.value),
        count=value.count,
        share=round(100 * value.count / highest, 1),
        is_on=value.value in arguments.getlist(facet.key),
        is_excluded=value.value in arguments.getlist(negated or ""),
        address=address_of(toggled(fewer, facet.key, value.value)),
        exclude=exclude,
    )


def _lettering(arguments: parsing.Arguments) -> FacetGroup:
    chosen = arguments.get("has_text", "")
    options = []
    for value, label in (("yes", say("with words")), ("no", say("silent"))):
        changed = without(arguments, "has_text")
        if chosen != value:
            changed["has_text"] = value
        options.append(Option(label, 0, 0.0, chosen == value, False, address_of(changed), None))
    return FacetGroup(say("Lettering"), tuple(options), ())


def _year_bar(
    value: FacetValue, highest: int, chosen: tuple[int | None, int | None], arguments: parsing.Arguments
) -> YearBar:
    year, (first, last) = int(value.value), chosen
    is_on = (first is None or first <= year) and (last is None or year <= last)
    alone = (first, last) == (year, year)
    changed = without(arguments, "year_from", "year_to")
    if not alone:
        changed["year_from"] = changed["year_to"] = value.value
    return YearBar(year, value.count, round(100 * value.count / highest, 1), is_on, address_of(changed))


def _year(text: str) -> int | None:
    return int(text) if text.strip().lstrip("-").isdigit() else None
