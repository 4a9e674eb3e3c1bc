"""Closed vocabularies, and the label file: ground truth of one page.

The label format is the one of open comics corpora with hand labels::

    {"image": "work/p01.jpg", "size": [w, h], "direction": "ltr", "page_type": "story",
     "panels": [{"box": [x0, y0, x1, y1], "polygon": [[x, y], …], "caption": "…",
                 "characters": ["…"], "shot": "medium"}]}

Pixels of the original picture; list order is reading order. Books that Longbox draws add
``place``, ``time``, ``weather`` and ``texts`` (``kind``, ``speaker``, ``text``, ``box``) to a panel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self, overload


class ReadingDirection(StrEnum):
    """How panels follow each other on a page."""

    LTR = "ltr"
    RTL = "rtl"
    TTB = "ttb"


class PageType(StrEnum):
    """What a page is for: the classes of page stream segmentation."""

    COVER = "cover"
    FIRST_PAGE = "first-page"
    STORY = "story"
    TEXTSTORY = "textstory"
    ADVERTISEMENT = "advertisement"
    CREDITS = "credits"
    ART = "art"
    TEXT = "text"
    BACK_COVER = "back_cover"


class TextKind(StrEnum):
    """What a piece of lettering is."""

    DIALOGUE = "dialogue"
    CAPTION = "caption"
    SOUND_EFFECT = "sound_effect"
    SIGN = "sign"
    UNKNOWN = "unknown"


class DetectionCategory(StrEnum):
    """What a trained detector marks on a page. Numbers belong to a scheme: ``models.detectors``."""

    PANEL = "panel"
    CHARACTER = "character"
    BALLOON = "balloon"
    TEXT = "text"
    ONOMATOPOEIA = "onomatopoeia"
    LINK = "link"  # joins a balloon to its speaker
    FACE = "face"


class BookStatus(StrEnum):
    """State of a source file in a library."""

    READY = "ready"
    PARTIAL = "partial"  # searchable, but some page or stage failed
    FAILED = "failed"  # not in the library; the reason is kept
    MISSING = "missing"  # indexed once, not found at its path any more


PixelBox = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class TextLabel:
    """One balloon, caption, sound effect or sign; ``box`` in pixels."""

    kind: TextKind
    text: str
    box: PixelBox
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class PanelLabel:
    """Ground truth of one panel; ``box`` and ``polygon`` in pixels of the page picture."""

    box: PixelBox
    caption: str = ""
    characters: tuple[str, ...] = ()
    shot: str = "medium"
    polygon: tuple[tuple[int, int], ...] | None = None
    place: str | None = None
    time: str | None = None
    weather: str | None = None
    texts: tuple[TextLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class PageLabel:
    """Ground truth of one page; ``panels`` in reading order."""

    image: str
    size: tuple[int, int]
    direction: ReadingDirection
    page_type: PageType
    panels: tuple[PanelLabel, ...]

    def to_json(self) -> dict[str, object]:
        """Return the label as JSON-ready data; fields left at their default are omitted."""
        return {
            "image": self.image,
            "size": list(self.size),
            "direction": self.direction.value,
            "page_type": self.page_type.value,
            "panels": [_panel_to_json(panel) for panel in self.panels],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read a label; unknown keys are ignored. Raises ValueError naming what is wrong."""
        image = data.get("image")
        if not isinstance(image, str):
            raise ValueError("a page label needs 'image', the path of the picture")
        return cls(
            image=image,
            size=_integers(data.get("size"), 2, f"'size' of {image}"),
            direction=ReadingDirection(str(data.get("direction", "ltr"))),
            page_type=PageType(str(data.get("page_type", "story"))),
            panels=tuple(_panel_from_json(item, image) for item in _list(data.get("panels"))),
        )


def _panel_to_json(panel: PanelLabel) -> dict[str, object]:
    data: dict[str, object] = {"box": list(panel.box)}
    if panel.polygon is not None:
        data["polygon"] = [list(point) for point in panel.polygon]
    data |= {
        "caption": panel.caption,
        "characters": list(panel.characters),
        "shot": panel.shot,
    }
    data |= {
        key: value
        for key, value in (
            ("place", panel.place),
            ("time", panel.time),
            ("weather", panel.weather),
        )
        if value is not None
    }
    if panel.texts:
        data["texts"] = [
            {"kind": t.kind.value, "speaker": t.speaker, "text": t.text, "box": list(t.box)}
            for t in panel.texts
        ]
    return data


def _panel_from_json(item: object, image: str) -> PanelLabel:
    if not isinstance(item, Mapping):
        raise ValueError(f"a panel of {image} is no object")
    polygon = item.get("polygon")
    return PanelLabel(
        box=_integers(item.get("box"), 4, f"a panel's 'box' in {image}"),
        caption=str(item.get("caption") or ""),
        characters=tuple(str(name) for name in _list(item.get("characters"))),
        shot=str(item.get("shot") or "medium"),
        polygon=tuple(_integers(p, 2, f"a polygon in {image}") for p in _list(polygon)) if polygon else None,
        place=_optional_text(item.get("place")),
        time=_optional_text(item.get("time")),
        weather=_optional_text(item.get("weather")),
        texts=tuple(_text_from_json(text, image) for text in _list(item.get("texts"))),
    )


def _text_from_json(item: object, image: str) -> TextLabel:
    if not isinstance(item, Mapping):
        raise ValueError(f"a text of {image} is no object")
    return TextLabel(
        kind=TextKind(str(item.get("kind", "unknown"))),
        text=str(item.get("text") or ""),
        box=_integers(item.get("box"), 4, f"a text's 'box' in {image}"),
        speaker=_optional_text(item.get("speaker")),
    )


@overload
def _integers(value: object, count: Literal[2], what: str) -> tuple[int, int]: ...
@overload
def _integers(value: object, count: Literal[4], what: str) -> PixelBox: ...
def _integers(value: object, count: int, what: str) -> tuple[int, ...]:
    numbers = _list(value)
    if len(numbers) != count or not all(isinstance(n, int | float) for n in numbers):
        raise ValueError(f"{what} must be {count} numbers, got {value!r}")
    return tuple(round(float(str(n))) for n in numbers)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _optional_text(value: object) -> str | None:
    return None if value is None else str(value)
