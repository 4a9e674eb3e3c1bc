"""The facets beside the hits: values with counts, each a link that narrows the search or widens it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemas.facets import Facets, FacetValue
from webui import parsing
from webui.i18n import noted, say
from webui.showing import labels
from webui.showing.forms import address_of, address_of_pairs, without

SHOWN_AT_ONCE, SHOWN_AT_ALL = 7, 40
"""Values of a facet in sight, and those that unfold: rarer ones are typed into the box."""


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
    label: str
    told: Callable[[str], str]
    values: Callable[[Facets], Sequence[FacetValue]]

    @property
    def negated(self) -> str:
        return f"not_{self.key}"


_FACETS = (
    _Facet("series", noted("Series"), str, lambda facets: facets.series),
    _Facet("element", noted("Has"), str, lambda facets: facets.elements),
    _Facet("tag", noted("Shows"), str, lambda facets: facets.tags),
    _Facet("character", noted("Character"), str, lambda facets: facets.characters),
    _Facet("is", noted("Looks"), labels.trait, lambda facets: facets.traits),
    _Facet("story", noted("Story"), str, lambda facets: facets.stories),
    _Facet("team", noted("Team"), str, lambda facets: facets.teams),
    _Facet("genre", noted("Genre"), str, lambda facets: facets.genres),
    _Facet("creator", noted("Creator"), str, lambda facets: facets.creators),
    _Facet("page_type", noted("Page type"), labels.page_type, lambda facets: facets.page_types),
    _Facet("language", noted("Language"), labels.language, lambda facets: facets.languages),
    _Facet("licence", noted("Licence"), str, lambda facets: facets.licences),
)
_LETTERING = (("text", "yes", noted("with words")), ("no text", "no", noted("silent")))
_COMICS = (("comic", "yes", noted("comic")), ("no comic", "no", noted("not a comic")))


def facet_groups(facets: Facets, arguments: parsing.Arguments) -> tuple[FacetGroup, ...]:
    """Return the facets that have something to choose from."""
    groups = (_group(facet, facet.values(facets), arguments) for facet in _FACETS)
    either = (
        _either(say("Lettering"), "has_text", _LETTERING, facets.lettering, arguments),
        _either(say("Book"), "comic", _COMICS, facets.comics, arguments),
    )
    return tuple(group for group in (*groups, *either) if group.options)


def year_bars(facets: Facets, arguments: parsing.Arguments) -> tuple[YearBar, ...]:
    """Return the years of the library's panels, each a link to that year alone."""
    highest = max((value.count for value in facets.years), default=1)
    first, last = (_year(arguments.get(key, "")) for key in ("year_from", "year_to"))
    return tuple(_year_bar(value, highest, (first, last), arguments) for value in facets.years)


def _group(facet: _Facet, values: Sequence[FacetValue], arguments: parsing.Arguments) -> FacetGroup:
    chosen = [*arguments.getlist(facet.key), *arguments.getlist(facet.negated)]
    counts = {value.value: value.count for value in values}
    highest = max(counts.values(), default=1)
    first = {value: counts.get(value, 0) for value in chosen if value}  # those out of reach stay in sight
    options = tuple(
        _option(facet, FacetValue(value, count), highest, arguments)
        for value, count in (first | counts).items()
    )
    shown = max(SHOWN_AT_ONCE, len(first))
    if len(options) <= shown + 2:  # two lines more cost less than a lid over them
        shown = len(options)
    return FacetGroup(say(facet.label), options[:shown], options[shown:])


def _option(facet: _Facet, value: FacetValue, highest: int, arguments: parsing.Arguments) -> Option:
    return Option(
        label=facet.told(value.value),
        count=value.count,
        share=round(100 * value.count / highest, 1),
        is_on=value.value in arguments.getlist(facet.key),
        is_excluded=value.value in arguments.getlist(facet.negated),
        address=_toggled_alone(arguments, facet.key, facet.negated, value.value),
        exclude=_toggled_alone(arguments, facet.negated, facet.key, value.value),
    )


def _toggled_alone(arguments: parsing.Arguments, key: str, other: str, value: str) -> str:
    """Return the address with a value toggled under a key: it is wanted or not wanted, never both."""
    mine = (key, value)
    gone = (mine, (other, value))
    pairs = list(arguments.items(multi=True))
    kept = [pair for pair in pairs if pair not in gone and pair[0] != "cursor"]
    return address_of_pairs(kept if mine in pairs else [*kept, mine])


def _either(
    title: str,
    key: str,
    values: Sequence[tuple[str, str, str]],
    counted: Sequence[FacetValue],
    arguments: parsing.Arguments,
) -> FacetGroup:
    """Return a facet of two values, of which one can be asked for: name, value of the parameter, label."""
    counts = {value.value: value.count for value in counted}
    highest, chosen = max(counts.values(), default=1), arguments.get(key, "")
    options = []
    for name, value, label in values:
        changed = without(arguments, key)
        if chosen != value:
            changed[key] = value
        count = counts.get(name, 0)
        share = round(100 * count / highest, 1)
        options.append(Option(say(label), count, share, chosen == value, False, address_of(changed), None))
    return FacetGroup(title, tuple(options) if counts or chosen else (), ())


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
