"""The JSON of a page analysis, versions 1 and 2, to records and back.

Reading forgives what language models get wrong in JSON that is valid: null for a string or a
list, a table for a list, a single value for a list, numbers as strings, boxes as text, pages
wrapped into another table. What is not said becomes empty; nothing is invented.

``box_2d`` is [ymin, xmin, ymax, xmax] in thousandths of the page.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from models.vlm.repair import mend_json
from schemas.errors import PageReadingError
from schemas.geometry import Box
from schemas.records import PageLayout, PanelRegion
from schemas.vlm import (
    PageReading,
    PageSummary,
    PanelReading,
    ReadCharacter,
    ReadingDefect,
    ReadSpeech,
    ReadText,
)

BOX_SCALE = 1000
"""What the width and height of a page are in ``box_2d``."""
BOX_CONFIDENCE = 0.5
"""Confidence of a panel box: language models give none."""
MAX_PANELS, MAX_ITEMS, MAX_CHARACTERS = 100, 200, 10_000
"""Bounds of a page's panels, of a list in it and of a text: more is a model that repeats itself."""

_PANEL_FIELDS = frozenset({"panel_number", "caption", "description", "box_2d", "speakers", "text_content"})
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
_LARGEST_NUMBER = 1e9  # no number of a page comes near; neither NaN nor what overflows passes
_Item = TypeVar("_Item")


def read_page_json(text: str) -> PageReading:
    """Read the answer of a model.

    Raises:
        PageReadingError: it holds no JSON, or no analysis of a page.
    """
    mended = mend_json(text)
    value = mended.value
    if isinstance(value, str):  # JSON inside a JSON string
        mended = mend_json(value)
        value = mended.value
    return _page(value, repaired=mended.changed, complete=not mended.truncated)


def page_from_json(value: object) -> PageReading:
    """Read a decoded page analysis, from a file for example.

    Raises:
        PageReadingError: it is no analysis of a page.
    """
    return _page(value, repaired=False, complete=True)


def page_to_json(reading: PageReading) -> dict[str, object]:
    """Return version 2 where there is anything that only it can say, else version 1."""
    rich = _needs_version_2(reading)
    summary = reading.summary
    page: dict[str, object] = {
        "overall_summary": reading.overall_summary,
        "panels": [_panel_to_json(panel, rich=rich) for panel in reading.panels],
        "summary": {
            "characters": list(summary.characters),
            "setting": summary.setting,
            "plot": summary.plot,
            "dialogue": list(summary.dialogue),
        },
    }
    if reading.texts:
        page["text_content"] = [_text_to_json(text) for text in reading.texts]
    if reading.characters:
        page["characters"] = [_character_to_json(character) for character in reading.characters]
    return page


def to_page_layout(reading: PageReading) -> PageLayout | None:
    """Return the panels that have a box, None where none has.

    The layout is the surer, the more of the panels have one.
    """
    boxes = [panel.box for panel in reading.panels if panel.box]
    if not boxes:
        return None
    regions = tuple(PanelRegion(box, BOX_CONFIDENCE) for box in boxes)
    return PageLayout(regions, BOX_CONFIDENCE * len(boxes) / len(reading.panels))


def _page(value: object, *, repaired: bool, complete: bool) -> PageReading:
    page = _page_table(value)
    panels = [_panel(panel, n) for n, panel in enumerate(_panel_tables(page.get("panels")), start=1)]
    reading = PageReading(
        overall_summary=_text(page.get("overall_summary")),
        panels=tuple(panels),
        summary=_summary(page.get("summary")),
        texts=_items(page.get("text_content"), _read_text),
        characters=_items(page.get("characters"), _character),
        complete=complete,
        repaired=repaired,
    )
    if not (reading.panels or reading.overall_summary or reading.summary != PageSummary()):
        raise PageReadingError("the answer says nothing of a page", defect=ReadingDefect.NO_PAGE)
    return reading


def _page_table(value: object) -> Mapping[str, object]:
    """Find the page in an answer that may be a list of panels or wrap the page."""
    if isinstance(value, list):
        pages = [one for one in value if isinstance(one, dict) and "panels" in one]
        return pages[0] if pages else {"panels": value}
    if not isinstance(value, dict):
        return {}
    if {"panels", "overall_summary"} & value.keys():
        return value
    inner = [one for one in value.values() if isinstance(one, dict) and "panels" in one]
    if inner:
        return inner[0]
    return {"panels": value} if _PANEL_FIELDS & value.keys() else {}


def _panel_tables(value: object) -> list[Mapping[str, object]]:
    """Return the panels of a list, of a table of panels or of a single panel."""
    if isinstance(value, dict):
        value = [value] if _PANEL_FIELDS & value.keys() else list(value.values())
    if not isinstance(value, list):
        return []
    return [panel for panel in value[:MAX_PANELS] if isinstance(panel, dict) and panel]


def _panel(panel: Mapping[str, object], position: int) -> PanelReading:
    return PanelReading(
        panel_number=_panel_number(panel.get("panel_number"), position),
        caption=_text(panel.get("caption")),
        description=_text(panel.get("description")),
        speakers=_items(panel.get("speakers"), _speech, pairs=("character", "dialogue")),
        key_elements=_items(panel.get("key_elements"), _text_or_none),
        actions=_items(panel.get("actions"), _text_or_none),
        box=_box(panel.get("box_2d")),
        texts=_items(panel.get("text_content"), _read_text),
        characters=_items(panel.get("characters"), _character, pairs=("name", "box_2d")),
    )


