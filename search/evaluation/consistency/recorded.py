"""Generated panels: what their records say is in them, and where."""

import json
from collections.abc import Iterable, Sequence

from models.figures import FigureFinder
from models.generation.prompts.beats import Beat, beats_of, merged
from models.pictures import resize_to
from schemas.generation import Reference, ReferenceRole
from schemas.geometry import Box
from schemas.records import RgbImage
from search.evaluation.consistency.panels import Part, SequencePanel
from search.generation.records import PanelRecord

SIDE_PX = 900
_UNNAMED = "figure "
_MOST_NAME = 80


def panel_of_record(
    number: int, record: PanelRecord, picture: RgbImage | None, finder: FigureFinder, *, why_not: str = ""
) -> SequencePanel:
    """Return a generated panel with the people and the place that it was made to show."""
    picture = None if picture is None else resize_to(picture, SIDE_PX)
    beat = merged(beats_of(record.request.prompt))
    people = _people(record, picture, finder)
    shown = {_key(one.element) for one in people}
    named = dict.fromkeys((*beat.who, *_offered(record, ReferenceRole.CHARACTER)))
    return SequencePanel(
        number,
        f"panel {number}",
        picture,
        (*people, *_places(record)),
        tuple(name for name in named if not beat.is_deserted and not _among(name, shown)),
        tuple(record.boxes.get("balloon", ())),
        record.request.prompt,
        record,
        why_not=why_not,
    )


def look_in(record: PanelRecord, name: str) -> str:
    """Return how the prompt of a panel says that somebody looks; their name where it says nothing."""
    beat: Beat = merged(beats_of(record.request.prompt))
    return beat.look_of(name)


def reference_of(record: PanelRecord, element: str) -> Reference | None:
    """Return the reference that stood for an element in a panel, one that went into it first."""
    own = [one.reference for one in record.offered if _key(one.element) == _key(element)]
    used = {(one.panel_id, one.role, one.box) for one in record.used}
    return next((one for one in own if (one.panel_id, one.role, one.box) in used), None) or next(
        iter(own), None
    )


def _people(record: PanelRecord, picture: RgbImage | None, finder: FigureFinder) -> tuple[Part, ...]:
    boxes = record.boxes.get("figure", ())
    if cast := _cast(record):
        return tuple(
            Part(name, "figure", box)
            for name, box in zip(cast, boxes, strict=False)
            if name and not name.startswith(_UNNAMED)
        )
    names = _offered(record, ReferenceRole.CHARACTER)
    if not names or picture is None:
        return ()
    return tuple(
        Part(name, "figure", box) for name, box in zip(names, _seen(names, picture, finder), strict=False)
    )


def _seen(names: Sequence[str], picture: RgbImage, finder: FigureFinder) -> Iterable[Box]:
    """Return where people are in a picture whose maker does not say: the largest figures, from the left."""
    figures = [one.box for one in finder.find(picture).figures[: len(names)]]
    if len(figures) < len(names):  # nobody can tell who is who
        return [Box.whole_page()] if len(names) == 1 else []
    return sorted(figures, key=lambda box: box.center[0])


def _cast(record: PanelRecord) -> tuple[str, ...]:
    try:
        told = json.loads(record.notes.get("cast", "[]"))
    except (ValueError, RecursionError):
        return ()
    return tuple(str(name)[:_MOST_NAME] for name in told) if isinstance(told, list) else ()


def _offered(record: PanelRecord, role: ReferenceRole) -> tuple[str, ...]:
    names = (one.element[:_MOST_NAME] for one in record.offered if one.reference.role is role)
    return tuple(dict.fromkeys(filter(None, names)))


def _places(record: PanelRecord) -> tuple[Part, ...]:
    """Return the place of a panel, by the background that went into it."""
    used = {one.panel_id for one in record.used if one.role is ReferenceRole.BACKGROUND}
    found = dict.fromkeys(
        one.element[:_MOST_NAME]
        for one in record.offered
        if one.reference.role is ReferenceRole.BACKGROUND and one.element and one.reference.panel_id in used
    )
    return tuple(Part(name, "place", Box.whole_page()) for name in list(found)[:1])


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _among(name: str, shown: set[str]) -> bool:
    key = _key(name)
    return any(key in one or one in key for one in shown)
