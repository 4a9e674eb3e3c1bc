"""The fields of the search box: ``series:tex``, ``year:1990..1999``, ``is:dark``, ``like:ID``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.areas import MapArea
from schemas.errors import QueryError
from schemas.filters import KNOWN_TRAITS, SearchFilters
from schemas.labels import PageType

_RANGE = re.compile(r"(\d{1,4})?\.\.(\d{1,4})?|(>=|<=|>|<)?(\d{1,4})")

LISTED: Mapping[str, str] = MappingProxyType(
    {
        "series": "series",
        "book": "book_ids",
        "creator": "creators",
        "character": "characters",
        "team": "teams",
        "genre": "genres",
        "lang": "languages",
        "language": "languages",
        "type": "page_types",
        "licence": "licences",
        "license": "licences",
        "tag": "tags",
        "is": "traits",
        "audit": "findings",
        "story": "stories",
    }
)
"""Fields that name values of a list of :class:`schemas.filters.SearchFilters`."""
LETTERING = "text"
"""What ``has:`` asks for that is no element."""
RANGED = ("year", "page")
OTHERS = ("has", "map", "like", "unlike", "group", "weight")
FIELDS = frozenset((*LISTED, *RANGED, *OTHERS))

SINGLE = ("generated", "comic")
"""What ``is:`` says of whole books, and :class:`schemas.filters.SearchFilters` calls so."""
_ALIASES = {"traits": {"color": "colour"}, "page_types": {}}
_KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"traits": KNOWN_TRAITS, "page_types": tuple(kind.value for kind in PageType)}
)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field as typed."""

    name: str
    value: str
    is_negated: bool


def filters_of(field: FieldValue) -> SearchFilters:
    """Return what a field narrows a search to. Raises QueryError for a value that it cannot have."""
    try:
        return _READERS.get(field.name, _listed)(field)
    except QueryError as error:
        raise QueryError(f"{error}; for the words as such write \\{field.name}:{field.value[:40]}") from error


def _listed(field: FieldValue) -> SearchFilters:
    name = LISTED[field.name]
    value = field.value
    if name in _KNOWN:
        value = value.lower()
        value = _ALIASES[name].get(value, value)
        known = _KNOWN[name]
        value = next((one for one in known if one.replace("_", "-") == value.replace("_", "-")), value)
        if value not in known:
            raise QueryError(f"there is no {field.name}:{value[:40]}; write one of {', '.join(known)}")
    return SearchFilters(**{f"not_{name}" if field.is_negated else name: (value,)})  # type: ignore[arg-type]


def _is(field: FieldValue) -> SearchFilters:
    """Read ``is:``: traits of panels, whether somebody drew them at all, and whether the book is a comic."""
    if field.value.lower() in SINGLE:
        return SearchFilters(**{field.value.lower(): not field.is_negated})  # type: ignore[arg-type]
    return _listed(field)


def _ranged(field: FieldValue) -> SearchFilters:
    low, high = _range(field)
    return SearchFilters(**{f"{field.name}_from": low, f"{field.name}_to": high})  # type: ignore[arg-type]


def _range(field: FieldValue) -> tuple[int | None, int | None]:
    name = field.name
    found = _RANGE.fullmatch(field.value)
    if found is None or found[0] == "..":
        raise QueryError(
            f"{field.value[:40]!r} is no {name}: write {name}:5, {name}:5..9, {name}:>=5 or {name}:<9"
        )
    if field.is_negated:
        raise QueryError(f"-{name}: cannot be: write what is wanted, as {name}:5..9")
    if found[4] is None:
        return (int(found[1]) if found[1] else None), (int(found[2]) if found[2] else None)
    number, sign = int(found[4]), found[3]
    bounds: dict[str | None, tuple[int | None, int | None]] = {
        ">=": (number, None),
        "<=": (None, number),
        ">": (number + 1, None),
        "<": (None, number - 1),
        None: (number, number),
    }
    return bounds[sign]


def _has(field: FieldValue) -> SearchFilters:
    if field.value.lower() != LETTERING:
        name = "not_elements" if field.is_negated else "elements"
        return SearchFilters(**{name: (field.value,)})  # type: ignore[arg-type]
    return SearchFilters(has_text=not field.is_negated)


def _on_map(field: FieldValue) -> SearchFilters:
    """Read ``map:NAME/CLUSTER`` and ``map:NAME@x,y;x,y;x,y``."""
    name, sign, rest = re.fullmatch(r"([^/@]*)([/@]?)(.*)", field.value, re.DOTALL).groups()  # type: ignore[union-attr]
    if field.is_negated:
        raise QueryError("-map: cannot be: write what is wanted, as map:NAME/3")
    if sign == "@":
        return SearchFilters(areas=(MapArea.parse(name, rest),))
    if not re.fullmatch(r"-?[0-9]{1,5}", rest):
        raise QueryError(
            f"{field.value[:40]!r} is no part of a map: write map:NAME/3 for a cluster, "
            "map:NAME@x,y;x,y;x,y for an area"
        )
    return SearchFilters(areas=(MapArea(name, cluster=int(rest)),))


_READERS: Mapping[str, Callable[[FieldValue], SearchFilters]] = MappingProxyType(
    {"has": _has, "is": _is, "map": _on_map, **dict.fromkeys(RANGED, _ranged)}
)
