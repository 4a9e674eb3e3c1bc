"""What the parameters of a search are called and mean, for the document; :mod:`webui.parsing` reads them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from schemas.messages import (
    MAX_EXAMPLES,
    MAX_FACET_CHARACTERS,
    MAX_FACET_VALUES,
    MAX_LIMIT,
    MAX_QUERY_CHARACTERS,
    SIDES,
)
from webui.parsing import PARAMETERS


def _words(told: str) -> Any:
    return Annotated[str, Meta(max_length=MAX_QUERY_CHARACTERS, description=told)]


def _values(told: str, *, most: int = MAX_FACET_VALUES, longest: int = MAX_FACET_CHARACTERS) -> Any:
    value = Annotated[str, Meta(max_length=longest)]
    return Annotated[tuple[value, ...], Meta(max_length=most, description=told)]


_YEAR = Annotated[int, Meta(ge=-9999, le=9999)]
_ANY = Literal["yes", "no", "any"]
_KNOWN: dict[str, Any] = {
    "q": _words("Words: what is said, drawn or meant."),
    "dialogue": _words("A line as printed; typing errors are forgiven."),
    "like": _values("Ids of panels to find the like of.", most=MAX_EXAMPLES, longest=MAX_QUERY_CHARACTERS),
    "unlike": _values("Ids of panels to move away from.", most=MAX_EXAMPLES, longest=MAX_QUERY_CHARACTERS),
    "without": _words("Words to move away from."),
    "weight": _values(f"What a side counts, as look=2; sides are {', '.join(SIDES)}."),
    "series": _values("Only these series."),
    "language": _values("Only these languages."),
    "page_type": _values("Only these types of page."),
    "not_page_type": _values("None of these types of page."),
    "book": _values("Only the books with these ids."),
    "tag": _values("Only panels that show all of this."),
    "not_tag": _values("No panel that shows any of this."),
    "year_from": Annotated[_YEAR, Meta(description="Only from this year on.")],
    "year_to": Annotated[_YEAR, Meta(description="Only up to this year.")],
    "has_text": Annotated[_ANY, Meta(description="Only panels with words, or only silent ones.")],
    "group": Annotated[Literal["panel", "page", "book"], Meta(description="One hit a panel, page or book.")],
    "limit": Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Hits on a page of results.")],
    "cursor": _words("The `cursor` of a former answer, to go on from it."),
    "min_score": Annotated[float, Meta(ge=0, le=1, description="Only hits that score as much.")],
    "duplicates": Annotated[_ANY, Meta(description="Whether near-identical panels are shown one by one.")],
}
_PICTURE_NAME = _words("The `picture` of a former answer: a picture that was searched by.")
_PICTURE_DATA = Annotated[str, Meta(description="A picture file, in base64.")]


def _kind(name: str, picture: Any) -> Any:
    fields: list[tuple[str, Any, Any]] = []
    for parameter in PARAMETERS:
        kind = picture if parameter == "picture" else _KNOWN.get(parameter, tuple[str, ...])
        fields.append((parameter, kind | None if kind in (int, float, str) else kind, msgspec.UNSET))
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, kw_only=True, module=__name__)


SearchQuery = _kind("SearchQuery", _PICTURE_NAME)
SearchBody = _kind("SearchBody", _PICTURE_DATA)
DESCRIBED = frozenset({*_KNOWN, "picture"})
"""Parameters that the document says something of; a test holds them against those that are read."""
