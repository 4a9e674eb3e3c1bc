"""A query as its page shows it: removable chips, the pictures it goes by, and addresses that change it.

Every change is a link: the address holds the whole state, and nothing here needs JavaScript.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import flask

from schemas.errors import QueryError
from schemas.messages import Crop
from schemas.tables import STORY_ID
from webui import parsing
from webui.i18n import noted, say
from webui.showing import labels
from webui.state import site

TYPED = ("q", "dialogue", "year_from", "year_to")
"""Parameters that the form has fields for; the others travel in hidden ones."""


@dataclass(frozen=True, slots=True)
class Example:
    """A picture that is searched by; ``without`` is the address of the search that leaves it out."""

    key: str
    value: str
    name: str
    picture: str
    without: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition of a search in words; ``without`` is the address of the search that drops it."""

    label: str
    value: str
    without: str
    is_against: bool = False


def _plain(value: str) -> str:
    return value


def _title(book_id: str) -> str:
    entry = site().library.snapshot().books.get(book_id)
    return entry.title if entry else book_id


def _words(value: str) -> str:
    return say("with words") if value in ("yes", "true", "1") else say("silent")


def _comic(value: str) -> str:
    return say("comic") if value in ("yes", "true", "1") else say("not a comic")


def _story(value: str) -> str:
    """Return the title of a story that is named by its id."""
    found = site().library.snapshot().stories.named(value) if STORY_ID.fullmatch(value) else ()
    return (found[0].title if found else None) or value


def _drawn(_area: str) -> str:
    return say("of the map {name}", name=flask.request.args.get("map", ""))


CHIPS: dict[str, tuple[str, Callable[[str], str]]] = {
    "dialogue": (noted("Line"), _plain),
    "phrase": (noted("Line"), _plain),
    "also": (noted("Also"), _plain),
    "step": (noted("Then"), _plain),
    "without": (noted("Without"), _plain),
    "series": (noted("Series"), _plain),
    "element": (noted("Has"), _plain),
    "tag": (noted("Shows"), _plain),
    "character": (noted("Character"), _plain),
    "team": (noted("Team"), _plain),
    "genre": (noted("Genre"), _plain),
    "is": (noted("Looks"), labels.trait),
    "creator": (noted("Creator"), _plain),
    "page_type": (noted("Page type"), labels.page_type),
    "language": (noted("Language"), labels.language),
    "licence": (noted("Licence"), _plain),
    "book": (noted("Book"), _title),
    "audit": (noted("Audit"), _plain),
    "story": (noted("Story"), _story),
    "year_from": (noted("From"), _plain),
    "year_to": (noted("To"), _plain),
    "page_from": (noted("From page"), _plain),
    "page_to": (noted("To page"), _plain),
    "has_text": (noted("Lettering"), _words),
    "comic": (noted("Book"), _comic),
    "area": (noted("Region of a map"), _drawn),
    "cluster": (noted("Cluster"), _plain),
    "weight": (noted("Weight"), _plain),
    "group": (noted("One for each"), _plain),
    "min_score": (noted("Score from"), _plain),
    "duplicates": (noted("Copies"), _plain),
}
"""What each parameter is called, and how its values are said."""


@dataclass(frozen=True, slots=True)
class FormState:
    """A query as the form shows it."""

    arguments: parsing.Arguments

    def first(self, key: str) -> str:
        """Return a parameter's first value, empty where it is absent."""
        return self.arguments.get(key, "")

    def has(self, key: str, value: str) -> bool:
        """Say whether a parameter holds a value."""
        return value in self.arguments.getlist(key)

    @property
    def is_filtered(self) -> bool:
        """Say whether any facet narrows the search."""
        return any(value for key in parsing.NARROWING for value in self.arguments.getlist(key))

    @property
    def unfiltered(self) -> str:
        """The address of this search without its facets."""
        return address_of(without(self.arguments, *parsing.NARROWING))

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Parameters that the form has no field for, so that they are kept when words change."""
        kept = without(self.arguments, *TYPED)
        return tuple((key, value) for key, value in kept.items(multi=True) if value)

    @property
    def examples(self) -> tuple[Example, ...]:
        """The pictures searched by."""
        return tuple(_examples(self.arguments))

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The conditions beside words and pictures."""
        return tuple(_chips(self.arguments))


def address_of(arguments: parsing.Arguments) -> str:
    """Return the address of a search, empty parameters left out."""
    return address_of_pairs(arguments.items(multi=True))


def address_of_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the address of a search by its parameters in order; a page has hundreds of them."""
    given = [(key, value) for key, value in pairs if value.strip()]
    start = f"{flask.request.script_root}/"
    return f"{start}?{urlencode(given)}" if given else start


def without(arguments: parsing.Arguments, *keys: str) -> parsing.Arguments:
    """Return arguments without some of them, and from the first hit on."""
    fewer = arguments.copy()
    for key in (*keys, "cursor"):
        fewer.poplist(key)
    return fewer


def toggled(arguments: parsing.Arguments, key: str, value: str) -> parsing.Arguments:
    """Return arguments with a value of a facet put in, or taken out where it is in."""
    return _with_values(arguments, key, _flipped(arguments.getlist(key), value))


def _flipped(values: list[str], value: str) -> list[str]:
    return [other for other in values if other != value] if value in values else [*values, value]


def _with_values(arguments: parsing.Arguments, key: str, values: Iterable[str]) -> parsing.Arguments:
    changed = without(arguments, key)
    changed.setlist(key, list(values))
    return changed


def _chips(arguments: parsing.Arguments) -> Iterator[Chip]:
    for key, (label, told) in CHIPS.items():
        for value in filter(str.strip, arguments.getlist(key)):
            yield Chip(say(label), told(value), address_of(toggled(arguments, key, value)))
        for value in filter(str.strip, arguments.getlist(f"not_{key}")):
            fewer = toggled(arguments, f"not_{key}", value)
            yield Chip(say("Not"), told(value), address_of(fewer), is_against=True)


def _examples(arguments: parsing.Arguments) -> Iterator[Example]:
    for key, name, shown in _PICTURED:
        for value in filter(None, arguments.getlist(key)):
            fewer = address_of(toggled(arguments, key, value))
            yield Example(key, value, say(name), shown(value), fewer)


def _uploaded(token: str) -> str:
    return flask.url_for("views.query_picture", name=token)


def _thumbnail(panel: str) -> str:
    return flask.url_for("api.thumbnail", asset_id=panel)


def _part(text: str) -> str:
    """Return the picture of a part of a page or panel, the whole where the part cannot be read."""
    try:
        crop = Crop.parse(text)
    except QueryError:
        return _thumbnail(text)
    if "#" in crop.item_id:
        return _thumbnail(crop.item_id)
    box = ",".join(f"{value:g}" for value in crop.box.as_tuple())
    return flask.url_for("api.picture", page_id=crop.item_id, box=box, side=200)


_PICTURED: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("picture", noted("your picture"), _uploaded),
    ("also_picture", noted("your picture"), _uploaded),
    ("crop", noted("part of a page"), _part),
    ("like", noted("panels like this"), _thumbnail),
    ("unlike", noted("panels unlike this"), _thumbnail),
)
"""Parameters that name pictures, what they are called, and where the picture is."""
