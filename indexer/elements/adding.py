"""Making, naming and dropping elements; what shows one is a panel, a picture, or a part of either."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

from indexer.elements.fitting import current_examples
from indexer.elements.labels import Elements, Example
from indexer.elements.material import Panels, read_panels
from indexer.elements.pictures import Shown, cut, encode, read_file, read_thumbnail, split_crop
from indexer.elements.review import keep_answers, without_contradictions
from indexer.elements.table import element_writer, list_facts, read_found
from indexer.library.export import open_table
from schemas.elements import MAX_EXAMPLES, Answer, Element, check_element_name, fold_name
from schemas.errors import ConfigError, NotFoundError
from schemas.tables import BOOKS, PANELS, LibraryFormat

MAX_ANSWERS = 200_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """An element to be made or added to; ``settings`` are fields of Element.

    Aliases and teams among them join those that it has; ``dropped`` names aliases and teams that it is to
    lose. ``shown`` are pictures; ``positive`` and ``negative`` name panels, parts of them, or files.
    """

    name: str
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    settings: Mapping[str, object] | None = None
    shown: tuple[Shown, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """An element as it is now, and whether anything shows it."""

    name: str
    has_positive: bool


@dataclass(frozen=True, slots=True)
class BookShare:
    """How much of a book an element appears in."""

    book_id: str
    title: str
    panels: int
    of: int
    pages: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


def add_to_library(library: Path, wanted: Wanted, *, files: bool = True) -> Made:
    """Make an element or add to it; nothing is kept where a part of what was given is wrong.

    Names of picture files are taken for such only with ``files``: no request names a file of ours.

    Raises:
        ConfigError: a name is none or taken, or a panel is said to show it and not to.
        NotFoundError: the library has no such panel, or the element no such alias or team to lose.
        PictureError: a file is no picture.
    """
    elements = Elements(library)
    known = {element.names[0]: element for element in elements.all()}
    old = known.get(fold_name(check_element_name(wanted.name)))
    fresh = _changed(old or Element(check_element_name(wanted.name)), wanted)
    without_contradictions(wanted.positive, wanted.negative)
    panels = read_panels(library, fresh.side)
    given = {"yes": wanted.positive, "no": wanted.negative}
    shown = [replace(one, image=cut(one.image, None)) for one in wanted.shown]
    ids: dict[Answer, list[str]] = {"yes": [], "no": []}
    for answer, names in cast("dict[Answer, tuple[str, ...]]", given).items():
        for name in names:
            picture = _picture(library, panels, name, answer, files=files)
            if picture is None:
                ids[answer].append(name)
            else:
                shown.append(picture)
    labels = [panels.label(*said) for said in without_contradictions(ids["yes"], ids["no"]).items()]
    examples = encode(shown, panels)
    if examples and old is not None:
        examples = _joined(current_examples(elements, old, panels), examples)
    if len(examples) > MAX_EXAMPLES:
        raise ConfigError(f"an element keeps at most {MAX_EXAMPLES} pictures: label panels instead")
    if old is None:
        elements.add(fresh)
    elif old != fresh:
        elements.change(old.name, fresh)
    if examples:
        elements.set_examples(fresh.name, examples)
    if labels:
        keep_answers(elements, fresh.name, labels, panels)
    answers = [one.answer for one in elements.labels(fresh.name)]
    answers += [one.answer for one in elements.examples(fresh.name)]
    return Made(fresh.name, "yes" in answers)


def _changed(old: Element, wanted: Wanted) -> Element:
    """Return an element with what is wanted of it. Raises NotFoundError for a name it has not to lose."""
    settings = cast("dict[str, Any]", dict(wanted.settings or {}))
    fresh = replace(old, **settings)
    lost = {fold_name(name): name for name in wanted.dropped}
    had = {fold_name(name) for name in (*old.aliases, *old.teams)}
    unknown = next((name for folded, name in lost.items() if folded not in had), None)
    if unknown is not None:
        raise NotFoundError(f"{old.name} has neither an alias nor a team {unknown[:60]!r}")

    def merged(before: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
        names = {fold_name(name): name for name in (*before, *given)}
        return tuple(name for folded, name in names.items() if folded not in lost)

    aliases, teams = settings.get("aliases", ()), settings.get("teams", ())
    return replace(fresh, aliases=merged(old.aliases, aliases), teams=merged(old.teams, teams))


def _joined(before: Sequence[Example], fresh: Sequence[Example]) -> list[Example]:
    """Add examples; a picture that was given before counts once, and as it is given now."""
    given = {one.webp for one in fresh}
    once = list({one.webp: one for one in fresh}.values())
    return [*(one for one in before if one.webp not in given), *once]


def _picture(library: Path, panels: Panels, name: str, answer: Answer, *, files: bool) -> Shown | None:
    """Return what is given as a picture, None for a whole panel: its own vector is there."""
    place, box = split_crop(name)
    path = Path(place)
    if files and path.is_file():
        return Shown(cut(read_file(path), box), path.name[:200], answer)
    if panels.places([place])[0] < 0:
        raise NotFoundError(f"{place[:100]!r} is neither a picture file nor a panel of the library")
    return None if box is None else Shown(cut(read_thumbnail(library, place), box), name[:200], answer)


def remove_from_library(library: Path, name: str) -> str:
    """Drop an element and what was found of it; returns its name. Raises NotFoundError."""
    elements = Elements(library)
    gone = elements.get(name).name
    elements.remove(gone)
    with element_writer(library) as writer:
        writer.drop(gone)
    return gone


def rename_in_library(library: Path, name: str, new: str) -> str:
    """Give an element another name, here and where it was found. Raises NotFoundError, ConfigError."""
    elements = Elements(library)
    old = elements.get(name)
    fresh = replace(old, name=check_element_name(new))
    if fresh.name == old.name:
        return old.name
    elements.change(old.name, fresh)
    facts = next((one for one in list_facts(library) if one.name == old.name), None)
    if facts is not None:
        found = read_found(library, old.name)
        known = LibraryFormat.from_metadata(open_table(library, PANELS).schema.metadata)
        with element_writer(library) as writer:
            writer.replace(replace(facts, name=fresh.name), found, known)
            writer.drop(old.name)
    return fresh.name


def books_of(library: Path, name: str) -> list[BookShare]:
    """Return the books that an element appears in, the one with most panels first."""
    found = read_found(library, name)
    ids = found["panel_id"].to_pylist()
    panels = Counter(panel.partition("/")[0] for panel in ids)
    pages = Counter(page.split("/")[0] for page in {panel.partition("#")[0] for panel in ids})
    rows = (
        open_table(library, BOOKS).search().select(["book_id", "title", "panel_count"]).limit(None).to_arrow()
    )
    shares = [
        BookShare(
            row["book_id"], row["title"], panels[row["book_id"]], row["panel_count"], pages[row["book_id"]]
        )
        for row in rows.to_pylist()
        if panels[row["book_id"]]
    ]
    return sorted(shares, key=lambda share: (-share.panels, share.title))


def answers_from(text: str) -> dict[str, Answer]:
    """Read answers by panel id. Raises ConfigError for anything but a JSON object of texts."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the answers are no JSON: {error}") from error
    if (
        not isinstance(told, dict)
        or len(told) > MAX_ANSWERS
        or not all(isinstance(v, str) for v in told.values())
    ):
        raise ConfigError('answers are a JSON object: {"PANEL ID": "yes", …}, with yes, no or skip')
    return told
