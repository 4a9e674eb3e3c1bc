"""What the parameters of a search are called and mean, for the document; :mod:`webui.parsing` reads them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from schemas.areas import LONGEST_AREA, MAX_AREAS
from schemas.messages import (
    KNOWN_TRAITS,
    MAX_EXAMPLES,
    MAX_FACET_CHARACTERS,
    MAX_FACET_VALUES,
    MAX_LIMIT,
    MAX_PARTS,
    MAX_QUERY_CHARACTERS,
    MAX_WINDOW,
    SIDES,
)
from webui.parsing import PARAMETERS


def _words(told: str) -> Any:
    return Annotated[str, Meta(max_length=MAX_QUERY_CHARACTERS, description=told)]


def _values(told: str, *, most: int = MAX_FACET_VALUES, longest: int = MAX_FACET_CHARACTERS) -> Any:
    value = Annotated[str, Meta(max_length=longest)]
    return Annotated[tuple[value, ...], Meta(max_length=most, description=told)]


_YEAR = Annotated[int, Meta(ge=-9999, le=9999)]
_PAGE = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_ANY = Literal["yes", "no", "any"]
_NARROWING = {
    "series": "these series",
    "language": "these languages",
    "page_type": "these types of page",
    "book": "the books with these ids",
    "creator": "books that one of these made",
    "character": "books in which one of these appears",
    "team": "books in which one of these teams appears, or of these universes",
    "genre": "books of these genres",
    "licence": "books under one of these licences",
    "tag": "panels that show this",
    "element": "panels that have these elements",
    "is": f"panels that are so: {', '.join(KNOWN_TRAITS)}",
    "story": "panels of these stories, by title or id",
    "audit": "what the audit found, by ids of findings or kinds of them",
}
_KNOWN: dict[str, Any] = {
    "q": _words("What is looked for, as typed into the one box of the page."),
    "dialogue": _words("A line as printed; typing errors are forgiven."),
    "also": _values(
        "Further words, each with a weight: 2:rain.", most=MAX_PARTS, longest=MAX_QUERY_CHARACTERS
    ),
    "phrase": _values(
        'Further lines, read as in the box: "exactly so", "begins so*", ~"nearly so".',
        most=MAX_PARTS,
        longest=MAX_QUERY_CHARACTERS,
    ),
    "like": _values("Ids of panels to find the like of.", most=MAX_EXAMPLES, longest=MAX_QUERY_CHARACTERS),
    "unlike": _values("Ids of panels to move away from.", most=MAX_EXAMPLES, longest=MAX_QUERY_CHARACTERS),
    "also_picture": _values("The `picture` of former answers: further pictures.", most=MAX_PARTS),
    "crop": _values("Parts of stored pages or panels, as ID@x0,y0,x1,y1.", most=MAX_PARTS),
    "step": _values(
        "Steps of a run of panels in reading order, each as typed into the box.",
        most=MAX_PARTS,
        longest=MAX_QUERY_CHARACTERS,
    ),
    "without": _values("Words to move away from.", most=MAX_PARTS, longest=MAX_QUERY_CHARACTERS),
    "weight": _values(f"What a side counts, as look=2; sides are {', '.join(SIDES)}."),
    **{name: _values(f"Only {told}.") for name, told in _NARROWING.items()},
    **{f"not_{name}": _values(f"Not {told}.") for name, told in _NARROWING.items()},
    "page_from": Annotated[_PAGE, Meta(description="Only from this page of a book on.")],
    "page_to": Annotated[_PAGE, Meta(description="Only up to this page of a book.")],
    "year_from": Annotated[_YEAR, Meta(description="Only from this year on.")],
    "year_to": Annotated[_YEAR, Meta(description="Only up to this year.")],
    "has_text": Annotated[_ANY, Meta(description="Only panels with words, or only silent ones.")],
    "comic": Annotated[_ANY, Meta(description="Only books that are comics, or rather are none.")],
    "map": Annotated[str, Meta(max_length=40, description="The map that areas and clusters are of.")],
    "area": _values(
        "Only panels in a region of the map: the corners of a polygon, x,y;x,y;x,y, from 0 to 1.",
        most=MAX_AREAS,
        longest=LONGEST_AREA,
    ),
    "cluster": Annotated[
        int, Meta(ge=0, le=2**31 - 1, description="Only panels of this cluster of the map.")
    ],
    "group": Annotated[Literal["panel", "page", "book"], Meta(description="One hit a panel, page or book.")],
    "limit": Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Hits on a page of results.")],
    "cursor": _words("The `cursor` of a former answer, to go on from it."),
    "min_score": Annotated[float, Meta(ge=0, le=1, description="Only hits that score as much.")],
    "facets": Annotated[_ANY, Meta(description="Whether to count the values within what was found.")],
    "window": Annotated[
        int, Meta(ge=0, le=MAX_WINDOW, description="Panels before and after each hit to name.")
    ],
    "duplicates": Annotated[_ANY, Meta(description="Whether near-identical panels are shown one by one.")],
}
_PICTURE_NAME = _words("The `picture` of a former answer: a picture that was searched by.")
_FILE = Annotated[str, Meta(description="A picture file, in base64.")]
_PICTURE_DATA = _FILE | Annotated[tuple[_FILE, ...], Meta(max_length=MAX_PARTS)]


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