def _summary(value: object) -> PageSummary:
    if not isinstance(value, dict):
        return PageSummary(plot=_text(value))
    return PageSummary(
        characters=_items(value.get("characters"), _name_or_none),
        setting=_text(value.get("setting")),
        plot=_text(value.get("plot")),
        dialogue=_items(value.get("dialogue"), _line_or_none),
    )


def _speech(value: object) -> ReadSpeech | None:
    if not isinstance(value, dict):
        dialogue = _text(value)
        return ReadSpeech("", dialogue) if dialogue else None
    speech = ReadSpeech(
        character=_text(value.get("character")),
        dialogue=_text(value.get("dialogue")),
        speech_type=_text(value.get("speech_type")),
    )
    return speech if speech.dialogue or speech.character else None


def _read_text(value: object) -> ReadText | None:
    if not isinstance(value, dict):
        text = _text(value)
        return ReadText("", "", text) if text else None
    read = ReadText(
        label=_text(value.get("label")),
        speaker=_text(value.get("speaker")),
        text=_text(value.get("text")),
        box=_box(value.get("box_2d")),
    )
    return read if read.text else None


def _character(value: object) -> ReadCharacter | None:
    if not isinstance(value, dict):
        name = _text(value)
        return ReadCharacter(name) if name else None
    character = ReadCharacter(_text(value.get("name")), _box(value.get("box_2d")))
    return character if character.name or character.box else None


def _items(
    value: object, read: Callable[[object], _Item | None], *, pairs: tuple[str, str] | None = None
) -> tuple[_Item, ...]:
    """Read a list, whatever stands in its place.

    A table of other keys than ``pairs`` is a list of such pairs, ``{"Rosa": "Hello"}``; a table
    otherwise, and any other value, is the one item of its list.
    """
    match value:
        case None:
            found: list[object] = []
        case list():
            found = value
        case dict() if pairs and not set(pairs) & value.keys():
            found = [one if isinstance(one, dict) else dict(zip(pairs, (key, one), strict=True))
                     for key, one in value.items()]  # fmt: skip
        case _:
            found = [value]
    items = (read(one) for one in found[:MAX_ITEMS])
    return tuple(item for item in items if item is not None)


def _text(value: object) -> str:
    """Return a text on one or more lines, without what no page prints; "" for what is no text."""
    match value:
        case bool() | None:
            return ""
        case str():
            text = value
        case int() | float():
            text = str(value) if abs(value) < _LARGEST_NUMBER else ""
        case list():
            text = " ".join(filter(None, (_text(one) for one in value[:MAX_ITEMS] if isinstance(one, str))))
        case _:
            return ""
    text = text[:MAX_CHARACTERS].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()


def _text_or_none(value: object) -> str | None:
    return _text(value) or None


def _name_or_none(value: object) -> str | None:
    return _text(value.get("name") if isinstance(value, dict) else value) or None


def _line_or_none(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("dialogue") or value.get("text")
    return _text(value) or None


def _panel_number(value: object, position: int) -> int:
    """Return the number said, "Panel 3" too, else the position."""
    found = _NUMBER.search(str(value)) if isinstance(value, int | float | str) else None
    number = int(float(found[0])) if found and not isinstance(value, bool) else position
    return number if 1 <= number <= BOX_SCALE else position


def _box(value: object) -> Box | None:
    """Return a box of numbers, numbers as strings, or one string; None for what is no box.

    Numbers that all lie in [0, 1] are shares of the page: models mix the two up.
    """
    if isinstance(value, dict):
        value = [value.get(side) for side in ("ymin", "xmin", "ymax", "xmax")]
    if isinstance(value, str):
        value = _NUMBER.findall(value)
    if not isinstance(value, list) or len(value) != 4:
        return None
    numbers = [_coordinate(one) for one in value]
    if any(number is None for number in numbers):
        return None
    ymin, xmin, ymax, xmax = (number or 0.0 for number in numbers)
    scale = 1 if max(ymin, xmin, ymax, xmax) <= 1 else BOX_SCALE
    box = Box.clipped(xmin / scale, ymin / scale, xmax / scale, ymax / scale)
    return box if box.area > 0 else None


def _coordinate(value: object) -> float | None:
    match value:
        case bool():
            return None
        case int() | float():
            return float(value) if abs(value) < _LARGEST_NUMBER else None
        case str():
            number = _NUMBER.fullmatch(value.strip())
            return float(number[0]) if number else None
        case _:
            return None


def _needs_version_2(reading: PageReading) -> bool:
    return any(panel.box or panel.texts or panel.characters for panel in reading.panels)


def _panel_to_json(panel: PanelReading, *, rich: bool) -> dict[str, object]:
    table: dict[str, object] = {
        "panel_number": panel.panel_number,
        "caption": panel.caption,
        "description": panel.description,
        "speakers": [
            {"character": said.character, "dialogue": said.dialogue, "speech_type": said.speech_type}
            for said in panel.speakers
        ],
        "key_elements": list(panel.key_elements),
        "actions": list(panel.actions),
    }
    if rich:
        table["box_2d"] = _box_to_json(panel.box)
        table["text_content"] = [_text_to_json(text) for text in panel.texts]
        table["characters"] = [_character_to_json(character) for character in panel.characters]
    return table


def _text_to_json(text: ReadText) -> dict[str, object]:
    said = {"label": text.label, "speaker": text.speaker, "text": text.text}
    return {**said, "box_2d": _box_to_json(text.box)}


def _character_to_json(character: ReadCharacter) -> dict[str, object]:
    return {"name": character.name, "box_2d": _box_to_json(character.box)}


def _box_to_json(box: Box | None) -> list[int] | None:
    if box is None:
        return None
    return [round(BOX_SCALE * side) for side in (box.y0, box.x0, box.y1, box.x1)]
