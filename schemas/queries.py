"""Queries with known answers: what a retrieval benchmark asks, and which panels answer it.

A query file is a JSON list, written by hand or by ``longbox eval build-queries``::

    [{"query": "a witch stirs a cauldron", "relevant": ["work/ep01/p02#3"], "kind": "caption"},
     {"image": "pictures/0001.png", "relevant": ["work/ep01/p02#3"], "kind": "crop"}]

A panel is named by the path of its page's label without ``.json`` (which is that of the page's
picture without suffix), ``#`` and its number in reading order from 1; without ``#`` any panel of the
page is meant. ``query`` is typed as a line of dialogue where the kind is ``dialogue`` or
``dialogue-…``, else as plain words. Optional: ``dialogue``, a line or word remembered beside the
query or picture; ``boxes``, page-relative, of the panels named, so that they are found again where a
detector numbers them otherwise; ``not``, panels that are no answer and no mistake either, such as
the one a picture was taken from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from schemas.errors import ConfigError
from schemas.geometry import Box

_DIALOGUE: Final = "dialogue"
MAX_QUERIES: Final = 200_000


@dataclass(frozen=True, slots=True)
class PanelReference:
    """A labelled panel, or with ``panel_no`` None any panel of a page; ``box`` where it is known."""

    page: str
    panel_no: int | None = None
    box: Box | None = None

    def __str__(self) -> str:
        """Return it as query files write it."""
        return self.page if self.panel_no is None else f"{self.page}#{self.panel_no}"


@dataclass(frozen=True, slots=True)
class KnownItemQuery:
    """One query and its answers: any mix of ``text``, ``dialogue`` and ``image``.

    ``image`` is a path below the query file's folder.
    """

    kind: str
    relevant: tuple[PanelReference, ...]
    text: str = ""
    dialogue: str = ""
    image: str = ""
    excluded: tuple[PanelReference, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        is_line = _is_dialogue(self.kind) and not self.text
        words = {"query": self.dialogue} if is_line else {"query": self.text, _DIALOGUE: self.dialogue}
        data: dict[str, object] = {k: v for k, v in {**words, "image": self.image}.items() if v}
        data |= {"relevant": list(map(str, self.relevant)), "kind": self.kind}
        if self.excluded:
            data["not"] = list(map(str, self.excluded))
        named = (*self.relevant, *self.excluded)
        if boxes := {str(r): [round(v, 5) for v in r.box.as_tuple()] for r in named if r.box}:
            data["boxes"] = boxes
        return data

    @classmethod
    def from_json(cls, data: object, where: str) -> Self:
        """Read a query. Raises ConfigError naming ``where`` it stands and what is wrong with it."""
        if not isinstance(data, Mapping):
            raise ConfigError(f"{where} is no query: a JSON object is needed")
        words, image, line = (_text(data, key, where) for key in ("query", "image", _DIALOGUE))
        if not (words or image or line):
            raise ConfigError(f"{where} asks nothing: give 'query', some words, or 'image', a path")
        kind = _text(data, "kind", where) or ("image" if image else "text")
        boxes = data.get("boxes", {})
        if not isinstance(boxes, Mapping):
            raise ConfigError(f"{where}: 'boxes' maps panels to [x0, y0, x1, y1]")
        relevant = tuple(_references(data.get("relevant"), boxes, f"{where}: 'relevant'"))
        if not relevant:
            raise ConfigError(f"{where}: 'relevant' names no panel")
        is_line = _is_dialogue(kind) and not line
        return cls(
            kind=kind,
            relevant=relevant,
            text="" if is_line else words,
            dialogue=words if is_line else line,
            image=image,
            excluded=tuple(_references(data.get("not", []), boxes, f"{where}: 'not'")),
        )


def queries_from_json(data: object, name: str) -> tuple[KnownItemQuery, ...]:
    """Read the content of a query file. Raises ConfigError naming the query that is wrong."""
    if not isinstance(data, list):
        raise ConfigError(f"{name} is no query file: a JSON list is needed")
    if len(data) > MAX_QUERIES:
        raise ConfigError(f"{name} holds {len(data):,} queries, at most {MAX_QUERIES:,} are run: split it")
    return tuple(KnownItemQuery.from_json(item, f"query {n} of {name}") for n, item in enumerate(data, 1))


def _is_dialogue(kind: str) -> bool:
    return kind.partition("-")[0] == _DIALOGUE


def _text(data: Mapping[str, object], key: str, where: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key!r} must be text, got {type(value).__name__}")
    return value.strip()


def _references(values: object, boxes: Mapping[str, object], where: str) -> Iterable[PanelReference]:
    if not isinstance(values, list):
        raise ConfigError(f"{where} must be a list of panels")
    for value in values:
        page, mark, number = str(value).rpartition("#")
        if not mark:
            page, number = str(value), ""
        if not isinstance(value, str) or not page or (mark and not _is_number(number)):
            raise ConfigError(f"{where}: a panel is written page#number, got {value!r}")
        yield PanelReference(page, int(number) if mark else None, _box(boxes.get(value), where))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 100_000


def _box(value: object, where: str) -> Box | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 4 and all(isinstance(v, int | float) for v in value):
        try:
            return Box.clipped(*map(float, value))
        except ValueError as error:
            raise ConfigError(f"{where}: a box is [x0, y0, x1, y1] within the page: {error}") from error
    raise ConfigError(f"{where}: a box is [x0, y0, x1, y1], page-relative, got {value!r}")
